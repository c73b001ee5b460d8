# %% [markdown] answer={}
# Models with `call`, layers made in another order, no biases, lists for arrays.


# %% nbgrader={"grade_id": "losses"}
def binary(x, target):
    # The stable form by hand; its slope at 0 depends on how it is differentiated.
    return ops.mean(ops.maximum(x, 0) - x * target + ops.log1p(ops.exp(-ops.abs(x))))


def discriminator_loss(real, drawn, smooth=0.0):
    return binary(real, 1.0 - smooth) + binary(drawn, 0.0)


def generator_loss(drawn):
    return ops.mean(ops.logaddexp(0.0, drawn) - drawn)


# %% nbgrader={"grade_id": "generator"}
class Generator(keras.Model):
    def __init__(self, latent, shape, filters):
        super().__init__()
        height, width, channels = shape
        self.last = layers.Conv2DTranspose(
            channels, 4, 2, "same", use_bias=False, activation=layers.Activation("tanh")
        )
        self.second = layers.BatchNormalization(momentum=0.8, epsilon=1e-5)
        self.up = layers.Conv2DTranspose(filters, 4, strides=2, padding="same")
        self.reshape = layers.Reshape((height // 4, width // 4, 2 * filters))
        self.first = layers.BatchNormalization()
        self.dense = layers.Dense(height * width * filters // 8)

    def call(self, noise, training=False):
        x = self.reshape(ops.relu(self.first(self.dense(noise), training=training)))
        x = ops.relu(self.second(self.up(x), training=training))
        return self.last(x)


def generator(latent, shape, filters):
    model = Generator(latent, shape, filters)
    model(np.zeros((1, latent), "float32"))
    return model


# %% nbgrader={"grade_id": "discriminator"}
class Discriminator(keras.Model):
    def __init__(self, filters):
        super().__init__()
        self.judge = layers.Dense(1, use_bias=False)
        self.flat = layers.Flatten()
        self.two = layers.Conv2D(2 * filters, 4, 2, "same", activation=self.leaky)
        self.one = layers.Conv2D(filters, 4, 2, "same", activation=self.leaky)

    def leaky(self, x):
        return ops.where(x > 0, x, 0.2 * x)

    def call(self, pictures):
        return self.judge(self.flat(self.two(self.one(pictures))))


def discriminator(shape, filters):
    model = Discriminator(filters)
    model(np.zeros((1, *shape), "float32"))
    return model


# %% nbgrader={"grade_id": "slerp"}
def slerp(a, b, steps):
    a, b = list(map(float, a)), list(map(float, b))
    dot = sum(x * y for x, y in zip(a, b))
    lengths = sum(x * x for x in a) ** 0.5 * sum(y * y for y in b) ** 0.5
    angle = float(np.arccos(max(-1.0, min(1.0, dot / lengths))))

    def share(t):
        return t if angle == 0 else np.sin(t * angle) / np.sin(angle)

    places = [k / (steps - 1) for k in range(steps)]
    return [
        [float(share(1 - t) * x + share(t) * y) for x, y in zip(a, b)] for t in places
    ]
