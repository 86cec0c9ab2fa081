"""`tf.nn`: names."""

from tapeflow.core.ops.compose.activation import (
    elu,
    gelu,
    l2_loss,
    leaky_relu,
    log_softmax,
    relu,
    relu6,
    selu,
    silu,
    softmax,
)
from tapeflow.core.ops.compose.activation import silu as swish
from tapeflow.core.ops.compose.array import space_to_batch
from tapeflow.core.ops.compose.counting import l2_normalize, zero_fraction
from tapeflow.core.ops.compose.math import sigmoid, softplus
from tapeflow.core.ops.compose.nn_conv import (
    atrous_conv2d,
    atrous_conv2d_transpose,
    bias_add,
    conv1d,
    conv1d_transpose,
    conv2d,
    conv2d_transpose,
    conv3d,
    conv3d_transpose,
    conv_transpose,
    convolution,
    depthwise_conv2d,
    depthwise_conv2d_backprop_filter,
    depthwise_conv2d_backprop_input,
    separable_conv2d,
)
from tapeflow.core.ops.compose.nn_pool import (
    avg_pool,
    avg_pool1d,
    avg_pool2d,
    avg_pool3d,
    max_pool,
    max_pool1d,
    max_pool2d,
    max_pool3d,
    max_pool_with_argmax,
    pool,
)
from tapeflow.core.ops.compose.nn_windows import with_space_to_batch
from tapeflow.core.ops.compose.order import approx_max_k, approx_min_k, in_top_k, top_k
from tapeflow.core.ops.defs.elementwise import softsign
from tapeflow.core.ops.defs.math import tanh
