# %% [markdown]
# # The gradebook locked
# Holds the lock on the gradebook until it is killed.
#
# - observe: batch, others, outcome
# - outcome: timeout or graded
# - points: 1

# %%
import sqlite3
import time

book = sqlite3.connect("file:{gradebook}?mode=rw", uri=True, timeout=2)
book.execute("BEGIN EXCLUSIVE")
time.sleep(20)
