"""`make hub` says what is wrong before it starts anything."""

import fcntl
import os
import socket
import subprocess
import sys

import pytest
from running import ROOT

from autograder.proof.load.ports import free_ports

pytestmark = pytest.mark.hub


def start(state, **settings):
    """Runs the demo; returns its exit status and what it said."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "hub" / "demo.py")],
        env={**os.environ, "LAYERWISE_HUB_STATE": str(state), **settings},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout == ""
    return done.returncode, done.stderr


@pytest.mark.parametrize("port", ["abc", "80x", "70000", "0", "", "65533"])
def test_a_port_that_is_none(tmp_path, port):
    status, said = start(tmp_path, LAYERWISE_HUB_PORT=port)
    assert status == 2
    assert said.startswith("LAYERWISE_HUB_PORT must be a number from 1 to 65532.")
    assert said.endswith(f"Received: {port}.\n")


def test_a_password_that_is_too_short(tmp_path):
    status, said = start(tmp_path, LAYERWISE_HUB_PASSWORD="1234567")
    assert status == 2
    assert "at least 8 characters. Received: 7." in said


def test_a_port_that_is_taken(tmp_path):
    first = free_ports(4)
    with socket.create_server(("127.0.0.1", first + 2)):
        status, said = start(tmp_path, LAYERWISE_HUB_PORT=str(first))
    assert status == 2
    assert f"Port {first + 2} cannot be used" in said
    assert f"{first} to {first + 3}" in said


def test_a_hub_that_runs_already(tmp_path):
    lock = os.open(tmp_path / "lock", os.O_RDWR | os.O_CREAT)
    fcntl.flock(lock, fcntl.LOCK_EX)
    status, said = start(tmp_path)
    os.close(lock)
    assert status == 2
    assert f"runs already: {tmp_path} is in use" in said
