# %% [markdown] answer={"fails": {"test_ensemble_gains": "divided by the ensemble's error; expected the single net's"}}
# Divides by the ensemble's error.


# %% nbgrader={"grade_id": "ensemble_gains"}
def ensemble_gains(rows):
    errors = {}
    for row in rows:
        pair = errors.setdefault((row["network"], row["images"]), {})
        pair[row["nets"]] = min(row["error"], pair.get(row["nets"], row["error"]))
    return {
        key: pair["single"] / pair["ensemble"] - 1
        for key, pair in errors.items()
        if "ensemble" in pair and "single" in pair
    }
