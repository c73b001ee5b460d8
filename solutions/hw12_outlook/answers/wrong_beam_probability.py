# %% [markdown] answer={"fails": {"test_beam_search": "the probability; expected its logarithm"}}
# Returns the probability.


# %% nbgrader={"grade_id": "beam_search"}
def beam_search(log_p, width, length, end):
    beams = [((), 0.0)]
    for _ in range(length):
        longer = []
        for w, s in beams:
            if w and w[-1] == end:
                longer.append((w, s))
            else:
                longer += [((*w, t), s + float(v)) for t, v in enumerate(log_p(w))]
        beams = sorted(longer, key=lambda b: -b[1])[:width]
    return beams[0][0], float(np.exp(beams[0][1]))
