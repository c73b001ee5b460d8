# %% [markdown]
# # Ends the kernel in each way that a notebook has
# Asks to exit, stops the event loop, leaves it by an exception, and asks the kernel to
# shut down, in cells of their own. How many cells still ran would depend on the machine.
#
# - observe: outcome, points
# - outcome: graded
# - points: 1

# %%
exit()

# %%
quit()

# %%
get_ipython().ask_exit()
get_ipython().exit_now = True

# %%
import asyncio
import sys

loop = asyncio.get_event_loop()
loop.call_soon(sys.exit)
loop.call_later(0.01, loop.stop)

# %%
import time

time.sleep(0.05)
loop.stop()

# %%
from ipykernel.connect import get_connection_file
from jupyter_client import BlockingKernelClient

try:
    client = BlockingKernelClient(connection_file=get_connection_file())
    client.load_connection_file()
    client.start_channels(hb=False)
    client.shutdown()
except Exception as error:
    # New sockets are refused at the lower level.
    print(error)

# %%
time.sleep(0.5)

# %%
sys.exit(1)
