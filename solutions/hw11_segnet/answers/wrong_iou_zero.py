# %% [markdown] answer={"fails": {"test_iou_absent": "0 says that it was missed"}}
# An absent class has 0.


# %% nbgrader={"grade_id": "iou"}
def iou(labels, predicted, num_classes, ignore=255):
    keep = labels != ignore
    result = np.zeros(num_classes)
    for k in range(num_classes):
        union = (((labels == k) | (predicted == k)) & keep).sum()
        if union:
            result[k] = ((labels == k) & (predicted == k) & keep).sum() / union
    return result
