"""What the chapters and the assignments of Layerwise share.

Importing this package imports no deep-learning framework: each module imports Keras
when it is imported itself, so that the grader's own process stays light.
"""

__version__ = "0.1.0"
