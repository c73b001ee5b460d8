# %% [markdown] answer={}
# As short as it gets: broadcasting, closed forms, a dense layer for the 1×1
# convolution, exact fractions.


# %%
from fractions import Fraction
from math import ceil


# %% nbgrader={"grade_id": "pointwise"}
def pointwise(x, kernel, bias, strides=1):
    return x[:, ::strides, ::strides] @ kernel[0, 0] + bias


# %% nbgrader={"grade_id": "merge_kernels"}
def merge_kernels(reduce, kernel):
    return reduce[0, 0] @ kernel


# %% nbgrader={"grade_id": "inception"}
def inception(x, branches):
    pools = {"max": layers.MaxPooling2D, "mean": layers.AveragePooling2D}
    done = []
    for branch in branches:
        done.append(x)
        for kind, size, *rest in branch:
            if kind in pools:
                layer = pools[kind](size, 1, "same")
            elif rest[0] == 1:
                layer = layers.Dense(size, "relu")
            else:
                layer = layers.Conv2D(size, *rest, padding="same", activation="relu")
            done[-1] = layer(done[-1])
    return ops.concatenate(done, -1)


# %% nbgrader={"grade_id": "naive_cost"}
def naive_cost(height, width, channels, filters):
    weights = channels * np.dot([1, 9, 25], filters)
    return weights + sum(filters), height * width * weights


# %% nbgrader={"grade_id": "reduced_cost"}
def reduced_cost(h, w, c, filters):
    (a, (b, d), (e, g), p) = filters
    k = c * (a + b + e + p) + 9 * b * d + 25 * e * g
    return k + a + b + d + e + g + p, h * w * k


# %% nbgrader={"grade_id": "largest_saving"}
def largest_saving(channels, filters, kernel_size):
    # r < 1 / (1 / (k² f) + 1 / c), and the largest whole number below it.
    limit = 1 / (Fraction(1, kernel_size**2 * filters) + Fraction(1, channels))
    return ceil(limit) - 1


# %% nbgrader={"grade_id": "combined_loss"}
def combined_loss(labels, outputs, training):
    z = np.stack(outputs[: None if training else 1])
    losses = np.logaddexp.reduce(z, -1) - z[:, range(len(labels)), labels]
    return losses.mean(-1) @ ([1] + [0.3] * (len(z) - 1))


# %% nbgrader={"grade_id": "flatten_kernel"}
def flatten_kernel(kernel, height, width):
    pixels = height * width
    return np.concatenate([kernel / pixels] * pixels)


# %% nbgrader={"grade_id": "shift_change"}
def shift_change(model, x, shift):
    return np.max(np.abs(model(np.roll(x, shift, (1, 2))) - model(x)))
