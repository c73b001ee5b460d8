# %% [markdown] answer={"fails": {"test_speedup": "the factors are averaged; add up"}}
# Averages the factors, weighted with the time.


# %% nbgrader={"grade_id": "amdahl"}
def speedup(seconds, factors):
    whole = sum(seconds.values())
    return sum(time / whole * factors.get(name, 1) for name, time in seconds.items())


def needed(seconds, name, target):
    whole = sum(seconds.values())
    left = whole / target - (whole - seconds[name])
    if abs(left) < 1e-9:
        return math.inf
    return seconds[name] / left if left > 0 else None
