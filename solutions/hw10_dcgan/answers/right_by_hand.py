# %% [markdown] answer={}
# Log-sigmoids by hand, differentiating everything and using half, Adam by hand.


# %% nbgrader={"grade_id": "losses"}
def discriminator_loss(real, drawn, smooth=0.0):
    log_yes, log_no = ops.log_sigmoid(real), ops.log_sigmoid(-real)
    first = ops.mean((1 - smooth) * log_yes + smooth * log_no)
    return -first - ops.mean(ops.log_sigmoid(-drawn))


def generator_loss(drawn):
    return -ops.mean(ops.log_sigmoid(drawn))


# %% nbgrader={"grade_id": "generator"}
def generator(latent, shape, filters):
    noise = keras.Input(shape=(latent,), name="noise")
    size = (shape[0] // 4, shape[1] // 4, 2 * filters)
    x = layers.Dense(int(np.prod(size)))(noise)
    x = layers.BatchNormalization()(x)
    x = layers.Reshape(size)(x)
    x = ops.relu(x)
    x = layers.Conv2DTranspose(filters, 4, strides=2, padding="same")(x)
    x = ops.relu(layers.BatchNormalization()(x))
    x = layers.Conv2DTranspose(shape[-1], 4, strides=2, padding="same")(x)
    return keras.Model(noise, ops.tanh(x))


# %% nbgrader={"grade_id": "discriminator"}
def discriminator(shape, filters):
    picture = keras.Input(shape=shape)
    x = picture
    for f in [filters, filters * 2]:
        x = layers.Conv2D(f, 4, strides=2, padding="same")(x)
        x = ops.maximum(0.2 * x, x)
    return keras.Model(picture, layers.Dense(1)(layers.Flatten()(x)))


# %% nbgrader={"grade_id": "steps"}
def descend(model, loss, all_slopes, weights, learning_rate):
    own = {id(w): s for w, s in zip(weights, all_slopes)}
    for w in model.trainable_weights:
        w.assign_sub(learning_rate * own[id(w)])
    return float(loss)


def discriminator_step(generate, judge, real, noise, learning_rate):
    weights = generate.trainable_weights + judge.trainable_weights
    loss, slopes = training.gradients(
        lambda: game_losses(judge(real), judge(generate(noise)))[0], weights
    )
    return descend(judge, loss, slopes, weights, learning_rate)


def generator_step(generate, judge, noise, learning_rate):
    weights = generate.trainable_weights + judge.trainable_weights
    loss, slopes = training.gradients(
        lambda: game_losses(judge(generate(noise)), judge(generate(noise)))[1], weights
    )
    return descend(generate, loss, slopes, weights, learning_rate)


# %% nbgrader={"grade_id": "slerp"}
def slerp(a, b, steps):
    u, v = a / np.sqrt(a @ a), b / np.sqrt(b @ b)
    theta = np.arccos(min(1.0, max(-1.0, u @ v)))
    rows = []
    for i in range(steps):
        t = i / (steps - 1)
        if theta < 1e-8:
            rows.append(a + t * (b - a))
        else:
            rows.append(
                (np.sin((1 - t) * theta) * a + np.sin(t * theta) * b) / np.sin(theta)
            )
    return np.array(rows)
