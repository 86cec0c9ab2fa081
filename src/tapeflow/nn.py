"""`tf.nn`: activations and what `tf.math` has by the same name. The rest of the namespace is to come."""

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
from tapeflow.core.ops.compose.order import approx_max_k, approx_min_k, in_top_k, top_k
from tapeflow.core.ops.defs.elementwise import softsign
from tapeflow.core.ops.defs.math import tanh


def __getattr__(name):
    raise AttributeError(f"module 'tapeflow.nn' has no attribute '{name}': tf.nn has activations so far")
