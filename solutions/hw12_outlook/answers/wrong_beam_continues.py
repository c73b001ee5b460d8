# %% [markdown] answer={"fails": {"test_beam_search": "finished sentences are continued"}}
# Goes on after the end.


# %% nbgrader={"grade_id": "beam_search"}
def beam_search(log_p, width, length, end):
    beams = [((), 0.0)]
    for _ in range(length):
        longer = [
            ((*w, t), s + float(v)) for w, s in beams for t, v in enumerate(log_p(w))
        ]
        beams = sorted(longer, key=lambda b: -b[1])[:width]
    return beams[0]
