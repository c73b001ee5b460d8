# %% [markdown] answer={}
# Lets Keras do it: `ops.extract_patches`, `ops.conv`, and a gradient for the way back.


# %%
from keras import ops


# %% nbgrader={"grade_id": "im2col"}
def im2col(x, kernel_size, strides=1, padding=0):
    x = ops.pad(x, ((0, 0), (padding, padding), (padding, padding), (0, 0)))
    patches = ops.image.extract_patches(x, (kernel_size, kernel_size), strides)
    return ops.reshape(patches, (-1, patches.shape[-1]))


# %% nbgrader={"grade_id": "col2im"}
def col2im(columns, input_shape, kernel_size, strides=1, padding=0):
    weights = ops.convert_to_tensor(columns)
    zeros = np.zeros(input_shape, columns.dtype)
    return checks.gradient(
        lambda x: im2col(x, kernel_size, strides, padding) * weights, zeros
    )


# %% nbgrader={"grade_id": "conv2d"}
def conv2d(x, kernel, bias, strides=1, padding="valid"):
    return ops.conv(x, kernel, strides=strides, padding=padding) + bias


# %% nbgrader={"grade_id": "conv_costs"}
def conv_costs(input_shape, filters, kernel_size, strides=1, itemsize=4):
    n, h, w, c = input_shape
    columns = np.empty(input_shape)[:, : h - kernel_size + 1, : w - kernel_size + 1]
    columns = columns[:, ::strides, ::strides, 0].size * kernel_size**2 * c
    outputs = columns // (kernel_size**2 * c) * filters
    direct = n * h * w * c + kernel_size**2 * c * filters + outputs
    return np.array(
        [columns * filters, itemsize * direct, itemsize * (direct + 2 * columns)]
    )
