# %% [markdown] answer={"fails": {"test_generator_step": "does the gradient pass through"}}
# Drawings are made outside the loss: no gradient reaches the generator.


# %% nbgrader={"grade_id": "steps"}
def discriminator_step(generate, judge, real, noise, learning_rate):
    variables = judge.trainable_variables
    loss, slopes = training.gradients(
        lambda: game_losses(judge(real), judge(generate(noise)))[0], variables
    )
    for variable, slope in zip(variables, slopes):
        variable.assign(variable - learning_rate * slope)
    return float(loss)


def generator_step(generate, judge, noise, learning_rate):
    drawn = generate(noise)
    variables = generate.trainable_variables
    loss, slopes = training.gradients(
        lambda: game_losses(judge(drawn), judge(drawn))[1], variables
    )
    for variable, slope in zip(variables, slopes):
        variable.assign(variable - learning_rate * slope)
    return float(loss)
