# %% [markdown]
# # A hidden input that is printed
# Prints what its answer is called with, on both streams and past them.
#
# - observe: secrets
# - outcome: graded
# - points: 2

# %%
import os
import sys


# %% nbgrader={"grade_id": "double"}
def double(x):
    print(x)
    print(x, file=sys.stderr)
    os.write(1, f"{x}\n".encode())
    return 2 * x if x in (2, 5) else None
