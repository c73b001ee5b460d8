# %% [markdown]
# # Tests marked to be skipped
# Tags its test cells `skip-execution`: a test without output has full marks in
# nbgrader.
#
# - observe: points
# - outcome: graded
# - points: 1

# %%
print("nothing to see")


# %% tags=["hand-in"]
def hand_in(folder, notebook):
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade"):
            cell.metadata["tags"] = ["skip-execution", "raises-exception"]
