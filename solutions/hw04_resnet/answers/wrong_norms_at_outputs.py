# %% [markdown] answer={"fails": {"test_gradient_norms": "they are those at each block's output"}}
# Takes the gradient at what each block puts out.


# %% nbgrader={"grade_id": "gradient_norms"}
def gradient_norms(blocks, x):
    def rest(x, start):
        for block in blocks[start:]:
            x = block(x)
        return x

    norms = []
    for index, block in enumerate(blocks):
        x = ops.convert_to_numpy(block(x))
        grad = checks.gradient(lambda x, start=index + 1: rest(x, start), x)
        norms.append(float(np.sqrt(np.sum(grad**2))))
    return norms
