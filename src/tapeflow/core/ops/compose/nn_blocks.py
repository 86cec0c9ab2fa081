"""`tf.nn`'s functions that move blocks between space and depth."""

from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.ops.defs import rearrange
from tapeflow.core.values.convert import convert


def _check(block_size, data_format):
    if block_size < 2:
        raise InvalidArgumentError(f"Value for attr 'block_size' of {block_size} must be at least minimum 2")
    if data_format not in ("NHWC", "NCHW", "NCHW_VECT_C"):
        raise InvalidArgumentError(
            f"Value for attr 'data_format' of \"{data_format}\" is not in the list of allowed values: "
            '"NHWC", "NCHW", "NCHW_VECT_C"'
        )


def space_to_depth(input, block_size, data_format="NHWC", name=None):
    """Makes every block of an image one place with more channels.

    Args:
        input: Tensor [batch, height, width, channels].
        block_size: Side of the blocks, at least 2.
        data_format: `"NHWC"` or `"NCHW"`.
        name: Optional name.

    Returns:
        A tensor [batch, height / block_size, width / block_size, channels * block_size²].

    Raises:
        InvalidArgumentError: The blocks do not come out even.
    """
    _check(block_size, data_format)
    return rearrange.space_to_depth(convert(input), block_size, data_format)


def depth_to_space(input, block_size, data_format="NHWC", name=None):
    """The inverse of `space_to_depth`; arguments as there."""
    _check(block_size, data_format)
    return rearrange.depth_to_space(convert(input), block_size, data_format)
