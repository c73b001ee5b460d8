# %% [markdown] answer={"fails": {"test_q_target": "`ended` is upside down"}}
# Multiplies with ended.


# %% nbgrader={"grade_id": "q_target"}
def q_target(rewards, ended, values, discount):
    return rewards + discount * values.max(axis=1) * ended
