# %% [markdown] answer={"fails": {"test_progress": "an error that equals a person's is not below"}}
# Counts a year that equals a person.


# %% nbgrader={"grade_id": "progress"}
def progress(best, human=5.1):
    years = sorted(best)
    reductions = {
        year: (best[before] - best[year]) / best[before]
        for before, year in itertools.pairwise(years)
    }
    passed = [year for year in years if best[year] <= human]
    return reductions, passed[0] if passed else None
