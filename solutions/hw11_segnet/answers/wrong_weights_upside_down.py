# %% [markdown] answer={"fails": {"test_class_weights": "the ratio is upside down"}}
# Frequency over median.


# %% nbgrader={"grade_id": "class_weights"}
def class_weights(labels, num_classes):
    f = np.zeros(num_classes)
    for k in range(num_classes):
        pictures = (labels == k).any((1, 2))
        if pictures.any():
            f[k] = (labels[pictures] == k).mean()
    return f / np.median(f[f > 0])
