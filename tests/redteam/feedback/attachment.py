# %% [markdown]
# # An attachment that is markup
# Attaches pictures to a Markdown cell, one of another type, one that closes its
# attribute.
#
# - observe: script
# - outcome: graded
# - points: 1

# %% [markdown]
# ![one](attachment:one.html) ![two](attachment:two.png)


# %% tags=["hand-in"]
def hand_in(folder, notebook):
    cell = next(c for c in notebook.cells if "attachment:one" in c.source)
    markup = "<script>x='{script}'</script>"
    cell["attachments"] = {
        "one.html": {"text/html": markup},
        "two.png": {"image/png": f'AAAA">{markup}<img alt="'},
    }
