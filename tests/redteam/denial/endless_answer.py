# %% [markdown]
# # An answer without end
# Answers its test with lists in lists, without end.
#
# - observe: batch, outcome
# - outcome: graded or crashed
# - points: 1

# %% nbgrader={"grade_id": "double"}
def double(x):
    answer = []
    answer.append(answer)
    for _ in range(100_000):
        answer = [answer, answer]
    return answer
