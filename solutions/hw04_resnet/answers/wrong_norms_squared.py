# %% [markdown] answer={"fails": {"test_gradient_norms": "these are squares: the root is missing"}}
# Sums the squares and takes no root.


# %% nbgrader={"grade_id": "gradient_norms"}
def gradient_norms(blocks, x):
    def rest(x, start):
        for block in blocks[start:]:
            x = block(x)
        return x

    norms = []
    for index, block in enumerate(blocks):
        grad = checks.gradient(lambda x, start=index: rest(x, start), x)
        norms.append(float(np.sum(grad**2)))
        x = ops.convert_to_numpy(block(x))
    return norms
