"""Joining and cutting along an axis: ConcatV2, Split, SplitV, Tile."""

import numpy as np

from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.ops.defs.array import cast, ints, pack, reshape
from tapeflow.core.ops.defs.shape import shape
from tapeflow.core.ops.lowering import jnp
from tapeflow.core.ops.op import op
from tapeflow.core.ops.sizes import is_static, sizes
from tapeflow.core.values.tensor import EagerTensor


def _concat_axis(values, axis):
    a, n = int(np.ravel(axis)[0]), np.ndim(values[0])
    if n == 0:
        raise InvalidArgumentError("ConcatOp : Can't concatenate scalars (use tf.stack instead)")
    if not -n <= a < n:
        raise InvalidArgumentError(
            f"ConcatOp : Expected concatenating dimensions in the range [{-n}, {n}), but got {a}"
        )
    return a % n


def _concat(values, axis):
    if not values:
        raise InvalidArgumentError("ConcatOp : needs at least one tensor", hint="a list that is not empty")
    a, first = _concat_axis(values, axis), np.shape(values[0])
    for k, x in enumerate(values):
        found = np.shape(x)
        if len(found) != len(first):
            raise InvalidArgumentError(
                f"ConcatOp : Ranks of all input tensors should match: shape[0] = {list(first)} vs. shape[{k}] = "
                f"{list(found)}"
            )
        for i, (m, n) in enumerate(zip(first, found, strict=True)):
            if i != a and m != n:
                raise InvalidArgumentError(
                    f"ConcatOp : Dimension {i} in both shapes must be equal: shape[0] = {list(first)} vs. shape[{k}] "
                    f"= {list(found)}"
                )
    return np.concatenate(values, a)


def _concat_grad(c, dy):
    axis = int(np.ravel(c.axis.host)[0])
    parts = [None if x.shape.rank is None else x.shape[axis] for x in c.values]
    if None in parts:
        parts = pack([sizes(x)[axis] for x in c.values])
    return split_v(dy, parts, axis, len(c.values)), None


concat_v2 = op(
    "ConcatV2", "values: N*T, axis: const Tidx -> output: T", T="any", Tidx="int32 | int64", kernel=_concat,
    lower=lambda values, axis: jnp.concatenate(values, _concat_axis(values, axis)), grad=_concat_grad,
    samples=lambda draw: ([draw.floats((2, 3)), draw.floats((2, 1))], 1),
)  # fmt: skip


def _check_split_axis(split_dim, n):
    a = int(np.ravel(split_dim)[0])
    if not -n <= a < n:
        raise InvalidArgumentError(f"-input rank({-n}) <= split_dim < input rank ({n}), but got {a}")
    return a % n


def _split(xp, split_dim, value, num_split):
    a = _check_split_axis(split_dim, value.ndim)
    if num_split <= 0 or value.shape[a] % num_split:
        raise InvalidArgumentError(
            "Number of ways to split should evenly divide the split dimension, but got split_dim "
            f"{a} (size = {value.shape[a]}) and num_split {num_split}"
        )
    return tuple(xp.split(value, num_split, a))


split = op(
    "Split", "split_dim: const int32, value: T, *, num_split: int -> output: num_split*T", T="any",
    kernel=lambda split_dim, value, num_split: _split(np, split_dim, np.asarray(value), num_split),
    lower=lambda split_dim, value, num_split: _split(jnp, split_dim, value, num_split),
    grad=lambda c, *dys: (None, concat_v2(list(dys), c.split_dim)), samples=lambda draw: (1, draw.floats((2, 4)), 2),
)  # fmt: skip


def _split_v(xp, value, size_splits, split_dim, num_split):
    a = _check_split_axis(split_dim, value.ndim)
    sizes = list(ints(size_splits))
    if sizes.count(-1) == 1:
        sizes[sizes.index(-1)] = value.shape[a] - sum(n for n in sizes if n != -1)
    if sizes.count(-1) > 1:
        raise InvalidArgumentError("There can only be one -1 in the input.")
    if sum(sizes) != value.shape[a] or any(n < 0 for n in sizes):
        raise InvalidArgumentError(
            "Determined shape must either match input shape along split_dim exactly if fully specified, or be less "
            f"than the size of the input along split_dim if not fully specified.  Got: {sum(sizes)}"
        )
    if len(sizes) != num_split:
        raise InvalidArgumentError(f"size_splits has {len(sizes)} elements, num_split is {num_split}")
    return tuple(xp.split(value, np.cumsum(sizes)[:-1].tolist(), a))


split_v = op(
    "SplitV", "value: T, size_splits: const Tlen, split_dim: const int32, *, num_split: int -> output: num_split*T",
    T="any", Tlen="int32 | int64 | int8",
    kernel=lambda value, sizes, axis, num_split: _split_v(np, np.asarray(value), sizes, axis, num_split),
    lower=lambda value, sizes, axis, num_split: _split_v(jnp, value, sizes, axis, num_split),
    grad=lambda c, *dys: (concat_v2(list(dys), c.split_dim), None, None),
    samples=lambda draw: (draw.floats((2, 4)), [1, 3], 1, 2),
)  # fmt: skip


def _multiples(x, multiples):
    counts = ints(multiples)
    if len(counts) != np.ndim(x) or np.ndim(multiples) != 1:
        raise InvalidArgumentError(
            f"Expected multiples argument to be a vector of length {np.ndim(x)} but got length {len(counts)}"
        )
    for i, n in enumerate(counts):
        if n < 0:
            raise InvalidArgumentError(f"Expected multiples[{i}] >= 0, but got {n}")
    return counts


def _tile_grad(c, dy):
    """The copies of each element added up."""
    from tapeflow.core.ops.defs.reduce import sum_

    rank = c.input.shape.rank
    if is_static(c.input) and type(c.multiples) is EagerTensor:
        pairs = zip(ints(c.multiples.host), c.input.shape.as_list(), strict=True)
        split = [m for pair in pairs for m in pair]
    else:
        split = reshape(pack([cast(c.multiples, "int32"), shape(c.input)], 1), [-1])
    return sum_(reshape(dy, split), list(range(0, 2 * rank, 2)))


tile = op(
    "Tile", "input: T, multiples: const Tmultiples -> output: T", T="any", Tmultiples="int32 | int64",
    kernel=lambda x, multiples: np.tile(x, _multiples(x, multiples))[()],
    lower=lambda x, multiples: jnp.tile(x, _multiples(x, multiples)), grad=(_tile_grad, None),
    samples=lambda draw: (draw.floats((2, 3)), [2, 1]),
)  # fmt: skip
