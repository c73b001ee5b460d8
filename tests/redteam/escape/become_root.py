# %% [markdown]
# # Root
# Becomes root, or finds that it is.
#
# - observe: reach
# - outcome: graded
# - points: 1

# %%
import os
from pathlib import Path

for call in (os.setuid, os.seteuid):
    try:
        call(0)
    except OSError as error:
        print(type(error).__name__, error.errno)
status = dict(
    line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines()
)
host = Path("/proc/self/uid_map").read_text().split()
if os.geteuid() == 0 and host[:2] == ["0", "0"]:
    print("BREACH: runs as root")
if int(status["CapEff"], 16) & (1 << 21):
    print("BREACH: may administer the system")
