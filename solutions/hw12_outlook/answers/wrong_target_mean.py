# %% [markdown] answer={"fails": {"test_q_target": "takes the mean of the next values"}}
# The mean of the next values.


# %% nbgrader={"grade_id": "q_target"}
def q_target(rewards, ended, values, discount):
    return rewards + discount * values.mean(axis=1) * ~ended
