# %% [markdown]
# # Commands of the shell
# Runs commands in each way that a notebook has: none of them may reach more than the
# notebook itself, and the cells go on.
#
# - observe: reach, secrets, outcome
# - outcome: graded
# - points: 1

# %%
import os
import subprocess

shell = get_ipython()
shell.system(
    'cat {course}/secret.txt {gradebook} ~/.ssh/* 2>&1 | head -c 1000; echo "left $?"'
)
print("after")

# %%
shell.run_cell_magic(
    "bash",
    "",
    "cat {course}/secret.txt || true\n"
    "kill -9 {grader} 2>/dev/null && echo 'BREACH: killed the grader' || true",
)

# %%
os.system("cat {course}/secret.txt; id")
subprocess.run(["sh", "-c", "cat {course}/secret.txt"], check=False)
print(shell.getoutput("cat {course}/secret.txt; ls -d {course}/solutions"))
shell.system("id -u")
shell.run_line_magic("pip", "install -q nothing-of-that-name")
