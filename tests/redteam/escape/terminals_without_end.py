# %% [markdown]
# # Terminals without an end
# Takes as many terminals as there are: the host's own users and servers need them.
#
# - observe: reach
# - outcome: graded
# - points: 1

# %%
import os

taken = []
try:
    while len(taken) < 1_000:
        taken.append(os.openpty())
except OSError as error:
    print(error)
if len(taken) > 64:
    print(f"BREACH: took {len(taken)} terminals")
