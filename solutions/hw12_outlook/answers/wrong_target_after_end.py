# %% [markdown] answer={"fails": {"test_q_target": "counts after the end of a game too"}}
# The end is not looked at.


# %% nbgrader={"grade_id": "q_target"}
def q_target(rewards, ended, values, discount):
    return rewards + discount * values.max(axis=1)
