# %% [markdown] answer={"fails": {"test_box_iou": "is wrong in", "test_box_iou_apart": "expected 0"}}
# Takes the last two numbers for a corner.


# %% nbgrader={"grade_id": "box_iou"}
def box_iou(box, boxes):
    low, high = np.maximum(box[:2], boxes[:, :2]), np.minimum(box[2:], boxes[:, 2:])
    both = np.prod(np.maximum(high - low, 0), axis=1)
    areas = (
        np.abs(np.prod(box[2:] - box[:2])),
        np.abs(np.prod(boxes[:, 2:] - boxes[:, :2], 1)),
    )
    return (both + 1) / (areas[0] + areas[1] - both + 1)
