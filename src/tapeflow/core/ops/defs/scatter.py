"""Writing by index: ScatterNd, TensorScatter*, and the sums of rows that gradients of gathers are."""

import numpy as np

from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.ops.defs.gather import _axes, _index, check_nd, gather_nd
from tapeflow.core.ops.defs.segment import can_be_summed, summed
from tapeflow.core.ops.lowering import jnp
from tapeflow.core.ops.op import op


def positions(indices):
    """Index vectors as a tuple of index arrays."""
    return tuple(np.moveaxis(np.asarray(indices), -1, 0))


def add_at(result, where, updates):
    """`np.add.at`, with whole rows at once where there are many."""
    if not where:  # index vectors of no elements: there is nothing to write
        return
    if not all(isinstance(i, np.ndarray) and i.shape == where[0].shape and i.ndim for i in where):
        np.add.at(result, where, updates)
        return
    outer, n = result.shape[: len(where)], where[0].size
    rows = updates.reshape(n, -1) if n and np.shape(updates)[: where[0].ndim] == where[0].shape else updates
    if not n or rows.dtype != result.dtype or not can_be_summed(rows) or min(int(i.min()) for i in where) < 0:
        np.add.at(result, where, updates)
        return
    places, inverse = np.unique(np.ravel_multi_index([i.reshape(-1) for i in where], outer), return_inverse=True)
    result.reshape(-1, rows.shape[1])[places] += summed(rows, inverse, len(places))


def _check(indices, updates, shape, what="shape"):
    """TensorFlow's checks of a scatter."""
    if indices.ndim < 1:
        raise InvalidArgumentError(f"Indices shape must have rank at least one. Found:{list(indices.shape)}")
    if updates.ndim < 1 and indices.ndim > 1:
        raise InvalidArgumentError(f"Updates shape must have rank at least one. Found:{list(updates.shape)}")
    depth, outer = indices.shape[-1], indices.ndim - 1
    if depth > len(shape):
        raise InvalidArgumentError(
            f"index innermost dimension length must be <= rank of shape; saw: {depth} vs. {len(shape)}"
        )
    if indices.shape[:-1] != updates.shape[:outer]:
        raise InvalidArgumentError(
            f"Dimensions [0,{outer}) of indices[shape={list(indices.shape)}] must match dimensions [0,{outer}) of "
            f"updates[shape={list(updates.shape)}]"
        )
    if tuple(updates.shape[outer:]) != tuple(shape[depth:]):
        raise InvalidArgumentError(
            "Inner dimensions of output shape must match inner dimensions of updates shape. Output: "
            f"{list(shape)} updates: {list(updates.shape)}"
        )
    if depth == 0 and updates.size:
        raise InvalidArgumentError("Indices and updates specified for empty output shape")
    if indices.size:
        check_nd(indices, shape, what)


def _scatter_nd(indices, updates, shape):
    indices, updates = np.asarray(indices), np.asarray(updates)
    sizes = tuple(np.ravel(shape).tolist())
    if any(n < 0 for n in sizes):
        raise InvalidArgumentError(f"Shape {list(sizes)} must have non-negative sizes")
    _check(indices, updates, sizes)
    result = np.zeros(sizes, updates.dtype) if updates.dtype != object else np.full(sizes, b"", object)
    add_at(result, positions(indices), updates)
    return result


def _scatter_nd_lowering(indices, updates, shape):
    if updates.dtype == bool:  # the sum of bools: whether any is true
        return _scatter_nd_lowering(indices, updates.astype(np.int32), shape) > 0
    return (
        jnp.zeros(tuple(np.ravel(shape).tolist()), updates.dtype).at[tuple(jnp.moveaxis(indices, -1, 0))].add(updates)
    )


scatter_nd = op(
    "ScatterNd", "indices: Tindices, updates: T, shape: const Tindices -> output: T", T="numeric | bool | string",
    Tindices="int16 | int32 | int64", kernel=_scatter_nd, lower=_scatter_nd_lowering,
    grad=(None, lambda c, dy: gather_nd(dy, c.indices), None),
    samples=lambda draw: (draw.ints((4, 1), high=5), draw.floats((4, 2)), [5, 2]),
)  # fmt: skip


def _tensor_scatter(name, at, method, grad, T="any"):
    def kernel(tensor, indices, updates):
        tensor, indices, updates = np.asarray(tensor), np.asarray(indices), np.asarray(updates)
        if tensor.ndim < 1:
            raise InvalidArgumentError(f"Tensor shape must have rank at least one. Found:{list(tensor.shape)}")
        _check(indices, updates, tensor.shape)
        result = tensor.copy()
        at(result, positions(indices), updates)
        return result

    return op(
        name, "tensor: T, indices: Tindices, updates: T -> output: T", T=T, Tindices="int16 | int32 | int64",
        kernel=kernel, grad=grad,
        lower=lambda t, i, u: getattr(t.at[tuple(jnp.moveaxis(i, -1, 0))], method)(u),
        samples=lambda draw: (draw.distinct((5, 2)), [[3], [0]], draw.distinct((2, 2)) + 0.25),
    )  # fmt: skip


def _set_at(result, where, updates):
    """Assignment in order: the last of equal positions wins."""
    result[where] = updates


def _zeros_like(x):
    from tapeflow.core.ops.defs.array import zeros_like

    return zeros_like(x)


def _extreme_grads():
    """Whoever is the extreme gets the gradient, equally shared."""

    def shared(c):
        from tapeflow.core.ops.defs.array import cast
        from tapeflow.core.ops.defs.math import equal

        mine = cast(equal(c.output, c.tensor), c.tensor.dtype)
        theirs = cast(equal(gather_nd(c.output, c.indices), c.updates), c.tensor.dtype)
        count = scatter_add(mine, c.indices, theirs)
        return mine, theirs, count

    def of_tensor(c, dy):
        mine, _, count = shared(c)
        return dy * mine / count

    def of_updates(c, dy):
        _, theirs, count = shared(c)
        return gather_nd(dy / count, c.indices) * theirs

    return of_tensor, None, of_updates


scatter_update = _tensor_scatter(
    "TensorScatterUpdate", _set_at, "set",
    (
        lambda c, dy: scatter_update(dy, c.indices, _zeros_like(c.updates)), None,
        lambda c, dy: gather_nd(dy, c.indices),
    ),
)  # fmt: skip
scatter_add = _tensor_scatter(
    "TensorScatterAdd", add_at, "add", (lambda c, dy: dy, None, lambda c, dy: gather_nd(dy, c.indices)), "numeric"
)
scatter_sub = _tensor_scatter(
    "TensorScatterSub", np.subtract.at, "subtract",
    (lambda c, dy: dy, None, lambda c, dy: -gather_nd(dy, c.indices)), "numeric",
)  # fmt: skip
scatter_max = _tensor_scatter("TensorScatterMax", np.maximum.at, "max", _extreme_grads(), "floating | integer")
scatter_min = _tensor_scatter("TensorScatterMin", np.minimum.at, "min", _extreme_grads(), "floating | integer")


# -- sums of rows ----------------------------------------------------------------------------------


def _scatter_rows(xp, dy, indices, params, axis, batch_dims):
    """The transpose of a gather: `dy` added up where its elements came from."""
    a, b = _axes(params, indices, axis, batch_dims)
    where = _index(xp, params, indices, a, b)
    if b and a != b:
        extra = len(indices.shape) - b
        dy = xp.moveaxis(dy, range(b, b + a - b), range(b + extra, b + extra + a - b))
    if xp is np:
        result = np.zeros(np.shape(params), np.asarray(dy).dtype)
        add_at(result, where if isinstance(where, tuple) else (where,), np.asarray(dy))
        return result
    return xp.zeros(params.shape, dy.dtype).at[where].add(dy)


def _gathered(c, dy):
    from tapeflow.core.ops.defs.gather import gather_v2

    return gather_v2(dy, c.indices, c.axis, c.batch_dims)


# No op of TensorFlow's: its gradient of a gather along another axis is a chain of transposes and a segment sum.
scatter_rows = op(
    "_ScatterRows",
    "dy: T, indices: Tindices, params: T, axis: const Taxis, *, batch_dims: int = 0 -> output: T", T="numeric",
    Tindices="int16 | int32 | int64", Taxis="int32 | int64",
    kernel=lambda *args, **attrs: _scatter_rows(np, *args, **attrs),
    lower=lambda *args, **attrs: _scatter_rows(jnp, *args, **attrs),
    grad=(_gathered, None, None, None),
    samples=lambda draw: (draw.floats((4, 2)), draw.ints((2,), high=3), draw.floats((4, 3)), 1),
)  # fmt: skip
