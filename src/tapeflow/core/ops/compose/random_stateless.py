"""`tf.random.stateless_…`: random numbers as functions of a seed."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.ops import registry
from tapeflow.core.ops.compose.random_arguments import (
    algorithm_number,
    fill_now,
    is_standard,
    sample_count,
    shape_tensor,
    unsupported,
)
from tapeflow.core.ops.defs import random_distributions as distributions
from tapeflow.core.ops.defs import random_stateless as fills
from tapeflow.core.ops.defs.array import broadcast_to, cast, pack, reshape, unpack, zeros_like
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

    >>> bool(tf.reduce_all(tf.abs(tf.random.stateless_truncated_normal([99], seed=[1, 2])) < 2))
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


# -- other distributions -------------------------------------------------------------------------


def stateless_gamma(shape, seed, alpha, beta=None, dtype=dtypes.float32, name=None):
    """Draws gamma numbers from a seed; they are differentiable with respect to `alpha` and `beta`.

    Args:
        shape: The shape of the result; it ends with the broadcast shape of `alpha` and `beta`.
        seed: Two integers; equal seeds give equal numbers.
        alpha: The shape parameter.
        beta: The rate, 1 by default.
        dtype: float16, float32 or float64.
        name: Optional name.

    Returns:
        A tensor of `shape` and `dtype`.

    >>> tf.random.stateless_gamma([3], [1, 2], alpha=[1.0, 2.0, 3.0]).numpy()
    array([3.4994423, 1.9241365, 4.6745796], dtype=float32)
    """
    dtype = dtypes.as_dtype(dtype)
    shape = shape_tensor(shape)
    alpha, beta = gamma_parameters(alpha, beta, dtype)
    drawn = distributions.random_gamma_v3(shape, *key_counter_alg(seed, "auto_select"), alpha)
    return registry.get("Maximum")(np.finfo(dtype.np).tiny, drawn / beta)


def gamma_parameters(alpha, beta, dtype):
    """`alpha` broadcast with `beta`, and `beta`, as tensors."""
    alpha = convert(alpha, dtype=dtype)
    beta = convert(1 if beta is None else beta, dtype=dtype)
    if not (alpha.shape.is_fully_defined() and beta.shape.is_fully_defined()):
        return alpha + zeros_like(beta), beta
    own = tuple(alpha.shape.as_list())
    both = np.broadcast_shapes(own, tuple(beta.shape.as_list()))
    return (alpha if own == both else broadcast_to(alpha, list(both))), beta


def stateless_poisson(shape, seed, lam, dtype=dtypes.int32, name=None):
    """Draws Poisson numbers from a seed.

    Args:
        shape: The shape of the result; it ends with the shape of `lam`.
        seed: Two integers; equal seeds give equal numbers.
        lam: The rate.
        dtype: float16, float32, float64, int32 or int64.
        name: Optional name.

    Returns:
        A tensor of `shape` and `dtype`.

    >>> tf.random.stateless_poisson([3], [1, 2], lam=5.0).numpy()
    array([7, 5, 8], dtype=int32)
    """
    return distributions.random_poisson(shape_tensor(shape), seed, lam, dtype=dtype)


def stateless_binomial(shape, seed, counts, probs, output_dtype=dtypes.int32, name=None):
    """Draws binomial numbers from a seed.

    Args:
        shape: The shape of the result; it ends with the broadcast shape of `counts` and `probs`.
        seed: Two integers; equal seeds give equal numbers.
        counts: How many trials.
        probs: The probability of success of each.
        output_dtype: float16, float32, float64, int32 or int64.
        name: Optional name.

    Returns:
        A tensor of `shape` and `output_dtype`.

    >>> tf.random.stateless_binomial([2], [1, 2], counts=10.0, probs=0.5).numpy()
    array([6, 6], dtype=int32)
    """
    probs = convert(probs, hint=dtypes.float32)
    counts = convert(counts, hint=probs.dtype)
    return distributions.random_binomial(shape_tensor(shape), seed, counts, probs, dtype=output_dtype)


def stateless_parameterized_truncated_normal(
    shape, seed, means=0.0, stddevs=1.0, minvals=-2.0, maxvals=2.0, name=None
):
    """Draws normal numbers between two bounds from a seed; all parameters are differentiable.

    Args:
        shape: The shape of the result; it ends with the broadcast shape of the parameters.
        seed: Two integers; equal seeds give equal numbers.
        means, stddevs: Of the normal before it is cut off.
        minvals, maxvals: The bounds; one of the two may be infinite.
        name: Optional name.

    Returns:
        A tensor of `shape` and the parameters' dtype.

    Raises:
        InvalidArgumentError: The bounds hold nothing, or a deviation is not positive.

    >>> tf.random.stateless_parameterized_truncated_normal([2], [1, 2]).numpy()
    array([0.5441101 , 0.20738031], dtype=float32)
    """
    parameters = (convert(value) for value in (means, stddevs, minvals, maxvals))
    return distributions.parameterized_truncated_normal(shape_tensor(shape), seed, *parameters)


def categorical_dtype(dtype):
    """The dtype of class numbers, checked; int64 if None."""
    dtype = dtypes.as_dtype(dtype) if dtype else dtypes.int64
    accepted = dtypes.int32, dtypes.int64
    if dtype not in accepted:
        raise ValueError(f"Argument `dtype` got invalid value {dtype!r}. Accepted dtypes are {accepted}.")
    return dtype


def stateless_categorical(logits, num_samples, seed, dtype=dtypes.int64, name=None):
    """Draws class numbers from a seed.

    Args:
        logits: [rows, classes], unnormalized log probabilities.
        num_samples: Draws for each row.
        seed: Two integers; equal seeds give equal numbers.
        dtype: int32 or int64.
        name: Optional name.

    Returns:
        A tensor [rows, num_samples].

    >>> tf.random.stateless_categorical([[1.0, 2.0]], 3, seed=[1, 2]).numpy()
    array([[1, 1, 0]])
    """
    dtype = categorical_dtype(dtype)
    return distributions.multinomial(convert(logits), sample_count(num_samples), seed, output_dtype=dtype)


# -- orders --------------------------------------------------------------------------------------


def stateless_shuffle(value, seed, alg="auto_select", name=None):
    """Puts the rows of a tensor into a random order that a seed decides.

    Args:
        value: The tensor.
        seed: Two integers; equal seeds give equal orders.
        alg: The algorithm, see `tf.random.Algorithm`.
        name: Optional name.

    >>> tf.random.experimental.stateless_shuffle([1, 2, 3], seed=[1, 2]).numpy()
    array([2, 3, 1], dtype=int32)
    """
    return distributions.stateless_shuffle(value, *key_counter_alg(seed, alg))


# The first of the three numbers that `index_shuffle` makes of a seed's two.
_INDEX_SALT = 498247692


def index_shuffle(index, seed, max_index):
    """The place of `index` in a random order of 0, …, `max_index` that a seed decides.

    Args:
        index: Scalar or vector of integers in [0, max_index].
        seed: Two integers.
        max_index: Scalar or vector.

    >>> sorted(int(tf.random.experimental.index_shuffle(i, [1, 2], 4)) for i in range(5))
    [0, 1, 2, 3, 4]
    """
    seed = convert(seed)
    if seed.shape.rank == 1:  # other ranks are refused by the op
        seed = pack([convert(_INDEX_SALT, dtype=seed.dtype), *unpack(seed, num=2)])
    return distributions.random_index_shuffle(index, seed, max_index, rounds=4)


def random_index_shuffle(index, seed, max_index, rounds=4, name=None):
    """The place of `index` in a random order of 0, …, `max_index`.

    Args:
        index: Scalar or vector of integers in [0, max_index].
        seed: [3], or [n, 3] for a seed each.
        max_index: Scalar or vector.
        rounds: Even and at least 4: how well the order is mixed.
        name: Optional name.

    >>> sorted(int(tf.random_index_shuffle(i, [1, 2, 3], 4)) for i in range(5))
    [0, 1, 2, 3, 4]
    """
    return distributions.random_index_shuffle(index, seed, max_index, rounds=rounds)
