# %% [markdown] answer={"fails": {"test_progress": "reductions are counted since the first year"}}
# Counts reductions since the first year.


# %% nbgrader={"grade_id": "progress"}
def progress(best, human=5.1):
    years = sorted(best)
    reductions = {
        year: 1 - best[year] / best[years[0]]
        for before, year in itertools.pairwise(years)
    }
    passed = [year for year in years if best[year] < human]
    return reductions, passed[0] if passed else None
