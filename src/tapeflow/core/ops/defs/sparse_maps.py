"""Sparse tensors that are kept by number, and given back many at a time, as queues of numbers carry them."""

import itertools
import threading

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.base.shared import Shared
from tapeflow.core.ops.defs.serialize_sparse import deserialize_many, serialize, serialize_many
from tapeflow.core.ops.op import op

_maps = Shared()
_NAMED = "container: string = '', shared_name: string = ''"
_SPARSE = "sparse_indices: int64, sparse_values: T, sparse_shape: int64"


class _Map:
    """Rows of serialized sparse tensors by number."""

    def __init__(self, name):
        self.name, self._rows, self._numbers, self._lock = name, {}, itertools.count(), threading.Lock()

    def add(self, row):
        """Keeps a row; returns its number."""
        with self._lock:
            number = next(self._numbers)
            self._rows[number] = row
        return number

    def take(self, number):
        """Gives a row back, once."""
        with self._lock:
            if number not in self._rows:
                raise InvalidArgumentError(f"Unable to find SparseTensor: {number} in map: {self.name}")
            return self._rows.pop(number)


def _map(container, shared_name):
    return _maps.always(container, shared_name, lambda: _Map(shared_name))


def _check(indices, values, shape):
    if np.ndim(indices) == 2 and np.ndim(values) == 1 and len(indices) != len(values):
        raise InvalidArgumentError(
            f"indices and values rows (indexing dimension) must match. (indices = {len(indices)}, "
            f"values = {len(values)})"
        )
    if np.ndim(indices) == 2 and np.ndim(shape) == 1 and indices.shape[1] != len(shape):
        raise InvalidArgumentError(
            f"Index rank ({indices.shape[1]}) and shape rank ({len(shape)}) do not match"
        )


def _add(indices, values, shape, *, container, shared_name):
    _check(indices, values, shape)
    row = serialize.kernel(indices, values, shape, out_type=dtypes.string)
    return np.int64(_map(container, shared_name).add(row))


def _add_many(indices, values, shape, *, container, shared_name):
    _check(indices, values, shape)
    rows = serialize_many.kernel(indices, values, shape, out_type=dtypes.string)
    kept, filled = _map(container, shared_name), set(indices[:, 0].tolist())
    handles = np.zeros(len(rows), np.int64)
    # TensorFlow numbers the rows with elements first.
    for i in sorted(range(len(rows)), key=lambda i: i not in filled):
        handles[i] = kept.add(rows[i])
    return handles


def _take_many(sparse_handles, *, dtype, container, shared_name):
    if np.ndim(sparse_handles) != 1:
        raise InvalidArgumentError(f"sparse_handles should be a vector, has shape {list(np.shape(sparse_handles))}")
    if not len(sparse_handles):
        raise InvalidArgumentError(
            "Must have at least 1 serialized SparseTensor, but input matrix has 0 rows"
        )
    kept = _map(container, shared_name)
    rows = [kept.take(number) for number in sparse_handles.tolist()]
    return deserialize_many.kernel(np.stack(rows), dtype=dtype)


def _kept(draw):
    """The number of a sparse tensor in the map of the samples."""
    indices, values = np.array([[0, 1]], np.int64), np.array([2.0], np.float32)
    return _add(indices, values, np.array([2, 3], np.int64), container="", shared_name="sample")


for _name, _signature, _kernel, _shape, _draw in (
    ("AddSparseToTensorsMap", f"{_SPARSE}, *, {_NAMED} -> sparse_handle: int64", _add, lambda shapes, attrs: [()],
     lambda draw: ([[0, 1]], [2.0], [2, 3])),
    ("AddManySparseToTensorsMap", f"{_SPARSE}, *, {_NAMED} -> sparse_handles: int64", _add_many,
     lambda shapes, attrs: [(None,)], lambda draw: ([[0, 1]], [2.0], [2, 3])),
    ("TakeManySparseFromTensorsMap",
     f"sparse_handles: int64, *, dtype: type, {_NAMED} -> sparse_indices: int64, sparse_values: dtype, "
     "sparse_shape: int64", _take_many, lambda shapes, attrs: [(None, None), (None,), (None,)],
     lambda draw: {"sparse_handles": [_kept(draw)], "dtype": dtypes.float32, "shared_name": "sample"}),
):  # fmt: skip
    op(_name, _signature, T="any", dtype="any", kernel=_kernel, grad=None, stateful=True, elementwise=False,
       shape=_shape, samples=_draw)  # fmt: skip
