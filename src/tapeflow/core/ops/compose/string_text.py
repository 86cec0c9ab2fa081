"""`tf.strings`: functions of strings whose result is a plain tensor."""

from tapeflow.core.base import dtypes
from tapeflow.core.ops.compose.array import rank
from tapeflow.core.ops.compose.creation import range as range_
from tapeflow.core.ops.defs import string_hash, string_join, string_numbers, string_text
from tapeflow.core.ops.registry import get
from tapeflow.core.values.convert import convert


def join(inputs, separator="", name=None):
    """Joins strings elementwise; scalars are joined to every element.

    Args:
        inputs: List of string tensors, all of one shape or scalars.
        separator: Between the strings.
        name: Optional name.

    Returns:
        A string tensor of that shape.

    Raises:
        InvalidArgumentError: The shapes differ.

    >>> tf.strings.join(["a", ["b", "c"]], separator="-").numpy().tolist()
    [b'a-b', b'a-c']
    """
    if not isinstance(inputs, (list, tuple)):
        if isinstance(inputs, (str, bytes)):
            raise TypeError(f"Expected list for 'inputs' argument to 'string_join' Op, not {inputs!r}.")
        inputs = list(inputs)
    return string_join.join(inputs, separator)


def reduce_join(inputs, axis=None, keepdims=False, separator="", name=None):
    """Joins the strings along axes.

    Args:
        inputs: A string tensor.
        axis: Axis or axes, joined in the order given; by default all, the last first.
        keepdims: Whether to keep the axes, with size 1.
        separator: Between the strings.
        name: Optional name.

    Returns:
        A string tensor without the axes.

    Raises:
        OutOfRangeError: There is no such axis.

    >>> tf.strings.reduce_join([["a", "b"], ["c", "d"]], 0).numpy().tolist()
    [b'ac', b'bd']
    """
    inputs = convert(inputs)
    if axis is None:
        known = inputs.shape.rank
        axis = list(range(known))[::-1] if known is not None else range_(rank(inputs) - 1, -1, -1)
    if isinstance(axis, (list, tuple)) and not axis:
        axis = convert([], dtypes.int32)
    return string_join.reduce_join(inputs, axis, keepdims, separator)


def unsorted_segment_join(inputs, segment_ids, num_segments, separator="", name=None):
    """Joins the strings of each segment.

    Args:
        inputs: A string tensor.
        segment_ids: Integers, shaped like the first axes of `inputs`.
        num_segments: How many segments there are.
        separator: Between the strings.
        name: Optional name.

    Returns:
        A string tensor with an element or slice for each segment, empty strings where there is nothing to join.

    >>> tf.strings.unsorted_segment_join(["a", "b", "c"], [1, 0, 1], 2).numpy().tolist()
    [b'b', b'ac']
    """
    return string_join.segment_join(inputs, segment_ids, num_segments, separator)


def length(input, unit="BYTE", name=None):
    """Returns the lengths of strings, int32.

    Args:
        input: A string tensor.
        unit: `"BYTE"`, or `"UTF8_CHAR"` for characters.
        name: Optional name.

    >>> tf.strings.length(["a", "é"]).numpy().tolist()
    [1, 2]
    """
    return string_text.length(input, unit)


def substr(input, pos, len, unit="BYTE", name=None):
    """Cuts a part out of each string.

    Args:
        input: A string tensor.
        pos: Where the part begins, from the end if negative; a scalar or a shape that broadcasts with `input`.
        len: How long it is at most, shaped like `pos`.
        unit: `"BYTE"`, or `"UTF8_CHAR"` to count characters.
        name: Optional name.

    Raises:
        InvalidArgumentError: `pos` lies outside of a string.

    >>> tf.strings.substr(["hello", "world"], 1, 3).numpy().tolist()
    [b'ell', b'orl']
    """
    pos, len = _of_one_dtype(pos, len)
    return string_text.substr(input, pos, len, unit)


def _of_one_dtype(pos, len):
    """Two positions as tensors; a Python number takes the dtype of the other."""
    if hasattr(len, "dtype") and not hasattr(pos, "dtype"):
        len = convert(len)
        return convert(pos, hint=len.dtype), len
    return pos, len


def to_number(input, out_type=dtypes.float32, name=None):
    """Reads a number from each string.

    Args:
        input: A string tensor.
        out_type: float32, float64, int32, int64, uint32 or uint64.
        name: Optional name.

    Raises:
        InvalidArgumentError: A string is no number of that type.

    >>> tf.strings.to_number(["1.5", " 2 "]).numpy()
    array([1.5, 2. ], dtype=float32)
    """
    return string_numbers.to_number(input, out_type)


def to_hash_bucket(input, num_buckets, name=None):
    """Returns which of `num_buckets` buckets each string falls into, by an older hash: prefer `to_hash_bucket_fast`.

    >>> tf.strings.to_hash_bucket(["a", ""], 10).numpy().tolist()
    [8, 9]
    """
    return string_hash.to_hash_bucket(input, num_buckets)


def string_format(template, inputs, placeholder="{}", summarize=3, name=None):
    """Puts tensors, as text, in the places of a template.

    Args:
        template: A string.
        inputs: A tensor, or a list of them, one for each placeholder.
        placeholder: What marks a place.
        summarize: How many elements to show at each end of every axis; -1 for all.
        name: Optional name.

    Returns:
        A scalar string.

    Raises:
        ValueError: There are more or fewer tensors than places.

    >>> tf.strings.format("x = {}", tf.range(10)).numpy()
    b'x = [0 1 2 ... 7 8 9]'
    """
    from tapeflow.core.values.tensor import Tensor

    if isinstance(inputs, Tensor) or hasattr(type(inputs), "_type_spec"):
        inputs = [inputs]
    expected = template.count(placeholder)
    if expected != len(inputs):
        raise ValueError(
            f"The template expects {expected} tensors, but the inputs only has {len(inputs)}. Please ensure the "
            "number of placeholders in template matches inputs length."
        )
    return string_numbers.string_format(list(inputs), template, placeholder, summarize)


def fingerprint(data, method="farmhash64", name=None):
    """Hashes each row of a tensor.

    Args:
        data: A tensor of rank 1 or more.
        method: `"farmhash64"`.
        name: Optional name.

    Returns:
        uint8 [rows, 8].

    >>> tf.fingerprint(["a"]).numpy().tolist()
    [[227, 117, 223, 182, 101, 66, 69, 179]]
    """
    return get("Fingerprint")(data, method)
