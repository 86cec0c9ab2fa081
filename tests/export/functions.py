"""Functions that are exported in tests: name -> (function, specs of its arguments, sizes to try for open ones)."""

import numpy as np

import tapeflow as tf

FUNCTIONS = {}


def exported(*specs, sizes=(2, 5), gradient=True):
    """Registers a function with the shapes and dtypes that it takes."""
    specs = [tf.TensorSpec(shape, dtype) for shape, dtype in specs]

    def register(function):
        FUNCTIONS[function.__name__] = function, specs, sizes, gradient
        return function

    return register


def arguments(specs, size, seed=0):
    """Numbers for specs, with `size` for open sizes."""
    random = np.random.default_rng(seed)
    found = []
    for spec in specs:
        shape = [size if n is None else n for n in spec.shape.as_list()]
        if spec.dtype.is_integer:
            found.append(tf.constant(random.integers(0, 4, shape), spec.dtype))
        elif spec.dtype is tf.bool:
            found.append(tf.constant(random.random(shape) < 0.5))
        elif spec.dtype.is_complex:
            found.append(tf.constant(random.normal(size=shape) + 1j * random.normal(size=shape), spec.dtype))
        else:
            found.append(tf.cast(tf.constant(random.normal(size=shape)), spec.dtype))
    return found


F32, F64, I32 = tf.float32, tf.float64, tf.int32


@exported(([None, 3], F32), ([None, 3], F32))
def sums(x, y):
    return x + y * 2.0, tf.reduce_sum(x, axis=1)


@exported(([None, 4], F64), ([4, 2], F64))
def product_in_double(x, w):
    return tf.tanh(x @ w)


@exported(([None, 4], tf.bfloat16))
def halves(x):
    return tf.nn.relu(x) * tf.cast(2, tf.bfloat16)


@exported(([None, 4], tf.float16))
def float16s(x):
    return tf.nn.softmax(x)


@exported(([None], tf.int64), gradient=False)
def whole_numbers(x):
    return tf.bitwise.bitwise_xor(x, tf.constant(3, tf.int64)), tf.cumsum(x)


@exported(([None, 2], tf.bool), gradient=False)
def booleans(x):
    return tf.logical_not(x), tf.reduce_any(x, axis=1)


@exported(([None], tf.uint8), gradient=False)
def bytes_as_floats(x):
    return tf.cast(x, F32) / 255.0


@exported(([None], tf.complex64))
def complex_numbers(x):
    return tf.math.exp(x) * tf.math.conj(x), tf.math.real(x)


@exported(([None, 2, 3], F32))
def flattened(x):
    return tf.reshape(x, [tf.shape(x)[0], -1])


@exported(([None, None], F32))
def stacked_sizes(x):
    rows, columns = tf.shape(x)[0], tf.shape(x)[1]
    return tf.broadcast_to(x[:, :, None], tf.stack([rows, columns, 2])), tf.zeros([rows * 2, columns])


@exported(([None, 3], F32))
def positions(x):
    return x + tf.cast(tf.range(tf.shape(x)[0])[:, None], F32)


@exported(([None, 3], F32))
def normalized_by_size(x):
    return x / tf.cast(tf.size(x), F32), tf.math.reduce_std(x, axis=0)


@exported(([None, 3], F32))
def branches(x):
    if tf.reduce_sum(x) > 0.0:
        return x * 2.0
    return x - 1.0


@exported(([None, 3], F32))
def branches_on_the_size(x):
    if tf.shape(x)[0] > 3:
        return tf.reduce_sum(x, axis=0)
    return tf.reduce_max(x, axis=0)


@exported(([None], F32), ([], I32), gradient=False)
def loop_of_unknown_length(x, n):
    while n > 0:
        x, n = x * 1.5 + 1.0, n - 1
    return x


@exported(([None, 4], F32))
def loop_over_a_range(x):
    total = tf.zeros_like(x)
    for i in tf.range(4):
        total += x * tf.cast(i, F32)
    return total


@exported(([5, None], F32))
def scan_over_rows(x):
    return tf.scan(lambda a, b: a * 0.5 + b, x)


@exported(([None, 4], F32))
def array_of_steps(x):
    steps = tf.TensorArray(F32, size=3)
    for i in range(3):
        steps = steps.write(i, x * float(i))
    return steps.stack()


@exported(([None, 8, 8, 3], F32), ([3, 3, 3, 4], F32))
def convolution(x, w):
    return tf.nn.conv2d(x, w, strides=2, padding="SAME")


@exported(([None, 8, 8, 2], F32))
def pooling(x):
    return tf.nn.max_pool2d(x, 2, 2, "VALID"), tf.nn.avg_pool2d(x, 3, 1, "SAME")


@exported(([None, 4, 4, 1], F32))
def resized(x):
    return tf.image.resize(x, [8, 6])


@exported(([None, 6], F32))
def parts(x):
    a, b, c = tf.split(x, [1, 2, 3], axis=1)
    return {"joined": tf.concat([c, a], 1), "b": b, "none": None}


@exported(([None, 4], F32))
def slices(x):
    return x[:, 1:3], x[::-1], x[..., tf.newaxis], x[1:]


@exported(([None, 4], F32))
def padded(x):
    return tf.pad(x, [[1, 0], [0, 2]]), tf.tile(x, [1, 2])


@exported(([None, 5], F32), ([None], I32))
def gathered(table, places):
    return tf.gather(table, [1, 0]), tf.one_hot(places, 4)


@exported(([None, 5], F32))
def ordered(x):
    values, places = tf.math.top_k(x, k=2)
    return values, places, tf.sort(x), tf.argmax(x, axis=1)


@exported(([None, 3, 3], F32))
def decomposed(x):
    spread = x @ tf.transpose(x, [0, 2, 1]) + 3.0 * tf.eye(3)
    return tf.linalg.cholesky(spread), tf.linalg.inv(spread)


@exported(([None, 6], F32), ([None], I32))
def scattered(x, segments):
    return tf.tensor_scatter_nd_update(x, [[0, 1], [1, 2]], [7.0, 8.0]), tf.math.unsorted_segment_sum(x, segments, 4)


@exported(([None, 3, 4], F32), ([None, 4, 5], F32))
def einsums(x, y):
    return tf.einsum("bij,bjk->bik", x, y), tf.matmul(x, y)


@exported(([None, 3], F32))
def own_gradient(x):
    @tf.custom_gradient
    def clipped(x):
        return x * 1.0, lambda dy: tf.clip_by_value(dy, -0.5, 0.5)

    return clipped(x) * 3.0


@exported(([None, 3], F32))
def gradient_inside(x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.reduce_sum(x**3)
    return tape.gradient(y, x)


@exported(([2, 3], F32), ([], F32))
def sizes_that_are_known(x, y):
    return x * y


@exported(([None, 16], F32))
def spectrum(x):
    return tf.abs(tf.signal.rfft(x))


@exported(([None, 4], F32))
def random_from_a_seed(x):
    return x + tf.random.stateless_normal(tf.shape(x), [1, 2])


@exported(([None, 4], F32))
def statistics(x):
    mean, variance = tf.nn.moments(x, axes=[0])
    return tf.nn.batch_normalization(x, mean, variance, None, None, 1e-3), tf.nn.log_softmax(x)


@exported(([None, None, 4], F32))
def causal_attention(x):
    scores = tf.matmul(x, x, transpose_b=True)
    seen = tf.linalg.band_part(tf.ones_like(scores), -1, 0)
    return tf.matmul(tf.nn.softmax(scores - 1e9 * (1.0 - seen)), x)


@exported(([None], F32))
def as_many_classes_as_elements(x):
    return tf.one_hot([0, 1], tf.shape(x)[0])


@exported(([None, None, None, 2], F32), sizes=(4, 7))
def images_of_any_size(x):
    return tf.nn.conv2d(x, tf.ones([3, 3, 2, 3]), 1, "SAME")
