# %% [markdown]
# # A function that never answers
# Answers its test with a loop that ignores interrupts.
#
# - observe: outcome, batch
# - outcome: timeout
# - points: 1

# %% nbgrader={"grade_id": "double"}
import signal
import time


def double(x):
    end = time.monotonic() + 30
    while time.monotonic() < end:
        try:
            signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
            time.sleep(0.1)
        except BaseException:
            continue
