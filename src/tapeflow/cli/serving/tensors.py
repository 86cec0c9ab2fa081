"""JSON values as arrays, by the rules of TensorFlow Serving: a boolean is no number, 1.0 is no integer."""

import base64
import binascii
import json

import numpy as np

from tapeflow.cli.serving.refusal import Refusal, invalid

_DEEPEST = 32  # lists within lists: no tensor has more dimensions
_SHOWN = 80
_KINDS = {bool: "a boolean", int: "a whole number", float: "a number", str: "a string", type(None): "null",
          list: "a list", dict: "an object"}  # fmt: skip


def array_of(value, dtype, where, body):
    """A JSON value as an array.

    Args:
        value: What `json.loads` made.
        dtype: The `DType` that the model takes.
        where: What the value is, for messages.
        body: The bytes of the request; what does not occur there need not be looked for.

    Raises:
        Refusal: It is no such tensor.
    """
    if dtype.name == "string":
        return _one_by_one(value, dtype, where)
    kind = _kind(dtype)
    if kind is None:
        raise Refusal(501, "UNIMPLEMENTED", f"{where}: there is no JSON for tensors of {dtype.name}")
    if kind != "b" and (b"true" in body or b"false" in body):
        return _one_by_one(value, dtype, where)  # NumPy would take true for 1
    _depth(value, where)
    try:
        array = np.array(value)
    except (ValueError, OverflowError):
        return _one_by_one(value, dtype, where)
    found = array.dtype.kind
    if not (found == kind or (kind == "f" and found in "iu") or (kind in "iu" and found in "iu") or not array.size):
        return _one_by_one(value, dtype, where)
    return _cast(array, dtype, where, body)


def check_shape(array, spec, name):
    """Raises a `Refusal` if the model takes no array of that shape."""
    if not spec.shape.is_compatible_with(array.shape):
        wanted = ", ".join("?" if n is None else str(n) for n in spec.shape)
        got = ", ".join(map(str, array.shape))
        raise invalid(f"input '{name}' takes a tensor of shape [{wanted}], got one of shape [{got}]")


def is_base64(value):
    """Whether a JSON value stands for bytes: `{"b64": "…"}`."""
    return type(value) is dict and len(value) == 1 and type(value.get("b64")) is str


def bytes_of(value, where):
    """The bytes that a string or `{"b64": "…"}` stands for."""
    if is_base64(value):
        text = "".join(value["b64"].split()).rstrip("=")
        try:
            return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
        except (binascii.Error, ValueError) as error:
            raise invalid(f"{where}: the value of 'b64' is no base64: {error}") from error
    try:
        return value.encode()
    except UnicodeEncodeError as error:
        raise invalid(f"{where}: half of a surrogate pair is no character") from error


def shown(value):
    """The beginning of a JSON value, and what it is."""
    if value is None or isinstance(value, (list, dict)):
        return _KINDS[type(value)]
    text = json.dumps(value)
    return f"{_KINDS[type(value)]} ({text if len(text) <= _SHOWN else text[:_SHOWN] + '…'})"


def _kind(dtype):
    """`b`, `i`, `u` or `f`; None for what JSON has no values for."""
    if dtype.is_bool:
        return "b"
    if dtype.is_floating:
        return "f"
    if dtype.is_integer and not dtype.is_quantized:
        return "u" if dtype.is_unsigned else "i"
    return None


def _cast(array, dtype, where, body):
    target = dtype.as_numpy_dtype
    if array.dtype == target:
        return array if _kind(dtype) != "f" else _checked(array, array, where, body)
    if dtype.is_floating:
        with np.errstate(over="ignore"):
            return _checked(array, array.astype(target), where, body)
    if dtype.is_integer and array.size and not (dtype.min <= array.min() and array.max() <= dtype.max):
        wrong = array.min() if array.min() < dtype.min else array.max()
        raise invalid(f"{where}: {wrong} is out of the range of {dtype.name}")
    return array.astype(target)


def _checked(given, array, where, body):
    """Floats; a number that is too large would have become infinite without being called so."""
    if b"nfinity" not in body and not np.isfinite(array).all() and np.isinf(array).any():
        raise invalid(f"{where}: a number is too large for {array.dtype.name}")
    return array


def _depth(value, where):
    depth = 0
    while type(value) is list:
        depth += 1
        if depth > _DEEPEST:
            raise invalid(f"{where}: lists are nested deeper than {_DEEPEST}")
        if not value:
            break
        value = value[0]
    return depth


def _one_by_one(value, dtype, where):
    """The array, every value looked at: slow, and exact about what is wrong."""
    shape, one = [], value
    for _ in range(_depth(value, where)):
        shape.append(len(one))
        one = one[0] if one else None
    flat = []
    _fill(value, shape, 0, dtype, where, flat)
    if dtype.name == "string":
        array = np.empty(len(flat), object)
        array[:] = flat
        return array.reshape(shape)
    try:
        with np.errstate(over="ignore"):
            array = np.array(flat, np.float64 if dtype.is_floating else dtype.as_numpy_dtype).reshape(shape)
            return array.astype(dtype.as_numpy_dtype)
    except OverflowError as error:
        raise invalid(f"{where}: a number is out of the range of {dtype.name}") from error


def _fill(value, shape, level, dtype, where, flat):
    if type(value) is not list:
        if level != len(shape):
            raise invalid(f"{where}: expected a list, got {shown(value)}: all rows must have the same shape")
        flat.append(_scalar(value, dtype, where))
        return
    if level == len(shape):
        raise invalid(f"{where}: {shown(value)} where other rows have a value: all rows must have the same shape")
    if len(value) != shape[level]:
        raise invalid(f"{where}: a list has {len(value)} elements where another has {shape[level]}")
    for i, one in enumerate(value):
        _fill(one, shape, level + 1, dtype, f"{where}[{i}]", flat)


def _scalar(value, dtype, where):
    kind = type(value)
    if dtype.name == "string":
        if kind is str or is_base64(value):
            return bytes_of(value, where)
    elif dtype.is_bool:
        if kind is bool:
            return value
    elif kind is int:
        if dtype.is_integer and not dtype.min <= value <= dtype.max:
            raise invalid(f"{where}: {shown(value)} is out of the range of {dtype.name}")
        return value
    elif kind is float and dtype.is_floating:
        return value
    raise invalid(f"{where}: {shown(value)} is not of the expected type: {dtype.name}")
