"""What stands behind a lookup table's handle: keys, values, and a lock."""

import itertools
import threading
import weakref
from itertools import repeat

import numpy as np

from tapeflow.core.base.errors import FailedPreconditionError, InvalidArgumentError

# Static tables of integers are indexed by an array if that is at most so many times larger than the table.
_SPARSITY, _LEAST = 8, 4096


class HashTable:
    """Maps keys (integers, bytes, or tuples of integers) to rows of one array of values.

    Attributes:
        key_dtype, value_dtype: Their `tf.DType`s.
        key_shape, value_shape: The shape of one key and of one value, tuples.
        mutable: Whether keys may be inserted and removed one by one.
        initialized: Whether a table that is filled once has been.
    """

    kind = "tensorflow::lookup::LookupInterface"
    _numbers = itertools.count()

    def __init__(
        self, key_dtype, value_dtype, *, value_shape=(), key_shape=(), mutable=False, empty=None, deleted=None
    ):
        self.key_dtype, self.value_dtype = key_dtype, value_dtype
        self.key_shape, self.value_shape = tuple(key_shape), tuple(value_shape)
        self.mutable, self.initialized = mutable, mutable
        self.reserved = {} if empty is None else {_one(deleted): "deleted_key", _one(empty): "empty_key"}
        self.number = next(self._numbers)
        self._lock = threading.RLock()
        self._rows, self._free = {}, []
        self._values = np.zeros((0, *self.value_shape), value_dtype.np or object)
        self._index = None

    def __repr__(self):
        return (
            f'<ResourceHandle(name="table_{self.number}", device="/job:localhost/replica:0/task:0/device:CPU:0", '
            f'container="localhost", type="{self.kind}", dtype and shapes : "[  ]")>'
        )

    def __len__(self):
        return len(self._rows)

    # -- reading -------------------------------------------------------------------------------------

    def find(self, keys, default):
        """The values of an array of keys; `default` (one value, or one for each key) where there is none."""
        if not self.initialized:
            raise FailedPreconditionError("Table not initialized.", hint="run the table's initializer first")
        shape = self._shape_of(keys)
        whole = (*shape, *self.value_shape)
        default = np.asarray(default, self._values.dtype)
        if default.shape not in (self.value_shape, whole):
            raise InvalidArgumentError(
                f"Expected shape {_shown(self.value_shape)} or {_shown(whole)} for default value, got "
                f"{_shown(default.shape)}"
            )
        with self._lock:
            rows = self._find(keys)
            missing = np.flatnonzero(rows < 0)
            if not len(self._values):
                result = np.empty((len(rows), *self.value_shape), self._values.dtype)
            else:
                result = self._values[rows]
        if len(missing):
            each = default.shape == whole and default.shape != self.value_shape
            if each and not self.mutable:  # TensorFlow's static tables take the first
                default, each = default.reshape(-1, *self.value_shape)[0], False
            result[missing] = default.reshape(len(rows), *self.value_shape)[missing] if each else default
        return result.reshape(whole)[()]

    def _find(self, keys):
        """The row of each key, -1 where there is none."""
        if self.reserved:
            self._refuse_reserved(listed_keys(keys, self.key_shape))
        if not self.mutable and np.size(keys) >= _LEAST and np.asarray(keys).dtype.kind == "i":
            index = self._integer_index()
            if index is not None:
                return _look_up(index, np.ravel(keys))
        found = listed_keys(keys, self.key_shape)
        return np.fromiter(map(self._rows.get, found, repeat(-1)), np.intp, len(found))

    def _integer_index(self):
        """(smallest key, row of each key from there on), or None if the keys are too far apart."""
        if self._index is None:
            keys = np.fromiter(self._rows, np.int64, len(self._rows))
            self._index = False
            if len(keys):
                low, high = int(keys.min()), int(keys.max())
                if high - low < _SPARSITY * len(keys) + _LEAST:
                    table = np.full(high - low + 2, -1, np.intp)
                    table[keys - low] = np.fromiter(self._rows.values(), np.intp, len(keys))
                    self._index = low, table
        return self._index or None

    def export(self):
        """All keys and all values."""
        with self._lock:
            keys, rows = list(self._rows), list(self._rows.values())
            values = self._values[rows]
        kind = self.key_dtype.np or object
        if self.key_shape:
            return np.array(keys, kind).reshape(len(keys), *self.key_shape), values
        return np.fromiter(keys, kind, len(keys)), values

    # -- writing -------------------------------------------------------------------------------------

    def fill(self, keys, values):
        """Gives a static table its content, once; or a mutable table new content."""
        self._check_values(keys, values)
        keys, values = listed_keys(keys, self.key_shape), np.asarray(values).reshape(-1, *self.value_shape)
        with self._lock:
            if self.mutable:
                self._rows, self._free, self._values = {}, [], self._values[:0]
                self._store(keys, values)
                return
            rows = self._rows_without_conflict(keys, values)
            if self.initialized:
                same = len(rows) == len(self._rows) and all(
                    key in self._rows and _equal(self._values[self._rows[key]], values[i]) for key, i in rows.items()
                )
                if not same:
                    raise FailedPreconditionError("Table was already initialized with different data.")
                return
            self._rows, self._values, self.initialized = rows, np.array(values), True

    def _rows_without_conflict(self, keys, values):
        rows = dict(zip(reversed(keys), range(len(keys) - 1, -1, -1), strict=True))
        if len(rows) == len(keys):
            return dict(zip(keys, range(len(keys)), strict=True))
        for i, key in enumerate(keys):
            if not _equal(values[rows[key]], values[i]):
                raise FailedPreconditionError(
                    f"HashTable has different value for same key. Key {_text(key)} has {_text(values[rows[key]])} and "
                    f"trying to add value {_text(values[i])}"
                )
        return dict.fromkeys(keys) | rows

    def insert(self, keys, values):
        """Adds keys, or replaces their values."""
        self._check_values(keys, values)
        keys, values = listed_keys(keys, self.key_shape), np.asarray(values).reshape(-1, *self.value_shape)
        self._refuse_reserved(keys)
        with self._lock:
            self._store(keys, values)

    def _store(self, keys, values):
        rows, free = self._rows, self._free
        used = len(rows) + len(free)
        places = []
        for key in keys:
            row = rows.get(key)
            if row is None:
                row = rows[key] = free.pop() if free else used
                used += row == used
            places.append(row)
        if used > len(self._values):
            grown = np.zeros((max(used, 2 * len(self._values), 16), *self.value_shape), self._values.dtype)
            grown[: len(self._values)] = self._values
            self._values = grown
        self._values[places] = values

    def remove(self, keys):
        """Removes keys; those that are not there are passed over."""
        self._shape_of(keys)
        keys = listed_keys(keys, self.key_shape)
        self._refuse_reserved(keys)
        with self._lock:
            for key in keys:
                row = self._rows.pop(key, None)
                if row is not None:
                    self._free.append(row)

    # -- checks --------------------------------------------------------------------------------------

    def _shape_of(self, keys):
        """The shape of an array of keys, without that of one key."""
        shape, inner = np.shape(keys), len(self.key_shape)
        if inner and shape[len(shape) - inner :] != self.key_shape:
            raise InvalidArgumentError(f"Expected key shape {_shown(self.key_shape)} got {_shown(shape)}")
        return shape[: len(shape) - inner]

    def _check_values(self, keys, values):
        expected = (*self._shape_of(keys), *self.value_shape)
        if np.shape(values) != expected:
            raise InvalidArgumentError(f"Expected shape {_shown(expected)} for value, got {_shown(np.shape(values))}")

    def _refuse_reserved(self, keys):
        for key, name in self.reserved.items():
            if key in keys:
                raise InvalidArgumentError(f"Using the {name} as a table key is not allowed")


def listed_keys(keys, key_shape):
    """The keys as a list of what a dictionary takes."""
    if isinstance(keys, bytes):
        return [keys]
    array = np.asarray(keys)
    if not key_shape:
        return array.ravel().tolist()
    return list(map(tuple, array.reshape(-1, int(np.prod(key_shape))).tolist()))


def _one(key):
    return listed_keys(key, np.shape(key))[0]


def _look_up(index, keys):
    low, table = index
    places = keys.astype(np.int64) - low
    return table[np.where((places < 0) | (places >= len(table)), len(table) - 1, places)]


def _equal(a, b):
    return bool(np.all(a == b))


def _shown(shape):
    return str(list(shape)).replace(" ", "")


def _text(value):
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


class Tables:
    """The tables of the process that were given a name, as long as somebody holds them."""

    def __init__(self):
        self._lock = threading.Lock()
        self._named = weakref.WeakValueDictionary()

    def get(self, name, make):
        """The table of that name, made if there is none; without a name, a new one."""
        if not name:
            return make()
        with self._lock:
            table = self._named.get(name)
            if table is None:
                table = self._named[name] = make()
            return table


tables = Tables()
