"""`tf.sparse`: tensors given by their elements that are not zero."""

from tapeflow.core.ops.compose.segment import sparse_segment_mean as segment_mean
from tapeflow.core.ops.compose.segment import sparse_segment_sqrt_n as segment_sqrt_n
from tapeflow.core.ops.compose.segment import sparse_segment_sum as segment_sum
from tapeflow.core.ops.compose.sparse_convert import eye, from_dense, mask, to_dense, to_indicator
from tapeflow.core.ops.compose.sparse_count import bincount
from tapeflow.core.ops.compose.sparse_cross import cross, cross_hashed
from tapeflow.core.ops.compose.sparse_math import (
    add,
    map_values,
    maximum,
    minimum,
    reduce_max,
    reduce_sum,
    sampled_addmm,
    softmax,
    sparse_dense_matmul,
)
from tapeflow.core.ops.compose.sparse_shape import (
    concat,
    expand_dims,
    fill_empty_rows,
    reorder,
    reset_shape,
    reshape,
    retain,
    slice,
    split,
    transpose,
)
from tapeflow.core.values.sparse import SparseTensor
