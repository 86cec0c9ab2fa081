"""`batch`, and how elements of each kind are stacked and taken apart."""

import numpy as np

from tapeflow.core.base import dtypes, nest
from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.base.specs import NoneTensorSpec, TensorSpec
from tapeflow.core.data import structure
from tapeflow.core.data.cursor import Cursor, Through, boxes
from tapeflow.core.data.dataset import Derived, known, number
from tapeflow.core.data.joining import uneven, whole_block
from tapeflow.core.values.extension_type import batch_encoder
from tapeflow.core.values.ragged import RaggedTensor, RaggedTensorSpec
from tapeflow.core.values.sparse import SparseTensor, SparseTensorSpec
from tapeflow.core.values.tensor import EagerTensor


def stack_rows(rows, specs):
    """Elements stacked, leaf by leaf.

    Raises:
        InvalidArgumentError: They differ in shape.
    """
    return tuple([
        stack_leaf(i, spec, column) for i, (spec, column) in enumerate(zip(specs, zip(*rows, strict=True), strict=True))
    ])  # fmt: skip


def stack_leaf(i, spec, values):
    """The values of one leaf, stacked."""
    if isinstance(spec, TensorSpec):
        return _stack_dense(i, values)
    if isinstance(spec, NoneTensorSpec):
        return None
    if isinstance(spec, RaggedTensorSpec):
        return _stack_ragged(spec, values)
    if isinstance(spec, SparseTensorSpec):
        return _stack_sparse(values)
    return _stack_encoded(i, spec, values)


def _stack_encoded(i, spec, values):
    """Values of an extension type, what each is encoded as stacked part by part."""
    encoder = batch_encoder(spec)
    kinds = encoder.encoding_specs(spec)
    rows = [map(structure.to_leaf, nest.flatten(encoder.encode(spec, one))) for one in values]
    parts = [
        _outside(kind, stack_leaf(i, kind, column))
        for kind, column in zip(nest.flatten(kinds), zip(*rows, strict=True), strict=True)
    ]
    return encoder.decode(spec._batch(len(values)), nest.pack_sequence_as(kinds, parts))


def _outside(kind, leaf):
    return EagerTensor(np.asarray(leaf), kind.dtype) if isinstance(kind, TensorSpec) else leaf


def _stack_dense(i, values):
    first = values[0]
    if isinstance(first, np.generic) and all(isinstance(x, np.generic) for x in values):
        return np.array(values, first.dtype)
    shape = first.shape
    out = np.empty((len(values), *shape), first.dtype)
    for k, x in enumerate(values):
        if x.shape != shape:
            raise uneven(i, shape, k, x.shape)
        out[k] = x[()] if x.ndim == 0 else x
    return out


def _stack_ragged(spec, values):
    """Ragged values (or tensors that stand for them) as the rows of one."""
    from tapeflow.core.ops.compose.ragged_array import stack

    if spec.ragged_rank == 0:
        lengths = np.array([len(x.host) for x in values], spec.row_splits_dtype.as_numpy_dtype)
        return RaggedTensor.from_row_lengths(np.concatenate([x.host for x in values]), lengths)
    return stack(list(values), axis=0)


def _stack_sparse(values):
    dense = np.max([np.asarray(x.dense_shape.host) for x in values], axis=0)
    indices = [
        np.concatenate([np.full((len(x.indices.host), 1), k, np.int64), x.indices.host], axis=1)
        for k, x in enumerate(values)
    ]
    return SparseTensor(
        np.concatenate(indices),
        EagerTensor(np.concatenate([x.values.host for x in values]), values[0].values.dtype),
        np.concatenate([[len(values)], dense]).astype(np.int64),
    )


# -- rows ------------------------------------------------------------------------------------------


def rows_of_leaf(spec, value):
    """The rows of one leaf of a batch, `spec` being that of the whole; None: as many Nones as wanted."""
    if isinstance(spec, TensorSpec):
        if value.dtype == object and value.ndim == 1:
            return boxes(value)
        return iter(value)
    if isinstance(spec, NoneTensorSpec):
        return None
    if isinstance(spec, SparseTensorSpec):
        return _sparse_rows(value)
    if not isinstance(spec, RaggedTensorSpec):
        return _encoded_rows(spec, value)
    count = int(value.nrows()) if isinstance(value, RaggedTensor) else len(value.host)
    return (value[k] for k in range(count))


def _encoded_rows(spec, value):
    """The rows of a batch of an extension type."""
    encoder, one = batch_encoder(spec), spec._unbatch()
    parts = encoder.encode(spec, value, minimum_rank=1)
    kinds = nest.flatten(encoder.encoding_specs(spec))
    columns = [rows_of_leaf(k, structure.to_leaf(x)) for k, x in zip(kinds, nest.flatten(parts), strict=True)]
    for row in zip(*columns, strict=True):
        leaves = [_outside(kind, x) for kind, x in zip(kinds, row, strict=True)]
        yield encoder.decode(one, nest.pack_sequence_as(parts, leaves))


def _sparse_rows(value):
    indices, values, shape = value.indices.host, value.values.host, value.dense_shape.host
    if len(shape) < 2:
        raise InvalidArgumentError(f"Rank of input SparseTensor should be > 1, but saw rank: {len(shape)}")
    dtype = value.values.dtype
    bounds = np.searchsorted(indices[:, 0], np.arange(int(shape[0]) + 1))
    for k in range(int(shape[0])):
        part = slice(bounds[k], bounds[k + 1])
        yield SparseTensor(indices[part, 1:], EagerTensor(values[part], dtype), shape[1:])


class Rows(Cursor):
    """The rows of one batch."""

    def __init__(self, leaves, specs):
        self._leaves, self._specs, self._place = leaves, specs, 0
        self._rows = self._begin()

    def _begin(self):
        columns = [rows_of_leaf(s, x) for s, x in zip(self._specs, self._leaves, strict=True)]
        if all(c is None for c in columns):
            return iter(())
        return zip(*[iter(lambda: None, 0) if c is None else c for c in columns])  # noqa: B905 - Nones have no end

    def next(self):
        row = next(self._rows, None)
        self._place += row is not None
        return row

    def save(self):
        return {"place": self._place}

    def restore(self, state):
        self._rows, self._place = self._begin(), 0
        for _ in range(int(state["place"])):
            self.next()


# -- batch -----------------------------------------------------------------------------------------


class _Batched(Through):
    """So many elements of a cursor at a time."""

    def __init__(self, source, size, drop, specs):
        self._source, self._size, self._drop, self._specs = source, size, drop, specs

    def next(self):
        source, size = self._source, self._size
        if source.columnar:
            columns = whole_block(source, size)
            if columns is None or (self._drop and len(columns[0]) < size):
                return None
            return columns
        rows = []
        while len(rows) < size:
            row = source.next()
            if row is None:
                break
            rows.append(row)
        if not rows or (self._drop and len(rows) < size):
            return None
        return stack_rows(rows, self._specs)


class _BatchDataset(Derived):
    """Elements stacked."""

    __slots__ = ()

    def __init__(self, dataset, batch_size, drop_remainder):
        size, drop = number(batch_size), number(drop_remainder, dtypes.bool)
        if known(size) is not None and size < 1:
            raise InvalidArgumentError("Batch size must be greater than zero. [Op:BatchDatasetV2]")
        fixed = known(size) if known(drop) else None
        super().__init__(dataset, structure.map_leaves(lambda s: s._batch(fixed), dataset.element_spec))
        self.arguments = size, drop

    @property
    def _batch_size(self):
        size = self.arguments[0]
        return size if known(size) is None else EagerTensor(np.int64(size), dtypes.int64)

    @property
    def _drop_remainder(self):
        return self.arguments[1]

    def make_cursor(self, start):
        size, drop = map(start.number, self.arguments)
        specs = structure.flatten(self._input_dataset.element_spec)
        return _Batched(self._input_dataset.cursor(start), size, drop, specs)

    def count(self, start):
        size, drop = map(start.number, self.arguments)
        inside = self._input_dataset.count(start)
        if inside < 0:
            return inside
        return inside // size if drop else -(-inside // size)


class _ParallelBatchDataset(_BatchDataset):
    """Elements stacked, as if in parallel."""

    __slots__ = ()
