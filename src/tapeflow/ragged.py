"""`tf.ragged`: tensors with rows of different lengths."""

from tapeflow.core.ops.compose.ragged_array import stack, stack_dynamic_partitions
from tapeflow.core.ops.compose.ragged_cross import cross, cross_hashed
from tapeflow.core.ops.compose.ragged_factory import (
    constant,
    map_flat_values,
    row_splits_to_segment_ids,
    segment_ids_to_row_splits,
)
from tapeflow.core.ops.compose.ragged_factory import range_ as range
from tapeflow.core.ops.compose.ragged_mask import boolean_mask
