"""Gathers from and scatters into variables, hung on `tf.Variable`. A scatter makes a new value: readers keep theirs."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.errors import OpError
from tapeflow.core.base.mode import current, mode
from tapeflow.core.base.quiet import quiet
from tapeflow.core.ops import registry
from tapeflow.core.ops.defs.gather import check_indices, gather_v2, resource_gather, resource_gather_nd
from tapeflow.core.ops.defs.gather import gather_nd as gather_nd_op
from tapeflow.core.ops.defs.scatter import _check, _set_at, positions
from tapeflow.core.ops.defs.shape import expand_dims
from tapeflow.core.values.convert import convert
from tapeflow.core.values.indexed_slices import IndexedSlices
from tapeflow.core.values.tensor import EagerTensor
from tapeflow.core.values.variable import UnreadVariable, Variable


def _integer(indices):
    return convert(indices, hint=dtypes.int32)


def sparse_read(self, indices, name=None):
    """Reads rows by index; the gradient to the variable is an `IndexedSlices`.

    Args:
        indices: Integer tensor, each in [0, shape[0]).
        name: Optional name.
    """
    indices = _integer(indices)
    if current.graph is not None:
        return gather_v2(self._read(), indices, 0)
    if mode.special:
        mode.on_read(self, EagerTensor(self._storage.value.host, self._dtype))
    return resource_gather(self.handle, indices, self._dtype)


def gather_nd(self, indices, name=None):
    """Reads elements or slices at index vectors, of shape [..., depth]."""
    if current.graph is not None:
        return gather_nd_op(self._read(), _integer(indices))
    if mode.special:
        mode.on_read(self, EagerTensor(self._storage.value.host, self._dtype))
    return resource_gather_nd(self.handle, _integer(indices), self._dtype)


def _written(self, op_name, change):
    """Applies `change` to a copy of the value and makes that the value."""
    result = np.array(self._storage.value.host)
    try:
        quiet.run(change, result)
    except OpError as error:
        raise error.complete(op_name, {"variable": self}) from error.__cause__
    self._storage.value = EagerTensor(result[()], self._dtype)
    return UnreadVariable(self)


def _written_in_graph(self, op_name, indices, updates):
    """The same in a graph: a new value, made by an op."""
    value = self._read()
    kind = op_name.removeprefix("ResourceScatter").removeprefix("Nd")
    if kind in ("Mul", "Div"):
        part = gather_nd_op(value, indices)
        updates = part * updates if kind == "Mul" else part / updates
        kind = "Update"
    after = registry.get(f"TensorScatter{kind}")(value, indices, updates)
    return self._assign_in(current.graph, after)


def _row_scatter(name, op_name, at, summary):
    def method(self, sparse_delta, use_locking=False, name=None):
        if not isinstance(sparse_delta, IndexedSlices):
            raise TypeError(f"Argument `sparse_delta` must be a `tf.IndexedSlices`. Received arg: {sparse_delta}")
        if current.graph is not None:
            column = expand_dims(_integer(sparse_delta.indices), 1)
            return _written_in_graph(self, op_name, column, convert(sparse_delta.values, dtype=self._dtype))
        indices = np.asarray(_integer(sparse_delta.indices).host)
        values = np.asarray(convert(sparse_delta.values, dtype=self._dtype).host)

        def change(result):
            check_indices(indices, result.shape[0])
            at(result, indices, values)

        return _written(self, op_name, change)

    method.__name__ = method.__qualname__ = name
    method.__doc__ = f"""{summary}

        Args:
            sparse_delta: `tf.IndexedSlices`: which rows, and with what.
            use_locking, name: Accepted.

        Raises:
            InvalidArgumentError: An index is out of range.
            TypeError: `sparse_delta` is something else.
        """
    return method


def _nd_scatter(name, op_name, at, summary):
    def method(self, indices, updates, name=None):
        if current.graph is not None:
            return _written_in_graph(self, op_name, _integer(indices), convert(updates, dtype=self._dtype))
        indices = np.asarray(_integer(indices).host)
        updates = np.asarray(convert(updates, dtype=self._dtype).host)

        def change(result):
            _check(indices, updates, result.shape)
            at(result, positions(indices), updates)

        return _written(self, op_name, change)

    method.__name__ = method.__qualname__ = name
    method.__doc__ = f"""{summary}

        Args:
            indices: Integer tensor of shape [..., depth].
            updates: Tensor of shape indices.shape[:-1] + shape[depth:].
            name: Optional name.

        Raises:
            InvalidArgumentError: An index is out of range, or the shapes do not fit.
        """
    return method


def _batch_update(result, indices, values):
    """Row `indices[..., i]` of each matrix of a batch."""
    batch = indices.shape[:-1]
    grids = np.meshgrid(*(np.arange(n) for n in batch), indexing="ij") if batch else []
    result[(*(g[..., None] for g in grids), indices)] = values


def _batch_update_in_graph(variable, indices, values):
    from tapeflow.core.ops.compose.indexing import _own_index
    from tapeflow.core.ops.compose.joining import concat

    vectors = expand_dims(indices, -1)
    own = [_own_index(vectors, k) for k in range(indices.shape.rank - 1)]
    return _written_in_graph(variable, "ResourceScatterNdUpdate", concat([*own, vectors], -1), values)


def batch_scatter_update(self, sparse_delta, use_locking=False, name=None):
    """Replaces rows of each element of a batch.

    Args:
        sparse_delta: `tf.IndexedSlices` with indices of shape [..., n].
        use_locking, name: Accepted.
    """
    if not isinstance(sparse_delta, IndexedSlices):
        raise TypeError(f"Argument `sparse_delta` must be a `tf.IndexedSlices`. Received arg: {sparse_delta}")
    if current.graph is not None:
        values = convert(sparse_delta.values, dtype=self._dtype)
        return _batch_update_in_graph(self, _integer(sparse_delta.indices), values)
    indices = np.asarray(_integer(sparse_delta.indices).host)
    values = np.asarray(convert(sparse_delta.values, dtype=self._dtype).host)

    def change(result):
        check_indices(indices, result.shape[indices.ndim - 1])
        _batch_update(result, indices, values)

    return _written(self, "BatchScatterUpdate", change)


for _name, _op_name, _at, _summary in [
    ("scatter_add", "ResourceScatterAdd", np.add.at, "Adds to rows; equal indices add up."),
    ("scatter_sub", "ResourceScatterSub", np.subtract.at, "Subtracts from rows; equal indices add up."),
    ("scatter_mul", "ResourceScatterMul", np.multiply.at, "Multiplies rows."),
    ("scatter_div", "ResourceScatterDiv", np.divide.at, "Divides rows."),
    ("scatter_max", "ResourceScatterMax", np.maximum.at, "Keeps the larger of row and value."),
    ("scatter_min", "ResourceScatterMin", np.minimum.at, "Keeps the smaller of row and value."),
    ("scatter_update", "ResourceScatterUpdate", _set_at, "Replaces rows; the last of equal indices wins."),
]:
    setattr(Variable, _name, _row_scatter(_name, _op_name, _at, _summary))
for _name, _op_name, _at, _summary in [
    ("scatter_nd_add", "ResourceScatterNdAdd", np.add.at, "Adds to elements or slices at index vectors."),
    ("scatter_nd_sub", "ResourceScatterNdSub", np.subtract.at, "Subtracts from elements or slices at index vectors."),
    ("scatter_nd_max", "ResourceScatterNdMax", np.maximum.at, "Keeps the larger of element and update."),
    ("scatter_nd_min", "ResourceScatterNdMin", np.minimum.at, "Keeps the smaller of element and update."),
    ("scatter_nd_update", "ResourceScatterNdUpdate", _set_at, "Replaces elements or slices at index vectors."),
]:
    setattr(Variable, _name, _nd_scatter(_name, _op_name, _at, _summary))
for _method in (sparse_read, gather_nd, batch_scatter_update):
    setattr(Variable, _method.__name__, _method)
