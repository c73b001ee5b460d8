# %% [markdown] answer={"fails": {"test_beam_search": "that is the greedy sentence"}}
# The likeliest next word.


# %% nbgrader={"grade_id": "beam_search"}
def beam_search(log_p, width, length, end):
    words, score = (), 0.0
    for _ in range(length):
        step = np.asarray(log_p(words))
        token = int(step.argmax())
        words, score = (*words, token), score + float(step[token])
        if token == end:
            break
    return words, score
