# %% [markdown] answer={"fails": {"test_quantize_filters": "it has one scale; expected one for each"}}
# One scale for the whole kernel.


# %% nbgrader={"grade_id": "fold"}
def fold(kernel, bias, gamma, beta, mean, variance, epsilon=1e-3):
    factor = gamma / np.sqrt(variance + epsilon)
    return kernel * factor, (bias - mean) * factor + beta


def quantize_filters(kernel):
    scale = np.abs(kernel).max() / 127
    return np.round(kernel / scale).astype("int8"), scale
