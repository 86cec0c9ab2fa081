"""`tf.saved_model.load`: the objects of a SavedModel made again."""

import inspect
import os
from functools import partial

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.bundle import Bundle
from tapeflow.core.base.errors import DataLossError, InvalidArgumentError, NotFoundError, UnimplementedError
from tapeflow.core.base.function_types import FunctionType
from tapeflow.core.base.messages import message
from tapeflow.core.base.shapes import TensorShape
from tapeflow.core.base.trackable import saves_itself
from tapeflow.core.files import control_flow, revived, saved_files, special_ops  # noqa: F401  what nodes of files become
from tapeflow.core.files.attributes import dtype_of, shape_of, tensor_of
from tapeflow.core.files.library import Library
from tapeflow.core.files.saved_concrete import RestoredConcrete
from tapeflow.core.files.saved_function import RestoredFunction, SignatureMap
from tapeflow.core.files.special_ops import SavedGradient
from tapeflow.core.files.structured import decode
from tapeflow.core.graph.graph import Outside
from tapeflow.core.ops import registry
from tapeflow.core.track.asset import Asset
from tapeflow.core.track.auto_trackable import AutoTrackable
from tapeflow.core.track.data_structures import ListWrapper, _DictWrapper
from tapeflow.core.track.dense_buckets import gathered, spread
from tapeflow.core.track.resource import TrackableResource
from tapeflow.core.values.convert import convert
from tapeflow.core.values.tensor import EagerTensor
from tapeflow.core.values.variable import Variable, VariableAggregation, VariableSynchronization

_OBJECT_GRAPH = "_CHECKPOINTABLE_OBJECT_GRAPH"
_MOST_OBJECTS, _MOST_ZEROS = 1_000_000, 1 << 28
_BUCKETS = 1024  # the fewest of a dense table in a checkpoint


class RestoredResource(TrackableResource):
    """A table or the like, made again by the functions in the file."""

    def _create_resource(self):
        return self._functions["_create_resource"]()

    def _initialize(self):
        initialize = self._functions.get("_initialize")
        if initialize is not None:
            initialize()

    def __init__(self, device=""):
        super().__init__(device)
        self._functions = {}
        self._concrete = {}  # name -> trace, for saving it again


class Captured:
    """A value of a function's body, which the gradient function of a `tf.custom_gradient` uses.

    Attributes:
        name: Its name there.
        function: The function.
    """

    def __init__(self, name, function):
        self.name, self.function = name, function


def user_object():
    """An object that takes attributes, of a class of its own: it may be made callable."""

    class _UserObject(AutoTrackable):
        pass

    return _UserObject()


class Loader:
    """Makes the objects of one meta graph.

    Args:
        meta: The `MetaGraphDef` message.
        export_dir: The model's directory.
        options: `LoadOptions`, or None.
        filters: As for `load_partial`; the root alone by default.
    """

    def __init__(self, meta, export_dir, options=None, filters=None):
        self._meta, self._dir, self._options = meta, os.fsdecode(export_dir), options
        self._proto = meta.object_graph_def
        self._nodes = self._proto.nodes
        if not 0 < len(self._nodes) <= _MOST_OBJECTS:
            raise InvalidArgumentError(f"{self._dir}: {len(self._nodes)} objects")
        self._library = Library(meta.graph_def, self._dir)
        self._constants = {node.name: node for node in meta.graph_def.node if node.op == "Const"}
        self._concrete = {}
        self._objects = [None] * len(self._nodes)
        self._tensors = {}
        self._bundle = None
        self._keys = {}
        self._setters = {}  # number of an object -> what sets its attributes, where they are not simply set
        self._paths = {path: self._number(path) for path in filters or ("root",)}
        self._given = {}
        for path, value in (filters or {}).items():
            if value is not None:
                self._give(self._paths[path], value)

    def _number(self, path):
        """The number of the object at a path."""
        names = path.split(".")
        reached = {0} if names[0] == "root" else set()
        # Names may have dots in them: every way to read the path is followed.
        rests = {(number, ".".join(names[1:])) for number in reached}
        while rests:
            for number, rest in rests:
                if not rest:
                    return number
            rests = {
                (self._in_range(child.node_id), rest[len(child.local_name) + 1 :])
                for number, rest in rests
                for child in self._nodes[number].children
                if child.local_name and f"{rest}.".startswith(f"{child.local_name}.")
            }
        raise ValueError(f"{self._dir}: there is no object '{path}'")

    def _give(self, number, value):
        """Takes an object of the caller's for one of the model."""
        value, setter = value if isinstance(value, tuple) else (value, setattr)
        if number in self._given and self._given[number] is not value:
            raise ValueError(f"{self._dir}: two objects are given for object {number}")
        self._given[number], self._setters[number] = value, setter

    def load(self):
        """Makes everything; returns path -> object for the paths asked for."""
        with Outside():
            self._match_checkpoint()
            for i in range(len(self._nodes)):
                self._objects[i] = self._given[i] if i in self._given else self._make(i)
                if i in self._given:
                    self._restore_given(i)
            self._register_gradients()
            self._connect()
            self._restore_tables()
            self._initialize()
        if self._bundle is not None:
            self._bundle.close()
            self._bundle = None
        if self._options is not None and self._options.experimental_load_function_aliases:
            self._objects[0].function_aliases = self._aliases()
        return {path: self._objects[number] for path, number in self._paths.items()}

    def _restore_given(self, number):
        """Reads the tensors of an object that the caller gave."""
        thing, keys = self._objects[number], self._attributes(number)
        if self._nodes[number].saveable_objects or not keys or not saves_itself(thing):
            return
        read = {name: tensor_like(self._bundle.read(key), self._bundle.entry(key).dtype) for name, key in keys.items()}
        thing._restore_from_tensors(read)

    def _aliases(self):
        """Alias -> the function that it stands for."""
        functions = {}
        for i, node in enumerate(self._nodes):
            if node.WhichOneof("kind") == "function":
                functions |= dict.fromkeys(node.function.concrete_functions, self._objects[i])
        aliases = self._meta.meta_info_def.function_aliases.items()
        return {alias: functions.get(name, self._concrete[name]) for name, alias in aliases if name in self._concrete}

    # -- the checkpoint ------------------------------------------------------------------------------

    def _match_checkpoint(self):
        """Finds for each object its node in the checkpoint, by the names on the way from the root."""
        prefix = os.path.join(self._dir, saved_files.VARIABLES)
        try:
            self._bundle = Bundle(prefix)
        except NotFoundError:
            skipped = self._options is not None and self._options.experimental_skip_checkpoint
            if not skipped and any(node.WhichOneof("kind") == "variable" for node in self._nodes):
                raise
            return
        content = self._bundle.read(_OBJECT_GRAPH)
        self._saved = _parsed(content[()] if hasattr(content, "shape") else content, self._dir).nodes
        if not self._saved:
            return
        waiting, self._keys = [(0, 0)], {0: 0}
        for ours, theirs in waiting:
            children = {child.local_name: child.node_id for child in self._saved_node(theirs).children}
            for child in self._nodes[ours].children:
                node, found = child.node_id, children.get(child.local_name)
                if found is not None and self._node(node) is not None and node not in self._keys:
                    self._keys[node] = found
                    waiting.append((node, found))
        for ours, theirs in waiting:  # last: a variable may be further from the root than its optimizer
            self._keys.update(
                (node, found)
                for node, found in self._slots(ours, theirs)
                if found is not None and node not in self._keys
            )

    def _slots(self, ours, theirs):
        """Pairs of slot variables: by optimizer, variable and name."""
        found = {
            (slot.original_variable_node_id, slot.slot_name): slot.slot_variable_node_id
            for slot in self._saved_node(theirs).slot_variables
        }
        return [
            (slot.slot_variable_node_id, found.get((self._keys.get(slot.original_variable_node_id), slot.slot_name)))
            for slot in self._nodes[ours].slot_variables
        ]

    def _saved_node(self, number):
        if not 0 <= number < len(self._saved):
            raise DataLossError(f"{self._dir}: the checkpoint's graph has no object {number}")
        return self._saved[number]

    def _node(self, number):
        if not 0 <= number < len(self._nodes):
            raise InvalidArgumentError(f"{self._dir}: there is no object {number}")
        return self._nodes[number]

    def variable_keys(self):
        """Number of a variable -> the key of its value in the checkpoint, without loading anything."""
        self._match_checkpoint()
        if self._bundle is not None:
            self._bundle.close()
        found = {i: self._attributes(i).get("VARIABLE_VALUE") for i in range(len(self._nodes))}
        return {i: key for i, key in found.items() if key is not None}

    def _attributes(self, number):
        """Name -> key in the checkpoint, of what an object has there."""
        if number not in self._keys:
            return {}
        return {a.name: a.checkpoint_key for a in self._saved_node(self._keys[number]).attributes}

    # -- making --------------------------------------------------------------------------------------

    def _make(self, number):
        node = self._nodes[number]
        kind = node.WhichOneof("kind")
        maker = getattr(self, f"_make_{kind}", None)
        if maker is None:
            raise UnimplementedError(f"{self._dir}: object {number} is of a kind that is not known ({kind})")
        return maker(getattr(node, kind), number)

    def _make_user_object(self, proto, number):
        identifier = proto.identifier
        if identifier in ("trackable_list_wrapper", "trackable_tuple_wrapper"):
            return ListWrapper([])
        if identifier == "trackable_dict_wrapper":
            return _DictWrapper({})
        if identifier == "signature_map":
            return SignatureMap()
        found = revived.revive(proto)
        if found is None:
            return user_object()
        thing, self._setters[number] = found
        return thing

    def _make_variable(self, proto, number):
        dtype, shape = dtype_of(proto.dtype), shape_of(proto.shape)
        key = self._attributes(number).get("VARIABLE_VALUE")
        options = self._options
        left_out = options is not None and options.experimental_skip_checkpoint
        if key is None and not left_out and not (options is not None and options.allow_partial_checkpoint):
            raise DataLossError(f"{self._dir}: the checkpoint holds no value for the variable '{proto.name or number}'")
        if key is None or left_out:
            if shape.num_elements() is None or shape.num_elements() > _MOST_ZEROS:
                raise InvalidArgumentError(f"{self._dir}: the variable '{proto.name or number}' has no value")
            value = registry.get("Fill")(shape.as_list(), convert(b"" if dtype is dtypes.string else 0, dtype))
        else:
            value = tensor_like(self._bundle.read(key), self._bundle.entry(key).dtype)
        if value.dtype is not dtype or not shape.is_compatible_with(value.shape):
            raise InvalidArgumentError(
                f"{self._dir}: the variable '{proto.name or number}' is {dtype.name} of shape {shape}, and the "
                f"checkpoint has {value.dtype.name} of shape {value.shape}"
            )
        try:
            synchronization = VariableSynchronization(proto.synchronization)
            aggregation = VariableAggregation(proto.aggregation)
        except ValueError as error:
            raise InvalidArgumentError(f"{self._dir}: variable '{proto.name}': {error}") from error
        return Variable(
            value, trainable=proto.trainable, name=proto.name or None, dtype=dtype, shape=shape,
            synchronization=synchronization, aggregation=aggregation,
        )  # fmt: skip

    def _make_function(self, proto, number):
        concrete = [self._concrete_function(name) for name in proto.concrete_functions]
        signature, input_signature = self._spec(proto.function_spec)
        name = concrete[0]._name_shown if concrete else "function"
        for one in concrete:
            one._signature = one._signature or _bound_to(signature, one)
        jit = {1: True, 2: False}.get(proto.function_spec.jit_compile)
        return RestoredFunction(name, signature, input_signature, concrete, jit)

    def _make_bare_concrete_function(self, proto, number):
        concrete = self._concrete_function(proto.concrete_function_name)
        concrete._arg_keywords = list(proto.argument_keywords)
        concrete._num_positional_args = int(proto.allowed_positional_arguments)
        if proto.HasField("function_spec"):
            concrete._signature = _bound_to(self._spec(proto.function_spec)[0], concrete)
        return concrete

    def _spec(self, proto):
        """The parameters of a function: `inspect.Signature`, and the specs that its arguments must match."""
        full = decode(proto.fullargspec)
        try:
            args, defaults = list(full.args), list(full.defaults or ())
            varargs, varkw = full.varargs, full.varkw
            kwonly, kwdefaults = list(full.kwonlyargs or ()), dict(full.kwonlydefaults or {})
        except (AttributeError, TypeError) as error:
            raise InvalidArgumentError(f"{self._dir}: a function without a readable signature") from error
        if (proto.is_method or args[:1] == ["self"]) and args:
            args = args[1:]
        defaults = defaults[max(len(defaults) - len(args), 0) :]
        kinds = inspect.Parameter
        first = len(args) - len(defaults)
        parameters = [
            kinds(name, kinds.POSITIONAL_OR_KEYWORD, default=defaults[i - first] if i >= first else kinds.empty)
            for i, name in enumerate(args)
        ]
        if varargs:
            parameters.append(kinds(varargs, kinds.VAR_POSITIONAL))
        parameters += [kinds(n, kinds.KEYWORD_ONLY, default=kwdefaults.get(n, kinds.empty)) for n in kwonly]
        if varkw:
            parameters.append(kinds(varkw, kinds.VAR_KEYWORD))
        specs = decode(proto.input_signature)
        try:
            return FunctionType(parameters), specs
        except (ValueError, TypeError) as error:
            raise InvalidArgumentError(f"{self._dir}: a function with a strange signature: {error}") from error

    def _concrete_function(self, name):
        found = self._concrete.get(name)
        if found is None:
            if name not in self._proto.concrete_functions:
                raise InvalidArgumentError(f"{self._dir}: there is no function '{name}'")
            proto = self._proto.concrete_functions[name]
            self._library.function(name)
            arguments = decode(proto.canonicalized_input_signature)
            results = decode(proto.output_signature)
            if not isinstance(arguments, (tuple, list)) or len(arguments) != 2 or not isinstance(arguments[1], dict):
                raise InvalidArgumentError(f"{self._dir}: the function '{name}' has a damaged signature")
            bound = list(proto.bound_inputs)

            def captures():
                return [self._tensor(i) for i in bound]

            found = RestoredConcrete(self._library, name, (tuple(arguments[0]), arguments[1]), results, captures)
            found._bound_ids = bound
            found.captured_object = lambda i: self._objects[bound[i]]
            self._concrete[name] = found
        return found

    def _make_constant(self, proto, number):
        node = self._constants.get(proto.operation)
        if node is None or "value" not in node.attr:
            raise InvalidArgumentError(f"{self._dir}: there is no constant '{proto.operation}'")
        return tensor_of(node.attr["value"].tensor)

    def _make_asset(self, proto, number):
        files = self._meta.asset_file_def
        if not 0 <= proto.asset_file_def_index < len(files):
            raise InvalidArgumentError(f"{self._dir}: there is no asset {proto.asset_file_def_index}")
        return Asset(saved_files.asset_path(self._dir, files[proto.asset_file_def_index].filename))

    def _make_resource(self, proto, number):
        return RestoredResource(proto.device)

    def _make_captured_tensor(self, proto, number):
        return Captured(proto.name, proto.concrete_function)

    def _tensor(self, number):
        """The tensor that stands for an object in a function."""
        self._node(number)
        found = self._objects[number]
        if isinstance(found, Variable):
            return found.handle
        if isinstance(found, EagerTensor):
            return found
        if isinstance(found, Asset):
            return found.asset_path
        if isinstance(found, TrackableResource):
            return found.resource_handle
        raise InvalidArgumentError(f"{self._dir}: object {number} is captured by a function, and has no tensor")

    # -- connecting ----------------------------------------------------------------------------------

    def _register_gradients(self):
        for kind, name in self._library.registered.items():
            if name not in self._proto.concrete_functions:
                continue
            proto = self._proto.concrete_functions[name]
            bound = []
            for i in proto.bound_inputs:
                node = self._node(i)
                captured = node.WhichOneof("kind") == "captured_tensor"
                bound.append(node.captured_tensor.name if captured else self._objects[i])
            results = decode(proto.output_signature)
            present = [x is not None for x in (results if isinstance(results, (list, tuple)) else [results])]
            self._library.gradients[kind] = _LateGradient(self, name, bound, list(proto.bound_inputs), present)
        self._library.gradient_names = self._gradient_names

    def _gradient_names(self, kind):
        """The nodes that the gradient of a kind needs values of."""
        found = self._library.gradients.get(kind)
        return [] if found is None else [name.partition(":")[0] for name in found.names]

    def _connect(self):
        for number, node in enumerate(self._nodes):
            parent = self._objects[number]
            children = [(c.local_name, self._objects[self._in_range(c.node_id)]) for c in node.children]
            if number in self._setters:
                for name, child in children:
                    _set_child(parent, name, child, self._setters[number])
            elif isinstance(parent, ListWrapper):
                _fill_list(parent, children)
            elif isinstance(parent, _DictWrapper):
                for name, child in children:
                    parent[name] = child
            elif isinstance(parent, SignatureMap):
                for name, child in children:
                    if not isinstance(child, (RestoredConcrete, RestoredFunction)):
                        raise InvalidArgumentError(f"{self._dir}: the signature '{name}' is no function")
                    parent._add_signature(name, child)
            elif isinstance(parent, RestoredResource):
                self._connect_resource(parent, children)
            elif isinstance(parent, AutoTrackable):
                for name, child in children:
                    _set_child(parent, name, child)

    def _in_range(self, number):
        self._node(number)
        return number

    def _connect_resource(self, parent, children):
        for name, child in children:
            if name in ("_create_resource", "_initialize", "_destroy_resource") and isinstance(child, RestoredFunction):
                if child.concrete_functions:
                    parent._functions[name] = child.concrete_functions[0].run_first
                    parent._concrete[name] = child.concrete_functions[0]
            elif isinstance(child, (AutoTrackable, Variable, Asset)):
                setattr(parent, name, child)

    def _restore_tables(self):
        for number, node in enumerate(self._nodes):
            for name, saveable in node.saveable_objects.items():
                keys = self._attributes(number)
                if not keys or name not in ("table", ".TENSORS"):
                    continue
                restore = self._objects[self._in_range(saveable.restore_function)]
                if isinstance(restore, RestoredFunction) and restore.concrete_functions:
                    restore = restore.concrete_functions[0]
                if not isinstance(restore, RestoredConcrete):
                    raise InvalidArgumentError(f"{self._dir}: what restores object {number} is no function")
                thing = self._objects[number]
                tensors = self._table_tensors(name, keys)
                table = dense_table(thing)
                if table is None:
                    restore.run_first(tensors)
                else:
                    fill_dense(table, *tensors)
                save = self._objects[self._in_range(saveable.save_function)]
                if isinstance(thing, RestoredResource) and isinstance(save, RestoredConcrete) and name == "table":
                    thing._concrete |= {"save_function": save, "restore_function": restore}
                    thing._LEGACY_SAVEABLE_NAME = "table"
                    thing._serialize_to_tensors = partial(_content, save, table)

    def _table_tensors(self, name, keys):
        if name == "table":
            if "table" not in keys:
                raise DataLossError(f"{self._dir}: the checkpoint holds a table without its content")
            names = [f"{keys['table']}-keys", f"{keys['table']}-values"]
        else:
            names = [keys[name] for name in sorted(keys)]
        return [tensor_like(self._bundle.read(n), self._bundle.entry(n).dtype) for n in names]

    def _initialize(self):
        for number, thing in enumerate(self._objects):
            is_given = number in self._given and isinstance(thing, TrackableResource)
            if is_given or isinstance(thing, RestoredResource):
                thing._initialize()


class _LateGradient(SavedGradient):
    """As `SavedGradient`; what its function captured of objects is asked for when it is used."""

    def __init__(self, loader, function, bound, ids, present):
        super().__init__(loader._library, function, bound, present)
        self._loader, self._ids = loader, ids

    def gradients(self, dys, captured, count):
        """The gradients of the inputs: tensors and None."""
        self.bound = [
            b if isinstance(b, str) else self._loader._tensor(i) for b, i in zip(self.bound, self._ids, strict=True)
        ]
        return super().gradients(dys, captured, count)


def dense_table(thing):
    """The table of a loaded resource if it is a dense one, which checkpoints hold bucket by bucket; else None."""
    table = thing.resource_handle.host[()] if isinstance(thing, RestoredResource) else None
    return table if getattr(table, "reserved", None) else None


def _reserved(table):
    """The empty and the deleted key of a dense table, as arrays."""
    keys = {name: key for key, name in table.reserved.items()}
    kind = table.key_dtype.np or object
    return [np.array(keys[name], kind).reshape(table.key_shape) for name in ("empty_key", "deleted_key")]


def fill_dense(table, keys, values):
    """Gives a dense table the content that a checkpoint has."""
    found = gathered(keys.numpy(), values.numpy(), *_reserved(table), list(table.key_shape), list(table.value_shape))
    table.fill(*found)


def _content(save, dense=None):
    """The content of a loaded table: name of a tensor -> tensor."""
    if dense is not None:
        keys, values = dense.export()
        default = np.zeros(dense.value_shape, dense.value_dtype.np or object)
        keys, values = spread(keys, values, _reserved(dense)[0], default, _BUCKETS)
        return {"-keys": EagerTensor(keys, dense.key_dtype), "-values": EagerTensor(values, dense.value_dtype)}
    found = save.run_now([convert("")])
    names, tensors = found[0::3], found[2::3]
    return {x.numpy().decode(): tensor for x, tensor in zip(names, tensors, strict=True)}


def _parsed(content, place):
    from google.protobuf.message import DecodeError  # lazy: protobuf is slow to import

    try:
        return message("TrackableObjectGraph").FromString(content)
    except (DecodeError, TypeError, RecursionError) as error:
        raise DataLossError(f"{place}: the object graph of the checkpoint is damaged") from error


def tensor_like(array, dtype):
    """The eager tensor of an array from a checkpoint."""
    if dtype is dtypes.string:
        return EagerTensor(array, dtype)
    return EagerTensor(array[()], dtype)


def _bound_to(signature, concrete):
    """The parameters of a polymorphic function where they fit one trace of it, else None."""
    args, kwargs = concrete._arguments
    places = [p for p in signature.parameters.values() if p.kind == p.POSITIONAL_OR_KEYWORD]
    return signature if len(places) >= len(args) or not kwargs else None


def _fill_list(parent, children):
    """The items of a list by their numbers; those that were not saved are None."""
    found = {}
    for name, child in children:
        if name.isdecimal() and len(name) < 9:
            found[int(name)] = child
    count = max(found, default=-1) + 1
    if count > 4 * len(found) + 1000:
        raise InvalidArgumentError(f"a list of {count} items, of which {len(found)} are in the file")
    for i in range(count):
        parent.append(found.get(i))


def _call_attribute(instance, *args, **kwargs):
    return instance.__dict__["__call__"](*args, **kwargs)


# Names that a file may not give to attributes: Python's own.
_ALLOWED_DUNDER = ("__call__",)


def _set_child(parent, name, child, setter=setattr):
    if name.startswith("__") and name.endswith("__") and name not in _ALLOWED_DUNDER:
        raise InvalidArgumentError(f"an object with an attribute '{name}' in a file")
    if name == "__call__" and (setter is setattr or not callable(parent)):
        if not isinstance(child, (RestoredFunction, RestoredConcrete)):
            return
        parent.__dict__["__call__"] = child
        type(parent).__call__ = _call_attribute
        parent._track_trackable(child, name) if hasattr(child, "_trackable_children") else None
        return
    try:
        setter(parent, name, child)
    except (AttributeError, TypeError, ValueError) as error:
        raise InvalidArgumentError(f"an object cannot have the attribute '{name}': {error}") from error


__all__ = ["Loader", "TensorShape"]
