# %% [markdown] answer={}
# Loops and plain Python.


# %% nbgrader={"grade_id": "box_iou"}
def box_iou(box, boxes):
    x, y, w, h = (float(v) for v in box)
    result = []
    for a, b, c, d in boxes:
        wide = max(0.0, min(x + w, a + c) - max(x, a))
        tall = max(0.0, min(y + h, b + d) - max(y, b))
        both = wide * tall
        result.append(both / (w * h + c * d - both))
    return np.array(result)


# %% nbgrader={"grade_id": "suppress"}
def suppress(scores, overlaps, threshold):
    order = list(np.argsort(-scores, kind="stable"))
    kept = []
    while order:
        best = order.pop(0)
        kept.append(int(best))
        order = [i for i in order if overlaps[best][i] <= threshold]
    return kept


# %% nbgrader={"grade_id": "average_precision"}
def average_precision(hits, total):
    points, found = [], 0
    for k, hit in enumerate(hits, 1):
        found += bool(hit)
        points.append((found / total, found / k))
    area, before = 0.0, 0.0
    for i, (recall, _) in enumerate(points):
        area += (recall - before) * max(p for _, p in points[i:])
        before = recall
    return area


# %% nbgrader={"grade_id": "caption_loss"}
def caption_loss(tokens, logits):
    log_p = ops.log_softmax(logits, axis=-1)
    hot = ops.one_hot(tokens, logits.shape[-1], dtype="float32")
    mask = np.asarray(tokens != 0, "float32")
    return -ops.sum(hot * log_p * mask[..., None]) / mask.sum()


# %% nbgrader={"grade_id": "beam_search"}
def beam_search(log_p, width, length, end):
    beams = [(0.0, [])]
    for _ in range(length):
        new = []
        for score, words in beams:
            if len(words) and words[-1] == end:
                new.append((score, words))
            else:
                steps = np.asarray(log_p(tuple(words)))
                new += [(score + steps[t], words + [t]) for t in range(len(steps))]
        new.sort(key=lambda pair: pair[0], reverse=True)
        beams = new[:width]
    score, words = max(beams, key=lambda pair: pair[0])
    return tuple(words), float(score)


# %% nbgrader={"grade_id": "q_target"}
def q_target(rewards, ended, values, discount):
    return np.array(
        [r if e else r + discount * max(v) for r, e, v in zip(rewards, ended, values)]
    )


# %% nbgrader={"grade_id": "learn"}
def learn(step, num_states, num_actions, states, actions, discount=0.9, rate=0.5):
    q = [[0.0] * num_actions for _ in range(num_states)]
    for s, a in zip(states, actions):
        t, r, done = step(s, a)
        goal = r if done else r + discount * max(q[t])
        q[s][a] = (1 - rate) * q[s][a] + rate * goal
    return np.array(q)
