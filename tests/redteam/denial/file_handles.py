# %% [markdown]
# # File handles without end
# Opens two thousand files and keeps them.
#
# - observe: reach
# - outcome: graded
# - points: 1

# %%
import os

files = []
try:
    for _ in range(2000):
        files.append(os.open("/dev/null", os.O_RDONLY))
except OSError as error:
    print(type(error).__name__, error.errno)
if len(files) == 2000:
    print("BREACH: opened 2000 files")
for fd in files:
    os.close(fd)
