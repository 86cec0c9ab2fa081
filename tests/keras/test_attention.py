"""Attention by functions with a stand-in for GPUs: the same values and gradients as Keras's own steps."""

import numpy as np
import pytest

import tapeflow as tf
from tapeflow.compat import keras_attention
from tapeflow.core.compile.attention import FusedAttention, FusedAttentionGradient
from tapeflow.core.engines import xla

keras = tf.keras
MASK = np.random.default_rng(1).random((2, 1, 8, 8)) > 0.3
MASK[..., 0] = True


def tensors(dtype=tf.bfloat16):
    arrays = np.random.default_rng(0).normal(size=(4, 2, 8, 2, 16)).astype(np.float32)
    return [tf.cast(one, dtype) for one in arrays]


def attended(mask, is_causal):
    """The result and its gradients in a compiled function."""

    @tf.function(jit_compile=True)
    def both(q, k, v, dy):
        with tf.GradientTape() as tape:
            tape.watch([q, k, v])
            y = keras.ops.dot_product_attention(q, k, v, mask=mask, is_causal=is_causal)
        return y, *tape.gradient(y, [q, k, v], output_gradients=dy)

    return [x.numpy().astype(np.float32) for x in both(*tensors())]


@pytest.mark.slow
@pytest.mark.parametrize(("mask", "is_causal"), [(None, False), (None, True), (MASK, False)])
def test_functions_give_what_keras_gives(monkeypatch, mask, is_causal):
    expected = attended(mask, is_causal)
    monkeypatch.setattr(keras_attention, "is_wanted", lambda: True)
    for a, b in zip(attended(mask, is_causal), expected, strict=True):
        np.testing.assert_allclose(a, b, atol=2e-2)


@pytest.mark.slow
@pytest.mark.parametrize(("mask", "is_causal"), [(None, False), (None, True), (MASK, False)])
def test_the_stand_in_computes_the_same(monkeypatch, mask, is_causal):
    monkeypatch.setattr(FusedAttention, "kernel", "xla")
    expected = attended(mask, is_causal)
    values, masks = [np.asarray(x.host) for x in tensors()], () if mask is None else (mask,)
    with xla.ours():
        (y,) = FusedAttention(0.25, is_causal).fused(*values[:3], *masks)
        grads = FusedAttentionGradient(0.25, is_causal).fused(*values, *masks)
    for a, b in zip((y, *grads), expected, strict=True):
        np.testing.assert_allclose(np.asarray(a).astype(np.float32), b, atol=4e-2)


def test_calls_of_the_functions_are_lowered_to_the_stand_in(monkeypatch):
    monkeypatch.setattr(keras_attention, "is_wanted", lambda: True)
    lowered = []
    monkeypatch.setattr(
        FusedAttention, "lowered", lambda self, graph, values, plain=FusedAttention.lowered: (
            lowered.append(type(self).__name__) or plain(self, graph, values)
        )
    )  # fmt: skip
    attended(None, True)
    assert lowered == ["FusedAttention", "FusedAttentionGradient"]


@pytest.mark.parametrize(
    ("dtype", "size", "expected"), [(tf.bfloat16, 64, True), (tf.float32, 64, False), (tf.float16, 12, False),
                                    (tf.bfloat16, 256, False)],
)  # fmt: skip
def test_what_the_kernel_takes(dtype, size, expected):
    x = tf.zeros([1, 4, 2, size], dtype)
    assert keras_attention.suits(x, x, x) is expected
