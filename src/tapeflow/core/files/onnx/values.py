"""What stands for a tensor while an ONNX graph is written: a NumPy array that is known, or one of these."""

from dataclasses import dataclass

from tapeflow.core.base import dtypes
from tapeflow.core.base.errors import UnimplementedError

# ONNX's numbers of element types, by TensorFlow's names.
ELEMENT_TYPES = {
    "float32": 1, "uint8": 2, "int8": 3, "uint16": 4, "int16": 5, "int32": 6, "int64": 7, "string": 8, "bool": 9,
    "float16": 10, "float64": 11, "uint32": 12, "uint64": 13, "bfloat16": 16,
}  # fmt: skip


class Refused(Exception):
    """An op that cannot be written, and why."""


@dataclass(slots=True, frozen=True, eq=False)
class Value:
    """A value of an ONNX graph.

    Attributes:
        name: How nodes call it.
        dtype: The `DType` of its elements.
        perm: None, or where the tensor's axes are: axis i of the tensor is axis `perm[i]` of the ONNX value. So are
            images kept with their channels first from one convolution to the next.
    """

    name: str
    dtype: dtypes.DType
    perm: tuple[int, ...] | None = None


@dataclass(slots=True, frozen=True, eq=False)
class ComplexValue:
    """A complex tensor, as two real ones.

    Attributes:
        real, imag: Known arrays, or values with their axes in place.
    """

    real: object
    imag: object


@dataclass(slots=True, frozen=True, eq=False)
class TableValue:
    """The handle of a lookup table.

    Attributes:
        table: The `HashTable`.
    """

    table: object


@dataclass(slots=True, frozen=True, eq=False)
class ListValue:
    """A list of tensors, of one shape: `buffer` has them along axis 0; it is None while nothing was written.

    Attributes:
        buffer: A known array, a `Value` or None.
        size: How many there are: a known array or a scalar `Value`.
        dtype: The `DType` of the elements.
        sizes: An element's sizes with None for unknown ones; None if not even their number is known.
        is_open: Whether the elements may still have size 1 along every axis, instead of the sizes of what will be
            written.
    """

    buffer: object
    size: object
    dtype: dtypes.DType
    sizes: tuple[int | None, ...] | None = None
    is_open: bool = False


@dataclass(slots=True, frozen=True, eq=False)
class Slot:
    """A list inside a loop that sets one element in each repetition and does nothing else with it.

    Attributes:
        dtype: The `DType` of the elements.
        item: What this repetition has set, None before.
    """

    dtype: dtypes.DType
    item: object = None


class Absent:
    """What an op would have given that could not be written; what depends on it is not written either."""


ABSENT = Absent()


def element_type(dtype):
    """ONNX's number of a dtype.

    Raises:
        Refused: It has none.
    """
    found = ELEMENT_TYPES.get(dtype.name)
    if found is None:
        raise Refused(f"ONNX has no tensors of {dtype.name}")
    return found


def package():
    """The package `onnx`.

    Raises:
        UnimplementedError: It is not installed.
    """
    try:
        import onnx  # lazy: an extra
    except ModuleNotFoundError:
        raise UnimplementedError("ONNX files need the package onnx", hint="pip install tapeflow[onnx]") from None
    return onnx
