# %% [markdown]
# # Markup in the list of failures
# Fails a test with a message that ends its quotation and goes on as Markdown.
#
# - observe: script
# - outcome: graded
# - points: 1

# %% nbgrader={"grade_id": "double"}
def double(x):
    fence = "`" * 3
    markup = "<img src=x onerror=\"y='{script}'\">"
    link = "[x](javascript:'{script}')"
    raise ValueError(f"{fence} {markup}\n\n{markup} ` `` {fence}` {link}")
