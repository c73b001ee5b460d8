# %% [markdown] answer={"fails": {"test_discriminator_step": "the loss that discriminator_step returns: it is that after the step"}}
# The discriminator's loss is computed after its step.


# %% nbgrader={"grade_id": "steps"}
def discriminator_step(generate, judge, real, noise, learning_rate):
    variables = judge.trainable_variables
    loss, slopes = training.gradients(
        lambda: game_losses(judge(real), judge(generate(noise)))[0], variables
    )
    for variable, slope in zip(variables, slopes):
        variable.assign(variable - learning_rate * slope)
    return float(game_losses(judge(real), judge(generate(noise)))[0])


def generator_step(generate, judge, noise, learning_rate):
    variables = generate.trainable_variables

    def loss_fn():
        logits = judge(generate(noise))
        return game_losses(logits, logits)[1]

    loss, slopes = training.gradients(loss_fn, variables)
    for variable, slope in zip(variables, slopes):
        variable.assign(variable - learning_rate * slope)
    return float(loss)
