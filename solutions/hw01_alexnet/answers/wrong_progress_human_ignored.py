# %% [markdown] answer={"fails": {"test_progress": "human is always 5.1"}}
# Compares with 5.1 %, whatever `human` says.


# %% nbgrader={"grade_id": "progress"}
def progress(best, human=5.1):
    years = sorted(best)
    reductions = {
        year: (best[before] - best[year]) / best[before]
        for before, year in itertools.pairwise(years)
    }
    passed = [year for year in years if best[year] < 5.1]
    return reductions, passed[0] if passed else None
