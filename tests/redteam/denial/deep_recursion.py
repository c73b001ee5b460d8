# %% [markdown]
# # Recursion without a bound
# Takes the bound away and recurses in C until the stack is gone.
#
# - observe: outcome, batch
# - outcome: crashed
# - points: 1

# %%
import sys

sys.setrecursionlimit(10**9)
nested = []
for _ in range(1_000_000):
    nested = [nested]
repr(nested)
