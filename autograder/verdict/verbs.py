"""The verbs of `layerwise.checks`, asked of the student kernel.

What they bring may be anything: it is held against what a verb promises before a test
sees it.
"""

import contextlib
from collections.abc import Iterator
from typing import Any

from autograder.verdict.proxies import Handle, VerdictSide


def install_verbs(side: VerdictSide) -> None:
    """Makes the verbs of `layerwise.checks` run where a student's function lives."""
    from layerwise import checks
    from layerwise.checks.assertions import describe

    plain = {name: getattr(checks, name) for name in ("as_model", "gradient", "each")}

    def as_model(fn: Any, *shapes: Any, **arguments: Any) -> Any:
        if not isinstance(fn, Handle):
            return plain["as_model"](fn, *shapes, **arguments)
        found = side.ask("verb", ("as_model", (fn, *shapes), arguments))
        checks.model(found, what="what checks.as_model brought")
        return found

    def gradient(fn: Any, *arguments: Any) -> Any:
        if not isinstance(fn, Handle):
            return plain["gradient"](fn, *arguments)
        # The verb differentiates copies.
        return side.ask("verb", ("gradient", (fn, *arguments), {}), restores=False)

    def each(fn: Any, cases: Any) -> Any:
        if not isinstance(fn, Handle):
            return plain["each"](fn, cases)
        # The function is given what is in a case, and neither the case nor the list.
        asked = tuple(tuple(case) for case in cases)
        results = side.ask("verb", ("each", (fn, asked), {}))
        if type(results) is not list or len(results) != len(asked):
            count = f"{len(results)} results" if type(results) is list else ""
            raise TypeError(
                f"checks.each brought {count or describe(results)} for {len(asked)} "
                "calls: expected a list with one for each"
            )
        return results

    checks.as_model, checks.gradient, checks.each = as_model, gradient, each
    plain_seeded = checks.seeded

    @contextlib.contextmanager
    def seeded(seed: int) -> Iterator[None]:
        side.ask("seed", seed)
        try:
            with plain_seeded(seed):
                yield
        finally:
            side.ask("seed", None)

    checks.seeded = seeded
