"""What the chapters and the assignments of Layerwise share.

Importing this package imports no deep-learning framework: each module imports Keras
when it is imported itself, so that the grader's own process stays light.
"""


def __getattr__(name):
    if name == "__version__":
        # It stands in pyproject.toml alone.
        from importlib.metadata import version

        return version("layerwise")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
