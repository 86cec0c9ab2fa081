"""What an op takes and gives, written in one line and read here.

    "a: T, b: T, *, transpose_a: bool = False -> product: T"
    "input: T, axis: const Tidx, *, keep_dims: bool = False -> output: T"
    "values: N*T, axis: const Tidx -> output: T"            N tensors of one dtype
    "data: list(Tlist) -> output: string"                   tensors of any dtypes

Before the star come the inputs, after it the attributes; `const` marks an input that a compiler must know as a
number (a shape, an axis). A type is a dtype's name, or a type attribute that the keywords of `op` constrain.
"""

import ast
import re
from dataclasses import dataclass

from tapeflow.core.base import dtypes

REQUIRED = object()


@dataclass(slots=True, frozen=True)
class Arg:
    """An input or an output: `dtype` if it is fixed, else the name of the type attribute."""

    name: str
    dtype: object = None
    type_attr: str | None = None
    number_attr: str | None = None  # N of N*T
    is_list: bool = False  # N*T or list(T)
    const: bool = False


@dataclass(slots=True, frozen=True)
class Attr:
    """An attribute that the caller gives: its kind (`int`, `bool`, `type`, `shape`, `list(int)`…) and default."""

    name: str
    kind: str
    default: object = REQUIRED


@dataclass(slots=True, frozen=True)
class Signature:
    """The parsed line."""

    inputs: tuple
    attrs: tuple
    outputs: tuple


def parse(text):
    """Reads a signature line."""
    left, right = text.split("->")
    inputs, _, attrs = left.partition("*,")
    return Signature(
        tuple(_arg(part) for part in _split(inputs)),
        tuple(_attr(part) for part in _split(attrs)),
        tuple(_arg(part) for part in _split(right)),
    )


def _split(text):
    """The comma-separated parts, brackets respected."""
    parts = re.split(r",(?![^\[\(]*[\]\)])", text)
    return [part.strip() for part in parts if part.strip()]


def _arg(text):
    name, _, kind = (part.strip() for part in text.partition(":"))
    const = kind.startswith("const ")
    kind = kind.removeprefix("const ").strip()
    if kind.startswith("list("):
        return Arg(name, type_attr=kind[5:-1], is_list=True, const=const)
    number, star, kind = kind.rpartition("*")
    known = dtypes.NAMES.get(kind)
    return Arg(name, known, None if known else kind, number or None, bool(star), const)


def _attr(text):
    name, _, rest = (part.strip() for part in text.partition(":"))
    kind, equals, default = (part.strip() for part in rest.partition("="))
    if not equals:
        return Attr(name, kind)
    if kind == "type":
        return Attr(name, kind, dtypes.NAMES[default])
    return Attr(name, kind, ast.literal_eval(default))


# -- sets of dtypes, by name -----------------------------------------------------------------------

_FLOATING = "bfloat16 float16 float32 float64"
_INTEGER = "int8 int16 int32 int64 uint8 uint16 uint32 uint64"
_COMPLEX = "complex64 complex128"
GROUPS = {
    "floating": _FLOATING,
    "integer": _INTEGER,
    "signed": "int8 int16 int32 int64",
    "complex": _COMPLEX,
    "real": f"{_FLOATING} {_INTEGER}",
    "numeric": f"{_FLOATING} {_INTEGER} {_COMPLEX}",
    "index": "int32 int64",
    "quantized": "qint8 quint8 qint32 qint16 quint16",
}


def dtype_set(text):
    """The dtypes of `"floating | complex | string"`, in TensorFlow's order; None for `"any"`."""
    if text == "any":
        return None
    names = [name for part in text.split("|") for name in GROUPS.get(part.strip(), part.strip()).split()]
    return tuple(dtypes.NAMES[name] for name in names)
