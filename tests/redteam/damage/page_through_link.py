# %% [markdown]
# # Others' work through a link
# Puts a link to another student's notebook where the grader is to write the graded
# one.
#
# - observe: files
# - outcome: graded
# - points: 1

# %%
import os

name = "{assignment}.ipynb"
if os.path.lexists(name):
    os.unlink(name)
os.symlink("{other}/{assignment}.ipynb", name)
