# %% [markdown] answer={"fails": {"test_ensemble_gains": "test figures are compared with validation figures"}}
# Compares test with validation figures.


# %% nbgrader={"grade_id": "ensemble_gains"}
def ensemble_gains(rows):
    gains = {}
    for row in rows:
        same = [other for other in rows if other["network"] == row["network"]]
        single = [r["error"] for r in same if r["nets"] == "single"]
        several = [r["error"] for r in same if r["nets"] == "ensemble"]
        if single and several:
            gains[row["network"], row["images"]] = 1 - min(several) / min(single)
    return gains
