# %% [markdown]
# # A daemon whose kernel dies
# Starts a daemon and leaves with os._exit: who looks for a kernel's children finds no
# kernel.
#
# - observe: processes, outcome
# - outcome: crashed
# - points: 1

# %%
import os
import subprocess
import sys
import time

subprocess.Popen(
    [sys.executable, "-c", "import time; time.sleep(20)", "{marker}"],
    start_new_session=True,
)
time.sleep(0.3)
os._exit(0)
