# %% [markdown] answer={"fails": {"test_q_target": "loses the reward of the last step"}}
# Nothing at all after the end.


# %% nbgrader={"grade_id": "q_target"}
def q_target(rewards, ended, values, discount):
    return (rewards + discount * values.max(axis=1)) * ~ended
