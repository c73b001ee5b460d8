# %% [markdown] answer={"fails": {"test_speedup": "ZeroDivisionError"}}
# Divides by zero where no layer takes time any more.


# %% nbgrader={"grade_id": "amdahl"}
def speedup(seconds, factors):
    left = sum(time / factors.get(name, 1) for name, time in seconds.items())
    return sum(seconds.values()) / left


def needed(seconds, name, target):
    whole = sum(seconds.values())
    left = whole / target - (whole - seconds[name])
    if left <= 0:
        return None if left else math.inf
    return seconds[name] / left
