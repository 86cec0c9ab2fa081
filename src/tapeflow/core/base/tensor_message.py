"""Arrays as TensorProto messages and back."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.messages import message

MAX_BYTES = 2**31  # what a message may hold
# dtype -> the field that its values lie in, one by one.
_FIELDS = {
    "float32": "float_val", "float64": "double_val", "string": "string_val", "bool": "bool_val", "int64": "int64_val",
    "complex64": "scomplex_val", "complex128": "dcomplex_val", "uint32": "uint32_val", "uint64": "uint64_val",
    "float16": "half_val", "bfloat16": "half_val",
    **dict.fromkeys("int32 int16 uint16 int8 uint8 qint32 qint16 quint16 qint8 quint8".split(), "int_val"),
}  # fmt: skip
_AS_CONTENT = frozenset(
    """float16 bfloat16 float32 float64 int32 uint8 int16 int8 int64 qint8 quint8 qint16 quint16 qint32 uint32
    uint64""".split()
)


# -- bytes, without the protobuf runtime ---------------------------------------------------------------


def _varint(number):
    result = bytearray()
    while number > 127:
        result.append(number & 127 | 128)
        number >>= 7
    result.append(number)
    return bytes(result)


def _field(number, content):
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def serialized(array, dtype):
    """The bytes of the message of an array, its values as they lie in memory."""
    sizes = b"".join(_field(2, b"\x08" + _varint(n) if n else b"") for n in array.shape)
    head = b"\x08" + _varint(dtype.as_datatype_enum) + _field(2, sizes)
    if dtype is dtypes.string:
        return head + b"".join(_field(8, text) for text in array.ravel().tolist())
    content = np.ascontiguousarray(array).tobytes()
    return head + (_field(4, content) if content else b"")


# -- messages ------------------------------------------------------------------------------------------


def shape_message(shape):
    """The TensorShapeProto of sizes, a list or a shape; None for an unknown rank, None for an unknown size."""
    proto = message("TensorShapeProto")()
    if shape is None or getattr(shape, "rank", 0) is None:
        proto.unknown_rank = True
    else:
        for n in shape:
            proto.dim.add(size=-1 if n is None else n)
    return proto


def array_message(array, dtype, shape, count=None):
    """The TensorProto of an array that stands for a tensor of `shape`.

    Args:
        array: The values; fewer than `shape` has mean that the last is repeated.
        dtype: The `tf.DType`.
        shape: List of sizes.
        count: How many values `shape` has, if that is known.
    """
    proto = message("TensorProto")(dtype=dtype.as_datatype_enum, tensor_shape=shape_message(shape))
    whole = array.size == (np.prod(shape, dtype=np.int64) if count is None else count)
    if whole and array.size > 1 and dtype.name in _AS_CONTENT:
        proto.tensor_content = np.ascontiguousarray(array).tobytes()
        return proto
    flat = array.ravel()
    if dtype.name in ("float16", "bfloat16"):
        flat = flat.view(np.uint16)
    elif dtype.is_complex:
        flat = flat.view(np.float32 if dtype.name == "complex64" else np.float64)
    field = _FIELDS.get(dtype.name)
    if field is None:
        raise TypeError(f"Element type not supported in TensorProto: {dtype.name}")
    getattr(proto, field).extend(flat.tolist())
    return proto


def array_of_message(proto):
    """The array of a TensorProto.

    Raises:
        TypeError: Its dtype has no values of its own.
        ValueError: The content does not fit the shape.
    """
    shape = [d.size for d in proto.tensor_shape.dim]
    dtype = dtypes.as_dtype(proto.dtype)
    if min(shape, default=0) < 0 or proto.tensor_shape.unknown_rank:
        raise ValueError("the shape is not known")
    count = 1
    for n in shape:
        count *= n
    if proto.tensor_content:
        if count * np.dtype(dtype.np).itemsize != len(proto.tensor_content):
            raise ValueError(f"{len(proto.tensor_content)} bytes of content for a tensor of shape {shape}")
        return np.frombuffer(proto.tensor_content, dtype.np).copy().reshape(shape)
    field = _FIELDS.get(dtype.name)
    if field is None:
        raise TypeError(f"Unsupported tensor type: {proto.dtype}")
    values = getattr(proto, field)
    if dtype is dtypes.string:
        array = np.fromiter(values, object, len(values))
    elif field == "half_val":
        array = np.array(values, np.uint16).view(dtype.np)
    elif dtype.is_complex:
        array = np.array(values, np.float32 if dtype.name == "complex64" else np.float64).view(dtype.np)
    else:
        array = np.array(values, np.int64 if field == "int_val" else dtype.np).astype(dtype.np)
    if len(array) == count:
        return array.reshape(shape)
    if len(array) > count:
        raise ValueError(f"{len(array)} values for a tensor of shape {shape}")
    if count * max(np.dtype(dtype.np).itemsize if dtype.np else 8, 1) > MAX_BYTES:
        raise ValueError(f"a tensor of shape {shape} is too large")
    filler = array[-1:] if len(array) else np.array([b""], object) if dtype is dtypes.string else np.zeros(1, dtype.np)
    return np.concatenate([array, np.repeat(filler, count - len(array))]).reshape(shape)
