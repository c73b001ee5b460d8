# %% [markdown] answer={"fails": {"test_box_iou_apart": "a negative width times a negative height"}}
# Nothing is cut at zero.


# %% nbgrader={"grade_id": "box_iou"}
def box_iou(box, boxes):
    low = np.maximum(box[:2], boxes[:, :2])
    high = np.minimum(box[:2] + box[2:], boxes[:, :2] + boxes[:, 2:])
    both = np.prod(high - low, axis=1)
    return both / (box[2] * box[3] + boxes[:, 2] * boxes[:, 3] - both)
