"""`tf.random.normal` and its kin: random numbers that go on from call to call."""

import numpy as np

from tapeflow.core.base import dtypes, random_seed
from tapeflow.core.base.mode import mode
from tapeflow.core.ops import registry
from tapeflow.core.ops.compose.random_arguments import is_standard, sample_count, shape_tensor
from tapeflow.core.ops.compose.random_distributions import categorical_dtype, gamma_parameters
from tapeflow.core.ops.defs import random_stateful as ops
from tapeflow.core.values.convert import convert

_UNIFORM_DTYPES = (
    dtypes.float16, dtypes.bfloat16, dtypes.float32, dtypes.float64, dtypes.int32, dtypes.int64,
)  # fmt: skip


def set_seed(seed):
    """Sets the global random seed: what follows draws the same numbers again.

    The seed of a random op comes from the global seed and its own argument `seed`. With neither, numbers
    differ from run to run. With the global seed only, every op gets its own seed, in the order of calls. With
    its own seed too, the op goes through the stream that both name, part by part, until the global seed is
    set again.

    Args:
        seed: Integer.

    >>> tf.random.set_seed(5)
    >>> tf.random.uniform([3]).numpy()
    array([0.6263931, 0.5298432, 0.7584572], dtype=float32)
    """
    random_seed.eager_seeds.set_global(seed)


def normal(shape, mean=0.0, stddev=1.0, dtype=dtypes.float32, seed=None, name=None):
    """Draws normal numbers.

    Args:
        shape: The shape of the result.
        mean, stddev: Of the distribution; they broadcast with `shape`.
        dtype: A float dtype.
        seed: The op's own seed, see `tf.random.set_seed`.
        name: Optional name.

    Returns:
        A tensor of `shape` and `dtype`.

    >>> tf.random.set_seed(5)
    >>> tf.random.normal([2], seed=1).numpy()
    array([-1.3768897 , -0.01258316], dtype=float32)
    """
    return _normal(ops.random_standard_normal, shape, mean, stddev, dtype, seed)


def truncated_normal(shape, mean=0.0, stddev=1.0, dtype=dtypes.float32, seed=None, name=None):
    """Draws normal numbers within two standard deviations of the mean.

    Args:
        shape: The shape of the result.
        mean, stddev: Of the normal before it is cut off; they broadcast with `shape`.
        dtype: A float dtype.
        seed: The op's own seed, see `tf.random.set_seed`.
        name: Optional name.

    Returns:
        A tensor of `shape` and `dtype`.

    >>> bool((abs(tf.random.truncated_normal([99]).numpy()) < 2).all())
    True
    """
    return _normal(ops.truncated_normal, shape, mean, stddev, dtype, seed)


def _normal(record, shape, mean, stddev, dtype, seed):
    dtype = dtypes.as_dtype(dtype)
    shape = shape_tensor(shape)
    standard = is_standard(mean, stddev) and dtype.is_floating and not mode.slow
    if not standard:
        mean, stddev = convert(mean, dtype=dtype), convert(stddev, dtype=dtype)
    drawn = record(shape, dtype, *random_seed.get_seed(seed))
    return drawn if standard else drawn * stddev + mean


def uniform(shape, minval=0, maxval=None, dtype=dtypes.float32, seed=None, name=None):
    """Draws uniform numbers in [minval, maxval).

    Args:
        shape: The shape of the result.
        minval: Lower bound.
        maxval: Upper bound, 1 for floats by default.
        dtype: A float dtype, int32 or int64.
        seed: The op's own seed, see `tf.random.set_seed`.
        name: Optional name.

    Returns:
        A tensor of `shape` and `dtype`.

    Raises:
        ValueError: Integers without `maxval`, or another dtype.

    >>> tf.random.set_seed(5)
    >>> tf.random.uniform([3], 0, 10, dtype=tf.int32, seed=1).numpy()
    array([4, 1, 3], dtype=int32)
    """
    dtype = dtypes.as_dtype(dtype)
    if dtype not in _UNIFORM_DTYPES:
        raise ValueError(
            f"Argument `dtype` got invalid value {dtype!r}. Accepted dtypes are {_UNIFORM_DTYPES}."
        )
    if maxval is None:
        if dtype.is_integer:
            raise ValueError(f"Must specify maxval for integer dtype {dtype!r}")
        maxval = 1
    shape = shape_tensor(shape)
    from_zero = isinstance(minval, int) and minval == 0
    to_one = isinstance(maxval, int) and maxval == 1
    if not from_zero or not to_one or dtype.is_integer:
        minval, maxval = convert(minval, dtype=dtype), convert(maxval, dtype=dtype)
    seeds = random_seed.get_seed(seed)
    if dtype.is_integer:
        return ops.random_uniform_int(shape, minval, maxval, *seeds)
    drawn = ops.random_uniform(shape, dtype, *seeds)
    if from_zero:
        return drawn if to_one else drawn * maxval
    return drawn * (maxval - minval) + minval


def shuffle(value, seed=None, name=None):
    """Puts the rows of a tensor into a random order.

    Args:
        value: The tensor.
        seed: The op's own seed, see `tf.random.set_seed`.
        name: Optional name.

    >>> sorted(tf.random.shuffle([3, 1, 2]).numpy().tolist())
    [1, 2, 3]
    """
    return ops.random_shuffle(value, *random_seed.get_seed(seed))


def categorical(logits, num_samples, dtype=None, seed=None, name=None):
    """Draws class numbers.

    Args:
        logits: [rows, classes], unnormalized log probabilities.
        num_samples: Draws for each row.
        dtype: int32 or int64, the default.
        seed: The op's own seed, see `tf.random.set_seed`.
        name: Optional name.

    Returns:
        A tensor [rows, num_samples].

    >>> tf.random.categorical([[0.0, float("-inf")]], 3).numpy()
    array([[0, 0, 0]])
    """
    logits, dtype = convert(logits), categorical_dtype(dtype)
    return ops.multinomial(logits, sample_count(num_samples), *random_seed.get_seed(seed), output_dtype=dtype)


def gamma(shape, alpha, beta=None, dtype=dtypes.float32, seed=None, name=None):
    """Draws gamma numbers; they are differentiable with respect to `alpha` and `beta`.

    Args:
        shape: The shape of the samples of each pair of parameters.
        alpha: The shape parameter.
        beta: The rate, 1 by default; it broadcasts with `alpha`.
        dtype: float16, float32 or float64.
        seed: The op's own seed, see `tf.random.set_seed`.
        name: Optional name.

    Returns:
        A tensor of `shape` followed by the broadcast shape of the parameters.

    >>> tf.random.gamma([10], alpha=[0.5, 1.5]).shape
    TensorShape([10, 2])
    """
    dtype = dtypes.as_dtype(dtype)
    shape = convert(shape, dtype=dtypes.int32)
    alpha, beta = gamma_parameters(alpha, beta, dtype)
    drawn = ops.random_gamma(shape, alpha, *random_seed.get_seed(seed)) / beta
    return registry.get("Maximum")(np.finfo(dtype.np).tiny, drawn)


def poisson(shape, lam, dtype=dtypes.float32, seed=None, name=None):
    """Draws Poisson numbers.

    Args:
        shape: The shape of the samples of each rate.
        lam: The rate.
        dtype: float16, float32, float64, int32 or int64.
        seed: The op's own seed, see `tf.random.set_seed`.
        name: Optional name.

    Returns:
        A tensor of `shape` followed by the shape of `lam`.

    >>> tf.random.poisson([10], lam=[0.5, 1.5]).shape
    TensorShape([10, 2])
    """
    shape = convert(shape, dtype=dtypes.int32)
    seed, seed2 = random_seed.get_seed(seed)
    return ops.random_poisson_v2(shape, lam, seed, seed2, dtype=dtype)
