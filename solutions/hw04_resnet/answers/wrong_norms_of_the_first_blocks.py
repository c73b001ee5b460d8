# %% [markdown] answer={"fails": {"test_gradient_norms": "what each block puts out is differentiated by `x`"}}
# Differentiates the first blocks, not those that follow: the list is the wrong way
# round.


# %% nbgrader={"grade_id": "gradient_norms"}
def gradient_norms(blocks, x):
    def first(x, end):
        for block in blocks[:end]:
            x = block(x)
        return x

    norms = []
    for end in range(1, len(blocks) + 1):
        grad = checks.gradient(lambda x, end=end: first(x, end), x)
        norms.append(float(np.linalg.norm(grad)))
    return norms
