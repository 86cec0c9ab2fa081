"""Sums, extremes, reductions and softmax of sparse tensors. All on the host."""

import numpy as np

from tapeflow.core.base.errors import InternalError, InvalidArgumentError
from tapeflow.core.ops.defs.sparse_dense import check_same_shape, in_order, spelled
from tapeflow.core.ops.defs.sparse_shape import check_ranks, parts_shapes, row_major
from tapeflow.core.ops.op import op

_ORDERED = "bfloat16 | float16 | float32 | float64 | integer"


def _merged(a, b):
    """The index vectors of both in order, and where each is in `a` and in `b` (-1: not there).

    Both are walked once, side by side: what is not in order comes out as it stands.
    """
    if all(in_order(one)[0].all() for one in (a, b)):
        together = np.concatenate([a, b])
        order = row_major(together)
        sorted_ = together[order]
        new = np.ones(len(order), bool)
        new[1:] = np.any([column[1:] != column[:-1] for column in sorted_.T], 0)
        group = np.cumsum(new) - 1
        places = np.full((2, int(new.sum())), -1)
        side = (order >= len(a)).astype(int)
        places[side, group] = np.where(side, order - len(a), order)
        return sorted_[new], places[0], places[1]
    return _walked(a.tolist(), b.tolist(), a.shape[1])


def _walked(a, b, rank):
    found, i, j = [], 0, 0
    while i < len(a) or j < len(b):
        if j == len(b) or (i < len(a) and a[i] < b[j]):
            found.append((a[i], i, -1))
            i += 1
        elif i == len(a) or a[i] > b[j]:
            found.append((b[j], -1, j))
            j += 1
        else:
            found.append((a[i], i, j))
            i, j = i + 1, j + 1
    indices = np.array([one[0] for one in found], np.int64).reshape(-1, rank)
    return indices, np.array([one[1] for one in found], int), np.array([one[2] for one in found], int)


def _at(values, places):
    """The value at each place, zero where there is none."""
    if not len(values):
        return np.zeros(len(places), values.dtype)
    return np.where(places < 0, np.zeros((), values.dtype), values[places])


def _add(a_indices, a_values, a_shape, b_indices, b_values, b_shape, thresh):
    for what, rank, x, y in (("indices should be matrices", 2, a_indices, b_indices),
                             ("values should be vectors", 1, a_values, b_values)):  # fmt: skip
        if np.ndim(x) != rank or np.ndim(y) != rank:
            raise InvalidArgumentError(
                f"Input {what} but received shapes: {spelled(np.shape(x))} and {spelled(np.shape(y))}"
            )
    if (len(a_indices), len(b_indices)) != (len(a_values), len(b_values)):
        raise InvalidArgumentError(
            f"Expected {len(a_indices)} and {len(b_indices)} non-empty input values, got {len(a_values)} and "
            f"{len(b_values)}"
        )
    if np.ndim(a_shape) != 1 or np.ndim(b_shape) != 1:
        raise InvalidArgumentError(
            f"Input shapes should be a vector but received shapes {spelled(np.shape(a_shape))} and "
            f"{spelled(np.shape(b_shape))}"
        )
    if len(a_shape) != len(b_shape):
        shown = [" ".join(map(str, one.tolist())) for one in (a_shape, b_shape)]
        raise InvalidArgumentError(f"Operands do not have the same ranks; got shapes: {shown[0]} and {shown[1]}")
    check_same_shape(a_shape, b_shape)
    if np.ndim(thresh):
        raise InvalidArgumentError(f"The magnitude threshold must be a scalar: got shape {spelled(np.shape(thresh))}")
    if a_indices.shape[1] == 0 or b_indices.shape[1] == 0:
        raise InvalidArgumentError("Tensors must not be empty")
    indices, i, j = _merged(a_indices, b_indices)
    total = _at(a_values, i) + _at(b_values, j)
    # Only what was added up can be too small: what is in one of them stays.
    kept = (i < 0) | (j < 0) | (np.abs(total) >= thresh)
    return indices[kept], total[kept].astype(a_values.dtype), a_shape


def _add_grad(c, d_indices, d_values, d_shape):
    both = add_grad(d_values, c.a_indices, c.b_indices, c.sum_indices)
    return None, both.a_val_grad, None, None, both.b_val_grad, None, None


add = op(
    "SparseAdd",
    "a_indices: int64, a_values: T, a_shape: int64, b_indices: int64, b_values: T, b_shape: int64, thresh: Treal -> "
    "sum_indices: int64, sum_values: T, sum_shape: int64",
    T="numeric", Treal=_ORDERED, kernel=_add, grad=_add_grad, shape=lambda shapes, attrs: parts_shapes(shapes[0]),
    samples=lambda draw: (
        [[0, 1], [1, 0]], draw.floats((2,)), [2, 2], [[0, 1], [1, 1]], draw.floats((2,)), [2, 2], np.float32(0),
    ),
)  # fmt: skip


def _found(indices, among):
    """Where each index vector is in `among`, -1 if nowhere."""
    where = {tuple(one): i for i, one in enumerate(among.tolist())}
    return np.array([where.get(tuple(one), -1) for one in indices.tolist()], int)


def _backward(backprop_val_grad, a_indices, b_indices, sum_indices):
    for x in (a_indices, b_indices, sum_indices):
        if np.ndim(x) != 2:
            shapes = ", ".join(spelled(np.shape(one)) for one in (a_indices, b_indices, sum_indices))
            raise InvalidArgumentError(f"Input {{a, b, sum}}_indices should be matrices but received shapes: {shapes}")
    if np.ndim(backprop_val_grad) != 1:
        raise InvalidArgumentError(
            f"Input backprop_val_grad should be a vector but received shape: {spelled(np.shape(backprop_val_grad))}"
        )
    ranks = a_indices.shape[1], b_indices.shape[1], sum_indices.shape[1]
    if len(set(ranks)) > 1:
        raise InvalidArgumentError(
            "The densified operands should have the same ndims; for A, B, sum got: " + "".join(map(str, ranks))
        )
    if len(backprop_val_grad) != len(sum_indices):
        raise InvalidArgumentError(
            "# elements of backprop_val_grad and # rows of sum_indices should match (#nnz of sum): got "
            f"{len(backprop_val_grad)} and {len(sum_indices)}"
        )
    return tuple(_at(backprop_val_grad, _found(one, sum_indices)) for one in (a_indices, b_indices))


def _backward_grad(c, da, db):
    """Linear in its first argument: what the values at the places of the sum add up to."""
    from tapeflow.core.ops.defs.gather import gather_nd
    from tapeflow.core.ops.defs.scatter import scatter_nd

    sizes = _sizes_of_all(c)
    spread = scatter_nd(c.a_indices, da, sizes) + scatter_nd(c.b_indices, db, sizes)
    return gather_nd(spread, c.sum_indices), None, None, None


def _sizes_of_all(c):
    """A shape that holds all index vectors."""
    from tapeflow.core.ops.compose.joining import concat
    from tapeflow.core.ops.compose.reduce import reduce_max

    return reduce_max(concat([c.a_indices, c.b_indices, c.sum_indices], 0), 0) + 1


add_grad = op(
    "SparseAddGrad",
    "backprop_val_grad: T, a_indices: int64, b_indices: int64, sum_indices: int64 -> a_val_grad: T, b_val_grad: T",
    T="numeric", kernel=_backward, grad=_backward_grad,
    shape=lambda shapes, attrs: [(one[0] if one else None,) for one in shapes[1:3]],
    samples=lambda draw: (draw.floats((3,)), [[0, 1], [1, 0]], [[0, 0]], [[0, 0], [0, 1], [1, 0]]),
)  # fmt: skip


# -- the larger and the smaller of two -------------------------------------------------------------


def _extreme(name, function, T):
    def kernel(a_indices, a_values, a_shape, b_indices, b_values, b_shape):
        check_ranks(a_indices, a_values, a_shape)
        check_ranks(b_indices, b_values, b_shape)
        if len(a_shape) != len(b_shape):
            raise InvalidArgumentError("Operands do not have the same ranks")
        check_same_shape(a_shape, b_shape)
        indices, i, j = _merged(a_indices, b_indices)
        x, y = _at(a_values, i), _at(b_values, j)
        return indices, function(x, y).astype(a_values.dtype)

    def grad(c, d_indices, d_values):
        """Whoever is the extreme gets the gradient; equals share it."""
        from tapeflow.core.ops.compose.array import cast
        from tapeflow.core.ops.compose.creation import zeros_like

        dtype, where, nothing = c.a_values.dtype, c.output_indices, zeros_like(c.output_values)
        mine = add(c.a_indices, c.a_values, c.a_shape, where, nothing, c.b_shape, _zero(dtype)).sum_values
        theirs = add(where, nothing, c.a_shape, c.b_indices, c.b_values, c.b_shape, _zero(dtype)).sum_values
        first = cast(mine == c.output_values, dtype)
        second = cast(theirs == c.output_values, dtype)
        share = d_values / (first + second)
        da = add_grad(share * first, c.a_indices, c.b_indices, c.output_indices)
        db = add_grad(share * second, c.a_indices, c.b_indices, c.output_indices)
        return None, da.a_val_grad, None, None, db.b_val_grad, None

    return op(
        name,
        "a_indices: int64, a_values: T, a_shape: int64, b_indices: int64, b_values: T, b_shape: int64 -> "
        "output_indices: int64, output_values: T",
        T=T, kernel=kernel, grad=grad, shape=lambda shapes, attrs: parts_shapes(shapes[0])[:2],
        samples=lambda draw: (
            [[0, 1], [1, 0]], draw.distinct((2,)) + 0.5, [2, 2], [[0, 1], [1, 1]], draw.distinct((2,)) + 0.25, [2, 2],
        ),
    )  # fmt: skip


def _zero(dtype):
    from tapeflow.core.values.convert import convert

    return convert(0, dtype=dtype)


maximum = _extreme("SparseSparseMaximum", np.maximum, _ORDERED)
minimum = _extreme("SparseSparseMinimum", np.minimum, "numeric")


# -- reductions ------------------------------------------------------------------------------------


def _axes(axes, rank):
    if np.ndim(axes) > 1:
        raise InvalidArgumentError(
            f"Expected reduction_axes to be a scalar or a vector; got shape: {spelled(np.shape(axes))}"
        )
    for n in np.ravel(axes).tolist():
        if not -rank <= n < rank:
            raise InvalidArgumentError(f"Invalid reduction dimension {n}, for input with {rank} dimensions.")
    return sorted({n % rank for n in np.ravel(axes).tolist()})


def _groups(indices, values, shape, axes, function):
    """The index vectors that are left without the axes, in order, and the values of each reduced."""
    if len(indices) != len(values):
        raise InvalidArgumentError(
            f"indices and values rows (indexing dimension) must match. (indices = {len(indices)}, values = "
            f"{len(values)})"
        )
    rest = [d for d in range(len(shape)) if d not in axes]
    outer = indices[:, rest]
    order = row_major(outer)
    outer, sorted_ = outer[order], values[order]
    if not len(outer):
        return rest, outer, values[:0]
    new = np.ones(len(outer), bool)
    new[1:] = (outer[1:] != outer[:-1]).any(1)
    return rest, outer[new], function.reduceat(sorted_, np.flatnonzero(new)).astype(values.dtype)


def _reduction(name, function, T, grad):
    def dense(input_indices, input_values, input_shape, reduction_axes, *, keep_dims):
        axes = _axes(reduction_axes, len(input_shape))
        rest, index, found = _groups(input_indices, input_values, input_shape, axes, function)
        sizes = input_shape[rest]
        outside = (index >= sizes) | (index < 0)
        if outside.any():
            i, d = np.argwhere(outside)[0]
            raise InternalError(
                f"Obtained a write index of {index[i, d]} which is outside of bounds of [0, {sizes[d]})"
            )
        result = np.zeros(tuple(sizes.tolist()), input_values.dtype)
        result[tuple(index.T)] = found if rest else found.sum(dtype=found.dtype) if len(found) else 0
        return result.reshape([1 if d in axes else int(n) for d, n in enumerate(input_shape)]) if keep_dims else result

    def sparse(input_indices, input_values, input_shape, reduction_axes, *, keep_dims):
        axes = _axes(reduction_axes, len(input_shape))
        rest, index, found = _groups(input_indices, input_values, input_shape, axes, function)
        if not keep_dims:
            return index, found, input_shape[rest]
        whole = np.zeros((len(index), len(input_shape)), np.int64)
        whole[:, rest] = index
        return whole, found, np.array([1 if d in axes else n for d, n in enumerate(input_shape.tolist())], np.int64)

    inputs = "input_indices: int64, input_values: T, input_shape: int64, reduction_axes: int32"
    samples = lambda draw: ([[0, 1], [1, 0], [1, 2]], draw.distinct((3,)), [3, 3], [1])
    first = op(
        name, f"{inputs}, *, keep_dims: bool = False -> output: T", T=T, kernel=dense, grad=grad, samples=samples,
    )  # fmt: skip
    second = op(
        f"{name}Sparse",
        f"{inputs}, *, keep_dims: bool = False -> output_indices: int64, output_values: T, output_shape: int64",
        T=T, kernel=sparse, grad=None, shape=lambda shapes, attrs: [(None, None), (None,), (None,)], samples=samples,
    )  # fmt: skip
    return first, second


def _sum_grad(c, dy):
    """Each value takes the gradient of the group that it is in."""
    from tapeflow.core.ops.compose.array import cast, reshape
    from tapeflow.core.ops.compose.creation import one_hot
    from tapeflow.core.ops.compose.reduce import reduce_max
    from tapeflow.core.ops.defs.gather import gather_nd

    rank = c.input_indices.shape[1]
    axes = reshape(c.reduction_axes, [-1])
    axes = axes + cast(axes < 0, axes.dtype) * rank
    reduced = cast(reduce_max(one_hot(axes, rank, dtype=c.input_shape.dtype), 0), c.input_shape.dtype)
    kept = 1 - reduced
    sizes = c.input_shape * kept + reduced
    return None, gather_nd(reshape(dy, sizes), c.input_indices * kept), None, None


reduce_sum, reduce_sum_sparse = _reduction("SparseReduceSum", np.add, "numeric", _sum_grad)
reduce_max, reduce_max_sparse = _reduction("SparseReduceMax", np.maximum, _ORDERED, None)


# -- softmax ---------------------------------------------------------------------------------------


def _softmax(sp_indices, sp_values, sp_shape):
    if np.ndim(sp_indices) != 2 or np.ndim(sp_values) != 1 or np.ndim(sp_shape) != 1:
        raise InvalidArgumentError(
            f"The indices must be a matrix, values and shape vectors; got {spelled(np.shape(sp_indices))}, "
            f"{spelled(np.shape(sp_values))} and {spelled(np.shape(sp_shape))}"
        )
    if len(sp_shape) < 2:
        raise InvalidArgumentError(f"Input should have rank >= 2, but received shape: {spelled(sp_shape)[1:-1]}")
    if sp_indices.shape[1] != len(sp_shape):
        raise InvalidArgumentError("Order length must be SparseTensor rank.")
    if len(sp_indices) != len(sp_values):
        raise InvalidArgumentError(
            f"indices and values rows (indexing dimension) must match. (indices = {len(sp_indices)}, values = "
            f"{len(sp_values)})"
        )
    if not len(sp_values):
        return sp_values.copy()
    order = row_major(sp_indices)  # the result is in order, as TensorFlow's
    rows, values = sp_indices[order, :-1], sp_values[order]
    new = np.ones(len(rows), bool)
    new[1:] = (rows[1:] != rows[:-1]).any(1)
    starts, group = np.flatnonzero(new), np.cumsum(new) - 1
    powers = np.exp(values - np.maximum.reduceat(values, starts)[group])
    return (powers / np.add.reduceat(powers, starts)[group]).astype(sp_values.dtype)


def _softmax_grad(c, dy):
    """`y * (dy - sum of y dy in the row)`."""
    from tapeflow.core.ops.defs.sparse_dense import dense_cwise_add

    weighted = dy * c.output
    total = reduce_sum(c.sp_indices, -weighted, c.sp_shape, [-1], keep_dims=True)
    return None, dense_cwise_add(c.sp_indices, dy, c.sp_shape, total) * c.output, None


softmax = op(
    "SparseSoftmax", "sp_indices: int64, sp_values: T, sp_shape: int64 -> output: T", T="float16 | float32 | float64",
    kernel=_softmax, grad=_softmax_grad, shape=lambda shapes, attrs: [shapes[1]],
    samples=lambda draw: ([[0, 1], [1, 0], [1, 2]], draw.floats((3,)), [3, 3]),
)  # fmt: skip
