# %% [markdown] answer={"fails": {"test_steps_untouched": "the batch of real data or noise changed"}}
# Shuffles the batch that it is given, in place.


# %% nbgrader={"grade_id": "steps"}
def discriminator_step(generate, judge, real, noise, learning_rate):
    variables = judge.trainable_variables
    np.random.default_rng(0).shuffle(real)
    loss, slopes = training.gradients(
        lambda: game_losses(judge(real), judge(generate(noise)))[0], variables
    )
    for variable, slope in zip(variables, slopes):
        variable.assign(variable - learning_rate * slope)
    return float(loss)


def generator_step(generate, judge, noise, learning_rate):
    variables = generate.trainable_variables

    def loss_fn():
        logits = judge(generate(noise))
        return game_losses(logits, logits)[1]

    loss, slopes = training.gradients(loss_fn, variables)
    for variable, slope in zip(variables, slopes):
        variable.assign(variable - learning_rate * slope)
    return float(loss)
