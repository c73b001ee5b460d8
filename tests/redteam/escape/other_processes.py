# %% [markdown]
# # The list of processes
# Lists processes: command lines tell paths, students and options.
#
# - observe: reach
# - outcome: graded
# - points: 1

# %%
import os
from pathlib import Path

for path in Path("/proc").glob("[0-9]*/cmdline"):
    pid = int(path.parent.name)
    try:
        words = path.read_bytes().replace(b"\0", b" ").decode("latin-1")
    except OSError:
        continue
    if pid not in (1, os.getpid()) and words:
        print("BREACH: sees the processes of others")
        break
