# %% [markdown] answer={"fails": {"test_learning_rates": "is not higher"}}
# An accuracy that equals the best one counts as better.


# %% nbgrader={"grade_id": "learning_rates"}
def learning_rates(accuracies, start=0.01):
    rates, best = [start], -1
    for accuracy in accuracies:
        rates.append(rates[-1] / 10 if accuracy < best else rates[-1])
        best = max(best, accuracy)
    return rates
