"""The GPU benchmark's models with TapeFlow: plain ops, and `keras.ops.dot_product_attention` for attention."""

import tapeflow as tf

HALF = tf.bfloat16


def is_on_gpu():
    """Whether TapeFlow has a GPU."""
    return bool(tf.config.list_logical_devices("GPU"))


def half(x):
    return tf.cast(x, HALF)


def rows(table, ids):
    return tf.gather(table, ids)


def reshape(x, shape):
    return tf.reshape(x, shape)


def linear(x, w, b=None):
    y = tf.matmul(tf.cast(x, HALF), tf.cast(w, HALF))
    return y if b is None else y + tf.cast(b, HALF)


def layer_norm(x, gain, bias):
    x = tf.cast(x, tf.float32)
    mean, variance = tf.nn.moments(x, [-1], keepdims=True)
    return tf.cast((x - mean) * tf.math.rsqrt(variance + 1e-5) * gain + bias, HALF)


def attention(q, k, v):
    return tf.keras.ops.dot_product_attention(q, k, v, is_causal=True)


def gelu(x):
    return tf.nn.gelu(x, approximate=True)


def cross_entropy(logits, targets):
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=targets, logits=tf.cast(logits, tf.float32))
    return tf.reduce_mean(losses)


def image(x):
    return half(x)


def convolution(x, w, stride):
    return tf.nn.conv2d(tf.cast(x, HALF), tf.cast(w, HALF), stride, "SAME")


def batch_norm(x, gain, bias):
    wide = tf.cast(x, tf.float32)
    mean, variance = tf.nn.moments(wide, [0, 1, 2])
    return tf.cast((wide - mean) * tf.math.rsqrt(variance + 1e-5) * gain + bias, HALF)


def relu(x):
    return tf.nn.relu(x)


def max_pool(x):
    return tf.nn.max_pool2d(x, 3, 2, "SAME")


def mean_of_places(x):
    return tf.cast(tf.reduce_mean(tf.cast(x, tf.float32), [1, 2]), HALF)


def product(n):
    """A function that multiplies two matrices of size n once, and one that waits for it."""
    a = tf.fill([n, n], tf.constant(0.01, HALF))
    multiply = tf.function(tf.matmul, jit_compile=True)
    return lambda: multiply(a, a), lambda _: tf.test.experimental.sync_devices()


def training(loss, weights, batch):
    """A function that makes one step of Adam and gives the loss, and one that waits for it."""
    w = {name: tf.Variable(value) for name, value in weights.items()}
    m, v = ({name: tf.Variable(tf.zeros_like(one)) for name, one in w.items()} for _ in range(2))
    count = tf.Variable(0.0)

    @tf.function(jit_compile=True)
    def step(*batch):
        with tf.GradientTape() as tape:
            value = loss(w, *batch)
        grads = dict(zip(w, tape.gradient(value, list(w.values())), strict=True))
        count.assign_add(1.0)
        rate = 1e-4 * tf.sqrt(1 - 0.99**count) / (1 - 0.9**count)
        for name, g in grads.items():
            g = tf.convert_to_tensor(g)
            m[name].assign(0.9 * m[name] + 0.1 * g)
            v[name].assign(0.99 * v[name] + 0.01 * g * g)
            w[name].assign_sub(rate * m[name] / (tf.sqrt(v[name]) + 1e-8))
        return value

    batch = tuple(map(tf.constant, batch))
    return lambda: step(*batch), lambda value: float(value)
