"""`padded_batch`, `ragged_batch` and `sparse_batch`: batches of elements that differ in shape."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.errors import DataLossError, InvalidArgumentError
from tapeflow.core.base.shapes import TensorShape, as_shape
from tapeflow.core.base.specs import TensorSpec
from tapeflow.core.data import structure
from tapeflow.core.data.batches import _BatchDataset, _Batched
from tapeflow.core.data.cursor import Through
from tapeflow.core.data.dataset import DatasetSpec, Derived, known, number
from tapeflow.core.values.convert import convert
from tapeflow.core.values.ragged import RaggedTensor, RaggedTensorSpec
from tapeflow.core.values.sparse import SparseTensor, SparseTensorSpec
from tapeflow.core.values.symbol import Symbol
from tapeflow.core.values.tensor import EagerTensor, Tensor


class _Padded(Through):
    """Batches whose elements are filled up to one shape."""

    def __init__(self, source, size, drop, shapes, fillers):
        self._source, self._size, self._drop = source, size, drop
        self._shapes, self._fillers = shapes, fillers

    def next(self):
        rows = []
        while len(rows) < self._size:
            row = self._source.next()
            if row is None:
                break
            rows.append(row)
        if not rows or (self._drop and len(rows) < self._size):
            return None
        columns = zip(*rows, strict=True)
        return tuple([
            _padded(i, column, shape, filler)
            for i, (column, shape, filler) in enumerate(zip(columns, self._shapes, self._fillers, strict=True))
        ])  # fmt: skip


def _padded(i, values, shape, filler):
    """One leaf's values, filled up; -1 in `shape` stands for the longest."""
    shapes = np.array([x.shape for x in values]).reshape(len(values), -1)
    if shapes.shape[1] != len(shape):
        raise InvalidArgumentError(
            "All elements in a batch must have the same rank as the padded shape for component"
            f"{i}: expected rank {len(shape)} but got element with rank {shapes.shape[1]}"
        )
    longest = shapes.max(axis=0, initial=0)
    full = [int(n) if n >= 0 else int(m) for n, m in zip(shape, longest, strict=True)]
    if (longest > full).any():
        raise DataLossError(
            f"Attempted to pad to a smaller size than the input element: component {i} is to be {full} and an element "
            f"is {longest.tolist()}"
        )
    out = np.empty((len(values), *full), values[0].dtype)
    out[...] = filler
    for k, x in enumerate(values):
        out[(k, *(slice(n) for n in x.shape))] = x[()] if x.ndim == 0 else x
    return out


class _PaddedBatchDataset(Derived):
    """Elements filled up to one shape and stacked."""

    __slots__ = ()

    def __init__(self, dataset, batch_size, padded_shapes, padding_values, drop_remainder):
        size, drop = number(batch_size), number(drop_remainder, dtypes.bool)
        if known(size) is not None and size < 1:
            raise InvalidArgumentError("Batch size must be greater than zero. [Op:PaddedBatchDatasetV2]")
        specs = structure.flatten(dataset.element_spec)
        for spec in specs:
            if isinstance(spec, DatasetSpec):
                raise TypeError("`padded_batch` is not supported for datasets of datasets")
            if not isinstance(spec, TensorSpec):
                raise TypeError(
                    "`padded_batch` is only supported for datasets that produce tensor elements but type spec of "
                    f"elements in the input dataset is not a subclass of TensorSpec: `{spec}`."
                )
        if padded_shapes is None:
            if any(s.shape.rank is None for s in specs):
                raise ValueError("You must provide `padded_shapes` argument because component 0 has unknown rank.")
            shapes = [[-1 if n is None else n for n in s.shape.as_list()] for s in specs]
        else:
            parts = _up_to(dataset.element_spec, padded_shapes)
            shapes = [_fitting(_target(part, s.shape), s.shape) for part, s in zip(parts, specs, strict=True)]
        fixed = known(size) if known(drop) else None
        out = [TensorSpec(TensorShape([fixed]).concatenate(_static(t)), s.dtype)
               for t, s in zip(shapes, specs, strict=True)]  # fmt: skip
        super().__init__(dataset, structure.pack(dataset.element_spec, out))
        self._shapes = shapes
        self._fillers = _fillers(dataset.element_spec, specs, padding_values)
        loose = [x for shape in shapes for x in _symbols_in(shape)]
        self.arguments = (size, drop, *loose, *[f for f in self._fillers if type(f) is Symbol])

    def make_cursor(self, start):
        size, drop = map(start.number, self.arguments[:2])
        shapes = [_values(s, start) for s in self._shapes]
        fillers = [start.host(f) for f in self._fillers]
        return _Padded(self._input_dataset.cursor(start), size, drop, shapes, fillers)

    def count(self, start):
        return _BatchDataset.count(self, start)


def _up_to(spec, shapes):
    """The parts of `shapes` for the leaves of a spec."""
    kind = structure._KINDS[type(spec)]
    if kind is None:
        return [shapes]
    if kind.word == "mapping":
        return [part for key in sorted(spec) for part in _up_to(spec[key], shapes[key])]
    if not isinstance(shapes, (tuple, list)) or len(shapes) != len(spec):
        raise ValueError(
            f"The two structures don't have the same sequence length. Input structure has length "
            f"{len(shapes) if hasattr(shapes, '__len__') else 1}, while shallow structure has length {len(spec)}."
        )
    return [part for s, p in zip(kind.children(spec), shapes, strict=True) for part in _up_to(s, p)]


def _fitting(target, given):
    """The padded shape, if it is a vector of sizes for the dimensions that the elements have."""
    if type(target) is Symbol:
        return target
    if given.rank not in (None, len(target)):
        raise ValueError(
            f"The padded shape {tuple(target)} is not compatible with the shape {given} of the corresponding input "
            "component."
        )
    return target


def _target(shape, given):
    """A padded shape as a list of numbers and symbols, or one symbol; -1 stands for the longest."""
    if isinstance(shape, Tensor):
        return shape.host.tolist() if isinstance(shape, EagerTensor) else shape
    if isinstance(shape, (list, tuple)) and any(isinstance(n, Tensor) for n in shape):
        return [n.host.item() if isinstance(n, EagerTensor) else n for n in shape]
    if isinstance(shape, (int, np.integer)):
        shape = [int(shape)]
    if isinstance(shape, np.ndarray):
        shape = shape.tolist()
    if isinstance(shape, (list, tuple)) and any(isinstance(n, (list, tuple)) for n in shape):
        raise ValueError(f"Padded shape {shape} must be a `tf.int64` vector tensor, but it is a matrix.")
    if not isinstance(shape, TensorShape):
        shape = [None if n is not None and not hasattr(n, "value") and int(n) == -1 else n for n in shape]
    shape = as_shape(shape)
    fits = given.rank is None or (
        shape.rank == given.rank
        and all(a is None or b is None or a >= b for a, b in zip(shape.as_list(), given.as_list(), strict=True))
    )
    if not fits:
        raise ValueError(
            f"The padded shape {shape} is not compatible with the shape {given} of the corresponding input component."
        )
    return [-1 if n is None else n for n in shape.as_list()]


def _symbols_in(shape):
    if isinstance(shape, Symbol):
        return [shape]
    return [n for n in shape if isinstance(n, Symbol)]


def _static(shape):
    if isinstance(shape, Symbol):
        return TensorShape([None] * shape.shape[0]) if shape.shape.rank == 1 and shape.shape[0] is not None else None
    return TensorShape([None if isinstance(n, Symbol) or n < 0 else n for n in shape])


def _values(shape, start):
    if isinstance(shape, Symbol):
        return start.host(shape).tolist()
    return [int(start.number(n)) for n in shape]


def _fillers(spec, specs, given):
    """The padding value of each leaf, a scalar tensor."""
    if structure._KINDS[type(spec)] is not None and structure._KINDS[type(given)] is None:
        parts = [given] * len(specs)
    else:
        parts = structure.flatten_up_to(spec, given)
    found = []
    for value, s in zip(parts, specs, strict=True):
        if value is None:
            value = "" if s.dtype is dtypes.string else np.zeros((), s.dtype.as_numpy_dtype)
        value = convert(value)
        if not value.shape.is_compatible_with([]):
            raise ValueError(
                f"Invalid `padding_values`. `padding_values` values should be scalars, but got {value.shape}."
            )
        if value.dtype is not s.dtype:
            raise TypeError(
                f"Invalid `padding_values`. `padding_values` values type {value.dtype} does not match type {s.dtype} "
                "of the corresponding input component."
            )
        found.append(value)
    return found


# -- ragged ----------------------------------------------------------------------------------------


def ragged_spec(spec, row_splits_dtype):
    """The spec of a leaf as `ragged_batch` sees it: tensors of unknown sizes become ragged."""
    if not isinstance(spec, TensorSpec) or spec.shape.rank is None or spec.shape.is_fully_defined():
        return spec
    rank = max(axis for axis, size in enumerate(spec.shape.as_list()) if size is None)
    return RaggedTensorSpec(spec.shape, spec.dtype, rank, row_splits_dtype)


class _RaggedRows(_Batched):
    """Elements stacked, those of unknown sizes as ragged rows."""

    def next(self):
        rows = []
        while len(rows) < self._size:
            row = self._source.next()
            if row is None:
                break
            rows.append(row)
        if not rows or (self._drop and len(rows) < self._size):
            return None
        from tapeflow.core.data.batches import stack_leaf

        columns = zip(*rows, strict=True)
        return tuple([
            ragged_rows(spec, column) if isinstance(spec, RaggedTensorSpec) and not isinstance(column[0], RaggedTensor)
            else stack_leaf(i, spec, column)
            for i, (spec, column) in enumerate(zip(self._specs, columns, strict=True))
        ])  # fmt: skip


def ragged_rows(spec, arrays):
    """Arrays as the rows of one ragged tensor, with `spec.ragged_rank` ragged dimensions inside each."""
    kind = spec.row_splits_dtype.as_numpy_dtype
    lengths = [np.array([x.shape[0] for x in arrays], kind)]
    for axis in range(1, spec.ragged_rank + 1):
        lengths.append(np.concatenate([np.full(int(np.prod(x.shape[:axis])), x.shape[axis], kind) for x in arrays]))
    flat = [x.reshape(-1, *x.shape[spec.ragged_rank + 1 :]) for x in arrays]
    values = EagerTensor(np.concatenate(flat), spec.dtype)
    for one in reversed(lengths):
        values = RaggedTensor.from_row_lengths(values, one, validate=False)
    return values


class _RaggedBatchDataset(Derived):
    """Elements stacked, those of unknown sizes as ragged rows."""

    __slots__ = ()

    def __init__(self, dataset, batch_size, drop_remainder, row_splits_dtype):
        size, drop = number(batch_size), number(drop_remainder, dtypes.bool)
        kind = dtypes.as_dtype(row_splits_dtype)
        rows = structure.map_leaves(lambda s: ragged_spec(s, kind), dataset.element_spec)
        fixed = known(size) if known(drop) else None
        self._row_specs = [
            RaggedTensorSpec(s.shape, s.dtype, s.ragged_rank, kind) if isinstance(s, RaggedTensorSpec) else s
            for s in structure.flatten(rows)
        ]
        super().__init__(dataset, structure.map_leaves(lambda s: s._batch(fixed), rows))
        self.arguments = size, drop

    def make_cursor(self, start):
        size, drop = map(start.number, self.arguments)
        return _RaggedRows(self._input_dataset.cursor(start), size, drop, self._row_specs)

    def count(self, start):
        return _BatchDataset.count(self, start)


# -- sparse ----------------------------------------------------------------------------------------


class _SparseRows(Through):
    """Dense elements of one rank as one sparse tensor a batch."""

    def __init__(self, source, size, shape, dtype):
        self._source, self._size, self._shape, self._dtype = source, size, shape, dtype

    def next(self):
        rows = []
        while len(rows) < self._size and (row := self._source.next()) is not None:
            rows.append(row[0])
        if not rows:
            return None
        longest = np.max([x.shape for x in rows], axis=0)
        full = [int(m) if n is None or n < 0 else int(n) for n, m in zip(self._shape, longest, strict=True)]
        if (longest > full).any():
            raise DataLossError(
                f"Attempted to add an element of shape {longest.tolist()} to a batch of row shape {full}"
            )
        indices = [np.argwhere(np.ones(x.shape, bool)).reshape(-1, x.ndim) for x in rows]
        indices = [np.insert(one, 0, k, axis=1) for k, one in enumerate(indices)]
        values = np.concatenate([x.ravel() for x in rows])
        return (SparseTensor(np.concatenate(indices).astype(np.int64), EagerTensor(values, self._dtype),
                             np.array([len(rows), *full], np.int64)),)  # fmt: skip


class _DenseToSparseBatchDataset(Derived):
    """Dense elements of different sizes as sparse batches."""

    __slots__ = ()

    def __init__(self, dataset, batch_size, row_shape):
        spec = dataset.element_spec
        if not isinstance(spec, TensorSpec):
            raise TypeError(
                "`dense_to_sparse_batch` requires an input dataset whose elements have a single component, but the "
                f"given dataset has the following component types: {spec}."
            )
        self._row_shape = as_shape([None if n == -1 else n for n in row_shape])
        super().__init__(dataset, SparseTensorSpec(TensorShape([None]).concatenate(self._row_shape), spec.dtype))
        self.arguments = (number(batch_size),)

    def make_cursor(self, start):
        size = start.number(self.arguments[0])
        dtype = self._spec.dtype
        return _SparseRows(self._input_dataset.cursor(start), size, self._row_shape.as_list(), dtype)

    def count(self, start):
        inside, size = self._input_dataset.count(start), start.number(self.arguments[0])
        return inside if inside < 0 else -(-inside // size)
