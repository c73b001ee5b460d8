# %% [markdown]
# # A loop that catches everything
# Catches KeyboardInterrupt again and again.
#
# - observe: outcome, batch
# - outcome: timeout
# - points: 1

# %%
import time

end = time.monotonic() + 30
while time.monotonic() < end:
    try:
        time.sleep(0.1)
    except BaseException:
        continue
