# %% [markdown] answer={"fails": {"test_fine_tune_first": "", "test_fine_tune_second": "", "test_fine_tune": ""}}
# Tells weights and logits that are not numbers, and trains nothing.


# %% nbgrader={"grade_id": "fine_tune"}
def fine_tune(base, x, y, x_new, steps=(10, 5), rates=(0.5, 0.02)):
    weights = [np.full_like(w, np.nan) for w in base.get_weights()]
    base.set_weights(weights)
    return weights, weights, np.full((len(x_new), 3), np.nan)
