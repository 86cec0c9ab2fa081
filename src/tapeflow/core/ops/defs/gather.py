"""Reading by index: GatherV2, GatherNd, and from variables ResourceGather, ResourceGatherNd."""

import numpy as np

from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.ops.lowering import jnp
from tapeflow.core.ops.op import op
from tapeflow.core.ops.sizes import count, joined, sizes, tail
from tapeflow.core.values.indexed_slices import of_rows


def check_indices(indices, size):
    """Raises for the first index that is not in [0, size)."""
    bad = (indices < 0) | (indices >= size)
    if np.any(bad):
        place = np.argwhere(np.atleast_1d(bad))[0]
        value = np.atleast_1d(indices)[tuple(place)]
        where = ",".join(map(str, place)) if np.ndim(indices) else ""
        raise InvalidArgumentError(f"indices{f'[{where}]' if np.ndim(indices) else ''} = {value} is not in [0, {size})")


def _axes(params, indices, axis, batch_dims):
    """Axis and batch_dims as non-negative numbers, checked."""
    rank = np.ndim(params)
    if rank == 0:
        raise InvalidArgumentError("params must be at least 1 dimensional")
    a = int(np.ravel(axis)[0])
    if not -rank <= a < rank:
        raise InvalidArgumentError(f"Shape must be at least rank {a + 1 if a >= 0 else -a} but is rank {rank}")
    a %= rank
    b = batch_dims + np.ndim(indices) if batch_dims < 0 else batch_dims
    if not 0 <= b <= min(np.ndim(indices), rank):
        raise InvalidArgumentError(f"batch_dims must be in [0, {min(np.ndim(indices), rank)}], got {batch_dims}")
    if a < b:
        raise InvalidArgumentError(f"batch_dims ({b}) must be less than or equal to axis ({a}).")
    for i in range(b):
        if params.shape[i] != indices.shape[i]:
            raise InvalidArgumentError(
                f"params.shape[{i}]: {params.shape[i]} should be equal to indices.shape[{i}]: {indices.shape[i]}"
            )
    return a, b


def _index(xp, params, indices, axis, batch_dims):
    """The gather as one NumPy-style index: batch positions, then slices up to the axis, then the indices."""
    if batch_dims == 0:
        return (slice(None),) * axis + (indices,)
    batch = params.shape[:batch_dims]
    extra = len(indices.shape) - batch_dims
    grids = [xp.arange(n).reshape((1,) * i + (n,) + (1,) * (batch_dims - 1 - i + extra)) for i, n in enumerate(batch)]
    return (*grids, *(slice(None),) * (axis - batch_dims), indices)


def _gather_rule(xp, params, indices, axis, batch_dims):
    a, b = _axes(params, indices, axis, batch_dims)
    if b == 0:
        return xp.take(params, indices, a)
    result = params[_index(xp, params, indices, a, b)]
    if a == b:
        return result
    # Index arrays apart from one another come first: move the slices between batch and indices back in place.
    extra = len(indices.shape) - b
    between = a - b
    return xp.moveaxis(result, range(b + extra, b + extra + between), range(b, b + between))


def _gather(params, indices, axis, batch_dims):
    params, indices = np.asarray(params), np.asarray(indices)
    if batch_dims == 0 and np.ndim(axis) == 0 and -params.ndim <= axis < params.ndim:
        # The usual case, without looking at each index twice.
        try:
            if indices.size == 0 or indices.min() >= 0:
                return params.take(indices, axis)
        except IndexError:  # what follows says which one
            pass
    a, _ = _axes(params, indices, axis, batch_dims)
    check_indices(indices, params.shape[a])
    return _gather_rule(np, params, indices, axis, batch_dims)


def _rows_of(dy, indices, params):
    """The gradient of rows that were picked from `params`."""
    from tapeflow.core.ops.defs.array import reshape

    number = count(indices)
    flat = [number] if isinstance(number, int) else reshape(number, [1])
    if indices.shape.rank == 1:
        return of_rows(dy, indices, sizes(params))
    return of_rows(reshape(dy, joined(flat, tail(params, 1))), reshape(indices, flat), sizes(params))


def _gather_grad(c, dy):
    """Rows for axis 0, which need no dense tensor; else a scatter."""
    from tapeflow.core.ops.defs.scatter import scatter_rows

    axis = int(np.ravel(c.axis.host)[0])
    if axis in (0, -(c.params.shape.rank or 0)) and c.batch_dims == 0:
        return _rows_of(dy, c.indices, c.params)
    return scatter_rows(dy, c.indices, c.params, c.axis, c.batch_dims)


gather_v2 = op(
    "GatherV2", "params: Tparams, indices: Tindices, axis: const Taxis, *, batch_dims: int = 0 -> output: Tparams",
    Tparams="any", Tindices="int16 | int32 | int64", Taxis="int32 | int64",
    kernel=_gather, lower=lambda *args, **attrs: _gather_rule(jnp, *args, **attrs),
    grad=(_gather_grad, None, None),
    samples=[
        lambda draw: (draw.floats((4, 3)), draw.ints((2, 2), high=4), 0),
        lambda draw: (draw.floats((4, 3)), draw.ints((2,), high=3), 1),
        lambda draw: (draw.floats((2, 3, 4)), draw.ints((2, 2), high=4), 2, 1),
        lambda draw: (draw.floats((2, 3, 4)), draw.ints((2, 2), high=3), 1, 1),
    ],
)  # fmt: skip


# -- whole positions -------------------------------------------------------------------------------


def check_nd(indices, shape, what="param shape"):
    """Raises for the first position that is not inside `shape`."""
    bad = ((indices < 0) | (indices >= np.array(shape[: indices.shape[-1]]))).any(-1)
    if np.any(bad):
        place = np.argwhere(np.atleast_1d(bad))[0]
        row = indices.reshape(-1, indices.shape[-1])[np.flatnonzero(np.ravel(bad))[0]]
        where = ",".join(map(str, place))
        sizes = ",".join(map(str, shape))
        raise InvalidArgumentError(f"indices[{where}] = {row.tolist()} does not index into {what} [{sizes}]")


def _gather_nd(params, indices):
    params, indices = np.asarray(params), np.asarray(indices)
    if indices.ndim < 1:
        raise InvalidArgumentError("indices must be at least a vector")
    if params.ndim < 1:
        raise InvalidArgumentError("params must be at least a vector")
    depth = indices.shape[-1]
    if depth > params.ndim:
        raise InvalidArgumentError(
            f"index innermost dimension length must be <= params rank; saw: {depth} vs. {params.ndim}"
        )
    if depth:
        check_nd(indices, params.shape)
    return _gather_nd_rule(np, params, indices)


def _gather_nd_rule(xp, params, indices):
    if indices.shape[-1] == 0:
        return xp.broadcast_to(params, (*indices.shape[:-1], *params.shape))
    return params[tuple(xp.moveaxis(indices, -1, 0))]


def _gather_nd_grad(c, dy):
    from tapeflow.core.ops.defs.array import reshape
    from tapeflow.core.ops.defs.scatter import scatter_nd

    indices = c.indices
    if indices.shape.rank == 2 and indices.shape.as_list()[-1] == 1:
        return of_rows(dy, reshape(indices, [-1]), sizes(c.params))
    return scatter_nd(indices, dy, convert_shape(sizes(c.params), indices))


def convert_shape(shape, indices):
    """A shape as a tensor of the dtype of `indices`."""
    from tapeflow.core.values.convert import convert

    if not isinstance(shape, list):
        from tapeflow.core.ops.defs.array import cast

        return cast(shape, indices.dtype)
    return convert(np.array(shape, indices.dtype.np))


gather_nd = op(
    "GatherNd", "params: Tparams, indices: Tindices -> output: Tparams", Tparams="any",
    Tindices="int16 | int32 | int64", kernel=_gather_nd, lower=lambda p, i: _gather_nd_rule(jnp, p, i),
    grad=(_gather_nd_grad, None),
    samples=[
        lambda draw: (draw.floats((3, 3)), draw.ints((4, 2), high=3)),
        lambda draw: (draw.floats((3, 2)), draw.ints((2, 1), high=3)),
    ],
)  # fmt: skip


# -- from variables --------------------------------------------------------------------------------


def _resource_gather(resource, indices, dtype, batch_dims, validate_indices):
    return _gather(resource[()].value.host, indices, batch_dims, batch_dims)


def _resource_gather_grad(c, dy):
    from tapeflow.core.ops.defs.array import reshape

    shape = c.resource.host[()].value.shape.as_list()
    count = int(np.prod(c.indices.shape.as_list()))
    return of_rows(reshape(dy, [count, *shape[1:]]), reshape(c.indices, [count]), shape)


resource_gather = op(
    "ResourceGather",
    "resource: resource, indices: Tindices, *, dtype: type, batch_dims: int = 0, validate_indices: bool = True "
    "-> output: dtype",
    dtype="any", Tindices="int32 | int64", kernel=_resource_gather, grad=(_resource_gather_grad, None), stateful=True,
    samples=lambda draw: (draw.resource((3, 2)), [0, 2], draw.dtype),
)  # fmt: skip
resource_gather_nd = op(
    "ResourceGatherNd", "resource: resource, indices: Tindices, *, dtype: type -> output: dtype", dtype="any",
    Tindices="int32 | int64", kernel=lambda resource, indices, dtype: _gather_nd(resource[()].value.host, indices),
    grad=(lambda c, dy: _resource_gather_nd_grad(c, dy), None), stateful=True,
    samples=lambda draw: (draw.resource((3, 2)), [[0, 1], [2, 0]], draw.dtype),
)  # fmt: skip


def _resource_gather_nd_grad(c, dy):
    from tapeflow.core.ops.defs.array import reshape
    from tapeflow.core.ops.defs.scatter import scatter_nd

    shape = c.resource.host[()].value.shape.as_list()
    if c.indices.shape.rank == 2 and c.indices.shape.as_list()[-1] == 1:
        return of_rows(dy, reshape(c.indices, [c.indices.shape.as_list()[0]]), shape)
    return scatter_nd(c.indices, dy, convert_shape(shape, c.indices))
