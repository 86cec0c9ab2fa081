"""Specs: all names in one place, the spec of `None`, and `type_spec_from_value`."""

from collections.abc import Callable
from typing import Any

from tapeflow.core.base.composite import CompositeTensor
from tapeflow.core.base.tensor_spec import DenseSpec, TensorSpec, hooks
from tapeflow.core.base.trace_type import TraceType
from tapeflow.core.base.type_spec import BatchableTypeSpec, TypeSpec

__all__ = [
    "BatchableTypeSpec",
    "DenseSpec",
    "NoneTensorSpec",
    "TensorSpec",
    "TypeSpec",
    "hooks",
    "lookup",
    "register",
    "register_type_spec_from_value_converter",
    "type_spec_from_value",
]


class NoneTensorSpec(BatchableTypeSpec):
    """The spec of `None`."""

    __slots__ = ()

    @property
    def value_type(self):
        """`type(None)`."""
        return type(None)

    @classmethod
    def from_value(cls, value):
        """Returns the spec of `None`."""
        return cls()

    def most_specific_compatible_shape(self, other):
        """Returns this spec, if the other one is of `None` too.

        Raises:
            ValueError: It is not.
        """
        if type(self) is not type(other):
            raise ValueError(f"No `TypeSpec` is compatible with both {self} and {other}")
        return self

    def _serialize(self):
        return ()

    @property
    def _component_specs(self):
        return []

    def _to_components(self, value):
        return []

    def _from_components(self, components):
        return None

    def _batch(self, batch_size):
        return self

    def _unbatch(self):
        return self


# -- from values to specs, and from names to classes -------------------------------------------------

_CONVERTERS: list[tuple[type, Callable[[Any], TypeSpec], bool]] = []
_BY_NAME: dict[str, type[TypeSpec]] = {}
_NAMES: dict[type[TypeSpec], str] = {}


def register_type_spec_from_value_converter(type_object, converter_fn, allow_subclass=False):
    """Makes `type_spec_from_value` use `converter_fn(value)` for values of a type.

    Args:
        type_object: The type.
        converter_fn: Returns the `TypeSpec` of a value.
        allow_subclass: Whether it also serves subclasses.
    """
    _CONVERTERS.append((type_object, converter_fn, allow_subclass))


def type_spec_from_value(value) -> TypeSpec:
    """Returns the spec of a value.

    Args:
        value: A tensor, a composite (ragged, sparse…), a dataset, None, or what `tf.convert_to_tensor` takes.

    Raises:
        TypeError: If it has none.
    """
    if isinstance(value, hooks.tensor):
        return TensorSpec(value.shape, value.dtype)
    if isinstance(value, CompositeTensor):
        return value._type_spec
    if value is None:
        return NoneTensorSpec()
    for type_object, convert, allow_subclass in reversed(_CONVERTERS):
        if isinstance(value, type_object) if allow_subclass else type(value) is type_object:
            return convert(value)
    unsupported = f"Could not build a TypeSpec for {value!r} of unsupported type {type(value)}."
    if isinstance(value, TraceType):
        raise TypeError(unsupported)
    try:
        tensor = hooks.convert(value)
    except (TypeError, ValueError) as error:
        raise TypeError(unsupported) from error
    return TensorSpec(tensor.shape, tensor.dtype)


def register(name: str):
    """A class decorator: gives a `TypeSpec` class the name under which files and messages know it.

    Raises:
        TypeError: If it is no subclass of `TypeSpec`.
        ValueError: If the name is taken or not of the form `package.Name`.
    """
    if not isinstance(name, str):
        raise TypeError(f"Expected `name` to be a string; got {name!r}")
    if not all(part.isidentifier() for part in name.split(".")) or "." not in name:
        raise ValueError(
            f"Registered name must have the form '{{project_name}}.{{type_name}}'; got {name!r}."
        )

    def decorate(cls):
        if not (isinstance(cls, type) and issubclass(cls, TypeSpec)):
            raise TypeError(f"Expected `cls` to be a TypeSpec; got {cls!r}")
        if name in _BY_NAME:
            raise ValueError(
                f"Name {name} has already been registered for class {_BY_NAME[name].__qualname__}."
            )
        if cls in _NAMES:
            raise ValueError(
                f"Class {cls.__module__}.{cls.__name__} has already been registered with name {_NAMES[cls]}."
            )
        _BY_NAME[name], _NAMES[cls] = cls, name
        return cls

    return decorate


def registered_name(cls: type[TypeSpec]) -> str:
    """The name under which a class was registered.

    Raises:
        TypeError: If it is no subclass of `TypeSpec`.
        ValueError: If it was not.
    """
    if not (isinstance(cls, type) and issubclass(cls, TypeSpec)):
        raise TypeError(f"Expected `cls` to be a TypeSpec; got {cls!r}")
    if cls not in _NAMES:
        raise ValueError(f"TypeSpec {cls.__module__}.{cls.__name__} has not been registered.")
    return _NAMES[cls]


def lookup(name: str) -> type[TypeSpec]:
    """The class that was registered under a name.

    Raises:
        ValueError: If none was.
    """
    if name not in _BY_NAME:
        raise ValueError(f"No TypeSpec has been registered with name {name!r}")
    return _BY_NAME[name]


register("tf.TensorSpec")(TensorSpec)
register("tf.NoneTensorSpec")(NoneTensorSpec)
