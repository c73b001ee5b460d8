# %% [markdown]
# # Many errors
# Shows an exception two hundred times, each with a message of a megabyte: an error is
# the verdict of a test, and never dropped.
#
# - observe: batch, others, size
# - outcome: graded or timeout
# - points: 1

# %%
for _ in range(200):
    try:
        raise ValueError("e" * 1_000_000)
    except ValueError:
        get_ipython().showtraceback()
