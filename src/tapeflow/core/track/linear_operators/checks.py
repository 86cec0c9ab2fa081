"""Assertions about the entries of a matrix."""

from tapeflow.core.ops.compose.arithmetic import abs as absolute
from tapeflow.core.ops.compose.array import cast, no_op
from tapeflow.core.ops.compose.assertions import assert_equal, assert_less
from tapeflow.core.ops.compose.math import imag
from tapeflow.core.values.convert import convert


def assert_no_zero(x, message):
    """Raises `InvalidArgumentError` if an entry is zero."""
    x = convert(x)
    return assert_less(cast(0, x.dtype.real_dtype), absolute(x), message=message)


def assert_real(x, message):
    """Raises `InvalidArgumentError` if an entry has an imaginary part."""
    x = convert(x)
    if not x.dtype.is_complex:
        return no_op()
    return assert_equal(cast(0, x.dtype.real_dtype), imag(x), message=message)
