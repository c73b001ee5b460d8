# %% [markdown]
# # Cells that are none
# Hands in a notebook of numbers, texts and nothing in place of cells, with markup in
# them.
#
# - observe: outcome, batch, script
# - outcome: unreadable
# - points: 0

# %%
print("nothing to see")


# %% tags=["hand-in"]
import json


def hand_in(folder, notebook):
    cells = ["<script>{script}</script>", 5, None, {"source": {"a": "{script}"}}]
    text = json.dumps({"cells": cells, "nbformat": "<script>{script}</script>"})
    (folder / "{assignment}.ipynb").write_text(text)
