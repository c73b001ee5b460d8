# %% [markdown]
# # Sleep
# Sleeps for half a minute.
#
# - observe: outcome, batch
# - outcome: timeout
# - points: 1

# %%
import time

time.sleep(30)
