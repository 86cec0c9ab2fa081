"""Graphs as GraphDef messages: nodes with TensorFlow's op names and attributes, and the functions they call.

A variable's value, which is an input of our graphs, is written as TensorFlow has it: a resource that is read, and
assigned at the end.
"""

import numpy as np

from tapeflow.core.base.dtypes import DType
from tapeflow.core.base.messages import message
from tapeflow.core.base.shapes import TensorShape
from tapeflow.core.base.tensor_message import array_message, shape_message
from tapeflow.core.values.tensor import EagerTensor

# The version of GraphDef that TensorFlow 2.21 writes.
_PRODUCER = 2426


def graph_def(graph):
    """The `GraphDef` of a graph."""
    result = message("GraphDef")()
    result.versions.producer = _PRODUCER
    names = _Names(graph)
    library = {}
    for node in names.nodes(result):
        _write(node, result.node.add(), names, library)
    names.assignments(result)
    for inner in library.values():
        result.library.function.append(function_def(inner, library_name(inner)))
    return result


def library_name(graph):
    """The name that a graph has in a library of functions."""
    return f"{graph.name}_{id(graph):x}"


def function_def(graph, name):
    """The `FunctionDef` of a graph."""
    result = message("FunctionDef")()
    result.signature.name = name
    used = {}
    for symbol in graph.everything_in:
        result.signature.input_arg.add(name=_unique(symbol.node.name, used), type=symbol.dtype.as_datatype_enum)
    names = _Names(graph)
    library = {}
    for node in graph.nodes:
        if node.type != "Placeholder":
            _write(node, result.node_def.add(), names, library, ":output:")
    for i, symbol in enumerate(graph.everything_out):
        result.signature.output_arg.add(name=f"output_{i}", type=symbol.dtype.as_datatype_enum)
        result.ret[f"output_{i}"] = f"{symbol.node.name}:output:{symbol.index}"
    return result


def _unique(name, used):
    used[name] = used.get(name, -1) + 1
    return name if not used[name] else f"{name}_{used[name]}"


class _Names:
    """What each symbol is called in a message."""

    def __init__(self, graph):
        self._graph = graph
        self._read = {
            state.first.node: f"{state.first.node.name}/Read/ReadVariableOp" for state in graph.states.values()
        }

    def of(self, symbol, separator):
        """The input string of a symbol."""
        node = symbol.node
        name = self._read.get(node, node.name)
        if separator:
            return f"{name}{separator}{symbol.index}"
        return name if symbol.index == 0 else f"{name}:{symbol.index}"

    def nodes(self, result):
        """The nodes to write as they are; those that read variables are added here."""
        for node in self._graph.nodes:
            if node not in self._read:
                yield node
                continue
            handle = result.node.add(name=node.name, op="Placeholder")
            handle.attr["dtype"].type = 20
            handle.attr["shape"].shape.CopyFrom(shape_message([]))
            read = result.node.add(name=self._read[node], op="ReadVariableOp", input=[node.name])
            read.attr["dtype"].type = node.outputs[0].dtype.as_datatype_enum

    def assignments(self, result):
        """The nodes that give variables their new values."""
        for state in self._graph.written:
            name = state.first.node.name
            assign = result.node.add(name=f"{name}/AssignVariableOp", op="AssignVariableOp")
            assign.input.extend([name, self.of(state.latest, ""), f"^{self._read[state.first.node]}"])
            assign.attr["dtype"].type = state.latest.dtype.as_datatype_enum
            assign.attr["validate_shape"].b = False


def _write(node, target, names, library, separator=""):
    record = getattr(node.record, "of_state", None) or node.record
    skipped = 1 if record is not node.record else 0
    target.name, target.op, target.device = node.name, node.type, node.device or ""
    target.input.extend(names.of(s, separator) for s in node.inputs[skipped:])
    target.input.extend(f"^{before.name}" for before in node.control_inputs)
    args = node.args[skipped:]
    found = dict(node.attrs)
    found.update({k: v for k, v in record.bound_types(args, node.attrs).items() if v is not None})
    for arg, one in zip(record.inputs, args, strict=False):
        if arg.number_attr:
            found[arg.number_attr] = len(one)
    for key, value in found.items():
        _set(target.attr, key, value, library)


def _set(attrs, key, value, library):
    """Writes one attribute; what has no form in a message is left out."""
    if hasattr(value, "everything_in"):
        library[id(value)] = value
        attrs[key].func.name = library_name(value)
    elif isinstance(value, DType):
        attrs[key].type = value.as_datatype_enum
    elif isinstance(value, (bool, np.bool_)):
        attrs[key].b = bool(value)
    elif isinstance(value, (int, np.integer)):
        attrs[key].i = int(value)
    elif isinstance(value, float):
        attrs[key].f = value
    elif isinstance(value, (str, bytes)):
        attrs[key].s = value.encode() if isinstance(value, str) else value
    elif isinstance(value, TensorShape):
        attrs[key].shape.CopyFrom(shape_message(value))
    elif isinstance(value, EagerTensor):
        attrs[key].tensor.CopyFrom(array_message(np.asarray(value.host), value.dtype, value.shape))
    elif isinstance(value, tuple):
        _set_list(attrs[key].list, value, library)


def _set_list(target, values, library):
    for value in values:
        if isinstance(value, DType):
            target.type.append(value.as_datatype_enum)
        elif isinstance(value, (bool, np.bool_)):
            target.b.append(bool(value))
        elif isinstance(value, (int, np.integer)):
            target.i.append(int(value))
        elif isinstance(value, float):
            target.f.append(value)
        elif isinstance(value, (str, bytes)):
            target.s.append(value.encode() if isinstance(value, str) else value)
        elif isinstance(value, TensorShape):
            target.shape.append(shape_message(value))
        elif hasattr(value, "everything_in"):
            library[id(value)] = value
            target.func.add(name=library_name(value))
