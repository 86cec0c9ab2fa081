"""Reductions over axes: Sum, Mean, Prod, Max, Min, All, Any, EuclideanNorm."""

from math import prod as product

import numpy as np

from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.base.mode import mode
from tapeflow.core.base.quiet import quiet
from tapeflow.core.ops import registry
from tapeflow.core.ops.column_sums import is_leading, leading_sum
from tapeflow.core.ops.defs import math
from tapeflow.core.ops.defs.array import broadcast_to, cast, reshape, transpose
from tapeflow.core.ops.lowering import jnp, lax
from tapeflow.core.ops.op import op
from tapeflow.core.ops.sizes import count as count_of
from tapeflow.core.ops.sizes import is_static, sizes
from tapeflow.core.values.tensor import EagerTensor

_AXIS = "axis: const Tidx, *, keep_dims: bool = False"


def axes_of(axis, rank):
    """The axes to reduce as a sorted tuple of non-negative numbers."""
    axes = []
    for a in np.ravel(axis).tolist():
        if not -rank <= a < rank:
            raise InvalidArgumentError(
                f"Invalid reduction dimension ({a} for input with {rank} dimension(s)",
                hint=f"an axis from {-rank} to {rank - 1}" if rank else "a scalar has no axes; leave axis out",
            )
        axes.append(a % rank)
    if len(set(axes)) != len(axes):
        raise InvalidArgumentError(
            "Invalid reduction arguments: Axes contains duplicate dimension: "
            f"{next(a for a in axes if axes.count(a) > 1)}"
        )
    return tuple(sorted(axes))


def reduction(name, kernel, lower, grad, T, samples=None):
    """A reduction; kernel and lowering are functions (array, axes, keepdims)."""
    return op(
        name, f"input: T, {_AXIS} -> output: T" if T != "bool" else f"input: bool, {_AXIS} -> output: bool",
        **({"T": T} if T != "bool" else {}), Tidx="int32 | int64",
        kernel=lambda x, axis, keep_dims: kernel(np.asarray(x), axes_of(axis, np.ndim(x)), keep_dims),
        lower=lambda x, axis, keep_dims: lower(x, axes_of(axis, x.ndim), keep_dims), grad=grad,
        samples=samples or [
            lambda draw: (draw.distinct((3, 4)), [0]),
            lambda draw: (draw.distinct((2, 3, 2)), [-1, 0], True),
            lambda draw: (draw.distinct((2, 3)), [0, 1]),
        ],
    )  # fmt: skip


# -- gradients -------------------------------------------------------------------------------------
# Sum, Mean, Max and Min end most programs that are differentiated. Where no tape records their gradients, these are
# computed on the arrays at once, 5 to 15 µs instead of 50 to 100.


def _kept(c):
    """The axes that are reduced, and the output's shape with them kept, of size 1."""
    shape = c.input.shape.as_list()
    reduced = axes_of(c.axis.host, len(shape))
    return reduced, [1 if i in reduced else n for i, n in enumerate(shape)]


def _stretched(c, value):
    """An output-shaped tensor with its reduced axes back, of size 1."""
    if c.keep_dims:
        return value
    if is_static(c.input):
        return reshape(value, _kept(c)[1])
    from tapeflow.core.ops.defs.shape import expand_dims

    if c.input.shape.rank is None:
        return reshape(value, _kept_of_any_rank(c))
    for axis in sorted(axes_of(c.axis.host, c.input.shape.rank)):
        value = expand_dims(value, axis)
    return value


def _kept_of_any_rank(c):
    """The output's shape with the reduced axes kept, as a vector; nothing is known of the input's."""
    from tapeflow.core.ops.compose.constant import constant
    from tapeflow.core.ops.defs.shape import expand_dims, rank

    shape, many = sizes(c.input), rank(c.input)
    numbers = registry.get("Range")(constant(0), many, constant(1))
    reduced = registry.get("FloorMod")(constant(np.ravel(c.axis.host).astype(np.int32)), many)
    is_reduced = any_(math.equal(expand_dims(numbers, 1), expand_dims(reduced, 0)), 1)
    return registry.get("SelectV2")(is_reduced, constant(1), shape)


def _stretched_array(c, value):
    return value if c.keep_dims or not value.ndim else value.reshape(_kept(c)[1])


def _unrecorded(dy):
    """The array of a gradient that nothing records, else None."""
    return dy._array if type(dy) is EagerTensor and not mode.special else None


def _filled(c, dy, dtype):
    result = np.empty(c.input.static_shape, dy.dtype)
    result[...] = _stretched_array(c, dy)
    return EagerTensor(result[()], dtype)


def _sum_grad(c, dy):
    array = _unrecorded(dy)
    if array is not None:
        return _filled(c, array, dy._dtype)
    return broadcast_to(_stretched(c, dy), sizes(c.input))


def _mean_grad(c, dy):
    array = _unrecorded(dy)
    if array is not None and array.size and not is_half(array):
        count = c.input.value_or_buffer.size // array.size
        return _filled(c, array / array.dtype.type(count or 1), dy._dtype)
    if is_static(c.input):
        return _sum_grad(c, dy / cast(float(_count_over(c.input.shape, _kept(c)[0])), dy.dtype))
    maximum = registry.get("Maximum")
    many = math.floor_div(count_of(c.input), maximum(count_of(c.output), 1))
    return _sum_grad(c, dy / cast(maximum(many, 1), dy.dtype))


def _extreme_grad(c, dy):
    """Equal extremes share the gradient equally."""
    array = _unrecorded(dy)
    if array is not None:
        return EagerTensor(quiet.run(_shared, c, array)[()], dy._dtype)
    y, dy = _stretched(c, c.output), _stretched(c, dy)
    hit = cast(math.equal(y, c.input), dy.dtype)
    return hit / sum_(hit, c.axis, True) * dy


def _shared(c, dy):
    """Of `_extreme_grad`, the case that nothing records."""
    x = np.asarray(c.input.host)
    hit = (x == _stretched_array(c, c.output.host)).astype(dy.dtype)
    return hit / sum_array(hit, axes_of(c.axis.host, x.ndim), True) * _stretched_array(c, dy)


def _prod_grad(c, dy):
    """Each element gets the product of all others, by cumulative products: right with zeros too."""
    reduced, _ = _kept(c)
    shape = c.input.shape.as_list()
    rest = [i for i in range(len(shape)) if i not in reduced]
    order = [*reduced, *rest]
    count = product(shape[i] for i in reduced)
    matrix = reshape(transpose(c.input, order), [count, product(shape[i] for i in rest)])
    others = _products_of_others(matrix)
    back = transpose(reshape(others, [shape[i] for i in order]), np.argsort(order).tolist())
    return math.conj(back) * _sum_grad(c, dy)


def _products_of_others(matrix):
    """For each row of a matrix the elementwise product of the other rows."""
    from tapeflow.core.ops.defs.cumulative import cumprod

    return cumprod(matrix, 0, True, False) * cumprod(matrix, 0, True, True)


def _norm_grad(c, dy):
    return c.input * (_stretched(c, dy) / _stretched(c, c.output))


# -- kernels ---------------------------------------------------------------------------------------


def is_half(x):
    """Whether an array is of a 16-bit float: its sums are kept in 32 bits and rounded once."""
    return x.dtype.itemsize == 2 and x.dtype.kind not in "iu"


# From how many rows on they are added in blocks, whose sums are added in turn: the rounding errors of one long
# running sum grow with its length (NumPy adds pairwise along the last axis only).
_BLOCKED = 512
# A sum of all elements, from so many on, is made of rows so wide.
_LONG, _WIDE = 1 << 15, 2048


def sum_array(x, axes, keep):
    if not axes:
        return x[()]
    if is_half(x):
        return sum_array(x.astype(np.float32), axes, keep).astype(x.dtype)
    count = len(axes)
    if x.dtype.kind in "fc" and axes[-1] == count - 1 < x.ndim - 1 and product(x.shape[:count]) >= _BLOCKED:
        rest = x.shape[count:]
        total = _sum_of_rows(x.reshape(-1, product(rest)))
        return total.reshape((1,) * count + rest if keep else rest)
    if x.dtype.kind == "f" and count == x.ndim and x.size >= _LONG and x.flags.c_contiguous:
        # All of it: rows that are as wide as NumPy adds fastest, then the one row that is left.
        flat = x.reshape(-1)
        whole = x.size // _WIDE * _WIDE
        row = _sum_of_rows(flat[:whole].reshape(-1, _WIDE))
        total = np.add.reduce(row) + np.add.reduce(flat[whole:])
        return total.reshape((1,) * count) if keep else total
    return np.add.reduce(x, axis=axes, keepdims=keep, dtype=x.dtype)


def _sum_of_rows(matrix):
    n, columns = matrix.shape
    if columns < 32:
        return np.add.reduce(np.ascontiguousarray(matrix.T), axis=1)
    block = 1 << n.bit_length() // 2
    whole = n // block * block
    blocks = np.add.reduce(matrix[:whole].reshape(-1, block, columns), axis=1)
    return np.add.reduce(blocks, axis=0) + np.add.reduce(matrix[whole:], axis=0)


def _prod(x, axes, keep):
    wide = x.astype(np.float32) if is_half(x) else x
    return np.asarray(np.multiply.reduce(wide, axis=axes, keepdims=keep, dtype=wide.dtype)).astype(x.dtype)[()]


def _count_over(shape, axes):
    """How many elements one sum over the axes has."""
    return product(shape[i] for i in axes)


def _mean(x, axes, keep):
    count = _count_over(x.shape, axes)
    if x.dtype.kind in "iu":
        total = np.add.reduce(x, axis=axes, keepdims=keep, dtype=np.int64 if x.dtype.kind == "i" else np.uint64)
        return np.asarray(truncated_quotient(total, count)).astype(x.dtype)[()]
    wide = x.astype(np.float32) if is_half(x) else x
    total = sum_array(wide, axes, keep)
    if not count and x.dtype.kind == "c":
        return total  # TensorFlow's complex 0/0 is 0
    return np.asarray(total / wide.dtype.type(count)).astype(x.dtype)[()]


def truncated_quotient(total, count):
    """Integers divided by a positive integer (or array of them), toward zero; 0 where it is 0."""
    quotient, rest = np.divmod(total, np.asarray(count, total.dtype))
    return quotient + ((quotient < 0) & (rest != 0))


def lowest(dtype):
    """What the maximum of nothing is."""
    return np.iinfo(dtype).min if np.dtype(dtype).kind in "iu" else -np.inf


def highest(dtype):
    """What the minimum of nothing is."""
    return np.iinfo(dtype).max if np.dtype(dtype).kind in "iu" else np.inf


def _extreme(function, initial):
    def kernel(x, axes, keep):
        if x.size:
            return function.reduce(x, axis=axes, keepdims=keep)
        return function.reduce(x, axis=axes, keepdims=keep, initial=np.asarray(initial(x.dtype)).astype(x.dtype)[()])

    return kernel


def _norm(x, axes, keep):
    if x.dtype.kind in "iu":
        # TensorFlow lets the squares overflow too.
        squares = np.add.reduce(x * x, axis=axes, keepdims=keep, dtype=x.dtype)
        return np.asarray(np.sqrt(np.asarray(squares, np.float64))).astype(np.int64).astype(x.dtype)[()]
    wide = x.astype(np.float32) if is_half(x) else x
    total = np.sqrt(sum_array((wide * np.conj(wide)).real, axes, keep))
    return np.asarray(total).astype(x.dtype)[()]


def _lower_sum(x, axes, keep):
    if x.dtype == np.float32 and is_leading(axes, x.ndim):
        found = leading_sum(x, len(axes))
        return found.reshape((1,) * len(axes) + found.shape) if keep else found
    return jnp.sum(x, axes, keepdims=keep, dtype=x.dtype)


def _lower_norm(x, axes, keep):
    if x.dtype.kind in "iu":
        return jnp.sqrt(_lower_sum(x * x, axes, keep).astype("float64")).astype("int64").astype(x.dtype)
    return jnp.sqrt(jnp.sum((x * jnp.conj(x)).real, axes, keepdims=keep)).astype(x.dtype)


def _lower_mean(x, axes, keep):
    count = _count_over(x.shape, axes)
    if x.dtype.kind in "iu":
        total = jnp.sum(x, axes, keepdims=keep, dtype="int64" if x.dtype.kind == "i" else "uint64")
        return (lax.div(total, jnp.full_like(total, count)) if count else total).astype(x.dtype)
    if not count and x.dtype.kind == "c":
        return _lower_sum(x, axes, keep)
    if count and x.dtype == np.float32 and is_leading(axes, x.ndim):
        return _lower_sum(x, axes, keep) / count
    return jnp.mean(x, axes, keepdims=keep)


def _lower_extreme(function, initial):
    return lambda x, axes, keep: function(x, axes, keepdims=keep, initial=x.dtype.type(initial(x.dtype)))


sum_ = reduction("Sum", sum_array, _lower_sum, (_sum_grad, None), "numeric")
mean = reduction("Mean", _mean, _lower_mean, (_mean_grad, None), "numeric")
prod = reduction(
    "Prod", _prod,
    lambda x, axes, keep: jnp.prod(x, axes, keepdims=keep, dtype=x.dtype), (_prod_grad, None), "numeric",
    [lambda draw: (draw.positive((3, 4)), [0]), lambda draw: (draw.positive((2, 3)), [0, 1], True)],
)  # fmt: skip
max_ = reduction(
    "Max", _extreme(np.maximum, lowest), lambda x, axes, keep: _lower_extreme(jnp.max, lowest)(x, axes, keep),
    (_extreme_grad, None), "floating | integer",
)  # fmt: skip
min_ = reduction(
    "Min", _extreme(np.minimum, highest), lambda x, axes, keep: _lower_extreme(jnp.min, highest)(x, axes, keep),
    (_extreme_grad, None), "floating | integer",
)  # fmt: skip
euclidean_norm = reduction("EuclideanNorm", _norm, _lower_norm, (_norm_grad, None), "numeric")
all_ = reduction(
    "All", lambda x, axes, keep: np.logical_and.reduce(x, axis=axes, keepdims=keep),
    lambda x, axes, keep: jnp.all(x, axes, keepdims=keep), None, "bool",
    lambda draw: (draw.bools((3, 4)), [0]),
)  # fmt: skip
any_ = reduction(
    "Any", lambda x, axes, keep: np.logical_or.reduce(x, axis=axes, keepdims=keep),
    lambda x, axes, keep: jnp.any(x, axes, keepdims=keep), None, "bool",
    lambda draw: (draw.bools((3, 4)), [0]),
)  # fmt: skip
