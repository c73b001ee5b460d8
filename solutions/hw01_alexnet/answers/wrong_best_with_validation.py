# %% [markdown] answer={"fails": {"test_best_by_year": "figures from validation images are taken too"}}
# Takes figures from validation images too.


# %% nbgrader={"grade_id": "best_by_year"}
def best_by_year(rows):
    best = {}
    for row in rows:
        if row["error"]:
            best[row["year"]] = min(row["error"], best.get(row["year"], 100.0))
    return best
