# %% [markdown] answer={"fails": {"test_play_end": "both players share one optimizer"}}
# Both players share one Adam.


# %% nbgrader={"grade_id": "play"}
def play(generate, judge, real, noise, learning_rate=0.02):
    adam = keras.optimizers.Adam(learning_rate, beta_1=0.5)
    adam.build(judge.trainable_variables + generate.trainable_variables)
    adams = [adam, adam]
    history = []
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
        history.append((float(a), float(b)))
    return history
