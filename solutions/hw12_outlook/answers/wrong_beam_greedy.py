# %% [markdown] answer={"fails": {"test_beam_search": "[0] is [1, 1, 0]; expected [2, 0]"}}
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
