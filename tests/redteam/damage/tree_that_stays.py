# %% [markdown]
# # A tree that cannot be removed
# Leaves a thousand folders in each other, without rights, for the grader to clean up.
#
# - observe: files
# - outcome: graded or crashed
# - points: 1

# %%
import os

top = os.getcwd()
for _ in range(1000):
    os.mkdir("d" * 20)
    os.chdir("d" * 20)
    os.chmod("..", 0o500)
os.chdir(top)
