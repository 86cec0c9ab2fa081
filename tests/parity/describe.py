"""Results as JSON trees: what is recorded from TensorFlow and compared with TapeFlow's."""

import re

import numpy as np

MESSAGE_LENGTH = 240
# Device names, addresses, node names and folders in TensorFlow's messages: nothing of it helps a reader.
NOISE = (
    r"\{\{function_node [^}]*\}\} |\[Op:\w+\]( name: ?)?|(?<=0x)[0-9a-f]+| ?; NodeDef: .*"
    r"|\sTraceback[\s\S]*"
    r"|(?:/[\w.+-]+)+/(?=tests/|site-packages/)"
    r"|(?:/[\w.+-]+)*/tmp[a-z0-9_]{8}\b"
)


def describe(value):
    """The tree of a case's result; a type that no rule knows is a mistake of the case."""
    for kind in type(value).__mro__:
        if kind.__name__ in RULES:
            return RULES[kind.__name__](value)
    raise TypeError(f"a parity case returned {type(value)}, which describe.py has no rule for")


def describe_error(error: BaseException):
    """Class names, nearest first up to the root, and the message."""
    names = [kind.__name__ for kind in type(error).__mro__ if issubclass(kind, Exception)]
    return {"error": names, "message": str(error)}


def recorded_error(tree):
    """What goes into the golden file: the class itself and the start of its message."""
    message = " ".join(re.sub(NOISE, "", tree["message"]).split())
    return {"error": tree["error"][0], "message": message[:MESSAGE_LENGTH]}


def _array(kind, x):
    return {kind: x.dtype.name, "shape": list(x.shape), "values": _values(x)}


def _tensor(kind, x):
    tree = {kind: x.dtype.name, "shape": x.shape.as_list()}
    return (
        tree if x.dtype.name in ("resource", "variant") else tree | {"values": _values(np.asarray(x.numpy()))}
    )


def _composite(x, *names):
    return {"composite": type(x).__name__, "parts": [[name, describe(getattr(x, name))] for name in names]}


def _tuple(x):
    tree = {"tuple": [describe(one) for one in x]}
    if type(x) is not tuple:
        tree |= {"named": type(x).__name__, "fields": list(getattr(x, "_fields", ()))}
    return tree


def _fact(x):
    return {"fact": repr(x)}


def _plain(x):
    return x


# By class name, so that one table serves both libraries; a subclass is described as its nearest base here.
RULES = {
    "NoneType": _plain,
    "bool": _plain,
    "str": _plain,
    "generic": lambda x: {"numpy": x.dtype.name, "shape": None, "values": _values(np.asarray(x))},
    "ndarray": lambda x: _array("numpy", x),
    "int": int,
    "float": lambda x: {"float": _number(x)},
    "complex": lambda x: {"complex": [_number(x.real), _number(x.imag)]},
    "bytes": lambda x: {"bytes": x.decode("latin-1")},
    "Variable": lambda x: _tensor("variable", x),
    "Tensor": lambda x: _tensor("tensor", x),
    "IndexedSlices": lambda x: _composite(x, "values", "indices", "dense_shape"),
    "SparseTensor": lambda x: _composite(x, "indices", "values", "dense_shape"),
    "RaggedTensor": lambda x: _composite(x, "values", "row_splits"),
    "DType": _fact,
    "TensorShape": _fact,
    "TypeSpec": _fact,
    "tuple": _tuple,
    "list": lambda x: {"list": [describe(one) for one in x]},
    "dict": lambda x: {"dict": [[describe(k), describe(v)] for k, v in x.items()]},
    "slice": lambda x: {"slice": [describe(part) for part in (x.start, x.stop, x.step)]},
    "type": lambda x: {"type": x.__name__},
}


def _values(array):
    flat = array.ravel()
    if flat.dtype.kind in "biu" or flat.dtype.name in ("int2", "int4", "uint2", "uint4"):
        return [one if isinstance(one, bool) else int(one) for one in flat.tolist()]
    if flat.dtype.kind in "OSU":
        return [one.decode("latin-1") if isinstance(one, bytes) else str(one) for one in flat.tolist()]
    if flat.dtype.kind == "c":
        return [number for one in flat for number in (_number(one.real), _number(one.imag))]
    return [_number(one) for one in flat]


def _number(x):
    """The shortest decimal that reads back as the same number; JSON has no words for NaN and infinities."""
    number = float(x)
    if not np.isfinite(number):
        return repr(number)
    short = float(str(x))
    return short if type(x) is not float and type(x)(short) == x else number
