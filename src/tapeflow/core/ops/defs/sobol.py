"""SobolSample: points of the Sobol sequence, with the direction numbers of Joe and Kuo (2008)."""

import numpy as np

from tapeflow.core.base.errors import InvalidArgumentError, UnimplementedError
from tapeflow.core.ops.op import op

MOST_DIMENSIONS, MOST_POINTS = 21200, 2**31 - 1


def _check(dim, num_results, skip):
    for name, x in (("dim", dim), ("num_results", num_results), ("skip", skip)):
        if np.ndim(x):
            raise InvalidArgumentError(f"{name} must be a scalar")
    if dim < 1:
        raise InvalidArgumentError("dim must be at least one")
    if dim > MOST_DIMENSIONS:
        raise InvalidArgumentError(f"dim must be at most {MOST_DIMENSIONS}")
    if num_results < 1:
        raise InvalidArgumentError("num_results must be at least one")
    if skip < 0:
        raise InvalidArgumentError("skip must be non-negative")
    if int(num_results) + int(skip) >= MOST_POINTS:
        raise InvalidArgumentError(f"num_results+skip must be less than {MOST_POINTS}")


def _sobol(dim, num_results, skip, dtype):
    _check(dim, num_results, skip)
    try:
        from scipy.stats import qmc  # lazy: half a second, for one rare op
    except ImportError as error:
        raise UnimplementedError("SobolSample needs scipy", hint="pip install scipy") from error
    engine = qmc.Sobol(int(dim), scramble=False, bits=32)
    engine.fast_forward(int(skip) + 1)  # TensorFlow leaves out the first point, which is 0
    return engine.random(int(num_results)).astype(dtype.np)


sobol_sample = op(
    "SobolSample", "dim: int32, num_results: int32, skip: int32, *, dtype: type = float32 -> samples: dtype",
    dtype="float32 | float64", kernel=_sobol, grad=None, samples=lambda draw: (2, 3, 1),
)  # fmt: skip
