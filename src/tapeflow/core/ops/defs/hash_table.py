"""Lookup tables: making, filling, asking and changing them. A table is what its resource handle points to."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.errors import InvalidArgumentError, UnimplementedError
from tapeflow.core.base.hash_table import HashTable, tables
from tapeflow.core.base.vocabulary_file import read_vocabulary
from tapeflow.core.ops.op import op

_NAMES = {"object": "string", "float32": "float", "float64": "double"}


def boxed(thing):
    """A 0-d array that holds `thing`: the value of a resource tensor."""
    box = np.empty((), object)
    box[()] = thing
    return box


def table_of(resource):
    """The table that a handle points to."""
    table = resource[()] if isinstance(resource, np.ndarray) else resource
    if not isinstance(table, HashTable):
        raise InvalidArgumentError(
            f"Trying to access a handle's resource using the wrong type. The handle points to a resource of type "
            f"'{type(table).__name__}' but you are trying to access the resource as type '{HashTable.kind}'"
        )
    return table


def _spoken(x):
    if isinstance(x, (bytes, str)):
        return "string"
    if isinstance(x, dtypes.DType):
        return {"float32": "float", "float64": "double"}.get(x.name, x.name)
    name = np.asarray(x).dtype.name
    return _NAMES.get(name, name)


def _check(table, keys, values=None, *, gives=False):
    """TensorFlow's error for keys or values of another dtype than the table's."""
    have = ["resource", _spoken(keys)] + ([] if values is None else [_spoken(values)])
    want = ["resource", _spoken(table.key_dtype)] + ([] if values is None else [_spoken(table.value_dtype)])
    if have != want:
        have_to, want_to = (f"->{have[-1]}", f"->{want[-1]}") if gives else ("->", "->")
        raise InvalidArgumentError(
            f"Signature mismatch, have: {', '.join(have)}{have_to} expected: {', '.join(want)}{want_to}"
        )


# -- making --------------------------------------------------------------------------------------------

_NAMED = "container: string = '', shared_name: string = '', use_node_name_sharing: bool = False, "
_SCALAR = {"grad": None, "stateful": True, "shape": lambda shapes, attrs: [()]}


def _made(key_dtype, value_dtype, container="", shared_name="", value_shape=(), mutable=False, **rest):
    shape = tuple(getattr(value_shape, "as_list", lambda: value_shape)())
    return boxed(tables.get(
        (container, shared_name) if shared_name else None,
        lambda: HashTable(key_dtype, value_dtype, value_shape=shape, mutable=mutable, **rest),
    ))  # fmt: skip


def _mutable(*, key_dtype, value_dtype, container="", shared_name="", use_node_name_sharing=False, value_shape=()):
    return _made(key_dtype, value_dtype, container, shared_name, value_shape, mutable=True)


def _static(*, key_dtype, value_dtype, container="", shared_name="", use_node_name_sharing=False):
    return _made(key_dtype, value_dtype, container, shared_name)


for _name, _signature, _kernel, _shaped in (
    ("HashTableV2", _NAMED, _static, ""),
    ("AnonymousHashTable", "", _static, ""),
    ("MutableHashTableV2", _NAMED, _mutable, ""),
    ("AnonymousMutableHashTable", "", _mutable, ""),
    ("MutableHashTableOfTensorsV2", _NAMED, _mutable, ", value_shape: shape = ()"),
    ("AnonymousMutableHashTableOfTensors", "", _mutable, ", value_shape: shape = ()"),
):
    # The dtypes are asked for before what has a default, as in TensorFlow.
    _attrs = f"*, key_dtype: type, value_dtype: type, {_signature}".rstrip(", ") + _shaped
    op(_name, f"{_attrs} -> table_handle: resource",
       key_dtype="any", value_dtype="any", kernel=_kernel,
       samples=lambda draw: (dtypes.string, dtypes.int64), **_SCALAR)  # fmt: skip


def check_dense(empty_key, deleted_key, initial_num_buckets):
    """TensorFlow's demands on a dense table."""
    if np.shape(empty_key) != np.shape(deleted_key):
        raise InvalidArgumentError("Empty and deleted keys must have same shape")
    if np.array_equal(np.asarray(empty_key), np.asarray(deleted_key)):
        raise InvalidArgumentError("Empty and deleted keys cannot be equal")
    if initial_num_buckets < 4 or initial_num_buckets & (initial_num_buckets - 1):
        raise InvalidArgumentError(
            f"Number of buckets must be at least 4 and a power of 2, got: {initial_num_buckets}"
        )


def _dense(
    empty_key, deleted_key, *, value_dtype, container="", shared_name="", use_node_name_sharing=False, value_shape=(),
    initial_num_buckets=131072, max_load_factor=0.8,
):  # fmt: skip
    check_dense(empty_key, deleted_key, initial_num_buckets)
    array = np.asarray(empty_key)
    key_dtype = dtypes.string if array.dtype == object else dtypes.from_numpy(array.dtype)
    return _made(key_dtype, value_dtype, container, shared_name, value_shape, mutable=True,
                 key_shape=np.shape(empty_key), empty=empty_key, deleted=deleted_key)  # fmt: skip


for _name, _signature in (("MutableDenseHashTableV2", _NAMED), ("AnonymousMutableDenseHashTable", "")):
    op(_name, f"empty_key: key_dtype, deleted_key: key_dtype, *, value_dtype: type, {_signature}"
       "value_shape: shape = (), initial_num_buckets: int = 131072, max_load_factor: float = 0.8 "
       "-> table_handle: resource",
       key_dtype="any", value_dtype="any", kernel=_dense,
       samples=lambda draw: ("", "$", dtypes.int64), **_SCALAR)  # fmt: skip


# -- filling -------------------------------------------------------------------------------------------


def _initialize(handle, keys, values):
    table = table_of(handle)
    _check(table, keys, values)
    if np.size(keys) != np.size(values):
        raise InvalidArgumentError(f"Keys and values must have the same size {np.size(keys)} vs {np.size(values)}")
    table.fill(keys, values)
    return ()


def _initialize_from_file(handle, filename, *, key_index, value_index, vocab_size, delimiter, offset):
    table = table_of(handle)
    filename = filename if isinstance(filename, bytes) else filename[()]
    table.fill(*read_vocabulary(
        filename, table.key_dtype, key_index, table.value_dtype, value_index, vocab_size, delimiter, offset
    ))  # fmt: skip
    return ()


def _import(handle, keys, values):
    table = table_of(handle)
    _check(table, keys, values)
    table.fill(keys, values)
    return ()


def _sample_table(mutable=False):
    table = HashTable(dtypes.string, dtypes.int32, mutable=mutable)
    if not mutable:
        table.fill(np.array([b"a", b"b"], object), np.array([1, 2], np.int32))
    return boxed(table)


def sample_handle(mutable=False):
    """The handle of a small table, for the samples."""
    from tapeflow.core.values.tensor import EagerTensor

    return EagerTensor(_sample_table(mutable), dtypes.resource)


def _writes(name, signature, kernel, samples, **types):
    return op(name, signature, kernel=kernel, grad=None, stateful=True, shape=lambda shapes, attrs: [],
              samples=samples, **types)  # fmt: skip


initialize = _writes(
    "InitializeTableV2", "table_handle: resource, keys: Tkey, values: Tval ->", _initialize,
    lambda draw: (sample_handle(), ["a", "b"], [1, 2]), Tkey="any", Tval="any",
)  # fmt: skip
initialize_from_file = _writes(
    "InitializeTableFromTextFileV2", "table_handle: resource, filename: string, *, key_index: int, value_index: int, "
    "vocab_size: int = -1, delimiter: string = '\t', offset: int = 0 ->",
    _initialize_from_file, [],
)  # fmt: skip
import_table = _writes(
    "LookupTableImportV2", "table_handle: resource, keys: Tin, values: Tout ->", _import,
    lambda draw: (sample_handle(True), ["a", "b"], [1, 2]), Tin="any", Tout="any",
)  # fmt: skip


# -- asking and changing -------------------------------------------------------------------------------


def _find(handle, keys, default_value):
    table = table_of(handle)
    _check(table, keys, default_value, gives=True)
    return table.find(keys, default_value)


find = op(
    "LookupTableFindV2", "table_handle: resource, keys: Tin, default_value: Tout -> values: Tout",
    Tin="any", Tout="any", kernel=_find, grad=None, stateful=True,
    shape=lambda shapes, attrs: [shapes[1] if shapes[2] == () else None],
    samples=lambda draw: (sample_handle(), ["a", "c"], -1),
)  # fmt: skip
size = op(
    "LookupTableSizeV2", "table_handle: resource -> size: int64", kernel=lambda handle: np.int64(len(table_of(handle))),
    samples=lambda draw: (sample_handle(),), **_SCALAR,
)  # fmt: skip


def _insert(handle, keys, values):
    table = table_of(handle)
    if not table.mutable:
        raise UnimplementedError("Insert not supported by InitializableLookupTable implementations")
    _check(table, keys, values)
    table.insert(keys, values)
    return ()


def _remove(handle, keys):
    table = table_of(handle)
    if not table.mutable:
        raise UnimplementedError("Remove not supported by InitializableLookupTable implementations")
    _check(table, keys)
    table.remove(keys)
    return ()


insert = _writes(
    "LookupTableInsertV2", "table_handle: resource, keys: Tin, values: Tout ->", _insert,
    lambda draw: (sample_handle(True), ["a", "b"], [1, 2]), Tin="any", Tout="any",
)  # fmt: skip
remove = _writes(
    "LookupTableRemoveV2", "table_handle: resource, keys: Tin ->", _remove,
    lambda draw: (sample_handle(True), ["a"]), Tin="any",
)  # fmt: skip
export = op(
    "LookupTableExportV2", "table_handle: resource, *, Tkeys: type, Tvalues: type -> keys: Tkeys, values: Tvalues",
    Tkeys="any", Tvalues="any", kernel=lambda handle, *, Tkeys, Tvalues: table_of(handle).export(), grad=None,
    stateful=True, shape=lambda shapes, attrs: [None, None],
    samples=lambda draw: (sample_handle(), dtypes.string, dtypes.int32),
)  # fmt: skip
