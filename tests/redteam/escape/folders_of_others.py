# %% [markdown]
# # Folders through /proc
# Enters the file system through another process's root and working folder.
#
# - observe: secrets, reach
# - outcome: graded
# - points: 1

# %%
import os
import re
from pathlib import Path

for pid in {os.getppid(), int("{grader}"), 1} - {0, os.getpid()}:
    for link in ("root", "cwd"):
        path = Path(f"/proc/{pid}/{link}/{course}/secret.txt")
        try:
            print(re.findall("canary-root-[0-9a-f]+", path.read_text()))
            print("BREACH: went through another process")
        except OSError as error:
            print(type(error).__name__, error.errno)
