# %% [markdown]
# # One huge error
# Raises an error with a message of 30 MB, and a traceback of a thousand frames.
#
# - observe: size
# - outcome: graded or timeout
# - points: 1

# %%
def fall(depth):
    if depth:
        fall(depth - 1)
    raise ValueError("x" * 30_000_000)


fall(900)
