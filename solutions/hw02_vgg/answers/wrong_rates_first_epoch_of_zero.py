# %% [markdown] answer={"fails": {"test_learning_rates": "even with an accuracy of 0"}}
# The best accuracy begins at 0, so that a first epoch of 0 is not better.


# %% nbgrader={"grade_id": "learning_rates"}
def learning_rates(accuracies, start=0.01):
    rates, best = [start], 0
    for accuracy in accuracies:
        rates.append(rates[-1] if accuracy > best else rates[-1] / 10)
        best = max(best, accuracy)
    return rates
