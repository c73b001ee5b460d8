# %% [markdown]
# # Waiting for an answer
# Waits for somebody to type.
#
# - observe: outcome, batch
# - outcome: graded
# - points: 1

# %%
import sys

print(repr(sys.stdin.readline()))
input("password: ")
