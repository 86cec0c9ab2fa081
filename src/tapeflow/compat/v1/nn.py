"""`tf.compat.v1.nn`: names."""

from tapeflow.compat.v1.nn_functions import (
    avg_pool2d,
    conv1d,
    conv2d,
    conv3d,
    conv3d_transpose,
    crelu,
    depth_to_space,
    depthwise_conv2d,
    dropout,
    embedding_lookup,
    in_top_k,
    log_softmax,
    moments,
    relu_layer,
    separable_conv2d,
    sigmoid_cross_entropy_with_logits,
    space_to_depth,
    weighted_cross_entropy_with_logits,
    xw_plus_b,
)
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


def __getattr__(name):
    # lazy: what only programs for version 1 ask for
    if name == "rnn_cell":
        from tapeflow.compat.v1.from_keras import rnn_cell

        return rnn_cell()
    from tapeflow.compat.v1.same_names import look_up

    return look_up("nn", name)
