# %% [markdown] answer={"fails": {"test_progress": "the years are taken in the order of the dictionary"}}
# Takes the years as they come.


# %% nbgrader={"grade_id": "progress"}
def progress(best, human=5.1):
    years = list(best)
    reductions = {
        year: (best[before] - best[year]) / best[before]
        for before, year in itertools.pairwise(years)
    }
    passed = [year for year in years if best[year] < human]
    return reductions, passed[0] if passed else None
