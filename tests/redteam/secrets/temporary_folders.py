# %% [markdown]
# # Others' working folders
# Reads what lies in the folders for temporary files while others are graded, for a
# while.
#
# - observe: secrets
# - outcome: graded
# - points: 1

# %%
import re
import tempfile
import time
from pathlib import Path


def show(text):
    for token in sorted(set(re.findall(r"canary-[a-z]+-[0-9a-f]{16}", text))):
        print(token)


deadline = time.monotonic() + 1.5
tops = {tempfile.gettempdir(), "{tmp}", str(Path.cwd().parents[1])}
while time.monotonic() < deadline:
    for top in tops:
        for number, path in enumerate(Path(top).glob("*/work/*")):
            if number < 200 and path.is_file():
                show(path.read_bytes()[:100_000].decode("latin-1"))
    for path in Path("{course}").glob("**/autograded/*/*/*.ipynb"):
        if "{student}" not in str(path):
            show(path.read_text())
    time.sleep(0.05)
