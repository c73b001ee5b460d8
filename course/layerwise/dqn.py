"""Deep Q-learning (Mnih et al., 2015, Nature 518, 529-533).

A network says for each action what it will be worth. What it says is trained towards
the reward plus what an older copy of it says of the next picture.
"""

import keras
import numpy as np
from keras import layers, ops

from layerwise import backends, training
from layerwise.catch import ACTIONS, COLUMNS, ROWS, Catch, share_caught


def q_network(filters=16):
    """Builds a network from a board (10, 10, 1) to a value for each action."""
    inputs = keras.Input((ROWS, COLUMNS, 1))
    x = layers.Conv2D(filters, 3, padding="same", activation="relu")(inputs)
    x = layers.Conv2D(2 * filters, 3, 2, padding="same", activation="relu")(x)
    x = layers.Dense(64, "relu")(layers.Flatten()(x))
    return keras.Model(inputs, layers.Dense(len(ACTIONS))(x))


def targets(rewards, ended, values, discount):
    """What the value of an action should be: the right side of the Bellman equation.

    Source: Mnih et al. (2015), Algorithm 1.

    Args:
        rewards: Array (batch,).
        ended: Boolean array (batch,), whether the game ended with the action.
        values: Array (batch, actions), the older network's values of the next picture.
        discount: Float, what a reward is worth one step later.

    Returns:
        Array (batch,): after the end there is nothing to come.
    """
    return rewards + discount * values.max(-1) * ~ended


class Replay:
    """Remembers the last transitions.

    Args:
        size: Integer, transitions.
        seed: Integer.
    """

    def __init__(self, size=20_000, seed=0):
        self.size, self.count = size, 0
        self.rng = np.random.default_rng(seed)
        self.rows = None

    def add(self, *columns):
        """Adds transitions: arrays of as many rows each."""
        if self.rows is None:
            self.rows = [np.zeros((self.size, *c.shape[1:]), c.dtype) for c in columns]
        places = (self.count + np.arange(len(columns[0]))) % self.size
        for row, column in zip(self.rows, columns, strict=True):
            row[places] = column
        self.count += len(columns[0])

    def draw(self, n):
        """Draws transitions at random, as arrays of n rows."""
        places = self.rng.integers(0, min(self.count, self.size), n)
        return [row[places] for row in self.rows]


def learn(
    steps,
    seed=0,
    discount=0.95,
    copy_every=50,
    replay=20_000,
    rate=1e-3,
    boards=16,
    look=None,
):
    """Plays and learns.

    Source: Mnih et al. (2015), Algorithm 1.

    Args:
        steps: Integer; in each, all boards make a move and the network one step.
        seed: Integer.
        discount: Float.
        copy_every: Integer, steps after which the older copy is renewed. With 1 it is
            no older.
        replay: Integer, transitions that are remembered. With 64, as many as are drawn
            for a step, these are the last ones alone.
        rate: Float, of Adam.
        boards: Integer, boards that are played at once.
        look: Function of the step and the share of 200 games that the network then
            catches, called ten times.

    Returns:
        The network.
    """
    keras.utils.set_random_seed(seed)
    rng = np.random.default_rng(seed)
    network, older = q_network(), q_network()
    older.set_weights(network.get_weights())

    def loss(pictures, chosen, wanted):
        said = ops.sum(network(pictures, training=True) * chosen, axis=-1)
        gap = ops.abs(said - wanted)  # Huber's loss: errors are bounded
        return ops.mean(ops.where(gap < 1, 0.5 * gap**2, gap - 0.5))

    step = training.make_step(loss, network, keras.optimizers.Adam(rate))
    value, value_older, value_played = map(_values, (network, older, network))
    game, memory = Catch(boards, seed), Replay(replay, seed)
    pictures, ended = game.reset(), np.zeros(boards, bool)
    for number in range(steps):
        bold = max(0.05, 1 - 2 * number / steps)  # the share of moves by chance
        actions = np.where(
            rng.uniform(size=boards) < bold,
            rng.integers(0, len(ACTIONS), boards),
            value(pictures).argmax(-1),
        )
        following, rewards, now_ended = game.step(actions)
        real = ~ended  # a board that had ended began anew: no move was made there
        memory.add(
            *(a[real] for a in (pictures, actions, rewards, now_ended, following))
        )
        pictures, ended = following, now_ended
        before, moves, reward, over, after = memory.draw(64)
        wanted = targets(reward, over, value_older(after), discount)
        step(
            before,
            np.eye(len(ACTIONS), dtype="float32")[moves],
            wanted.astype("float32"),
        )
        if number % copy_every == 0:
            older.set_weights(network.get_weights())
        if look is not None and number % max(1, steps // 10) == 0:
            look(number, _share(value_played))
    return network


def values(network, pictures):
    """Returns what a network says each move is worth: (boards, actions)."""
    return _values(network)(pictures)


def _values(network):
    """Returns a fast call of a network, from NumPy arrays of one shape to NumPy."""
    call = backends.forward(network)
    return lambda x: ops.convert_to_numpy(call(ops.convert_to_tensor(x)))


def play(network, games=200, seed=1):
    """Plays games without chance; returns the share that was caught."""
    return _share(_values(network), games, seed)


def _share(value, games=200, seed=1):
    return share_caught(lambda game: value(game.pictures()).argmax(-1), games, seed)
