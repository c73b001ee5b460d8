# %% [markdown]
# # Memory by children
# Has five children take 250 MB each: no single process takes much.
#
# - observe: outcome, reach, processes
# - outcome: out_of_memory
# - points: 1

# %%
import os
import time

children = []
for _ in range(5):
    pid = os.fork()
    if not pid:
        block = b"x" * 250_000_000
        time.sleep(4)
        os._exit(len(block) == 0)
    children.append(pid)
for pid in children:
    os.waitpid(pid, 0)
print("BREACH: took 1.25 GB")
