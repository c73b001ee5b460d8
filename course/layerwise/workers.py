"""Starts worker processes on the loopback, as a cluster's scheduler starts machines.

Each gets the environment variable `TF_CONFIG`, which says who the others are, runs one
module, and leaves a report and a log in a folder.
"""

import argparse
import contextlib
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from layerwise import processes

# Below those that Linux gives to connections: a worker takes its port only when it has
# imported TensorFlow, and until then no connection may get it by chance.
LOWEST_PORT, HIGHEST_PORT = 10_000, 32_000


def launch(
    module,
    folder,
    arguments=(),
    count=2,
    killed=None,
    cpu_seconds=processes.CPU_SECONDS,
    wall_seconds=processes.WALL_SECONDS,
):
    """Starts workers that run a module, waits for all, and reads their reports.

    Args:
        module: String, a module that calls `parser` and writes a report.
        folder: Path of a folder for reports and logs.
        arguments: Sequence of strings, for each worker's command line.
        count: Integer, workers.
        killed: Integer, the worker that is going to be killed, or `None`.
        cpu_seconds: Integer, processor time after which a worker is ended.
        wall_seconds: Float, time by the clock after which all are ended.

    Returns:
        List of each worker's report, a dictionary. That of a worker which fails because
        another was killed has its `"error"`.

    Raises:
        RuntimeError: If a worker fails though none was killed; the message has the logs
            of all.
        TimeoutError: If a worker, or all of them, come to a limit.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    addresses = [f"127.0.0.1:{port}" for port in _free_ports(count)]
    started = []
    for index in range(count):
        _report_path(folder, index).unlink(missing_ok=True)
        command = [sys.executable, "-m", module, str(folder)]
        command += ["--cpu-seconds", str(cpu_seconds), *arguments]
        task = {"type": "worker", "index": index}
        config = {"cluster": {"worker": addresses}, "task": task}
        environment = dict(os.environ, TF_CONFIG=json.dumps(config))
        environment |= {"TF_CPP_MIN_LOG_LEVEL": "3", "KERAS_BACKEND": "tensorflow"}
        # Each worker computes on one core: on a laptop they share few.
        environment |= {"TF_NUM_INTRAOP_THREADS": "1", "CUDA_VISIBLE_DEVICES": "-1"}
        with _log_path(folder, index).open("wb") as log:
            started.append(
                subprocess.Popen(command, env=environment, stdout=log, stderr=log)
            )
    try:
        failed = _wait(started, killed, cpu_seconds, wall_seconds)
    finally:
        for process in started:
            if process.poll() is None:
                process.kill()
            process.wait()
    if failed is not None:
        # The first to fail may only be the first to notice: so show what all say.
        raise RuntimeError(f"worker {failed} failed:\n{_logs(folder, failed, count)}")
    reports = [_read(_report_path(folder, index)) for index in range(count)]
    for index, (process, report) in enumerate(zip(started, reports, strict=True)):
        # TensorFlow's own threads may end a process before Python has a word.
        if process.returncode != 0 and index != killed:
            report.setdefault("error", _tail(_log_path(folder, index), 500))
    return reports


def _wait(started, killed, cpu_seconds, wall_seconds):
    """Waits until all have ended; returns the first that failed, or `None`."""
    end = time.monotonic() + wall_seconds
    while True:
        codes = [process.poll() for process in started]
        for index, code in enumerate(codes):
            processes.refuse_overrun(f"worker {index}", code, cpu_seconds)
        # Once one has been killed, the others may fail: that is what they do.
        if killed is None or started[killed].poll() != -signal.SIGKILL:
            for index, code in enumerate(codes):
                if code not in (None, 0):
                    return index
        if None not in codes:
            return None
        if time.monotonic() > end:
            raise TimeoutError(
                f"the workers did not end within {wall_seconds} s, and none had "
                f"computed for {cpu_seconds} s: they wait for each other"
            )
        time.sleep(0.1)


def _free_ports(count):
    """Finds ports that nobody listens on."""
    with contextlib.ExitStack() as stack:
        found = []
        for port in random.Random().sample(range(LOWEST_PORT, HIGHEST_PORT), 1000):
            with contextlib.suppress(OSError):
                stack.enter_context(socket.socket()).bind(("127.0.0.1", port))
                found.append(port)
            if len(found) == count:
                return found
    raise RuntimeError(f"found {len(found)} free ports on 127.0.0.1, not {count}")


def _report_path(folder, index):
    return folder / f"worker{index}.json"


def _log_path(folder, index):
    return folder / f"worker{index}.log"


def _tail(path, size):
    text = path.read_text(errors="replace") if path.exists() else ""
    return text[-size:].strip()


def _logs(folder, first, count):
    """Returns the ends of all logs, that of `first` first."""
    others = [index for index in range(count) if index != first]
    parts = [_tail(_log_path(folder, first), 3000)]
    parts += [
        f"worker {index} said:\n{_tail(_log_path(folder, index), 3000)}"
        for index in others
    ]
    return "\n\n".join(parts)


def _read(path):
    return json.loads(path.read_text()) if path.exists() else {}


def own_index():
    """Returns which worker this process is."""
    return json.loads(os.environ["TF_CONFIG"])["task"]["index"]


def write_report(report, folder):
    """Writes a worker's report so that a reader never sees half of it."""
    path = _report_path(folder, own_index())
    part = path.with_suffix(".part")
    part.write_text(json.dumps(report))
    part.replace(path)


def parser(module):
    """Makes a worker's command line, without what is the module's own."""
    found = argparse.ArgumentParser(prog=f"python -m {module}")
    found.add_argument("folder", type=Path)
    found.add_argument("--cpu-seconds", type=int, default=processes.CPU_SECONDS)
    found.add_argument("--seed", type=int, default=0)
    return found
