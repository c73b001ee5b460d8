# %% [markdown] answer={"fails": {"test_discriminator_step": "the step is Adam's", "test_generator_step": ""}}
# Adam where plain gradient descent is asked for.


# %% nbgrader={"grade_id": "steps"}
def discriminator_step(generate, judge, real, noise, learning_rate):
    variables = judge.trainable_variables
    loss, slopes = training.gradients(
        lambda: game_losses(judge(real), judge(generate(noise)))[0], variables
    )
    keras.optimizers.Adam(learning_rate).apply(slopes, variables)
    return float(loss)


def generator_step(generate, judge, noise, learning_rate):
    variables = generate.trainable_variables
    loss, slopes = training.gradients(
        lambda: game_losses(judge(generate(noise)), judge(generate(noise)))[1],
        variables,
    )
    keras.optimizers.Adam(learning_rate).apply(slopes, variables)
    return float(loss)
