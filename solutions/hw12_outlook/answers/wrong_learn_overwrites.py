# %% [markdown] answer={"fails": {"test_learn_moves": "the entry is replaced", "test_learn_many": "the entry is replaced"}}
# The rate is ignored.


# %% nbgrader={"grade_id": "learn"}
def learn(step, num_states, num_actions, states, actions, discount=0.9, rate=0.5):
    table = np.zeros((num_states, num_actions))
    for s, a in zip(states, actions):
        t, r, done = step(s, a)
        table[s, a] = r + (0 if done else discount * table[t].max())
    return table
