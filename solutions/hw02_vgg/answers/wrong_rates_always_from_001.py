# %% [markdown] answer={"fails": {"test_learning_rates": "`start` is not used"}}
# Begins with 0.01 whatever the start.


# %% nbgrader={"grade_id": "learning_rates"}
def learning_rates(accuracies, start=0.01):
    rates, best = [0.01], -1
    for accuracy in accuracies:
        rates.append(rates[-1] if accuracy > best else rates[-1] / 10)
        best = max(best, accuracy)
    return rates
