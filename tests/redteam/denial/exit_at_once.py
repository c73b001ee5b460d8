# %% [markdown]
# # os._exit
# Leaves without a word, in the middle.
#
# - observe: outcome, batch
# - outcome: crashed
# - points: 1

# %%
import os

os._exit(0)
