# %% [markdown] answer={"fails": {"test_speedup": "its inverse is asked"}}
# Returns the share of the time that is left.


# %% nbgrader={"grade_id": "amdahl"}
def speedup(seconds, factors):
    whole = sum(seconds.values())
    return sum(time / factors.get(name, 1) for name, time in seconds.items()) / whole


def needed(seconds, name, target):
    whole = sum(seconds.values())
    left = whole / target - (whole - seconds[name])
    if abs(left) < 1e-9:
        return math.inf
    return seconds[name] / left if left > 0 else None
