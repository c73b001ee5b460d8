"""The roofline: how fast a computation can be, by what it moves and what it computes.

S. Williams, A. Waterman, D. Patterson, *Roofline: an insightful visual performance
model for multicore architectures*, Communications of the ACM 52(4), 2009.
"""

import os
import time
from concurrent.futures import ThreadPoolExecutor

import keras
import numpy as np

from layerwise import plots
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

    class Square(keras.Operation):
        def call(self, x):
            return keras.ops.matmul(x, x)

    square = forward(Square())
    return 2 * size**3 / min(timed(square, matrix)[0] for _ in range(repeats + 2))


def copy_bandwidth(megabytes=256, repeats=8):
    """Measures how fast the processor copies memory, all its cores together.

    Args:
        megabytes: Integer, size of the array; far more than the caches hold.
        repeats: Integer, runs; the best counts.

    Returns:
        Float, bytes in a second, those read and those written.
    """
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
