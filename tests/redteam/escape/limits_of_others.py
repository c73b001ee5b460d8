# %% [markdown]
# # The grader's bounds
# Sets a bound and the priority of the process that grades.
#
# - observe: reach
# - outcome: graded
# - points: 1

# %%
import os
import resource

try:
    resource.prlimit({grader}, resource.RLIMIT_CORE, (0, 0))
    print("BREACH: set a bound of the grader")
except OSError as error:
    print(type(error).__name__)
try:
    os.setpriority(os.PRIO_PROCESS, {grader}, 5)
    print("BREACH: set the priority of the grader")
except OSError as error:
    print(type(error).__name__)
