# %% [markdown]
# # A loop that ignores interrupts
# Ignores SIGINT and SIGTERM and runs on.
#
# - observe: outcome, batch
# - outcome: timeout
# - points: 1

# %%
import signal
import time

signal.signal(signal.SIGINT, signal.SIG_IGN)
signal.signal(signal.SIGTERM, signal.SIG_IGN)
end = time.monotonic() + 30
while time.monotonic() < end:
    pass
