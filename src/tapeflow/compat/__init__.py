"""`tf.compat`: text and bytes, and TensorFlow's dates of compatibility."""

import contextlib
import datetime

from tapeflow.core.base.dimension import Dimension
from tapeflow.core.base.shapes import TensorShape
from tapeflow.core.base.text import (
    as_bytes,
    as_str,
    as_str_any,
    as_text,
    bytes_or_text_types,
    complex_types,
    integral_types,
    path_to_str,
    real_types,
)

# The day up to which TensorFlow 2.21 holds itself able to read what newer versions write.
_HORIZON = datetime.date(2026, 1, 16)
_horizons = [_HORIZON]


def forward_compatible(year, month, day):
    """Returns whether a feature of this date may be used in files that readers of that time must understand.

    Args:
        year: Year of the feature.
        month: Month, 1 to 12.
        day: Day, 1 to 31.

    >>> forward_compatible(2020, 1, 1), forward_compatible(2100, 1, 1)
    (True, False)
    """
    return _horizons[-1] > datetime.date(year, month, day)


@contextlib.contextmanager
def forward_compatibility_horizon(year, month, day):
    """Context in which `forward_compatible` compares with another date, for tests.

    Args:
        year: Year of the date.
        month: Month, 1 to 12.
        day: Day, 1 to 31.
    """
    _horizons.append(datetime.date(year, month, day))
    try:
        yield
    finally:
        _horizons.pop()


def dimension_value(dimension):
    """Returns the size that an item of a shape stands for: itself, since sizes are plain numbers or None.

    Args:
        dimension: A number, None, or an object with `value`.
    """
    return getattr(dimension, "value", dimension)


def dimension_at_index(shape, index):
    """Returns a size of a shape, an unknown one if the rank is unknown.

    Args:
        shape: A `tf.TensorShape`.
        index: Number of the dimension, negative from the end.

    >>> dimension_at_index(TensorShape([3, None]), 0)
    Dimension(3)
    """
    return Dimension(None) if shape.rank is None else shape.dims[index]


def __getattr__(name):
    if name in ("v1", "v2"):
        import importlib  # lazy: few programs need them

        return importlib.import_module("tapeflow" if name == "v2" else "tapeflow.compat.v1")
    raise AttributeError(f"module 'tapeflow.compat' has no attribute '{name}'")
