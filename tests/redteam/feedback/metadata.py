# %% [markdown]
# # Markup in metadata
# Writes markup into the notebook's title, language and authors and into tags and ids
# of cells.
#
# - observe: script
# - outcome: graded
# - points: 1

# %%
print("nothing to see")


# %% tags=["hand-in"]
def hand_in(folder, notebook):
    markup = "\"></title><script>x='{script}'</script>"
    notebook.metadata["title"] = markup
    notebook.metadata["authors"] = [{"name": markup}]
    notebook.metadata["language_info"] = {"name": "python", "pygments_lexer": markup}
    notebook.metadata["kernelspec"]["display_name"] = markup
    for cell in notebook.cells:
        if not cell.metadata.get("nbgrader"):
            cell.metadata["tags"] = [markup]
            cell.metadata["slideshow"] = {"slide_type": markup}
