"""How much a chapter may spend and with which seeds: two knobs of the environment.

`LAYERWISE_BUDGET` scales data and epochs. `LAYERWISE_SEED` makes it another run of the
same experiments.
"""

import os

LEVELS = ("smoke", "default", "full")
# More seeds than any chapter takes for one experiment.
SEEDS_OF_A_RUN = 1000


def level():
    """Returns the budget in force.

    Returns:
        `"smoke"` (seconds; what the tests run), `"default"` (minutes on two cores,
        offline) or `"full"` (the real thing, with a network and a GPU if there are).

    Raises:
        ValueError: If `LAYERWISE_BUDGET` holds anything else.
    """
    value = os.environ.get("LAYERWISE_BUDGET", "default")
    if value not in LEVELS:
        raise ValueError(
            f"LAYERWISE_BUDGET must be one of {', '.join(LEVELS)}. Received: {value!r}"
        )
    return value


def pick(smoke, default, full):
    """Returns the one of three values that fits the budget in force.

    Args:
        smoke: Any value, for a run of seconds.
        default: Any value, for a run of minutes on two cores.
        full: Any value, for a run without a limit.

    Returns:
        One of the three, as it was given.
    """
    return {"smoke": smoke, "default": default, "full": full}[level()]


def seed():
    """Returns which run of a chapter this is: the environment's `LAYERWISE_SEED`.

    Returns:
        Integer, 0 if nothing is set.

    Raises:
        ValueError: If `LAYERWISE_SEED` is not an integer of 0 or more.
    """
    value = os.environ.get("LAYERWISE_SEED", "0")
    if not (value.isascii() and value.isdigit()):
        raise ValueError(
            f"LAYERWISE_SEED must be an integer of 0 or more. Received: {value!r}"
        )
    return int(value)


def seeds(count):
    """Returns the seeds of this run; another `LAYERWISE_SEED` has none in common.

    Args:
        count: Integer, at most 1000.

    Returns:
        `range` of `count` integers, from 0 where `LAYERWISE_SEED` is 0.

    Raises:
        ValueError: If `count` is less than 1 or more than 1000.
    """
    if not 1 <= count <= SEEDS_OF_A_RUN:
        raise ValueError(f"count must be 1 to {SEEDS_OF_A_RUN}. Received: {count!r}")
    first = SEEDS_OF_A_RUN * seed()
    return range(first, first + count)
