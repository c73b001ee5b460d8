# %% [markdown] answer={"fails": {"test_play_end": "only one round was played"}}
# Returns in the loop.


# %% nbgrader={"grade_id": "play"}
def play(generate, judge, real, noise, learning_rate=0.02):
    adams = [keras.optimizers.Adam(learning_rate, beta_1=0.5) for _ in range(2)]
    for x, z in zip(real, noise):
        a, slopes = training.gradients(
            lambda: game_losses(judge(x), judge(generate(z)))[0],
            judge.trainable_variables,
        )
        adams[0].apply(slopes, judge.trainable_variables)
        b, slopes = training.gradients(
            lambda: game_losses(judge(x), judge(generate(z)))[1],
            generate.trainable_variables,
        )
        adams[1].apply(slopes, generate.trainable_variables)
        return [(float(a), float(b))]
