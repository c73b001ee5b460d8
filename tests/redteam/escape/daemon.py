# %% [markdown]
# # A daemon
# Forks twice, leaves session and terminal, and stays as another program.
#
# - observe: processes
# - outcome: graded
# - points: 1

# %%
import os
import subprocess
import sys

if not os.fork():
    os.setsid()
    if not os.fork():
        os.chdir("/")
        null = subprocess.DEVNULL
        code = "import time; time.sleep(20)"
        subprocess.Popen(
            [sys.executable, "-c", code, "{marker}"],
            stdin=null,
            stdout=null,
            stderr=null,
            start_new_session=True,
        )
    os._exit(0)
os.wait()
