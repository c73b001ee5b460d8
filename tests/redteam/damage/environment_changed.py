# %% [markdown]
# # A file in the environment
# Puts a file into the Python environment that all share, and where all may write.
#
# - observe: files
# - outcome: graded
# - points: 1

# %%
import sys
from pathlib import Path

for folder in (sys.prefix, "/var/tmp", "/dev/shm"):
    try:
        Path(folder, "{marker}").write_text("a file of {student}'s")
    except OSError as error:
        print(type(error).__name__)
