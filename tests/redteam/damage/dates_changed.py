# %% [markdown]
# # Older than it is
# Gives another student's files a date of long ago, and an attribute.
#
# - observe: reach
# - outcome: graded
# - points: 1

# %%
import os

path = "{other}/{assignment}.ipynb"
try:
    os.utime(path, (1, 1))
    changed = int(os.stat(path).st_mtime) == 1
except OSError as error:
    print(type(error).__name__)
else:
    if changed:
        print("BREACH: changed a date")
try:
    os.setxattr(path, "user.redteam", b"x")
    print("BREACH: set an attribute")
except OSError as error:
    print(type(error).__name__)
