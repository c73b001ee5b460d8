# %% [markdown] answer={"fails": {"test_fold": "epsilon is missing"}}
# Ignores epsilon.


# %% nbgrader={"grade_id": "fold"}
def fold(kernel, bias, gamma, beta, mean, variance, epsilon=1e-3):
    factor = gamma / np.sqrt(variance)
    return kernel * factor, (bias - mean) * factor + beta


def quantize_filters(kernel):
    reach = np.abs(kernel).max((0, 1, 2))
    scales = np.where(reach > 0, reach / 127, 1)
    return np.round(kernel / scales).astype("int8"), scales
