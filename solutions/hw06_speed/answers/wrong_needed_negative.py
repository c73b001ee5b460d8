# %% [markdown] answer={"fails": {"test_needed": "a negative factor"}}
# Returns a negative factor where the target cannot be reached.


# %% nbgrader={"grade_id": "amdahl"}
def speedup(seconds, factors):
    left = sum(t / factors.get(name, 1) for name, t in seconds.items())
    return sum(seconds.values()) / left if left else math.inf


def needed(seconds, name, target):
    whole = sum(seconds.values())
    left = whole / target - (whole - seconds[name])
    return math.inf if abs(left) < 1e-9 else seconds[name] / left
