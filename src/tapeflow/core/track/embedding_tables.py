"""Embedding tables that a structure of features reads: the part of `tf.tpu.experimental.embedding` without a TPU."""

import functools

from tapeflow.core.base import dtypes, nest
from tapeflow.core.base.errors import UnimplementedError
from tapeflow.core.base.nest_parts import flatten_with_joined_string_paths
from tapeflow.core.ops.compose.array import cast, expand_dims, reshape, shape
from tapeflow.core.ops.compose.creation import ones_like
from tapeflow.core.ops.compose.indexing import gather
from tapeflow.core.ops.compose.joining import stack
from tapeflow.core.ops.compose.math import divide_no_nan
from tapeflow.core.ops.compose.nn_embedding import (
    embedding_lookup,
    embedding_lookup_sparse,
    safe_embedding_lookup_sparse,
)
from tapeflow.core.ops.compose.sparse_shape import slice as sparse_slice
from tapeflow.core.ops.registry import get
from tapeflow.core.trace.function import init_scope
from tapeflow.core.track.auto_trackable import AutoTrackable
from tapeflow.core.track.embedding_optimizers import Optimizer
from tapeflow.core.values.ragged import RaggedTensor
from tapeflow.core.values.sparse import SparseTensor
from tapeflow.core.values.tensor import Tensor
from tapeflow.core.values.variable import Variable


class EmbeddingTables(AutoTrackable):
    """The tables of a structure of features, their optimizers' variables, and lookups.

    Args:
        feature_config: A structure of `FeatureConfig`.
        optimizer: For tables that name none; None for none.

    Raises:
        ValueError: Two tables have one name, or an optimizer is not of `tf.tpu.experimental.embedding`.
    """

    def __init__(self, feature_config, optimizer):
        self._feature_config = feature_config
        self._table_config = list(dict.fromkeys(feature.table for feature in nest.flatten(feature_config)))
        self._built = False
        names = set()
        for i, table in enumerate(self._table_config):
            table.optimizer = optimizer if table.optimizer is None else table.optimizer
            table.name = f"table_{i}" if table.name is None else table.name
            if not (table.optimizer is None or isinstance(table.optimizer, Optimizer)):
                raise ValueError(
                    f"{type(table.optimizer)} is an unsupported optimizer class. Please pass an instance of one of the "
                    "optimizer classes under tf.tpu.experimental.embedding."
                )
            if table.name in names:
                raise ValueError(f"Tables must have a unique name. Multiple tables with name {table.name} found.")
            names.add(table.name)

    def build(self):
        """Makes the variables, once."""
        if not self._built:
            with init_scope():
                self._variables = {table.name: self._make(table) for table in self._table_config}
            self._built = True

    def _make(self, table):
        sizes = table.vocabulary_size, table.dim
        table_itself = self._variable(table.name, sizes, table.initializer, trainable=True)
        made = {}
        if table.optimizer is not None:
            made = table.optimizer._create_slots(
                table_itself,
                lambda name, make: self._variable(f"{table.name}/{name}", sizes, make, trainable=False),
            )
        made["parameters"] = table_itself
        return made

    def _variable(self, name, sizes, initializer, trainable):
        def getter(name, shape, dtype, initializer, trainable):
            first = functools.partial(initializer, sizes, dtype=dtype)
            return Variable(first, trainable=trainable, name=name, dtype=dtype, shape=sizes)

        return self._add_variable_with_custom_getter(
            name=name, shape=sizes, dtype=dtypes.float32, initializer=initializer, getter=getter, trainable=trainable
        )

    @property
    def variables(self):
        """The variables: by table's name, then "parameters" and the names of the optimizer."""
        self.build()
        return self._variables

    @property
    def embedding_tables(self):
        """The tables: `TableConfig` -> variable."""
        self.build()
        return {table: self._variables[table.name]["parameters"] for table in self._table_config}

    def embedding_lookup(self, features, weights=None):
        """Returns the vectors of features.

        Args:
            features: Tensors, sparse or ragged ones of ids, in the structure of the configuration.
            weights: Likewise, of the same kinds, or None.
        """
        return lookup(features, weights, self.embedding_tables, self._feature_config)

    def __call__(self, features, weights=None):
        """As `embedding_lookup`."""
        return self.embedding_lookup(features, weights)


class EmbeddingOnTPU(EmbeddingTables):
    """Tables that a TPU trains: here they can be made, saved and restored.

    Args:
        feature_config, optimizer: As for `EmbeddingTables`.
        pipeline_execution_with_tensor_core, sparse_core_embedding_config: Accepted.
    """

    def __init__(
        self, feature_config, optimizer=None, pipeline_execution_with_tensor_core=False,
        sparse_core_embedding_config=None,
    ):  # fmt: skip
        super().__init__(feature_config, optimizer)

    def build(self, *batch_sizes):
        """Makes the variables, once."""
        super().build()

    def embedding_lookup(self, features, weights=None):
        """Raises: there is no TPU."""
        raise no_tpu("embedding_lookup")

    def enqueue(self, features, weights=None, training=True, name=None, device=None):
        """Raises: there is no TPU."""
        raise no_tpu("enqueue")

    def dequeue(self, name=None):
        """Raises: there is no TPU."""
        raise no_tpu("dequeue")

    def apply_gradients(self, gradients, name=None):
        """Raises: there is no TPU."""
        raise no_tpu("apply_gradients")


def no_tpu(what):
    """The error of what only a TPU does."""
    return UnimplementedError(
        f"{what}: TapeFlow has not been tried on TPUs",
        hint="look tables up on this device with tf.tpu.experimental.embedding.TPUEmbeddingForServing",
    )


# -- lookups ----------------------------------------------------------------------------------------------


def lookup(inputs, weights, tables, feature_config):
    """Looks features up in tables, on this device.

    Args:
        inputs: A structure of tensors, sparse or ragged ones of ids.
        weights: The same structure of their weights, None where there are none; or None.
        tables: `TableConfig` -> table.
        feature_config: A structure of `FeatureConfig`; it may have more features than `inputs`.

    Returns:
        A structure like `inputs` of tensors.

    Raises:
        ValueError: A feature is not configured, or its weights do not go with it.
    """
    flat = flatten_with_joined_string_paths(inputs)
    configured = dict(flatten_with_joined_string_paths(feature_config))
    if weights is not None:
        nest.assert_same_structure(inputs, weights)
    flat_weights = [None] * len(flat) if weights is None else nest.flatten(weights)
    if unknown := {path for path, _ in flat} - configured.keys():
        raise ValueError(f"Inputs are not a subset of feature_config: {sorted(unknown)} are not of {[*configured]}")
    found = []
    for (path, ids), weight in zip(flat, flat_weights, strict=True):
        feature = configured[path]
        found.append(_kind(ids, path)(path, ids, weight, tables[feature.table], feature))
    return nest.pack_sequence_as(inputs, found)


def _kind(ids, path):
    for kind, look_up in ((SparseTensor, _of_sparse), (RaggedTensor, _of_ragged), (Tensor, _of_dense)):
        if isinstance(ids, kind):
            return look_up
    raise ValueError(f"Input {path} is type {type(ids)}. Tensor, SparseTensor or RaggedTensor expected.")


def _check_weight(path, ids, weight, feature):
    if weight is not None and type(weight) is not type(ids):
        raise ValueError(
            f"Weight for {path} is of type {type(weight)} but it does not match type of the input which is {type(ids)}."
        )
    if weight is not None and feature.max_sequence_length > 0:
        raise ValueError(f"Weight specified for {path}, but this is a sequence feature.")


def _of_dense(path, ids, weight, table, feature):
    if weight is not None:
        raise ValueError(f"Weight specified for {path}, but input is dense.")
    if feature.max_sequence_length > 0:
        raise ValueError(f"Feature {path} is a sequence feature but a dense tensor was passed.")
    return embedding_lookup(table, ids)


def _of_sparse(path, ids, weight, table, feature):
    _check_weight(path, ids, weight, feature)
    rank, length = ids.shape.rank, feature.max_sequence_length
    if not feature.output_shape and length > 0 and rank in (None, 2):
        rows = cast(shape(ids)[0], dtypes.int64)
        kept = sparse_slice(ids, [0, 0], stack([rows, length]))
        sizes = stack([rows, length, feature.table.dim])
        return get("ScatterNd")(kept.indices, gather(table, kept.values), sizes)
    if not feature.validate_weights_and_indices and rank is not None and rank <= 2:
        return embedding_lookup_sparse(table, ids, weight, combiner=feature.table.combiner)
    return safe_embedding_lookup_sparse(table, ids, weight, combiner=feature.table.combiner)


def _of_ragged(path, ids, weight, table, feature):
    _check_weight(path, ids, weight, feature)
    if ids.shape.rank != 2:
        raise ValueError(f"Only rank 2 ragged tensor is supported, but got rank {ids.shape.rank}")
    width, rows = feature.table.dim, ids.shape[0]
    if not feature.output_shape:
        if feature.max_sequence_length > 0:
            return _sequences(ids, table, [rows, feature.max_sequence_length, width])
        return _combined(ids, weight, table, feature.table.combiner)
    size = feature.output_shape.num_elements()
    if size % rows:
        raise ValueError(
            "Output shape set in the FeatureConfig should be the factor of the input data batch size. But instead got "
            f"output shape {feature.output_shape}, input data batch size {rows}"
        )
    if size == rows:
        vectors = _combined(ids, weight, table, feature.table.combiner)
    else:
        vectors = _sequences(ids, table, [rows, size // rows, width])
    return reshape(vectors, [*feature.output_shape, width])


def _sequences(ids, table, sizes):
    return ids.with_values(embedding_lookup(table, ids.values)).to_tensor(shape=sizes)


def _combined(ids, weight, table, combiner):
    """The vectors of each row of ids as one: their weighted sum, over the sum or the length of the weights."""
    vectors = embedding_lookup(table, ids.values)
    weights = ones_like(ids.values, vectors.dtype) if weight is None else weight.values
    rows, count = ids.value_rowids(), ids.nrows()

    def summed(values):
        return get("UnsortedSegmentSum")(values, rows, count)

    total = summed(vectors * expand_dims(weights, 1))
    if combiner == "mean":
        return divide_no_nan(total, expand_dims(summed(weights), 1))
    if combiner == "sqrtn":
        return divide_no_nan(total, expand_dims(get("Sqrt")(summed(weights * weights)), 1))
    return total
