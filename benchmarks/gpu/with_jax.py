"""The GPU benchmark's models with JAX alone."""

import jax
import jax.numpy as jnp

HALF = jnp.bfloat16


def is_on_gpu():
    """Whether JAX has a GPU."""
    return jax.default_backend() == "gpu"


def half(x):
    return x.astype(HALF)


def rows(table, ids):
    return table[ids]


def reshape(x, shape):
    return x.reshape(shape)


def linear(x, w, b=None):
    y = x.astype(HALF) @ w.astype(HALF)
    return y if b is None else y + b.astype(HALF)


def layer_norm(x, gain, bias):
    x = x.astype(jnp.float32)
    mean, variance = x.mean(-1, keepdims=True), x.var(-1, keepdims=True)
    return ((x - mean) * jax.lax.rsqrt(variance + 1e-5) * gain + bias).astype(HALF)


def attention(q, k, v):
    kind = "cudnn" if is_on_gpu() else "xla"
    return jax.nn.dot_product_attention(q, k, v, is_causal=True, implementation=kind)


def gelu(x):
    return jax.nn.gelu(x)


def cross_entropy(logits, targets):
    chances = jax.nn.log_softmax(logits.astype(jnp.float32))
    return -jnp.take_along_axis(chances, targets[..., None], -1).mean()


def image(x):
    return half(x)


def convolution(x, w, stride):
    return jax.lax.conv_general_dilated(
        x.astype(HALF), w.astype(HALF), (stride, stride), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC")
    )


def batch_norm(x, gain, bias):
    wide = x.astype(jnp.float32)
    mean, variance = wide.mean((0, 1, 2)), wide.var((0, 1, 2))
    return ((wide - mean) * jax.lax.rsqrt(variance + 1e-5) * gain + bias).astype(HALF)


def relu(x):
    return jnp.maximum(x, 0)


def max_pool(x):
    return jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, (1, 3, 3, 1), (1, 2, 2, 1), "SAME")


def mean_of_places(x):
    return x.astype(jnp.float32).mean((1, 2)).astype(HALF)


def product(n):
    """A function that multiplies two matrices of size n once, and one that waits for it."""
    a = jnp.full((n, n), 0.01, HALF)
    multiply = jax.jit(jnp.matmul)
    return lambda: multiply(a, a), jax.block_until_ready


def training(loss, weights, batch):
    """A function that makes one step of Adam and gives the loss, and one that waits for it."""

    @jax.jit
    def initial(weights):
        zeros = jax.tree.map(jnp.zeros_like, weights)
        return weights, zeros, jax.tree.map(jnp.zeros_like, weights), jnp.zeros(())

    def step(state, batch):
        w, m, v, count = state
        value, grads = jax.value_and_grad(loss)(w, *batch)
        count = count + 1
        m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, grads)
        v = jax.tree.map(lambda v, g: 0.99 * v + 0.01 * g * g, v, grads)
        rate = 1e-4 * jnp.sqrt(1 - 0.99**count) / (1 - 0.9**count)
        w = jax.tree.map(lambda w, m, v: w - rate * m / (jnp.sqrt(v) + 1e-8), w, m, v)
        return (w, m, v, count), value

    compiled = jax.jit(step, donate_argnums=0)
    holder = [initial(jax.tree.map(jnp.asarray, weights))]
    batch = tuple(map(jnp.asarray, batch))

    def once():
        holder[0], value = compiled(holder[0], batch)
        return value

    return once, lambda value: float(value)
