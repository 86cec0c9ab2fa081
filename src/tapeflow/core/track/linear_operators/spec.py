"""The type of a linear operator: which tensors it is made of, so that it passes through `tf.function` and `tf.nest`."""

import numpy as np

from tapeflow.core.base import nest, specs
from tapeflow.core.base.composite import CompositeTensor
from tapeflow.core.base.specs import TensorSpec
from tapeflow.core.base.type_spec import BatchableTypeSpec, TypeSpec
from tapeflow.core.ops.compose.array import get_static_value
from tapeflow.core.values.tensor import Tensor
from tapeflow.core.values.type_specs import VariableSpec
from tapeflow.core.values.variable import Variable

_HINTS = ("is_non_singular", "is_self_adjoint", "is_positive_definite", "is_square")


class LinearOperatorSpec(BatchableTypeSpec):
    """The type of a linear operator.

    Args:
        param_specs: Name -> specs of the constructor's arguments that are made of tensors.
        non_tensor_params: Name -> value of the others.
        prefer_static_fields: Names of arguments that are kept as numbers if their values are known.
    """

    __slots__ = ("_non_tensor_params", "_param_specs", "_prefer_static_fields")

    def __init__(self, param_specs, non_tensor_params, prefer_static_fields):
        self._param_specs = param_specs
        self._non_tensor_params = non_tensor_params
        self._prefer_static_fields = prefer_static_fields

    @classmethod
    def from_operator(cls, operator):
        """The spec of an operator."""
        tensors, others = {}, {}
        for name, value in _fields(operator, (*operator._composite_tensor_fields, *_HINTS)).items():
            spec = _spec(value)
            leaves = [isinstance(one, TypeSpec) for one in nest.flatten(spec)]
            if all(leaves):
                tensors[name] = spec
            elif not any(leaves):
                others[name] = value
            else:
                raise NotImplementedError(f"Field {name} contains a mix of `Tensor` and  non-`Tensor` values.")
        return cls(tensors, others, operator._composite_tensor_prefer_static_fields)

    def _to_components(self, obj):
        return _fields(obj, list(self._param_specs))

    def _from_components(self, components):
        return self.value_type(**self._non_tensor_params, **components)

    @property
    def _component_specs(self):
        return self._param_specs

    def _serialize(self):
        return self._param_specs, self._non_tensor_params, self._prefer_static_fields

    def _changed(self, function):
        changed = nest.map_structure(function, self._param_specs)
        return type(self)(changed, self._non_tensor_params, self._prefer_static_fields)

    def _batch(self, batch_size):
        return self._changed(lambda spec: spec._batch(batch_size))

    def _unbatch(self):
        return self._changed(lambda spec: spec._unbatch())


def make_composite_tensor(cls, module_name="tf.linalg"):
    """A class decorator: instances pass through `tf.function`, by the fields `_composite_tensor_fields` names."""
    name = f"{cls.__name__}Spec"
    spec = type(name, (LinearOperatorSpec,), {"value_type": cls, "__slots__": ()})
    specs.register(f"{module_name}.{name}")(spec)
    cls._type_spec = property(spec.from_operator)
    return cls


def _fields(operator, names):
    """Name -> value of the constructor's arguments that make the operator anew."""
    result = {}
    for name in names:
        missing = object()
        places = (
            getattr(operator, name, missing),
            getattr(operator, f"_{name}", missing),
            operator.parameters.get(name, missing),
        )
        value = next((one for one in places if one is not missing), missing)
        if value is missing:
            raise ValueError(f"Could not determine an appropriate value for field `{name}` in object `{operator}`.")
        if name in operator._composite_tensor_prefer_static_fields and isinstance(value, Tensor):
            known = get_static_value(value)
            value = value if known is None else known
        result[name] = value.tolist() if isinstance(value, (np.ndarray, np.generic)) else value
    return result


def _spec(value):
    """The value with specs in place of its tensors."""
    if isinstance(value, CompositeTensor):
        return value._type_spec
    if isinstance(value, Variable):
        return VariableSpec(value.shape, value.dtype, value.trainable)
    if isinstance(value, Tensor):
        return TensorSpec(value.shape, value.dtype)
    if isinstance(value, list):  # or a module's wrapper of one
        return [_spec(one) for one in value]
    if isinstance(value, tuple):
        return tuple(_spec(one) for one in value)
    return {key: _spec(one) for key, one in value.items()} if isinstance(value, dict) else value
