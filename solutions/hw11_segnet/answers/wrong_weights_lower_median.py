# %% [markdown] answer={"fails": {"test_class_weights": "this is the lower"}}
# Of two frequencies in the middle it takes the lower one.


# %% nbgrader={"grade_id": "class_weights"}
def class_weights(labels, num_classes):
    f = np.zeros(num_classes)
    for k in range(num_classes):
        pictures = (labels == k).any((1, 2))
        if pictures.any():
            f[k] = (labels[pictures] == k).mean()
    known = np.sort(f[f > 0])
    w = np.zeros(num_classes)
    w[f > 0] = known[(len(known) - 1) // 2] / f[f > 0]
    return w
