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
# it; when your work is graded, they ask the same of other inputs too. No exercise needs
# an earlier one. What a test expects stands in `expected.json`, beside this notebook.

# %% nbgrader={"grade_id": "setup"}
import numpy as np
from keras import ops

from layerwise import checks

checks.short_errors()

# %% [markdown]
# ## Exercise 1: intersection over union (3 points)
#
# A box is (x, y, width, height), with (x, y) its **upper left corner**. (The chapter's
# boxes are two corners.) Write `box_iou(box, boxes)`: the IoU of one box with each of
# many. Boxes that only touch, or lie apart, have 0. The arrays that are given must not
# change.
#
# The boxes (0, 0, 4, 2) and (2, 1, 4, 2) share 2 · 1 of 8 + 8 − 2: their IoU is 1/7.


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


# %% tags=["expected"]
def iou_expected(box, boxes):
    """Returns the IoU of a box with others, and what mistakes make of it."""
    one, many = np.array(box, "float64"), np.array(boxes, "float64")
    low = np.maximum(one[:2], many[:, :2])
    high = np.minimum(one[:2] + one[2:], many[:, :2] + many[:, 2:])
    both = np.prod(np.maximum(high - low, 0), axis=1)
    areas = one[2:].prod(), many[:, 2:].prod(1)
    corners = np.minimum(one[2:], many[:, 2:]) - low
    shared = np.prod(np.maximum(corners, 0), axis=1)
    return both / (areas[0] + areas[1] - both), {
        "the intersection counts twice in the union: take it off once": both
        / (areas[0] + areas[1]),
        "divided by the other box alone; expected by the union": both / areas[1],
        "divided by the one box alone; expected by the union": both / areas[0],
        "divided by the smaller box; expected by the union": both / np.minimum(*areas),
        "divided by the larger box; expected by the union": both / np.maximum(*areas),
        "a negative width times a negative height is no area": np.prod(high - low, 1)
        / (areas[0] + areas[1] - np.prod(high - low, 1)),
        "it is the area that both share; expected its share of the union": both,
        "width and height are taken for the lower right corner": shared
        / (areas[0] + areas[1] - shared),
    }


def boxes(seed, count, size=40):
    """Draws boxes."""
    rng = np.random.default_rng(seed)
    places, sizes = rng.uniform(0, size, (count, 2)), rng.uniform(5, size, (count, 2))
    return np.concatenate([places, sizes], 1)


ONE = (2, 3, 8, 6)
expect("box_iou of the example", iou_expected((0, 0, 4, 2), [(2, 1, 4, 2)])[0])
expect(
    "box_iou of boxes that overlap",
    *iou_expected(ONE, [(4, 5, 8, 6), (2, 3, 8, 6), (3, 4, 2, 2), (1, 1, 20, 20)]),
)
expect(
    "box_iou of boxes apart",
    *iou_expected(ONE, [(20, 20, 5, 5), (10, 3, 4, 4), (0, 30, 9, 2)]),
)

# %% [markdown]
# Boxes that overlap (2 points).

# %% nbgrader={"grade_id": "test_box_iou", "points": 2}
_one = np.array([2.0, 3, 8, 6])
_many = np.array([(4.0, 5, 8, 6), (2, 3, 8, 6), (3, 4, 2, 2), (1, 1, 20, 20)])
_kept = [_one.copy(), _many.copy()]
checks.answer(box_iou(_one, _many), "box_iou of boxes that overlap")
checks.unchanged([_one, _many], _kept, "the boxes given to box_iou")
_one, _many = np.array([0, 0, 4, 2]), np.array([[2, 1, 4, 2]])
checks.answer(box_iou(_one, _many), "box_iou of the example")
### BEGIN HIDDEN TESTS
for _seed in range(3):
    _one, _many = boxes(_seed, 1)[0], boxes(10 + _seed, 7, 20 + 20 * _seed)
    _many[0], _many[1, :2] = _one, _one[:2]
    _many = _many[iou_expected(_one, _many)[0] > 0]
    _right = iou_expected(_one, _many)
    checks.judge(box_iou(_one, _many), *_right, "box_iou of other boxes that overlap")
### END HIDDEN TESTS
checks.passed("values", "boxes unchanged")

# %% [markdown]
# Boxes apart (1 point).

# %% nbgrader={"grade_id": "test_box_iou_apart", "points": 1}
_many = np.array([(20.0, 20, 5, 5), (10, 3, 4, 4), (0, 30, 9, 2)])
checks.answer(box_iou(np.array([2.0, 3, 8, 6]), _many), "box_iou of boxes apart")
### BEGIN HIDDEN TESTS
_many = np.array([(2.0, 9, 8, 3), (30, 4, 5, 5), (-9, -9, 8, 8), (-9, 4, 11, 2)])
_found = box_iou(np.array([2.0, 3, 8, 6]), _many)
checks.close(_found, np.zeros(4), "box_iou of other boxes apart")
### END HIDDEN TESTS
checks.passed("boxes apart")

# %% [markdown]
# ## Exercise 2: non-maximum suppression (3 points)
#
# A detector finds each object many times. Write `suppress(scores, overlaps,
# threshold)`. `overlaps[i, j]` is the IoU of boxes i and j. Go through the boxes from
# the highest score to the lowest; a box stays unless its overlap with one **that
# stayed** is greater than `threshold`. Return the indices of those that stay, the best
# first. Of equal scores the one that comes first in the list goes first. Without boxes
# the list is empty.
#
# > **Predict.** Three boxes in a row have scores 0.9, 0.8 and 0.7. The middle one
# > overlaps both others by 0.6, and those do not overlap each other. The threshold is
# > 0.5. Which stay?


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


# %% nbgrader={"grade_id": "given_chain"}
# The middle box overlaps both others, which do not overlap each other.
CHAIN = np.array([[1, 0.6, 0.1], [0.6, 1, 0.6], [0.1, 0.6, 1]])


# %% tags=["expected"]
def hard(scores, overlaps, threshold, order):
    """Suppresses by boxes that were removed themselves, too."""
    stay = []
    for place, index in enumerate(order):
        if all(overlaps[index, other] <= threshold for other in order[:place]):
            stay.append(index)
    return stay


def suppress_expected(scores, overlaps, threshold):
    """Returns what stays, and what mistakes let stay."""
    scores = np.asarray(scores)
    down = np.argsort(-scores, kind="stable").tolist()
    kept = reference_suppress(scores, overlaps, threshold)
    inclusive = reference_suppress(scores, np.asarray(overlaps) + 1e-12, threshold)
    removed = [index for index in down if index not in kept]
    return kept, {
        "the boxes are gone through from the lowest score to the highest": (
            reference_suppress(-scores, overlaps, threshold)
        ),
        "the indices are sorted; expected the best first": sorted(kept),
        "the lowest of those that stay is first; expected the best first": kept[::-1],
        "a box that was removed itself removes no other": hard(
            scores, overlaps, threshold, down
        ),
        "an overlap that equals the threshold removes no box": inclusive,
        "these are the boxes that go; expected those that stay": removed,
        "only the best box removes others": [
            i for i in down if i == down[0] or overlaps[i, down[0]] <= threshold
        ],
        "nothing is removed": down,
    }


def crowd(seed, count):
    """Draws scores, of which some are equal, and overlaps."""
    rng = np.random.default_rng(seed)
    half = np.triu(rng.uniform(0, 1, (count, count)), 1)
    return rng.integers(1, count, count) / count, half + half.T + np.eye(count)


for scores in [(0.9, 0.8, 0.7), (0.7, 0.9, 0.8), (0.7, 0.8, 0.9)]:
    expect(
        f"suppress of the chain with scores {scores}",
        *suppress_expected(scores, CHAIN, 0.5),
    )
expect(
    "suppress of boxes apart",
    *suppress_expected((0.5, 0.9, 0.6), np.eye(3), 0.5),
)

# %% nbgrader={"grade_id": "test_suppress", "points": 3}
for _scores in [(0.9, 0.8, 0.7), (0.7, 0.9, 0.8), (0.7, 0.8, 0.9)]:
    _found = suppress(np.array(_scores), CHAIN.copy(), 0.5)
    checks.answer(_found, f"suppress of the chain with scores {_scores}")
_found = suppress(np.array([0.5, 0.9, 0.6]), np.eye(3), 0.5)
checks.answer(_found, "suppress of boxes apart")
### BEGIN HIDDEN TESTS
for _seed in range(6):
    _scores, _overlaps = crowd(160 + _seed, 4 + 2 * _seed)
    _threshold = (0.2, 0.45, 0.7)[_seed % 3]
    _right = suppress_expected(_scores, _overlaps, _threshold)
    _found = suppress(_scores.copy(), _overlaps.copy(), _threshold)
    checks.judge(_found, *_right, f"suppress of {len(_scores)} boxes")
_pair = np.array([[1, 0.5], [0.5, 1]])
_right = suppress_expected((0.9, 0.8), _pair, 0.5)
checks.judge(suppress(np.array([0.9, 0.8]), _pair, 0.5), *_right, "suppress of a pair")
_found = suppress(np.array([0.5, 0.5, 0.5]), CHAIN.copy(), 0.5)
checks.judge(_found, [0, 2], what="suppress of the chain with equal scores")
_found = suppress(np.zeros(0), np.zeros((0, 0)), 0.5)
checks.judge(_found, [], what="suppress of no boxes")
### END HIDDEN TESTS
checks.passed("chain", "order", "threshold")

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
# Without a hit the result is 0.
#
# With hits (yes, no, yes) and two objects, precision is 1 at recall 1/2, and 2/3 at
# recall 1: the area is 1/2 · 1 + 1/2 · 2/3 = 0.8333.


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


# %% tags=["expected"]
def precision_expected(hits, total):
    """Returns the average precision, and what mistakes make of it."""
    hits = np.array(hits, bool)
    if not hits.any():
        return 0.0, {}
    precision = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    best = np.maximum.accumulate(precision[::-1])[::-1]
    before = np.maximum.accumulate(precision)
    return best[hits].sum() / total, {
        "precision must be replaced by the highest at that recall or beyond": precision[
            hits
        ].sum()
        / total,
        "objects that were never found must count": best[hits].mean(),
        "all boxes count; expected those where recall grows": best.mean(),
        "it is a mean over boxes, not over objects": best[hits].sum() / len(hits),
        "the highest precision is taken of lower recalls": before[hits].sum() / total,
        "it is the precision of all boxes": hits.mean(),
        "it is the recall of all boxes": hits.sum() / total,
    }


AP_CASES = [((1, 1), 2), ((1, 0, 1), 2), ((0, 1, 1), 2), ((1, 0, 0), 4)]
AP_CASES += [((1, 0, 0, 1, 1), 4)]
for hits, total in AP_CASES:
    expect(
        f"average_precision of hits {hits}, {total} objects",
        *precision_expected(hits, total),
    )

# %% nbgrader={"grade_id": "test_average_precision", "points": 3}
for _hits, _total in [
    ((1, 0, 0, 1, 1), 4),
    ((1, 1), 2),
    ((1, 0, 1), 2),
    ((0, 1, 1), 2),
    ((1, 0, 0), 4),
]:
    _found = average_precision(np.array(_hits, bool), _total)
    checks.answer(_found, f"average_precision of hits {_hits}, {_total} objects")
### BEGIN HIDDEN TESTS
_cases = [((0, 0), 3), ((0, 1, 0, 1, 1), 4), ((), 2), ((1, 0, 0, 1, 1, 1, 0), 5)]
for _seed in range(4):
    _drawn = np.random.default_rng(_seed).uniform(size=12 + _seed) < 0.4
    _cases.append((tuple(_drawn.astype(int).tolist()), int(_drawn.sum()) + _seed + 1))
for _hits, _total in _cases:
    _right = precision_expected(_hits, _total)
    _call = f"average_precision of hits {_hits}, {_total} objects"
    checks.judge(average_precision(np.array(_hits, bool), _total), *_right, _call)
### END HIDDEN TESTS
checks.passed("values")

# %% [markdown]
# ## Exercise 4: a loss that skips padding (3 points)
#
# Sentences differ in length; the short ones are padded with the token 0. Write
# `caption_loss(tokens, logits)`: the mean of −log softmax(logits)[token] over all
# tokens that are not 0, in the whole batch. Use `keras.ops`, so that gradients flow.
# There is at least one word in a batch.


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


# %% nbgrader={"grade_id": "given_sentences"}
def sentences(seed, lengths, words=7):
    """Draws sentences of some lengths, and logits for them."""
    rng = np.random.default_rng(seed)
    time = max(lengths) + 1
    tokens = rng.integers(1, words, (len(lengths), time)).astype("int32")
    for row, length in zip(tokens, lengths, strict=True):
        row[length:] = 0
    logits = rng.normal(0, 2, (len(lengths), time, words)).astype("float32")
    return tokens, ops.convert_to_tensor(logits)


# %% tags=["expected"]
def caption_expected(tokens, logits):
    """Returns the mean cross-entropy of words, and what mistakes make of it."""
    logits = ops.convert_to_numpy(logits).astype("float64")
    log_p = logits - np.logaddexp.reduce(logits, axis=-1, keepdims=True)
    entropy = -np.take_along_axis(log_p, tokens[..., None].astype(int), -1)[..., 0]
    counted = tokens != 0
    right = -np.take_along_axis(logits, tokens[..., None].astype(int), -1)[..., 0]
    rows = [e[c].mean() for e, c in zip(entropy, counted, strict=True)]
    sums = [e[c].sum() for e, c in zip(entropy, counted, strict=True)]
    return entropy[counted].mean(), {
        "padding counts as a word": entropy.mean(),
        "divided by all places; expected by the words": entropy[counted].sum()
        / entropy.size,
        "is summed; expected the mean": entropy[counted].sum(),
        "is a mean over sentences, in which a word of a short one counts more": np.mean(
            rows
        ),
        "divided by the sentences; expected by the words": np.mean(sums),
        "the sign is wrong": -entropy[counted].mean(),
        "only padding counts: the mask is upside down": entropy[~counted].mean(),
        "the logits were taken for log probabilities": right[counted].mean(),
    }


expect(
    "caption_loss of sentences with 4 and 2 words",
    *caption_expected(*sentences(170, (4, 2))),
)

# %% nbgrader={"grade_id": "test_caption_loss", "points": 3}
_call = "caption_loss of sentences with 4 and 2 words"
checks.answer(caption_loss(*sentences(170, (4, 2))), _call)
_slope = checks.gradient(loss_of_three, np.zeros((2, 4, 5), "float32"))
assert np.abs(_slope).max() > 0, "no gradient flows through caption_loss: use keras.ops"
assert np.abs(_slope[0, 2:]).max() == 0, "a gradient flows from places of padding"
### BEGIN HIDDEN TESTS
for _lengths, _words in [((5, 5, 1), 4), ((1, 3, 2, 6), 11), ((3,), 5)]:
    _tokens, _logits = sentences(172, _lengths, _words)
    _right = caption_expected(_tokens, _logits)
    _call = f"caption_loss of sentences with {_lengths} words"
    checks.judge(caption_loss(_tokens.copy(), _logits), *_right, _call)
_step = np.random.default_rng(171).normal(size=_slope.shape).astype("float32") / 10
_up, _down = (float(loss_of_three(_a)) for _a in (_step, -_step))
# Both sides are the student's: what caption_loss computes, and the slope of it.
checks.close(
    2 * np.sum(_slope * _step), _up - _down, "the slope of caption_loss", 5e-2, 1e-4
)
### END HIDDEN TESTS
checks.passed("value", "padding", "gradient")

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
#
# No two sentences of a test are equally likely.


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
    table = {(): [0.1, 0.5, 0.4], (1,): [0.3, 0.36, 0.34], (2,): [0.9, 0.04, 0.06]}
    return np.log(np.array(table.get(tuple(int(w) for w in words), [0.4, 0.32, 0.28])))


def short(words):
    """A language in which a long sentence is likelier than a short one."""
    table = {(): [0.35, 0.65, 1e-9], (1,): [0.04, 0.06, 0.9], (1, 2): [0.9, 0.06, 0.04]}
    return np.log(
        np.array(table.get(tuple(int(w) for w in words), [0.98, 0.012, 0.008]))
    )


def drawn(seed, words, tokens=4):
    """Draws the log probabilities of what follows some words."""
    rng = np.random.default_rng([seed, len(words), *(int(word) for word in words)])
    logits = rng.normal(0, 1.5, tokens)
    return logits - np.logaddexp.reduce(logits)


def east(words):
    """A language of four tokens, drawn by chance."""
    return drawn(3, words)


def west(words):
    """A language of six tokens, drawn by chance."""
    return drawn(8, words, 6)


# %% tags=["expected"]
def other_search(log_p, width, length, end, keep=None, first=False, mean=False):
    """Searches with a mistake."""
    beams = [((), 0.0)]
    for _ in range(length):
        longer = []
        for words, score in beams:
            if words and words[-1] == end and keep is None:
                longer.append((words, score))
                continue
            if keep == "drop" and words and words[-1] == end:
                continue
            for token, value in enumerate(log_p(words)):
                longer.append(((*words, token), score + float(value)))
        beams = sorted(longer or beams, key=lambda beam: -beam[1])[:width]
        if first and beams[0][0][-1] == end:
            break
    if mean:
        beams = sorted(beams, key=lambda beam: -beam[1] / len(beam[0]))
    return beams[0]


def beam_expected(log_p, width, length, end):
    """Returns the sentence of beam search, and those of common mistakes."""
    case = (log_p, width, length, end)
    right = reference_beam_search(*case)
    return right, {
        "that is the greedy sentence: keep the best of all continuations": (
            other_search(log_p, 1, length, end)
        ),
        "finished sentences are continued": other_search(*case, keep="continue"),
        "finished sentences are dropped": other_search(*case, keep="drop"),
        "the search ends with the first finished sentence": other_search(
            *case, first=True
        ),
        "the best by log probability for each token; expected by their sum": (
            other_search(*case, mean=True)
        ),
        "one round too few": reference_beam_search(log_p, width, length - 1, end),
        "one round too many": reference_beam_search(log_p, width, length + 1, end),
        "`end` is always 0": reference_beam_search(log_p, width, length, 0),
        "the probability; expected its logarithm": (right[0], np.exp(right[1])),
    }


def search_name(language, width, length, end=0):
    """Names a search."""
    rest = f"width {width}, length {length}, end {end}"
    return f"beam_search in {language.__name__}, {rest}"


for case in [(garden, 1, 3, 0), (garden, 2, 3, 0), (short, 2, 4, 0), (garden, 2, 2, 1)]:
    expect(search_name(*case), *beam_expected(*case))

# %% nbgrader={"grade_id": "test_beam_search", "points": 3}
for _language, _width, _length, _end in [
    (garden, 1, 3, 0),
    (garden, 2, 3, 0),
    (short, 2, 4, 0),
    (garden, 2, 2, 1),
]:
    _call = f"beam_search in {_language.__name__}, width {_width}, length {_length}"
    _found = beam_search(_language, _width, _length, _end)
    checks.unpack(_found, 2, f"what {_call} returns")
    checks.answer(_found, f"{_call}, end {_end}")
### BEGIN HIDDEN TESTS
_cases = [(garden, 3, 1, 0), (short, 1, 4, 0)]
_cases += [(east, _width, 4, _end) for _width in (2, 3, 5) for _end in range(4)]
_cases += [(west, 3, _length, _end) for _length in (2, 3, 5) for _end in range(6)]
_rights = [beam_expected(*_case) for _case in _cases]
for _case, _right in zip(_cases, _rights, strict=True):
    _found = beam_search(*_case)
    checks.unpack(_found, 2, f"what {search_name(*_case)} returns")
    checks.judge(_found, *_right, search_name(*_case))
### END HIDDEN TESTS
checks.passed("sentence", "log probability")

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


# %% tags=["expected"]
def target_expected(rewards, ended, values, discount):
    """Returns the targets, and what mistakes make of them."""
    rewards, values = rewards.astype("float64"), values.astype("float64")
    best = values.max(1)
    right = rewards + discount * best * ~ended
    return right, {
        "the next state counts after the end of a game too": rewards + discount * best,
        "the next state counts only after the end: `ended` is upside down": rewards
        + discount * best * ended,
        "takes the mean of the next values; expected the highest": rewards
        + discount * values.mean(1) * ~ended,
        "takes the first action's value; expected the highest": rewards
        + discount * values[:, 0] * ~ended,
        "takes the lowest of the next values; expected the highest": rewards
        + discount * values.min(1) * ~ended,
        "is not discounted": rewards + best * ~ended,
        "the reward is discounted too": discount * (rewards + best * ~ended),
        "loses the reward of the last step": right * ~ended,
        "takes the number of the best action; expected its value": rewards
        + discount * values.argmax(1) * ~ended,
    }


def transitions(seed, count, actions):
    """Draws rewards, ends and values."""
    rng = np.random.default_rng(seed)
    rewards, values = rng.normal(size=count), rng.normal(-1, 1, (count, actions))
    ended = rng.permutation(count) % 2 == 1
    return rewards.astype("float32"), ended, values.astype("float32")


expect(
    "q_target of three transitions",
    *target_expected(
        np.array([1.0, 0.0, -1.0]),
        np.array([False, True, False]),
        np.array([[2.0, 3.0], [5.0, 4.0], [-2.0, -6.0]]),
        0.9,
    ),
)

# %% nbgrader={"grade_id": "test_q_target", "points": 2}
_rewards, _ended = np.array([1.0, 0.0, -1.0]), np.array([False, True, False])
_values = np.array([[2.0, 3.0], [5.0, 4.0], [-2.0, -6.0]])
_found = q_target(_rewards, _ended, _values, 0.9)
checks.answer(_found, "q_target of three transitions")
### BEGIN HIDDEN TESTS
for _seed, _n, _actions, _discount in [(1, 6, 3, 0.5), (2, 5, 4, 1.0), (3, 8, 1, 0.0)]:
    _case = transitions(_seed, _n, _actions)
    _right = target_expected(*_case, _discount)
    _call = f"q_target of {_n} transitions with discount {_discount}"
    checks.judge(q_target(*_case, _discount), *_right, _call)
### END HIDDEN TESTS
checks.passed("values")

# %% [markdown]
# ## Exercise 7: Q-learning with a table (3 points)
#
# Where states can be counted, no network is needed. The next cell is given: `walk` is a
# corridor; from its ends the game is over, with a reward of 1 at the right one and 0.2
# at the left one.
#
# Write `learn(step, num_states, num_actions, states, actions, discount, rate)`. Begin
# with a table of zeros. For each pair of a state and an action, in the order given,
# call `step(state, action)` **once**, which returns `(next state, reward, ended)`, and
# move the entry of that state and action by `rate` times (target − entry). The target
# is that of exercise 6. Return the table.


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


def ring(state, action):
    """Stays (0), goes on (1) or goes two on (2) in a ring of five places."""
    following = (int(state) + int(action)) % 5
    return following, 0.1 * following - 0.25, following == 3


# %% tags=["expected"]
def other_learn(step, shape, states, actions, discount, rate, change):
    """Learns with a mistake."""
    table = np.zeros(shape)
    for state, action in zip(states, actions, strict=True):
        following, reward, ended = step(state, action)
        row = table[state] if change == "same" else table[following]
        future = row.mean() if change == "mean" else row.max()
        future = 0 if (ended and change != "ended") or change == "reward" else future
        target = reward + (1 if change == "plain" else discount) * future
        here = 0 if change == "overwrites" else table[state, action]
        size = 1 if change == "overwrites" else rate
        table[state, action] = here + size * (target - here)
        if change == "adds":
            table[state, action] = here + rate * target
    return table


def learn_expected(step, shape, states, actions, discount, rate):
    """Returns the table, and those of common mistakes."""
    case = (step, shape, states, actions, discount, rate)
    changes = {
        "the next state's value is taken of the state that it came from": "same",
        "takes the mean of the next values; expected the highest": "mean",
        "the next state counts after the end too": "ended",
        "only rewards are learned: the next state must count": "reward",
        "the next state is not discounted": "plain",
        "the entry is replaced; expected a part of the way to the target": "overwrites",
        "rate · target is added; expected rate · (target − entry)": "adds",
    }
    return reference_learn(step, *shape, states, actions, discount, rate), {
        fault: other_learn(*case, change) for fault, change in changes.items()
    }


def moves(seed, count, places, choices):
    """Draws where to act, and what to do there."""
    rng = np.random.default_rng(seed)
    return rng.choice(places, count).tolist(), rng.integers(0, choices, count).tolist()


FEW = ([5, 4, 5, 4, 1, 3], [1, 1, 1, 1, 0, 1])
expect(
    "the table of learn after 6 moves",
    *learn_expected(walk, (STATES, 2), *FEW, 0.9, 0.5),
)
MANY = ([5, 4, 3, 2, 1] * 40, [1, 1, 1, 1, 1] * 20 + [0, 0, 0, 0, 0] * 20)
expect(
    "the table of learn after 200 moves",
    *learn_expected(walk, (STATES, 2), *MANY, 0.5, 0.25),
)

# %% [markdown]
# A few moves (1 point).

# %% nbgrader={"grade_id": "test_learn_moves", "points": 1}
_states, _actions = [5, 4, 5, 4, 1, 3], [1, 1, 1, 1, 0, 1]
_found = learn(walk, STATES, 2, _states, _actions)
checks.answer(_found, "the table of learn after 6 moves")
checks.passed("table")

# %% [markdown]
# Many moves, other rates and discounts (2 points).

# %% nbgrader={"grade_id": "test_learn_many", "points": 2}
_states = [5, 4, 3, 2, 1] * 40
_actions = [1] * 100 + [0] * 100
_found = learn(walk, STATES, 2, _states, _actions, discount=0.5, rate=0.25)
checks.answer(_found, "the table of learn after 200 moves")
### BEGIN HIDDEN TESTS
for _step, _shape, _places, _discount, _rate in [
    (walk, (STATES, 2), range(1, STATES - 1), 0.9, 0.5),
    (walk, (STATES, 2), range(1, STATES - 1), 1.0, 1.0),
    (ring, (5, 3), (0, 1, 2, 4), 0.8, 0.3),
    (ring, (6, 4), (0, 1, 2, 4), 0.3, 0.7),
]:
    _states, _actions = moves(190, 300, list(_places), 3 if _step == ring else 2)
    _case = (_step, _shape, _states, _actions, _discount, _rate)
    _right = learn_expected(*_case)
    _found = learn(_step, *_shape, _states, _actions, discount=_discount, rate=_rate)
    _call = f"the table of learn after 300 moves with discount {_discount}"
    checks.judge(_found, *_right, _call)
### END HIDDEN TESTS
checks.passed("table")
