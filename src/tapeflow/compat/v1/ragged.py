"""`tf.compat.v1.ragged`: `tf.ragged`, and the values of ragged tensors as sessions gave them."""

import numpy as np

from tapeflow.ragged import *  # noqa: F403 - the namespace is the other one and two names more


class RaggedTensorValue:
    """Values and row splits of a ragged tensor, as arrays.

    Args:
        values: Array, or another `RaggedTensorValue`.
        row_splits: Array of int32 or int64.

    Raises:
        TypeError: They are something else.
    """

    def __init__(self, values, row_splits):
        if not (isinstance(row_splits, (np.ndarray, np.generic)) and row_splits.dtype in (np.int64, np.int32)):
            raise TypeError("row_splits must be a numpy array of type int32 or int64")
        if not isinstance(values, (np.ndarray, np.generic, RaggedTensorValue)):
            raise TypeError("values must be a numpy array or a RaggedTensorValue")
        self._values, self._row_splits = values, row_splits

    row_splits = property(lambda self: self._row_splits, doc="The row splits.")
    values = property(lambda self: self._values, doc="The values.")
    dtype = property(lambda self: self._values.dtype, doc="The values' NumPy dtype.")

    @property
    def flat_values(self):
        """The innermost values."""
        return self._values.flat_values if isinstance(self._values, RaggedTensorValue) else self._values

    @property
    def nested_row_splits(self):
        """The row splits of every ragged dimension, outermost first."""
        inner = self._values.nested_row_splits if isinstance(self._values, RaggedTensorValue) else ()
        return (self._row_splits, *inner)

    @property
    def ragged_rank(self):
        """The number of ragged dimensions."""
        return len(self.nested_row_splits)

    @property
    def shape(self):
        """A tuple of sizes, None for ragged ones."""
        return (len(self._row_splits) - 1, None, *self._values.shape[1:])

    def __repr__(self):
        return f"tf.RaggedTensorValue(values={self._values!r}, row_splits={self._row_splits!r})"

    def __str__(self):
        return f"<tf.RaggedTensorValue {self.to_list()}>"

    def to_list(self):
        """Returns nested lists."""
        inner = self._values.to_list() if isinstance(self._values, RaggedTensorValue) else self._values.tolist()
        return [inner[a:b] for a, b in zip(self._row_splits[:-1], self._row_splits[1:], strict=True)]


def constant_value(pylist, dtype=None, ragged_rank=None, inner_shape=None, row_splits_dtype="int64"):
    """Makes arrays of nested lists, as `tf.ragged.constant` makes a ragged tensor.

    Args:
        pylist: Nested lists, tuples or arrays; scalars all at one depth.
        dtype: The NumPy dtype of the values, inferred by default.
        ragged_rank: How many dimensions are ragged; all but the outermost by default.
        inner_shape: The shape of the elements below the ragged dimensions.
        row_splits_dtype: int32 or int64.

    Returns:
        A `RaggedTensorValue`; an array if nothing is ragged.

    >>> str(tf.compat.v1.ragged.constant_value([[1, 2], [3]]))
    '<tf.RaggedTensorValue [[1, 2], [3]]>'
    """
    dtype = getattr(dtype, "as_numpy_dtype", dtype)
    is_text = dtype is not None and np.dtype(dtype).kind in "SUO"
    found = constant(  # noqa: F405
        pylist, None if is_text else dtype, ragged_rank, inner_shape, row_splits_dtype=row_splits_dtype
    )
    splits = getattr(found, "nested_row_splits", ())
    value = np.array(_leaves(pylist), dtype).reshape(getattr(found, "flat_values", found).shape)
    for one in reversed(splits):
        value = RaggedTensorValue(value, one.numpy())
    return value


def _leaves(item):
    """The scalars of nested lists and arrays, in order."""
    if isinstance(item, (list, tuple)) or (isinstance(item, np.ndarray) and item.ndim):
        return [leaf for one in item for leaf in _leaves(one)]
    return [item]
