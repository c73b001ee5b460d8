"""How long a process that a chapter starts may run.

What it may compute is counted in processor time, which is the same on an idle machine
and on a busy one. The clock only ends a process that waits for what never comes.
"""

import signal

CPU_SECONDS = 300  # the processes of the course take some 15
WALL_SECONDS = 3600


def limit_cpu(seconds):
    """Makes the system end this process once it has computed for so long.

    Where the system has no such limit (Windows) nothing happens.

    Args:
        seconds: Integer, processor time of all threads, from the start of the process.
    """
    try:
        import resource
    except ImportError:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    if hard != resource.RLIM_INFINITY:
        seconds = min(seconds, hard)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, hard))


def refuse_overrun(name, code, cpu_seconds):
    """Says so when a process was ended by `limit_cpu`.

    Args:
        name: String, how the message names the process.
        code: Integer, its return code, or `None` if it still runs.
        cpu_seconds: Integer, the limit.

    Raises:
        TimeoutError: If the limit ended it.
    """
    if hasattr(signal, "SIGXCPU") and code == -signal.SIGXCPU:
        raise TimeoutError(
            f"{name} was ended: it had computed for its {cpu_seconds} s of processor "
            "time"
        )
