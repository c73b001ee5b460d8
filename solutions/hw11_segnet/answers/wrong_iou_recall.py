# %% [markdown] answer={"fails": {"test_iou": "(this is recall)", "test_iou_absent": "is no label has NaN; expected 0"}}
# Found pixels of a class over pixels of the class.


# %% nbgrader={"grade_id": "iou"}
def iou(labels, predicted, num_classes, ignore=255):
    keep = labels != ignore
    with np.errstate(invalid="ignore"):
        return np.array(
            [
                np.mean(predicted[keep & (labels == k)] == k)
                if (labels == k).any()
                else np.nan
                for k in range(num_classes)
            ]
        )
