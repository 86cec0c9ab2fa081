"""Programs for other runtimes, described: ONNX and StableHLO."""

import re
from collections import Counter

import numpy as np

from tapeflow.core.base import dtypes, local_files
from tapeflow.core.base.errors import DataLossError, InvalidArgumentError, UnimplementedError
from tapeflow.core.files.shown.description import Description, Signature, Stored, size_text
from tapeflow.core.files.shown.work import drawn

_LARGEST = 1 << 31
_OP = re.compile(r"= \"?((?:stablehlo|chlo)\.\w+)")


def stablehlo(path, deep):
    """The description of an exported program.

    Args:
        path: The file.
        deep: Whether it is compiled, to know what it costs.
    """
    from tapeflow.core.files.stablehlo import from_stablehlo

    function = from_stablehlo(path)
    text = function.mlir_module()
    facts = [size_text(local_files.size(path)), f"for {', '.join(function.platforms)}",
             "with its gradient" if function.has_gradient else "without its gradient"]  # fmt: skip
    program = function.program
    inputs = [f"{name}: {shown}" for name, shown in function.argument_texts()]
    outputs = [f"{dtypes.as_dtype(s.dtype).name} [{', '.join(map(str, s.shape))}]" for s in program.outputs]
    result = Description(
        "StableHLO", path, facts, signatures={function.name: Signature(inputs, outputs)},
        ops=Counter(_OP.findall(text)),
    )  # fmt: skip
    open_sizes = sorted({n for s in program.inputs for n in s.shape if isinstance(n, str)})
    if deep:
        result.work = {function.name: _work(program)}
    if open_sizes:
        result.sections.append(("open sizes", [", ".join(open_sizes)]))
    if function.left_out:
        result.sections.append(("left out of the function", list(function.left_out)))
    return result


def _work(program):
    """The compiler's count of floating-point operations, for open sizes of 1; a text if it has none."""
    from tapeflow.core.engines import xla  # lazy: it is loaded by now

    zeros = [np.zeros([1 if isinstance(n, str) else n for n in s.shape], s.dtype) for s in program.inputs]
    try:
        compiled, _ = xla.compile_for(lambda *values: program.call(values), zeros)
    except (UnimplementedError, InvalidArgumentError) as error:
        return f"not known: {error.message}"
    found = xla.cost(compiled)["flops"]
    return "not known to the compiler" if found is None else found


# -- ONNX --------------------------------------------------------------------------------------------


def onnx(path):
    """The description of an ONNX model."""
    try:
        import onnx as package  # lazy: an extra
    except ModuleNotFoundError:
        raise UnimplementedError("ONNX files need the package onnx", hint="pip install tapeflow[onnx]") from None
    from google.protobuf.message import DecodeError

    size = local_files.size(path)
    if size > _LARGEST:
        raise DataLossError(f"{path}: {size} bytes are more than an ONNX file may have")
    try:
        model = package.ModelProto.FromString(local_files.read(path))
    except (DecodeError, RecursionError) as error:
        raise DataLossError(f"{path} is no ONNX model, or damaged: {error}") from error
    graph = model.graph
    sets = ", ".join(f"{_text(one.domain) or 'ai.onnx'} {one.version}" for one in model.opset_import)
    producer = f"{_text(model.producer_name)} {_text(model.producer_version)}".strip()
    name = _text(graph.name) or "graph"
    weights = {_text(one.name) for one in graph.initializer}
    inputs = [_value_text(package, x) for x in graph.input if _text(x.name) not in weights]
    return Description(
        "ONNX model", path,
        [size_text(size), f"written by {producer or '?'}; operator sets: {sets or '?'}"],
        signatures={name: Signature(inputs, [_value_text(package, x) for x in graph.output])},
        variables=[_stored(package, one) for one in graph.initializer], word="weights",
        ops=Counter(_ops(package, graph)), pictures=lambda: {name: drawn(lambda: _drawn(graph, path))},
    )  # fmt: skip


def _text(value):
    """A name as text: what is not UTF-8 comes as bytes."""
    return value if isinstance(value, str) else value.decode("utf-8", "replace")


def _dtype_name(package, number):
    try:
        return str(package.helper.tensor_dtype_to_np_dtype(number)).replace("object", "string")
    except KeyError:
        return f"type {number}"


def _value_text(package, value):
    kind = value.type.tensor_type
    sizes = [_text(d.dim_param) or "?" if not d.HasField("dim_value") else str(d.dim_value) for d in kind.shape.dim]
    return f"{_text(value.name)}: {_dtype_name(package, kind.elem_type)} [{', '.join(sizes)}]"


def _stored(package, tensor):
    is_outside = tensor.data_location == package.TensorProto.EXTERNAL
    return Stored(
        _text(tensor.name), _dtype_name(package, tensor.data_type), tuple(tensor.dims),
        None if is_outside else lambda: package.numpy_helper.to_array(tensor),
        "in another file" if is_outside else "",
    )  # fmt: skip


def _ops(package, graph):
    """The ops of a graph and of those inside it."""
    waiting = [graph]
    while waiting:
        for node in waiting.pop().node:
            yield f"{_text(node.domain)}.{_text(node.op_type)}".lstrip(".")
            for attribute in node.attribute:
                waiting += [attribute.g] if attribute.HasField("g") else []
                waiting += attribute.graphs


def _drawn(graph, path):
    from tapeflow.core.graph.drawing import overview  # lazy: only who looks needs it

    made = {name: i for i, node in enumerate(graph.node) for name in node.output}
    edges = [(made[name], i) for i, node in enumerate(graph.node) for name in node.input if name in made]
    titles = [(_text(node.name).lstrip("/") or f"{_text(node.op_type)} {i}", _text(node.op_type))
              for i, node in enumerate(graph.node)]  # fmt: skip
    return overview(titles, edges, range(len(titles)), f"The graph of {path}")
