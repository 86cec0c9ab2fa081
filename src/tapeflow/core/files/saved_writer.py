"""`tf.saved_model.save`: an object with its functions and variables as a SavedModel that TensorFlow loads."""

import inspect
import os

from tapeflow.core.base import dtypes, file_tree, local_files, nest
from tapeflow.core.base.bundle_writer import Piece
from tapeflow.core.base.bundle_writer import write as write_bundle
from tapeflow.core.base.function_types import PolymorphicFunction
from tapeflow.core.base.messages import message
from tapeflow.core.base.specs import TensorSpec, TypeSpec
from tapeflow.core.base.trackable import Trackable
from tapeflow.core.files import revived, saved_files, saved_signatures
from tapeflow.core.files.function_writer import FunctionLibrary
from tapeflow.core.files.main_graph import MainGraph
from tapeflow.core.files.node_writer import shape_of
from tapeflow.core.files.saved_options import SaveOptions
from tapeflow.core.files.saved_view import SavedView, variable_of
from tapeflow.core.files.structured import NotEncodableError, encode
from tapeflow.core.files.table_functions import WrittenFunction
from tapeflow.core.trace.concrete import ConcreteFunction
from tapeflow.core.track.asset import Asset
from tapeflow.core.track.data_structures import List, Mapping, _DictWrapper, _TupleWrapper
from tapeflow.core.track.object_graph import OBJECT_GRAPH_KEY, ObjectGraph, TrackableConstant
from tapeflow.core.track.resource import TrackableResource
from tapeflow.core.values.convert import convert
from tapeflow.core.values.tensor import EagerTensor, Tensor
from tapeflow.core.values.variable import Variable

VERSION = "2.21.0"
_PRODUCER, _MIN_CONSUMER = 2474, 12
_IDENTIFIERS = (
    (List, "trackable_list_wrapper"), (_TupleWrapper, "trackable_tuple_wrapper"),
    (_DictWrapper, "trackable_dict_wrapper"), (Mapping, "trackable_dict_wrapper"),
)  # fmt: skip


def write_model(obj, export_dir, signatures, options):
    """`tf.saved_model.save`, its arguments checked.

    Returns:
        The saved objects by their numbers, and id of an object -> the references on the way to it.
    """
    saver = _Saver(obj, signatures, options or SaveOptions())
    saver.write(os.fsdecode(export_dir))
    return saver.objects.objects, saver.view._descendants_with_paths()[1]


class _Saver:
    def __init__(self, obj, signatures, options):
        self.options = options
        self.model = message("SavedModel")(saved_model_schema_version=1)
        self.meta = self.model.meta_graphs.add()
        self.library = FunctionLibrary(self.meta.graph_def.library, options.experimental_custom_gradients)
        if signatures is None:
            found = saved_signatures.default(obj, obj._trackable_children("savedmodel", cache={}))
            signatures = {} if found is None else found
        self.view = SavedView(obj, saved_signatures.canonical(signatures), self.library)
        self.objects = ObjectGraph(self.view)
        self.numbers = self.objects.numbers
        self.handles = self._handles()
        self.proto = self.meta.object_graph_def

    def _handles(self):
        """id of what a resource tensor stands for -> number of its object; likewise of paths of assets."""
        found = {}
        for number, obj in enumerate(self.objects.objects):
            if (variable := variable_of(obj)) is not None:
                found[id(variable._storage)] = number
            elif isinstance(obj, TrackableResource) and "_create_resource" in self.view.children(obj):
                found[id(obj.resource_handle.host[()])] = number
            elif isinstance(obj, Asset):
                found[id(obj.asset_path)] = number
            elif isinstance(obj, TrackableConstant):
                found[id(obj.capture)] = number
        return found

    def write(self, export_dir):
        """Writes the directory."""
        info = self.meta.meta_info_def
        info.tags.extend(["serve", *sorted(self.options.extra_tags or ())])
        info.tensorflow_version, info.stripped_default_attrs = VERSION, False
        self.meta.graph_def.versions.producer = _PRODUCER
        self.meta.graph_def.versions.min_consumer = _MIN_CONSUMER
        self.objects.fill(self.proto.nodes)
        assets = _Assets()
        self._add_gradients()
        for number, obj in enumerate(self.objects.objects):
            self._fill(self.proto.nodes[number], obj, number, assets)
        for name, function in self.options.function_aliases.items():
            concretes = getattr(function, "_list_all_concrete_functions", lambda function=function: [function])
            for concrete in concretes():
                written = self.view.written.get(id(concrete))
                if written is not None:
                    info.function_aliases[written.name] = name
        graph, tensors = self.objects.serialized()
        MainGraph(self, assets, graph).write()
        self._write_files(export_dir, assets, graph, tensors)

    def _write_files(self, export_dir, assets, graph, tensors):
        folder = os.fsdecode(export_dir)
        file_tree.makedirs(os.path.join(folder, "variables"))
        file_tree.makedirs(os.path.join(folder, "assets"))
        for source, name in assets.files.items():
            target = os.path.join(folder, "assets", name)
            if os.path.realpath(source) != os.path.realpath(target):
                file_tree.copy(source, target, overwrite=True)
        pieces = [Piece(key, _host(x), x.dtype) for key, x in tensors]
        content = convert(graph.SerializeToString(deterministic=True), dtype=dtypes.string)
        pieces.append(Piece(OBJECT_GRAPH_KEY, content.host, dtypes.string))
        write_bundle(os.path.join(folder, saved_files.VARIABLES), pieces)
        local_files.write(os.path.join(folder, saved_files.BINARY), self.model.SerializeToString(deterministic=True))

    # -- objects -------------------------------------------------------------------------------------

    def _fill(self, node, obj, number, assets):
        if (variable := variable_of(obj)) is not None:
            _fill_variable(node.variable, variable)
        elif isinstance(obj, Asset):
            node.asset.asset_file_def_index = assets.add(obj)
        elif isinstance(obj, WrittenFunction):
            self._fill_written(node, obj)
        elif isinstance(obj, PolymorphicFunction):
            self._fill_function(node.function, obj)
        elif isinstance(obj, ConcreteFunction):
            self._fill_concrete(node, obj)
        elif isinstance(obj, TrackableConstant):
            node.constant.operation = f"Const_{number}"
            node.registered_name = "tf.TrackableConstant"
        elif isinstance(obj, TrackableResource) and any(c.local_name == "_create_resource" for c in node.children):
            self._fill_resource(node, obj)
        elif not isinstance(obj, _CapturedValue) and not revived.describe(obj, node.user_object):
            node.user_object.identifier = _identifier(obj)
            node.user_object.version.producer = node.user_object.version.min_consumer = 1

    def _fill_resource(self, node, obj):
        node.resource.device = ""
        children = {c.local_name: c.node_id for c in node.children}
        if "save_function" in children:
            saveable = node.saveable_objects["table"]
            saveable.save_function = children["save_function"]
            saveable.restore_function = children["restore_function"]

    def _fill_function(self, proto, function):
        for concrete in function._list_all_concrete_functions_for_serialization():
            proto.concrete_functions.append(self.view.write(concrete).name)
        fill_spec(proto.function_spec, function.function_type, function.input_signature)

    def _fill_concrete(self, node, concrete):
        proto = node.bare_concrete_function
        written = self.view.write(concrete)
        proto.concrete_function_name = written.name
        args, kwargs = concrete.structured_input_signature
        names = getattr(concrete, "_arg_keywords", None)
        if names is None:
            names = concrete.argument_names
        proto.argument_keywords.extend(names)
        is_signature = getattr(concrete, "is_signature", False)
        count = getattr(concrete, "_num_positional_args", 0) if is_signature else len(names)
        proto.allowed_positional_arguments = count
        if is_signature:
            kinds = inspect.Parameter
            parameters = [kinds(n, kinds.KEYWORD_ONLY) for n in sorted(kwargs)]
            fill_spec(proto.function_spec, inspect.Signature(parameters), None)
        elif concrete.function_type is not None:
            fill_spec(proto.function_spec, concrete.function_type, None)
        results = specs_of(concrete.structured_outputs)
        self._describe(written.name, (tuple(args), dict(kwargs)), results, written.captured)

    def _fill_written(self, node, function):
        kinds = inspect.Parameter
        signature = inspect.Signature([kinds(n, kinds.POSITIONAL_OR_KEYWORD) for n in function.keywords])
        if function.is_bare:
            proto = node.bare_concrete_function
            proto.concrete_function_name = function.name
            proto.argument_keywords.extend(function.keywords)
            proto.allowed_positional_arguments = len(function.keywords)
            fill_spec(proto.function_spec, signature, None)
        else:
            node.function.concrete_functions.append(function.name)
            fill_spec(node.function.function_spec, signature, ())
        self._describe(function.name, (function.specs, {}), function.results, function.captured)

    def _describe(self, name, arguments, results, captured):
        """Adds what the object graph knows of a function."""
        proto = self.proto.concrete_functions[name]
        proto.bound_inputs.extend([self._bound(x, name) for x in captured])
        encode(arguments, proto.canonicalized_input_signature)
        encode(results, proto.output_signature)

    def _bound(self, x, name):
        """The number of the object that a function captures."""
        if isinstance(x, Variable):
            key = id(x._storage)
        elif isinstance(x, EagerTensor) and x.dtype is dtypes.resource:
            key = id(x.host[()])
        elif isinstance(x, (Asset, TrackableResource)):
            key = id(x)
            if key in self.numbers:
                return self.numbers[key]
        else:
            key = id(x)
        found = self.handles.get(key)
        if found is None and isinstance(x, EagerTensor) and x.dtype is not dtypes.resource:
            found = self.handles[key] = self._more(self.view.constant(x))
        if found is None and isinstance(x, Asset):
            found = self.numbers[id(x)] = self._more(x)
        if found is None:
            raise AssertionError(
                "Tried to export a function which references an 'untracked' resource. TensorFlow objects (e.g. "
                "tf.Variable) captured by functions must be 'tracked' by assigning them to an attribute of a tracked "
                "object or assigned to an attribute of the main object directly. See the information below:\n"
                f"\tFunction name = {name}\n\tCaptured = {x!r}"
            )
        return found

    def _more(self, obj):
        """Adds an object that nothing refers to by a name."""
        number = len(self.objects.objects)
        self.objects.objects.append(obj)
        self.objects.paths.append(f"-{number}")
        self.numbers[id(obj)] = number
        self.proto.nodes.add()
        return number

    # -- custom gradients ----------------------------------------------------------------------------

    def _add_gradients(self):
        """Describes the gradient functions: all functions have been written by now."""
        for obj in list(self.objects.objects):
            if isinstance(obj, ConcreteFunction):
                self.view.write(obj)
        for name, kinds, symbols, present, places in self.library.gradients:
            specs = [
                TensorSpec(s.shape, d, f"result_grads_{i}")
                for i, (s, d) in enumerate(zip(symbols, kinds, strict=True))
            ]
            results = [None if g is None else TensorSpec(g.shape, g.dtype) for g in present]
            bound = []
            for place in places:
                if isinstance(place, tuple):
                    number = self._more(_CapturedValue())
                    captured = self.proto.nodes[number].captured_tensor
                    captured.name, captured.concrete_function = place
                    bound.append(number)
                else:
                    bound.append(self._bound(place, name))
            proto = self.proto.concrete_functions[name]
            proto.bound_inputs.extend(bound)
            encode(((None, *specs), {}), proto.canonicalized_input_signature)
            encode(results, proto.output_signature)


def _identifier(obj):
    """What kind of object a file says that one is."""
    for kind, name in _IDENTIFIERS:
        if isinstance(obj, kind):
            return name
    return obj._object_identifier


class _CapturedValue(Trackable):
    """A value of a function's body, among the objects."""


class _Assets:
    """The files that the model takes along."""

    def __init__(self):
        self.objects, self.files = [], {}

    def add(self, asset):
        """The number of an asset."""
        path = os.fsdecode(asset.asset_path.numpy())
        if path not in self.files:
            base = os.path.basename(path)
            name, count = base, 0
            while name in self.files.values():
                count += 1
                name = f"{base}_{count}"
            self.files[path] = name
        self.objects.append(asset)
        return len(self.objects) - 1

    def file_of(self, asset):
        """The name of an asset's copy."""
        return self.files[os.fsdecode(asset.asset_path.numpy())]


def _host(x):
    x = x if isinstance(x, Tensor) else convert(x)
    return x.host


def _fill_variable(proto, variable):
    proto.dtype = variable.dtype.as_datatype_enum
    proto.shape.CopyFrom(shape_of(variable.shape))
    proto.trainable = bool(variable.trainable)
    proto.synchronization = variable.synchronization.value
    proto.aggregation = variable.aggregation.value
    proto.name = variable.name.removesuffix(":0")


def specs_of(structure):
    """A structure with specs for the tensors in it."""

    def one(x):
        if isinstance(x, TypeSpec):
            return x
        if isinstance(x, Tensor):
            return TensorSpec(x.shape, x.dtype)
        if hasattr(type(x), "_type_spec"):
            return x._type_spec
        return x

    return nest.map_structure(one, structure)


_FULL = ("args", "varargs", "varkw", "defaults", "kwonlyargs", "kwonlydefaults", "annotations")


def fill_spec(proto, signature, input_signature):
    """Writes the parameters of a function.

    Args:
        proto: `FunctionSpec` message.
        signature: `inspect.Signature`.
        input_signature: The specs that its arguments must match, or None.
    """
    parameters = list(signature.parameters.values()) if signature is not None else []
    places = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    only = [p for p in parameters if p.kind == p.KEYWORD_ONLY]
    values = {
        "args": [p.name for p in places],
        "varargs": next((p.name for p in parameters if p.kind == p.VAR_POSITIONAL), None),
        "varkw": next((p.name for p in parameters if p.kind == p.VAR_KEYWORD), None),
        "defaults": tuple(p.default for p in places if p.default is not p.empty) or None,
        "kwonlyargs": [p.name for p in only],
        "kwonlydefaults": {p.name: p.default for p in only if p.default is not p.empty} or None,
        "annotations": {},
    }
    target = proto.fullargspec.named_tuple_value
    target.name = "FullArgSpec"
    for key in _FULL:
        pair = target.values.add(key=key)
        try:
            encode(values[key], pair.value)
        except NotEncodableError as error:
            raise NotEncodableError(f"the parameters of a function cannot be saved: {error}") from error
    encode(None if input_signature is None else tuple(input_signature), proto.input_signature)
