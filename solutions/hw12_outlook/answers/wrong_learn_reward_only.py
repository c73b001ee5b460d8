# %% [markdown] answer={"fails": {"test_learn_moves": "", "test_learn_many": "only rewards are learned"}}
# No look ahead.


# %% nbgrader={"grade_id": "learn"}
def learn(step, num_states, num_actions, states, actions, discount=0.9, rate=0.5):
    table = np.zeros((num_states, num_actions))
    for s, a in zip(states, actions):
        _, r, _ = step(s, a)
        table[s, a] += rate * (r - table[s, a])
    return table
