"""From builders to a `ModelProto`: what nobody uses is left out, results get their names, unknown sizes theirs."""

from tapeflow.core.base import dtypes
from tapeflow.core.files.onnx.builder import Builder
from tapeflow.core.files.onnx.values import element_type, package

# protobuf cannot hold more in one message.
LARGEST = (1 << 31) - (1 << 24)
# Domain -> the version of its operators that is written, beside the standard one.
_VERSIONS = {"ai.onnx.ml": 3}


def model_of(builder, name, metadata):
    """The `ModelProto` of a builder, and its size.

    Args:
        builder: The outermost builder.
        name: The graph's name.
        metadata: Key -> value, both text.

    Returns:
        The model, and how many bytes its weights have.
    """
    onnx = package()
    used = _prune(builder)
    rename = _result_names(builder)
    shared = builder.shared
    graph = _graph(onnx, builder, name, rename)
    for constant, array in shared.constants.items():
        if constant in used:
            graph.initializer.append(_tensor(onnx, array, rename.get(constant, constant)))
    opsets = [onnx.helper.make_opsetid(domain, _VERSIONS.get(domain, shared.opset)) for domain in _domains(builder)]
    model = onnx.helper.make_model(
        graph, opset_imports=opsets, producer_name="tapeflow", ir_version=onnx.helper.find_min_ir_version_for(opsets)
    )
    onnx.helper.set_model_props(model, metadata)
    return model, sum(array.nbytes for name, array in shared.constants.items() if name in used)


def _tensor(onnx, array, name):
    if array.dtype == object:
        values = [v if isinstance(v, bytes) else str(v).encode() for v in array.ravel().tolist()]
        return onnx.helper.make_tensor(name, onnx.TensorProto.STRING, array.shape, values)
    tensor = onnx.TensorProto(name=name, dims=array.shape, data_type=element_type(dtypes.from_numpy(array.dtype)))
    tensor.raw_data = array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes()
    return tensor


# -- graphs ----------------------------------------------------------------------------------------


def _graph(onnx, builder, name, rename):
    nodes = [
        onnx.helper.make_node(
            node.op, [rename.get(x, x) for x in node.inputs], [rename.get(y, y) for y in node.outputs], node.name,
            domain=node.domain,
            **{key: _attribute(onnx, value, node, key, rename) for key, value in node.attrs.items()},
        )
        for node in builder.nodes
    ]  # fmt: skip
    inputs = [_info(onnx, *one, rename) for one in builder.inputs]
    outputs = [_info(onnx, *one, rename) for one in builder.outputs]
    return onnx.helper.make_graph(nodes, name, inputs, outputs)


def _attribute(onnx, value, node, key, rename):
    if isinstance(value, Builder):
        return _graph(onnx, value, f"{node.name}/{key}", rename)
    return list(value) if isinstance(value, tuple) else value


def _info(onnx, name, dtype, sizes, rename):
    return onnx.helper.make_tensor_value_info(
        rename.get(name, name), element_type(dtype), None if sizes is None else list(sizes)
    )


def _domains(builder):
    """The domains of the ops, the standard one first."""
    found = {""}
    for node in builder.nodes:
        found.add(node.domain)
        found.update(*(_domains(value) for value in node.attrs.values() if isinstance(value, Builder)))
    return sorted(found)


def _prune(builder):
    """Drops the nodes that nothing depends on; gives the names that are used, in graphs inside too."""
    used = {name for name, *_ in builder.outputs}
    kept = []
    for node in reversed(builder.nodes):
        if any(y in used for y in node.outputs):
            used.update(node.inputs)
            for value in node.attrs.values():
                if isinstance(value, Builder):
                    used |= _prune(value)
            kept.append(node)
    builder.nodes = kept[::-1]
    return used


def _result_names(builder):
    """Value -> the name of the result that it is: instead of an Identity, where that node's input is made here."""
    made = {y for node in builder.nodes for y in node.outputs}
    outputs = [name for name, *_ in builder.outputs]
    rename = {}
    for node in list(builder.nodes):
        if node.op != "Identity" or node.outputs[0] not in outputs:
            continue
        (source,) = node.inputs
        if source in made and source not in rename and source not in outputs:
            rename[source] = node.outputs[0]
            builder.nodes.remove(node)
    return rename
