"""`TypeSpec`: the type of a value that is made of tensors, and how to take it apart and make it anew."""

from abc import abstractmethod
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from tapeflow.core.base import nest, protos
from tapeflow.core.base.dtypes import DType
from tapeflow.core.base.shapes import TensorShape
from tapeflow.core.base.trace_type import TraceType


class TypeSpec(TraceType):
    """The type of a TensorFlow value: a tensor, a ragged tensor, a dataset, or one of your own.

    A subclass says what it is made of: `value_type`, `_serialize` (a tuple that the constructor takes),
    and how its values come apart: `_component_specs`, `_to_components`, `_from_components`. Two specs are
    compared by type and by what `_serialize` gives.
    """

    __slots__ = ("__weakref__", "_cached_key")

    opens_in_nest = True  # `nest` treats a spec like the value that it describes

    @property
    @abstractmethod
    def value_type(self):
        """The Python class of the values."""

    @abstractmethod
    def _serialize(self):
        """A tuple that tells this spec from others of its class; the constructor takes it."""

    @property
    @abstractmethod
    def _component_specs(self):
        """The structure of `TypeSpec`s of the parts."""

    @abstractmethod
    def _to_components(self, value):
        """The parts of a value, nested like `_component_specs`."""

    @abstractmethod
    def _from_components(self, components):
        """The value that has these parts."""

    @classmethod
    def _deserialize(cls, serialization):
        return cls(*serialization)

    # -- comparing -----------------------------------------------------------------------------------

    def is_compatible_with(self, spec_or_value):
        """Returns whether a value, or every value of a spec, can be used as one of this spec.

        Args:
            spec_or_value: A `TypeSpec`, or a value that has one.
        """
        other = spec_or_value if isinstance(spec_or_value, TypeSpec) else _spec_of(spec_or_value)
        return type(self) is type(other) and _is_compatible(self._serialize(), other._serialize())

    def is_subtype_of(self, other: TraceType) -> bool:
        """Returns whether every value of this spec is one of `other` too."""
        if type(self) is not type(other):
            return False
        return _all_match(self._serialize(), other._serialize(), _is_subtype)  # type: ignore[attr-defined]

    def most_specific_common_supertype(self, others) -> "TypeSpec | None":
        """Returns the narrowest spec that includes this one and all of `others`, None if there is none."""
        if any(type(self) is not type(other) for other in others):
            return None
        try:
            merged = _supertype(self._serialize(), [other._serialize() for other in others])
        except _NoSupertypeError:
            return None
        return self._deserialize(merged)

    def most_specific_compatible_type(self, other: "TypeSpec") -> "TypeSpec":
        """Returns `most_specific_common_supertype([other])`.

        Raises:
            ValueError: If there is none.
        """
        result = self.most_specific_common_supertype([other])
        if result is None:
            raise ValueError(f"No TypeSpec is compatible with both {self} and {other}")
        return result

    def _key(self):
        try:
            return self._cached_key
        except AttributeError:
            self._cached_key = (type(self), _hashable(self._serialize()))
            return self._cached_key

    # Specs of other packages that compare by other parts than `_serialize` gives reach for these two by long names.

    def __make_cmp_key(self, value):
        return _hashable(value)

    @staticmethod
    def __is_compatible(a, b):
        return _is_compatible(a, b)

    def __eq__(self, other):
        return type(other) is type(self) and self._key() == other._key()

    def __ne__(self, other):
        return not self == other

    def __hash__(self):
        return hash(self._key())

    def __reduce__(self):
        return type(self), self._serialize()

    def __repr__(self):
        return f"{type(self).__name__}{self._serialize()}"

    # -- values and their tensors --------------------------------------------------------------------

    @property
    def _flat_tensor_specs(self):
        """The `TensorSpec`s of all tensors, in order."""
        return nest.flatten(self._component_specs, expand_composites=True)

    def flatten(self):
        """Returns the specs of the tensors that `to_tensors` gives."""
        return [part for spec in nest.flatten(self._component_specs) for part in spec.flatten()]

    def to_tensors(self, value):
        """Returns the list of tensors that `value` is made of."""
        parts = _parts(self._component_specs, self._to_components(value))
        return [tensor for spec, part in parts for tensor in spec.to_tensors(part)]

    def from_tensors(self, tensors: Iterator):
        """Returns the value that is made of the next tensors of an iterator."""
        return self._map_components(lambda spec: spec.from_tensors(tensors))

    def _map_components(self, function: Callable[["TypeSpec"], Any]):
        return self._from_components(nest.map_structure(function, self._component_specs))

    def cast(self, value, casting_context):
        """Returns `value` as one of this spec, its tensors cast.

        Args:
            value: Something whose parts can be cast.
            casting_context: What is allowed; None allows values only.

        Raises:
            TypeError, AssertionError: If it cannot be cast.
        """
        if isinstance(value, TypeSpec) and getattr(casting_context, "allow_specs", False):
            if not value.is_subtype_of(self):
                raise TypeError(f"Can not cast {value!r} to {self!r}")
            return value
        before = self._to_components(value)
        after = [spec.cast(part, casting_context) for spec, part in _parts(self._component_specs, before)]
        if all(new is old for new, old in zip(after, nest.flatten(before), strict=True)):
            return value
        return self._from_components(nest.pack_sequence_as(self._component_specs, after))

    def placeholder_value(self, placeholder_context):
        """Returns the value made of placeholders that stands for the argument while a function is traced."""
        if getattr(placeholder_context, "unnest_only", False):
            return self
        return self._map_components(lambda spec: spec.placeholder_value(placeholder_context))

    def _nest_components(self):
        return self._component_specs

    def _nest_rebuild(self, components):
        return self._from_components(components)

    def _to_tensor_list(self, value):
        return nest.flatten(self._to_components(value), expand_composites=True)

    def _from_tensor_list(self, tensor_list):
        """The value of these tensors, which are checked against `_flat_tensor_specs`."""
        specs = self._flat_tensor_specs
        if len(specs) != len(tensor_list):
            raise ValueError(
                f"Cannot create a {self.value_type.__name__} of {len(tensor_list)} tensors, not {len(specs)}"
            )
        for i, (spec, tensor) in enumerate(zip(specs, tensor_list, strict=True)):
            if not spec.is_compatible_with(tensor):
                raise ValueError(f"Tensor {i} is not compatible with the component {spec!r} of {self!r}")
        return self._from_compatible_tensor_list(tensor_list)

    def _from_compatible_tensor_list(self, tensor_list):
        return self._from_components(nest.pack_sequence_as(self._component_specs, tensor_list, expand_composites=True))

    def _without_tensor_names(self):
        """The spec with the names of its tensors left out."""
        return self._deserialize(nest.map_structure(_without_name, self._serialize()))

    def _with_tensor_ranks_only(self):
        """The spec with its sizes left open; Keras 2 asks."""
        return self._deserialize(nest.map_structure(_with_rank_only, self._serialize()))

    # -- messages ------------------------------------------------------------------------------------

    @classmethod
    def experimental_type_proto(cls):
        """Returns the message class that specs are written as."""
        return protos.converter("type_spec").message()

    @classmethod
    def experimental_from_proto(cls, proto):
        """Returns the spec of a message."""
        return protos.converter("type_spec").decode(proto)

    def experimental_as_proto(self):
        """Returns the spec as a message."""
        return protos.converter("type_spec").encode(self)


class BatchableTypeSpec(TypeSpec):
    """A spec whose values can be batched: `_batch(size)` and `_unbatch()` give the specs of that."""

    __slots__ = ()

    @abstractmethod
    def _batch(self, batch_size):
        """The spec of a batch of `batch_size` values, None for any number."""

    @abstractmethod
    def _unbatch(self):
        """The spec of one value of a batch."""


def _parts(specs, components):
    """`(spec, part)` for each component."""
    nest.assert_same_structure(specs, components)
    return zip(nest.flatten(specs), nest.flatten(components), strict=True)


def _without_name(value):
    return value._without_tensor_names() if isinstance(value, TypeSpec) else value


def _with_rank_only(value):
    if isinstance(value, TypeSpec):
        return value._with_tensor_ranks_only()
    known = isinstance(value, TensorShape) and value.rank is not None
    return TensorShape([None] * value.rank) if known else value


def _spec_of(value):
    from tapeflow.core.base.specs import type_spec_from_value  # lazy: specs are built on this module

    return type_spec_from_value(value)


# -- comparing what `_serialize` gives ---------------------------------------------------------------


class _NoSupertypeError(Exception):
    """The specs have nothing in common."""


def _same_form(a, b):
    """Whether both are lists or tuples of one length, or mappings with the same keys."""
    if isinstance(a, dict):
        return isinstance(b, dict) and a.keys() == b.keys()
    return isinstance(a, (list, tuple)) and type(a) is type(b) and len(a) == len(b)


def _all_match(a, b, match):
    """Whether `match` holds for every pair of leaves of two equally nested values."""
    if isinstance(a, (list, tuple, dict)):
        if not _same_form(a, b):
            return False
        keys = a if isinstance(a, dict) else range(len(a))
        return all(_all_match(a[key], b[key], match) for key in keys)
    return match(a, b)


def _is_subtype(a, b):
    return a.is_subtype_of(b) if isinstance(a, TraceType) else _equal(a, b)


def _is_compatible(a, b):
    return _all_match(a, b, _is_leaf_compatible)


def _is_leaf_compatible(a, b):
    if isinstance(a, (TypeSpec, TensorShape, DType)):
        return type(a) is type(b) and a.is_compatible_with(b)
    return type(a) is type(b) and _equal(a, b)


def _equal(a, b):
    return _hashable(a) == _hashable(b)


def _supertype(a, others):
    """What includes `a` and all of `others`, nested alike."""
    if isinstance(a, (list, tuple, dict)):
        if not all(_same_form(a, other) for other in others):
            raise _NoSupertypeError
        if isinstance(a, dict):
            return {key: _supertype(a[key], [other[key] for other in others]) for key in a}
        merged = [_supertype(item, [other[i] for other in others]) for i, item in enumerate(a)]
        if hasattr(a, "_fields"):
            return type(a)(*merged)
        return type(a)(merged)
    if isinstance(a, TraceType):
        result = a.most_specific_common_supertype(others)
        if result is None:
            raise _NoSupertypeError
        return result
    if not all(_equal(a, other) for other in others):
        raise _NoSupertypeError
    return a


def _hashable(value):
    """A key that is equal for equal values of the same types."""
    if isinstance(value, (list, tuple)):
        return type(value).__name__, tuple(map(_hashable, value))
    if isinstance(value, dict):
        return "dict", frozenset((key, _hashable(item)) for key, item in value.items())
    if isinstance(value, np.ndarray):
        return "array", value.shape, value.dtype.str, value.tobytes()
    if isinstance(value, TensorShape):
        return "shape", value._dims
    return value
