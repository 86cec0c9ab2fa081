"""`tf.io`: strings that hold numbers, records or tensors; `tf.edit_distance`."""

import itertools

from tapeflow.core.base import dtypes
from tapeflow.core.ops.defs import decode as ops
from tapeflow.core.ops.defs.edit_distance import edit_distance as edit_distance_op
from tapeflow.core.values.convert import convert


def decode_raw(input_bytes, out_type, little_endian=True, fixed_length=None, name=None):
    """Reads strings as the bytes of numbers.

    Args:
        input_bytes: A string tensor, all of whose strings have one length.
        out_type: The dtype of the numbers.
        little_endian: Whether the lowest byte of a number comes first.
        fixed_length: The length in bytes that longer strings are cut to and shorter ones filled up to with zeros.
        name: Optional name.

    Returns:
        A tensor with one more axis than `input_bytes`.

    Raises:
        InvalidArgumentError: The strings have different lengths, or one that no number of values has.

    >>> tf.io.decode_raw(b"\\x01\\x00\\x02\\x00", tf.int16).numpy()
    array([1, 2], dtype=int16)
    """
    if fixed_length is None:
        return ops.decode_raw(_strings(input_bytes), out_type, little_endian)
    return ops.decode_padded_raw(_strings(input_bytes), fixed_length, out_type, little_endian)


def decode_csv(
    records, record_defaults, field_delim=",", use_quote_delim=True, na_value="", select_cols=None, name=None
):
    """Reads records of separated values, one tensor for each column.

    Args:
        records: A string tensor, one record each.
        record_defaults: For each column a value for where there is none, which tells the dtype too; an empty
            tensor if there always has to be one.
        field_delim: One character, between the fields.
        use_quote_delim: Whether a field may stand in double quotes.
        na_value: What else means that there is no value.
        select_cols: The numbers of the columns to read, in order; all by default.
        name: Optional name.

    Returns:
        A list of tensors, each shaped like `records`.

    Raises:
        InvalidArgumentError: A record is malformed.
        ValueError: `select_cols` makes no sense.

    >>> [column.numpy().tolist() for column in tf.io.decode_csv(["1,a", "2,b"], [0, ""])]
    [[1, 2], [b'a', b'b']]
    """
    record_defaults = list(record_defaults)
    for default in record_defaults:
        if getattr(getattr(default, "shape", None), "rank", 0) not in (0, 1, None):
            _too_deep()
        if isinstance(default, (list, tuple)) and default and isinstance(default[0], (list, tuple)):
            _too_deep()
    if select_cols is not None:
        if any(b <= a for a, b in itertools.pairwise(select_cols)):
            raise ValueError("select_cols is not strictly increasing.")
        if select_cols and select_cols[0] < 0:
            raise ValueError("select_cols contains negative values.")
        if len(select_cols) != len(record_defaults):
            raise ValueError("Length of select_cols and record_defaults do not match.")
    return ops.decode_csv(
        _strings(records), record_defaults, field_delim, use_quote_delim, na_value, list(select_cols or ())
    )


def _too_deep():
    from tapeflow.core.base.errors import InvalidArgumentError

    raise InvalidArgumentError("Each record default should be at most rank 1")


def _strings(x):
    """The strings as a tensor; an empty list counts as one of strings."""
    return convert(x, dtypes.string) if isinstance(x, (list, tuple)) else x


def parse_tensor(serialized, out_type, name=None):
    """Returns the tensor that `serialize_tensor` made a string of.

    Args:
        serialized: A scalar string.
        out_type: The dtype of the tensor.
        name: Optional name.

    Raises:
        InvalidArgumentError: The string is no tensor, or one of another dtype.

    >>> tf.io.parse_tensor(tf.io.serialize_tensor([1, 2]), tf.int32).numpy()
    array([1, 2], dtype=int32)
    """
    return ops.parse_tensor(serialized, out_type)


def edit_distance(hypothesis, truth, normalize=True, name="edit_distance"):
    """Returns how many insertions, deletions and replacements lead from one sequence to the other.

    Args:
        hypothesis, truth: Sparse tensors of one rank N, sequences along the last axis.
        normalize: Whether to divide by the length of the true sequence.
        name: Optional name.

    Returns:
        float32 of rank N - 1; infinite where the true sequence is empty and the other is not.

    Raises:
        TypeError: One is not a sparse tensor.
    """
    parts = []
    for x, what in ((hypothesis, "Hypothesis"), (truth, "Truth")):
        if not (hasattr(x, "dense_shape") and hasattr(x, "indices")):
            raise TypeError(f"{what} must be a SparseTensor.")
        parts += [x.indices, x.values, x.dense_shape]
    return edit_distance_op(*parts, normalize=normalize)
