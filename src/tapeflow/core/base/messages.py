"""TensorFlow's protocol buffer messages, declared in one table and made into classes when first asked for.

There is no generated code, so any protobuf runtime fits. Field numbers and types are those of TensorFlow's published
.proto files. The classes live in a descriptor pool of their own: TensorFlow may be loaded in the same process.
"""

from functools import cache

# Message: number name type, ... A type is a scalar's name, `rep TYPE`, `map KEY VALUE`, a message or an enum; what
# stands in braces is a oneof.
_TABLE = """
TensorShapeProto: 2 dim rep TensorShapeProto.Dim, 3 unknown_rank bool
TensorShapeProto.Dim: 1 size int64, 2 name string
TensorProto: 1 dtype DataType, 2 tensor_shape TensorShapeProto, 3 version_number int32, 4 tensor_content bytes,
    13 half_val rep int32, 5 float_val rep float, 6 double_val rep double, 7 int_val rep int32, 8 string_val rep bytes,
    9 scomplex_val rep float, 10 int64_val rep int64, 11 bool_val rep bool, 12 dcomplex_val rep double,
    14 resource_handle_val rep ResourceHandleProto, 15 variant_val rep VariantTensorDataProto,
    16 uint32_val rep uint32, 17 uint64_val rep uint64, 18 float8_val bytes
VariantTensorDataProto: 1 type_name string, 2 metadata bytes, 3 tensors rep TensorProto
ResourceHandleProto: 1 device string, 2 container string, 3 name string, 4 hash_code uint64, 5 maybe_type_name string,
    6 dtypes_and_shapes rep ResourceHandleProto.DtypeAndShape
ResourceHandleProto.DtypeAndShape: 1 dtype DataType, 2 shape TensorShapeProto
BytesList: 1 value rep bytes
FloatList: 1 value rep float
Int64List: 1 value rep int64
Feature: {kind 1 bytes_list BytesList, 2 float_list FloatList, 3 int64_list Int64List}
Features: 1 feature map string Feature
FeatureList: 1 feature rep Feature
FeatureLists: 1 feature_list map string FeatureList
Example: 1 features Features
AttrValue: {value 2 s bytes, 3 i int64, 4 f float, 5 b bool, 6 type DataType, 7 shape TensorShapeProto,
    8 tensor TensorProto, 1 list AttrValue.ListValue, 10 func NameAttrList, 9 placeholder string}
AttrValue.ListValue: 2 s rep bytes, 3 i rep int64, 4 f rep float, 5 b rep bool, 6 type rep DataType,
    7 shape rep TensorShapeProto, 8 tensor rep TensorProto, 9 func rep NameAttrList
NameAttrList: 1 name string, 2 attr map string AttrValue
NodeDef: 1 name string, 2 op string, 3 input rep string, 4 device string, 5 attr map string AttrValue
VersionDef: 1 producer int32, 2 min_consumer int32, 3 bad_consumers rep int32
OpDef: 1 name string, 2 input_arg rep OpDef.ArgDef, 3 output_arg rep OpDef.ArgDef, 17 is_stateful bool
OpDef.ArgDef: 1 name string, 2 description string, 3 type DataType, 4 type_attr string, 5 number_attr string,
    6 type_list_attr string
FunctionDef: 1 signature OpDef, 5 attr map string AttrValue, 3 node_def rep NodeDef, 4 ret map string string,
    6 control_ret map string string
GradientDef: 1 function_name string, 2 gradient_func string
FunctionDefLibrary: 1 function rep FunctionDef, 2 gradient rep GradientDef
GraphDef: 1 node rep NodeDef, 4 versions VersionDef, 3 version int32, 2 library FunctionDefLibrary
SequenceExample: 1 context Features, 2 feature_lists FeatureLists
"""

_ENUMS = {
    "DataType": """
        INVALID 0 FLOAT 1 DOUBLE 2 INT32 3 UINT8 4 INT16 5 INT8 6 STRING 7 COMPLEX64 8 INT64 9 BOOL
        10 QINT8 11 QUINT8 12 QINT32 13 BFLOAT16 14 QINT16 15 QUINT16 16 UINT16 17 COMPLEX128 18
        HALF 19 RESOURCE 20 VARIANT 21 UINT32 22 UINT64 23 FLOAT8_E5M2 24 FLOAT8_E4M3FN 25
        FLOAT8_E4M3FNUZ 26 FLOAT8_E4M3B11FNUZ 27 FLOAT8_E5M2FNUZ 28 INT4 29 UINT4 30 INT2 31 UINT2
        32""",
}

_SCALARS = {
    "double": 1, "float": 2, "int64": 3, "uint64": 4, "int32": 5, "bool": 8, "string": 9, "bytes": 12, "uint32": 13,
}  # fmt: skip
_MESSAGE, _ENUM = 11, 14
_OPTIONAL, _REPEATED = 1, 3


@cache
def message(name):
    """The class of a message, such as `message("TensorProto")`."""
    from google.protobuf import message_factory  # lazy: protobuf is slow to import, and few programs need messages

    return message_factory.GetMessageClass(_pool().FindMessageTypeByName(f"tensorflow.{name}"))


@cache
def _pool():
    from google.protobuf import descriptor_pb2, descriptor_pool  # lazy: as above

    file = descriptor_pb2.FileDescriptorProto(name="tapeflow/messages.proto", package="tensorflow", syntax="proto3")
    for name, text in _ENUMS.items():
        enum = file.enum_type.add(name=name)
        words = text.split()
        for word, number in zip(words[::2], words[1::2], strict=True):
            enum.value.add(name=f"DT_{word}", number=int(number))
    places = {}
    for line in _TABLE.replace("\n    ", " ").strip().splitlines():
        name, _, fields = line.partition(": ")
        outer, _, inner = name.rpartition(".")
        places[name] = (places[outer].nested_type if outer else file.message_type).add(name=inner)
        _add_fields(places[name], name, fields)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file) if hasattr(pool, "Add") else pool.AddSerializedFile(file.SerializeToString())
    return pool


def _add_fields(place, name, fields):
    oneof = None
    for field in fields.split(", "):
        if field.startswith("{"):
            oneof, _, field = field[1:].partition(" ")
            place.oneof_decl.add(name=oneof)
        number, label, kind = field.rstrip("}").split(" ", 2)
        added = place.field.add(name=label, number=int(number), label=_OPTIONAL)
        if kind.startswith("map "):
            _add_map(place, name, added, *kind.split()[1:])
        else:
            added.label = _REPEATED if kind.startswith("rep ") else _OPTIONAL
            _set_type(added, kind.removeprefix("rep "))
        if oneof is not None:
            added.oneof_index = 0
        oneof = None if field.endswith("}") else oneof


def _set_type(field, kind):
    if kind in _SCALARS:
        field.type = _SCALARS[kind]
    else:
        field.type = _ENUM if kind in _ENUMS else _MESSAGE
        field.type_name = f".tensorflow.{kind}"


def _add_map(place, name, field, key, value):
    """A map is a repeated message of key and value that says so."""
    entry = place.nested_type.add(name="".join(word.capitalize() for word in field.name.split("_")) + "Entry")
    entry.options.map_entry = True
    _set_type(entry.field.add(name="key", number=1, label=_OPTIONAL), key)
    _set_type(entry.field.add(name="value", number=2, label=_OPTIONAL), value)
    field.label, field.type = _REPEATED, _MESSAGE
    field.type_name = f".tensorflow.{name}.{entry.name}"
