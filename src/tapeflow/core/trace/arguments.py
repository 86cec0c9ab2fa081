"""From a call's arguments to what a trace is found by, and to the tensors that it takes.

A trace is found by the structure of the arguments and the Python values in it, and by the dtypes and shapes of the
tensors. Objects without a value of their own are told apart by identity, and held weakly.
"""

import inspect
import weakref

import numpy as np

from tapeflow.core.base import nest
from tapeflow.core.base.shapes import TensorShape
from tapeflow.core.base.specs import TensorSpec, TypeSpec
from tapeflow.core.values.convert import convert
from tapeflow.core.values.symbol import Symbol
from tapeflow.core.values.tensor import EagerTensor, Tensor
from tapeflow.core.values.variable import Variable

_PLAIN = frozenset({int, float, bool, str, bytes, complex, type(None)})


class Typed:
    """A composite with the type that an input signature gives it: what is known of it while tracing."""

    __slots__ = ("spec", "value")

    def __init__(self, value, spec):
        self.value, self.spec = value, spec


class Reading:
    """One look at the arguments of a call.

    Attributes:
        tensors: The tensors, in order; `TensorSpec`s where the caller gave those.
        shapes: Place in `tensors` -> the shape that counts, of the parts of composites: any number of values is alike.
        alive: Weak references to the objects that the key names by identity.
    """

    __slots__ = ("alive", "shapes", "tensors")

    def __init__(self):
        self.tensors, self.shapes, self.alive = [], {}, []

    def key(self, value):
        """What `value` adds to the key; its tensors go to `tensors`."""
        kind = type(value)
        if kind is EagerTensor or kind is Symbol:
            self.tensors.append(value)
            return value._dtype
        if kind in _PLAIN:
            # -0.0 and 0.0, 1 and True are equal to Python and not to us; nan is not even equal to itself.
            return (kind, repr(value)) if kind is float or kind is complex else (kind, value)
        if kind is tuple or kind is list:
            return (kind, *[self.key(x) for x in value])
        if kind is dict:
            return (kind, *[(k, self.key(value[k])) for k in _ordered(value)])
        return self._rare(value, kind)

    def _rare(self, value, kind):
        if isinstance(value, (np.ndarray, np.generic)):
            tensor = convert(value)
            self.tensors.append(tensor)
            return tensor.dtype
        if isinstance(value, Variable):
            return "variable", self._by_identity(value._storage)
        if isinstance(value, Tensor):
            self.tensors.append(value)
            return value.dtype
        if isinstance(value, TensorSpec):
            self.tensors.append(value)
            return value.dtype
        if hasattr(value, "__tf_tracing_type__"):
            return self._traced_type(value)
        if isinstance(value, TypeSpec):
            self.tensors.extend(nest.flatten(value, expand_composites=True))
            return "spec", value
        if kind is Typed:
            return self._composite(value.value, value.spec)
        if hasattr(kind, "_type_spec"):
            return self._composite(value, value._type_spec)
        if hasattr(kind, "__tf_flatten__"):
            facts, parts = value.__tf_flatten__()
            return (kind, facts, *[self.key(x) for x in parts])
        if nest.is_nested(value):
            return (kind, *[self.key(x) for x in _children(value)])
        if hasattr(value, "__array__") and not isinstance(value, type):
            tensor = convert(value)
            self.tensors.append(tensor)
            return tensor.dtype
        return self._by_value(value, kind)

    def _composite(self, value, spec):
        tensors = nest.flatten(spec._to_components(value), expand_composites=True)
        for part, tensor in zip(_parts(spec), tensors, strict=True):
            self.shapes[len(self.tensors)] = part.shape
            self.tensors.append(convert(tensor))
        return "spec", spec

    def _traced_type(self, value):
        traced = value.__tf_tracing_type__(None)
        if hasattr(value, "_type_spec"):
            self.tensors.extend(nest.flatten(value, expand_composites=True))
        return "type", traced

    def _by_value(self, value, kind):
        """Objects with equality and hash of their own count by value, others by identity."""
        if isinstance(value, type) or inspect.isfunction(value) or kind.__hash__ is object.__hash__:
            return "object", self._by_identity(value)
        try:
            hash(value)
        except TypeError:
            return "object", self._by_identity(value)
        return kind, value

    def _by_identity(self, value):
        try:
            self.alive.append(weakref.ref(value))
        except TypeError:
            self.alive.append(lambda value=value: value)
        return id(value)


def _ordered(mapping):
    try:
        return sorted(mapping)
    except TypeError:
        return list(mapping)


def _children(value):
    """The immediate parts of a nested structure."""
    if hasattr(value, "keys"):
        return [value[k] for k in _ordered(value)]
    if hasattr(type(value), "__attrs_attrs__"):
        return [getattr(value, a.name) for a in type(value).__attrs_attrs__]
    return list(value)


def _parts(spec):
    """The specs of the tensors that a composite of a spec is made of."""
    return nest.flatten(spec._component_specs, expand_composites=True)


def is_tensor_like(value):
    """Whether a leaf of the arguments is a tensor to a trace, not a Python value."""
    if isinstance(value, (Tensor, np.ndarray, np.generic, TensorSpec)):
        return True
    return hasattr(value, "__array__") and not isinstance(value, (type, Variable))


def spec_of(tensor):
    """The dtype and shape of a tensor or a spec."""
    return TensorSpec(tensor.shape, tensor.dtype)


def generalized(old, new):
    """The narrowest shapes that include both lists of shapes."""
    return [a.most_specific_common_supertype([b]) or TensorShape(None) for a, b in zip(old, new, strict=True)]


def replaced(structure, tensors):
    """The structure with its tensors, in order, replaced by those of the iterator `tensors`."""

    def leaf(value):
        value = value.spec if type(value) is Typed else value
        if isinstance(value, TypeSpec) and not isinstance(value, TensorSpec):
            parts = [next(tensors) for _ in _parts(value)]
            return value._from_components(
                nest.pack_sequence_as(value._component_specs, parts, expand_composites=True)
            )
        if hasattr(type(value), "_type_spec") and not isinstance(value, (Tensor, Variable)):
            parts = [next(tensors) for _ in nest.flatten(value, expand_composites=True)]
            return nest.pack_sequence_as(value, parts, expand_composites=True)
        return next(tensors) if is_tensor_like(value) else value

    return nest.map_structure(leaf, structure)


def specs_in_place(structure, specs):
    """The structure with specs for its tensors, those of the iterator `specs`; composites become their type specs."""

    def leaf(value):
        value = value.spec if type(value) is Typed else value
        composite = hasattr(type(value), "_type_spec") and not isinstance(value, (Tensor, Variable))
        if composite or (isinstance(value, TypeSpec) and not isinstance(value, TensorSpec)):
            for _ in nest.flatten(value, expand_composites=True):
                next(specs)
            return value._type_spec if composite else value
        return next(specs) if is_tensor_like(value) else value

    return nest.map_structure(leaf, structure)
