"""Keras's data parallelism under JAX gives what one device gives."""

import numpy as np
import pytest

from layerwise import jax_parallel

pytestmark = pytest.mark.kernel


def test_two_devices_equal_one():
    pytest.importorskip("jax")
    one, two = jax_parallel.run(1), jax_parallel.run(2)
    assert (one["devices"], two["devices"]) == (1, 2)
    np.testing.assert_allclose(two["losses"], one["losses"], rtol=1e-4)
    assert one["losses"][-1] < one["losses"][0]
