# %% [markdown] answer={"fails": {"test_class_weights": "expected those in which the class occurs"}}
# Frequency over all pixels of all pictures.


# %% nbgrader={"grade_id": "class_weights"}
def class_weights(labels, num_classes):
    f = np.array([(labels == k).mean() for k in range(num_classes)])
    w = np.zeros(num_classes)
    w[f > 0] = np.median(f[f > 0]) / f[f > 0]
    return w
