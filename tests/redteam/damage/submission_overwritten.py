# %% [markdown]
# # Others' work overwritten
# Writes its own name into another student's notebook.
#
# - observe: files
# - outcome: graded
# - points: 1

# %%
from pathlib import Path

Path("{other}", "{assignment}.ipynb").write_text("{student} was here")
