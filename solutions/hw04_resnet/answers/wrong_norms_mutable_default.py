# %% [markdown] answer={"fails": {"test_gradient_norms": "gradient_norms of the example has 6 entries; expected 3"}}
# Collects in a list that is a default argument.


# %% nbgrader={"grade_id": "gradient_norms"}
def gradient_norms(blocks, x, norms=[]):
    def rest(x, start):
        for block in blocks[start:]:
            x = block(x)
        return x

    for index, block in enumerate(blocks):
        grad = checks.gradient(lambda x, start=index: rest(x, start), x)
        norms.append(float(np.sqrt(np.sum(grad**2))))
        x = ops.convert_to_numpy(block(x))
    return norms
