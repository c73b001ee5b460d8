# %% [markdown]
# # A segmentation fault
# Reads memory that is not there.
#
# - observe: outcome, batch
# - outcome: crashed
# - points: 1

# %%
import ctypes

ctypes.string_at(0)
