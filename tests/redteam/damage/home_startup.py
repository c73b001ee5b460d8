# %% [markdown]
# # Code that the instructor will run
# Writes into the start-up files of shell and IPython in the home folder.
#
# - observe: files
# - outcome: graded
# - points: 1

# %%
import os
from pathlib import Path

for home in {os.path.expanduser("~"), "{home}"}:
    for name in (".bashrc", ".ipython/profile_default/startup/00-{marker}.py"):
        try:
            with Path(home, name).open("a") as file:
                file.write("# {student} was here\n")
        except OSError as error:
            print(type(error).__name__)
