"""Checks on values that pass their input through."""

import numpy as np

from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.ops.op import op


def _check_numerics(tensor, message):
    array = np.asarray(tensor)
    found = [word for word, test in (("Inf", np.isinf), ("NaN", np.isnan)) if np.any(test(array))]
    if found:
        raise InvalidArgumentError(f"{message} : Tensor had {' and '.join(found)} values")
    return tensor


check_numerics = op(
    "CheckNumerics", "tensor: T, *, message: string -> output: T", T="floating",
    kernel=_check_numerics, grad=lambda c, dy: dy, samples=lambda draw: (draw.floats((3,)), "x"),
)  # fmt: skip
