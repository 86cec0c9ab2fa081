"""`tf.random.stateless_gamma`, `…_poisson` and other distributions, as functions of a seed."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.ops import registry
from tapeflow.core.ops.compose.random_arguments import sample_count, shape_tensor
from tapeflow.core.ops.compose.random_stateless import key_counter_alg
from tapeflow.core.ops.defs import random_distributions as distributions
from tapeflow.core.ops.defs.array import broadcast_to, zeros_like
from tapeflow.core.values.convert import convert


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
    array([3.4994423, 1.9241365, 4.674579 ], dtype=float32)
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
