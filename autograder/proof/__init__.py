"""A developer's tools: they hold the tests, the engine and the hub to account."""
