# %% [markdown] answer={"fails": {"test_progress": "points are given; expected fractions"}}
# Percentage points in place of the relative reduction.


# %% nbgrader={"grade_id": "progress"}
def progress(best, human=5.1):
    years = sorted(best)
    reductions = {
        year: best[before] - best[year] for before, year in itertools.pairwise(years)
    }
    passed = [year for year in years if best[year] < human]
    return reductions, passed[0] if passed else None
