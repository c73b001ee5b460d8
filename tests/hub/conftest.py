"""A running hub and a browser."""

import pytest
from running import CHROMIUM, Hub, require_hub


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    """A hub with the course; it ends with the tests of the module."""
    require_hub()
    running = Hub(tmp_path_factory.mktemp("hub"))
    yield running
    running.stop()


@pytest.fixture(scope="module")
def browser():
    """Chromium, without a window."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield started
        started.close()
