"""A class at work on a hub of its own, all at once: `autograder load`."""
