"""How much a chapter may spend: one knob, the environment's `LAYERWISE_BUDGET`."""

import os

LEVELS = ("smoke", "default", "full")


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
