# %% [markdown] answer={"fails": {"test_iou": "iou of 30 classes"}}
# Counts pairs by a number that does not fit into 8 bits.


# %% nbgrader={"grade_id": "iou"}
def iou(labels, predicted, num_classes, ignore=255):
    keep = labels != ignore
    pairs = (labels[keep] * labels.dtype.type(num_classes) + predicted[keep]).ravel()
    table = np.bincount(pairs.astype(int), minlength=num_classes**2)[: num_classes**2]
    table = table.reshape(num_classes, num_classes)
    both = np.diag(table)
    with np.errstate(invalid="ignore", divide="ignore"):
        return both / (table.sum(0) + table.sum(1) - both)
