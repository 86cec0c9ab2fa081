"""The fields of extension types: which annotations they may have, and how values become what the annotations say."""

import collections.abc
import enum
import types
import typing
from typing import NamedTuple

from tapeflow.core.base import dtypes
from tapeflow.core.base.composite import CompositeTensor
from tapeflow.core.base.shapes import TensorShape, as_shape
from tapeflow.core.base.type_spec import TypeSpec
from tapeflow.core.values.convert import convert
from tapeflow.core.values.tensor import Tensor
from tapeflow.core.values.variable import Variable

# What the classes that are made need for themselves.
RESERVED = frozenset(
    "self Spec _type_spec _shape_invariant_to_type_spec _consumers value_type is_compatible_with "
    "most_specific_compatible_type _with_tensor_ranks_only _to_components _from_components _component_specs "
    "_to_tensor_list _from_tensor_list _from_compatible_tensor_list _flat_tensor_specs _serialize _deserialize "
    "_to_legacy_output_types _to_legacy_output_shapes _to_legacy_output_classes _keras_mask".split()
)
_PLAIN = (int, float, str, bytes, bool, type(None))


class _NoDefault:
    def __repr__(self):
        return "ExtensionTypeField.NO_DEFAULT"


NO_DEFAULT = _NoDefault()


class ImmutableDict(collections.abc.Mapping):
    """A dict that cannot be changed: what fields annotated with `Mapping` are kept as."""

    __slots__ = ("_items",)

    def __init__(self, *args, **kwargs):
        self._items = dict(*args, **kwargs)

    def __getitem__(self, key):
        return self._items[key]

    def __contains__(self, key):
        return key in self._items

    def __iter__(self):
        return iter(self._items)

    def __len__(self):
        return len(self._items)

    def __repr__(self):
        return f"ImmutableDict({self._items})"


class Goal(enum.Enum):
    """What a field's value is wanted for: a value, a spec, or as a default."""

    VALUE, SPEC, DEFAULT = range(3)


class Field(NamedTuple):
    """A field: its name, its annotation, its default."""

    name: str
    value_type: object
    default: object


def field(name, value_type, default=NO_DEFAULT):
    """The field of an annotation.

    Raises:
        TypeError: The annotation is not supported, or the default is not of that type.
    """
    try:
        check_annotation(value_type)
    except TypeError as error:
        raise TypeError(f"In field {name!r}: {error}") from error
    if default is not NO_DEFAULT:
        default = converted(default, value_type, f"default value for {name}", Goal.DEFAULT)
    return Field(name, value_type, default)


def is_reserved(name):
    """Whether a field may not have the name."""
    return name in RESERVED or name.lower().startswith("_tf_extension_type")


# -- annotations -----------------------------------------------------------------------------------


def _is_forward(hint):
    return isinstance(hint, (str, typing.ForwardRef))


def _is_tuple(hint):
    return typing.get_origin(hint) is tuple


def _is_union(hint):
    return typing.get_origin(hint) in (typing.Union, types.UnionType)


def _is_mapping(hint):
    return typing.get_origin(hint) is collections.abc.Mapping


def _is_composite(hint):
    return isinstance(hint, type) and not typing.get_origin(hint) and issubclass(hint, CompositeTensor)


def check_annotation(hint, in_key=False):
    """Refuses annotations that fields may not have.

    Raises:
        TypeError: It is one of them.
    """
    if _is_forward(hint) or hint in (*_PLAIN, None, dtypes.DType):
        return
    if hint in (Tensor, TensorShape) or _is_composite(hint):
        if in_key:
            raise TypeError(f"Mapping had a key {hint.__name__!r} with type {type(hint).__name__!r}")
    elif _is_tuple(hint) or _is_union(hint):
        for one in typing.get_args(hint):
            if one is not Ellipsis:
                check_annotation(one, in_key)
    elif _is_mapping(hint):
        key, item = typing.get_args(hint)
        check_annotation(key, True)
        check_annotation(item, in_key)
    else:
        raise TypeError(f"Unsupported type annotation {hint.__name__ if isinstance(hint, type) else hint!r}")


# -- values ----------------------------------------------------------------------------------------


def convert_all(fields, values, goal):
    """Converts the values, a dict by field name, in place.

    Raises:
        ValueError: A field has no value, or a value no field.
        TypeError: A value is not of its field's type.
    """
    names = {one.name for one in fields}
    if extra := set(values) - names:
        raise ValueError(f"Got unexpected fields: {extra}")
    if missing := names - set(values):
        raise ValueError(f"Missing required fields: {missing}")
    values.update({one.name: converted(values[one.name], one.value_type, one.name, goal) for one in fields})


def converted(value, hint, path, goal=Goal.VALUE):
    """The value as the annotation says.

    Raises:
        TypeError: It cannot be.
    """
    if hint is Tensor:
        return _tensor(value, path, goal)
    if _is_composite(hint):
        return _composite(value, hint, path, goal)
    if hint is TensorShape:
        return _by(as_shape, value, path, "tf.TensorShape")
    if hint is dtypes.DType:
        return _by(dtypes.as_dtype, value, path, "tf.DType")
    if hint is None or hint in _PLAIN:
        kind = type(None) if hint is None else hint
        if not isinstance(value, kind):
            raise TypeError(f"{path}: expected {kind.__name__!r}, got {type(value).__name__!r}")
        return value
    if _is_tuple(hint):
        return _tuple(value, typing.get_args(hint), path, goal)
    if _is_mapping(hint):
        return _mapping(value, *typing.get_args(hint), path, goal)
    if _is_union(hint):
        return _union(value, hint, path, goal)
    raise TypeError(f"{path}: Unsupported type annotation {hint!r}")


def _by(function, value, path, wanted):
    try:
        return function(value)
    except TypeError as error:
        raise TypeError(f"{path}: expected {wanted!r}, got {type(value).__name__!r}") from error


def _tensor(value, path, goal):
    if goal is Goal.SPEC:
        if not isinstance(value, TypeSpec) or value.value_type is not Tensor:
            raise TypeError(f"{path}: expected a TensorSpec, got {type(value).__name__!r}")
        return value
    if isinstance(value, (Tensor, Variable)) or goal is Goal.DEFAULT:
        return value._read() if isinstance(value, Variable) and goal is Goal.VALUE else value
    try:
        return convert(value)
    except (ValueError, TypeError) as error:
        raise TypeError(f"{path}: expected a Tensor, got {type(value).__name__!r}") from error


def _composite(value, hint, path, goal):
    if goal is Goal.SPEC:
        if not isinstance(value, TypeSpec) or not issubclass(value.value_type, hint):
            raise TypeError(f"{path}: expected a TypeSpec for {hint.__name__!r}, got {type(value).__name__!r}")
    elif not isinstance(value, hint):
        raise TypeError(f"{path}: expected {hint.__name__!r}, got {type(value).__name__!r}")
    return value


def _tuple(value, hints, path, goal):
    if not isinstance(value, collections.abc.Sequence):
        raise TypeError(f"{path}: expected tuple, got {type(value).__name__!r}")
    if len(hints) == 2 and hints[1] is Ellipsis:
        hints = (hints[0],) * len(value)
    if len(value) != len(hints):
        raise TypeError(f"{path}: expected tuple with length {len(hints)}, got {type(value).__name__!r})")
    pairs = zip(value, hints, strict=True)
    return tuple(converted(one, hint, f"{path}[{i}]", goal) for i, (one, hint) in enumerate(pairs))


def _mapping(value, key_hint, item_hint, path, goal):
    if not isinstance(value, collections.abc.Mapping):
        raise TypeError(f"{path}: expected mapping, got {type(value).__name__!r}")
    return ImmutableDict(
        (converted(key, key_hint, f"{path}[<key>]", goal), converted(item, item_hint, f"{path}[{key!r}]", goal))
        for key, item in value.items()
    )


def _union(value, hint, path, goal):
    for one in typing.get_args(hint):
        try:
            return converted(value, one, path, goal)
        except TypeError:
            pass  # the next alternative
    raise TypeError(f"{path}: expected {hint!r}, got {type(value).__name__!r}")
