"""Nested Python structures as `StructuredValue` messages and back."""

from collections import namedtuple

import numpy as np

from tapeflow.core.base.errors import InvalidArgumentError, UnimplementedError
from tapeflow.core.base.specs import TensorSpec
from tapeflow.core.files.attributes import dtype_of, shape_of, tensor_of
from tapeflow.core.values.indexed_slices import IndexedSlicesSpec
from tapeflow.core.values.ragged import RaggedTensorSpec
from tapeflow.core.values.sparse import SparseTensorSpec
from tapeflow.core.values.type_specs import VariableSpec

_MAX_DEPTH = 100


def decode(value, depth=0):
    """The Python structure of a message; specs stand for tensors.

    Raises:
        InvalidArgumentError: The message is damaged.
    """
    if depth > _MAX_DEPTH:
        raise InvalidArgumentError(f"a structure nested more than {_MAX_DEPTH} deep")
    kind = value.WhichOneof("kind")
    if kind is None:
        raise InvalidArgumentError("a structure with nothing in it where something must be")
    return _DECODERS[kind](getattr(value, kind), depth + 1)


def _spec(message, depth):
    return TensorSpec(shape_of(message.shape), dtype_of(message.dtype), message.name or None)


def _list(message, depth):
    return [decode(v, depth) for v in message.values]


def _named(message, depth):
    names = [pair.key for pair in message.values]
    try:
        made = namedtuple(message.name or "Tuple", names)
    except ValueError as error:
        raise InvalidArgumentError(f"a named tuple with strange names: {error}") from error
    return made(*(decode(pair.value, depth) for pair in message.values))


def _type_spec(message, depth):
    state = decode(message.type_state, depth)
    make = _SPECS.get(message.type_spec_class)
    if make is None:
        name = message.type_spec_class_name or message.type_spec_class
        raise UnimplementedError(f"a value of the type {name} in a file")
    try:
        return make(*state)
    except (TypeError, ValueError, AttributeError) as error:
        raise InvalidArgumentError(f"a damaged {message.type_spec_class_name}: {error}") from error


def _ragged(shape, dtype, ragged_rank, row_splits_dtype, *rest):
    return RaggedTensorSpec(shape, dtype, ragged_rank, row_splits_dtype)


def _slices(shape, dtype, indices_dtype, dense_shape_dtype, indices_shape):
    return IndexedSlicesSpec(shape, dtype, indices_dtype, dense_shape_dtype, indices_shape)


def _variable(shape, dtype, trainable=True, *rest):
    return VariableSpec(shape, dtype, trainable)


_SPECS = {1: SparseTensorSpec, 2: _slices, 3: _ragged, 9: _variable}
_DECODERS = {
    "none_value": lambda m, depth: None,
    "float64_value": lambda m, depth: m,
    "int64_value": lambda m, depth: m,
    "string_value": lambda m, depth: m,
    "bool_value": lambda m, depth: m,
    "tensor_shape_value": lambda m, depth: shape_of(m),
    "tensor_dtype_value": lambda m, depth: dtype_of(m),
    "tensor_spec_value": _spec,
    "bounded_tensor_spec_value": _spec,
    "type_spec_value": _type_spec,
    "list_value": _list,
    "tuple_value": lambda m, depth: tuple(_list(m, depth)),
    "dict_value": lambda m, depth: {k: decode(m.fields[k], depth) for k in sorted(m.fields)},
    "named_tuple_value": _named,
    "tensor_value": lambda m, depth: tensor_of(m),
    "numpy_value": lambda m, depth: np.asarray(tensor_of(m).host),
}
