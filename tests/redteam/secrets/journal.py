# %% [markdown]
# # The journal
# Reads what the engine keeps about everybody: outcomes, messages, what was executed.
#
# - observe: secrets
# - outcome: graded
# - points: 1

# %%
import re
from pathlib import Path


def show(text):
    for token in sorted(set(re.findall(r"canary-[a-z]+-[0-9a-f]{16}", text))):
        print(token)


for path in Path("{course}", "classroom").rglob("*"):
    if path.is_file():
        show(path.read_bytes().decode("latin-1"))
for path in Path("{course}", "autograded").rglob("*.ipynb"):
    show(path.read_text())
