"""`tf.compat.v1.nn`: names."""

from tapeflow.core.ops.compose.activation import elu, relu
from tapeflow.core.ops.compose.counting import l2_normalize
from tapeflow.core.ops.compose.nn_conv import bias_add
from tapeflow.core.ops.compose.nn_v1 import (
    avg_pool,
    conv2d_transpose,
    convolution,
    ctc_beam_search_decoder,
    ctc_loss,
    fused_batch_norm,
    leaky_relu,
    max_pool,
    softmax,
    softmax_cross_entropy_with_logits,
    softmax_cross_entropy_with_logits_v2,
    softplus,
    sparse_softmax_cross_entropy_with_logits,
)
