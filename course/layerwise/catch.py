"""Catch: a ball falls, a paddle moves. A game of pixels that a network learns.

The interface follows gymnasium (`reset`, `step`), for many boards at once.
"""

import numpy as np

ROWS, COLUMNS = 10, 10
ACTIONS = ("left", "stay", "right")


class Catch:
    """Boards of 10×10 pixels; a game lasts nine steps.

    The reward is 1 for a ball that was caught and -1 for one that was missed, at the
    end; before that it is 0. A board whose game has ended begins anew in the next step.

    Args:
        boards: Integer, boards that are played at once.
        seed: Integer.
    """

    def __init__(self, boards=1, seed=0):
        self.boards = boards
        self.rng = np.random.default_rng(seed)
        self.reset()

    def reset(self):
        """Begins new games on all boards; returns their pictures."""
        self.row = np.zeros(self.boards, int)
        self.ball = self.rng.integers(0, COLUMNS, self.boards)
        self.drift = self.rng.integers(-1, 2, self.boards)
        self.paddle = self.rng.integers(1, COLUMNS - 1, self.boards)
        return self.pictures()

    def pictures(self):
        """Draws all boards: `float32` of shape (boards, 10, 10, 1), 0 or 1.

        The ball's drift shows in a fainter trace of where it was.
        """
        images = np.zeros((self.boards, ROWS, COLUMNS, 1), "float32")
        which = np.arange(self.boards)
        before = np.clip(self.ball - self.drift, 0, COLUMNS - 1)
        images[which, np.maximum(self.row - 1, 0), before, 0] = 0.5
        images[which, self.row, self.ball, 0] = 1
        for offset in (-1, 0, 1):
            images[which, ROWS - 1, self.paddle + offset, 0] = 1
        return images

    def step(self, actions):
        """Moves all paddles and lets all balls fall by a row.

        Args:
            actions: Integer array of shape (boards,), places in `ACTIONS`.

        Returns:
            Pictures, rewards (boards,) and whether each game has ended (boards,). The
            pictures of ended games show the end; the next call begins new ones.
        """
        ended = self.row == ROWS - 1
        if ended.any():
            self._begin(ended)
        moving = ~ended
        self.paddle[moving] = np.clip(
            self.paddle + np.asarray(actions) - 1, 1, COLUMNS - 2
        )[moving]
        self.row[moving] += 1
        bounced = self.ball + self.drift
        self.drift = np.where(
            moving & ((bounced < 0) | (bounced >= COLUMNS)), -self.drift, self.drift
        )
        self.ball = np.where(moving, self.ball + self.drift, self.ball)
        over = self.row == ROWS - 1
        caught = np.abs(self.ball - self.paddle) <= 1
        rewards = np.where(over, np.where(caught, 1.0, -1.0), 0.0)
        return self.pictures(), rewards.astype("float32"), over

    def _begin(self, which):
        count = int(which.sum())
        self.row[which] = 0
        self.ball[which] = self.rng.integers(0, COLUMNS, count)
        self.drift[which] = self.rng.integers(-1, 2, count)


def share_caught(choose, games=200, seed=1):
    """Plays games to their end; returns the share that was caught.

    Args:
        choose: Function from a `Catch` to actions (games,).
        games: Integer, played at once.
        seed: Integer.

    Returns:
        Float, 0 to 1.
    """
    game = Catch(games, seed)
    for _ in range(ROWS - 1):
        _, rewards, _ = game.step(choose(game))
    return float((rewards > 0).mean())


def stand(game):
    """Stays where the paddle is."""
    return np.full(game.boards, ACTIONS.index("stay"))


def follow(game):
    """Moves towards the ball: what a player does who knows the game."""
    return 1 + np.sign(game.ball - game.paddle)


def at_random(game):
    """Moves by chance."""
    return game.rng.integers(0, len(ACTIONS), game.boards)
