"""Nodes as messages: names, inputs and attributes as TensorFlow wants them."""

import re

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.shapes import TensorShape
from tapeflow.core.base.tensor_message import array_message, shape_message
from tapeflow.core.values.tensor import EagerTensor

_BAD_START, _BAD = re.compile(r"^[^A-Za-z0-9.]"), re.compile(r"[^A-Za-z0-9_.\\/>-]")


class Names:
    """The names of one function or graph, each given once."""

    def __init__(self):
        self._used = {}

    def __call__(self, name):
        """A name like `name` that was not given yet."""
        name = _BAD_START.sub(".", _BAD.sub("_", name or "node"))
        if name[0] == ".":
            name = "x" + name[1:]
        count = self._used.get(name)
        self._used[name] = 1 if count is None else count + 1
        if count is None:
            return name
        fresh = f"{name}_{count}"
        while fresh in self._used:
            count += 1
            fresh = f"{name}_{count}"
        self._used[name], self._used[fresh] = count + 1, 1
        return fresh


def argument_name(name):
    """A name as arguments of functions have it."""
    name = re.sub(r"[^a-zA-Z0-9_]", "_", name)
    name = re.sub(r"^[^a-zA-Z]+", "", name)
    return name or "unknown"


def set_attr(attrs, name, kind, value):
    """Writes one attribute.

    Args:
        attrs: The map of a message.
        name: The attribute's name.
        kind: As op records have it.
        value: Its value.
    """
    if kind == "any":
        kind = _kind_of(value)
    if kind.startswith("list("):
        target = attrs[name].list
        target.SetInParent()
        for one in value if value is not None else ():
            _ONE_OF_LIST[kind[5:-1]](target, one)
    elif value is not None or kind == "shape":
        _ONE[kind](attrs[name], value)


def _kind_of(value):
    if isinstance(value, (tuple, list)):
        return f"list({_kind_of(value[0]) if value else 'int'})"
    for kind, classes in (
        ("type", dtypes.DType), ("bool", (bool, np.bool_)), ("int", (int, np.integer)), ("float", (float, np.floating)),
        ("string", (str, bytes)), ("shape", TensorShape), ("tensor", EagerTensor),
    ):  # fmt: skip
        if isinstance(value, classes):
            return kind
    raise TypeError(f"an attribute of {type(value).__name__}")


def _bytes(value):
    return value.encode("utf-8") if isinstance(value, str) else bytes(value)


def shape_of(value):
    """The message of a shape: of a `TensorShape`, a list of sizes, or None."""
    shape = TensorShape(value)
    return shape_message(None if shape.rank is None else shape.as_list())


def tensor_of(x):
    """The message of an eager tensor."""
    array = np.asarray(x.host)
    return array_message(array, x.dtype, list(array.shape))


_ONE = {
    "int": lambda a, v: setattr(a, "i", int(v)),
    "float": lambda a, v: setattr(a, "f", float(v)),
    "bool": lambda a, v: setattr(a, "b", bool(v)),
    "string": lambda a, v: setattr(a, "s", _bytes(v)),
    "type": lambda a, v: setattr(a, "type", dtypes.as_dtype(v).as_datatype_enum),
    "shape": lambda a, v: a.shape.CopyFrom(shape_of(v)),
    "tensor": lambda a, v: a.tensor.CopyFrom(tensor_of(v)),
    "func": lambda a, v: setattr(a.func, "name", v),
}
_ONE_OF_LIST = {
    "int": lambda a, v: a.i.append(int(v)),
    "float": lambda a, v: a.f.append(float(v)),
    "bool": lambda a, v: a.b.append(bool(v)),
    "string": lambda a, v: a.s.append(_bytes(v)),
    "type": lambda a, v: a.type.append(dtypes.as_dtype(v).as_datatype_enum),
    "shape": lambda a, v: a.shape.append(shape_of(v)),
    "func": lambda a, v: a.func.add(name=v),
}


def output_places(record, count, args, attrs):
    """For each flat output of an op, the pair (name of the output argument, index within it)."""
    places = []
    for out in record.outputs:
        if not out.is_list:
            places.append((out.name, 0))
            continue
        if out.number_attr is not None and out.number_attr in attrs:
            length = attrs[out.number_attr]
        elif out.number_attr is not None:
            length = next(len(one) for arg, one in zip(record.inputs, args, strict=True)
                          if arg.number_attr == out.number_attr)  # fmt: skip
        elif len(record.outputs) == 1:
            length = count
        else:
            length = len(record.bound_types(args, attrs)[out.type_attr])
        places += [(out.name, i) for i in range(length)]
    return places
