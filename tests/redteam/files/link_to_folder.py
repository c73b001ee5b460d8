# %% [markdown]
# # A link to a folder
# Hands in a folder that is a link to another student's.
#
# - observe: secrets
# - outcome: graded
# - points: 1

# %%
import re
from pathlib import Path

for path in Path.cwd().rglob("data/*"):
    if path.is_file():
        text = path.read_bytes()[:1_000_000].decode("latin-1")
        print(re.findall("canary-[a-z]+-[0-9a-f]{16}", text))


# %% tags=["hand-in"]
def hand_in(folder, notebook):
    (folder / "data").symlink_to("{other}")
    (folder / "up").symlink_to("..")
