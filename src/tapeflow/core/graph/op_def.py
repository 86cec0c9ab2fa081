"""What an op takes and gives as TensorFlow's `OpDef` message."""

from tapeflow.core.base.messages import message
from tapeflow.core.base.shapes import TensorShape
from tapeflow.core.base.tensor_message import shape_message
from tapeflow.core.ops.signature import REQUIRED


def op_def(record):
    """The `OpDef` message of an op's record."""
    result = message("OpDef")(name=record.op_name, is_stateful=record.stateful)
    kinds = {}
    for target, args in ((result.input_arg, record.inputs), (result.output_arg, record.outputs)):
        for arg in args:
            _arg(target.add(name=arg.name), arg, kinds)
    given = {attr.name: attr for attr in record.attrs}
    for name in sorted(kinds.keys() | given.keys()):
        attr = given.get(name)
        made = result.attr.add(name=name, type=kinds.get(name) or attr.kind)
        if attr is not None and attr.default is not REQUIRED:
            _put(made.default_value, attr.kind, attr.default)
        for dtype in record.types.get(name) or ():
            made.allowed_values.list.type.append(dtype.as_datatype_enum)
    return result


def _arg(made, arg, kinds):
    if arg.number_attr is not None:
        made.number_attr = arg.number_attr
        kinds[arg.number_attr] = "int"
    if arg.dtype is not None:
        made.type = arg.dtype.as_datatype_enum
    elif arg.is_list and arg.number_attr is None:
        made.type_list_attr = arg.type_attr
        kinds[arg.type_attr] = "list(type)"
    else:
        made.type_attr = arg.type_attr
        kinds[arg.type_attr] = "type"


_FIELDS = {"int": "i", "float": "f", "bool": "b", "string": "s", "type": "type", "shape": "shape"}


def _value(kind, value):
    if kind == "string":
        return value.encode() if isinstance(value, str) else value
    if kind == "type":
        return value.as_datatype_enum
    if kind == "shape":
        shape = TensorShape(value)
        return shape_message(None if shape.rank is None else shape.as_list())
    return value


def _put(target, kind, value):
    """Sets an `AttrValue` to a default."""
    if kind.startswith("list("):
        target.list.SetInParent()
        for one in value:
            getattr(target.list, _FIELDS[kind[5:-1]]).append(_value(kind[5:-1], one))
    elif kind == "shape":
        target.shape.CopyFrom(_value(kind, value))
    elif kind in _FIELDS and value is not None:
        setattr(target, _FIELDS[kind], _value(kind, value))
