# %% [markdown] answer={"fails": {"test_gram_values": "not divided by the number of channels"}}
# Taken from the chapter.


# %% nbgrader={"grade_id": "gram"}
def gram(features):
    _, height, width, channels = features.shape
    flat = ops.reshape(features, (-1, height * width, channels))
    return ops.matmul(ops.transpose(flat, (0, 2, 1)), flat) / (height * width)
