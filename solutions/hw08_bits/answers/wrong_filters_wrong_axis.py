# %% [markdown] answer={"fails": {"test_quantize_filters": "a scale for each input channel"}}
# One scale for each input channel.


# %% nbgrader={"grade_id": "fold"}
def fold(kernel, bias, gamma, beta, mean, variance, epsilon=1e-3):
    factor = gamma / np.sqrt(variance + epsilon)
    return kernel * factor, (bias - mean) * factor + beta


def quantize_filters(kernel):
    scales = np.abs(kernel).max((0, 1, 3)) / 127
    return np.round(kernel / scales[:, None]).astype("int8"), scales
