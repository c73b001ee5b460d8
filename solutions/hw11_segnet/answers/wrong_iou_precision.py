# %% [markdown] answer={"fails": {"test_iou": "(this is precision)"}}
# Right calls over calls.


# %% nbgrader={"grade_id": "iou"}
def iou(labels, predicted, num_classes, ignore=255):
    labels, predicted = labels[labels != ignore], predicted[labels != ignore]
    return np.array(
        [
            np.mean(labels[predicted == k] == k) if (predicted == k).any() else np.nan
            for k in range(num_classes)
        ]
    )
