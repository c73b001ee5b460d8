# %% [markdown] answer={"fails": {"test_generator_step": "they go uphill"}}
# The generator climbs.


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
    variables = generate.trainable_variables
    loss, slopes = training.gradients(
        lambda: game_losses(judge(generate(noise)), judge(generate(noise)))[1],
        variables,
    )
    for variable, slope in zip(variables, slopes):
        variable.assign(variable + learning_rate * slope)
    return float(loss)
