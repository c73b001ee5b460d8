# %% [markdown] answer={"fails": {"test_iou_absent": "iou of 6 classes with ignore=2, with the pixels"}}
# Takes for ignored what is no class.


# %% nbgrader={"grade_id": "iou"}
def iou(labels, predicted, num_classes, ignore=255):
    keep = labels < num_classes
    result = np.full(num_classes, np.nan)
    for k in range(num_classes):
        union = (((labels == k) | (predicted == k)) & keep).sum()
        if union:
            result[k] = ((labels == k) & (predicted == k) & keep).sum() / union
    return result
