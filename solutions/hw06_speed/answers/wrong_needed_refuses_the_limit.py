# %% [markdown] answer={"fails": {"test_needed": "just within reach"}}
# Returns None where the part would have to take no time.


# %% nbgrader={"grade_id": "amdahl"}
def speedup(seconds, factors):
    left = sum(t / factors.get(name, 1) for name, t in seconds.items())
    return sum(seconds.values()) / left if left else math.inf


def needed(seconds, name, target):
    whole = sum(seconds.values())
    left = whole / target - (whole - seconds[name])
    return seconds[name] / left if left > 1e-9 else None
