# %% [markdown]
# # A kernel that will not die
# Leaves threads, exit handlers and ignored signals that keep the process alive.
#
# - observe: processes, batch
# - outcome: graded
# - points: 1

# %%
import atexit
import signal
import threading
import time

for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
    signal.signal(number, signal.SIG_IGN)
atexit.register(time.sleep, 20)
threading.Thread(target=time.sleep, args=[20]).start()
