"""Runs a notebook within limits: one stateless function, in worker processes."""
