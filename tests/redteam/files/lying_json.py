# %% [markdown]
# # Numbers and text that no file holds
# Hands in a notebook with half a character, a number without end and the same key
# twice, none of which running needs.
#
# - observe: outcome, batch
# - outcome: graded
# - points: 1

# %%
print("nothing to see")


# %% tags=["hand-in"]
import nbformat


def hand_in(folder, notebook):
    text = nbformat.writes(notebook)
    lies = '"a": "\\ud800", "b": 1e999999, "b": NaN, '
    text = text.replace('"nbformat": 4', lies + '"nbformat": 4', 1)
    (folder / "{assignment}.ipynb").write_text(text)
