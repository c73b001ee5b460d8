"""Makes notebooks of sources: one direction, the same bytes each time."""
