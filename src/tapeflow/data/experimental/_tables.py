"""Lookup tables filled from datasets."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.specs import TensorSpec
from tapeflow.core.data.simple import _AssertCardinalityDataset
from tapeflow.core.track.lookup import StaticHashTable, StaticVocabularyTable
from tapeflow.core.track.lookup_initializers import TableInitializerBase


class DatasetInitializer(TableInitializerBase):
    """Keys and values from a dataset of pairs of scalars.

    Args:
        dataset: The dataset.

    Raises:
        ValueError: Its elements are no such pairs.
    """

    def __init__(self, dataset):
        self.dataset = dataset
        spec = dataset.element_spec
        is_pair = isinstance(spec, tuple) and len(spec) == 2
        if not is_pair or not all(isinstance(s, TensorSpec) and s.shape.rank == 0 for s in spec):
            raise ValueError(f"elem_spec: the dataset must give pairs of scalars, not {spec}")
        super().__init__(spec[0].dtype, spec[1].dtype)

    def content(self):
        """The keys and the values, as arrays."""
        columns = [[], []]
        cursor = self.dataset.run_cursor()
        while (row := cursor.next()) is not None:
            for column, x in zip(columns, row, strict=True):
                column.append(x[()])
        return tuple(
            np.array(c, object if d is dtypes.string else d.as_numpy_dtype)
            for c, d in zip(columns, (self.key_dtype, self.value_dtype), strict=True)
        )


def table_from_dataset(
    dataset=None, num_oov_buckets=0, vocab_size=None, default_value=None, hasher_spec=None, key_dtype=dtypes.string,
    name=None,
):  # fmt: skip
    """Makes a lookup table of a dataset of pairs of a key and a value.

    Args:
        dataset: The dataset.
        num_oov_buckets: How many numbers keys outside of it share.
        vocab_size: How many pairs there are, if that is known.
        default_value: The value of other keys; -1 by default.
        hasher_spec: Accepted.
        key_dtype: The dtype of the keys.
        name: Optional name.

    Raises:
        ValueError, TypeError: The arguments do not go together.
    """
    initializer = DatasetInitializer(dataset)
    key_dtype = dtypes.as_dtype(key_dtype)
    if default_value is None:
        default_value = -1
        if not (initializer.value_dtype.is_integer or initializer.value_dtype.is_floating):
            raise ValueError(
                "`default_value` must be specified when creating a table from a dataset that produces values of type "
                f"{initializer.value_dtype}."
            )
    if num_oov_buckets < 0:
        raise ValueError(f"`num_oov_buckets` must be greater than or equal to 0, got {num_oov_buckets}.")
    if isinstance(vocab_size, int) and vocab_size < 1:
        raise ValueError(f"`vocab_size` must be greater than 0, got {vocab_size}.")
    if not key_dtype.is_integer and key_dtype is not dtypes.string:
        raise TypeError(f"`key_dtype` must be either an integer or string type, but got {key_dtype}")
    if vocab_size is not None:
        initializer = DatasetInitializer(_AssertCardinalityDataset(dataset.take(vocab_size), vocab_size))
    if num_oov_buckets:
        return StaticVocabularyTable(initializer, num_oov_buckets, lookup_key_dtype=key_dtype)
    return StaticHashTable(initializer, default_value)


def index_table_from_dataset(
    dataset=None, num_oov_buckets=0, vocab_size=None, default_value=-1, hasher_spec=None, key_dtype=dtypes.string,
    name=None,
):  # fmt: skip
    """Makes a lookup table that numbers the keys of a dataset.

    Args:
        dataset: The keys.
        num_oov_buckets: How many numbers keys outside of it share.
        vocab_size: How many keys there are, if that is known.
        default_value: The value of other keys.
        hasher_spec: Accepted.
        key_dtype: The dtype of the keys.
        name: Optional name.
    """
    pairs = dataset.enumerate().map(lambda number, key: (key, number))
    return table_from_dataset(pairs, num_oov_buckets, vocab_size, default_value, hasher_spec, key_dtype, name)
