# %% [markdown] answer={"fails": {"test_gradient_norms": ""}}
# Takes every gradient at the stack's input, not at the block's own.


# %% nbgrader={"grade_id": "gradient_norms"}
def gradient_norms(blocks, x):
    def rest(x, start):
        for block in blocks[start:]:
            x = block(x)
        return x

    norms = []
    for index in range(len(blocks)):
        grad = checks.gradient(lambda x, start=index: rest(x, start), x)
        norms.append(float(np.sqrt(np.sum(grad**2))))
    return norms
