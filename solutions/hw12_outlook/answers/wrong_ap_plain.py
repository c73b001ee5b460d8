# %% [markdown] answer={"fails": {"test_average_precision": "replaced by the highest at that recall"}}
# Precision as it is.


# %% nbgrader={"grade_id": "average_precision"}
def average_precision(hits, total):
    hits = np.asarray(hits, bool)
    precision = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    return float(precision[hits].sum() / total)
