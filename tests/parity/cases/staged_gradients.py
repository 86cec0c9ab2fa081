"""Gradients of tensors made inside a traced function, and Jacobians of traced control flow."""

from tests.parity.case import Family

case = Family(__name__)

WAYS = {
    "foldl": lambda tf, x: tf.foldl(lambda a, b: a + b, x),
    "foldr": lambda tf, x: tf.foldr(lambda a, b: a * b, x),
    "scan": lambda tf, x: tf.scan(lambda a, b: a * b, x),
    "map_fn": lambda tf, x: tf.map_fn(lambda a: a * a, x),
    "vectorized_map": lambda tf, x: tf.vectorized_map(lambda a: a * a, x),
    "while_loop": lambda tf, x: tf.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, a * 2.0), [0, x])[1],
    "while_capture": lambda tf, x: tf.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, a * x[i]), [0, 1.0])[1],
    "cond": lambda tf, x: tf.cond(tf.reduce_sum(x) > 0.0, lambda: x * x, lambda: x),
    "call": lambda tf, x: tf.function(lambda z: z * z)(x),
    "recompute": lambda tf, x: tf.recompute_grad(lambda z: z * z)(x),
    "custom": lambda tf, x: tf.custom_gradient(lambda z: (z * z, lambda dy: dy * 7.0))(x),
    "array": lambda tf, x: tf.TensorArray(tf.float32, 3).unstack(x).stack() * x,
    "mask": lambda tf, x: tf.boolean_mask(x, x > 1.0),
}


def _of_a_constant(tf, way):
    @tf.function(autograph=False)
    def slope():
        x = tf.constant([1.0, 2.0, 3.0])
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = way(tf, x)
        return tf.convert_to_tensor(tape.gradient(y, x))

    return slope()


for name, way in WAYS.items():
    case(f"of_a_constant/{name}", _of_a_constant, way)


def _jacobian(tf, way):
    traced = tf.function(lambda x: way(tf, x), autograph=False)
    x = tf.constant([1.0, 2.0, 3.0])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = traced(x)
    return tape.jacobian(y, x, experimental_use_pfor=False)


for name in ("foldl", "while_loop", "cond"):
    case(f"jacobian/{name}", _jacobian, WAYS[name])
