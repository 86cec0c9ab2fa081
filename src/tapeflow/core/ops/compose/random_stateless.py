"""`tf.random.stateless_…`: random numbers as functions of a seed."""

from tapeflow.core.base import dtypes
from tapeflow.core.ops.compose.random_arguments import (
    algorithm_number,
    fill_now,
    is_standard,
    shape_tensor,
    unsupported,
)
from tapeflow.core.ops.defs import random_stateless as fills
from tapeflow.core.ops.defs.array import cast, pack, reshape
from tapeflow.core.ops.defs.reduce import sum_
from tapeflow.core.values.convert import convert

UNIFORM_DTYPES = (
    dtypes.float16, dtypes.bfloat16, dtypes.float32, dtypes.float64,
    dtypes.int32, dtypes.int64, dtypes.uint32, dtypes.uint64,
)  # fmt: skip


def key_counter_alg(seed, alg):
    """The key, counter and algorithm number that a stateless seed means."""
    alg = fills.AUTO_SELECT if alg is None else algorithm_number(alg)
    if alg in (fills.AUTO_SELECT, fills.PHILOX):
        return (*fills.get_key_counter(seed), alg)
    if alg != fills.THREEFRY:
        raise unsupported(alg)
    halves = cast(cast(convert(seed), dtypes.uint32), dtypes.uint64)
    key = reshape(sum_(halves * convert([1, 1 << 32], dtype=dtypes.uint64), [0]), [1])
    return key, convert([0], dtype=dtypes.uint64), alg


# -- seeds from seeds ----------------------------------------------------------------------------


def split(seed, num=2, alg="auto_select"):
    """Makes `num` new seeds of one.

    Args:
        seed: int32 or int64 tensor [2].
        num: How many, an integer or a scalar tensor.
        alg: The algorithm, see `tf.random.Algorithm`.

    Returns:
        A tensor [num, 2] of the seed's dtype.

    >>> tf.random.split([1, 2]).numpy()
    array([[1105988140, 1738052849],
           [-335576002,  370444179]], dtype=int32)
    """
    seed = convert(seed)
    return stateless_uniform([num, 2], seed, minval=None, maxval=None, dtype=seed.dtype, alg=alg)


def fold_in(seed, data, alg="auto_select"):
    """Makes a new seed of a seed and a number, such as a step.

    Args:
        seed: int32 or int64 tensor [2].
        data: int32 or int64 scalar.
        alg: The algorithm, see `tf.random.Algorithm`.

    Returns:
        A tensor [2] of the dtype of `data`.

    >>> tf.random.fold_in([1, 2], 3).numpy()
    array([1105988140,          3], dtype=int32)
    """
    data = convert(data)
    first = stateless_uniform([], seed, minval=None, maxval=None, dtype=data.dtype, alg=alg)
    return pack([first, data])


# -- fills ---------------------------------------------------------------------------------------


def stateless_uniform(shape, seed, minval=0, maxval=None, dtype=dtypes.float32, name=None, alg="auto_select"):
    """Draws uniform numbers in [minval, maxval) from a seed.

    Args:
        shape: The shape of the result.
        seed: Two integers; equal seeds give equal numbers.
        minval: Lower bound; with `maxval` None too, integers come from their whole range.
        maxval: Upper bound, 1 for floats by default.
        dtype: A float dtype, int32 or int64; uint32 and uint64 for their whole range only.
        name: Optional name.
        alg: The algorithm, see `tf.random.Algorithm`.

    Returns:
        A tensor of `shape` and `dtype`.

    Raises:
        ValueError: Only one bound of integers is given, or `dtype` is not one of these.

    >>> tf.random.stateless_uniform([2], seed=[1, 2]).numpy()
    array([0.8440604 , 0.19204533], dtype=float32)
    """
    dtype = dtypes.as_dtype(dtype)
    if dtype not in UNIFORM_DTYPES:
        raise ValueError(
            f"Argument `dtype` got invalid value {dtype!r}. Accepted dtypes are {UNIFORM_DTYPES}."
        )
    if dtype.is_integer:
        return _integers(shape, seed, minval, maxval, dtype, alg)
    maxval = 1 if maxval is None else maxval
    if type(minval) is int and type(maxval) is int and minval == 0 and maxval == 1:
        drawn = fill_now(fills.UNIFORM, shape, seed, dtype, alg)
        if drawn is not None:
            return drawn
    shape = shape_tensor(shape)
    minval, maxval = convert(minval, dtype=dtype), convert(maxval, dtype=dtype)
    drawn = fills.random_uniform_v2(shape, *key_counter_alg(seed, alg), dtype=dtype)
    return drawn * (maxval - minval) + minval


def _integers(shape, seed, minval, maxval, dtype, alg):
    if (minval is None) != (maxval is None):
        raise ValueError(
            f"For integer `dtype` argument {dtype!r}, argument `minval` and `maxval` must be both None or "
            f"not None. Got `minval`={minval} and `maxval`={maxval}."
        )
    if minval is None:
        drawn = fill_now(fills.FULL_INT, shape, seed, dtype, alg)
        if drawn is not None:
            return drawn
        shape = shape_tensor(shape)
        return fills.uniform_full_int_v2(shape, *key_counter_alg(seed, alg), dtype=dtype)
    if dtype in (dtypes.uint32, dtypes.uint64):
        raise ValueError(
            f"Argument `dtype` got invalid value {dtype!r} when argument `minval` is not None. Please don't "
            "use unsigned integers in this case."
        )
    shape = shape_tensor(shape)
    minval, maxval = convert(minval, dtype=dtype), convert(maxval, dtype=dtype)
    return fills.uniform_int_v2(shape, *key_counter_alg(seed, alg), minval, maxval)


def stateless_normal(shape, seed, mean=0.0, stddev=1.0, dtype=dtypes.float32, name=None, alg="auto_select"):
    """Draws normal numbers from a seed.

    Args:
        shape: The shape of the result.
        seed: Two integers; equal seeds give equal numbers.
        mean, stddev: Of the distribution; they broadcast with `shape`.
        dtype: A float dtype.
        name: Optional name.
        alg: The algorithm, see `tf.random.Algorithm`.

    Returns:
        A tensor of `shape` and `dtype`.

    >>> tf.random.stateless_normal([2], seed=[1, 2]).numpy()
    array([0.5441101 , 0.20738031], dtype=float32)
    """
    return _normal(fills.NORMAL, fills.random_normal_v2, shape, seed, mean, stddev, dtype, alg)


def stateless_truncated_normal(
    shape, seed, mean=0.0, stddev=1.0, dtype=dtypes.float32, name=None, alg="auto_select"
):
    """Draws normal numbers within two standard deviations of the mean from a seed.

    Args:
        shape: The shape of the result.
        seed: Two integers; equal seeds give equal numbers.
        mean, stddev: Of the normal before it is cut off; they broadcast with `shape`.
        dtype: A float dtype.
        name: Optional name.
        alg: The algorithm, see `tf.random.Algorithm`.

    Returns:
        A tensor of `shape` and `dtype`.

    >>> bool((abs(tf.random.stateless_truncated_normal([99], seed=[1, 2]).numpy()) < 2).all())
    True
    """
    return _normal(fills.TRUNCATED, fills.truncated_normal_v2, shape, seed, mean, stddev, dtype, alg)


def _normal(fill, record, shape, seed, mean, stddev, dtype, alg):
    dtype = dtypes.as_dtype(dtype)
    if is_standard(mean, stddev) and dtype.is_floating:
        drawn = fill_now(fill, shape, seed, dtype, alg)
        if drawn is not None:
            return drawn
    shape = shape_tensor(shape)
    mean, stddev = convert(mean, dtype=dtype), convert(stddev, dtype=dtype)
    return record(shape, *key_counter_alg(seed, alg), dtype=dtype) * stddev + mean
