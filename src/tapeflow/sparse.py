"""`tf.sparse`: what works on dense tensors. Sparse tensors are to come."""

from tapeflow.core.ops.compose.segment import sparse_segment_mean as segment_mean
from tapeflow.core.ops.compose.segment import sparse_segment_sqrt_n as segment_sqrt_n
from tapeflow.core.ops.compose.segment import sparse_segment_sum as segment_sum
