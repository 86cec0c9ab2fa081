"""How far a value may be from TensorFlow's, by dtype: relative, and absolute times the largest magnitude."""

import math

RELATIVE = {
    "float64": 1e-12,
    "complex128": 1e-12,
    "float32": 4e-6,
    "complex64": 4e-6,
    "float16": 2e-3,
    "bfloat16": 1.6e-2,
}
# Near zero a sum's error is measured against the numbers that were summed, which are not at hand here.
ABSOLUTE = {name: tolerance / 10 for name, tolerance in RELATIVE.items()}


def close(dtype: str, expected, actual, largest: float, loose: float, signed_zeros: bool) -> bool:
    """Whether two recorded numbers (strings for NaN and infinities) agree."""
    if isinstance(expected, str) or isinstance(actual, str):
        return expected == actual
    if signed_zeros and expected == 0 == actual:
        return math.copysign(1, expected) == math.copysign(1, actual)
    if dtype not in RELATIVE:
        return expected == actual
    slack = RELATIVE[dtype] * abs(expected) + ABSOLUTE[dtype] * min(largest, 1.0)
    return abs(expected - actual) <= loose * slack
