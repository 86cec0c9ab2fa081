"""Every TensorFlow dtype, one object each: `float32`, `int8`, `string`, `resource`…, and `as_dtype`.

Dtypes are compared with `is` inside TapeFlow. The module has TensorFlow's names, so it hides the builtin
`bool`; code in here says `builtins.bool`.
"""

import builtins
import functools
from collections.abc import Sequence
from typing import Any

import ml_dtypes
import numpy as np

from tapeflow.core.base import protos
from tapeflow.core.base.trace_type import TraceType

# name, number in TensorFlow's DataType enum, NumPy type that holds the values (None: arrays are object arrays).
_ROWS: list[tuple[str, int, Any]] = [
    ("float32", 1, np.float32),
    ("float64", 2, np.float64),
    ("int32", 3, np.int32),
    ("uint8", 4, np.uint8),
    ("int16", 5, np.int16),
    ("int8", 6, np.int8),
    ("string", 7, object),
    ("complex64", 8, np.complex64),
    ("int64", 9, np.int64),
    ("bool", 10, np.bool_),
    ("qint8", 11, np.int8),
    ("quint8", 12, np.uint8),
    ("qint32", 13, np.int32),
    ("bfloat16", 14, ml_dtypes.bfloat16),
    ("qint16", 15, np.int16),
    ("quint16", 16, np.uint16),
    ("uint16", 17, np.uint16),
    ("complex128", 18, np.complex128),
    ("float16", 19, np.float16),
    ("resource", 20, None),
    ("variant", 21, None),
    ("uint32", 22, np.uint32),
    ("uint64", 23, np.uint64),
    ("float8_e5m2", 24, ml_dtypes.float8_e5m2),
    ("float8_e4m3fn", 25, ml_dtypes.float8_e4m3fn),
    ("float8_e4m3fnuz", 26, ml_dtypes.float8_e4m3fnuz),
    ("float8_e4m3b11fnuz", 27, ml_dtypes.float8_e4m3b11fnuz),
    ("float8_e5m2fnuz", 28, ml_dtypes.float8_e5m2fnuz),
    ("int4", 29, ml_dtypes.int4),
    ("uint4", 30, ml_dtypes.uint4),
    ("int2", 31, ml_dtypes.int2),
    ("uint2", 32, ml_dtypes.uint2),
    ("float4_e2m1fn", 33, ml_dtypes.float4_e2m1fn),
]
_REF = 100  # A reference dtype of TensorFlow 1 has its base dtype's number plus this.

# TensorFlow calls none of its 8-bit and smaller floats and 4-bit and smaller integers numeric.
_NARROW = frozenset(name for name, enum, _ in _ROWS if enum >= 24)
_LIMITED = frozenset("bool uint8 uint16 uint32 uint64 int8 int16 int32 int64 float32 float64".split())
_NOT_TRAINABLE = frozenset(name for name in _NARROW if name.startswith("float"))

NAMES: dict[str, "DType"] = {}
_BY_ENUM: dict[int, "DType"] = {}


class DType(TraceType):
    """The type of a tensor's elements. There is one object for each: `tf.float32`, `tf.string`…

    Equal to what stands for the same type elsewhere: `tf.float32 == np.float32`, `tf.float32 == "float32"`.

    Args:
        type_enum: TensorFlow's number of the dtype.
        handle_data: Kept for TensorFlow's signature, not used.

    >>> DType(1), DType(1) is float32, float32.size, int8.max
    (tf.float32, True, 4, 127)
    """

    # `enum` is `as_datatype_enum`, `np` the dtype of the NumPy arrays that hold the values.
    __slots__ = (
        "__weakref__", "as_datatype_enum", "base_dtype", "enum", "is_bool", "is_complex", "is_differentiable",
        "is_floating", "is_integer", "is_numeric", "is_numpy_compatible", "is_opaque", "is_quantized",
        "is_unsigned", "name", "np", "real_dtype", "size",
    )  # fmt: skip

    name: str
    np: np.dtype
    enum: int
    as_datatype_enum: int
    base_dtype: "DType"
    real_dtype: "DType"
    size: int
    is_floating: builtins.bool
    is_complex: builtins.bool
    is_integer: builtins.bool
    is_unsigned: builtins.bool
    is_bool: builtins.bool
    is_numeric: builtins.bool
    is_quantized: builtins.bool
    is_numpy_compatible: builtins.bool
    is_opaque: builtins.bool  # resource or variant: a handle, not a value
    is_differentiable: builtins.bool  # gradients flow through it

    def __new__(cls, type_enum, handle_data=None):
        try:
            return _BY_ENUM[type_enum]
        except (KeyError, TypeError):
            raise TypeError(f"{type_enum!r} does not correspond to a valid tensorflow::DataType") from None

    def __setattr__(self, name, value):
        raise AttributeError(f"dtypes cannot be changed, so {name!r} of {self!r} cannot be set")

    __delattr__ = __setattr__  # type: ignore[assignment]

    @property
    def as_numpy_dtype(self):
        """The NumPy type of the elements, `object` for strings, one of named integers for quantized dtypes.

        Raises:
            KeyError: For `tf.resource` and `tf.variant`, which NumPy cannot hold.
        """
        if self.is_opaque:
            raise KeyError(f"{self!r} has no NumPy type")
        if self.is_quantized:
            return np.dtype([(self.name, self.np)])
        return self.np.type if self.np.kind != "O" else object

    @property
    def min(self):
        """The least finite value.

        Raises:
            TypeError: If the dtype is not ordered.
        """
        return self._bound("min", "minimum")

    @property
    def max(self):
        """The greatest finite value.

        Raises:
            TypeError: If the dtype is not ordered.
        """
        return self._bound("max", "maximum")

    def _bound(self, which, word):
        if self.is_integer:
            return int(getattr(ml_dtypes.iinfo(self.np), which))
        if self.is_floating:
            return getattr(ml_dtypes.finfo(self.np), which)
        kind = "" if self.is_opaque else f" with {'quantized ' if self.is_quantized else ''}type {self}"
        raise TypeError(f"Cannot find {word} value of {self}{kind}.")

    @property
    def limits(self):
        """`(least, greatest)` of a picture's values: 0 to 1 for floats, 0 to the maximum for integers.

        Raises:
            ValueError: If the dtype has none.
        """
        if self.name not in _LIMITED:
            raise ValueError(f"{self} does not have defined limits.")
        return (0, True if self.is_bool else 1 if self.is_floating else self.max)

    def is_compatible_with(self, other):
        """Returns whether a value of the dtype `other` can be used as one of this dtype.

        >>> float32.is_compatible_with("float32"), float32.is_compatible_with(int32)
        (True, False)
        """
        other = as_dtype(other)
        return self is other or self is other.base_dtype

    def is_subtype_of(self, other: TraceType) -> builtins.bool:
        """Returns whether the dtypes are the same."""
        return self == other

    def most_specific_common_supertype(self, types: Sequence[TraceType]) -> "DType | None":
        """Returns this dtype if all `types` are the same, else None."""
        return self if all(self == other for other in types) else None

    def placeholder_value(self, placeholder_context):
        """Returns None; a dtype has no symbol."""
        return None

    def cast(self, value, cast_context):
        """Returns `value` if it is this dtype.

        Raises:
            AssertionError: If it is another one.
        """
        assert value == self, f"Can not cast {value!r} to type {self!r}"
        return value

    @classmethod
    def experimental_type_proto(cls):
        """Returns the message class `SerializedDType`."""
        return protos.converter("dtype").message()

    @classmethod
    def experimental_from_proto(cls, proto):
        """Returns the dtype of a `SerializedDType`."""
        return as_dtype(proto.datatype)

    def experimental_as_proto(self):
        """Returns the dtype as a `SerializedDType`."""
        return protos.converter("dtype").encode(self)

    def __eq__(self, other):
        if self is other:
            return True
        if other is None or isinstance(other, DType):
            return False
        try:
            return as_dtype(other) is self
        except TypeError:
            return False

    def __ne__(self, other):
        return not self == other

    def __hash__(self):
        return self.enum

    def __int__(self):
        return self.enum

    def __repr__(self):
        return f"tf.{self.name}"

    def __str__(self):
        return f"<dtype: {self.name!r}>"

    def __reduce__(self):
        return as_dtype, (self.name,)

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self


def _make(name, enum, kind, base=None):
    """The one object of a dtype."""
    dtype = object.__new__(DType)
    if base is not None:
        facts = {
            slot: getattr(base, slot) for slot in DType.__slots__ if slot not in ("__weakref__", "real_dtype")
        }
        facts |= {"name": name, "enum": enum, "as_datatype_enum": enum, "base_dtype": base}
    else:
        facts = _facts(name, enum, kind)
        facts["base_dtype"] = dtype
    for slot, value in facts.items():
        object.__setattr__(dtype, slot, value)
    _BY_ENUM[enum] = dtype
    return dtype


def _facts(name, enum, kind):
    np_dtype = np.dtype(object if kind is None else kind)
    quantized = name.startswith(("qint", "quint"))
    floating, is_complex = "float" in name, name.startswith("complex")
    integer = name.startswith(("int", "uint"))
    return {
        "name": name,
        "np": np_dtype,
        "enum": enum,
        "as_datatype_enum": enum,
        "size": 0 if np_dtype.hasobject else np_dtype.itemsize,
        "is_floating": floating,
        "is_complex": is_complex,
        "is_integer": integer,
        "is_unsigned": name.startswith("uint"),
        "is_bool": name == "bool",
        "is_numeric": name not in _NARROW and (floating or is_complex or integer or quantized),
        "is_quantized": quantized,
        "is_numpy_compatible": kind is not None,
        "is_opaque": kind is None,
        "is_differentiable": (floating and name not in _NOT_TRAINABLE) or is_complex or kind is None,
    }


for _row in _ROWS:
    NAMES[_row[0]] = _make(*_row)
for _dtype in list(NAMES.values()):
    _make(f"{_dtype.name}_ref", _dtype.enum + _REF, None, base=_dtype)
for _dtype in _BY_ENUM.values():
    _real = {"complex64": NAMES["float32"], "complex128": NAMES["float64"]}.get(
        _dtype.base_dtype.name, _dtype
    )
    object.__setattr__(_dtype, "real_dtype", _real)

float16 = NAMES["float16"]
float32 = NAMES["float32"]
float64 = NAMES["float64"]
bfloat16 = NAMES["bfloat16"]
float8_e5m2 = NAMES["float8_e5m2"]
float8_e4m3fn = NAMES["float8_e4m3fn"]
float8_e4m3fnuz = NAMES["float8_e4m3fnuz"]
float8_e4m3b11fnuz = NAMES["float8_e4m3b11fnuz"]
float8_e5m2fnuz = NAMES["float8_e5m2fnuz"]
float4_e2m1fn = NAMES["float4_e2m1fn"]
int2 = NAMES["int2"]
int4 = NAMES["int4"]
int8 = NAMES["int8"]
int16 = NAMES["int16"]
int32 = NAMES["int32"]
int64 = NAMES["int64"]
uint2 = NAMES["uint2"]
uint4 = NAMES["uint4"]
uint8 = NAMES["uint8"]
uint16 = NAMES["uint16"]
uint32 = NAMES["uint32"]
uint64 = NAMES["uint64"]
complex64 = NAMES["complex64"]
complex128 = NAMES["complex128"]
bool = NAMES["bool"]
string = NAMES["string"]
resource = NAMES["resource"]
variant = NAMES["variant"]
qint8 = NAMES["qint8"]
qint16 = NAMES["qint16"]
qint32 = NAMES["qint32"]
quint8 = NAMES["quint8"]
quint16 = NAMES["quint16"]
half = float16
double = float64

QUANTIZED_DTYPES = frozenset(dtype for dtype in _BY_ENUM.values() if dtype.is_quantized)


class _FromNumpy(dict):
    """NumPy dtype -> DType. What is not native (byte order, `S5`, `U3`) is looked up by its scalar type."""

    def __missing__(self, key):
        if key.kind in "SU":
            return string
        if key.isbuiltin != 1 and key.fields is None:
            found = self.get(np.dtype(key.type)) if key.kind not in "VMm" else None
            if found is not None:
                return found
        raise TypeError(_not_a_dtype(key))


_BY_NUMPY = _FromNumpy(
    {np.dtype(dtype.as_numpy_dtype): dtype for dtype in NAMES.values() if not dtype.is_opaque}
)

#: The dtype of a NumPy dtype object: `from_numpy(array.dtype)`. TypeError if TensorFlow has none.
from_numpy = _BY_NUMPY.__getitem__

_BY_ANY: dict[Any, DType] = {
    **_BY_ENUM,
    **{dtype.name: dtype for dtype in _BY_ENUM.values()},
    **{
        dtype.np.type: dtype
        for dtype in NAMES.values()
        if dtype.is_numpy_compatible and not dtype.is_quantized
    },
    **_BY_NUMPY,
    "float": float32,
    "float_ref": _BY_ENUM[101],
    "half": float16,
    "half_ref": _BY_ENUM[119],
    "double": float64,
    "double_ref": _BY_ENUM[102],
    np.longlong: int64,
    np.ulonglong: uint64,
    np.str_: string,
    np.bytes_: string,
    builtins.float: float32,
    builtins.bool: bool,
    builtins.object: string,
}


def as_dtype(type_value):
    """Returns the dtype that `type_value` stands for.

    Args:
        type_value: A `tf.DType`, a NumPy dtype or scalar type, a dtype's name, `float`, `bool`, TensorFlow's
            number of the dtype, or something with a NumPy `dtype`.

    Raises:
        TypeError: If it stands for none.

    >>> as_dtype("float32"), as_dtype(np.int8), as_dtype(bool)
    (tf.float32, tf.int8, tf.bool)
    """
    if type(type_value) is DType:
        return type_value
    try:
        return _BY_ANY[type_value]
    except (KeyError, TypeError):
        pass
    numpy_dtype = getattr(type_value, "dtype", type_value)
    if isinstance(numpy_dtype, np.dtype):
        return from_numpy(numpy_dtype)
    raise TypeError(_not_a_dtype(type_value))


_MEANT: dict[Any, str] = {
    int: "tf.int32 or tf.int64",
    complex: "tf.complex64 or tf.complex128",
    str: "tf.string",
    bytes: "tf.string",
}


def _not_a_dtype(value):
    text = f"Cannot convert the argument `type_value`: {value!r} to a TensorFlow DType."
    meant = _MEANT.get(value) if isinstance(value, type) else None
    return f"{text} Did you mean {meant}?" if meant else text


@functools.cache
def spoken(dtype):
    """The dtype's name in TensorFlow's error messages, C++'s for the floats."""
    return {"float32": "float", "float64": "double", "float16": "half"}.get(dtype.name, dtype.name)
