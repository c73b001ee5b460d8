# %% [markdown] answer={}
# A heap for the beams, gathered words for the loss, value updates in place.


# %% nbgrader={"grade_id": "beam_search"}
def beam_search(log_p, width, length, end):
    import heapq

    done, beams = [], {(): 0.0}
    for _ in range(length):
        candidates = {w: s for w, s in beams.items() if w and w[-1] == end}
        for w, s in beams.items():
            if w not in candidates:
                for t, p in enumerate(np.asarray(log_p(w)).tolist()):
                    candidates[(*w, t)] = s + p
        beams = dict(heapq.nlargest(width, candidates.items(), key=lambda kv: kv[1]))
        if all(w[-1] == end for w in beams):
            break
    return max(beams.items(), key=lambda kv: kv[1])


# %% nbgrader={"grade_id": "caption_loss"}
def caption_loss(tokens, logits):
    places = np.flatnonzero(np.asarray(tokens).ravel())
    words = np.asarray(tokens).ravel()[places]
    flat = ops.reshape(logits, (-1, logits.shape[-1]))
    chosen = ops.take(flat, places, axis=0)
    hot = ops.one_hot(words, logits.shape[-1], dtype="float32")
    return ops.mean(ops.logsumexp(chosen, axis=-1) - ops.sum(hot * chosen, axis=-1))


# %% nbgrader={"grade_id": "learn"}
def learn(step, num_states, num_actions, states, actions, discount=0.9, rate=0.5):
    table = np.zeros((num_states, num_actions))
    for i in range(len(states)):
        following, reward, ended = step(states[i], actions[i])
        future = (1 - ended) * np.max(table[following])
        table[states[i], actions[i]] += rate * (
            reward + discount * future - table[states[i], actions[i]]
        )
    return table
