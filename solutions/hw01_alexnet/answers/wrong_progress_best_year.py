# %% [markdown] answer={"fails": {"test_progress": "it is the year of the lowest error"}}
# Names the year of the lowest error.


# %% nbgrader={"grade_id": "progress"}
def progress(best, human=5.1):
    years = sorted(best)
    reductions = {
        year: (best[before] - best[year]) / best[before]
        for before, year in itertools.pairwise(years)
    }
    passed = [year for year in years if best[year] < human]
    low = min(best, key=best.get, default=None)
    return reductions, low if passed else None
