"""tf.io.decode_proto and tf.io.encode_proto, as raw ops too."""

import numpy as np
from google.protobuf import descriptor_pb2

from tests.parity.case import Family

case = Family(__name__)

VALUE, SUMMARY = "tensorflow.Summary.Value", "tensorflow.Summary"
KINDS = (
    "double float int64 uint64 int32 fixed64 fixed32 bool string bytes uint32 enum sfixed32 sfixed64 sint32 sint64"
).split()


def _source():
    """A description of a message with a field of each kind."""
    field = descriptor_pb2.FieldDescriptorProto
    file = descriptor_pb2.FileDescriptorProto(name="q.proto", package="q", syntax="proto2")
    message = file.message_type.add(name="M")
    for i, name in enumerate(KINDS):
        one = message.field.add(name=name, number=i + 1, label=1, type=getattr(field, f"TYPE_{name.upper()}"))
        message.field.add(name=f"many_{name}", number=i + 101, label=3, type=one.type)
    for one in message.field:
        if one.type == field.TYPE_ENUM:
            one.type_name = ".q.E"
    message.field.add(name="packed", number=50, label=3, type=field.TYPE_SINT32).options.packed = True
    message.field.add(name="seven", number=51, label=1, type=field.TYPE_INT32, default_value="7")
    message.field.add(name="word", number=52, label=1, type=field.TYPE_STRING, default_value="w")
    message.field.add(name="yes", number=53, label=1, type=field.TYPE_BOOL, default_value="true")
    message.nested_type.add(name="N").field.add(name="x", number=1, label=1, type=field.TYPE_INT32)
    file.enum_type.add(name="E").value.add(name="A", number=0)
    file.enum_type[0].value.add(name="B", number=3)
    return b"bytes://" + descriptor_pb2.FileDescriptorSet(file=[file]).SerializeToString()


SOURCE = _source()
NUMBERS = {
    "double": "float64", "float": "float32", "int64": "int64", "uint64": "uint64", "int32": "int32",
    "fixed64": "uint64", "fixed32": "uint32", "uint32": "uint32", "enum": "int32", "sfixed32": "int32",
    "sfixed64": "int64", "sint32": "int32", "sint64": "int64", "bool": "bool",
}  # fmt: skip


def _there_and_back(tf, name, dtype, values, sizes):
    many = f"many_{name}" if len(sizes) > 1 or sizes[0] != 1 else name
    text = tf.io.encode_proto(
        [[n] for n in sizes], [tf.constant(values, dtype)], [many], "q.M", descriptor_source=SOURCE
    )
    return text, tf.io.decode_proto(text, "q.M", [many], [getattr(tf, dtype)], descriptor_source=SOURCE)


def _decoded(tf, data, names, kinds, message_type="q.M", **options):
    options = {"descriptor_source": SOURCE, **options}
    return tf.io.decode_proto(data, message_type, names, [getattr(tf, kind) for kind in kinds], **options)


def _value(tf, **fields):
    return tf.compat.v1.Summary(value=[fields]).value[0].SerializeToString()


for _name, _dtype in NUMBERS.items():
    _least = [False, True] if _dtype == "bool" else [-1.0, 2.5] if "float" in _dtype else [3, 0]
    if _name in ("int32", "int64", "sint32", "sint64", "sfixed32", "sfixed64"):
        _least = [-5, 2**31 - 1]
    case(f"kinds/{_name}", _there_and_back, _name, _dtype, [_least, _least[::-1]], [2, 1])
    case(f"kinds/{_name}_one", _there_and_back, _name, _dtype, [_least[:1]], [1])
    case(f"kinds/{_name}_missing", lambda tf, n, d: _decoded(tf, b"", [n, f"many_{n}"], [d, d]), _name, _dtype)
for _kind in KINDS:
    for _dtype in "float32 float64 int32 int64 uint32 uint64 bool string".split():
        case.either(f"read_as/{_kind}_{_dtype}", lambda tf, k, d: _decoded(tf, b"", [k], [d]), _kind, _dtype)

case.table("""
    texts/one: _there_and_back(tf, "string", "string", [["a"]], [1])
    texts/many: _there_and_back(tf, "bytes", "string", [["a", "bc"], ["", "d"]], [2, 1])
    defaults: _decoded(tf, [b"", b""], ["seven", "word", "yes"], ["int32", "string", "bool"])
    packed/unpacked: _decoded(tf, b"\\x90\\x03\\x01\\x90\\x03\\x02", ["packed"], ["int32"])
    packed/packed: _decoded(tf, b"\\x92\\x03\\x02\\x01\\x02", ["packed"], ["int32"])
    packed/write: tf.io.encode_proto([[2]], [[[1, -1]]], ["packed"], "q.M", descriptor_source=SOURCE)
    zero_on_wire: _decoded(tf, b"\\x28\\x00", ["int32"], ["int32"])
    order: tf.io.encode_proto([[1, 1]], [[[1.5]], [[2]]], ["float", "int32"], "q.M", descriptor_source=SOURCE)
    order_back: tf.io.encode_proto([[1, 1]], [[[2]], [[1.5]]], ["int32", "float"], "q.M", descriptor_source=SOURCE)
    local/value: _decoded(tf, [_value(tf, tag="a", simple_value=1.5), b""], ["tag", "simple_value"], ["string", "float32"], VALUE, descriptor_source="local://")
    local/double: _decoded(tf, _value(tf, tag="a", simple_value=1.5), ["simple_value"], ["float64"], VALUE, descriptor_source="local://")
    local/write: tf.io.encode_proto([[1, 1]], [[["a"]], [[1.5]]], ["tag", "simple_value"], VALUE)
    local/messages: tf.io.encode_proto([[2], [1]], [[["\\n\\x01a", "\\n\\x01b"], ["", ""]]], ["value"], SUMMARY)
    local/nothing: _decoded(tf, _value(tf, tag="a"), [], [], VALUE, descriptor_source="local://")
    local/sanitize: _decoded(tf, _value(tf, tag="a") + b"\\xf8\\x3f\\x01", ["tag"], ["string"], VALUE, descriptor_source="local://", sanitize=True)
    text/value: _decoded(tf, "tag: 'x'", ["tag"], ["string"], VALUE, descriptor_source="local://", message_format="text")
    text/own: _decoded(tf, "int32: -3 many_string: 'a' many_string: 'b'", ["int32", "many_string"], ["int32", "string"], message_format="text")
    wrong/text: _decoded(tf, "tag 'x", ["tag"], ["string"], VALUE, descriptor_source="local://", message_format="text")  # raises
    wrong/format: _decoded(tf, "", ["tag"], ["string"], VALUE, descriptor_source="local://", message_format="zz")  # raises: binary or text
    wrong/type: _decoded(tf, b"", ["simple_value"], ["int32"], VALUE, descriptor_source="local://")  # raises: float to DT_INT32
    wrong/field: _decoded(tf, b"", ["tagx"], ["string"], VALUE, descriptor_source="local://")  # raises: Unknown field: tagx
    wrong/message: _decoded(tf, b"", ["tag"], ["string"], "tensorflow.SummaryX", descriptor_source="local://")  # raises: No descriptor found
    wrong/bytes: _decoded(tf, b"zzz", ["value"], ["string"], SUMMARY, descriptor_source="local://")  # raises: Failed skipping
    wrong/cut: _decoded(tf, b"\\x0a\\x05a", ["tag"], ["string"], VALUE, descriptor_source="local://")  # raises
    wrong/lengths: _decoded(tf, b"", ["tag"], [], VALUE, descriptor_source="local://")  # raises: same length
    wrong/source: _decoded(tf, b"", ["tag"], ["string"], descriptor_source="bytes://zz")  # raises: Source does not represent
    wrong/source_file: _decoded(tf, b"", ["tag"], ["string"], descriptor_source="/not/there")  # raises: Source does not represent
    wrong/write_size: tf.io.encode_proto([[3]], [[["a", "b"]]], ["tag"], VALUE)  # raises: 3 > 2 at message 0 field 0
    wrong/write_type: tf.io.encode_proto([[1]], [[[1]]], ["tag"], VALUE)  # raises: Saw dtype: int32 but field type is: string
    wrong/write_shape: tf.io.encode_proto([[1], [1]], [[["a"]]], ["tag"], VALUE)  # raises
    function: tf.function(lambda x: tf.io.decode_proto(x, VALUE, ["tag"], [tf.string]).values[0])(tf.constant([_value(tf, tag="a")]))
    batch: _decoded(tf, [[_value(tf, tag="a"), b""]], ["tag"], ["string"], VALUE, descriptor_source="local://")
    jxl/other: tf.io.decode_jxl(b"abc")  # raises: Unknown image file format
""")
