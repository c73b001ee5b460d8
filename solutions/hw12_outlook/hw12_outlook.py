# %% [markdown]
# # Assignment 12: detection, captions, and learning by acting
#
# Chapter 12 looked ahead. Here you write the small parts that these three stand on:
# boxes and how well they are found, sentences and how they are chosen, and what an
# action is worth.
#
# | | Exercise | Points |
# |---|---|---|
# | 1 | Intersection over union | 3 |
# | 2 | Non-maximum suppression | 3 |
# | 3 | Average precision | 3 |
# | 4 | A loss that skips padding | 3 |
# | 5 | Beam search | 3 |
# | 6 | The target of Q-learning | 2 |
# | 7 | Q-learning with a table | 3 |
#
# Write your code where it says `YOUR CODE HERE`. The cells below each exercise test
# it; when your work is graded, the same cells ask the same of other inputs too. No
# exercise needs an earlier one.

# %% nbgrader={"grade_id": "setup"}
import numpy as np
from keras import ops

from layerwise import checks

# %% [markdown]
# ## Exercise 1: intersection over union (3 points)
#
# A box is (x, y, width, height), with (x, y) its **upper left corner**. (The chapter's
# boxes are two corners.) Write `box_iou(box, boxes)`: the IoU of one box with each of
# many. Boxes that only touch, or lie apart, have 0.


# %% nbgrader={"grade_id": "box_iou"}
def box_iou(box, boxes):
    """Computes the intersection over union of a box with others.

    Args:
        box: Array of shape (4,): x, y, width, height.
        boxes: Array of shape (n, 4).

    Returns:
        Array of shape (n,), 0 to 1.
    """
    ### BEGIN SOLUTION
    low = np.maximum(box[:2], boxes[:, :2])
    high = np.minimum(box[:2] + box[2:], boxes[:, :2] + boxes[:, 2:])
    both = np.prod(np.maximum(high - low, 0), axis=1)
    return both / (box[2] * box[3] + boxes[:, 2] * boxes[:, 3] - both)
    ### END SOLUTION


# %% nbgrader={"grade_id": "given_boxes"}
def overlap(box, other):
    """Counts the IoU of two boxes with whole numbers, pixel by pixel."""
    canvas = np.zeros((2, 60, 60), bool)
    for layer, (x, y, width, height) in zip(canvas, (box, other), strict=True):
        layer[int(y) : int(y + height), int(x) : int(x + width)] = True
    return (canvas[0] & canvas[1]).sum() / (canvas[0] | canvas[1]).sum()


# %% [markdown]
# Boxes that overlap (2 points).

# %% nbgrader={"grade_id": "test_box_iou", "points": 2}
_cases = [((2, 3, 8, 6), [(4, 5, 8, 6), (2, 3, 8, 6), (3, 4, 2, 2)])]
### BEGIN HIDDEN TESTS
_cases += [
    ((10, 0, 20, 5), [(15, 2, 30, 9), (0, 1, 40, 2)]),
    ((5, 5, 9, 9), [(1, 1, 7, 7)]),
]
### END HIDDEN TESTS
for _box, _others in _cases:
    _wanted = np.array([overlap(_box, _other) for _other in _others])
    _call = f"box_iou of {_box} with {_others}"
    _one, _many = np.array(_box, "float64"), np.array(_others, "float64")
    _kept = [_one.copy(), _many.copy()]
    _received = box_iou(_one, _many)
    checks.unchanged([_one, _many], _kept, "the boxes given to box_iou")
    checks.shape(_received, (len(_others),), _call)
    _received = np.asarray(_received)
    _low = np.maximum(_one[:2], _many[:, :2])
    _high = np.minimum(_one[:2] + _one[2:], _many[:, :2] + _many[:, 2:])
    _both = np.prod(_high - _low, axis=1)
    _sum = np.prod(_one[2:]) + np.prod(_many[:, 2:], axis=1)
    assert not np.allclose(_received, _both / _sum), (
        f"{_call}: the intersection counts twice in the union: take it off once"
    )
    assert not np.allclose(_received, _both / np.prod(_many[:, 2:], axis=1)), (
        f"{_call}: divided by the other box alone; expected by the union"
    )
    checks.close(_received, _wanted, _call)

# %% [markdown]
# Boxes apart (1 point).

# %% nbgrader={"grade_id": "test_box_iou_apart", "points": 1}
_others = [(20, 20, 5, 5), (10, 3, 4, 4), (0, 30, 9, 2)]
### BEGIN HIDDEN TESTS
_others += [(2, 9, 8, 3), (30, 4, 5, 5)]
### END HIDDEN TESTS
_received = np.asarray(box_iou(np.array([2.0, 3, 8, 6]), np.array(_others, "float64")))
checks.shape(_received, (len(_others),), "box_iou of boxes apart")
assert np.abs(_received).max() < 1e-9, (
    f"boxes that lie apart or only touch have IoU {np.round(_received, 3).tolist()}; "
    "expected 0: a negative width times a negative height is no area"
)

# %% [markdown]
# ## Exercise 2: non-maximum suppression (3 points)
#
# A detector finds each object many times. Write `suppress(scores, overlaps,
# threshold)`. `overlaps[i, j]` is the IoU of boxes i and j. Go through the boxes from
# the highest score to the lowest; a box stays unless its overlap with one **that
# stayed** is greater than `threshold`. Return the places of those that stay, the best
# first. Of equal scores the one that comes first in the list goes first.


# %% nbgrader={"grade_id": "suppress"}
def suppress(scores, overlaps, threshold):
    """Keeps the best of boxes that overlap.

    Args:
        scores: Array of shape (n,).
        overlaps: Array of shape (n, n), the IoU of each pair.
        threshold: Float.

    Returns:
        List of integers.
    """
    ### BEGIN SOLUTION
    kept = []
    for index in sorted(range(len(scores)), key=lambda i: -scores[i]):
        if all(overlaps[index, other] <= threshold for other in kept):
            kept.append(index)
    return kept
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_suppress", "points": 3}
# A chain: the middle box overlaps both others, which do not overlap each other.
_chain = np.array([[1, 0.6, 0.1], [0.6, 1, 0.6], [0.1, 0.6, 1]])
_cases = [
    (np.array([0.9, 0.8, 0.7]), _chain, 0.5, [0, 2]),
    (np.array([0.7, 0.9, 0.8]), _chain, 0.5, [1]),
    (np.array([0.5, 0.9, 0.6]), np.eye(3), 0.5, [1, 2, 0]),
    (np.array([0.9, 0.8]), np.array([[1, 0.5], [0.5, 1]]), 0.5, [0, 1]),
]


### BEGIN HIDDEN TESTS
def _reference(scores, overlaps, threshold):
    """Rank by rank, with a mask of what is still alive."""
    alive, kept = np.ones(len(scores), bool), []
    while alive.any():
        best = max(np.flatnonzero(alive), key=lambda i: (scores[i], -i))
        kept.append(int(best))
        alive &= overlaps[best] <= threshold
        alive[best] = False
    return kept


for _seed in range(5):
    _rng = np.random.default_rng(160 + _seed)
    _half = np.triu(_rng.uniform(0, 1, (9, 9)), 1)
    _drawn = _rng.permutation(9) / 10, _half + _half.T + np.eye(9), 0.45
    _cases.append((*_drawn, _reference(*_drawn)))
_cases.append((np.array([0.5, 0.5, 0.5]), _chain, 0.5, [0, 2]))
_cases.append((np.zeros(0), np.zeros((0, 0)), 0.5, []))
### END HIDDEN TESTS
for _scores, _overlaps, _threshold, _wanted in _cases:
    _call = f"suppress of scores {_scores.tolist()}"
    _received = suppress(_scores.copy(), _overlaps.copy(), _threshold)
    _received = [int(_place) for _place in np.asarray(_received).ravel()]
    if len(_scores) and _scores.min() < _scores.max():
        _upwards = _received[:1] == [int(_scores.argmin())]
        assert not _upwards or _received == sorted(_received), (
            f"{_call} begins with the lowest score"
        )
    assert sorted(_received) != sorted(_wanted) or _received == _wanted, (
        f"{_call} keeps the right boxes in the order {_received}; expected {_wanted}, "
        "the best first"
    )
    _hard = [
        _i
        for _i in np.argsort(-_scores, kind="stable").tolist()
        if not any(
            _overlaps[_i, _j] > _threshold and _scores[_j] > _scores[_i]
            for _j in range(len(_scores))
        )
    ]
    assert _received != _hard or _hard == _wanted, (
        f"{_call} keeps {_received}; expected {_wanted}: a box that was removed itself "
        "removes no other"
    )
    assert _received == _wanted, (
        f"{_call}, threshold {_threshold}: keeps {_received}; expected {_wanted}"
    )

# %% [markdown]
# ## Exercise 3: average precision (3 points)
#
# A detector's boxes are sorted from the highest score to the lowest; `hits` says of
# each whether it found an object that had not been found before. `total` is the number
# of objects. After the k best boxes, precision is hits so far / k, and recall is hits
# so far / total.
#
# Write `average_precision(hits, total)`: the area under precision over recall, where
# precision at each recall is replaced by the **highest precision at that recall or any
# higher one**. Objects that were never found count, as recall that is never reached.


# %% nbgrader={"grade_id": "average_precision"}
def average_precision(hits, total):
    """Computes the area under the curve of precision over recall.

    Args:
        hits: Boolean array of shape (boxes,), from the highest score to the lowest.
        total: Integer, at least 1, number of objects.

    Returns:
        Float, 0 to 1.
    """
    ### BEGIN SOLUTION
    found = np.cumsum(hits)
    precision = found / np.arange(1, len(hits) + 1)
    best = np.maximum.accumulate(precision[::-1])[::-1]
    return float(best[np.asarray(hits, bool)].sum() / total)
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_average_precision", "points": 3}
# hits, total, worked out by hand
_cases = [
    ([1, 1], 2, 1.0),
    ([1, 0, 1], 2, 0.5 * 1 + 0.5 * 2 / 3),
    ([0, 1, 1], 2, 0.5 * 2 / 3 + 0.5 * 2 / 3),
    ([1, 0, 0], 4, 0.25),
]
### BEGIN HIDDEN TESTS
_cases += [
    ([0, 0], 3, 0.0),
    ([0, 1, 0, 1, 1], 4, 0.25 * 0.6 * 3),
    ([], 2, 0.0),
    ([1, 0, 0, 1, 1, 1, 0], 5, 0.2 * 1 + 3 * 0.2 * 4 / 6),
]
### END HIDDEN TESTS
for _hits, _total, _wanted in _cases:
    _hits = np.array(_hits, bool)
    _call = f"average_precision of hits {_hits.astype(int).tolist()}, {_total} objects"
    _received = average_precision(_hits, _total)
    checks.shape(_received, (), _call)
    _received = float(_received)
    _precision = np.cumsum(_hits) / np.arange(1, len(_hits) + 1)
    _plain = _precision[_hits].sum() / _total
    assert np.isclose(_plain, _wanted) or not np.isclose(_received, _plain), (
        f"{_call} is {_received:.4g}; expected {_wanted:.4g}: precision must be "
        "replaced by the highest at that recall or beyond"
    )
    if _hits.any():
        _best = np.maximum.accumulate(_precision[::-1])[::-1]
        _few = _best[_hits].mean()
        assert np.isclose(_few, _wanted) or not np.isclose(_received, _few), (
            f"{_call} is {_received:.4g}; expected {_wanted:.4g}: objects that were "
            "never found must count"
        )
    checks.close(_received, _wanted, _call)

# %% [markdown]
# ## Exercise 4: a loss that skips padding (3 points)
#
# Sentences differ in length; the short ones are padded with the token 0. Write
# `caption_loss(tokens, logits)`: the mean of −log softmax(logits)[token] over all
# tokens that are not 0, in the whole batch. Use `keras.ops`.


# %% nbgrader={"grade_id": "caption_loss"}
def caption_loss(tokens, logits):
    """Computes the mean cross-entropy of words, without padding.

    Args:
        tokens: Integer array of shape (batch, time), 0 for padding.
        logits: Tensor of shape (batch, time, words).

    Returns:
        Scalar tensor.
    """
    ### BEGIN SOLUTION
    entropy = ops.sparse_categorical_crossentropy(tokens, logits, from_logits=True)
    counted = ops.cast(ops.not_equal(tokens, 0), "float32")
    return ops.sum(entropy * counted) / ops.sum(counted)
    ### END SOLUTION


# %% nbgrader={"grade_id": "given_caption_loss"}
def loss_of_three(logits):
    """Returns the loss of three words, for a gradient by the logits."""
    return caption_loss(np.array([[2, 1, 0, 0], [3, 0, 0, 0]], "int32"), logits)


# %% nbgrader={"grade_id": "test_caption_loss", "points": 3}
_cases = [[4, 2]]
### BEGIN HIDDEN TESTS
_cases += [[5, 5, 1], [1, 3, 2, 6]]
### END HIDDEN TESTS
for _lengths in _cases:
    _rng = np.random.default_rng(170)
    _time, _words = max(_lengths) + 1, 7
    _tokens = _rng.integers(1, _words, (len(_lengths), _time)).astype("int32")
    for _row, _length in zip(_tokens, _lengths, strict=True):
        _row[_length:] = 0
    _logits = _rng.normal(0, 2, (*_tokens.shape, _words)).astype("float32")
    _log_p = _logits - np.logaddexp.reduce(_logits, axis=-1, keepdims=True)
    _entropy = -np.take_along_axis(_log_p, _tokens[..., None], -1)[..., 0]
    _counted = _tokens != 0
    _wanted = float(_entropy[_counted].mean())
    _call = f"caption_loss of sentences with {_lengths} words"
    _received = caption_loss(_tokens, _logits)
    checks.shape(_received, (), _call)
    _received = float(ops.convert_to_numpy(_received))
    _rows = [_e[_c].mean() for _e, _c in zip(_entropy, _counted, strict=True)]
    for _fault, _wrong in {
        "padding counts as a word": _entropy.mean(),
        "divided by all places; expected by the words": _entropy[_counted].sum()
        / _entropy.size,
        "is summed; expected the mean": _entropy[_counted].sum(),
        "is a mean over sentences, in which a word of a short one counts more": float(
            np.mean(_rows)
        ),
    }.items():
        assert not np.isclose(_received, _wrong, rtol=1e-4), f"{_call}: {_fault}"
    checks.close(_received, _wanted, _call, rtol=1e-3)
_slope = checks.gradient(loss_of_three, np.zeros((2, 4, 5), "float32"))
assert np.abs(_slope).max() > 0, "no gradient flows through caption_loss"
assert np.abs(_slope[0, 2:]).max() == 0, "a gradient flows from places of padding"
### BEGIN HIDDEN TESTS
_step = np.random.default_rng(171).normal(size=_slope.shape).astype("float32") / 10
_up, _down = (float(loss_of_three(_a)) for _a in (_step, -_step))
# Both sides are the student's: what caption_loss computes, and the slope of it.
checks.close(
    2 * np.sum(_slope * _step), _up - _down, "the slope of caption_loss", 5e-2, 1e-4
)
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 5: beam search (3 points)
#
# The likeliest next word is not always the way to the likeliest sentence. `log_p` is a
# function from a sentence so far, a tuple of tokens, to an array with the log
# probability of each next token. Write `beam_search(log_p, width, length, end)`:
#
# - begin with the empty sentence, `()`, whose log probability is 0;
# - in each of at most `length` rounds, continue every sentence with every token, add up
#   the log probabilities, and keep the `width` best of all;
# - a sentence whose last token is `end` is finished: it is not continued, and competes
#   with its log probability for a place among the `width` best;
# - return the best sentence, a tuple, and its log probability.


# %% nbgrader={"grade_id": "beam_search"}
def beam_search(log_p, width, length, end):
    """Looks for the likeliest sentence.

    Args:
        log_p: Function from a tuple of tokens to an array of shape (tokens,).
        width: Integer, sentences that are kept.
        length: Integer, tokens at most.
        end: Integer, the token that finishes a sentence.

    Returns:
        Tuple of the sentence, a tuple of integers, and its log probability, a float.
    """
    ### BEGIN SOLUTION
    beams = [((), 0.0)]
    for _ in range(length):
        longer = []
        for words, score in beams:
            if words and words[-1] == end:
                longer.append((words, score))
                continue
            for token, value in enumerate(log_p(words)):
                longer.append(((*words, token), score + float(value)))
        beams = sorted(longer, key=lambda beam: -beam[1])[:width]
    return beams[0]
    ### END SOLUTION


# %% nbgrader={"grade_id": "given_language"}
def garden(words):
    """A language in which the greedy start is a bad one. Token 0 ends a sentence."""
    table = {(): [0.1, 0.5, 0.4], (1,): [0.3, 0.35, 0.35], (2,): [0.9, 0.05, 0.05]}
    return np.log(np.array(table.get(tuple(int(w) for w in words), [0.4, 0.3, 0.3])))


def short(words):
    """A language in which a long sentence is likelier than a short one."""
    table = {(): [0.35, 0.65, 1e-9], (1,): [0.04, 0.06, 0.9], (1, 2): [0.9, 0.05, 0.05]}
    return np.log(np.array(table.get(tuple(int(w) for w in words), [0.98, 0.01, 0.01])))


def wide(words):
    """A language whose best sentence is found with three beams and not with two."""
    table = {
        (): [0.02, 0.36, 0.33, 0.29],
        (1,): [0.3, 0.3, 0.2, 0.2],
        (2,): [0.3, 0.3, 0.2, 0.2],
        (3,): [0.97, 0.01, 0.01, 0.01],
    }
    given = table.get(tuple(int(w) for w in words), [0.4, 0.2, 0.2, 0.2])
    return np.log(np.array(given))


# %% nbgrader={"grade_id": "test_beam_search", "points": 3}
# language, width, length, the sentence
_cases = [
    (garden, 1, 3, (1, 1, 0)),
    (garden, 2, 3, (2, 0)),
    (short, 2, 4, (1, 2, 0)),
]
### BEGIN HIDDEN TESTS
_cases += [
    (wide, 2, 4, (1, 0)),
    (wide, 3, 4, (3, 0)),
    (garden, 3, 1, (1,)),
    (short, 1, 4, (1, 2, 0)),
]
### END HIDDEN TESTS
for _language, _width, _length, _wanted in _cases:
    _call = f"beam_search in {_language.__name__}, width {_width}, length {_length}"
    _pair = beam_search(_language, _width, _length, 0)
    _is_pair = isinstance(_pair, (tuple, list)) and len(_pair) == 2
    assert _is_pair, f"{_call} must return (sentence, log probability)"
    _words = tuple(int(_w) for _w in np.asarray(_pair[0]).ravel())
    _score = sum(float(_language(_wanted[:_i])[_w]) for _i, _w in enumerate(_wanted))
    if _wanted == (2, 0):
        assert _words[0] != 1, (
            f"{_call} finds {_words}; expected {_wanted}: that is the greedy sentence, "
            "one of the beams must have begun with 2"
        )
    assert 0 not in _words[:-1], (
        f"{_call} finds {_words}: a finished sentence must not be continued"
    )
    assert _words == _wanted, f"{_call} finds {_words}; expected {_wanted}"
    checks.close(_pair[1], _score, f"{_call}: the log probability", rtol=1e-4)

# %% [markdown]
# ## Exercise 6: the target of Q-learning (2 points)
#
# What should the value of an action have been? Write `q_target(rewards, ended, values,
# discount)`: the reward plus `discount` times the **highest** value of the next state;
# after the end of a game there is no next state, and the reward is all.


# %% nbgrader={"grade_id": "q_target"}
def q_target(rewards, ended, values, discount):
    """Computes what the value of each action should be.

    Args:
        rewards: Array of shape (batch,).
        ended: Boolean array of shape (batch,), whether the game ended.
        values: Array of shape (batch, actions), values of the next state.
        discount: Float, 0 to 1.

    Returns:
        Array of shape (batch,).
    """
    ### BEGIN SOLUTION
    return rewards + discount * np.where(ended, 0, values.max(axis=1))
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_q_target", "points": 2}
_cases = [(4, 2, 0.9)]
### BEGIN HIDDEN TESTS
_cases += [(6, 3, 0.5), (5, 4, 1.0)]
### END HIDDEN TESTS
for _n, _actions, _discount in _cases:
    _rng = np.random.default_rng(180)
    _rewards = _rng.normal(size=_n).astype("float32")
    _ended = np.arange(_n) % 2 == 1
    _values = _rng.normal(-1, 1, (_n, _actions)).astype("float32")
    _wanted = _rewards.copy()
    for _i in np.flatnonzero(~_ended):
        _wanted[_i] += _discount * max(_values[_i])
    _call = f"q_target of {_n} transitions with discount {_discount}"
    _received = q_target(_rewards, _ended, _values, _discount)
    checks.shape(_received, (_n,), _call)
    _received = np.asarray(_received)
    _next = _values.max(1)
    for _fault, _wrong in {
        "the next state counts after the end of a game too": _rewards
        + _discount * _next,
        "the next state counts only after the end: `ended` is upside down": _rewards
        + _discount * _next * _ended,
        "takes the mean of the next values; expected the highest": _rewards
        + _discount * np.where(_ended, 0, _values.mean(1)),
        "is not discounted": _rewards + np.where(_ended, 0, _next),
        "loses the reward of the last step": np.where(_ended, 0, _wanted),
    }.items():
        assert np.allclose(_wrong, _wanted) or not np.allclose(_received, _wrong), (
            f"{_call}: {_fault}"
        )
    checks.close(_received, _wanted, _call)

# %% [markdown]
# ## Exercise 7: Q-learning with a table (3 points)
#
# Where states can be counted, no network is needed. The next cell is given: `walk` is a
# corridor; from its ends the game is over, with a reward of 1 at the right one and 0.2
# at the left one.
#
# Write `learn(step, num_states, num_actions, states, actions, discount, rate)`. Begin
# with a table of zeros. For each pair of a state and an action, in the order given,
# call `step(state, action)`, which returns `(next state, reward, ended)`, and move the
# entry of that state and action by `rate` times (target − entry). Return the table.


# %% nbgrader={"grade_id": "learn"}
def learn(step, num_states, num_actions, states, actions, discount=0.9, rate=0.5):
    """Learns a table of values.

    Args:
        step: Function from a state and an action to (next state, reward, ended).
        num_states: Integer.
        num_actions: Integer.
        states: Sequence of integers, where to act.
        actions: Sequence of integers, what to do there.
        discount: Float.
        rate: Float, 0 to 1.

    Returns:
        Array of shape (num_states, num_actions).
    """
    ### BEGIN SOLUTION
    table = np.zeros((num_states, num_actions))
    for state, action in zip(states, actions, strict=True):
        following, reward, ended = step(state, action)
        target = reward + (0 if ended else discount * table[following].max())
        table[state, action] += rate * (target - table[state, action])
    return table
    ### END SOLUTION


# %% nbgrader={"grade_id": "given_walk"}
STATES = 7


def walk(state, action):
    """Goes left (0) or right (1) in a corridor of seven places."""
    following = int(state) + (1 if int(action) == 1 else -1)
    if following <= 0:
        return 0, 0.2, True
    if following >= STATES - 1:
        return STATES - 1, 1.0, True
    return following, 0.0, False


# %% [markdown]
# A few moves (1 point).

# %% nbgrader={"grade_id": "test_learn_moves", "points": 1}
_states, _actions = [5, 4, 5, 4, 1, 3], [1, 1, 1, 1, 0, 1]
_table = learn(walk, STATES, 2, _states, _actions, discount=0.9, rate=0.5)
checks.shape(_table, (STATES, 2), "the table of learn")
_table = np.asarray(_table)
assert np.isclose(_table[5, 1], 0.75), (
    f"after the move from 5 to the right end, twice, with rate 0.5, its value is "
    f"{_table[5, 1]:.4g}; expected 0.75: half of the way to 1 each time"
)
assert np.isclose(_table[1, 0], 0.1), (
    f"after one move to the left end its value is {_table[1, 0]:.4g}; expected 0.1"
)
_two = np.asarray(learn(walk, STATES, 2, [5, 5], [1, 0], discount=0.9, rate=0.5))
assert np.isclose(_two[5, 0], 0), (
    f"going left from 5 is worth {_two[5, 0]:.4g}; expected 0, since nothing is known "
    "of 4 yet: what counts is the next state, not the one that it came from"
)
_first = 0.5 * 0.9 * 0.5
_second = _first + 0.5 * (0.9 * 0.75 - _first)
checks.close(_table[4, 1], _second, "the value of going right from 4")
checks.close(_table[3, 1], 0.5 * 0.9 * _second, "the value of going right from 3")

# %% [markdown]
# After many moves: the answer of value iteration (2 points).

# %% nbgrader={"grade_id": "test_learn_many", "points": 2}
_discounts = [0.9]
### BEGIN HIDDEN TESTS
_discounts += [0.5]
### END HIDDEN TESTS
for _discount in _discounts:
    _wanted = np.zeros((STATES, 2))
    for _ in range(200):
        for _state in range(1, STATES - 1):
            for _action in (0, 1):
                _next, _reward, _ended = walk(_state, _action)
                _future = 0 if _ended else _wanted[_next].max()
                _wanted[_state, _action] = _reward + _discount * _future
    _rng = np.random.default_rng(190)
    _states = _rng.integers(1, STATES - 1, 1500).tolist()
    _actions = _rng.integers(0, 2, 1500).tolist()
    _table = np.asarray(learn(walk, STATES, 2, _states, _actions, _discount, 0.5))
    _call = f"the table after 1500 moves with discount {_discount}"
    checks.shape(_table, (STATES, 2), _call)
    _best, _good = _table[1:-1].argmax(1), _wanted[1:-1].argmax(1)
    assert np.array_equal(_best, _good), (
        f"{_call} goes {_best.tolist()} from places 1 to 5; expected {_good.tolist()} "
        "(0 left, 1 right)"
    )
    checks.close(_table[1:-1], _wanted[1:-1], _call, rtol=1e-2, atol=1e-3)
