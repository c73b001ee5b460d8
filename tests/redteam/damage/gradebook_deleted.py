# %% [markdown]
# # The gradebook deleted
# Deletes the gradebook, or empties it where it cannot.
#
# - observe: batch
# - outcome: graded
# - points: 1

# %%
import os

try:
    os.unlink("{gradebook}")
except OSError:
    with open("{gradebook}", "wb"):
        pass
