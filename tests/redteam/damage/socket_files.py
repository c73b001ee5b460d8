# %% [markdown]
# # Files for sockets on the host's disk
# Binds sockets in the folder through which the engine talks to the kernel: it lies in
# the host's folder for temporary files, and each takes an inode.
#
# - observe: files, reach
# - outcome: graded or crashed or timeout
# - points: 1

# %%
import os
import socket

folder, made = os.path.dirname(os.getcwd()), 0
for number in range(60_000):
    try:
        with socket.socket(socket.AF_UNIX) as one:
            one.bind(f"{folder}/s{number}")
        made += 1
    except OSError as error:
        print(error)
        break
if made > 50_000:
    print(f"BREACH: made {made} files for sockets")
