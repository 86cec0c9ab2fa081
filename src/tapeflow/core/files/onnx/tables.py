"""Lookup tables, as they are when the model is exported; and the few ops of strings that ONNX has."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.files.onnx.elementwise import choose
from tapeflow.core.files.onnx.table import converts, dtype_of, text
from tapeflow.core.files.onnx.values import Refused, TableValue, Value

# The domain of ONNX's operators for other models than networks, among them a dictionary.
_ML = "ai.onnx.ml"


def table_value(x):
    """What stands for a captured tensor, if it is the handle of a filled lookup table; else None."""
    from tapeflow.core.base.hash_table import HashTable

    if x.dtype is not dtypes.resource:
        return None
    thing = np.asarray(x.host)[()]
    return TableValue(thing) if isinstance(thing, HashTable) and thing.initialized else None


@converts("LookupTableFindV2")
def _find(c, handle, keys, default):
    b, table = c.b, _table(handle)
    if table.key_shape or table.value_shape:
        raise Refused("a table of vectors")
    known, values = table.export()
    values = np.asarray(values)
    if len(known) == 0:
        return b.node("Expand", [default, b.shape(keys)], dtype_of(default))
    attrs = {"values_int64s": list(range(len(known))), "default_int64": -1}
    if table.key_dtype is dtypes.string:
        attrs["keys_strings"] = [key if isinstance(key, bytes) else key.encode() for key in known]
    elif table.key_dtype.is_integer:
        keys, attrs["keys_int64s"] = b.cast(keys, dtypes.int64), [int(key) for key in known]
    else:
        raise Refused(f"a table with keys of {table.key_dtype.name}")
    place = b.node("LabelEncoder", [keys], dtypes.int64, domain=_ML, **attrs)
    found = b.node("Gather", [values, b.node("Max", [place, np.int64(0)])], table.value_dtype, axis=0)
    return choose(b, b.binary("Less", place, 0, dtypes.bool), default, found)


@converts("LookupTableSizeV2")
def _size(c, handle):
    return np.int64(len(_table(handle)))


def _table(handle):
    if not isinstance(handle, TableValue):
        raise Refused("a table that is not known")
    return handle.table


# -- strings ---------------------------------------------------------------------------------------


@converts("StringJoin")
def _join(c, inputs):
    b = c.b
    _from(b, 20, "joins strings")
    separator = text(c.attr("separator", ""))
    found = inputs[0]
    for x in inputs[1:]:
        if separator:
            found = b.node("StringConcat", [found, np.array(separator.encode(), object)], dtypes.string)
        found = b.node("StringConcat", [found, x], dtypes.string)
    return found if isinstance(found, Value) else b.plain(found)


@converts("StaticRegexFullMatch")
def _full_match(c, x):
    _from(c.b, 20, "matches strings")
    return c.b.node("RegexFullMatch", [x], dtypes.bool, pattern=text(c.attr("pattern")))


def _from(b, opset, what):
    if b.opset < opset:
        raise Refused(f"ONNX {what} from opset {opset} on")
