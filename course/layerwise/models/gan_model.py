"""The game of `layerwise.models.dcgan` as one `keras.Model` that `fit` trains.

Keras's own examples write a game so: a subclass of `Model` with a `train_step` of its
own. How a `train_step` takes gradients is the backend's; this one is TensorFlow's.
"""

import keras
from keras import ops

from layerwise.models.dcgan import LATENT, discriminator_loss, generator_loss


class GAN(keras.Model):
    """A game that `fit` plays: `train_step` is a round of it, on TensorFlow's backend.

    Args:
        generate: The generator.
        judge: The discriminator.
        seed: Integer, of the noise.
    """

    def __init__(self, generate, judge, seed=0):
        super().__init__()
        self.generate, self.judge = generate, judge
        self.seed_generator = keras.random.SeedGenerator(seed)
        self.means = [keras.metrics.Mean("judge_loss"), keras.metrics.Mean("draw_loss")]

    def compile(self, judge_optimizer, draw_optimizer):
        """Takes an optimizer for each player."""
        super().compile(jit_compile=False)  # XLA compiles for longer than it saves
        self.judge_optimizer, self.draw_optimizer = judge_optimizer, draw_optimizer

    @property
    def metrics(self):
        """What `fit` resets at the start of an epoch."""
        return self.means

    def train_step(self, real):
        """Plays one round on a batch of real pictures."""
        import tensorflow as tf

        noise = keras.random.normal(
            (ops.shape(real)[0], LATENT), seed=self.seed_generator
        )
        drawn = self.generate(noise, training=True)
        with tf.GradientTape() as tape:  # drawn before the tape: no gradient goes there
            judge_loss = discriminator_loss(
                self.judge(real, training=True), self.judge(drawn, training=True)
            )
        weights = self.judge.trainable_weights
        self.judge_optimizer.apply(tape.gradient(judge_loss, weights), weights)

        with tf.GradientTape() as tape:
            drawn = self.generate(noise, training=True)
            draw_loss = generator_loss(self.judge(drawn, training=True))
        weights = self.generate.trainable_weights  # the judge's are not asked for
        self.draw_optimizer.apply(tape.gradient(draw_loss, weights), weights)

        for mean, loss in zip(self.means, (judge_loss, draw_loss), strict=True):
            mean.update_state(loss)
        return {mean.name: mean.result() for mean in self.means}
