# %% [markdown]
# # A link to the gradebook
# Hands in a data file that is a link to the gradebook, and reads it when it is
# graded.
#
# - observe: secrets
# - outcome: graded
# - points: 1

# %%
import re
from pathlib import Path

for path in Path.cwd().rglob("data.csv"):
    if path.is_file():
        text = path.read_bytes()[:1_000_000].decode("latin-1")
        print(re.findall("canary-[a-z]+-[0-9a-f]{16}", text))


# %% tags=["hand-in"]
def hand_in(folder, notebook):
    (folder / "data.csv").symlink_to("{gradebook}")
