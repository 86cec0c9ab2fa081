"""Keras's `dot_product_attention` with cuDNN's fused kernel, where a GPU is there and shapes and dtypes allow.

Forward and backward are a function each, made of Keras's own steps: SavedModels hold nothing else. Programs for NVIDIA
GPUs run the kernel in their place (`core/compile/attention.py`).
"""

from functools import lru_cache

from tapeflow.core.base import dtypes
from tapeflow.core.base.mode import current
from tapeflow.core.compile.attention import FusedAttention, FusedAttentionGradient
from tapeflow.core.engines import hardware
from tapeflow.core.run.custom import custom_gradient
from tapeflow.core.run.tape import GradientTape
from tapeflow.core.trace.function import function
from tapeflow.core.values.convert import convert
from tapeflow.core.values.tensor import Tensor

_HALVES = (dtypes.bfloat16, dtypes.float16)
_LARGEST_HEAD = 128


def complete_nn(module):
    """Puts the fused kernel behind `dot_product_attention`: for the module `keras.src.backend.tensorflow.nn`.

    Args:
        module: The module.
    """
    plain = module.dot_product_attention

    def dot_product_attention(
        query, key, value, bias=None, mask=None, scale=None, is_causal=False, flash_attention=None,
        attn_logits_soft_cap=None,
    ):  # fmt: skip
        """Keras's `dot_product_attention`."""
        is_plain = bias is None and attn_logits_soft_cap is None and not flash_attention
        is_number = scale is None or isinstance(scale, (int, float))
        if is_plain and is_number and is_wanted() and suits(query, key, value):
            return fused(plain, query, key, value, mask, scale, is_causal)
        return plain(query, key, value, bias, mask, scale, is_causal, flash_attention, attn_logits_soft_cap)

    module.dot_product_attention = dot_product_attention


def is_wanted():
    """Whether there is a GPU."""
    return bool(hardware.logical_devices("GPU"))


def suits(query, key, value):
    """Whether the kernel takes such tensors: half precision, as many heads on all, heads of a size it knows."""
    tensors = (query, key, value)
    if not all(isinstance(x, Tensor) and x.shape.rank == 4 for x in tensors):
        return False
    heads, size = query.shape[2], query.shape[3]
    alike = all(x.dtype is query.dtype and x.shape[2] == heads and x.shape[3] == size for x in tensors)
    return alike and query.dtype in _HALVES and heads is not None and size is not None and _knows(size)


def _knows(size):
    return size <= _LARGEST_HEAD and size % 8 == 0


def fused(plain, query, key, value, mask, scale, is_causal):
    """Attention by two functions with stand-ins, one for each direction."""
    masks = () if mask is None else (convert(mask),)
    scale = query.shape[3] ** -0.5 if scale is None else float(scale)
    forward, backward = _functions(plain, scale, bool(is_causal))

    @custom_gradient
    def attend(query, key, value):
        return forward(query, key, value, *masks), lambda dy: backward(query, key, value, dy, *masks)

    return attend(query, key, value)


@lru_cache(maxsize=64)
def _functions(plain, scale, is_causal):
    def attention(query, key, value, *masks):
        return plain(query, key, value, mask=masks[0] if masks else None, scale=scale, is_causal=is_causal)

    def forward(query, key, value, *masks):
        current.graph.stand_in = FusedAttention(scale, is_causal)
        return attention(query, key, value, *masks)

    def backward(query, key, value, dy, *masks):
        current.graph.stand_in = FusedAttentionGradient(scale, is_causal)
        with GradientTape() as tape:
            tape.watch([query, key, value])
            y = attention(query, key, value, *masks)
        return tape.gradient(y, [query, key, value], output_gradients=dy)

    return tuple(function(one, reduce_retracing=True, autograph=False) for one in (forward, backward))
