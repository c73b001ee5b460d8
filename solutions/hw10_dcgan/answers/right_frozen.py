# %% [markdown] answer={}
# The other player is frozen during a step, and thawed after it.


# %% nbgrader={"grade_id": "steps"}
def discriminator_step(generate, judge, real, noise, learning_rate):
    generate.trainable = False
    try:
        drawn = ops.stop_gradient(generate(noise, training=True))
        loss, slopes = training.gradients(
            lambda: game_losses(judge(real, training=True), judge(drawn))[0],
            judge.trainable_variables,
        )
        for v, s in zip(judge.trainable_variables, slopes):
            v.assign(v - learning_rate * s)
    finally:
        generate.trainable = True
    return float(loss)


def generator_step(generate, judge, noise, learning_rate):
    judge.trainable = False
    try:
        loss, slopes = training.gradients(
            lambda: game_losses(judge(generate(noise)), judge(generate(noise)))[1],
            generate.trainable_variables,
        )
        for v, s in zip(generate.trainable_variables, slopes):
            v.assign(v - learning_rate * s)
    finally:
        judge.trainable = True
    return float(loss)


# %% nbgrader={"grade_id": "play"}
def play(generate, judge, real, noise, learning_rate=0.02):
    first = keras.optimizers.Adam(learning_rate=learning_rate, beta_1=0.5)
    second = keras.optimizers.Adam(learning_rate=learning_rate, beta_1=0.5)
    first.build(judge.trainable_variables)
    second.build(generate.trainable_variables)
    losses = []
    for i in range(len(real)):
        a, slopes = training.gradients(
            lambda: game_losses(judge(real[i]), judge(generate(noise[i])))[0],
            judge.trainable_variables,
        )
        first.apply_gradients(zip(slopes, judge.trainable_variables))
        b, slopes = training.gradients(
            lambda: game_losses(judge(real[i]), judge(generate(noise[i])))[1],
            generate.trainable_variables,
        )
        second.apply_gradients(zip(slopes, generate.trainable_variables))
        losses.append([float(a), float(b)])
    return losses
