"""The main graph of a SavedModel: what loaders that only know sessions (TensorFlow Serving, C++) run.

It holds the variables and resources again, a call for each signature, an op that fills the resources, and functions
that save and restore the variables.
"""

from tapeflow.core.base import dtypes
from tapeflow.core.files.node_writer import Names, set_attr, shape_of, tensor_of
from tapeflow.core.files.saved_view import variable_of
from tapeflow.core.ops.compose.constant import constant
from tapeflow.core.track.asset import Asset
from tapeflow.core.track.object_graph import OBJECT_GRAPH_KEY, TrackableConstant
from tapeflow.core.track.resource import TrackableResource

_INIT = "__saved_model_init_op"
_PREDICT = "tensorflow/serving/predict"


def add_node(target, name, op, inputs=(), **attrs):
    """Adds a node to a graph or a function; attributes as (kind, value) pairs."""
    node = target.add(name=name, op=op)
    node.input.extend(inputs)
    for key, (kind, value) in attrs.items():
        set_attr(node.attr, key, kind, value)
    return node


def add_constant(target, name, value):
    """Adds a constant."""
    x = value if hasattr(value, "host") else constant(value)
    node = add_node(target, name, "Const", dtype=("type", x.dtype))
    node.attr["value"].tensor.CopyFrom(tensor_of(x))
    return name


class MainGraph:
    """The graph being written.

    Args:
        saver: What knows the objects.
        assets: The files.
        graph: The object graph of the checkpoint.
    """

    def __init__(self, saver, assets, graph):
        self.saver, self.assets, self.graph = saver, assets, graph
        self.meta = saver.meta
        self.nodes = saver.meta.graph_def.node
        self.names = Names()
        self.where = {}  # number of an object -> the node that stands for it
        self.early = {}  # number of an asset -> the node that reads its path when the model is loaded
        self.effects = []

    def write(self):
        """Writes everything."""
        for number, obj in enumerate(self.saver.objects.objects):
            if isinstance(obj, TrackableConstant):
                self.where[number] = add_constant(self.nodes, self.names(f"Const_{number}"), obj.capture)
            elif variable_of(obj) is not None:
                self._variable(number, variable_of(obj))
            elif isinstance(obj, Asset):
                self._asset(number, obj)
        resources = [
            (number, obj) for number, obj in enumerate(self.saver.objects.objects)
            if isinstance(obj, TrackableResource) and "_create_resource" in self.saver.view.children(obj)
        ]  # fmt: skip
        for number, obj in resources:
            create = self.saver.view.children(obj)["_create_resource"]
            self.where[number] = self._call(f"resource_{number}", create.name, [], [dtypes.resource])
        for _, obj in resources:
            self._initialize(obj)
        for key, function in self.saver.view.signatures.items():
            self._signature(key, function)
        self._init_op()
        if not self.saver.options.experimental_skip_saver:
            self._saver(resources)

    def _call(self, name, function, inputs, kinds):
        """A call of a function with nodes; the name of the call."""
        types = [dtype for _, dtype in inputs]
        node = add_node(
            self.nodes, self.names(name), "StatefulPartitionedCall", [ref for ref, _ in inputs],
            Tin=("list(type)", types), Tout=("list(type)", kinds), f=("func", function),
        )  # fmt: skip
        return node.name

    # -- state ---------------------------------------------------------------------------------------

    def _variable(self, number, variable):
        name = self.names(variable.name.removesuffix(":0") or "Variable")
        self.where[number] = name
        add_node(
            self.nodes, name, "VarHandleOp", dtype=("type", variable.dtype), shape=("shape", variable.shape),
            shared_name=("string", f"{name}_{number}"), debug_name=("string", name),
        )  # fmt: skip

    def _asset(self, number, asset):
        """A placeholder that the loader feeds with the path, kept in a variable."""
        place = self.names("asset_path_initializer")
        string = ("type", dtypes.string)
        add_node(self.nodes, place, "Placeholder", dtype=string, shape=("shape", []))
        handle = self.names("asset_variable")
        add_node(self.nodes, handle, "VarHandleOp", dtype=string, shape=("shape", []), shared_name=("string", handle))
        assign = add_node(self.nodes, self.names("asset_assign"), "AssignVariableOp", [handle, place], dtype=string)
        # What fills tables reads the path once it was assigned; others must not ask for the placeholder to be fed.
        first = [handle, f"^{assign.name}"]
        early = add_node(self.nodes, self.names("asset_first_read"), "ReadVariableOp", first, dtype=string)
        read = add_node(self.nodes, self.names("asset_read"), "ReadVariableOp", [handle], dtype=string)
        self.effects.append(assign.name)
        self.where[number], self.early[number] = read.name, early.name
        fed = self.meta.asset_file_def.add(filename=self.assets.file_of(asset))
        fed.tensor_info.name = f"{place}:0"
        fed.tensor_info.dtype = dtypes.string.as_datatype_enum

    def _captures(self, captured, name, is_initial=False):
        """(node, dtype) of what a function captures; `is_initial` if it runs when the model is loaded."""
        found = []
        for x in captured:
            number = self.saver._bound(x, name)
            obj = self.saver.objects.objects[number]
            if isinstance(obj, TrackableConstant):
                dtype = obj.capture.dtype
                if number not in self.where:
                    self.where[number] = add_constant(self.nodes, self.names(f"Const_{number}"), obj.capture)
            else:
                dtype = dtypes.string if isinstance(obj, Asset) else dtypes.resource
            found.append((self.early.get(number, self.where[number]) if is_initial else self.where[number], dtype))
        return found

    def _initialize(self, resource):
        function = self.saver.view.children(resource).get("_initialize")
        if function is None:
            return
        inputs = self._captures(function.captured, function.name, is_initial=True)
        kinds = [dtypes.int32] if function.results is not None else []
        self.effects.append(self._call("initialize", function.name, inputs, kinds))

    def _init_op(self):
        name = self.names("init")
        add_node(self.nodes, name, "NoOp", [f"^{one}" for one in self.effects])
        self.meta.collection_def["saved_model_main_op"].node_list.value.append(name)
        info = self.meta.signature_def[_INIT].outputs[_INIT]
        info.name = name
        info.tensor_shape.unknown_rank = True

    # -- signatures ----------------------------------------------------------------------------------

    def _signature(self, key, function):
        written = self.saver.view.write(function)
        definition = self.meta.signature_def[key]
        definition.method_name = _PREDICT
        inputs = []
        for name, spec in sorted(function.structured_input_signature[1].items()):
            node = add_node(
                self.nodes, self.names(f"{key}_{name}"), "Placeholder", dtype=("type", spec.dtype),
                shape=("shape", spec.shape),
            )  # fmt: skip
            inputs.append((node.name, spec.dtype))
            _tensor_info(definition.inputs[name], f"{node.name}:0", spec)
        outputs = sorted(function.structured_outputs.items())
        inputs += self._captures(written.captured, written.name)
        call = self._call("StatefulPartitionedCall", written.name, inputs, [y.dtype for _, y in outputs])
        for i, (name, y) in enumerate(outputs):
            _tensor_info(definition.outputs[name], f"{call}:{i}", y)

    # -- saving and restoring ------------------------------------------------------------------------

    def _saver(self, resources):
        keys, handles = [], []
        for number, obj in enumerate(self.saver.objects.objects[: len(self.graph.nodes)]):
            attributes = {a.name: a.checkpoint_key for a in self.graph.nodes[number].attributes}
            variable = variable_of(obj)
            if variable is not None and "VARIABLE_VALUE" in attributes:
                keys.append((attributes["VARIABLE_VALUE"], variable.dtype, None))
                handles.append(self.where[number])
        tables = []
        for number, obj in resources:
            children = self.saver.view.children(obj)
            attributes = {a.name: a.checkpoint_key for a in self.graph.nodes[number].attributes}
            if "save_function" in children and "table" in attributes:
                tables.append((attributes["table"], self.where[number], children))
        filename = add_node(
            self.nodes, self.names("saver_filename"), "Placeholder", dtype=("type", dtypes.string), shape=("shape", [])
        ).name
        content = add_constant(self.nodes, self.names("object_graph"), constant(self.graph.SerializeToString()))
        save = _SaveFunctions(self.saver.library, keys, tables)
        places = [(name, dtypes.resource) for name in [*handles, *(handle for _, handle, _ in tables)]]
        prefix = [(filename, dtypes.string)]
        saved = self._call("StatefulPartitionedCall", save.saving(), [*prefix, *places, (content, dtypes.string)],
                           [dtypes.string])  # fmt: skip
        restored = self._call("StatefulPartitionedCall", save.restoring(), [*prefix, *places], [dtypes.string])
        saver = self.meta.saver_def
        saver.filename_tensor_name, saver.save_tensor_name = f"{filename}:0", f"{saved}:0"
        saver.restore_op_name, saver.version = restored, 2


def _tensor_info(info, name, spec):
    info.name, info.dtype = name, spec.dtype.as_datatype_enum
    info.tensor_shape.CopyFrom(shape_of(spec.shape))


class _SaveFunctions:
    """The functions that write a checkpoint and read it back.

    Args:
        library: The `FunctionLibrary`.
        keys: (key, dtype, _) of each variable.
        tables: (key, _, functions) of each table.
    """

    def __init__(self, library, keys, tables):
        self.library, self.keys, self.tables = library, keys, tables

    def _function(self, name):
        function = self.library.add(self.library.unique(name))
        args = function.signature.input_arg
        args.add(name="file_prefix", type=dtypes.string.as_datatype_enum)
        for i in range(len(self.keys) + len(self.tables)):
            args.add(name=f"handle_{i}", type=dtypes.resource.as_datatype_enum)
        return function

    def _names(self, extra=()):
        """The keys of all tensors."""
        names = [key for key, _, _ in self.keys]
        for key, _, _ in self.tables:
            names += [f"{key}-keys", f"{key}-values"]
        return constant([*names, *extra], dtypes.string)

    @staticmethod
    def _finish(function, effects, after):
        """Gives back the prefix once everything has run."""
        function.signature.output_arg.add(name="identity", type=dtypes.string.as_datatype_enum)
        add_node(function.node_def, "Identity", "Identity", ["file_prefix", *(f"^{one}" for one in after)],
                 T=("type", dtypes.string))  # fmt: skip
        function.ret["identity"] = "Identity:output:0"
        function.signature.is_stateful = True
        for one in effects:
            function.control_ret[one] = one
            function.signature.control_output.append(one)

    def saving(self):
        """Writes the function that saves; returns its name."""
        function = self._function("_traced_save")
        function.signature.input_arg.add(name="object_graph", type=dtypes.string.as_datatype_enum)
        nodes = function.node_def
        refs, kinds = [], []
        for i, (_, dtype, _) in enumerate(self.keys):
            add_node(nodes, f"read_{i}", "ReadVariableOp", [f"handle_{i}"], dtype=("type", dtype))
            refs.append(f"read_{i}:value:0")
            kinds.append(dtype)
        for j, (key, _, functions) in enumerate(self.tables):
            saver = functions["save_function"]
            key_type, value_type = (one["tensor"].dtype for one in saver.results)
            add_constant(nodes, f"key_{j}", key)
            add_node(
                nodes, f"export_{j}", "StatefulPartitionedCall", [f"key_{j}:output:0", f"handle_{len(self.keys) + j}"],
                Tin=("list(type)", [dtypes.string, dtypes.resource]), f=("func", saver.name),
                Tout=("list(type)", [dtypes.string, dtypes.string, key_type, dtypes.string, dtypes.string, value_type]),
            )  # fmt: skip
            refs += [f"export_{j}:output:2", f"export_{j}:output:5"]
            kinds += [key_type, value_type]
        add_constant(nodes, "part", "_temp/part")
        add_node(nodes, "join", "StringJoin", ["file_prefix", "part:output:0"], N=("int", 2))
        add_constant(nodes, "shard", 0)
        add_constant(nodes, "shards", 1)
        add_node(nodes, "file", "ShardedFilename", ["join:output:0", "shard:output:0", "shards:output:0"])
        names = self._names([OBJECT_GRAPH_KEY])
        add_constant(nodes, "names", names)
        add_constant(nodes, "slices", constant([""] * int(names.shape[0]), dtypes.string))
        add_node(
            nodes, "SaveV2", "SaveV2",
            ["file:filename:0", "names:output:0", "slices:output:0", *refs, "object_graph"],
            dtypes=("list(type)", [*kinds, dtypes.string]),
        )  # fmt: skip
        add_node(nodes, "files", "Pack", ["file:filename:0", "^SaveV2"], N=("int", 1), T=("type", dtypes.string),
                 axis=("int", 0))  # fmt: skip
        add_node(nodes, "Merge", "MergeV2Checkpoints", ["files:output:0", "file_prefix"])
        self._finish(function, ["SaveV2", "Merge"], ["Merge"])
        return function.signature.name

    def restoring(self):
        """Writes the function that restores; returns its name."""
        function = self._function("_traced_restore")
        nodes, effects = function.node_def, []
        kinds = [dtype for _, dtype, _ in self.keys]
        for _, _, functions in self.tables:
            kinds += [one["tensor"].dtype for one in functions["save_function"].results]
        if kinds:
            names = self._names()
            add_constant(nodes, "names", names)
            add_constant(nodes, "slices", constant([""] * len(kinds), dtypes.string))
            add_node(nodes, "RestoreV2", "RestoreV2", ["file_prefix", "names:output:0", "slices:output:0"],
                     dtypes=("list(type)", kinds))  # fmt: skip
        for i, (_, dtype, _) in enumerate(self.keys):
            add_node(nodes, f"assign_{i}", "AssignVariableOp", [f"handle_{i}", f"RestoreV2:tensors:{i}"],
                     dtype=("type", dtype))  # fmt: skip
            effects.append(f"assign_{i}")
        for j, (_, _, functions) in enumerate(self.tables):
            place = len(self.keys) + 2 * j
            add_node(
                nodes, f"fill_{j}", "StatefulPartitionedCall",
                [f"RestoreV2:tensors:{place}", f"RestoreV2:tensors:{place + 1}", f"handle_{len(self.keys) + j}"],
                Tin=("list(type)", [*kinds[place : place + 2], dtypes.resource]), Tout=("list(type)", [dtypes.int32]),
                f=("func", functions["restore_function"].name),
            )  # fmt: skip
            effects.append(f"fill_{j}")
        self._finish(function, effects, effects)
        return function.signature.name
