"""What the parsers of examples are told about each feature."""

from collections import namedtuple

from tapeflow.core.base import dtypes


class VarLenFeature(namedtuple("VarLenFeature", ["dtype"])):
    """A feature with any number of values: becomes a sparse tensor.

    Args:
        dtype: float32, int64 or string.
    """

    __slots__ = ()


class FixedLenFeature(namedtuple("FixedLenFeature", ["shape", "dtype", "default_value"])):
    """A feature with the same number of values in each example: becomes a tensor.

    Args:
        shape: The shape of one example's values.
        dtype: float32, int64 or string.
        default_value: What stands for a feature that is missing; without one it must be there.
    """

    __slots__ = ()

    def __new__(cls, shape, dtype, default_value=None):
        return super().__new__(cls, shape, dtype, default_value)


class FixedLenSequenceFeature(
    namedtuple("FixedLenSequenceFeature", ["shape", "dtype", "allow_missing", "default_value"])
):
    """A feature with any number of groups of values: becomes a tensor, filled up to the longest.

    Args:
        shape: The shape of one group.
        dtype: float32, int64 or string.
        allow_missing: Whether the feature may be missing.
        default_value: What to fill up with.
    """

    __slots__ = ()

    def __new__(cls, shape, dtype, allow_missing=False, default_value=None):
        return super().__new__(cls, shape, dtype, allow_missing, default_value)


class SparseFeature(namedtuple("SparseFeature", ["index_key", "value_key", "dtype", "size", "already_sorted"])):
    """Two features, or more, that hold the indices and the values of a sparse tensor.

    Args:
        index_key: The key of the indices, or a list of keys, one a dimension.
        value_key: The key of the values.
        dtype: float32, int64 or string.
        size: The size of the dimension, or a list of sizes.
        already_sorted: Whether the indices come in order.
    """

    __slots__ = ()

    def __new__(cls, index_key, value_key, dtype, size, already_sorted=False):
        return super().__new__(cls, index_key, value_key, dtype, size, already_sorted)


_RaggedFeature = namedtuple(
    "_RaggedFeature", ["dtype", "value_key", "partitions", "row_splits_dtype", "validate"], defaults=[None]
)


class RaggedFeature(_RaggedFeature):
    """A feature with any number of values: becomes a ragged tensor.

    Args:
        dtype: float32, int64 or string.
        value_key: The key of the values; the name of the feature by default.
        partitions: How the values are parted into further rows, from the outermost: `RowLengths(key)` and its like
            name the feature that tells, `UniformRowLength(length)` is one length for all.
        row_splits_dtype: int32 or int64.
        validate: Whether to check the partitions.
    """

    __slots__ = ()

    RowSplits = namedtuple("RowSplits", ["key"])
    RowLengths = namedtuple("RowLengths", ["key"])
    RowStarts = namedtuple("RowStarts", ["key"])
    RowLimits = namedtuple("RowLimits", ["key"])
    ValueRowIds = namedtuple("ValueRowIds", ["key"])
    UniformRowLength = namedtuple("UniformRowLength", ["length"])
    _partition_types = (RowSplits, RowLengths, RowStarts, RowLimits, ValueRowIds, UniformRowLength)

    def __new__(cls, dtype, value_key=None, partitions=(), row_splits_dtype=dtypes.int32, validate=False):
        if value_key is not None and not isinstance(value_key, str):
            raise ValueError(f"Argument `value_key` must be a string; got {value_key}")
        dtype, row_splits_dtype = dtypes.as_dtype(dtype), dtypes.as_dtype(row_splits_dtype)
        if row_splits_dtype not in (dtypes.int32, dtypes.int64):
            raise ValueError(f"Argument `row_splits_dtype` must be int32 or int64; got{row_splits_dtype!r}")
        partitions = tuple(partitions)
        for partition in partitions:
            if not isinstance(partition, cls._partition_types):
                raise TypeError(
                    f"Argument `partitions` cannot be cast to any of the partition types in {cls._partition_types}. "
                    f"Got {partition}"
                )
        if not isinstance(validate, bool):
            raise TypeError(f"Argument `validate` must be a bool; got {validate}")
        return super().__new__(cls, dtype, value_key, partitions, row_splits_dtype, validate)


class Plan:
    """A dictionary of features, sorted into what the parsing ops take."""

    def __init__(self, features, sequence=False):
        self.sparse, self.dense, self.ragged = {}, {}, {}
        for key in sorted(features):
            feature = features[key]
            self._add(key, feature, sequence)

    def _add(self, key, feature, sequence):
        if isinstance(feature, VarLenFeature):
            if not feature.dtype:
                raise ValueError(f"Missing type for feature {key}. Received feature={feature}")
            self._once(self.sparse, key, feature.dtype)
        elif isinstance(feature, SparseFeature):
            keys = [feature.index_key] if isinstance(feature.index_key, str) else feature.index_key
            for part in ("index_key", "value_key", "dtype", "size"):
                if not getattr(feature, part):
                    raise ValueError(f"Missing {part} for SparseFeature {key}. Received feature={feature}.")
            for index in keys:
                self._once(self.sparse, index, dtypes.int64)
            self._once(self.sparse, feature.value_key, feature.dtype)
        elif isinstance(feature, RaggedFeature):
            self._once(self.ragged, feature.value_key or key, (feature.dtype, feature.row_splits_dtype))
            for partition in feature.partitions:
                if not isinstance(partition, RaggedFeature.UniformRowLength):
                    self._once(self.ragged, partition.key, (dtypes.int64, feature.row_splits_dtype))
        elif isinstance(feature, (FixedLenFeature, FixedLenSequenceFeature)):
            if not feature.dtype:
                raise ValueError(f"Missing type for feature {key}. Received feature={feature}.")
            self._add_dense(key, feature, sequence)
        else:
            raise ValueError(f"Invalid feature {key}:{feature}.")

    def _add_dense(self, key, feature, sequence):
        if feature.shape is None:
            raise ValueError(f"Missing shape for feature {key}. Received feature={feature}.")
        shape = list(feature.shape.as_list() if hasattr(feature.shape, "as_list") else feature.shape)
        if isinstance(feature, FixedLenFeature):
            if shape and shape[0] is None:
                raise ValueError(
                    f"First dimension of shape for feature {key} unknown. Consider using FixedLenSequenceFeature. "
                    f"Received feature={feature}."
                )
            self.dense[key] = (feature.dtype, shape, feature.default_value, False)
        elif sequence:
            self.dense[key] = (feature.dtype, shape, feature.default_value, feature.allow_missing)
        elif not feature.allow_missing:
            raise ValueError("Unsupported: FixedLenSequenceFeature requires allow_missing to be True.")
        else:
            self.dense[key] = (feature.dtype, [None, *shape], feature.default_value, True)

    def _once(self, kind, key, facts):
        if isinstance(facts, tuple):
            facts = tuple(map(dtypes.as_dtype, facts))
        else:
            facts = dtypes.as_dtype(facts)
        if kind.setdefault(key, facts) != facts:
            raise ValueError(f"Conflicting type {kind[key]} vs {facts} for feature {key}.")
