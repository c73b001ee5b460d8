# %% [markdown]
# # A folder for a notebook
# Hands in a folder in place of its notebook, with names in it that are no text, markup
# or end a line.
#
# - observe: outcome, batch, script
# - outcome: missing
# - points: 0

# %%
print("nothing to see")


# %% tags=["hand-in"]
import os


def hand_in(folder, notebook):
    place = folder / "{assignment}.ipynb"
    place.mkdir()
    for name in (b"r\xe9.ipynb", b"a\nb.ipynb", b"<script>{script}<.ipynb", b"[x]\\["):
        with open(os.path.join(os.fsencode(place), name), "w") as file:
            file.write("1")
