# %% [markdown]
# # The host's settings
# Opens settings of the host and its kernel for writing, and writes nothing.
#
# - observe: reach
# - outcome: graded
# - points: 1

# %%
import os

for path in (
    "/proc/sys/kernel/core_pattern",
    "/proc/sysrq-trigger",
    "/sys/kernel/uevent_helper",
    "/sys/fs/cgroup/cgroup.procs",
    "/etc/passwd",
    "/dev/mem",
    "/dev/kmsg",
):
    try:
        os.close(os.open(path, os.O_WRONLY))
        print("BREACH: could write", path)
    except OSError as error:
        print(type(error).__name__, error.errno)
