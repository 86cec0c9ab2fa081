"""`tf.feature_column`: descriptions of the columns of a table, and how their fields are parsed.

TensorFlow's layers that turned columns into tensors went with Keras 2; what is left of columns is what they say.
"""

from itertools import pairwise
from typing import NamedTuple

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.ops.compose.feature_config import FixedLenFeature, VarLenFeature


class NumericColumn(NamedTuple):
    """Numbers, as they are."""

    key: object
    shape: object
    default_value: object
    dtype: object
    normalizer_fn: object

    @property
    def name(self):
        """The column's name."""
        return self.key

    @property
    def parse_example_spec(self):
        """How its fields are parsed."""
        return {self.key: FixedLenFeature(self.shape, self.dtype, self.default_value)}


class BucketizedColumn(NamedTuple):
    """Numbers, sorted into buckets."""

    source_column: object
    boundaries: object

    @property
    def name(self):
        """The column's name."""
        return f"{self.source_column.name}_bucketized"

    @property
    def parse_example_spec(self):
        """How its fields are parsed."""
        return self.source_column.parse_example_spec

    @property
    def num_buckets(self):
        """How many categories there are."""
        return (len(self.boundaries) + 1) * self.source_column.shape[0]


class VocabularyListCategoricalColumn(NamedTuple):
    """Categories, by a list of them."""

    key: object
    vocabulary_list: object
    dtype: object
    default_value: object
    num_oov_buckets: object

    @property
    def name(self):
        """The column's name."""
        return self.key

    @property
    def parse_example_spec(self):
        """How its fields are parsed."""
        return {self.key: VarLenFeature(self.dtype)}

    @property
    def num_buckets(self):
        """How many categories there are."""
        return len(self.vocabulary_list) + self.num_oov_buckets


class HashedCategoricalColumn(NamedTuple):
    """Categories, by a hash."""

    key: object
    hash_bucket_size: object
    dtype: object

    @property
    def name(self):
        """The column's name."""
        return self.key

    @property
    def parse_example_spec(self):
        """How its fields are parsed."""
        return {self.key: VarLenFeature(self.dtype)}

    @property
    def num_buckets(self):
        """How many categories there are."""
        return self.hash_bucket_size


class IdentityCategoricalColumn(NamedTuple):
    """Categories, by their number."""

    key: object
    number_buckets: object
    default_value: object

    @property
    def name(self):
        """The column's name."""
        return self.key

    @property
    def parse_example_spec(self):
        """How its fields are parsed."""
        return {self.key: VarLenFeature(dtypes.int64)}

    @property
    def num_buckets(self):
        """How many categories there are."""
        return self.number_buckets


class WeightedCategoricalColumn(NamedTuple):
    """Categories that count as much as another field says."""

    categorical_column: object
    weight_feature_key: object
    dtype: object

    @property
    def name(self):
        """The column's name."""
        return f"{self.categorical_column.name}_weighted_by_{self.weight_feature_key}"

    @property
    def parse_example_spec(self):
        """How its fields are parsed."""
        return {**self.categorical_column.parse_example_spec, self.weight_feature_key: VarLenFeature(self.dtype)}

    @property
    def num_buckets(self):
        """How many categories there are."""
        return self.categorical_column.num_buckets


class CrossedColumn(NamedTuple):
    """Combinations of categories, by a hash."""

    keys: object
    hash_bucket_size: object
    hash_key: object

    @property
    def name(self):
        """The column's name: its parts' names, in order."""
        parts = []
        for key in self.keys:
            parts.extend(
                [key] if isinstance(key, str)
                else [k if isinstance(k, str) else k.name for k in key.keys] if isinstance(key, CrossedColumn)
                else [key.name]
            )  # fmt: skip
        return "_X_".join(sorted(parts))

    @property
    def parse_example_spec(self):
        """How its fields are parsed."""
        spec = {}
        for key in self.keys:
            spec.update({key: VarLenFeature(dtypes.string)} if isinstance(key, str) else key.parse_example_spec)
        return spec

    @property
    def num_buckets(self):
        """How many categories there are."""
        return self.hash_bucket_size


class IndicatorColumn(NamedTuple):
    """Categories as a vector of zeros and ones."""

    categorical_column: object

    @property
    def name(self):
        """The column's name."""
        return f"{self.categorical_column.name}_indicator"

    @property
    def parse_example_spec(self):
        """How its fields are parsed."""
        return self.categorical_column.parse_example_spec


class EmbeddingColumn(NamedTuple):
    """Categories as vectors that are learned."""

    categorical_column: object
    dimension: object
    combiner: object
    initializer: object
    ckpt_to_load_from: object
    tensor_name_in_ckpt: object
    max_norm: object
    trainable: object
    use_safe_embedding_lookup: object

    @property
    def name(self):
        """The column's name."""
        return f"{self.categorical_column.name}_embedding"

    @property
    def parse_example_spec(self):
        """How its fields are parsed."""
        return self.categorical_column.parse_example_spec


_COLUMNS = (
    NumericColumn, BucketizedColumn, VocabularyListCategoricalColumn, HashedCategoricalColumn,
    IdentityCategoricalColumn, WeightedCategoricalColumn, CrossedColumn, IndicatorColumn, EmbeddingColumn,
)  # fmt: skip
_CATEGORICAL = (
    BucketizedColumn, VocabularyListCategoricalColumn, HashedCategoricalColumn, IdentityCategoricalColumn,
    WeightedCategoricalColumn, CrossedColumn,
)  # fmt: skip


def _check_key(key):
    if not isinstance(key, str):
        raise ValueError(f"key must be a string. Got: type {type(key)}. Given key: {key}.")


def _check_dtype(dtype, key):
    dtype = dtypes.as_dtype(dtype)
    if not dtype.is_integer and dtype is not dtypes.string:
        raise ValueError(f"dtype must be string or integer. dtype: {dtype}, column_name: {key}")
    return dtype


def _check_categorical(column):
    if not isinstance(column, _CATEGORICAL):
        raise ValueError(
            f"Unsupported input type. Input must be a CategoricalColumn. Given: {column}"
        )


def numeric_column(key, shape=(1,), default_value=None, dtype=dtypes.float32, normalizer_fn=None):
    """Describes a column of numbers.

    Args:
        key: The field's name.
        shape: The shape of a value.
        default_value: What stands for a missing value.
        dtype: A number's dtype.
        normalizer_fn: A function that the values go through.

    >>> numeric_column("age").name
    'age'
    """
    _check_key(key)
    shape = tuple(shape) if isinstance(shape, (list, tuple)) else (shape,)
    for size in shape:
        if not isinstance(size, int):
            raise TypeError(f"shape dimensions must be integer. shape: {shape}, key: {key}")
        if size < 1:
            raise ValueError(f"shape dimensions must be greater than 0. shape: {shape}, key: {key}")
    dtype = dtypes.as_dtype(dtype)
    if not (dtype.is_integer or dtype.is_floating):
        raise ValueError(f"dtype must be convertible to float. dtype: {dtype}, key: {key}")
    if normalizer_fn is not None and not callable(normalizer_fn):
        raise TypeError(f"normalizer_fn must be a callable. Given: {normalizer_fn}")
    if default_value is not None:
        full = np.broadcast_to(np.asarray(default_value, dtype.np), shape)
        default_value = tuple(full.ravel().tolist()) if len(shape) == 1 else tuple(map(tuple, full.tolist()))
    return NumericColumn(key, shape, default_value, dtype, normalizer_fn)


def bucketized_column(source_column, boundaries):
    """Describes a numeric column, sorted into buckets.

    Args:
        source_column: A numeric column of one dimension.
        boundaries: Ascending list of the buckets' limits.
    """
    if not isinstance(source_column, NumericColumn):
        raise ValueError(f"source_column must be a column generated with numeric_column(). Given: {source_column}")
    if len(source_column.shape) > 1:
        raise ValueError(f"source_column must be one-dimensional column. Given: {source_column}")
    if not boundaries:
        raise ValueError("boundaries must not be empty.")
    if not isinstance(boundaries, (list, tuple)):
        raise ValueError("boundaries must be a sorted list.")
    if any(a >= b for a, b in pairwise(boundaries)):
        raise ValueError("boundaries must be a sorted list.")
    return BucketizedColumn(source_column, tuple(boundaries))


def categorical_column_with_vocabulary_list(key, vocabulary_list, dtype=None, default_value=-1, num_oov_buckets=0):
    """Describes a column of categories that are listed.

    Args:
        key: The field's name.
        vocabulary_list: The categories.
        dtype: Their dtype.
        default_value: The number of a category that is not listed.
        num_oov_buckets: How many numbers the categories share that are not listed.
    """
    _check_key(key)
    if vocabulary_list is None or len(vocabulary_list) < 1:
        raise ValueError(f"vocabulary_list {vocabulary_list} must be non-empty, column_name: {key}")
    if len(set(vocabulary_list)) != len(vocabulary_list):
        raise ValueError(f"Duplicate keys in vocabulary_list {vocabulary_list}, column_name: {key}")
    if num_oov_buckets and default_value != -1:
        raise ValueError(f"Can't specify both num_oov_buckets and default_value in {key}.")
    if num_oov_buckets < 0:
        raise ValueError(f"Invalid num_oov_buckets {num_oov_buckets} in {key}.")
    found = np.array(vocabulary_list).dtype
    natural = dtypes.string if found.kind in "SU" else dtypes.as_dtype(found)
    dtype = _check_dtype(natural if dtype is None else dtype, key)
    if dtype.is_integer != natural.is_integer:
        raise ValueError(
            f"dtype {dtype} and vocabulary dtype {natural} do not match, column_name: {key}"
        )
    return VocabularyListCategoricalColumn(key, tuple(vocabulary_list), dtype, default_value, num_oov_buckets)


def categorical_column_with_hash_bucket(key, hash_bucket_size, dtype=dtypes.string):
    """Describes a column of categories that are numbered by a hash.

    Args:
        key: The field's name.
        hash_bucket_size: How many numbers there are.
        dtype: The categories' dtype.
    """
    if hash_bucket_size is None:
        raise ValueError(f"hash_bucket_size must be set. key: {key}")
    if hash_bucket_size < 1:
        raise ValueError(f"hash_bucket_size must be at least 1. hash_bucket_size: {hash_bucket_size}, key: {key}")
    _check_key(key)
    return HashedCategoricalColumn(key, hash_bucket_size, _check_dtype(dtype, key))


def categorical_column_with_identity(key, num_buckets, default_value=None):
    """Describes a column of categories that are numbers already.

    Args:
        key: The field's name.
        num_buckets: How many there are.
        default_value: What stands for a number out of range.
    """
    _check_key(key)
    if num_buckets < 1:
        raise ValueError(f"num_buckets {num_buckets} < 1, column_name {key}")
    if default_value is not None and not 0 <= default_value < num_buckets:
        raise ValueError(f"default_value {default_value} not in range [0, {num_buckets}), column_name {key}")
    return IdentityCategoricalColumn(key, num_buckets, default_value)


def weighted_categorical_column(categorical_column, weight_feature_key, dtype=dtypes.float32):
    """Describes a column of categories that count as much as another field says.

    Args:
        categorical_column: The categories.
        weight_feature_key: The name of the field with the weights.
        dtype: The weights' dtype.
    """
    dtype = dtypes.as_dtype(dtype)
    if not (dtype.is_integer or dtype.is_floating):
        raise ValueError(f"dtype {dtype} is not convertible to float.")
    return WeightedCategoricalColumn(categorical_column, weight_feature_key, dtype)


def crossed_column(keys, hash_bucket_size, hash_key=None):
    """Describes the combinations of categories.

    Args:
        keys: Names of fields, or categorical columns.
        hash_bucket_size: How many numbers the combinations are given.
        hash_key: A number that the hash depends on.
    """
    if not hash_bucket_size or hash_bucket_size < 1:
        raise ValueError(f"hash_bucket_size must be > 1. hash_bucket_size: {hash_bucket_size}")
    if not keys or len(keys) < 2:
        raise ValueError(f"keys must be a list with length > 1. Given: {keys}")
    for key in keys:
        if not isinstance(key, (str, *_CATEGORICAL)):
            raise ValueError(
                "Unsupported key type. All keys must be either string, or categorical column except "
                f"HashedCategoricalColumn. Given: {key}"
            )
        if isinstance(key, HashedCategoricalColumn):
            raise ValueError(
                "categorical_column_with_hash_bucket is not supported for crossing. Hashing before crossing will "
                f"increase probability of collision. Instead, use the feature name as a string. Given: {key}"
            )
    return CrossedColumn(tuple(keys), hash_bucket_size, hash_key)


def indicator_column(categorical_column):
    """Describes categories as a vector of zeros and ones.

    Args:
        categorical_column: The categories.
    """
    _check_categorical(categorical_column)
    return IndicatorColumn(categorical_column)


def embedding_column(
    categorical_column, dimension, combiner="mean", initializer=None, ckpt_to_load_from=None,
    tensor_name_in_ckpt=None, max_norm=None, trainable=True, use_safe_embedding_lookup=True,
):  # fmt: skip
    """Describes categories as vectors that are learned.

    Args:
        categorical_column: The categories.
        dimension: The vectors' length.
        combiner: How the vectors of several categories are put together: `"mean"`, `"sqrtn"` or `"sum"`.
        initializer: Where the vectors start.
        ckpt_to_load_from, tensor_name_in_ckpt: A checkpoint to start from.
        max_norm: The vectors' largest norm.
        trainable: Whether they are learned.
        use_safe_embedding_lookup: Whether rows without categories are allowed.
    """
    if dimension is None or dimension < 1:
        raise ValueError(f"Invalid dimension {dimension}.")
    if (ckpt_to_load_from is None) != (tensor_name_in_ckpt is None):
        raise ValueError("Must specify both `ckpt_to_load_from` and `tensor_name_in_ckpt` or none of them.")
    if initializer is not None and not callable(initializer):
        raise ValueError(
            f"initializer must be callable if specified. Embedding of column_name: {categorical_column.name}"
        )
    return EmbeddingColumn(
        categorical_column, dimension, combiner, initializer, ckpt_to_load_from, tensor_name_in_ckpt, max_norm,
        trainable, use_safe_embedding_lookup,
    )  # fmt: skip


def make_parse_example_spec(feature_columns):
    """Returns how the fields of columns are parsed, for `tf.io.parse_example`.

    Args:
        feature_columns: The columns.

    Raises:
        ValueError: Something is no column, or two say different things of a field.
    """
    result = {}
    for column in feature_columns:
        if not isinstance(column, _COLUMNS):
            raise ValueError(f"All feature_columns must be FeatureColumn instances. Given: {column}")
        for key, value in column.parse_example_spec.items():
            if key in result and value != result[key]:
                raise ValueError(
                    f"feature_columns contain different parse_spec for key {key}. Given {value} and {result[key]}"
                )
        result.update(column.parse_example_spec)
    return result
