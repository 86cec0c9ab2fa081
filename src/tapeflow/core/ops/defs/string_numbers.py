"""Numbers and whole tensors as text, text as numbers."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.byte_strings import arranged, listed, shape_of
from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.base.number_text import printf_all, printf_floats, read_numbers, shortest
from tapeflow.core.ops.defs.string_text import same_shape
from tapeflow.core.ops.op import op


def _as_string(x, *, precision, scientific, shortest, width, fill):
    array = np.asarray(x)
    kind = array.dtype.kind
    fill = fill.encode() if isinstance(fill, str) else fill
    _check_format(array, precision, scientific, shortest, fill)
    flags, width = fill, b"" if width < 0 else b"%d" % width
    places = b"" if precision < 0 else b".%d" % precision
    letter = b"e" if scientific else b"g" if shortest else b"f"
    flat = array.ravel()
    if array.dtype == object:
        texts = [b"%%%s%s%ss" % (flags.replace(b"0", b""), width, places) % one for one in flat.tolist()]
    elif kind == "b":
        texts = np.where(flat, b"true", b"false").tolist()
    elif kind in "iu":
        flags = flags.strip(b"+ ") if kind == "u" else flags  # C's %u knows no signs
        plain = not flags and not width
        texts = _integers(flat.tolist()) if plain else printf_all(b"%" + flags + width + b"d", flat.tolist())
    elif kind == "c":
        real, imag = (printf_floats(flags, width + places + letter, part) for part in (flat.real, flat.imag))
        texts = [b"(%b,%b)" % pair for pair in zip(real, imag, strict=True)]
    else:
        texts = printf_floats(flags, width + places + letter, flat.astype(np.float64))
    return arranged(texts, array.shape)


def _integers(values):
    return repr(values)[1:-1].encode().split(b", ") if values else []


def _check_format(array, precision, scientific, shortest, fill):
    name = "string" if array.dtype == object else array.dtype.name
    if array.dtype.kind in "iub":
        if scientific or shortest:
            raise InvalidArgumentError(f"scientific and shortest format not supported for datatype {name}")
        if precision >= 0:
            raise InvalidArgumentError(f"precision not supported for datatype {name}")
    if scientific and shortest:
        raise InvalidArgumentError("Cannot select both scientific and shortest notation")
    if len(fill) > 1:
        raise InvalidArgumentError("Fill string must be one or fewer characters")
    if fill not in (b"", b" ", b"+", b"-", b"0", b"#"):
        raise InvalidArgumentError(f'Fill argument not supported: "{fill.decode("utf-8", "replace")}"')


as_string = op(
    "AsString", "input: T, *, precision: int = -1, scientific: bool = False, shortest: bool = False, width: int = -1, "
    "fill: string = '' -> output: string",
    T="float32 | float64 | int32 | uint8 | int16 | int8 | int64 | bfloat16 | uint16 | float16 | uint32 | uint64 | "
    "complex | bool | variant | string",
    kernel=_as_string, grad=None, shape=same_shape, samples=[
        lambda draw: (draw.ints((3,)),), lambda draw: (draw.floats((2, 2)), 3, True, False, 12, "0"),
        lambda draw: (draw.bools((2,)),), lambda draw: (draw.complexes((2,)),), lambda draw: (["a"],),
    ],
    doc="Numbers as text, in the manner of C's printf.",
)  # fmt: skip


def _to_number(x, *, out_type):
    strings = listed(x)
    numbers, wrong = read_numbers(strings, np.dtype(out_type.np))
    if wrong is not None:
        shown = strings[wrong].decode("utf-8", "backslashreplace")
        raise InvalidArgumentError(f"StringToNumberOp could not correctly convert string: {shown}")
    return numbers.reshape(shape_of(x))[()]


to_number = op(
    "StringToNumber", "string_tensor: string, *, out_type: type = float32 -> output: out_type",
    out_type="float32 | float64 | int32 | int64 | uint32 | uint64", kernel=_to_number, grad=None, shape=same_shape,
    samples=[lambda draw: (["1.5", " -2 ", "inf"],), lambda draw: (["1", "-2"], dtypes.int32)],
)  # fmt: skip


# -- tensors as text -----------------------------------------------------------------------------------

_ESCAPES = {ord(a): b for a, b in zip('\n\r\t"\'\\', ("\\n", "\\r", "\\t", '\\"', "\\'", "\\\\"), strict=True)}


def summary(array, summarize):
    """The elements of an array in brackets, at most `summarize` at each end of an axis (-1: all), as bytes."""
    ends = array.size if summarize < 0 else min(summarize, array.size)
    if array.dtype.kind == "c":
        return b"[" + b" ".join([b"?"] * ends) + (b"..." if ends < array.size else b"") + b"]"
    return _nested(array, ends, 0, array.ndim)


def _nested(array, ends, depth, rank):
    if depth == rank:
        return _element(array[()] if isinstance(array, np.ndarray) else array)
    count = len(array)
    spacing = b" " if depth == rank - 1 else b"\n" * (rank - depth - 1) + b" " * (depth + 1)
    first, last = range(min(ends, count)), range(max(ends, count - ends), count)
    text = spacing.join(_nested(array[i], ends, depth + 1, rank) for i in first)
    if count > 2 * ends:
        text += spacing + b"..."
    return b"[" + text + b"".join(spacing + _nested(array[i], ends, depth + 1, rank) for i in last) + b"]"


def _element(value):
    if isinstance(value, bytes):
        return b'"' + _escaped(value) + b'"'
    if isinstance(value, np.bool_):
        return b"1" if value else b"0"
    if value.dtype == np.float64:
        return shortest(value, 15, np.float64).encode()
    if value.dtype.kind in "iu":
        return str(value).encode()
    return shortest(np.float32(value), 6, np.float32).encode()


def _escaped(text):
    shown = text.decode("latin-1").translate(_ESCAPES)
    return "".join(c if " " <= c < "\x7f" or c >= "\x80" else f"\\{ord(c):03o}" for c in shown).encode("latin-1")


def _format(inputs, *, template, placeholder, summarize):
    pieces = _raw(template).split(_raw(placeholder))
    if len(pieces) != len(inputs) + 1:
        raise InvalidArgumentError(
            f"num placeholders in template and num inputs must match: {len(pieces) - 1} vs. {len(inputs)}"
        )
    text = pieces[0]
    for x, piece in zip(inputs, pieces[1:], strict=True):
        text += summary(np.asarray(x, object) if isinstance(x, bytes) else np.asarray(x), summarize) + piece
    return arranged([text], ())


def _raw(text):
    return text.encode() if isinstance(text, str) else text


string_format = op(
    "StringFormat", "inputs: list(T), *, template: string = '%s', placeholder: string = '%s', summarize: int = 3 "
    "-> output: string",
    T="any", kernel=_format, grad=None, shape=lambda shapes, attrs: [()],
    samples=lambda draw: ([draw.ints((10,)), ["a", "b"]], "x {} y {}", "{}"),
)  # fmt: skip
