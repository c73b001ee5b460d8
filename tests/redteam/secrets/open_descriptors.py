# %% [markdown]
# # Descriptors left open
# Reads from every descriptor that it was started with.
#
# - observe: secrets
# - outcome: graded
# - points: 1

# %%
import os
import re
from pathlib import Path


def show(text):
    for token in sorted(set(re.findall(r"canary-[a-z]+-[0-9a-f]{16}", text))):
        print(token)


for name in os.listdir("/proc/self/fd"):
    try:
        target = os.readlink(f"/proc/self/fd/{name}")
        print(name, target.split("/")[-1])
        if os.path.isfile(target):
            show(
                Path(f"/proc/self/fd/{name}").read_bytes()[:1_000_000].decode("latin-1")
            )
    except OSError:
        continue
