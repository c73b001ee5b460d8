# %% [markdown]
# # Bounds raised
# Raises its bounds on processes, files and memory to what the system allows.
#
# - observe: reach
# - outcome: graded
# - points: 1

# %%
import resource

for name in ("NPROC", "NOFILE", "FSIZE", "CPU"):
    which = getattr(resource, f"RLIMIT_{name}")
    soft, hard = resource.getrlimit(which)
    if hard == resource.RLIM_INFINITY or hard > 100_000_000_000:
        print("BREACH: no bound on", name)
    try:
        resource.setrlimit(which, (soft, hard + 1))
        if hard >= 0:
            print("BREACH: raised", name)
    except (OSError, ValueError) as error:
        print(error)
