"""GradientTape: what it watches and answers, nesting, persistence, jacobians; custom gradients."""

import numpy as np

from tests.parity.case import Family

case = Family(__name__)


def slope(tf, f, x=3.0, source=None, watch=True, **options):
    """d f(x) / dx by a tape."""
    x = tf.constant(x)
    with tf.GradientTape() as tape:
        if watch:
            tape.watch(x)
        y = f(x)
    return tape.gradient(y, x, **options)


def of_variable(tf, f, value=3.0, **options):
    x = tf.Variable(value)
    with tf.GradientTape() as tape:
        y = f(x)
    return tape.gradient(y, x, **options)


def jacobian(tf, f, value, **options):
    x = tf.constant(value)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = f(x)
    return tape.jacobian(y, x, **options)


def batch_jacobian(tf, f, value, **options):
    x = tf.constant(value)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = f(x)
    return tape.batch_jacobian(y, x, **options)


case.table("""
    gradient/square: slope(tf, lambda x: x * x)
    gradient/4w_plus_w_cubed: of_variable(tf, lambda w: 4 * w + w**3, 1.0)
    gradient/vector_target_is_summed: slope(tf, lambda x: tf.stack([x, x * x]))
    gradient/of_a_variable: of_variable(tf, lambda v: v * v)
    gradient/of_a_vector: of_variable(tf, lambda v: tf.reduce_sum(v * v), [1.0, 2.0])
    gradient/of_itself: slope(tf, lambda x: x)
    gradient/not_watched: slope(tf, lambda x: x * x, watch=False)
    gradient/not_connected: slope(tf, lambda x: tf.constant(1.0))
    gradient/unconnected_zero: slope(tf, lambda x: tf.constant(1.0), unconnected_gradients="zero")
    gradient/unconnected_enum: slope(tf, tf.ones_like, unconnected_gradients=tf.UnconnectedGradients.ZERO)
    gradient/unconnected_none: slope(tf, lambda x: tf.ones([]), unconnected_gradients="none")
    gradient/unconnected_unknown: slope(tf, lambda x: x, unconnected_gradients="one")  # raises: one
    gradient/output_gradients: slope(tf, lambda x: x * x, output_gradients=tf.constant(10.0))
    gradient/output_gradients_number: slope(tf, lambda x: x * x, output_gradients=10.0)
    gradient/output_gradients_list: slope(tf, lambda x: [x * x, x], output_gradients=[1.0, 7.0])
    gradient/target_list: slope(tf, lambda x: [x * x, x])
    gradient/target_dict: slope(tf, lambda x: {"a": x * x, "b": 5 * x})
    gradient/integer_source: slope(tf, lambda x: x * x, 3)
    gradient/integer_between: slope(tf, lambda x: tf.cast(tf.cast(x, tf.int32), tf.float32) * 2.0)
    gradient/integer_target: slope(tf, lambda x: tf.cast(x, tf.int32))
    gradient/bool_between: slope(tf, lambda x: tf.cast(x > 0.0, tf.float32))
    gradient/numpy_between: slope(tf, lambda x: tf.constant(x.numpy()) * 2.0)
    gradient/through_identity: slope(tf, tf_identity(tf))
    gradient/untrainable: _untrainable(tf)
    gradient/float64: slope(tf, lambda x: x * x, np.float64(3.0))
    gradient/half: slope(tf, lambda x: x * x, np.float16(3.0))
    gradient/complex: slope(tf, lambda x: x * x, 1 + 2j)
    gradient/complex_to_real: slope(tf, lambda x: tf.abs(x) ** 2, 1 + 2j)
    gradient/text_source: slope(tf, lambda x: tf.constant(1.0), "a")
    gradient/python_loop: slope(tf, lambda x: sum([x**i for i in range(4)]))
    gradient/python_branch: slope(tf, lambda x: x * 2 if x > 0 else x * 3)
    gradient/control_flow_negative: slope(tf, lambda x: x * 2 if x > 0 else x * 3, -1.0)
    gradient/gather_gives_slices: of_variable(tf, lambda v: tf.gather(v, [1, 1, 0]), [1.0, 2.0, 3.0])
    gradient/gather_twice: of_variable(tf, lambda v: tf.gather(v, [1]) + tf.gather(v, [0]), [1.0, 2.0, 3.0])
    gradient/gather_and_dense: of_variable(tf, lambda v: tf.gather(v, [1]) + tf.reduce_sum(v), [1.0, 2.0])
    gradient/sparse_read: of_variable(tf, lambda v: v.sparse_read([1]) * 2.0, [1.0, 2.0, 3.0])
    gradient/gather_nd_variable: of_variable(tf, lambda v: v.gather_nd([[1]]) * 2.0, [1.0, 2.0, 3.0])
    gradient/slice_of_variable: of_variable(tf, lambda v: v[1:] * 2.0, [1.0, 2.0, 3.0])
    gradient/value: of_variable(tf, lambda v: v.value() * 2.0)
    gradient/read_value: of_variable(tf, lambda v: v.read_value() * 2.0)
    gradient/convert: of_variable(tf, lambda v: tf.convert_to_tensor(v) * 2.0)
    gradient/nan: slope(tf, lambda x: x / 0.0 * 0.0)
    gradient/empty: slope(tf, lambda x: x * 2.0, [])
    sources/list: _of(tf, lambda x, y: [x, y])
    sources/tuple: _of(tf, lambda x, y: (x, y))
    sources/dict: _of(tf, lambda x, y: {"x": x, "y": [y, x]})
    sources/nested_empty: _of(tf, lambda x, y: [])
    sources/same_twice: _of(tf, lambda x, y: [x, x])
    sources/intermediate: _intermediate(tf)
    persistent/two_calls: _persistent(tf)
    persistent/not_persistent_twice: _twice(tf)  # raises: persistent
    watch/number: tf.GradientTape().watch(3.0)  # raises
    watch/list: _watched_list(tf)
    watch/integer: _watch_integer(tf)
    watch/text: _watch_text(tf)
    watch/variable: _watched_variables(tf)
    watch/after_use: _watched_late(tf)
    watch/off: _watch_off(tf)
    watched_variables/order: _watched_variables(tf)
    watched_variables/none: len(tf.GradientTape().watched_variables())
    stop_recording/block: _stop_recording(tf)
    stop_recording/outside: _stop_outside(tf)  # raises
    reset/forgets: _reset(tf)
    reset/outside: _reset_outside(tf)  # raises
    nested/second: _second(tf)
    nested/third: _third(tf)
    nested/two_tapes_side_by_side: _side_by_side(tf)
    nested/gradient_inside_the_tape: _inside(tf)
    nested/hessian: _hessian(tf)
    nested/inner_of_outer_source: _mixed(tf)
    nested/persistent_inside: _persistent_inside(tf)
    nested/same_tape_twice: _entered_twice(tf)
    nested/same_tape_goes_on: _went_on(tf)
    nested/same_tape_goes_on/before: _went_on(tf, of="y")
    nested/same_tape_goes_on/variable: _went_on_with_variable(tf)
    nested/open_tape_gradient: _open(tf)
    nested/enter_again_raises: _enter_open(tf)  # raises
    assign/breaks_the_connection: _assigned(tf)
    assign/gradient_at_the_old_value: _assigned_after(tf)
    jacobian/vector: jacobian(tf, lambda x: x * x, [1.0, 2.0])
    jacobian/scalar_target: jacobian(tf, lambda x: tf.reduce_sum(x * x), [1.0, 2.0])
    jacobian/scalar_source: jacobian(tf, lambda x: tf.stack([x, x * x]), 3.0)
    jacobian/matrix: jacobian(tf, lambda x: x @ tf.transpose(x), [[1.0, 2.0], [3.0, 4.0]])
    jacobian/without_pfor: jacobian(tf, lambda x: x * x, [1.0, 2.0], experimental_use_pfor=False)
    jacobian/not_connected: jacobian(tf, lambda x: tf.ones([2]), [1.0, 2.0])
    jacobian/zero: jacobian(tf, lambda x: tf.ones([2]), [1.0, 2.0], unconnected_gradients="zero")
    jacobian/gather: jacobian(tf, lambda x: tf.gather(x, [1, 0]), [1.0, 2.0, 3.0])
    jacobian/softmax: jacobian(tf, lambda x: tf.exp(x) / tf.reduce_sum(tf.exp(x)), [1.0, 2.0])
    jacobian/empty: jacobian(tf, lambda x: x * 2.0, [])
    jacobian/complex: jacobian(tf, lambda x: x * x, [1 + 1j])
    jacobian/two_sources: _jacobian_two(tf)
    jacobian/parallel_iterations: jacobian(tf, lambda x: x * x, [1.0], parallel_iterations=2)
    jacobian/not_persistent_twice: _jacobian_twice(tf)  # raises
    batch_jacobian/square: batch_jacobian(tf, lambda x: x * x, [[1.0, 2.0], [3.0, 4.0]])
    batch_jacobian/to_other_size: batch_jacobian(tf, lambda x: x @ tf.ones([2, 3]), [[1.0, 2.0], [3.0, 4.0]])
    batch_jacobian/without_pfor: batch_jacobian(tf, tf.square, [[1.0], [3.0]], experimental_use_pfor=False)
    batch_jacobian/not_connected: batch_jacobian(tf, lambda x: tf.ones([2, 1]), [[1.0], [3.0]])
    batch_jacobian/zero: batch_jacobian(tf, tf.ones_like, [[1.0], [3.0]], unconnected_gradients="zero")
    batch_jacobian/vector: batch_jacobian(tf, lambda x: x * x, [1.0, 2.0])  # raises
    batch_jacobian/batch_sizes: batch_jacobian(tf, lambda x: x[:1], [[1.0], [2.0]])  # raises
    stop_gradient/half: slope(tf, lambda x: x * tf.stop_gradient(x))
    stop_gradient/all: slope(tf, lambda x: tf.stop_gradient(x * x))
    grad_pass_through/round: slope(tf, lambda x: tf.grad_pass_through(tf.round)(x) * 2.0, 2.7)
    custom_gradient/simple: slope(tf, _doubled(tf))
    custom_gradient/value: _doubled(tf)(tf.constant(3.0))
    custom_gradient/no_tape: _doubled(tf)(3.0)
    custom_gradient/two_inputs: _custom_two(tf)
    custom_gradient/two_outputs: _custom_outputs(tf)
    custom_gradient/none: _custom_none(tf)
    custom_gradient/nested: _custom_nested(tf)
    custom_gradient/variables: _custom_variables(tf)
    custom_gradient/variables_without_the_argument: _custom_no_variables(tf)  # raises
    custom_gradient/too_few_gradients: _custom_short(tf)  # raises
    custom_gradient/not_a_pair: _custom_not_a_pair(tf)  # raises
    custom_gradient/keywords: _custom_keywords(tf)
    custom_gradient/on_a_list: _custom_list(tf)
    custom_gradient/name_is_kept: _doubled(tf).__name__
    custom_gradient/second_order: _custom_second(tf)
    recompute_grad/same: _recompute(tf)
    recompute_grad/with_variable: _recompute_variable(tf)
    gradients/eager: tf.gradients(tf.constant(1.0), tf.constant(1.0))  # raises: eager
    hessians/eager: tf.hessians(tf.constant(1.0), tf.constant(1.0))  # raises: eager
""")


def tf_identity(tf):
    return lambda x: tf.identity(x) * 2.0


def _of(tf, choose):
    x, y = tf.Variable(2.0), tf.Variable(5.0)
    with tf.GradientTape() as tape:
        z = x * x * y
    return tape.gradient(z, choose(x, y))


def _untrainable(tf):
    x, y = tf.Variable(2.0), tf.Variable(5.0, trainable=False)
    with tf.GradientTape() as tape:
        z = x * y
    return tape.gradient(z, [x, y])


def _intermediate(tf):
    x = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        y = x * x
        z = y * y
    return tape.gradient(z, [y, x])


def _persistent(tf):
    x = tf.Variable(2.0)
    with tf.GradientTape(persistent=True) as tape:
        y = x * x
        z = y * y
    return tape.gradient(z, x), tape.gradient(y, x), tape.gradient(z, y)


def _twice(tf):
    x = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        y = x * x
    tape.gradient(y, x)
    return tape.gradient(y, x)


def _watched_list(tf):
    x, y = tf.constant(2.0), tf.constant(5.0)
    with tf.GradientTape() as tape:
        tape.watch([x, {"y": y}])
        z = x * y
    return tape.gradient(z, [x, y])


def _watch_integer(tf):
    x = tf.constant(2)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.cast(x, tf.float32) * 2.0
    return tape.gradient(y, x)


def _watch_text(tf):
    x = tf.constant("a")
    with tf.GradientTape() as tape:
        tape.watch(x)
    return tape.gradient(tf.constant(1.0), x)


def _watched_variables(tf):
    x, y, z = tf.Variable(1.0), tf.Variable(2.0), tf.Variable(3.0, trainable=False)
    with tf.GradientTape() as tape:
        tape.watch(z)
        y * x * z
    return [v.numpy() for v in tape.watched_variables()]


def _watched_late(tf):
    x = tf.constant(2.0)
    with tf.GradientTape() as tape:
        y = x * x
        tape.watch(x)
        z = x * 5.0
    return tape.gradient([y, z], x)


def _watch_off(tf):
    x, y = tf.Variable(2.0), tf.Variable(3.0)
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(x)
        z = x * y
    return tape.gradient(z, [x, y])


def _stop_recording(tf):
    x = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        y = x * x
        with tape.stop_recording():
            z = y * y
        w = y * 3.0
    return tape.gradient([z, w], x)


def _stop_outside(tf):
    tape = tf.GradientTape()
    with tape.stop_recording():
        return None


def _reset(tf):
    x = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        y = x * x
        tape.reset()
        z = x * 5.0
    return tape.gradient([y, z], x)


def _reset_outside(tf):
    tape = tf.GradientTape()
    tape.reset()
    return tape.gradient(tf.constant(1.0), tf.constant(1.0))


def _second(tf):
    x = tf.Variable(3.0)
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = x**4
        first = inner.gradient(y, x)
    return first, outer.gradient(first, x)


def _third(tf):
    x = tf.Variable(2.0)
    with tf.GradientTape() as t1:
        with tf.GradientTape() as t2:
            with tf.GradientTape() as t3:
                y = tf.sin(x)
            a = t3.gradient(y, x)
        b = t2.gradient(a, x)
    return t1.gradient(b, x)


def _side_by_side(tf):
    x, y = tf.constant(2.0), tf.constant(3.0)
    with tf.GradientTape() as first, tf.GradientTape() as second:
        first.watch(x)
        second.watch(y)
        z = x * y
    return first.gradient(z, [x, y]), second.gradient(z, [x, y])


def _inside(tf):
    x = tf.Variable(2.0)
    with tf.GradientTape(persistent=True) as tape:
        y = x * x
        slope_ = tape.gradient(y, x)
        z = slope_ * x
    return tape.gradient(z, x)


def _hessian(tf):
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = tf.reduce_sum(x**3) + x[0] * x[1]
        gradient = inner.gradient(y, x)
    return outer.jacobian(gradient, x)


def _mixed(tf):
    x, y = tf.Variable(2.0), tf.Variable(3.0)
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            z = x * x * y
        dx = inner.gradient(z, x)
    return outer.gradient(dx, [x, y])


def _persistent_inside(tf):
    x = tf.Variable(2.0)
    with tf.GradientTape() as outer:
        with tf.GradientTape(persistent=True) as inner:
            y, z = x**2, x**3
        total = inner.gradient(y, x) + inner.gradient(z, x)
    return outer.gradient(total, x)


def _went_on(tf, of="z"):
    x = tf.constant(2.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = x * x
    aside = y + 1.0
    with tape:
        z = y * 3.0 + aside
    return tape.gradient({"y": y, "z": z}[of], x)


def _went_on_with_variable(tf):
    v, tape = tf.Variable(2.0), tf.GradientTape()
    with tape:
        y = v * v
    with tape:
        pass
    return tape.gradient(y, v)


def _entered_twice(tf):
    x = tf.Variable(2.0)
    tape = tf.GradientTape(persistent=True)
    with tape:
        y = x * x
    with tape:
        z = x * x * x
    return tape.gradient(y, x), tape.gradient(z, x)


def _open(tf):
    x = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        y = x * x
        return tape.gradient(y, x)


def _enter_open(tf):
    with tf.GradientTape() as tape, tape:
        return None


def _assigned(tf):
    x = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        x = x + 1
        y = x * x
    return tape.gradient(y, x)


def _assigned_after(tf):
    x, y = tf.Variable(2.0), tf.Variable(1.0)
    with tf.GradientTape() as tape:
        y.assign_add(x)
        z = y * y
    return tape.gradient(z, [x, y])


def _jacobian_two(tf):
    x, y = tf.Variable([1.0, 2.0]), tf.Variable(3.0)
    with tf.GradientTape() as tape:
        z = x * y
    return tape.jacobian(z, {"x": x, "y": y})


def _jacobian_twice(tf):
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        y = x * x
    tape.jacobian(y, x)
    return tape.jacobian(y, x)


def _doubled(tf):
    """x, with twice the true gradient."""

    @tf.custom_gradient
    def doubled(x):
        return x + 0.0, lambda dy: dy * 2.0

    return doubled


def _custom_two(tf):
    @tf.custom_gradient
    def f(x, y):
        return x * y, lambda dy: (dy * 10.0, dy * 20.0)

    x, y = tf.constant(2.0), tf.constant(3.0)
    with tf.GradientTape() as tape:
        tape.watch([x, y])
        z = f(x, y)
    return tape.gradient(z, [x, y])


def _custom_outputs(tf):
    @tf.custom_gradient
    def f(x):
        return (x * 2.0, x * 3.0), lambda a, b: a * 100.0 + b

    x = tf.constant(2.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        a, b = f(x)
        z = a + 5.0 * b
    return tape.gradient(z, x)


def _custom_none(tf):
    @tf.custom_gradient
    def f(x, y):
        return x * y, lambda dy: (dy, None)

    x, y = tf.constant(2.0), tf.constant(3.0)
    with tf.GradientTape() as tape:
        tape.watch([x, y])
        z = f(x, y)
    return tape.gradient(z, [x, y])


def _custom_nested(tf):
    @tf.custom_gradient
    def inner(x):
        return x * x, lambda dy: dy * 7.0

    @tf.custom_gradient
    def outer(x):
        return inner(x) + 1.0, lambda dy: dy * inner(x)

    x = tf.constant(3.0)
    with tf.GradientTape() as second:
        second.watch(x)
        with tf.GradientTape() as first:
            first.watch(x)
            y = outer(x)
        slope_ = first.gradient(y, x)
    return slope_, second.gradient(slope_, x)


def _custom_variables(tf):
    v = tf.Variable(5.0)

    @tf.custom_gradient
    def f(x):
        def back(dy, variables=None):
            return dy * 2.0, [dy * 3.0 for _ in variables]

        return x * v, back

    x = tf.constant(2.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = f(x)
    return tape.gradient(y, [x, v])


def _custom_no_variables(tf):
    v = tf.Variable(5.0)

    @tf.custom_gradient
    def f(x):
        return x * v, lambda dy: dy * 2.0

    with tf.GradientTape():
        return f(tf.constant(2.0))


def _custom_short(tf):
    @tf.custom_gradient
    def f(x, y):
        return x * y, lambda dy: dy

    x, y = tf.constant(2.0), tf.constant(3.0)
    with tf.GradientTape() as tape:
        tape.watch([x, y])
        z = f(x, y)
    return tape.gradient(z, [x, y])


def _custom_not_a_pair(tf):
    @tf.custom_gradient
    def f(x):
        return x * 2.0

    x = tf.constant(2.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        return tape.gradient(f(x), x)


def _custom_keywords(tf):
    @tf.custom_gradient
    def f(x, scale=1.0):
        return x * scale, lambda dy: dy * scale * 2.0

    x = tf.constant(2.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = f(x, scale=5.0)
    return y, tape.gradient(y, x)


def _custom_list(tf):
    @tf.custom_gradient
    def f(pair):
        return pair[0] * pair[1], lambda dy: [[dy, dy * 2.0]]

    x, y = tf.constant(2.0), tf.constant(3.0)
    with tf.GradientTape() as tape:
        tape.watch([x, y])
        z = f([x, y])
    return tape.gradient(z, [x, y])


def _custom_second(tf):
    @tf.custom_gradient
    def f(x):
        return x**3, lambda dy: dy * 3.0 * x**2

    x = tf.constant(2.0)
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            y = f(x)
        slope_ = inner.gradient(y, x)
    return outer.gradient(slope_, x)


def _recompute(tf):
    f = tf.recompute_grad(lambda x: tf.sin(x) * x)
    x = tf.constant(2.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = f(x)
    return y, tape.gradient(y, x)


def _recompute_variable(tf):
    v = tf.Variable(3.0)
    f = tf.recompute_grad(lambda x: tf.sin(x) * v)
    x = tf.constant(2.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = f(x)
    return tape.gradient(y, [x, v])


# -- custom gradients of methods and of ragged tensors -------------------------------------------------


def _method(tf):
    class Scaled:
        factor = 3.0

        @tf.custom_gradient
        def times(self, a, b):
            return a * b * self.factor, lambda dy: (dy * 5.0, dy * 6.0)

    x = tf.constant(2.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = Scaled().times(x, 3.0)
    return y, tape.gradient(y, x)


def _ragged_custom(tf):
    @tf.custom_gradient
    def both(a, b):
        return (a * 2.0, b * 3.0), lambda da, db: (da * 10.0, db * 20.0)

    a, b = tf.ragged.constant([[1.0, 2.0], [3.0]]), tf.ragged.constant([[1.0], [2.0, 3.0]])
    with tf.GradientTape() as tape:
        tape.watch([a, b])
        y = both(a, b)
    return y, tape.gradient(y, [a, b])


def _row_by_row(tf):
    x = tf.constant([[1.0, 2.0]])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = x * x
    return tape.jacobian(y, x, experimental_use_pfor=False)


def _sign_slope(tf):
    z = tf.constant([1 + 1j, 3 - 4j, 0j], tf.complex64)
    with tf.GradientTape() as tape:
        tape.watch(z)
        y = tf.sign(z)
    return tape.gradient(y, z, output_gradients=tf.constant([1 + 0j, 2j, 1j], tf.complex64))


case.table("""
    custom_gradient/method: _method(tf)
    custom_gradient/ragged: _ragged_custom(tf)
    custom_gradient/ragged_in_a_function: tf.function(lambda: _ragged_custom(tf), autograph=False)()
    jacobian/row_by_row_once: _row_by_row(tf)  # raises: persistent
    gradient/complex_sign: _sign_slope(tf)
""")


@case("custom_gradient/vectorized")
def _(tf):
    @tf.custom_gradient
    def clipped(x):
        return tf.sin(x), lambda dy: tf.clip_by_value(dy, -0.5, 0.5)

    def one(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = clipped(x) * 2.0
        return y, tape.gradient(y, x)

    x = tf.reshape(tf.range(6.0), [2, 3])
    return tf.vectorized_map(clipped, x), tf.vectorized_map(one, x)


def _update_slopes(tf, value, begin, end):
    x, value = tf.ones([3, 4]), tf.constant(value)
    with tf.GradientTape() as tape:
        tape.watch([x, value])
        y = tf.raw_ops.TensorStridedSliceUpdate(input=x, begin=begin, end=end, strides=[1] * len(begin), value=value)
    return tape.gradient(y, [x, value])


case.table("""
    gradient/slice_update_number: _update_slopes(tf, 5.0, [1], [3])
    gradient/slice_update_row: _update_slopes(tf, [[1.0, 2.0]], [0, 1], [3, 3])
    gradient/slice_update_whole: _update_slopes(tf, [[1.0, 2.0]], [0, 1], [1, 3])
""")
