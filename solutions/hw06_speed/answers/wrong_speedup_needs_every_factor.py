# %% [markdown] answer={"fails": {"test_speedup": "KeyError"}}
# Takes it that every name has a factor.


# %% nbgrader={"grade_id": "amdahl"}
def speedup(seconds, factors):
    whole = sum(seconds.values())
    return whole / sum(time / factors[name] for name, time in seconds.items())


def needed(seconds, name, target):
    whole = sum(seconds.values())
    left = whole / target - (whole - seconds[name])
    if abs(left) < 1e-9:
        return math.inf
    return seconds[name] / left if left > 0 else None
