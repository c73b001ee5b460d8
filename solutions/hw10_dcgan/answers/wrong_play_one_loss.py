# %% [markdown] answer={"fails": {"test_play_start": "is that before the discriminator's step"}}
# Both losses are computed before either player moves.


# %% nbgrader={"grade_id": "play"}
def play(generate, judge, real, noise, learning_rate=0.02):
    adams = [keras.optimizers.Adam(learning_rate, beta_1=0.5) for _ in range(2)]
    history = []
    for x, z in zip(real, noise):
        a, first = training.gradients(
            lambda: game_losses(judge(x), judge(generate(z)))[0],
            judge.trainable_variables,
        )
        b, second = training.gradients(
            lambda: game_losses(judge(x), judge(generate(z)))[1],
            generate.trainable_variables,
        )
        adams[0].apply(first, judge.trainable_variables)
        adams[1].apply(second, generate.trainable_variables)
        history.append((float(a), float(b)))
    return history
