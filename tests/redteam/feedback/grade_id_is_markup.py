# %% [markdown]
# # Markup as the name of a test
# Adds cells with the metadata of tests, whose names and points are markup.
#
# - observe: script
# - outcome: graded
# - points: 1

# %%
print("nothing to see")


# %% tags=["hand-in"]
def hand_in(folder, notebook):
    import copy

    markup = "\"><script>x='{script}'</script>"
    tests = [c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade")]
    added = copy.deepcopy(tests[0])
    added["id"] = "added"
    added.metadata["nbgrader"].update(grade_id=markup, points=markup)
    notebook.cells.append(added)
    tests[-1].metadata["nbgrader"]["points"] = markup
