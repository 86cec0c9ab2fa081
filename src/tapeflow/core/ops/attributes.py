"""An op's attributes as callers give them, checked; and its parameters as Python shows them."""

import inspect

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.dtypes import spoken
from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.base.shapes import as_shape
from tapeflow.core.ops.signature import REQUIRED

# What the parts of lists become.
_LISTED = {"list(type)": dtypes.as_dtype, "list(shape)": as_shape}


def allowed_type(record, attr, dtype):
    allowed = record._limits.get(attr.name)
    if allowed and id(dtype) not in allowed:
        names = ", ".join(spoken(one) for one in record.types[attr.name])
        raise InvalidArgumentError(
            f"Value for attr '{attr.name}' of {spoken(dtype)} is not in the list of allowed values: {names} "
            f"[Op:{record.op_name}]"
        )
    return dtype


def attr_value(record, attr, value):
    """The attribute in its one form, checked."""
    kind = attr.kind
    if kind == "type":
        return None if value is None else allowed_type(record, attr, dtypes.as_dtype(value))
    if kind == "bool" and not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"Expected bool for argument '{attr.name}' not {value!r}.")
    if kind == "int":
        if isinstance(value, bool) or not hasattr(value, "__index__"):
            raise TypeError(f"Expected int for argument '{attr.name}' not {value!r}.")
        return value.__index__()
    if kind == "float":
        return float(value)
    if kind == "string" and isinstance(value, str):
        return value
    if kind.startswith("list("):
        if not isinstance(value, (list, tuple)):
            raise TypeError(f"Expected list for '{attr.name}' argument to '{record.op_name}' Op, not {value!r}.")
        return tuple(map(_LISTED[kind], value)) if kind in _LISTED else tuple(value)
    return value


def python_signature(record):
    """`(x, y, name=None)`, for `help` and `inspect`."""
    keyword = inspect.Parameter.POSITIONAL_OR_KEYWORD
    parameters = [inspect.Parameter(arg.name, keyword) for arg in record.inputs]
    for attr in record.attrs:
        default = inspect.Parameter.empty if attr.default is REQUIRED else attr.default
        default = list(default) if isinstance(default, tuple) else default
        parameters.append(inspect.Parameter(attr.name, keyword, default=default))
    parameters.append(inspect.Parameter("name", keyword, default=None))
    required = [p for p in parameters if p.default is inspect.Parameter.empty]
    optional = [p for p in parameters if p.default is not inspect.Parameter.empty]
    return inspect.Signature(required + optional)
