# %% [markdown]
# # Metadata in metadata
# Hands in a notebook that is in order but for metadata two thousand levels deep.
#
# - observe: outcome, batch
# - outcome: unreadable or graded
# - points: 0

# %%
print("nothing to see")


# %% tags=["hand-in"]
import nbformat


def hand_in(folder, notebook):
    text = nbformat.writes(notebook)
    deep = '{"a": ' * 2000 + "1" + "}" * 2000
    text = text.replace('"metadata": {', '"metadata": {"deep": ' + deep + ", ", 1)
    (folder / "{assignment}.ipynb").write_text(text)
