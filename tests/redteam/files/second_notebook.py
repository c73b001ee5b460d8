# %% [markdown]
# # Another notebook
# Hands in a second notebook that does harm when somebody runs all that there are.
#
# - observe: processes, outcome
# - outcome: graded
# - points: 1

# %%
print("nothing to see")


# %% tags=["hand-in"]
import nbformat


def hand_in(folder, notebook):
    harm = "import subprocess, sys\nsubprocess.Popen("
    harm += "[sys.executable, '-c', 'import time; time.sleep(20)', '{marker}'])"
    other = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(harm)])
    nbformat.write(other, folder / "extra.ipynb")
