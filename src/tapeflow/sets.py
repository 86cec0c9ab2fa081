"""`tf.sets`: sets in the last axis of dense and sparse tensors."""

from tapeflow.core.ops.compose.sets import difference, intersection, size, union
