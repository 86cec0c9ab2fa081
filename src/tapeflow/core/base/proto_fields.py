"""Messages of any type, field by field: their descriptions, and their bytes as they stand on the wire.

Sizes are those on the wire: a field that is there with its default value counts.
"""

import struct
from dataclasses import dataclass

from tapeflow.core.base import dtypes, local_files
from tapeflow.core.base.errors import DataLossError, InvalidArgumentError
from tapeflow.core.base.messages import message
from tapeflow.core.base.sorted_table import read_varint, varint

# Number of a type in descriptors -> name, the dtypes it may be read as (the first one is what is written), the struct.
_KINDS = {
    1: ("double", "float64", "<d"), 2: ("float", "float32 float64", "<f"), 3: ("int64", "int64", None),
    4: ("uint64", "uint64", None), 5: ("int32", "int32 int64", None), 6: ("uint64", "uint64", "<Q"),
    7: ("uint32", "uint32 uint64", "<I"), 8: ("bool", "bool", None), 9: ("string", "string", None),
    10: ("group", "string", None), 11: ("message", "string", None), 12: ("string", "string", None),
    13: ("uint32", "uint32 uint64", None), 14: ("enum", "int32", None), 15: ("int32", "int32 int64", "<i"),
    16: ("int64", "int64", "<q"), 17: ("int32", "int32 int64", None), 18: ("int64", "int64", None),
}  # fmt: skip
_TEXTS = (9, 11, 12)
_REPEATED = 3


@dataclass(slots=True, frozen=True)
class Field:
    """A field of a message type.

    Attributes:
        full_name: The type's name, a point, the field's.
        number, kind: As descriptors have them.
        repeated, packed: Whether there may be many, and whether they are written together.
        default: What stands for it where it is missing.
    """

    full_name: str
    number: int
    kind: int
    repeated: bool
    packed: bool
    default: object

    @property
    def spoken(self):
        """The name of its type."""
        return _KINDS[self.kind][0]

    @property
    def dtypes(self):
        """The dtypes that it may be read as."""
        return [dtypes.NAMES[name] for name in _KINDS[self.kind][1].split()]


class Types:
    """Message types by their full names.

    Args:
        source: `"local://"`: TensorFlow's own messages. A path, or `"bytes://"` and the bytes: a `FileDescriptorSet`.

    Raises:
        InvalidArgumentError: It is none.
    """

    def __init__(self, source):
        self._files, self._found = [], {}
        if source in (b"local://", b""):
            return
        from google.protobuf import descriptor_pb2  # lazy: protobuf is slow to import
        from google.protobuf.message import DecodeError

        try:
            data = source.removeprefix(b"bytes://") if source.startswith(b"bytes://") else local_files.read(source)
            self._files = list(descriptor_pb2.FileDescriptorSet.FromString(data).file)
        except (DecodeError, OSError) as error:
            raise InvalidArgumentError(_no_source(source)) from error
        except Exception as error:
            if type(error).__module__.startswith("tapeflow"):
                raise InvalidArgumentError(_no_source(source)) from error
            raise
        if not self._files:
            raise InvalidArgumentError(_no_source(source))

    def fields(self, message_type):
        """Name -> `Field` of a message type.

        Raises:
            InvalidArgumentError: There is no such type.
        """
        if message_type not in self._found:
            self._found[message_type] = self._fields(message_type)
        return self._found[message_type]

    def _fields(self, message_type):
        found = self._descriptor(message_type)
        if found is None:
            raise InvalidArgumentError(f"No descriptor found for message type {message_type}")
        descriptor, is_proto3 = found
        result = {}
        for one in descriptor.field:
            if one.type == 10:
                continue  # groups are skipped on the wire, and cannot be asked for
            repeated = one.label == _REPEATED
            packs = repeated and one.type not in _TEXTS
            packed = packs and (one.options.packed if one.options.HasField("packed") else is_proto3)
            result[one.name] = Field(
                f"{message_type}.{one.name}", one.number, one.type, repeated, packed, _default(one)
            )
        return result

    def _descriptor(self, message_type):
        """The description of a type, and whether its file is of the third syntax."""
        if not self._files:
            from google.protobuf import descriptor_pb2  # lazy: as above

            try:
                known = message(message_type.removeprefix("tensorflow.")).DESCRIPTOR
            except KeyError:
                return None
            proto = descriptor_pb2.DescriptorProto()
            known.CopyToProto(proto)
            return (proto, True) if message_type.startswith("tensorflow.") else None
        for file in self._files:
            package = f"{file.package}." if file.package else ""
            if message_type.startswith(package):
                path = message_type.removeprefix(package).split(".")
                inner = _nested(file.message_type, path)
                if inner is not None:
                    return inner, file.syntax == "proto3"
        return None

    def message_class(self, message_type):
        """The class of a type, for its text form."""
        if not self._files:
            return message(message_type.removeprefix("tensorflow."))
        from google.protobuf import descriptor_pool, message_factory  # lazy: as above

        pool = descriptor_pool.DescriptorPool()
        for file in self._files:
            pool.Add(file) if hasattr(pool, "Add") else pool.AddSerializedFile(file.SerializeToString())
        return message_factory.GetMessageClass(pool.FindMessageTypeByName(message_type))


def _no_source(source):
    spoken = source.decode("utf-8", "replace")
    return (
        "Source does not represent serialized file descriptor set proto. This may be due to a missing dependency on "
        f'the file containing REGISTER_DESCRIPTOR_POOL("{spoken}", ...);'
    )


def _nested(messages, path):
    for one in messages:
        if one.name == path[0]:
            return one if len(path) == 1 else _nested(one.nested_type, path[1:])
    return None


def _default(one):
    text = one.default_value
    if one.type in _TEXTS:
        return text.encode()
    if not text or one.type == 14:
        return 0
    return text == "true" if one.type == 8 else float(text) if one.type in (1, 2) else int(text)


# -- reading -------------------------------------------------------------------------------------------


def read(data, fields):
    """Field number -> the values of the fields asked for, in the order of the bytes.

    Args:
        data: The bytes of a message.
        fields: Number -> `Field`.

    Raises:
        DataLossError: The bytes are no message.
    """
    found, place = {}, 0
    while place < len(data):
        tag, place = read_varint(data, place)
        number, wire = tag >> 3, tag & 7
        start, place = _skipped(data, place, wire)
        field = fields.get(number)
        if field is None:
            continue
        values = found.setdefault(number, [])
        content = data[start:place]
        if wire == 2 and field.kind not in _TEXTS:
            values.extend(_packed(content, field.kind))
        elif wire != _wire(field.kind):
            raise DataLossError(f"Failed reading field {field.full_name}: it is of another type on the wire")
        else:
            values.append(content if wire == 2 else _number(content, field.kind))
    return found


def _wire(kind):
    form = _KINDS[kind][2]
    return 2 if kind in _TEXTS else 0 if form is None else 1 if struct.calcsize(form) == 8 else 5


def _skipped(data, place, wire):
    """Where the content of a field begins and ends."""
    if wire == 0:
        return place, read_varint(data, place)[1]
    if wire == 2:
        size, place = read_varint(data, place)
    elif wire in (1, 5):
        size = 8 if wire == 1 else 4
    else:
        raise DataLossError("Failed skipping unrequested field")
    if place + size > len(data):
        raise DataLossError("Failed skipping unrequested field: the message ends before it does")
    return place, place + size


def _packed(content, kind):
    form, place = _KINDS[kind][2], 0
    if form is not None:
        if len(content) % struct.calcsize(form):
            raise DataLossError("packed numbers of a strange length")
        return [one[0] for one in struct.iter_unpack(form, content)]
    found = []
    while place < len(content):
        start = place
        place = read_varint(content, place)[1]
        found.append(_number(content[start:place], kind))
    return found


def _number(content, kind):
    form = _KINDS[kind][2]
    if form is not None:
        return struct.unpack(form, content)[0]
    value = read_varint(content, 0)[0]
    if kind in (17, 18):
        return (value >> 1) ^ -(value & 1)
    if kind == 8:
        return value != 0
    bits = 32 if kind in (5, 13, 14) else 64
    value &= (1 << bits) - 1
    return value - (1 << bits) if kind in (3, 5, 14) and value >> (bits - 1) else value


# -- writing -------------------------------------------------------------------------------------------


def written(field, values):
    """The bytes of a field with these values."""
    parts = [_encoded(one, field.kind) for one in values]
    if field.packed and parts:
        content = b"".join(parts)
        return varint(field.number << 3 | 2) + varint(len(content)) + content
    tag = varint(field.number << 3 | _wire(field.kind))
    return b"".join(tag + part for part in parts)


def _encoded(value, kind):
    if kind in _TEXTS:
        return varint(len(value)) + value
    form = _KINDS[kind][2]
    if form is not None:
        return struct.pack(form, value)
    if kind in (17, 18):
        return varint(value << 1 if value >= 0 else (-value << 1) - 1)
    return varint(int(value) & (1 << 64) - 1)
