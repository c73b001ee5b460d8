# %% [markdown]
# # Others' work deleted
# Deletes another student's submission.
#
# - observe: files
# - outcome: graded
# - points: 1

# %%
import shutil

shutil.rmtree("{other}", ignore_errors=True)
