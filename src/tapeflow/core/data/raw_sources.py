"""Datasets that only raw ops make: rows of sparse tensors, names of files, samples, parts of snapshots."""

import os
import time

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.errors import InvalidArgumentError, NotFoundError
from tapeflow.core.base.specs import TensorSpec
from tapeflow.core.data.cursor import Cursor, Through
from tapeflow.core.data.dataset import UNKNOWN, DatasetV2, Derived
from tapeflow.core.data.shuffle import SeedSource
from tapeflow.core.data.sources import _TensorSliceDataset
from tapeflow.core.ops import registry
from tapeflow.core.values.convert import convert
from tapeflow.core.values.tensor import EagerTensor


class MatchingFilesDataset(DatasetV2):
    """The names of the files that match some patterns, in order.

    Args:
        patterns: Strings.

    Raises:
        NotFoundError: When read: there are none.
    """

    __slots__ = ()

    def __init__(self, patterns):
        self._patterns = list(np.atleast_1d(patterns))
        self._spec = TensorSpec([], dtypes.string)

    def make_cursor(self, start):
        names = registry.get("MatchingFiles")(convert(self._patterns, hint=dtypes.string))
        if not len(names.host):
            raise NotFoundError("Don't find any matched files")
        return _TensorSliceDataset(names).cursor(start)


# -- rows of a sparse tensor -----------------------------------------------------------------------


class _SparseRows(Cursor):
    """Each row as indices, values and shape."""

    def __init__(self, indices, values, shape):
        self._indices, self._values, self._shape, self._place = indices, values, shape, 0
        self._starts = np.searchsorted(indices[:, 0], np.arange(int(shape[0]) + 1))

    def next(self):
        if self._place >= int(self._shape[0]):
            return None
        part = slice(self._starts[self._place], self._starts[self._place + 1])
        self._place += 1
        return self._indices[part, 1:], self._values[part], self._shape[1:]

    def save(self):
        return {"place": self._place}

    def restore(self, state):
        self._place = int(state["place"])


class SlicedSparseDataset(DatasetV2):
    """The rows of a sparse tensor, each as indices, values and shape.

    Args:
        indices: int64 `[n, rank]`, sorted by row.
        values: `[n]`.
        dense_shape: int64 `[rank]`.
    """

    __slots__ = ()

    def __init__(self, indices, values, dense_shape):
        if np.ndim(indices) != 2 or np.ndim(values) != 1 or np.ndim(dense_shape) != 1 or not len(dense_shape):
            raise InvalidArgumentError(
                f"SparseTensorSliceDataset: indices must be a matrix, values and dense_shape vectors; got shapes "
                f"{np.shape(indices)}, {np.shape(values)} and {np.shape(dense_shape)}"
            )
        if (np.diff(indices[:, 0]) < 0).any():
            raise InvalidArgumentError("SparseTensorSliceDataset: the indices are not sorted by their first column")
        self._parts = indices, values, dense_shape
        kind = dtypes.string if values.dtype == object else dtypes.from_numpy(values.dtype)
        rank = len(dense_shape) - 1
        self._spec = (
            TensorSpec([None, rank], dtypes.int64), TensorSpec([None], kind), TensorSpec([rank], dtypes.int64)
        )  # fmt: skip

    def make_cursor(self, start):
        return _SparseRows(*self._parts)

    def count(self, start):
        return int(self._parts[2][0])


# -- samples ---------------------------------------------------------------------------------------


class _Sampled(Through):
    """Each element with some probability."""

    def __init__(self, source, rate, seeds):
        super().__init__(source)
        self._rate, self._words = rate, SeedSource(*seeds, True).words

    def next(self):
        while (row := self._source.next()) is not None:
            # A word's low 23 bits as a float32 below 1, as TensorFlow makes them.
            if np.float32((self._words.next() & 0x7FFFFF) / (1 << 23)) < self._rate:
                return row
        return None

    def save(self):
        return {"source": self._source.save(), "taken": self._words.taken}

    def restore(self, state):
        super().restore(state)
        self._words.skip(int(state["taken"]))


class SampledDataset(Derived):
    """Each element with some probability.

    Args:
        dataset: The dataset.
        rate: The probability.
        seeds: Two numbers.
    """

    __slots__ = ()

    def __init__(self, dataset, rate, seeds):
        super().__init__(dataset)
        self._rate, self._seeds = np.float32(rate), seeds

    def make_cursor(self, start):
        return _Sampled(self._input_dataset.cursor(start), self._rate, self._seeds)

    def count(self, start):
        return UNKNOWN


# -- waiting -----------------------------------------------------------------------------------------


class _Sleeping(Through):
    """Elements that are waited for."""

    def __init__(self, source, microseconds):
        super().__init__(source)
        self._seconds = microseconds / 1e6

    def next(self):
        time.sleep(self._seconds)
        return self._source.next()


class SleepingDataset(Derived):
    """A dataset that waits before each element.

    Args:
        dataset: The dataset.
        microseconds: How long.
    """

    __slots__ = ()
    waits = True

    def __init__(self, dataset, microseconds):
        super().__init__(dataset)
        self._microseconds = microseconds

    def make_cursor(self, start):
        return _Sleeping(self._input_dataset.cursor(start), self._microseconds)


# -- parts of what was saved -----------------------------------------------------------------------


def saved_chunks(path):
    """A dataset of the names of the files of a saved dataset."""
    from tapeflow.core.data.saving import _LoadDataset

    names = [os.fsencode(shard.path) for shard in _LoadDataset(path, None, None)._shards]
    return _TensorSliceDataset(EagerTensor(np.array(names, object), dtypes.string))


def saved_chunk(path, spec, compression):
    """The dataset in one of those files."""
    from tapeflow.core.data.saving import _ShardFile
    from tapeflow.core.data.structure import Structure

    return _ShardFile(os.fsdecode(path), Structure(spec), compression)


class _Saving(Cursor):
    """A run that writes all elements before it gives the first."""

    def __init__(self, dataset, start):
        self._dataset, self._start, self._read = dataset, start, None

    def next(self):
        if self._read is None:
            self._read = self._dataset.saved(self._start).cursor(self._start)
        return self._read.next()

    def close(self):
        if self._read is not None:
            self._read.close()


class SavedDataset(Derived):
    """A dataset that is saved when it is read.

    Args:
        dataset: The dataset.
        path: The folder.
        compression: None or `"GZIP"`.
        shard_func: Function of an element that says which file it goes to, or None.
    """

    __slots__ = ()

    def __init__(self, dataset, path, compression, shard_func):
        super().__init__(dataset)
        self._where = path, compression, shard_func

    def saved(self, start):
        """Writes the elements; returns a dataset of them, in their order."""
        from tapeflow.core.data.saving import _LoadDataset, save
        from tapeflow.core.data.windows import _GivenDataset

        path, compression, shard_func = self._where
        if shard_func is None:
            save(self._input_dataset, path, compression, None, None)
            return _LoadDataset(path, self._spec, None)
        cursor = self._input_dataset.cursor(start)  # files hold them by shards
        rows = _GivenDataset(list(iter(cursor.next, None)), self._spec)
        cursor.close()
        save(rows, path, compression, shard_func, None)
        return rows

    def make_cursor(self, start):
        return _Saving(self, start)
