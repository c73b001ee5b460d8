# %% [markdown] answer={"fails": {"test_class_weights": "the mean is taken"}}
# Mean instead of median.


# %% nbgrader={"grade_id": "class_weights"}
def class_weights(labels, num_classes):
    f = np.zeros(num_classes)
    for k in range(num_classes):
        pictures = (labels == k).any((1, 2))
        if pictures.any():
            f[k] = (labels[pictures] == k).mean()
    w = np.zeros(num_classes)
    w[f > 0] = f[f > 0].mean() / f[f > 0]
    return w
