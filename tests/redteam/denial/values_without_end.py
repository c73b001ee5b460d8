# %% [markdown]
# # Values without end
# Hands in a notebook of a million small objects, which take sixty times their text in
# memory.
#
# - observe: outcome, batch
# - outcome: unreadable
# - points: 0

# %%
print("nothing to see")


# %% tags=["hand-in"]
import nbformat


def hand_in(folder, notebook):
    text = nbformat.writes(notebook)
    many = ",".join(['{"a":1}'] * 1_200_000)
    text = text.replace('"metadata": {', '"metadata": {"x": [' + many + "], ", 1)
    (folder / "{assignment}.ipynb").write_text(text)
