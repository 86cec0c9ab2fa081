"""Where the keys and values of a static table come from."""

import os

from tapeflow.core.base import dtypes
from tapeflow.core.base.trackable import Trackable
from tapeflow.core.base.vocabulary_file import LINE_NUMBER, WHOLE_LINE, read_vocabulary
from tapeflow.core.values.convert import convert
from tapeflow.core.values.symbol import constant_value
from tapeflow.core.values.tensor import EagerTensor


class TextFileIndex:
    """What `TextFileInitializer` takes as a key or value, beside the number of a column."""

    WHOLE_LINE = WHOLE_LINE
    LINE_NUMBER = LINE_NUMBER


class TableInitializerBase(Trackable):
    """What initializers share: the dtypes."""

    def __init__(self, key_dtype, value_dtype):
        self._key_dtype = dtypes.as_dtype(key_dtype)
        self._value_dtype = dtypes.as_dtype(value_dtype)

    @property
    def key_dtype(self):
        """The dtype of the keys."""
        return self._key_dtype

    @property
    def value_dtype(self):
        """The dtype of the values."""
        return self._value_dtype

    def content(self):
        """The keys and the values, as arrays."""
        raise NotImplementedError("an initializer gives keys and values")

    def initialize(self, table):
        """Fills `table`.

        Raises:
            TypeError: Its dtypes are others.
        """
        if table.key_dtype != self.key_dtype:
            raise TypeError(
                f"Invalid key dtype for table, expected {self.key_dtype} but got {table.key_dtype}."
            )
        if table.value_dtype != self.value_dtype:
            raise TypeError(
                f"Invalid value dtype for table, expected {self.value_dtype} but got {table.value_dtype}."
            )
        table.resource_handle.host[()].fill(*self.content())


class KeyValueTensorInitializer(TableInitializerBase):
    """Keys and values from tensors.

    Args:
        keys, values: Tensors of one shape.
        key_dtype, value_dtype: Their dtypes, if they are not clear.
        name: Optional name.

    >>> pairs = tf.lookup.KeyValueTensorInitializer(["a", "b"], [1, 2])
    >>> tf.lookup.StaticHashTable(pairs, default_value=-1).lookup(tf.constant(["b", "c"])).numpy()
    array([ 2, -1], dtype=int32)
    """

    def __init__(self, keys, values, key_dtype=None, value_dtype=None, name=None):
        self._keys = convert(keys, None if key_dtype is None else dtypes.as_dtype(key_dtype))
        self._values = convert(values, None if value_dtype is None else dtypes.as_dtype(value_dtype))
        self._name = name if name is not None else "key_value_init"
        super().__init__(self._keys.dtype, self._values.dtype)

    def content(self):
        """The keys and the values, as arrays."""
        content = constant_value(self._keys), constant_value(self._values)
        if any(one is None for one in content):
            raise ValueError("the keys and values of a table must be known when the table is made")
        return content


class TextFileInitializer(TableInitializerBase):
    """Keys and values from the lines of a text file.

    Args:
        filename: The file.
        key_dtype: The dtype of the keys.
        key_index: The column of the keys, `TextFileIndex.WHOLE_LINE` or `TextFileIndex.LINE_NUMBER`.
        value_dtype: The dtype of the values.
        value_index: The column of the values, or one of `TextFileIndex`.
        vocab_size: How many lines to read, all by default.
        delimiter: Between the columns.
        name: Optional name.
        value_index_offset: Added to the line numbers.

    Raises:
        ValueError: An index or size makes no sense.
    """

    def __init__(
        self, filename, key_dtype, key_index, value_dtype, value_index, vocab_size=None, delimiter="\t", name=None,
        value_index_offset=0,
    ):  # fmt: skip
        if not isinstance(filename, EagerTensor) and not filename:
            raise ValueError("`filename` argument required for tf.lookup.TextFileInitializer")
        key_dtype, value_dtype = dtypes.as_dtype(key_dtype), dtypes.as_dtype(value_dtype)
        _check_index("key", key_index, key_dtype)
        _check_index("value", value_index, value_dtype)
        if vocab_size is not None and vocab_size <= 0:
            raise ValueError(f"`vocab_size` should be > 0, received: {vocab_size}")
        self._filename_arg = filename
        self._filename = convert(os.fspath(filename) if isinstance(filename, os.PathLike) else filename)
        self._key_index, self._value_index = int(key_index), int(value_index)
        self._vocab_size, self._delimiter, self._offset = vocab_size, delimiter, value_index_offset
        self._name = name
        super().__init__(key_dtype, value_dtype)

    def content(self):
        """The keys and the values, as arrays."""
        filename = constant_value(self._filename)
        return read_vocabulary(
            filename[()], self._key_dtype, self._key_index, self._value_dtype, self._value_index,
            -1 if self._vocab_size is None else self._vocab_size, self._delimiter, self._offset,
        )  # fmt: skip


def _check_index(what, index, dtype):
    if index < WHOLE_LINE:
        raise ValueError(f"`{what}_index` should be >= {WHOLE_LINE}, received: {index}")
    if index == LINE_NUMBER and dtype is not dtypes.int64:
        raise ValueError(f"`{what}_dtype` must be int64 for `{what}_index` {index}, received: {dtype}")
    if index == WHOLE_LINE and not (dtype is dtypes.string or dtype.is_integer):
        raise ValueError(
            f"`{what}_dtype` should be either integer or string for `{what}_index` {index}, received: {dtype}"
        )
