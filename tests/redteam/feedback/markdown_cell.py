# %% [markdown]
# # Markup in a Markdown cell
# Writes markup, a link that runs, a reference and a formula into a Markdown cell.
#
# - observe: script
# - outcome: graded
# - points: 1

# %% [markdown]
# <script>x='{script}'</script> <img src=x onerror="y='{script}'">
#
# [grade](javascript:alert('{script}')) ![picture](http://127.0.0.1:{port}/{script}.png)
# [reference][r]
#
# $$ \href{javascript:'{script}'}{x} </script><svg onload="z='{script}'"> $$
#
# [r]: data:text/html,<script>x='{script}'</script>
