# %% [markdown] answer={"fails": {"test_discriminator_step": "the step is that of learning rate 0.1", "test_generator_step": ""}}
# The learning rate is written into the code.


# %% nbgrader={"grade_id": "steps"}
def discriminator_step(generate, judge, real, noise, learning_rate):
    variables = judge.trainable_variables
    loss, slopes = training.gradients(
        lambda: game_losses(judge(real), judge(generate(noise)))[0], variables
    )
    for variable, slope in zip(variables, slopes):
        variable.assign(variable - 0.1 * slope)
    return float(loss)


def generator_step(generate, judge, noise, learning_rate):
    variables = generate.trainable_variables

    def loss_fn():
        logits = judge(generate(noise))
        return game_losses(logits, logits)[1]

    loss, slopes = training.gradients(loss_fn, variables)
    for variable, slope in zip(variables, slopes):
        variable.assign(variable - 0.1 * slope)
    return float(loss)
