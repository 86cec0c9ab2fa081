"""Strings as what they hold: raw bytes, base64, compressed bytes, CSV, tensors."""

import base64
import binascii
import zlib

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.byte_strings import arranged, lengths_of, listed, shape_of
from tapeflow.core.base.csv_text import columns
from tapeflow.core.base.errors import DataLossError, InvalidArgumentError, ResourceExhaustedError, UnimplementedError
from tapeflow.core.base.number_text import read_numbers
from tapeflow.core.base.tensor_message import array_of_message, serialized
from tapeflow.core.ops.defs.string_text import same_shape
from tapeflow.core.ops.op import op

# What a compressed string may hold.
MAX_DECOMPRESSED = 2**31


def _scalar(x, words):
    if isinstance(x, bytes):
        return x
    if x.ndim:
        raise InvalidArgumentError(f"{words}: {str(list(x.shape)).replace(' ', '')}")
    return x[()]


# -- raw bytes -----------------------------------------------------------------------------------------

_RAW = "float16 | float32 | float64 | int32 | uint16 | uint8 | int16 | int8 | int64"


def _spoken(dtype):
    return {"float16": "half", "float32": "float", "float64": "double"}.get(dtype.name, dtype.name)


def _numbers(joined, dtype, little_endian, shape):
    kind = np.dtype(dtype.np)
    array = np.frombuffer(joined, kind)
    return (array if little_endian or kind.itemsize == 1 else array.byteswap()).reshape(shape)


def _decode_raw(x, *, out_type, little_endian):
    strings, shape = listed(x), shape_of(x)
    if not strings:
        return np.zeros((*shape, 0), out_type.np)
    size, width = len(strings[0]), np.dtype(out_type.np).itemsize
    lengths = lengths_of(strings)
    other = np.flatnonzero(lengths != size)
    if len(other):
        i = other[0]
        raise InvalidArgumentError(
            f"DecodeRaw requires input strings to all be the same size, but element {i} has size {size} != {lengths[i]}"
        )
    if size % width:
        raise InvalidArgumentError(
            f"Input to DecodeRaw has length {size} that is not a multiple of {width}, the size of {_spoken(out_type)}"
        )
    return _numbers(b"".join(strings), out_type, little_endian, (*shape, size // width))


decode_raw = op(
    "DecodeRaw", "bytes: string, *, out_type: type, little_endian: bool = True -> output: out_type",
    out_type=f"{_RAW} | complex64 | complex128 | bool | bfloat16", kernel=_decode_raw, grad=None,
    shape=lambda shapes, attrs: [None if shapes[0] is None else (*shapes[0], None)],
    samples=lambda draw: (["\x01\x00", "\x02\x00"], dtypes.int16),
)  # fmt: skip


def _decode_padded(x, fixed_length, *, out_type, little_endian):
    length, width = int(fixed_length), np.dtype(out_type.np).itemsize
    if length <= 0:
        raise InvalidArgumentError(f"fixed_length ({length}) must be greater than zero.")
    if length % width:
        raise InvalidArgumentError(f"fixed_length ({length}) must be a multiple of the size of out_type ({width})")
    joined = b"".join(text[:length].ljust(length, b"\0") for text in listed(x))
    return _numbers(joined, out_type, little_endian, (*shape_of(x), length // width))


decode_padded_raw = op(
    "DecodePaddedRaw", "input_bytes: string, fixed_length: const int32, *, out_type: type, little_endian: bool = True "
    "-> output: out_type",
    out_type=f"{_RAW} | bfloat16", kernel=_decode_padded, grad=None,
    shape=lambda shapes, attrs: [None if shapes[0] is None else (*shapes[0], None)],
    samples=lambda draw: (["\x01", "\x02\x00"], 4, dtypes.int16),
)  # fmt: skip


# -- base64 --------------------------------------------------------------------------------------------

_TO_URL = bytes.maketrans(b"+/", b"-_")
_FROM_URL = bytes.maketrans(b"-_", b"+/")
_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def _encode_base64(x, *, pad):
    lines = b"".join(map(binascii.b2a_base64, listed(x))).translate(_TO_URL, b"" if pad else b"=")
    return arranged(lines.split(b"\n")[:-1], shape_of(x))


def _decode_base64(x):
    strings = listed(x)
    bare = list(map(_unpadded, strings)) if b"=" in b"".join(strings) else strings
    if b"".join(bare).translate(None, _ALPHABET):
        raise InvalidArgumentError("Invalid character found in base64.")
    if np.any(lengths_of(bare) % 4 == 1):
        raise InvalidArgumentError("Base64 string length cannot be 1 modulo 4.")
    whole = b"==\n".join([*bare, b""]).translate(_FROM_URL).split(b"\n")[:-1]
    return arranged(map(binascii.a2b_base64, whole), shape_of(x))


def _unpadded(text):
    """The text without its padding, if that is right; else as it is, which is then found wrong."""
    bare = text.rstrip(b"=")
    return bare if len(text) % 4 == 0 and len(text) - len(bare) <= 2 else text


encode_base64 = op(
    "EncodeBase64", "input: string, *, pad: bool = False -> output: string", kernel=_encode_base64, grad=None,
    shape=same_shape, samples=lambda draw: (["a", "ab", ""],), doc="The strings in base64, web-safe: with - and _.",
)  # fmt: skip
decode_base64 = op(
    "DecodeBase64", "input: string -> output: string", kernel=_decode_base64, grad=None, shape=same_shape,
    elementwise=False, samples=lambda draw: (["YQ", "YWI=", ""],), doc="What base64 strings, web-safe, stand for.",
)  # fmt: skip


# -- compressed ----------------------------------------------------------------------------------------


def _decompressed(text, bits):
    try:
        machine = zlib.decompressobj(bits)
        result = machine.decompress(text, MAX_DECOMPRESSED)
    except zlib.error as error:
        words = str(error).rpartition(": ")[2]
        raise DataLossError(f"inflate() failed with error -3: {words}") from error
    if machine.unconsumed_tail:
        raise ResourceExhaustedError(f"a compressed string holds more than {MAX_DECOMPRESSED} bytes")
    return result


def _decode_compressed(x, *, compression_type):
    if compression_type == "":
        return x
    if compression_type == "ZSTD":
        raise UnimplementedError("DecodeCompressed: ZSTD is not supported", hint="use GZIP or ZLIB")
    if compression_type not in ("ZLIB", "GZIP"):
        raise InvalidArgumentError("Only ZLIB, ZSTD, GZIP or NONE are supported compressions")
    bits = 15 if compression_type == "ZLIB" else 31
    return arranged([_decompressed(text, bits) for text in listed(x)], shape_of(x))


decode_compressed = op(
    "DecodeCompressed", "bytes: string, *, compression_type: string = '' -> output: string", kernel=_decode_compressed,
    grad=None, shape=same_shape, samples=lambda draw: ([zlib.compress(b"abc")], "ZLIB"),
    doc="The strings, decompressed: `compression_type` is GZIP, ZLIB or empty.",
)  # fmt: skip


# -- CSV -----------------------------------------------------------------------------------------------


def _decode_csv(records, defaults, *, field_delim, use_quote_delim, na_value, select_cols):
    delimiter, missing = (one.encode() if isinstance(one, str) else one for one in (field_delim, na_value))
    if len(delimiter) != 1:
        raise InvalidArgumentError("field_delim should be only 1 char")
    if not defaults:
        raise InvalidArgumentError("Length for attr 'OUT_TYPE' of 0 must be at least minimum 1")
    for i, default in enumerate(defaults):
        if np.size(default) > 1:
            raise InvalidArgumentError(f"There should only be 1 default per field but field {i} has {np.size(default)}")
        if np.asarray(default).dtype.name not in ("float32", "float64", "int32", "int64", "object"):
            raise InvalidArgumentError(
                f"Value for attr 'OUT_TYPE' of {np.asarray(default).dtype.name} is not in the list of allowed values: "
                "float, double, int32, int64, string"
            )
    found = columns(listed(records), delimiter, use_quote_delim, select_cols, len(defaults))
    return tuple(
        _column(i, texts, np.ravel(default), missing).reshape(shape_of(records))[()]
        for i, (texts, default) in enumerate(zip(found, defaults, strict=True))
    )


def _column(i, texts, default, na_value):
    """One column's values, those that are missing replaced."""
    kind, gaps = default.dtype, None
    is_text = kind.kind == "O"
    if b"" in texts or (na_value and na_value in texts):
        gaps = np.fromiter((text == b"" or text == na_value for text in texts), bool, len(texts))
        if not len(default):
            raise InvalidArgumentError(f"Field {i} is required but missing in record {np.flatnonzero(gaps)[0]}!")
        stand_in = default[0] if is_text else b"0"
        texts = [stand_in if gap else text for text, gap in zip(texts, gaps.tolist(), strict=True)]
    if is_text:
        return np.fromiter(texts, object, len(texts))
    numbers, wrong = read_numbers(texts, kind)
    if wrong is not None:
        name = {"float32": "float", "float64": "double"}.get(kind.name, kind.name)
        text = texts[wrong].decode("utf-8", "backslashreplace")
        raise InvalidArgumentError(f"Field {i} in record {wrong} is not a valid {name}: {text}")
    return numbers if gaps is None else np.where(gaps, default[0], numbers)


decode_csv = op(
    "DecodeCSV", "records: string, record_defaults: list(OUT_TYPE), *, field_delim: string = '\\x2c', "
    "use_quote_delim: bool = True, na_value: string = '', select_cols: list(int) = () -> output: list(OUT_TYPE)",
    OUT_TYPE="float32 | float64 | int32 | int64 | string", kernel=_decode_csv, grad=None,
    shape=lambda shapes, attrs: [shapes[0]] * len(shapes[1]),
    samples=lambda draw: (["1,2.5,a", "2,,\"b,c\""], [[0], [1.5], [""]]),
)  # fmt: skip


# -- tensors -------------------------------------------------------------------------------------------


def _serialize(tensor):
    """The message of a tensor; the dtype is known by the array."""
    array = np.asarray(tensor, object) if isinstance(tensor, bytes) else np.asarray(tensor)
    dtype = dtypes.string if array.dtype == object else dtypes.from_numpy(array.dtype)
    return arranged([serialized(array, dtype)], ())


def _parse(text, *, out_type):
    text = _scalar(text, "Expected `serialized` to be a scalar, got shape")
    from google.protobuf.message import DecodeError  # lazy: protobuf is slow to import

    from tapeflow.core.base.messages import message

    try:
        proto = message("TensorProto").FromString(text)
    except DecodeError as error:
        shown = base64.urlsafe_b64encode(text[:300]).decode()
        raise InvalidArgumentError(f"Could not parse `serialized` as TensorProto, base64: {shown}") from error
    try:
        array, dtype = array_of_message(proto), dtypes.as_dtype(proto.dtype)
    except (TypeError, ValueError) as error:
        raise InvalidArgumentError(f"Cannot parse tensor from proto: {error}") from error
    if dtype is not out_type:
        raise InvalidArgumentError(
            f"Type mismatch between parsed tensor ({_spoken(dtype)}) and dtype ({_spoken(out_type)})"
        )
    return array[()] if dtype is not dtypes.string else array


def _decode_json(x):
    from google.protobuf import json_format  # lazy: protobuf is slow to import

    from tapeflow.core.base.messages import message

    example, result = message("Example"), []
    for text in listed(x):
        try:
            result.append(json_format.Parse(text, example()).SerializeToString(deterministic=True))
        except (json_format.ParseError, RecursionError, ValueError) as error:
            raise InvalidArgumentError(f"Error while parsing JSON: {error}") from error
    return arranged(result, shape_of(x))


decode_json_example = op(
    "DecodeJSONExample", "json_examples: string -> binary_examples: string", kernel=_decode_json, grad=None,
    elementwise=False, shape=same_shape, samples=lambda draw: ("{}",), doc="Examples in JSON, as messages.",
)  # fmt: skip
serialize_tensor = op(
    "SerializeTensor", "tensor: T -> serialized: string", T="any", kernel=_serialize, grad=None, elementwise=False,
    shape=lambda shapes, attrs: [()], samples=[lambda draw: (draw.floats((2, 3)),), lambda draw: (["a", "b"],)],
    doc="A tensor as a string: the TensorProto message.",
)  # fmt: skip
parse_tensor = op(
    "ParseTensor", "serialized: string, *, out_type: type -> output: out_type", out_type="any", kernel=_parse,
    grad=None, shape=lambda shapes, attrs: [None],
    samples=lambda draw: (b"\x08\x01\x12\x04\x12\x02\x08\x02", dtypes.float32),
    doc="The tensor that `serialize_tensor` made a string of.",
)  # fmt: skip
