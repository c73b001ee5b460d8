# %% [markdown]
# # The tests rewritten at their source
# Adds a line to the source of the assignment, for the next to be graded.
#
# - observe: files
# - outcome: graded
# - points: 1

# %%
from pathlib import Path

for folder in ("source", "solutions"):
    for path in Path("{course}", folder).rglob("hw*"):
        if path.is_file():
            with path.open("a") as file:
                file.write("\n# {student} was here\n")
