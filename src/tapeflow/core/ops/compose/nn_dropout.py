"""`tf.nn.dropout` and its relatives of `tf.nn.experimental`."""

import numbers

from tapeflow.core.base import dtypes
from tapeflow.core.ops.compose.indexing import where
from tapeflow.core.ops.compose.random_stateful import uniform
from tapeflow.core.ops.compose.random_stateless import stateless_uniform
from tapeflow.core.ops.defs.math import greater_equal
from tapeflow.core.ops.sizes import sizes
from tapeflow.core.values.convert import convert
from tapeflow.core.values.tensor import EagerTensor, Tensor


def dropout(x, rate, noise_shape=None, seed=None, name=None):
    """Sets random elements to 0 and scales the others so that the expected sum stays (Srivastava et al., 2014).

    Args:
        x: Float tensor.
        rate: The probability of 0, in [0, 1); a number or a scalar tensor.
        noise_shape: Shape of the random choice, which broadcasts to `x`; None in it stands for the size of `x`.
        seed: The op's own seed, see `tf.random.set_seed`.
        name: Optional name.

    Raises:
        ValueError: The rate is not in [0, 1), or `x` is not floating.
        InvalidArgumentError: The noise does not broadcast.

    >>> tf.nn.dropout([1.0, 2.0], 0.0).numpy()
    array([1., 2.], dtype=float32)
    """

    def skip():
        from tapeflow.core.base import random_seed

        random_seed.get_seed(seed)

    return _dropout(x, rate, noise_shape, lambda shape, dtype: uniform(shape, dtype=dtype, seed=seed), skip)


def stateless_dropout(x, rate, seed, rng_alg=None, noise_shape=None, name=None):
    """`dropout` whose choice follows from `seed` alone.

    Args:
        x, rate, noise_shape, name: As for `dropout`.
        seed: Two integers.
        rng_alg: `"philox"`, `"threefry"` or `"auto_select"`.
    """
    algorithm = "auto_select" if rng_alg is None else rng_alg
    return _dropout(
        x, rate, noise_shape, lambda shape, dtype: stateless_uniform(shape, seed, dtype=dtype, alg=algorithm)
    )


def general_dropout(x, rate, uniform_sampler, noise_shape=None, name=None):
    """`dropout` whose choice comes from `uniform_sampler(shape=, dtype=)`, numbers in [0, 1)."""
    return _dropout(x, rate, noise_shape, lambda shape, dtype: uniform_sampler(shape=shape, dtype=dtype))


def _dropout(x, rate, noise_shape, sample, skip=lambda: None):
    is_number = isinstance(rate, numbers.Real)
    if is_number and not 0 <= rate < 1:
        raise ValueError(f"`rate` must be a scalar tensor or a float in the range [0, 1). Received: rate={rate}")
    x = convert(x)
    if not x.dtype.is_floating:
        raise ValueError(
            f"`x.dtype` must be a floating point tensor as `x` will be scaled. Received: x_dtype={x.dtype}"
        )
    if is_number and rate == 0 and isinstance(x, EagerTensor):
        skip()
        return x
    if is_number:
        limit, scale = convert(float(rate), dtype=x.dtype), convert(1.0 / (1.0 - float(rate)), dtype=x.dtype)
    else:
        limit = _rate(rate, x)
        scale = 1 / (1 - limit)
    drawn = sample(_noise_shape(x, noise_shape), x.dtype)
    return where(greater_equal(drawn, limit), x * scale, convert(0, dtype=x.dtype))


def _rate(rate, x):
    if not isinstance(rate, Tensor) and not hasattr(rate, "dtype"):
        raise ValueError(f"`rate` must be a scalar or scalar tensor. Received: rate={rate}")
    rate = convert(rate)
    if rate.shape.rank not in (0, None):
        raise ValueError(f"Shape {rate.shape} must have rank 0")
    if rate.dtype is not x.dtype:
        if not rate.dtype.is_integer:
            raise ValueError(
                "`x.dtype` must be compatible with `rate.dtype`. Received: "
                f"x.dtype={x.dtype} and rate.dtype={rate.dtype}"
            )
        from tapeflow.core.ops.defs.array import cast

        rate = cast(rate, x.dtype)
    return rate


def _noise_shape(x, noise_shape):
    """The shape of the choice; sizes that are None are those of `x`."""
    if noise_shape is None:
        return sizes(x)
    if isinstance(noise_shape, Tensor):
        return noise_shape
    given = noise_shape.as_list() if hasattr(noise_shape, "as_list") else list(noise_shape)
    if None in given and len(given) == x.shape.rank:
        actual = sizes(x)
        given = [actual[i] if n is None else n for i, n in enumerate(given)]
    if all(isinstance(n, int) for n in given):
        return given
    return convert(given, hint=dtypes.int32)
