# %% [markdown] answer={"fails": {"test_learning_rates": "compared with the one before it"}}
# Compares with the epoch before, not with the best.


# %% nbgrader={"grade_id": "learning_rates"}
def learning_rates(accuracies, start=0.01):
    rates = [start]
    for i in range(len(accuracies)):
        worse = i > 0 and accuracies[i] <= accuracies[i - 1]
        rates.append(rates[-1] / 10 if worse else rates[-1])
    return rates
