"""Attacks on the graders: `tests/redteam` has them, this package carries them out."""
