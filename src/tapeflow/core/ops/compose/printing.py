"""`tf.print`: tensors as text, the way TensorFlow's StringFormat op writes them."""

import sys

import numpy as np

from tapeflow.core.base import dtypes, nest
from tapeflow.core.base.composite import CompositeTensor
from tapeflow.core.values.convert import convert
from tapeflow.core.values.symbol import deferred
from tapeflow.core.values.tensor import Tensor
from tapeflow.core.values.variable import Variable

_DIGITS = {"float16": 4, "bfloat16": 3, "float32": 9, "float64": 17}


def print_(*inputs, **kwargs):
    """Prints tensors and other values, large tensors shortened.

    Args:
        *inputs: Tensors, structures of tensors, anything with a `str`.
        output_stream: `sys.stderr` (the default), `sys.stdout`, another open text file, or `"file://path"`.
        summarize: How many elements to show at each end of every axis; -1 for all. 3 by default.
        sep: Between the inputs, a space by default.
        end: After them, a newline by default.
        name: Optional name.

    Raises:
        ValueError: An argument is unknown.
    """
    node = deferred("PrintV2", print_, inputs, kwargs, always=True)
    if node is not None:
        return node
    known = {"output_stream": sys.stderr, "name": None, "summarize": 3, "sep": " ", "end": "\n"}
    unknown = sorted(set(kwargs) - set(known))
    if unknown:
        raise ValueError(f"Unrecognized keyword arguments for tf.print: {unknown}")
    options = known | kwargs
    summarize = 3 if options["summarize"] is None else int(options["summarize"])
    if len(inputs) == 1 and getattr(inputs[0], "dtype", None) is dtypes.string and inputs[0].shape.rank == 0:
        text = inputs[0].numpy().decode("utf-8", "backslashreplace") + options["end"]  # bare, if it is all there is
    else:
        text = options["sep"].join(_shown(x, summarize) for x in inputs) + options["end"]
    stream = options["output_stream"]
    if isinstance(stream, str):
        if not stream.startswith("file://"):
            raise ValueError(f"Unknown output stream, logging level, or file. {stream}")
        with open(stream.removeprefix("file://"), "a") as file:
            file.write(text)
        return None
    stream.write(text)
    return None


def _shown(x, summarize):
    """One argument's text."""
    if isinstance(x, str):
        return x
    if isinstance(x, (Tensor, Variable)):
        return tensor_text(x, summarize)
    if isinstance(x, CompositeTensor):
        return _composite_text(x, summarize)
    if nest.is_nested(x):
        return str(nest.map_structure(lambda leaf: _Verbatim(_leaf(leaf, summarize)), x))
    return str(x)


def _leaf(x, summarize):
    if isinstance(x, CompositeTensor):
        return _composite_text(x, summarize)
    return tensor_text(x, summarize) if isinstance(x, (Tensor, Variable)) else repr(x)


def _composite_text(x, summarize):
    kind = type(x).__name__
    if kind == "RaggedTensor":
        from tapeflow.core.ops.compose.ragged_text import ragged_text  # lazy: only who has one prints one

        return ragged_text(x, summarize).numpy().decode("utf-8", "backslashreplace")
    if kind == "SparseTensor":
        parts = [tensor_text(part, summarize) for part in (x.indices, x.values, x.dense_shape)]
        return "'SparseTensor(indices={}, values={}, shape={})'".format(*parts)
    return str(x)


class _Verbatim(str):
    """Text that shows without quotes inside `str` of a list."""

    def __repr__(self):
        return str(self)


def tensor_text(x, summarize=3):
    """The elements of a tensor in brackets, at most `summarize` at each end of an axis (-1: all)."""
    tensor = convert(x)
    return _array_text(np.asarray(tensor.host), tensor.dtype, summarize, 0)


def _array_text(array, dtype, summarize, depth):
    if np.ndim(array) == 0:  # a string inside an array of strings has no `ndim` of its own
        return element_text(array[()] if isinstance(array, np.ndarray) else array, dtype)
    short = summarize >= 0 and len(array) > 2 * summarize
    indices = [*range(summarize), None, *range(len(array) - summarize, len(array))] if short else range(len(array))
    parts = ["..." if i is None else _array_text(array[i], dtype, summarize, depth + 1) for i in indices]
    if array.ndim == 1:
        return f"[{' '.join(parts)}]"
    return "[" + ("\n" * (array.ndim - 1) + " " * (depth + 1)).join(parts) + "]"


def element_text(value, dtype):
    """One element as TensorFlow prints it: strings in quotes, floats with all their digits."""
    if dtype is dtypes.string:
        return '"' + value.decode("utf-8", "backslashreplace") + '"'
    if dtype is dtypes.bool:
        return "1" if value else "0"
    if dtype.is_floating:
        number = float(value)
        if number != number or number in (float("inf"), float("-inf")):
            return str(number)
        text = f"{number:.{_DIGITS.get(dtype.name, 9)}g}"
        short = f"{number:.6g}"
        return short if dtype.np.type(float(short)) == value else text
    if dtype.is_complex:
        return f"({value.real:g},{value.imag:g})"
    return str(value)
