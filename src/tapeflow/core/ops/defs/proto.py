"""Messages of any type as tensors, field by field, and back."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.byte_strings import arranged, listed
from tapeflow.core.base.errors import DataLossError, InvalidArgumentError
from tapeflow.core.base.proto_fields import Types, read, written
from tapeflow.core.ops.op import op


def _bytes(text):
    return text.encode() if isinstance(text, str) else text


def _text(x):
    return x.decode() if isinstance(x, bytes) else x


def _wanted(types, message_type, names):
    known, result = types.fields(message_type), []
    for name in map(_text, names):
        if name not in known:
            raise InvalidArgumentError(f"Unknown field: {name} in message type {message_type}")
        result.append(known[name])
    return result


def _decode(
    bytes, *, message_type, field_names, output_types, descriptor_source, message_format, sanitize
):  # fmt: skip
    if message_format not in ("binary", "text"):
        raise InvalidArgumentError("format must be one of binary or text")
    if len(field_names) != len(output_types):
        raise InvalidArgumentError("field_names and output_types attributes must have the same length")
    types, message_type = Types(_bytes(descriptor_source)), _text(message_type)
    fields = _wanted(types, message_type, field_names)
    for field, dtype in zip(fields, output_types, strict=True):
        if dtype not in field.dtypes:
            raise InvalidArgumentError(
                f"Unexpected output type for {field.full_name}: {field.spoken} to DT_{dtypes.spoken(dtype).upper()}"
            )
    data = np.asarray(bytes, object)
    texts = listed(data)
    if message_format == "text":
        texts = [_from_text(types, message_type, text) for text in texts]
    numbers = {field.number: field for field in fields}
    rows = [read(text, numbers) for text in texts]
    sizes = np.zeros((len(rows), len(fields)), np.int32)
    values = []
    for k, (field, dtype) in enumerate(zip(fields, output_types, strict=True)):
        found = [row.get(field.number, []) for row in rows]
        sizes[:, k] = [len(one) for one in found]
        width = max([1, *map(len, found)])
        array = np.full((len(rows), width), field.default, object if dtype is dtypes.string else dtype.np)
        for i, one in enumerate(found):
            array[i, : len(one)] = one
        values.append(array.reshape(*data.shape, width))
    return (sizes.reshape(*data.shape, len(fields)), *values)


def _from_text(types, message_type, text):
    """The bytes of a message in its text form."""
    from google.protobuf import text_format  # lazy: protobuf is slow to import

    try:
        return text_format.Parse(text, types.message_class(message_type)()).SerializeToString()
    except (text_format.ParseError, UnicodeDecodeError) as error:
        raise DataLossError("Unable to parse text-format proto") from error


def _encode(sizes, values, *, field_names, message_type, descriptor_source):
    types, message_type = Types(_bytes(descriptor_source)), _text(message_type)
    fields = _wanted(types, message_type, field_names)
    if np.ndim(sizes) < 1 or sizes.shape[-1] != len(fields) or len(values) != len(fields):
        raise InvalidArgumentError(
            f"{len(fields)} fields are named, sizes is of shape {list(np.shape(sizes))} and there are {len(values)} "
            "values"
        )
    batch = sizes.shape[:-1]
    flat = []
    for field, value in zip(fields, values, strict=True):
        array = np.asarray(value)
        dtype = dtypes.string if array.dtype == object else dtypes.from_numpy(array.dtype)
        if dtype not in field.dtypes:
            raise InvalidArgumentError(
                f"Incompatible type for field {field.full_name.rpartition('.')[2]}.  Saw dtype: {dtypes.spoken(dtype)} "
                f"but field type is: {field.spoken}"
            )
        if array.shape[:-1] != batch:
            raise InvalidArgumentError(
                f"Values must match up to the last axis: {list(array.shape)} for sizes of {list(sizes.shape)}"
            )
        flat.append(array.reshape(-1, array.shape[-1]).tolist())
    counts = sizes.reshape(-1, len(fields)).tolist()
    order = sorted(range(len(fields)), key=lambda k: fields[k].number)
    texts = []
    for i, row in enumerate(counts):
        parts = []
        for k in order:
            if row[k] > len(flat[k][i]):
                raise InvalidArgumentError(
                    f"Size to write must not be larger than value tensor; but saw: {row[k]} > {len(flat[k][i])} at "
                    f"message {i} field {k}"
                )
            parts.append(written(fields[k], flat[k][i][: row[k]]))
        texts.append(b"".join(parts))
    return arranged(texts, batch)


def _decode_shapes(shapes, attrs):
    batch, count = shapes[0], len(attrs["field_names"])
    return [None if batch is None else (*batch, count), *[None if batch is None else (*batch, None)] * count]


decode_proto = op(
    "DecodeProtoV2",
    "bytes: string, *, message_type: string, field_names: list(string), output_types: list(type), "
    "descriptor_source: string = 'local://', message_format: string = 'binary', sanitize: bool = False "
    "-> sizes: int32, values: list(output_types)",
    output_types="any", kernel=_decode, grad=None, elementwise=False, shape=_decode_shapes,
    samples=lambda draw: (b"\x0a\x01a", "tensorflow.Summary.Value", ["tag"], [dtypes.string]),
    doc="""Reads fields of messages.

    Args:
        bytes: String tensor of messages.
        message_type: Full name of their type.
        field_names: Fields to read.
        output_types: The dtype of each field.
        descriptor_source: `"local://"` for TensorFlow's own messages; or a file, or `"bytes://"` and the bytes, of a
            `FileDescriptorSet`.
        message_format: `"binary"` or `"text"`.
        sanitize: Accepted: what is not asked for is not looked into.

    Returns:
        Sizes, int32 of shape [..., fields]: how many values each message has of each field. Values: for each field a
        tensor of shape [..., most values], filled up with the field's default.
    """,
)  # fmt: skip
encode_proto = op(
    "EncodeProto",
    "sizes: int32, values: list(Tinput_types), *, field_names: list(string), message_type: string, "
    "descriptor_source: string = 'local://' -> bytes: string",
    Tinput_types="any", kernel=_encode, grad=None, elementwise=False,
    shape=lambda shapes, attrs: [None if shapes[0] is None else shapes[0][:-1]],
    samples=lambda draw: ([[1]], [[["a"]]], ["tag"], "tensorflow.Summary.Value"),
    doc="""Writes messages out of their fields.

    Args:
        sizes: int32 of shape [..., fields]: how many values each message has of each field.
        values: For each field a tensor of shape [..., most values].
        field_names: Fields to write.
        message_type: Full name of the messages' type.
        descriptor_source: As for `decode_proto`.

    Returns:
        String tensor of messages.
    """,
)  # fmt: skip
