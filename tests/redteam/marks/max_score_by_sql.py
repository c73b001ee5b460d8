# %% [markdown]
# # Tests worth more
# Makes its visible test worth a hundred points in the gradebook.
#
# - observe: points, others
# - outcome: graded
# - points: 1

# %%
import sqlite3

with sqlite3.connect("file:{gradebook}?mode=rw", uri=True, timeout=2) as book:
    book.execute("UPDATE grade_cells SET max_score = 100")
    book.commit()
