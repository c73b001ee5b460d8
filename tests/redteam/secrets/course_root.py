# %% [markdown]
# # Files of the course
# Walks up from its own folder and down from the course's, and reads what is there.
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


for top in (Path.cwd().parent, Path.cwd().parents[1], Path("{course}")):
    for number, path in enumerate(top.glob("*")):
        if number < 500 and path.is_file():
            show(path.read_bytes()[:100_000].decode("latin-1"))
