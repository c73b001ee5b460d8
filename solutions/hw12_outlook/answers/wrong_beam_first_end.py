# %% [markdown] answer={"fails": {"test_beam_search": "beam_search in short"}}
# Stops as soon as any sentence has ended.


# %% nbgrader={"grade_id": "beam_search"}
def beam_search(log_p, width, length, end):
    beams = [((), 0.0)]
    for _ in range(length):
        longer = [
            ((*w, t), s + float(v)) for w, s in beams for t, v in enumerate(log_p(w))
        ]
        beams = sorted(longer, key=lambda b: -b[1])[:width]
        ended = [b for b in beams if b[0][-1] == end]
        if ended:
            return ended[0]
    return beams[0]
