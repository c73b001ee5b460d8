# %% [markdown] answer={"fails": {"test_average_precision": "objects that were never found must count"}}
# The mean over objects that were found.


# %% nbgrader={"grade_id": "average_precision"}
def average_precision(hits, total):
    hits = np.asarray(hits, bool)
    if not hits.any():
        return 0.0
    precision = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    best = np.maximum.accumulate(precision[::-1])[::-1]
    return float(best[hits].mean())
