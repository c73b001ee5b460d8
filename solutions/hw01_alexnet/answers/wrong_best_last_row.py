# %% [markdown] answer={"fails": {"test_best_by_year": "best_by_year(LATER)[2016] is 3.4"}}
# The last figure of a year wins.


# %% nbgrader={"grade_id": "best_by_year"}
def best_by_year(rows):
    best = {}
    for row in rows:
        if row["images"] == "test":
            best[row["year"]] = row["error"]
    return best
