"""The lowerings of the Bessel functions against SciPy's values, on both sides of their borders and at their edges."""

import numpy as np
import pytest

from tapeflow.core.engines import host, xla
from tapeflow.core.ops import registry

POINTS = np.array(
    [-np.inf, -20.0, -8.5, -1.0, -0.0, 0.0, 1e-300, 1e-8, 0.1, 1.0, 1.999, 2.0, 2.001, 3.8, 5.0, 7.999, 8.0, 8.001]
    + [12.0, 30.0, 100.0, 600.0, np.nan, np.inf]
)
NAMES = [f"Bessel{kind}" for kind in ("J0", "J1", "Y0", "Y1", "K0", "K0e", "K1", "K1e")] + [
    "Dawsn",
    "FresnelSin",
    "FresnelCos",
]


@pytest.mark.parametrize("name", NAMES)
def test_the_lowering_is_as_exact_as_scipy(name):
    record = registry.load_all()[name]
    (on_host,) = host.run(record, [POINTS], {})
    (compiled,) = xla.run(record, [POINTS], {})
    np.testing.assert_allclose(np.asarray(compiled), on_host, rtol=3e-13, atol=3e-15)


@pytest.mark.parametrize("name", NAMES)
def test_the_lowering_in_single_precision_rounds_once(name):
    record = registry.load_all()[name]
    points = POINTS[7:22].astype(np.float32)
    (on_host,) = host.run(record, [points], {})
    (compiled,) = xla.run(record, [points], {})
    assert np.asarray(compiled).dtype == np.float32
    np.testing.assert_allclose(np.asarray(compiled), on_host, rtol=2e-5, atol=2e-6)
