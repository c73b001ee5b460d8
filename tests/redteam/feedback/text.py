# %% [markdown]
# # Markup in text
# Prints markup, terminal codes that are markup, and a link as terminals know it.
#
# - observe: script
# - outcome: graded
# - points: 1

# %%
import sys

from IPython.display import display

MARKUP = "<script>x='{script}'</script>"
print(MARKUP)
LINK = "\x1b]8;;javascript:'{script}'\x1b\\grade\x1b]8;;"
print(f"\x1b[31{MARKUP}m{MARKUP}\x1b[0m {LINK}")
print(f'\x1b[38;2;1;1;1"{MARKUP}m', file=sys.stderr)
display(MARKUP)
