# %% [markdown] answer={"fails": {"test_average": "the arrays given to average changed"}}
# Weighs the arrays where they are.


# %% nbgrader={"grade_id": "average"}
def average(gradients, counts):
    used = [d for d, count in enumerate(counts) if count]
    for d in used:
        for array in gradients[d]:
            array *= counts[d] / sum(counts)
    return [sum(gradients[d][k] for d in used) for k in range(len(gradients[0]))]
