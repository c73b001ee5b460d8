"""Objects, detection, captions and Catch: what chapter 12 stands on."""

import numpy as np
import pytest

from layerwise import captions, detection, dqn, objects
from layerwise.catch import ROWS, Catch


def test_scenes_are_the_same_for_a_seed_and_boxes_lie_apart():
    images, things = objects.scenes(20, seed=1)
    again, same = objects.scenes(20, seed=1)
    np.testing.assert_array_equal(images, again)
    assert things == same
    for scene in things:
        boxes = np.array([thing.box for thing in scene])
        overlaps = detection.iou(boxes, boxes) - np.eye(len(boxes))
        assert overlaps.max() == pytest.approx(0, abs=1e-9)
        assert boxes.min() >= 0
        assert boxes.max() <= objects.SIZE


def test_a_sentence_says_what_is_where():
    car = objects.Thing("car", "red", (10, 5, 20, 15))
    ball = objects.Thing("ball", "blue", (12, 40, 22, 50))
    sign = objects.Thing("sign", "green", (50, 8, 60, 16))
    wanted = "a red car left of a blue ball"
    assert objects.sentence((car, ball)) == objects.sentence((ball, car)) == wanted
    assert objects.sentence((sign, car)) == "a red car above a green sign"


def test_tokens_and_back():
    sentences = ["a red car left of a blue ball", "a red car above a green sign"]
    tokens = captions.encode(sentences)
    assert tokens.shape == (2, captions.LENGTH)
    assert [captions.decode(row) for row in tokens] == sentences


def test_iou_of_known_boxes():
    found = detection.iou([(0, 0, 2, 2)], [(0, 0, 2, 2), (1, 1, 3, 3), (2, 0, 4, 2)])
    np.testing.assert_allclose(found, [[1, 1 / 7, 0]])


def test_suppression_leaves_the_best_of_each_object():
    boxes = np.array([(0, 0, 10, 10), (1, 0, 11, 10), (20, 20, 30, 30)])
    assert detection.suppress(boxes, np.array([0.5, 0.9, 0.7])) == [1, 2]


def test_average_precision_of_a_worked_example():
    truths = [np.array([(0, 0, 10, 10.0)]), np.array([(0, 0, 10, 10.0)])]
    far = (30, 30, 40, 40.0)
    found = [
        (np.array([(0, 0, 10, 10.0), far]), np.array([0.9, 0.8])),
        (np.array([(0, 1, 10, 11.0)]), np.array([0.7])),
    ]
    expected = 0.5 * 1 + 0.5 * 2 / 3
    assert detection.average_precision(truths, found) == pytest.approx(expected)
    # A second box on an object that was found already is false.
    twice = [(np.array([truths[0][0]] * 2), np.array([0.9, 0.8]))]
    assert detection.average_precision(truths[:1], twice) == 1
    assert (
        detection.average_precision(truths, [(np.zeros((0, 4)), np.zeros(0))] * 2) == 0
    )


def test_targets_are_read_back_as_boxes():
    _, things = objects.scenes(10, seed=4)
    grids = detection.targets(things, objects.KINDS, objects.SIZE)
    for grid, scene in zip(grids, things, strict=True):
        said = grid.copy()
        heat = np.clip(said[..., : len(objects.KINDS)], 1e-6, 1 - 1e-6)
        heat[heat < 0.99] = 1e-6
        said[..., : len(objects.KINDS)] = np.log(heat / (1 - heat))
        found = detection.decode(said, len(objects.KINDS))
        for number, kind in enumerate(objects.KINDS):
            truth = sorted(thing.box for thing in scene if thing.kind == kind)
            boxes = sorted(map(tuple, found[number][0]))
            np.testing.assert_allclose(boxes, truth, atol=1e-3)


def test_beam_search_and_greedy_agree_on_a_network_that_is_sure():
    writer = captions.captioner(filters=4, units=8)
    image = np.zeros((64, 64, 3), "float32")
    weights = writer.get_weights()
    bias = np.zeros(len(captions.WORDS))
    bias[captions.WORDS.index(captions.END)] = 40
    writer.set_weights([*(0 * w for w in weights[:-1]), bias])
    tokens, attention = captions.greedy(writer, image[None])
    assert attention.shape == (1, captions.LENGTH - 1, 64)
    assert captions.decode(tokens[0]) == ""
    sentence, score = captions.beam(writer, image)[0]
    assert sentence == ""
    assert score == pytest.approx(0, abs=1e-6)


def test_padding_does_not_count_in_the_loss(rng):
    wanted = np.array([[3, 1, 0, 0]], "int32")
    logits = rng.normal(size=(1, 4, 6)).astype("float32")
    other = logits.copy()
    other[:, 2:] += 5 * rng.normal(size=(1, 2, 6))
    assert float(captions.loss(wanted, logits)) == pytest.approx(
        float(captions.loss(wanted, other)), rel=1e-5
    )


def test_a_game_of_catch_can_be_won_and_lost():
    game = Catch(50, seed=1)
    game.reset()
    for _ in range(ROWS - 1):
        _, rewards, ended = game.step(1 + np.sign(game.ball - game.paddle))
    assert ended.all()
    assert (rewards == 1).mean() > 0.8
    pictures, rewards, ended = game.step(np.ones(50, int))
    assert not ended.any()
    assert not rewards.any()
    assert (pictures[:, 0].max((1, 2)) == 1).all()


def test_the_target_of_an_end_is_the_reward():
    found = dqn.targets(
        np.array([1.0, 0.0]), np.array([True, False]), np.array([[5, 7], [2, 3]]), 0.5
    )
    np.testing.assert_allclose(found, [1, 1.5])


def test_replay_forgets_the_oldest():
    replay = dqn.Replay(size=4, seed=0)
    for start in (0, 3):
        replay.add(np.arange(start, start + 3))
    (drawn,) = replay.draw(100)
    assert set(drawn) == {2, 3, 4, 5}


def test_a_short_game_moves_the_network():
    network = dqn.learn(6, seed=0)
    assert 0 <= dqn.play(network, games=20) <= 1
