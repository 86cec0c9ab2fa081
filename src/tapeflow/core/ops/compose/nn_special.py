"""`tf.nn`'s morphology, isotonic regression and fractional pools with TensorFlow's signatures."""

from tapeflow.core.base import dtypes
from tapeflow.core.base.settings import settings
from tapeflow.core.ops.compose.nn_windows import per_axis
from tapeflow.core.ops.defs.array import transpose
from tapeflow.core.ops.defs.fractional_pool import fractional_avg_pool as _avg
from tapeflow.core.ops.defs.fractional_pool import fractional_max_pool as _max
from tapeflow.core.ops.defs.isotonic import isotonic_regression as _isotonic
from tapeflow.core.ops.defs.morphology import dilation2d as _dilation2d
from tapeflow.core.ops.defs.rearrange import reverse
from tapeflow.core.values.convert import convert


def _check_layout(data_format):
    if data_format != "NHWC":
        raise ValueError(
            "`data_format` values other  than 'NHWC' are not supported. "
            f"Received: data_format={data_format}"
        )


def dilation2d(input, filters, strides, padding, data_format, dilations, name=None):
    """Grayscale dilation: of every window the largest sum of element and filter.

    Args:
        input: Tensor [batch, height, width, channels].
        filters: Tensor [height, width, channels].
        strides: List of 4.
        padding: `"SAME"` or `"VALID"`.
        data_format: Must be `"NHWC"`.
        dilations: List of 4.
        name: Optional name.

    Raises:
        ValueError: The layout is another one.
        InvalidArgumentError: Sizes do not fit.
    """
    _check_layout(data_format)
    x = convert(input)
    return _dilation2d(x, convert(filters, hint=x.dtype), strides=strides, rates=dilations, padding=padding)


def erosion2d(value, filters, strides, padding, data_format, dilations, name=None):
    """Grayscale erosion: of every window the smallest difference of element and filter; see `dilation2d`."""
    _check_layout(data_format)
    x = convert(value)
    mirrored = reverse(convert(filters, hint=x.dtype), [0, 1])
    return -_dilation2d(-x, mirrored, strides=strides, rates=dilations, padding=padding)


def isotonic_regression(inputs, decreasing=True, axis=-1):
    """The nearest sequences, by squares, that do not rise (or do not fall).

    Args:
        inputs: Real tensor.
        decreasing: Whether the result may fall; else it may rise.
        axis: The axis that the sequences lie along.

    Returns:
        The fit, float (double for integers), and for each element the number of the constant piece it is in.

    >>> tf.nn.isotonic_regression([3.0, 1.0, 2.0]).output.numpy()
    array([3. , 1.5, 1.5], dtype=float32)
    """
    x = convert(inputs)
    result = x.dtype if x.dtype.is_floating else dtypes.float64
    rank = x.shape.rank
    if rank == 0:
        return _isotonic(x, result)
    order = None
    if axis % rank != rank - 1:
        order = list(range(rank))
        order[axis % rank], order[-1] = order[-1], order[axis % rank]
        x = transpose(x, order)
    if decreasing:
        fit = _isotonic(x, result)
        return fit if order is None else tuple(transpose(one, order) for one in fit)
    output, segments = _isotonic(-x, result)
    fit = (-output, segments)
    return fit if order is None else tuple(transpose(one, order) for one in fit)


def _ratios(pooling_ratio):
    ratios = per_axis(pooling_ratio, 2, 3, "pooling_ratio")
    return _checked([float(r) for r in ratios])


def _checked(ratios):
    if any(r < 1.0 for r in ratios):
        raise ValueError(f"`pooling_ratio` elements should be >= 1.0. Received: pooling_ratio={ratios}")
    if ratios[0] != 1.0 or ratios[-1] != 1.0:
        raise ValueError(
            f"`pooling_ratio` should have first and last elements with value 1.0. Received: pooling_ratio={ratios}"
        )
    return ratios


def _seeds(name, seed):
    if seed == 0 and settings.deterministic:
        raise ValueError(
            f"tf.nn.{name} requires a non-zero seed to be passed in when determinism is enabled, but got seed=0. "
            'Please pass in a non-zero seed, e.g. by passing "seed=1".'
        )
    if seed == 0:
        return {"deterministic": False, "seed": 0, "seed2": 0}
    from tapeflow.core.base import random_seed

    first, second = random_seed.get_seed(seed)
    return {"deterministic": True, "seed": int(first or 0), "seed2": int(second or 0)}


def fractional_max_pool(value, pooling_ratio, pseudo_random=False, overlapping=False, seed=0, name=None):
    """Maxima of windows whose sizes vary at random, so that the image shrinks by any ratio (Graham, 2014).

    Args:
        value: Tensor [batch, height, width, channels].
        pooling_ratio: How many times smaller the image becomes, at least 1: a number, or a list of 2 or 4.
        pseudo_random: Whether window sizes follow a pattern with a random start rather than a random order.
        overlapping: Whether windows share their borders.
        seed: Other than 0: for results that repeat. They repeat here, but are not those of TensorFlow.
        name: Optional name.

    Returns:
        The maxima, and the borders of the windows along rows and columns.

    Raises:
        ValueError: A ratio is below 1.
    """
    return _max(
        convert(value), pooling_ratio=_ratios(pooling_ratio), pseudo_random=pseudo_random, overlapping=overlapping,
        **_seeds("fractional_max_pool", seed),
    )  # fmt: skip


def fractional_avg_pool(value, pooling_ratio, pseudo_random=False, overlapping=False, seed=0, name=None):
    """Means of windows whose sizes vary at random; see `fractional_max_pool`, but the ratio is a list of 4."""
    if not isinstance(pooling_ratio, (list, tuple)):
        raise TypeError(
            "Expected list for 'pooling_ratio' argument to 'fractional_avg_pool' Op, not "
            f"{pooling_ratio!r}."
        )
    return _avg(
        convert(value), pooling_ratio=list(pooling_ratio), pseudo_random=pseudo_random, overlapping=overlapping,
        **_seeds("fractional_avg_pool", seed),
    )  # fmt: skip
