# %% [markdown] answer={"fails": {"test_play_end": "the generator does not move"}}
# The generator never moves.


# %% nbgrader={"grade_id": "play"}
def play(generate, judge, real, noise, learning_rate=0.02):
    adam = keras.optimizers.Adam(learning_rate, beta_1=0.5)
    history = []
    for x, z in zip(real, noise):
        a, slopes = training.gradients(
            lambda: game_losses(judge(x), judge(generate(z)))[0],
            judge.trainable_variables,
        )
        adam.apply(slopes, judge.trainable_variables)
        b = game_losses(judge(x), judge(generate(z)))[1]
        history.append((float(a), float(b)))
    return history
