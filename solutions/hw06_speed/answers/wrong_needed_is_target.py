# %% [markdown] answer={"fails": {"test_needed": "this is the target itself"}}
# Thinks that the part must become as much faster as the whole.


# %% nbgrader={"grade_id": "amdahl"}
def speedup(seconds, factors):
    left = sum(t / factors.get(name, 1) for name, t in seconds.items())
    return sum(seconds.values()) / left if left else math.inf


def needed(seconds, name, target):
    return float(target)
