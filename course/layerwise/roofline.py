"""The roofline: how fast a computation can be, by what it moves and what it computes.

S. Williams, A. Waterman, D. Patterson, *Roofline: an insightful visual performance
model for multicore architectures*, Communications of the ACM 52(4), 2009.
"""

import os
import time
from concurrent.futures import ThreadPoolExecutor

import keras
import numpy as np

from layerwise import backends, plots, verdicts
from layerwise.backends import forward
from layerwise.profiler import timed


def matmul_peak(size=2048, repeats=8, dtype="float32"):
    """Measures the fastest matrix product of this device.

    A peak is what the device can do, so the best run counts and not the median.

    Args:
        size: Integer, rows and columns of both square matrices.
        repeats: Integer, runs after a warm-up of two.
        dtype: String, of the matrices.

    Returns:
        Float, floating-point operations in a second; a multiply-add is two.
    """
    matrix = keras.ops.convert_to_tensor(
        np.random.default_rng(0).normal(size=(size, size)), dtype=dtype
    )

    square = forward(_Function(lambda x: keras.ops.matmul(x, x)))
    return 2 * size**3 / min(timed(square, matrix)[0] for _ in range(repeats + 2))


def rates(size=2048, repeats=8):
    """Measures how fast this device computes, in several ways.

    No single product is the fastest on every machine: the highest of these, and of all
    else that was seen on the device, is the flat part of its roof.

    Args:
        size: Integer, rows and columns of the larger matrices.
        repeats: Integer, runs of each; the best counts.

    Returns:
        Dictionary from what was run to operations in a second. On a processor NumPy's
        product is among them, which another library computes.
    """
    found = {
        f"product of {side}×{side} matrices": matmul_peak(side, repeats)
        for side in (size // 2, size)
    }
    channels, side = size // 8, 28
    layer = keras.layers.Conv2D(channels, 3, padding="same", use_bias=False)
    images = keras.ops.ones((8, side, side, channels))
    layer.build(images.shape)
    call = forward(layer)
    best = min(timed(call, images)[0] for _ in range(repeats + 2))
    found[f"3×3 convolution, {channels} channels"] = (
        2 * 8 * side**2 * 9 * channels**2 / best
    )
    if backends.accelerator() is None:
        matrix = np.random.default_rng(0).normal(size=(size, size)).astype("float32")
        best = min(timed(np.matmul, matrix, matrix)[0] for _ in range(repeats))
        found["NumPy's product"] = 2 * size**3 / best
    return found


def copy_bandwidth(megabytes=256, repeats=8):
    """Measures how fast the device copies its own memory.

    Args:
        megabytes: Integer, size of the array; far more than the caches hold.
        repeats: Integer, runs; the best counts.

    Returns:
        Float, bytes in a second, those read and those written.
    """
    if backends.accelerator() is not None:
        source = keras.ops.ones((megabytes * 2**18,), "float32")
        # Adding 1 reads and writes as a copy does, and no compiler leaves it out.
        call = forward(_Function(lambda x: x + 1))
        times = [timed(call, source)[0] for _ in range(repeats + 2)]
        return 2 * megabytes * 2**20 / min(times)
    # On a processor a new array for each result would cost more than the copy, so the
    # target is kept; each core copies its part.
    source = np.ones(megabytes * 2**20, np.uint8)
    target = np.empty_like(source)
    cores = os.cpu_count() or 1
    parts = list(
        zip(*(np.array_split(a, cores) for a in (target, source)), strict=True)
    )
    times = []
    with ThreadPoolExecutor(cores) as pool:
        for _ in range(repeats + 1):
            start = time.perf_counter()
            list(pool.map(lambda part: np.copyto(*part), parts))
            times.append(time.perf_counter() - start)
    return 2 * source.nbytes / min(times)


def attainable(intensity, peak, bandwidth):
    """Says how fast a computation can be at best.

    Args:
        intensity: Float or array, operations for each byte moved.
        peak: Float, operations in a second.
        bandwidth: Float, bytes in a second.

    Returns:
        Operations in a second: the lower of the two roofs (equation in section
        "The Roofline Model" of the paper).
    """
    return np.minimum(peak, np.asarray(intensity) * bandwidth)


def share_of_roof(layer, peak, bandwidth):
    """Says how near a layer comes to the roof.

    Args:
        layer: `profiler.LayerProfile` with multiply-adds.
        peak: Float, operations in a second.
        bandwidth: Float, bytes in a second.

    Returns:
        Float, at most 1.

    Raises:
        ValueError: If it is more than 1: then the roof is none.
    """
    roof = float(attainable(layer.intensity, peak, bandwidth))
    return verdicts.share_of_roof(layer.flops, roof)


def draw(ax, peak, bandwidth, label=None, color=plots.INK, span=(0.1, 1000)):
    """Draws the roof: a slope where memory is the bound, a flat where arithmetic is.

    Args:
        ax: Matplotlib axes, which become logarithmic in both directions.
        peak: Float, operations in a second.
        bandwidth: Float, bytes in a second.
        label: String for the legend.
        color: Any Matplotlib colour.
        span: Pair of floats, the least and the greatest intensity.

    Returns:
        Float, the intensity at which the two roofs meet.
    """
    ridge = peak / bandwidth
    x = np.array([span[0], ridge, span[1]]) if ridge < span[1] else np.array(span)
    ax.plot(x, attainable(x, peak, bandwidth) / 1e9, color=color, label=label, lw=2)
    ax.set(
        xscale="log",
        yscale="log",
        xlabel="operations for each byte",
        ylabel="billion operations a second",
    )
    return ridge


class _Function(keras.Operation):
    """A function of a tensor as an operation, to be compiled."""

    def __init__(self, fn):
        super().__init__()
        self.fn = fn

    def call(self, x):
        return self.fn(x)
