# %% [markdown] answer={"fails": {"test_ensemble_gains": "ensemble_gains(ILSVRC)[('VGG', 'test')] is -0.0428571"}}
# Takes ensemble_gains(ILSVRC)[('VGG', 'test')] is -0.0428571, not the best.


# %% nbgrader={"grade_id": "ensemble_gains"}
def ensemble_gains(rows):
    errors = {}
    for row in rows:
        pair = errors.setdefault((row["network"], row["images"]), {})
        pair.setdefault(row["nets"], row["error"])
    return {
        key: 1 - pair["ensemble"] / pair["single"]
        for key, pair in errors.items()
        if "ensemble" in pair and "single" in pair
    }
