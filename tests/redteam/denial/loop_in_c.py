# %% [markdown]
# # A loop outside of Python
# Holds the interpreter in a C function, where no signal handler runs.
#
# - observe: outcome, batch
# - outcome: timeout
# - points: 1

# %%
import ctypes

# Not CDLL: this one keeps the interpreter's lock. A signal cuts one sleep short.
libc = ctypes.PyDLL(None)
for _ in range(6):
    left = 5
    while left:
        left = libc.sleep(left)
