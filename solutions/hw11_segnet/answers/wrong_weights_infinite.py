# %% [markdown] answer={"fails": {"test_class_weights": "has an infinite weight"}}
# Divides by zero.


# %% nbgrader={"grade_id": "class_weights"}
def class_weights(labels, num_classes):
    f = np.zeros(num_classes)
    for k in range(num_classes):
        pictures = (labels == k).any((1, 2))
        if pictures.any():
            f[k] = (labels[pictures] == k).mean()
    with np.errstate(divide="ignore"):
        return np.median(f[f > 0]) / f
