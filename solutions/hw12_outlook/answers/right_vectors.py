# %% [markdown] answer={}
# Arrays everywhere, Keras's own masked loss.


# %% nbgrader={"grade_id": "box_iou"}
def box_iou(box, boxes):
    x1, y1 = np.maximum(boxes[:, 0], box[0]), np.maximum(boxes[:, 1], box[1])
    x2 = np.minimum(boxes[:, 0] + boxes[:, 2], box[0] + box[2])
    y2 = np.minimum(boxes[:, 1] + boxes[:, 3], box[1] + box[3])
    inter = (x2 - x1).clip(0) * (y2 - y1).clip(0)
    return inter / (box[2] * box[3] + boxes[:, 2] * boxes[:, 3] - inter)


# %% nbgrader={"grade_id": "suppress"}
def suppress(scores, overlaps, threshold):
    order = np.argsort(-scores, kind="stable")
    alive = np.ones(len(scores), bool)
    kept = []
    for i in order:
        if alive[i]:
            kept.append(i)
            alive &= overlaps[i] <= threshold
    return np.array(kept, int)


# %% nbgrader={"grade_id": "average_precision"}
def average_precision(hits, total):
    hits = np.asarray(hits, float)
    if not hits.size:
        return 0.0
    tp = hits.cumsum()
    precision, recall = tp / (np.arange(hits.size) + 1), tp / total
    for i in range(hits.size - 2, -1, -1):
        precision[i] = max(precision[i], precision[i + 1])
    return np.sum((recall - np.concatenate([[0], recall[:-1]])) * precision)


# %% nbgrader={"grade_id": "caption_loss"}
def caption_loss(tokens, logits):
    import keras

    loss = keras.losses.SparseCategoricalCrossentropy(
        from_logits=True, ignore_class=0, reduction="sum"
    )
    return loss(tokens, logits) / np.count_nonzero(tokens)


# %% nbgrader={"grade_id": "q_target"}
def q_target(rewards, ended, values, discount):
    return rewards + discount * (1 - ended.astype("float32")) * np.amax(values, axis=-1)
