# %% [markdown] answer={"fails": {"test_needed": "this is the target itself"}}
# Thinks that the part must become as much faster as the whole.


# %% nbgrader={"grade_id": "amdahl"}
def speedup(seconds, factors):
    whole = sum(seconds.values())
    return whole / sum(t / factors.get(name, 1) for name, t in seconds.items())


def needed(seconds, name, target):
    return float(target)
