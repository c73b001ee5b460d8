# %% [markdown]
# # Programs that make root
# Runs a program that runs as root for everybody, and looks who it is.
#
# - observe: reach
# - outcome: graded
# - points: 1

# %%
import os
import subprocess
from pathlib import Path

status = Path("/proc/self/status").read_text()
if "NoNewPrivs:\t1" not in status:
    for path in ("/usr/bin/su", "/usr/bin/sudo", "/usr/bin/passwd", "/usr/bin/mount"):
        if os.path.isfile(path) and os.stat(path).st_mode & 0o4000:
            version = subprocess.run([path, "--version"], capture_output=True)
            if version.returncode == 0:
                print("BREACH: ran a program that becomes root")
                break
