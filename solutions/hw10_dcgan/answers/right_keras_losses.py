# %% [markdown] answer={}
# Keras's own loss from logits, functional models with names, SGD as optimizer.


# %% nbgrader={"grade_id": "losses"}
def discriminator_loss(real, drawn, smooth=0.0):
    bce = keras.losses.BinaryCrossentropy(from_logits=True)
    targets = ops.ones_like(real) * (1.0 - smooth)
    return bce(targets, real) + bce(ops.zeros_like(drawn), drawn)


def generator_loss(drawn):
    bce = keras.losses.BinaryCrossentropy(from_logits=True)
    return bce(ops.ones_like(drawn), drawn)


# %% nbgrader={"grade_id": "generator"}
def generator(latent, shape, filters):
    h, w, c = shape
    return keras.Sequential(
        [
            keras.Input((latent,)),
            layers.Dense(h * w * filters // 8, use_bias=False),
            layers.BatchNormalization(),
            layers.Activation("relu"),
            layers.Reshape((h // 4, w // 4, 2 * filters)),
            layers.Conv2DTranspose(
                filters, 4, strides=2, padding="same", use_bias=False
            ),
            layers.BatchNormalization(),
            layers.Activation("relu"),
            layers.Conv2DTranspose(c, 4, strides=2, padding="same"),
            layers.Activation("tanh"),
        ]
    )


# %% nbgrader={"grade_id": "discriminator"}
def discriminator(shape, filters):
    return keras.Sequential(
        [
            keras.Input(shape),
            layers.Conv2D(filters, 4, strides=(2, 2), padding="same"),
            layers.LeakyReLU(0.2),
            layers.Conv2D(2 * filters, 4, strides=(2, 2), padding="same"),
            layers.LeakyReLU(0.2),
            layers.Flatten(),
            layers.Dense(1),
        ]
    )


# %% nbgrader={"grade_id": "steps"}
def discriminator_step(generate, judge, real, noise, learning_rate):
    fakes = generate.predict(noise, verbose=0)
    loss, grads = training.gradients(
        lambda: game_losses(judge(real), judge(fakes))[0], judge.trainable_weights
    )
    keras.optimizers.SGD(learning_rate).apply(grads, judge.trainable_weights)
    return float(loss)


def generator_step(generate, judge, noise, learning_rate):
    loss, grads = training.gradients(
        lambda: game_losses(ops.zeros((1, 1)), judge(generate(noise)))[1],
        generate.trainable_weights,
    )
    keras.optimizers.SGD(learning_rate).apply(grads, generate.trainable_weights)
    return ops.convert_to_numpy(loss).item()


# %% nbgrader={"grade_id": "play"}
def play(generate, judge, real, noise, learning_rate=0.02):
    judge_adam = keras.optimizers.Adam(learning_rate, beta_1=0.5)
    draw_adam = keras.optimizers.Adam(learning_rate, beta_1=0.5)
    judge_step = training.make_step(
        lambda x, z: game_losses(judge(x), judge(ops.stop_gradient(generate(z))))[0],
        judge,
        judge_adam,
        others=[generate],
    )
    draw_step = training.make_step(
        lambda z: game_losses(judge(generate(z)), judge(generate(z)))[1],
        generate,
        draw_adam,
        others=[judge],
    )
    return [(float(judge_step(x, z)), float(draw_step(z))) for x, z in zip(real, noise)]


# %% nbgrader={"grade_id": "slerp"}
def slerp(a, b, steps):
    angle = (
        np.arctan2(
            np.linalg.norm(b / np.linalg.norm(b) - a / np.linalg.norm(a)),
            np.linalg.norm(b / np.linalg.norm(b) + a / np.linalg.norm(a)),
        )
        * 2
    )
    if angle == 0:
        return np.linspace(a, b, steps)
    return np.stack(
        [
            (np.sin((1 - t) * angle) * a + np.sin(t * angle) * b) / np.sin(angle)
            for t in np.linspace(0, 1, steps)
        ]
    )
