# %% [markdown] answer={"fails": {"test_speedup": "changed what it got"}}
# Takes the factors out of the caller's dictionary.


# %% nbgrader={"grade_id": "amdahl"}
def speedup(seconds, factors):
    left = sum(time / factors.pop(name, 1) for name, time in seconds.items())
    return sum(seconds.values()) / left if left else math.inf


def needed(seconds, name, target):
    whole = sum(seconds.values())
    left = whole / target - (whole - seconds[name])
    if left <= 0:
        return None if left else math.inf
    return seconds[name] / left
