# %% [markdown]
# # A notebook of another encoding
# Hands in a notebook in UTF-16 with lines as on Windows, and no version.
#
# - observe: outcome, batch
# - outcome: graded
# - points: 1

# %%
print("nothing to see")


# %% tags=["hand-in"]
import nbformat


def hand_in(folder, notebook):
    text = nbformat.writes(notebook).replace('"nbformat"', '"x"')
    text = text.replace("\n", "\r\n")
    (folder / "{assignment}.ipynb").write_bytes(text.encode("utf-16"))
