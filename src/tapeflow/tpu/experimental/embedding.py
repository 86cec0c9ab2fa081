"""`tf.tpu.experimental.embedding`: embedding tables, their features and optimizers."""

from tapeflow.core.track.embedding_config import (
    FeatureConfig,
    QuantizationConfig,
    RowIdInitializer,
    SparseCoreEmbeddingConfig,
    TableConfig,
)
from tapeflow.core.track.embedding_optimizers import FTRL, SGD, Adagrad, AdagradMomentum, Adam
from tapeflow.core.track.embedding_optimizers import Optimizer as _Optimizer
from tapeflow.core.track.embedding_tables import EmbeddingOnTPU, EmbeddingTables, lookup

__all__ = [
    "FTRL",
    "SGD",
    "Adagrad",
    "AdagradMomentum",
    "Adam",
    "FeatureConfig",
    "QuantizationConfig",
    "RowIdInitializer",
    "SparseCoreEmbeddingConfig",
    "TPUEmbedding",
    "TPUEmbeddingForServing",
    "TPUEmbeddingV0",
    "TPUEmbeddingV2",
    "TableConfig",
    "_Optimizer",
    "serving_embedding_lookup",
]

serving_embedding_lookup = lookup


class TPUEmbeddingForServing(EmbeddingTables):
    """Embedding tables of a structure of features, looked up on this device.

    Args:
        feature_config: A structure of `FeatureConfig`.
        optimizer: For tables that name none: one of this namespace, or None.
        experimental_sparsecore_restore_info: Accepted.

    >>> table = tf.tpu.experimental.embedding.TableConfig(vocabulary_size=4, dim=2)
    >>> feature = tf.tpu.experimental.embedding.FeatureConfig(table)
    >>> tables = tf.tpu.experimental.embedding.TPUEmbeddingForServing({"word": feature}, None)
    >>> tables({"word": tf.constant([1, 3])})["word"].shape
    TensorShape([2, 2])
    """

    def __init__(self, feature_config, optimizer, experimental_sparsecore_restore_info=None):
        super().__init__(feature_config, optimizer)


class TPUEmbedding(EmbeddingOnTPU):
    """Embedding tables that a TPU trains; here they can be made, saved and restored."""


class TPUEmbeddingV0(EmbeddingOnTPU):
    """Embedding tables of the first TPUs; here they can be made, saved and restored."""


class TPUEmbeddingV2(EmbeddingOnTPU):
    """Embedding tables of TPUs with sparse cores; here they can be made, saved and restored."""
