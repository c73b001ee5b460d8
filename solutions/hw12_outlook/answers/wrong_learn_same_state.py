# %% [markdown] answer={"fails": {"test_learn_moves": "", "test_learn_many": "of the state that it came from"}}
# Looks at the state that it comes from.


# %% nbgrader={"grade_id": "learn"}
def learn(step, num_states, num_actions, states, actions, discount=0.9, rate=0.5):
    table = np.zeros((num_states, num_actions))
    for s, a in zip(states, actions):
        _, r, done = step(s, a)
        goal = r + (0 if done else discount * table[s].max())
        table[s, a] += rate * (goal - table[s, a])
    return table
