"""The vocabulary of test cells: assertions with messages that help, and verbs.

Assertions judge data and raise `AssertionError` with the fault and what was received.
Verbs (`as_model`, `gradient`, `each`, `seeded`) run where the student's function lives;
what they bring back is data for the assertions, never a verdict. `answer` asserts what
the file beside the notebook expects.
"""

from layerwise.checks.assertions import (
    close,
    find_layers,
    model,
    raises,
    shape,
    unchanged,
    unpack,
    weight_count,
)
from layerwise.checks.expected import answer, judge, passed
from layerwise.checks.notebook_errors import short_errors
from layerwise.checks.verbs import as_model, each, gradient, seeded

__all__ = [
    "answer",
    "as_model",
    "close",
    "each",
    "find_layers",
    "gradient",
    "judge",
    "model",
    "passed",
    "raises",
    "seeded",
    "shape",
    "short_errors",
    "unchanged",
    "unpack",
    "weight_count",
]
