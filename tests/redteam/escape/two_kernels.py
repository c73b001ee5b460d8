# %% [markdown]
# # Two kernels of one
# Forks and lets both go on: the same sockets, answered twice.
#
# - observe: processes, batch, outcome
# - outcome: graded or timeout or crashed
# - points: 1

# %%
import os
import signal

if not os.fork():
    # Bounded where nobody else does it.
    signal.alarm(15)
