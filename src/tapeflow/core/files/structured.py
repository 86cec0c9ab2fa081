"""Nested Python structures as `StructuredValue` messages and back."""

import importlib
from collections import namedtuple

import numpy as np

from tapeflow.core.base import nest, specs
from tapeflow.core.base.bounded_spec import BoundedTensorSpec
from tapeflow.core.base.dtypes import DType
from tapeflow.core.base.errors import InvalidArgumentError, UnimplementedError
from tapeflow.core.base.messages import message
from tapeflow.core.base.shapes import TensorShape
from tapeflow.core.base.specs import TensorSpec, TypeSpec
from tapeflow.core.files import node_writer
from tapeflow.core.files.attributes import dtype_of, shape_of, tensor_of
from tapeflow.core.values.convert import convert
from tapeflow.core.values.extension_type import ExtensionTypeSpec
from tapeflow.core.values.indexed_slices import IndexedSlicesSpec
from tapeflow.core.values.ragged import RaggedTensorSpec
from tapeflow.core.values.sparse import SparseTensorSpec
from tapeflow.core.values.tensor import EagerTensor
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


def _bounded_spec(message, depth):
    bounds = (np.asarray(tensor_of(m).host) for m in (message.minimum, message.maximum))
    try:
        return BoundedTensorSpec(shape_of(message.shape), dtype_of(message.dtype), *bounds, message.name or None)
    except ValueError as error:
        raise InvalidArgumentError(f"a damaged spec with bounds: {error}") from error


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
    if make is None and message.type_spec_class in _PIPELINES:
        make = _pipeline_spec(message.type_spec_class)
    if make is None and message.type_spec_class in (_REGISTERED, _EXTENSION):
        return _of_program(message.type_spec_class_name, state)
    if make is None:
        name = message.type_spec_class_name or message.type_spec_class
        raise UnimplementedError(f"a value of the type {name} in a file")
    try:
        return make(*state)
    except (TypeError, ValueError, AttributeError) as error:
        raise InvalidArgumentError(f"a damaged {message.type_spec_class_name}: {error}") from error


def _of_program(name, state):
    """A spec of a class that the program has registered."""
    try:
        made = specs.lookup(name)
    except ValueError:
        raise UnimplementedError(
            f"a value of the type {name} in a file, which nothing has registered",
            hint="import the module that defines it, before the file is read",
        ) from None
    try:
        return made._deserialize(state)
    except (TypeError, ValueError, AttributeError, KeyError) as error:
        raise InvalidArgumentError(f"a damaged {name}: {error}") from error


def _ragged(shape, dtype, ragged_rank, row_splits_dtype, *rest):
    return RaggedTensorSpec(shape, dtype, ragged_rank, row_splits_dtype)


def _slices(shape, dtype, indices_dtype, dense_shape_dtype, indices_shape):
    return IndexedSlicesSpec(shape, dtype, indices_dtype, dense_shape_dtype, indices_shape)


def _variable(shape, dtype, trainable=True, *rest):
    return VariableSpec(shape, dtype, trainable)


# The specs of the room of datasets, which few files need: number -> (module, name).
_PIPELINES = {5: ("dataset", "DatasetSpec"), 6: ("iterator", "IteratorSpec"), 7: ("optional", "OptionalSpec")}


def _pipeline_spec(number):
    module, name = _PIPELINES[number]
    return getattr(importlib.import_module(f"tapeflow.core.data.{module}"), name)


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
    "bounded_tensor_spec_value": _bounded_spec,
    "type_spec_value": _type_spec,
    "list_value": _list,
    "tuple_value": lambda m, depth: tuple(_list(m, depth)),
    "dict_value": lambda m, depth: {k: decode(m.fields[k], depth) for k in sorted(m.fields)},
    "named_tuple_value": _named,
    "tensor_value": lambda m, depth: tensor_of(m),
    "numpy_value": lambda m, depth: np.asarray(tensor_of(m).host),
}


# -- writing ---------------------------------------------------------------------------------------


class NotEncodableError(ValueError):
    """A Python value that a file cannot hold."""


_REGISTERED, _EXTENSION = 12, 13
_CLASSES = {SparseTensorSpec: 1, IndexedSlicesSpec: 2, RaggedTensorSpec: 3, VariableSpec: 9}


def encode(value, target=None):
    """The message of a Python structure.

    Args:
        value: None, numbers, strings, shapes, dtypes, specs, tensors, and lists, tuples and dictionaries of them.
        target: The message to fill; a new one if None.

    Raises:
        NotEncodableError: There is something else in it.
    """
    target = message("StructuredValue")() if target is None else target
    if value is None:
        target.none_value.SetInParent()
    elif isinstance(value, (bool, np.bool_)):
        target.bool_value = bool(value)
    elif isinstance(value, (int, np.integer)):
        target.int64_value = int(value)
    elif isinstance(value, (float, np.floating)):
        target.float64_value = float(value)
    elif isinstance(value, str):
        target.string_value = value
    elif isinstance(value, TensorShape):
        target.tensor_shape_value.CopyFrom(node_writer.shape_of(value))
    elif isinstance(value, DType):
        target.tensor_dtype_value = value.as_datatype_enum
    elif isinstance(value, BoundedTensorSpec):
        _encode_bounded_spec(value, target.bounded_tensor_spec_value)
    elif isinstance(value, TensorSpec):
        _encode_spec(value, target.tensor_spec_value)
    elif isinstance(value, TypeSpec):
        _encode_type_spec(value, target.type_spec_value)
    elif isinstance(value, EagerTensor):
        target.tensor_value.CopyFrom(node_writer.tensor_of(value))
    else:
        _encode_structure(value, target)
    return target


def _encode_structure(value, target):
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        target.named_tuple_value.name = type(value).__name__
        for key, one in zip(value._fields, value, strict=True):
            pair = target.named_tuple_value.values.add(key=key)
            encode(one, pair.value)
    elif isinstance(value, (tuple, list)):
        part = target.tuple_value if isinstance(value, tuple) else target.list_value
        part.SetInParent()
        for one in value:
            encode(one, part.values.add())
    elif hasattr(value, "keys"):
        target.dict_value.SetInParent()
        for key in value:
            if not isinstance(key, str):
                raise NotEncodableError(f"a dictionary with the key {key!r}: files hold strings as keys")
            encode(value[key], target.dict_value.fields[key])
    else:
        raise NotEncodableError(f"No encoder for object {value} of type {type(value)}.")


def _encode_spec(spec, target):
    target.name = spec.name or ""
    target.shape.CopyFrom(node_writer.shape_of(spec.shape))
    target.dtype = spec.dtype.as_datatype_enum


def _encode_bounded_spec(spec, target):
    _encode_spec(spec, target)
    target.minimum.CopyFrom(node_writer.tensor_of(convert(spec.minimum)))
    target.maximum.CopyFrom(node_writer.tensor_of(convert(spec.maximum)))


def _encode_type_spec(spec, target):
    number = _CLASSES.get(type(spec))
    if number is None and type(spec).__module__.startswith("tapeflow.core.data."):
        number = next((n for n in _PIPELINES if _pipeline_spec(n) is type(spec)), None)
    name = type(spec).__name__
    if number is None:
        number, name = _registered(spec)
    target.type_spec_class = number
    target.type_spec_class_name = name
    target.num_flat_components = len(nest.flatten(spec, expand_composites=True))
    encode(_state(spec), target.type_state)


def _registered(spec):
    """The number and name of a spec that a program has registered."""
    try:
        name = specs.registered_name(type(spec))
    except ValueError:
        raise NotEncodableError(f"No encoder for object {spec} of type {type(spec)}.") from None
    return _EXTENSION if isinstance(spec, ExtensionTypeSpec) else _REGISTERED, name


def _state(spec):
    """What the constructor of a spec takes, as TensorFlow orders it."""
    if isinstance(spec, RaggedTensorSpec):
        return spec._shape, spec._dtype, spec._ragged_rank, spec._row_splits_dtype
    return tuple(spec._serialize())
