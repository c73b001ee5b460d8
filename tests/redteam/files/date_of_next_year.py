# %% [markdown]
# # Any date it likes
# Hands in a date that no calendar has, with 10 MB of noughts.
#
# - observe: batch, outcome
# - outcome: graded
# - points: 1

# %%
print("nothing to see")


# %% tags=["hand-in"]
def hand_in(folder, notebook):
    (folder / "timestamp.txt").write_text("9" * 10_000_000 + "-01-01 00:00:00 UTC")
