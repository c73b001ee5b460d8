# %% [markdown] answer={"fails": {"test_iou": "which counts the intersection twice"}}
# Divides by the sum of both sets.


# %% nbgrader={"grade_id": "iou"}
def iou(labels, predicted, num_classes, ignore=255):
    labels, predicted = labels[labels != ignore], predicted[labels != ignore]
    result = np.full(num_classes, np.nan)
    for k in range(num_classes):
        total = (labels == k).sum() + (predicted == k).sum()
        if total:
            result[k] = ((labels == k) & (predicted == k)).sum() / total
    return result
