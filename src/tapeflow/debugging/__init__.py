"""`tf.debugging`: names."""

from tapeflow.core.ops.compose.assertions import (
    Assert,
    assert_equal,
    assert_greater,
    assert_greater_equal,
    assert_integer,
    assert_less,
    assert_less_equal,
    assert_near,
    assert_negative,
    assert_non_negative,
    assert_non_positive,
    assert_none_equal,
    assert_positive,
    assert_proper_iterable,
    assert_rank,
    assert_rank_at_least,
    assert_rank_in,
    assert_same_float_dtype,
    assert_scalar,
    assert_shapes,
    assert_type,
    is_numeric_tensor,
)
from tapeflow.core.ops.defs.check import check_numerics
from tapeflow.core.run.check_numerics import disable_check_numerics, enable_check_numerics
from tapeflow.core.run.placement import get_log_device_placement, set_log_device_placement
from tapeflow.debugging import experimental

_filtering = [True]


def enable_traceback_filtering():
    """Accepted; TapeFlow's errors name the user's line by themselves."""
    _filtering[0] = True


def disable_traceback_filtering():
    """Accepted; see `enable_traceback_filtering`."""
    _filtering[0] = False


def is_traceback_filtering_enabled():
    """Returns what the two functions above set."""
    return _filtering[0]


def assert_all_finite(x, message, name=None):
    """Returns `x` if it holds neither NaN nor infinity.

    Raises:
        InvalidArgumentError: It does.
    """
    return check_numerics(x, message)
