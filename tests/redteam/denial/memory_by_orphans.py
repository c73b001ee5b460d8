# %% [markdown]
# # Memory by orphans
# Takes 1 GB in processes whose parent has gone, out of sight of who sums up children.
#
# - observe: outcome, reach, processes
# - outcome: out_of_memory
# - points: 1

# %%
import os
import subprocess
import sys
import time

CODE = "import os, time; block = b'x' * 250_000_000; time.sleep(4)"
for _ in range(4):
    if not os.fork():
        os.setsid()
        subprocess.Popen([sys.executable, "-c", CODE, "{marker}"])
        os._exit(0)
time.sleep(4)
print("BREACH: took 1 GB")
