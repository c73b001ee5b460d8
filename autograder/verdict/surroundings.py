"""Keeps what a notebook has set for all code away from the engine's own."""

import contextlib
import sys
import warnings
from collections.abc import Iterator

import numpy as np

# Python's own default is 1000; Keras needs some hundred frames for a large model.
RECURSION = 3000


@contextlib.contextmanager
def engine_settings() -> Iterator[None]:
    """Puts filters of warnings, NumPy's errors and the recursion limit aside.

    A notebook may make every warning an error. What the engine does between two calls
    of the student's functions is not the student's.
    """
    limit = sys.getrecursionlimit()
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        sys.setrecursionlimit(max(limit, RECURSION))
        try:
            yield
        finally:
            sys.setrecursionlimit(limit)
