"""SavedModels of TensorFlow 1: a graph, variables by name, signatures cut out of the graph."""

import os

from tapeflow.core.base import dtypes
from tapeflow.core.base.bundle import Bundle, exists
from tapeflow.core.base.bundle_slices import from_text
from tapeflow.core.base.errors import DataLossError, InvalidArgumentError
from tapeflow.core.base.messages import message
from tapeflow.core.base.shapes import TensorShape
from tapeflow.core.base.specs import TensorSpec
from tapeflow.core.files import saved_files
from tapeflow.core.files.attributes import dtype_of, shape_of
from tapeflow.core.files.library import Library
from tapeflow.core.files.pruned import GraphFunctions, PrunedFunction
from tapeflow.core.files.saved_function import SignatureMap
from tapeflow.core.files.saved_objects import tensor_like
from tapeflow.core.graph.graph import Outside
from tapeflow.core.track.auto_trackable import AutoTrackable
from tapeflow.core.values.convert import convert
from tapeflow.core.values.variable import Variable

_INIT, _ASSETS = "__saved_model_init_op", "saved_model_assets"
_VARIABLE_OPS = ("VarHandleOp", "VariableV2", "Variable")


def load_v1(meta, export_dir):
    """The object of a meta graph without an object graph: `signatures`, `variables`, `graph`, `prune`.

    Args:
        meta: The `MetaGraphDef` message.
        export_dir: The model's directory.
    """
    library = Library(meta.graph_def, export_dir)
    assets = {
        one.tensor_info.name: convert(saved_files.asset_path(export_dir, one.filename))
        for one in _asset_files(meta, export_dir)
    }
    source = GraphFunctions(library, meta.graph_def, export_dir, assets)
    with Outside():
        library.variables = _variables(meta, export_dir)
        for op in _init_ops(meta):
            source.run({}, [f"^{op}"])
    root = V1Model(source)
    root.asset_paths = list(assets.values())
    root.variables = [v for v in library.variables.values() if v._storage.value is not None]
    root.signatures = SignatureMap()
    for key in sorted(meta.signature_def):
        if key != _INIT:
            root.signatures._add_signature(key, _signature(source, key, meta.signature_def[key]))
    return root


class V1Model(AutoTrackable):
    """A loaded model of TensorFlow 1.

    Attributes:
        signatures: Name -> function of keyword arguments that returns a dictionary.
        variables: The variables.
    """

    def __init__(self, source):
        self._source = source

    def prune(self, feeds, fetches, name=None, input_signature=None, are_keyword_args_also_positional=None):
        """Returns the function from some tensors of the graph to others.

        Args:
            feeds: Tensors or their names, in a structure.
            fetches: Likewise.
            name: What to call the function.
            input_signature, are_keyword_args_also_positional: Accepted.
        """
        return pruned(self._source, feeds, fetches, name)

    @property
    def graph(self):
        """The whole graph, as far as its ops are known."""
        return whole_graph(self._source)


def pruned(source, feeds, fetches, name=None):
    """The function between tensors that are given by name or as symbols."""
    from tapeflow.core.base import nest

    names = [_named(one) for one in nest.flatten(feeds)]
    specs = tuple(source.spec_of(one) for one in names)
    results = nest.map_structure(_named, fetches)
    function = PrunedFunction(source, name or "pruned", (specs, {}), names, results)
    function._arg_keywords = None
    return function


def _named(one):
    """The name of a tensor or of an operation."""
    if isinstance(one, str):
        return one
    return one.name if hasattr(one, "dtype") else f"^{one.name}"


def whole_graph(source):
    """All nodes of a graph whose op is known, for looking at."""
    from tapeflow.core.base.errors import OpError
    from tapeflow.core.files.body import Body
    from tapeflow.core.files.library import ImportedGraph

    graph = ImportedGraph("wrapped_function")
    with graph:
        body = Body(source.library, source.nodes, source.values({}), source.name, is_graph=True)
        for node in source.nodes:
            if node.op.startswith("Placeholder") and not node.input:
                spec = source.spec_of(node.name)
                body.values[node.name] = [graph.placeholder(spec.dtype, spec.shape, node.name)]
        for node in source.nodes:
            try:
                body.run([f"^{node.name}"])
            except OpError:
                continue  # a node that saves or restores, or that needs one
    return graph


def _asset_files(meta, export_dir):
    """The `AssetFileDef`s of a meta graph: in a field of its own, or in a collection."""
    found = list(meta.asset_file_def)
    if not found and _ASSETS in meta.collection_def:
        for one in meta.collection_def[_ASSETS].any_list.value:
            found.append(_parsed("AssetFileDef", one.value, export_dir))
    return found


# -- variables -------------------------------------------------------------------------------------


def _variables(meta, export_dir):
    """Name of a variable's node -> variable, with the values of the checkpoint."""
    definitions = {}
    for collection in ("variables", "trainable_variables", "global_variables", "local_variables"):
        if collection in meta.collection_def:
            for content in meta.collection_def[collection].bytes_list.value:
                one = _definition(content, export_dir)
                definitions[one.variable_name.partition(":")[0]] = one
    prefix = os.path.join(export_dir, saved_files.VARIABLES)
    if not exists(prefix):
        return {}
    found = {}
    with Bundle(prefix) as bundle:
        for node in meta.graph_def.node:
            if node.op not in _VARIABLE_OPS:
                continue
            shared = node.attr["shared_name"].s.decode("utf-8", "replace") if "shared_name" in node.attr else ""
            definition = definitions.get(node.name)
            value = _value(bundle, node, shared, definition)
            if value is not None:
                trainable = definition.trainable if definition is not None else False
                trainable = trainable or node.name in _names(meta, "trainable_variables", export_dir)
                found[shared or node.name] = found[node.name] = Variable(value, trainable=trainable, name=node.name)
    return found


def _names(meta, collection, export_dir):
    if collection not in meta.collection_def:
        return ()
    contents = meta.collection_def[collection].bytes_list.value
    return {_definition(content, export_dir).variable_name.partition(":")[0] for content in contents}


def _definition(content, export_dir):
    return _parsed("VariableDef", content, export_dir)


def _parsed(kind, content, export_dir):
    from google.protobuf.message import DecodeError  # lazy: protobuf is slow to import

    try:
        return message(kind).FromString(content)
    except DecodeError as error:
        raise DataLossError(f"{export_dir}: a damaged {kind} in a collection") from error


def _value(bundle, node, shared, definition):
    """The value of a variable in the checkpoint, None if there is none."""
    if definition is not None and definition.HasField("save_slice_info_def"):
        info = definition.save_slice_info_def
        if info.full_name in bundle.entries:
            spec = ":".join(f"{o},{n}" for o, n in zip(info.var_offset, info.var_shape, strict=False))
            part = from_text(f"{' '.join(map(str, info.full_shape))} {spec}")[1]
            return tensor_like(bundle.read_slice(info.full_name, part), bundle.entry(info.full_name).dtype)
    for name in (node.name, shared):
        if name and name in bundle.entries:
            return tensor_like(bundle.read(name), bundle.entry(name).dtype)
    return None


def _init_ops(meta):
    for collection in ("saved_model_main_op", "legacy_init_op"):
        if collection in meta.collection_def:
            return list(meta.collection_def[collection].node_list.value)
    if _INIT in meta.signature_def and _INIT in meta.signature_def[_INIT].outputs:
        return [meta.signature_def[_INIT].outputs[_INIT].name.partition(":")[0]]
    return []


# -- signatures ------------------------------------------------------------------------------------


def _signature(source, key, definition):
    tensors, specs = {}, {}
    for name in sorted(definition.inputs):
        info = definition.inputs[name]
        for part, spec, tensor in _specs(name, info, source):
            specs[part], tensors[part] = spec, tensor
    results = {}
    for name in sorted(definition.outputs):
        info = definition.outputs[name]
        kind = info.WhichOneof("encoding")
        if kind == "coo_sparse":
            results[name] = _sparse_names(info.coo_sparse)
        elif kind == "name":
            results[name] = info.name
        else:
            raise InvalidArgumentError(f"signature '{key}': the output '{name}' has no tensor")
    return V1Signature(source, key, ((), specs), [tensors[part] for part in sorted(specs)], results)


def _specs(name, info, source):
    """(argument, spec, tensor) of an input of a signature: a sparse one is three arguments."""
    kind = info.WhichOneof("encoding")
    shape = shape_of(info.tensor_shape) if info.HasField("tensor_shape") else TensorShape(None)
    dtype = dtype_of(info.dtype)
    if kind == "name":
        node = source.node(info.name.partition(":")[0])
        if node.op == "Placeholder":  # it knows better: TensorFlow runs signatures that say something else
            dtype = dtype_of(node.attr["dtype"].type)
        return [(name, TensorSpec(shape, dtype, name), info.name)]
    if kind != "coo_sparse":
        raise InvalidArgumentError(f"the input '{name}' of a signature has no tensor")
    parts = (
        ("indices", TensorSpec([None, shape.rank], dtypes.int64, f"{name}_indices")),
        ("values", TensorSpec([None], dtype, f"{name}_values")),
        ("dense_shape", TensorSpec([shape.rank], dtypes.int64, f"{name}_dense_shape")),
    )
    tensors = _sparse_names(info.coo_sparse)
    return [(spec.name, spec, tensor) for (_, spec), tensor in zip(parts, tensors, strict=True)]


def _sparse_names(info):
    return info.indices_tensor_name, info.values_tensor_name, info.dense_shape_tensor_name


class V1Signature(PrunedFunction):
    """A signature of a model of TensorFlow 1: keyword arguments in, a dictionary out."""

    def __call__(self, *args, **kwargs):
        specs = self._arguments[1]
        names = list(specs)
        if len(args) > (1 if len(names) == 1 else 0):
            raise TypeError(f"signature '{self._name}' takes keyword arguments: {', '.join(names)}")
        given = dict(zip(names, args, strict=False)) | kwargs
        if set(given) != set(names):
            missing, extra = sorted(set(names) - set(given)), sorted(set(given) - set(names))
            raise TypeError(f"signature '{self._name}': missing arguments {missing}, unexpected ones {extra}")
        return self.call_flat(_converted(specs, given))

    def call_flat(self, tensors):
        """Runs the graph; sparse outputs are put together."""
        from tapeflow.core.values.sparse import SparseTensor

        found = super().call_flat(tensors)
        return {k: SparseTensor(*v) if isinstance(v, tuple) else v for k, v in found.items()}

    @property
    def argument_names(self):
        """The names of the arguments."""
        return list(self._arguments[1])


def _converted(specs, given):
    tensors = []
    for name, spec in sorted(specs.items()):
        value = given[name]
        tensors.append(value._read() if isinstance(value, Variable) else convert(value, hint=spec.dtype))
    return tensors


