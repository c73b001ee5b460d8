"""The vocabulary of test cells: assertions with messages that help, and verbs.

Assertions judge data and raise `AssertionError` with the fault and what was received.
Verbs (`as_model`, `gradient`, `each`, `seeded`) run where the student's function lives;
what they bring back is data for the assertions, never a verdict.
"""

from layerwise.checks.assertions import (
    close,
    find_layers,
    model,
    raises,
    shape,
    unchanged,
    weight_count,
)
from layerwise.checks.verbs import as_model, each, gradient, seeded

__all__ = [
    "as_model",
    "close",
    "each",
    "find_layers",
    "gradient",
    "model",
    "raises",
    "seeded",
    "shape",
    "unchanged",
    "weight_count",
]
