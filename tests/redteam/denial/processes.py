# %% [markdown]
# # Processes without end
# Starts sixty children that sleep.
#
# - observe: reach, processes
# - outcome: graded
# - points: 1

# %%
import os
import signal
import time

children = []
try:
    for _ in range(60):
        pid = os.fork()
        if not pid:
            time.sleep(15)
            os._exit(0)
        children.append(pid)
except OSError as error:
    print(type(error).__name__, error.errno)
if len(children) == 60:
    print("BREACH: started 60 processes")
for pid in children[:30]:
    os.kill(pid, signal.SIGKILL)
