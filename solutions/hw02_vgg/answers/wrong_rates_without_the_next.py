# %% [markdown] answer={"fails": {"test_learning_rates": "the epoch that would come next is missing"}}
# Leaves the epoch that would come next out.


# %% nbgrader={"grade_id": "learning_rates"}
def learning_rates(accuracies, start=0.01):
    rates, rate, best = [], start, -1
    for accuracy in accuracies:
        rates.append(rate)
        if accuracy <= best:
            rate /= 10
        best = max(best, accuracy)
    return rates
