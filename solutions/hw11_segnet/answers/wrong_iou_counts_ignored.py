# %% [markdown] answer={"fails": {"test_iou_absent": "pixels with the label `ignore` count"}}
# Ignored pixels count as calls.


# %% nbgrader={"grade_id": "iou"}
def iou(labels, predicted, num_classes, ignore=255):
    result = np.full(num_classes, np.nan)
    for k in range(num_classes):
        union = ((labels == k) | (predicted == k)).sum()
        if union:
            result[k] = ((labels == k) & (predicted == k)).sum() / union
    return result
