"""The functions that make and fill a table again, for the file of a model: written node by node."""

from tapeflow.core.base import dtypes
from tapeflow.core.base.errors import UnimplementedError
from tapeflow.core.base.specs import TensorSpec
from tapeflow.core.base.trackable import Trackable
from tapeflow.core.files.node_writer import set_attr, tensor_of
from tapeflow.core.ops.compose.constant import constant
from tapeflow.core.track.asset import Asset
from tapeflow.core.track.lookup import StaticHashTable
from tapeflow.core.track.lookup_initializers import TextFileInitializer
from tapeflow.core.track.mutable_lookup import DenseHashTable, MutableHashTable
from tapeflow.core.values.tensor import EagerTensor

_ONE = TensorSpec([], dtypes.int32)


class WrittenFunction(Trackable):
    """A function that is in the library already.

    Attributes:
        name: Its name there.
        specs: Specs of its arguments.
        results: The structure of its results, with specs.
        captured: What it captures: objects and tensors.
        keywords: The names of its arguments.
    """

    def __init__(self, name, specs=(), results=None, captured=(), keywords=(), is_bare=False):
        self.name, self.specs, self.results = name, tuple(specs), results
        self.captured, self.keywords, self.is_bare = list(captured), list(keywords), is_bare


class _Function:
    """One function being written."""

    def __init__(self, library, name):
        self.name = library.unique(name)
        self.message = library.add(self.name)
        self.message.attr["_construction_context"].s = b"kEagerRuntime"

    def argument(self, name, dtype):
        self.message.signature.input_arg.add(name=name, type=dtype.as_datatype_enum)

    def node(self, name, op, inputs=(), runs=False, **attrs):
        """A node; attributes as (kind, value) pairs."""
        node = self.message.node_def.add(name=name, op=op)
        node.input.extend(inputs)
        for key, (kind, value) in attrs.items():
            set_attr(node.attr, key, kind, value)
        if runs:
            self.message.control_ret[name] = name
            self.message.signature.control_output.append(name)
            self.message.signature.is_stateful = True
        return node

    def constant(self, name, value):
        x = value if isinstance(value, EagerTensor) else constant(value)
        node = self.node(name, "Const", dtype=("type", x.dtype))
        node.attr["value"].tensor.CopyFrom(tensor_of(x))
        return f"{name}:output:0"

    def result(self, ref, dtype, after=()):
        number = len(self.message.signature.output_arg)
        name = f"result_{number}"
        self.message.signature.output_arg.add(name=name, type=dtype.as_datatype_enum)
        self.node(f"out_{number}", "Identity", [ref, *(f"^{one}" for one in after)], T=("type", dtype))
        self.message.ret[name] = f"out_{number}:output:0"


def functions_of(library, table, shared_name, asset_of):
    """Name -> `WrittenFunction`, of what makes, fills and saves a table.

    Args:
        library: The `FunctionLibrary` to write to.
        table: The table.
        shared_name: What the resource is called in the file.
        asset_of: Path of a file -> the `Asset` object of it.
    """
    found = {
        "_create_resource": _creator(library, table, shared_name),
        "_initialize": _initializer(library, table, asset_of),
        "_destroy_resource": _nothing(library, "_destroyer"),
    }
    if isinstance(table, (MutableHashTable, DenseHashTable)):
        found |= _saving(library, table)
    return found


def handle_op(table, shared_name):
    """The op that makes a table's resource: its name, its attributes, and the tensors that it takes."""
    attrs = {
        "key_dtype": ("type", table.key_dtype), "value_dtype": ("type", table.value_dtype),
        "shared_name": ("string", shared_name),
    }  # fmt: skip
    if isinstance(table, DenseHashTable):
        attrs |= {
            "value_shape": ("shape", table._value_shape), "initial_num_buckets": ("int", table._initial_num_buckets),
        }  # fmt: skip
        return "MutableDenseHashTableV2", attrs, [table._empty_key, table._deleted_key]
    if isinstance(table, MutableHashTable):
        if table._value_shape.rank:
            return "MutableHashTableOfTensorsV2", attrs | {"value_shape": ("shape", table._value_shape)}, []
        return "MutableHashTableV2", attrs, []
    if isinstance(table, StaticHashTable):
        return "HashTableV2", attrs, []
    raise UnimplementedError(f"a {type(table).__name__} in a saved model")


def _creator(library, table, shared_name):
    f = _Function(library, "_creator")
    op, attrs, inputs = handle_op(table, shared_name)
    refs = [f.constant(f"key_{i}", x) for i, x in enumerate(inputs)]
    f.node("table", op, refs, runs=True, **attrs)
    f.result("table:table_handle:0", dtypes.resource, ["table"])
    return WrittenFunction(f.name, results=TensorSpec(None, dtypes.resource))


def _nothing(library, name):
    f = _Function(library, name)
    f.result(f.constant("one", 1), dtypes.int32)
    return WrittenFunction(f.name, results=_ONE)


def _initializer(library, table, asset_of):
    if not isinstance(table, StaticHashTable):
        return _nothing(library, "_initializer")
    f = _Function(library, "_initializer")
    f.argument("table", dtypes.resource)
    initializer = table._initializer
    if isinstance(initializer, TextFileInitializer):
        f.argument("filename", dtypes.string)
        captured = [table, asset_of(initializer._filename)]
        size = -1 if initializer._vocab_size is None else initializer._vocab_size
        f.node(
            "fill", "InitializeTableFromTextFileV2", ["table", "filename"], runs=True,
            key_index=("int", initializer._key_index), value_index=("int", initializer._value_index),
            vocab_size=("int", size), delimiter=("string", initializer._delimiter), offset=("int", initializer._offset),
        )  # fmt: skip
    else:
        keys, values = table.export()
        f.argument("keys", table.key_dtype)
        f.argument("values", table.value_dtype)
        captured = [table, keys, values]
        f.node("fill", "LookupTableImportV2", ["table", "keys", "values"], runs=True,
               Tin=("type", table.key_dtype), Tout=("type", table.value_dtype))  # fmt: skip
    f.result(f.constant("one", 1), dtypes.int32, ["fill"])
    return WrittenFunction(f.name, results=_ONE, captured=captured)


def _saving(library, table):
    """What writes the content of a table to a checkpoint and takes it back."""
    keys, values = table.key_dtype, table.value_dtype
    f = _Function(library, "save_fn")
    f.argument("checkpoint_key", dtypes.string)
    f.argument("table", dtypes.resource)
    f.node("export", "LookupTableExportV2", ["table"], runs=True, Tkeys=("type", keys), Tvalues=("type", values))
    results = []
    for name, dtype in (("keys", keys), ("values", values)):
        part = f.constant(f"part_{name}", f"-{name}")
        f.node(f"name_{name}", "StringJoin", ["checkpoint_key", part], N=("int", 2))
        f.result(f"name_{name}:output:0", dtypes.string)
        f.result(f.constant(f"slice_{name}", ""), dtypes.string)
        f.result(f"export:{name}:0", dtype)
        results.append({
            "name": TensorSpec([], dtypes.string), "slice_spec": TensorSpec([], dtypes.string),
            "tensor": TensorSpec(None, dtype),
        })  # fmt: skip
    key = TensorSpec([], dtypes.string, "checkpoint_key")
    saver = WrittenFunction(f.name, [key], results, [table], ["checkpoint_key"], is_bare=True)
    g = _Function(library, "restore_fn")
    names = ["restored_tensors_0", "restored_tensors_1"]
    for name, dtype in zip(names, (keys, values), strict=True):
        g.argument(name, dtype)
    g.argument("table", dtypes.resource)
    g.node("fill", "LookupTableImportV2", ["table", *names], runs=True, Tin=("type", keys), Tout=("type", values))
    g.result(g.constant("one", 1), dtypes.int32, ["fill"])
    specs = [TensorSpec(None, d, n) for n, d in zip(names, (keys, values), strict=True)]
    restorer = WrittenFunction(g.name, specs, _ONE, [table], names, is_bare=True)
    return {"save_function": saver, "restore_function": restorer}


__all__ = ["Asset", "WrittenFunction", "functions_of", "handle_op"]
