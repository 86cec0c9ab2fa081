"""`tf.nn`: names."""

from tapeflow.core.ops.compose.activation import (
    elu,
    gelu,
    leaky_relu,
    log_softmax,
    relu,
    relu6,
    selu,
    silu,
    softmax,
)
from tapeflow.core.ops.compose.activation import silu as swish
from tapeflow.core.ops.compose.candidate_samplers import (
    all_candidate_sampler,
    fixed_unigram_candidate_sampler,
    learned_unigram_candidate_sampler,
)
from tapeflow.core.ops.compose.counting import l2_normalize, zero_fraction
from tapeflow.core.ops.compose.math import sigmoid, softplus
from tapeflow.core.ops.compose.nn_blocks import depth_to_space, space_to_depth
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
from tapeflow.core.ops.compose.nn_ctc import (
    collapse_repeated,
    ctc_beam_search_decoder,
    ctc_greedy_decoder,
    ctc_loss,
    ctc_unique_labels,
)
from tapeflow.core.ops.compose.nn_dropout import dropout
from tapeflow.core.ops.compose.nn_embedding import (
    embedding_lookup,
    embedding_lookup_sparse,
    safe_embedding_lookup_sparse,
)
from tapeflow.core.ops.compose.nn_losses import (
    compute_average_loss,
    crelu,
    l2_loss,
    log_poisson_loss,
    scale_regularization_loss,
    sigmoid_cross_entropy_with_logits,
    softmax_cross_entropy_with_logits,
    sparse_softmax_cross_entropy_with_logits,
    weighted_cross_entropy_with_logits,
)
from tapeflow.core.ops.compose.nn_normalize import (
    batch_norm_with_global_normalization,
    batch_normalization,
    local_response_normalization,
    moments,
    normalize_moments,
    sufficient_statistics,
    weighted_moments,
)
from tapeflow.core.ops.compose.nn_normalize import local_response_normalization as lrn
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
from tapeflow.core.ops.compose.nn_sampled import compute_accidental_hits, nce_loss, sampled_softmax_loss
from tapeflow.core.ops.compose.nn_special import (
    dilation2d,
    erosion2d,
    fractional_avg_pool,
    fractional_max_pool,
    isotonic_regression,
)
from tapeflow.core.ops.compose.nn_windows import with_space_to_batch
from tapeflow.core.ops.compose.order import approx_max_k, approx_min_k, in_top_k, top_k
from tapeflow.core.ops.compose.rearranging import space_to_batch
from tapeflow.core.ops.defs.elementwise import softsign
from tapeflow.core.ops.defs.math import tanh
from tapeflow.nn import experimental
