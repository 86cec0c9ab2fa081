"""tf.gradients and tf.hessians inside tf.function."""

from tests.parity.case import Family

case = Family(__name__)


def traced(tf, body, *values):
    """What a traced function of the values gives."""
    return tf.function(body)(*map(tf.constant, values))


X = [1.0, 2.0, 0.5]
for name, body in {
    "cube": lambda tf: lambda x: tf.gradients(tf.reduce_sum(x**3), x),
    "several": lambda tf: lambda x: tf.gradients([x * 2.0, x * x], [x]),
    "seeds": lambda tf: lambda x: tf.gradients([x * 2.0, x * x], x, grad_ys=[tf.ones(3), tf.fill([3], 2.0)]),
    "stopped": lambda tf: lambda x: tf.gradients(x * tf.tanh(x), x, stop_gradients=[x]),
    "zeros": lambda tf: lambda x: tf.gradients(x, [tf.constant(1.0)], unconnected_gradients="zero"),
    "second": lambda tf: lambda x: tf.gradients(tf.gradients(tf.sin(x), x), x),
    "hessian": lambda tf: lambda x: tf.hessians(tf.reduce_prod(x) + tf.reduce_sum(x**3), x),
    "gather": lambda tf: lambda x: tf.convert_to_tensor(tf.gradients(tf.gather(x, [0, 0, 2]), x)[0]),
    "cond": lambda tf: lambda x: tf.gradients(tf.cond(x[0] > 0, lambda: x * 2.0, lambda: x * 3.0), x),
    "while": lambda tf: lambda x: tf.gradients(
        tf.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, a * x), (0, x))[1], x
    ),
    "function": lambda tf: lambda x: tf.gradients(tf.function(lambda y: tf.tanh(y) * y)(x), x),
}.items():
    case(f"gradients/{name}", lambda tf, body: traced(tf, body(tf), X), body)


def of_variable(tf):
    v = tf.Variable(X)
    return tf.function(lambda x: tf.gradients(tf.reduce_sum(x * v * v), [v, x]))(tf.constant(X))


case("gradients/variable", of_variable)
case.table("""
    gradients/eager: tf.gradients(tf.constant(1.0), tf.constant(1.0))  # raises: eager
""")
