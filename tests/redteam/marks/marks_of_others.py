# %% [markdown]
# # Other students lose theirs
# Sets every grade in the gradebook to nothing, its own aside.
#
# - observe: others
# - outcome: graded
# - points: 1

# %%
import sqlite3

with sqlite3.connect("file:{gradebook}?mode=rw", uri=True, timeout=2) as book:
    book.execute("UPDATE grade SET manual_score = 0, auto_score = 0, extra_credit = 0")
    book.commit()
