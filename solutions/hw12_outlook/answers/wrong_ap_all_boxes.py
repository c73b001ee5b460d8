# %% [markdown] answer={"fails": {"test_average_precision": ""}}
# Averages over all boxes.


# %% nbgrader={"grade_id": "average_precision"}
def average_precision(hits, total):
    if not len(hits):
        return 0.0
    precision = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    return float(np.maximum.accumulate(precision[::-1]).mean())
