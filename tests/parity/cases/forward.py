"""ForwardAccumulator: jacobian-vector products, nesting, forward over reverse."""

import numpy as np

from tests.parity.case import Family, attribute

case = Family(__name__)


def jvp(tf, f, primal, tangent, **options):
    primal = tf.constant(primal)
    with tf.autodiff.ForwardAccumulator(primal, tf.constant(tangent, primal.dtype)) as accumulator:
        y = f(primal)
    return accumulator.jvp(y, **options)


ANY = """
    abs negative square exp sin cos tan tanh sinh cosh atan asinh sign math.sigmoid math.softplus
    math.erf math.log_sigmoid math.expm1 identity reduce_sum reduce_mean reduce_max reduce_min
    reduce_prod cumsum norm math.reduce_logsumexp math.cumprod transpose sort math.l2_normalize
    math.reduce_std stop_gradient zeros_like floor
""".split()
POSITIVE = "sqrt math.log math.rsqrt math.reciprocal math.lgamma math.log1p math.digamma".split()
for name in ANY + POSITIVE:
    point = [[0.3, -1.2], [0.7, 2.0]] if name in ANY else [[0.3, 1.2], [0.7, 2.0]]
    case(
        f"{name}/jvp",
        lambda tf, name, point: jvp(tf, lambda x: attribute(tf, name)(x), point, [[1.0, -0.5], [2.0, 0.25]]),
        name,
        point,
        loose=2,
    )

case.table("""
    jvp/scalar: jvp(tf, lambda x: x * x, 3.0, 2.0)
    jvp/vector: jvp(tf, lambda x: x * x, [1.0, 2.0], [1.0, 0.0])
    jvp/matmul: jvp(tf, lambda x: x @ x, [[1.0, 2.0], [3.0, 4.0]], [[1.0, 0.0], [0.0, 0.0]])
    jvp/gather: jvp(tf, lambda x: tf.gather(x, [1, 1]), [1.0, 2.0], [3.0, 4.0])
    jvp/slice: jvp(tf, lambda x: x[1:], [1.0, 2.0], [3.0, 4.0])
    jvp/concat: jvp(tf, lambda x: tf.concat([x, x * 2.0], 0), [1.0, 2.0], [3.0, 4.0])
    jvp/where: jvp(tf, lambda x: tf.where(x > 1.5, x, 2.0 * x), [1.0, 2.0], [3.0, 4.0])
    jvp/not_connected: jvp(tf, lambda x: tf.ones([2]), [1.0], [1.0])
    jvp/not_connected_zero: jvp(tf, lambda x: tf.ones([2]), [1.0], [1.0], unconnected_gradients="zero")
    jvp/integer_result: jvp(tf, lambda x: tf.cast(x, tf.int32), [1.0], [1.0])
    jvp/nested_result: jvp(tf, lambda x: {"a": x * x, "b": [x]}, 3.0, 1.0)
    jvp/of_the_primal: jvp(tf, lambda x: x, 3.0, 5.0)
    jvp/double: jvp(tf, lambda x: x * x, np.float64(3.0), 2.0)
    jvp/einsum: jvp(tf, lambda x: tf.einsum("ij,kj->ik", x, x), [[1.0, 2.0]], [[1.0, 0.0]])
    jvp/solve: jvp(tf, lambda x: tf.linalg.solve(x, tf.ones([2, 1])), [[2.0, 1], [0, 3]], [[1.0, 0], [0, 0]])
    jvp/unconnected_unknown: jvp(tf, lambda x: x, 1.0, 1.0, unconnected_gradients="one")  # raises
    jvp/custom_gradient: jvp(tf, _doubled(tf), 3.0, 1.0)
    variable/one: _variable(tf)
    several/primals: _several(tf)
    several/other_structure: _mismatched(tf)  # raises
    several/integer_primal: _integer(tf)
    watch/inside: _watch(tf)
    watch/twice: _watch_twice(tf)
    nested/forward_over_reverse: _forward_over_reverse(tf)
    nested/hessian_vector_product: _hessian_vector(tf)
    nested/forward_over_forward: _forward_over_forward(tf)
    nested/reverse_over_forward: _reverse_over_forward(tf)
    nested/entered_twice: _entered_twice(tf)  # raises
""")


def _doubled(tf):
    @tf.custom_gradient
    def doubled(x):
        return x + 0.0, lambda dy: dy * 2.0

    return doubled


def _variable(tf):
    v = tf.Variable([1.0, 2.0])
    with tf.autodiff.ForwardAccumulator(v, tf.constant([1.0, 0.5])) as accumulator:
        y = v * v
    return accumulator.jvp(y)


def _several(tf):
    x, y = tf.constant(2.0), tf.constant(3.0)
    with tf.autodiff.ForwardAccumulator([x, y], [tf.constant(1.0), tf.constant(10.0)]) as accumulator:
        z = x * y
    return accumulator.jvp([z, x, y])


def _mismatched(tf):
    return tf.autodiff.ForwardAccumulator([tf.constant(1.0)], [tf.constant(1.0), tf.constant(2.0)])


def _integer(tf):
    x, n = tf.constant(2.0), tf.constant(3)
    with tf.autodiff.ForwardAccumulator([x], [tf.constant(1.0)]) as accumulator:
        z = x * tf.cast(n, tf.float32)
    return accumulator.jvp(z)


def _watch(tf):
    x, y = tf.constant(2.0), tf.constant(3.0)
    with tf.autodiff.ForwardAccumulator(x, tf.constant(1.0)) as accumulator:
        z = x * y
    return accumulator.jvp(z), accumulator.jvp(y)


def _watch_twice(tf):
    x = tf.constant(2.0)
    with tf.autodiff.ForwardAccumulator(x, tf.constant(1.0)) as accumulator:
        y = x * x
        first = accumulator.jvp(y)
    return first, accumulator.jvp(y)


def _forward_over_reverse(tf):
    x = tf.constant(3.0)
    with tf.autodiff.ForwardAccumulator(x, tf.constant(1.0)) as accumulator:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = x**4
        gradient = tape.gradient(y, x)
    return gradient, accumulator.jvp(gradient)


def _hessian_vector(tf):
    x = tf.constant([1.0, 2.0])
    with tf.autodiff.ForwardAccumulator(x, tf.constant([1.0, 0.5])) as accumulator:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.reduce_sum(x**3) + x[0] * x[1]
        gradient = tape.gradient(y, x)
    return accumulator.jvp(gradient)


def _forward_over_forward(tf):
    x = tf.constant(3.0)
    with tf.autodiff.ForwardAccumulator(x, tf.constant(1.0)) as outer:
        with tf.autodiff.ForwardAccumulator(x, tf.constant(1.0)) as inner:
            y = x**4
        first = inner.jvp(y)
    return first, outer.jvp(first), outer.jvp(y)


def _reverse_over_forward(tf):
    x = tf.constant(3.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        with tf.autodiff.ForwardAccumulator(x, tf.constant(1.0)) as accumulator:
            y = x**4
        first = accumulator.jvp(y)
    return tape.gradient(first, x)


def _entered_twice(tf):
    x = tf.constant(3.0)
    accumulator = tf.autodiff.ForwardAccumulator(x, tf.constant(1.0))
    with accumulator, accumulator:
        return None


# -- accumulators and tapes within accumulators ------------------------------------------------------

GROWING = {
    "exp": lambda tf, x: tf.exp(x),
    "tanh": lambda tf, x: tf.tanh(x),
    "sqrt": lambda tf, x: tf.sqrt(x),
    "sigmoid": lambda tf, x: tf.sigmoid(x),
    "product": lambda tf, x: tf.exp(x) * tf.sin(x),
    "called": lambda tf, x: tf.function(lambda y: tf.exp(y) * tf.sin(y))(x),
}


def _twice_forward(tf, rule):
    x, one = tf.constant([0.5, 1.1]), tf.ones([2])
    with tf.autodiff.ForwardAccumulator(x, one) as outer, tf.autodiff.ForwardAccumulator(x, one) as inner:
        y = rule(tf, x)
    return inner.jvp(y), outer.jvp(y), outer.jvp(inner.jvp(y))


def _forward_over_tape(tf, rule):
    x = tf.constant([0.5, 1.1])
    with tf.autodiff.ForwardAccumulator(x, tf.ones([2])) as outer:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = rule(tf, x)
        slope = tape.gradient(y, x)
    return slope, outer.jvp(slope)


def _tape_over_forward(tf, rule):
    x = tf.constant([0.5, 1.1])
    with tf.GradientTape() as tape:
        tape.watch(x)
        with tf.autodiff.ForwardAccumulator(x, tf.ones([2])) as inner:
            y = rule(tf, x)
        slope = inner.jvp(y)
    return slope, tape.gradient(slope, x)


for order in (_twice_forward, _forward_over_tape, _tape_over_forward):
    for name, rule in GROWING.items():
        if (order, name) == (_tape_over_forward, "called"):
            continue  # None in TensorFlow
        way = order.__name__.removeprefix("_")
        case(f"nested/{way}/{name}", order, rule)
        case(
            f"nested/{way}/{name}/traced",
            lambda tf, order, rule: tf.function(lambda: order(tf, rule), autograph=False)(),
            order,
            rule,
        )


def _through_numpy(tf):
    @tf.custom_gradient
    def sine(x):
        return np.sin(x.numpy()), lambda dy: dy * tf.cos(x)

    x = tf.constant([1.0, 2.0])
    with tf.autodiff.ForwardAccumulator(x, tf.ones([2])) as acc:
        y = sine(x)
    return acc.jvp(y)


case("custom/through_numpy", _through_numpy)
