# %% [markdown] answer={"fails": {"test_quantize_filters": "are of the largest weight"}}
# Takes the largest weight, not the largest size.


# %% nbgrader={"grade_id": "fold"}
def fold(kernel, bias, gamma, beta, mean, variance, epsilon=1e-3):
    factor = gamma / np.sqrt(variance + epsilon)
    return kernel * factor, (bias - mean) * factor + beta


def quantize_filters(kernel):
    reach = kernel.max((0, 1, 2))
    scales = np.where(reach > 0, reach / 127, 1)
    return np.clip(np.round(kernel / scales), -128, 127).astype("int8"), scales
