# %% [markdown]
# # Threads that compute
# Keeps as many threads busy as it gets, outside of Python's lock, while others are
# graded.
#
# - observe: outcome, others
# - outcome: graded or timeout
# - points: 1

# %%
import hashlib
import threading

block = bytes(50_000_000)
for _ in range(24):
    try:
        threading.Thread(target=hashlib.sha256, args=(block,), daemon=True).start()
    except RuntimeError:
        break
