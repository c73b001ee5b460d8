# %% [markdown] answer={"fails": {"test_fold": "the old bias is lost"}}
# Takes it that a convolution before a normalisation has no bias.


# %% nbgrader={"grade_id": "fold"}
def fold(kernel, bias, gamma, beta, mean, variance, epsilon=1e-3):
    factor = gamma / np.sqrt(variance + epsilon)
    return kernel * factor, beta - mean * factor


def quantize_filters(kernel):
    reach = np.abs(kernel).max((0, 1, 2))
    scales = np.where(reach > 0, reach / 127, 1)
    return np.round(kernel / scales).astype("int8"), scales
