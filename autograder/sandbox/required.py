"""Refuses to grade other people's work with less of a sandbox than was asked for."""

from dataclasses import replace

from autograder.course import CourseError
from autograder.limits import NONE, Limits
from autograder.sandbox import levels
from autograder.sandbox.policy import LANDLOCK, LEVELS

# What grading a class needs, unless somebody says otherwise.
LEAST = LANDLOCK


def require(limits: Limits, least: str = LEAST, plain: bool = False) -> Limits:
    """Settles the sandbox of a run.

    Args:
        limits: Their level, where it is given, is the one that is asked for.
        least: One of `LEVELS`, the weakest that will do, or `"none"`.
        plain: Whether everything runs in a cold kernel, which has no sandbox.

    Returns:
        The limits with the level in force.

    Raises:
        CourseError: If this machine does not allow the level.
    """
    order = [*LEVELS, NONE]
    found = levels.Found(NONE) if plain else levels.detect()
    level = found.level
    if limits.sandbox is not None and not plain:
        level = limits.sandbox
    if order.index(level) > order.index(least):
        if plain:
            fault = "--plain runs submissions in a kernel without a sandbox"
        else:
            fault = f"this machine allows {level}: " + "; ".join(
                f"{name} fails ({why})" for name, why in found.missing.items()
            )
        raise CourseError(
            f"Nothing was run: the sandbox must be at least {least!r}, and {fault}. "
            "`autograder doctor` says what is missing; --require-sandbox LEVEL asks "
            "for less, --unsafe for nothing."
        )
    return replace(limits, sandbox=level)
