"""Attributes of nodes, from messages to the values that op records take."""

import math

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.base.shapes import TensorShape
from tapeflow.core.base.tensor_message import array_of_message
from tapeflow.core.ops.signature import REQUIRED
from tapeflow.core.values.tensor import EagerTensor

_REFERENCE = 100  # added to the number of a dtype: a reference to such a tensor, in TensorFlow 1's graphs
_MAX_RANK = 254
# Tensors with more elements are not written out where the file has only one value for all of them.
_LONG, _MOST = 1 << 16, 1 << 31


def dtype_of(number):
    """The `tf.DType` of a number in a file.

    Raises:
        InvalidArgumentError: There is none.
    """
    try:
        return dtypes.as_dtype(number - _REFERENCE if number > _REFERENCE else number)
    except TypeError as error:
        raise InvalidArgumentError(f"there is no dtype with the number {number}") from error


def shape_of(message):
    """The `tf.TensorShape` of a message."""
    if message.unknown_rank:
        return TensorShape(None)
    if len(message.dim) > _MAX_RANK:
        raise InvalidArgumentError(f"a shape of {len(message.dim)} dimensions: {_MAX_RANK} are the most")
    sizes = [d.size for d in message.dim]
    if any(n < -1 for n in sizes):
        raise InvalidArgumentError(f"a shape with negative sizes: {sizes}")
    return TensorShape([None if n < 0 else n for n in sizes])


def tensor_of(message):
    """The eager tensor of a message.

    Raises:
        InvalidArgumentError: The message is damaged.
    """
    dtype = dtype_of(message.dtype)
    sizes = [d.size for d in message.tensor_shape.dim]
    count = math.prod(sizes) if min(sizes, default=0) >= 0 else 0
    try:
        if count > _LONG and message.ByteSize() < count // 8:
            array = _repeated(message, sizes, count)
        else:
            array = array_of_message(message)
    except (TypeError, ValueError, OverflowError, MemoryError) as error:
        raise InvalidArgumentError(f"a tensor that cannot be read: {error}") from error
    return EagerTensor(array if dtype is dtypes.string else array[()], dtype)


def _repeated(message, sizes, count):
    """The array of a long tensor of which the message holds the beginning: takes no memory where one value is all."""
    head = type(message)()
    head.CopyFrom(message)
    lists = [f.name for f in message.DESCRIPTOR.fields if f.name.endswith("_val")]
    given = max(len(getattr(message, name)) for name in lists)
    if message.tensor_content or given > 1:
        return array_of_message(message)
    if count > _MOST:
        raise ValueError(f"a tensor of shape {sizes} is too large")
    head.tensor_shape.Clear()
    return np.broadcast_to(array_of_message(head), sizes)


def text_of(value):
    """A string attribute as str where it is text, else as bytes."""
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value


# The kind that a record announces -> (the field of the message, what makes a value of it).
_ONE = {
    "int": ("i", int), "float": ("f", float), "bool": ("b", bool), "string": ("s", text_of), "type": ("type", dtype_of),
    "shape": ("shape", shape_of), "tensor": ("tensor", tensor_of), "func": ("func", lambda f: f.name),
}  # fmt: skip


def value_of(kind, message):
    """The value of one attribute.

    Args:
        kind: As the op's record has it: `"int"`, `"list(type)"`.
        message: The `AttrValue`.

    Raises:
        InvalidArgumentError: The message holds something else.
    """
    found = message.WhichOneof("value")
    if kind.startswith("list("):
        field, make = _ONE[kind[5:-1]]
        if found != "list":
            raise InvalidArgumentError(f"holds {found or 'nothing'} instead of a list")
        return tuple(make(x) for x in getattr(message.list, field))
    field, make = _ONE[kind]
    if found != field:
        raise InvalidArgumentError(f"holds {found or 'nothing'} instead of {kind}")
    return make(getattr(message, field))


def attributes_of(record, node):
    """Every attribute that an op's record asks for, defaults filled in.

    Raises:
        InvalidArgumentError: One is missing, or of the wrong kind.
    """
    attrs = {}
    for attr in record.attrs:
        if attr.name in node.attr:
            try:
                attrs[attr.name] = value_of(attr.kind, node.attr[attr.name])
            except InvalidArgumentError as error:
                raise InvalidArgumentError(
                    f"node '{node.name}' ({node.op}): attribute '{attr.name}' {error.message}"
                ) from error
        elif attr.default is REQUIRED:
            raise InvalidArgumentError(f"node '{node.name}' ({node.op}) lacks its attribute '{attr.name}'")
        else:
            attrs[attr.name] = _plain(attr)
    return attrs


def _plain(attr):
    """The default of an attribute as records take it."""
    if attr.kind == "shape":
        return TensorShape(attr.default)
    return tuple(attr.default) if isinstance(attr.default, list) else attr.default


def int_of(node, name, default=None):
    """An integer attribute of a node, `default` if it is not there."""
    return int(node.attr[name].i) if name in node.attr else default


def function_of(node, name):
    """The name of the function that an attribute names.

    Raises:
        InvalidArgumentError: There is no such attribute.
    """
    if name not in node.attr or node.attr[name].WhichOneof("value") != "func":
        raise InvalidArgumentError(f"node '{node.name}' ({node.op}) lacks its function '{name}'")
    return node.attr[name].func.name


def shapes_of(node):
    """The shapes of the outputs that whoever wrote the file noted, or None."""
    if "_output_shapes" not in node.attr:
        return None
    return [shape_of(s) for s in node.attr["_output_shapes"].list.shape]
