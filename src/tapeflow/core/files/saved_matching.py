"""Whether arguments fit a trace of a loaded model, and the tensors that they are made of."""

import numpy as np

from tapeflow.core.base import nest
from tapeflow.core.base.dtypes import spoken
from tapeflow.core.base.specs import TensorSpec, TypeSpec
from tapeflow.core.values.convert import convert
from tapeflow.core.values.tensor import Tensor
from tapeflow.core.values.type_specs import VariableSpec
from tapeflow.core.values.variable import Variable


def shown(value):
    """A structure of specs as TensorFlow writes trace types."""
    if isinstance(value, dict):
        inner = ", ".join(f"[{k!r}, {shown(v)}]" for k, v in value.items())
        return f"Dict[{inner}]"
    if isinstance(value, (list, tuple)):
        return f"{'List' if isinstance(value, list) else 'Tuple'}[{', '.join(map(shown, value))}]"
    if value is None or isinstance(value, (bool, int, float, str)):
        return f"Literal[{value!r}]"
    return repr(value)



def flatten_up_to(expected, value):
    """The parts of a value that stand where the expected structure has its leaves.

    Raises:
        TypeError: The structures differ.
    """
    if isinstance(expected, dict):
        if not hasattr(value, "keys") or set(value) != set(expected):
            raise TypeError("the dictionaries have other keys")
        return [x for key in sorted(expected) for x in flatten_up_to(expected[key], value[key])]
    if isinstance(expected, (list, tuple)) and not isinstance(expected, TypeSpec):
        if not isinstance(value, (list, tuple)) or len(value) != len(expected):
            raise TypeError("the sequences have other lengths")
        return [x for part, one in zip(expected, value, strict=True) for x in flatten_up_to(part, one)]
    return [value]



def leaves(expected):
    """The leaves of a structure of specs, as `flatten_up_to` has them."""
    if isinstance(expected, dict):
        return [x for key in sorted(expected) for x in leaves(expected[key])]
    if isinstance(expected, (list, tuple)) and not isinstance(expected, TypeSpec):
        return [x for part in expected for x in leaves(part)]
    return [expected]



def cast(expected, flat):
    """The tensors of arguments, converted to what is expected.

    Raises:
        TypeError: One does not fit.
    """
    tensors = []
    for spec, value in zip(leaves(expected), flat, strict=True):
        if isinstance(spec, VariableSpec):
            if not isinstance(value, Variable):
                raise TypeError(f"Can not cast {value!r} to {spec!r}")
            tensors.append(value.handle)
        elif isinstance(spec, TensorSpec):
            tensors.append(cast_tensor(spec, value))
        elif isinstance(spec, TypeSpec):
            if not spec.is_compatible_with(value):
                raise TypeError(f"Can not cast {value!r} to {spec!r}")
            tensors += [convert(x) for x in nest.flatten(value, expand_composites=True)]
        elif isinstance(value, Tensor) or value != spec:
            raise TypeError(f"Can not cast {value!r} to {spec!r}")
    return tensors



def cast_tensor(spec, value):
    if isinstance(value, Variable):
        value = value._read()
    if not isinstance(value, Tensor):
        try:
            value = convert(value, dtype=spec.dtype)
        except (TypeError, ValueError) as error:
            raise TypeError(f"Cannot convert {value!r} to EagerTensor of dtype {spoken(spec.dtype)}") from error
    if value.dtype is not spec.dtype or not spec.shape.is_compatible_with(value.shape):
        own = TensorSpec(value.shape, value.dtype, spec.name)
        raise TypeError(f"Can not cast {own!r} to {spec!r}")
    return value



def matched(expected, flat, allow_conversion):
    """The tensors of arguments that fit a trace, or None."""
    tensors = []
    for spec, value in zip(leaves(expected), flat, strict=True):
        if isinstance(spec, VariableSpec):
            if not (isinstance(value, Variable) and spec.is_compatible_with(value)):
                return None
            tensors.append(value.handle)
        elif isinstance(spec, TensorSpec):
            value = value._read() if isinstance(value, Variable) else value
            if allow_conversion and not isinstance(value, Tensor):
                try:
                    value = convert(value, hint=spec.dtype)
                except (TypeError, ValueError):
                    return None
            if not isinstance(value, Tensor) or value.dtype is not spec.dtype:
                return None
            if not spec.shape.is_compatible_with(value.shape):
                return None
            tensors.append(value)
        elif isinstance(spec, TypeSpec):
            if not spec.is_compatible_with(value):
                return None
            tensors += [convert(x) for x in nest.flatten(value, expand_composites=True)]
        elif isinstance(value, (Tensor, Variable)) or not equal(value, spec):
            return None
    return tensors



def equal(value, spec):
    found = value == spec
    return bool(np.all(found))
