# %% [markdown]
# # Files that nobody can read
# Takes all rights from another student's folder and from a file of the course.
#
# - observe: files
# - outcome: graded
# - points: 1

# %%
import os

for path in ("{other}/{assignment}.ipynb", "{course}/secret.txt"):
    try:
        os.chmod(path, 0)
    except OSError as error:
        print(type(error).__name__)
