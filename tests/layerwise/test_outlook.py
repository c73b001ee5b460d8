"""Objects, detection, captions and Catch: what chapter 12 stands on."""

import keras
import numpy as np
import pytest

from layerwise import captions, catch, detection, dqn, objects
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


@pytest.fixture(scope="module")
def writer():
    """A small network whose output is drawn, so that sentences differ."""
    keras.utils.set_random_seed(0)
    return captions.captioner(filters=4, units=8)


def pictures(count):
    return (
        np.random.default_rng(5).uniform(0, 255, (count, 64, 64, 3)).astype("float32")
    )


def test_beam_search_and_greedy_agree_on_a_network_that_is_sure(writer):
    kept = writer.get_weights()
    bias = np.zeros(len(captions.WORDS))
    bias[captions.WORDS.index(captions.END)] = 40
    writer.set_weights([*(0 * w for w in kept[:-1]), bias])
    (tokens,) = captions.greedy(writer, pictures(1))
    ((beams, scores),) = zip(*captions.beam(writer, pictures(1)), strict=True)
    writer.set_weights(kept)
    assert captions.decode(tokens) == captions.decode(beams[0]) == ""
    assert scores[0] == pytest.approx(0, abs=1e-6)


def test_a_beam_of_one_is_greedy_and_a_wider_one_finds_what_is_likelier(writer):
    images = pictures(3)
    tokens = captions.greedy(writer, images)
    one, score = captions.beam(writer, images, width=1)
    # After its end a greedy sentence goes on, and a beam's is padding.
    written = [captions.decode(row) for row in tokens]
    assert [captions.decode(row) for row in one[:, 0]] == written
    many, scores = captions.beam(writer, images, width=len(captions.WORDS))
    assert (scores[:, 0] >= score[:, 0] - 1e-5).all()
    assert (np.diff(scores, axis=1) <= 0).all()
    assert len({tuple(row) for row in many[0]}) == len(captions.WORDS)


def test_the_score_of_a_beam_is_the_probability_of_its_words(writer):
    images = pictures(2)
    tokens, scores = captions.beam(writer, images, width=2)
    for image, rows, received in zip(images, tokens, scores, strict=True):
        logits = writer.predict([np.stack([image] * 2), rows[:, :-1]], verbose=0)
        log_p = logits - np.logaddexp.reduce(logits, axis=-1, keepdims=True)
        for row, words, score in zip(log_p, rows, received, strict=True):
            stops = (captions.WORDS.index(captions.END), captions.PAD_TOKEN)
            length = next((i for i, w in enumerate(words[1:]) if w in stops), 8) + 1
            expected = sum(row[i, words[i + 1]] for i in range(length))
            assert score == pytest.approx(expected, abs=1e-4)


def test_attention_sums_to_one_and_can_be_switched_off(writer):
    images = pictures(2)
    tokens = captions.greedy(writer, images)
    weights = captions.attention(writer, images, tokens)
    assert weights.shape == (2, captions.LENGTH - 1, 64)
    np.testing.assert_allclose(weights.sum(-1), 1, atol=1e-5)
    assert np.ptp(weights) > 1e-6
    off = captions.without_attention(
        writer, lambda: captions.attention(writer, images, tokens)
    )
    np.testing.assert_allclose(off, 1 / 64, atol=1e-6)
    np.testing.assert_array_equal(captions.attention(writer, images, tokens), weights)


def test_a_writer_without_attention_has_the_same_weights_fewer_of_them_trained(writer):
    uniform = captions.captioner(filters=4, units=8, uniform=True)
    assert [w.shape for w in uniform.weights] == [w.shape for w in writer.weights]
    assert len(uniform.trainable_weights) == len(writer.trainable_weights) - 2


def test_a_saved_writer_is_loaded_without_further_ado(writer, tmp_path):
    writer.save(tmp_path / "writer.keras")
    again = keras.saving.load_model(tmp_path / "writer.keras")
    images = pictures(2)
    np.testing.assert_array_equal(
        captions.greedy(again, images), captions.greedy(writer, images)
    )


def test_padding_does_not_count_in_the_loss_of_a_writer(rng):
    wanted = np.array([[3, 1, 0, 0]], "int32")
    logits = rng.normal(size=(1, 4, 6)).astype("float32")
    other = logits.copy()
    other[:, 2:] += 5 * rng.normal(size=(1, 2, 6))
    loss = captions.loss()
    assert float(loss(wanted, logits)) == pytest.approx(float(loss(wanted, other)))
    log_p = logits - np.logaddexp.reduce(logits, axis=-1, keepdims=True)
    expected = -(log_p[0, 0, 3] + log_p[0, 1, 1]) / 2
    assert float(loss(wanted, logits)) == pytest.approx(expected, rel=1e-5)


def test_mistakes_are_told_apart():
    right = "a red car left of a blue sign"
    for written, kind in {
        right: "none",
        "a red car left of a green sign": "colour",
        "a red house left of a blue ball": "kind",
        "a green house left of a blue sign": "other",
        "a red car above a blue sign": "other",
        "a red car left of a": "other",
    }.items():
        assert captions.mistake(written, right) == kind


def test_peaks_are_cells_that_no_neighbour_exceeds():
    scores = np.array([[1, 2, 1, 0], [0, 1, 0, 0], [0, 0, 0, 5.0]])[..., None]
    found = detection.peaks(scores)[..., 0]
    assert set(zip(*np.nonzero(found), strict=True)) >= {(0, 1), (2, 3)}
    assert not found[0, 0]
    assert not found[1, 1]
    said = np.zeros((3, 4, 5))
    said[..., :1] = scores - 1.5
    said[..., 3:] = 1
    (both,) = detection.decode(said, 1, least=0.5, overlap=1, only_peaks=True)
    assert len(both[0]) == 2


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


def test_rules_of_play():
    assert catch.share_caught(catch.follow) == 1
    for rule in (catch.stand, catch.at_random):
        assert 0.15 < catch.share_caught(rule, games=500) < 0.5


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
    looks = []
    network = dqn.learn(
        6, seed=0, copy_every=1, replay=64, look=lambda *look: looks.append(look)
    )
    assert [step for step, _ in looks] == list(range(6))
    assert all(0 <= share <= 1 for _, share in looks)
    assert 0 <= dqn.play(network, games=20) <= 1
    pictures = Catch(3).pictures()
    found = dqn.values(network, pictures)
    np.testing.assert_allclose(found, network.predict(pictures, verbose=0), atol=1e-5)
