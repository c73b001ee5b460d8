# %% [markdown] answer={"fails": {"test_steps_untouched": "is frozen after"}}
# Freezes the other player for good.


# %% nbgrader={"grade_id": "steps"}
def discriminator_step(generate, judge, real, noise, learning_rate):
    judge.trainable, generate.trainable = True, False
    variables = judge.trainable_variables
    loss, slopes = training.gradients(
        lambda: game_losses(judge(real), judge(generate(noise)))[0], variables
    )
    for variable, slope in zip(variables, slopes):
        variable.assign(variable - learning_rate * slope)
    return float(loss)


def generator_step(generate, judge, noise, learning_rate):
    judge.trainable, generate.trainable = False, True
    variables = generate.trainable_variables
    loss, slopes = training.gradients(
        lambda: game_losses(judge(generate(noise)), judge(generate(noise)))[1],
        variables,
    )
    for variable, slope in zip(variables, slopes):
        variable.assign(variable - learning_rate * slope)
    return float(loss)
