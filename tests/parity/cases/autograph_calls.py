"""AutoGraph: functions that call functions, closures, methods, built-ins, composites, and control flow by hand."""

from tests.parity.case import Family
from tests.parity.programs import Programs

case = Family(__name__)
program = Programs(case)


def absolute(x):
    if x > 0:
        return x
    return -x


def power(x, n):
    y = x * 0 + 1
    for _ in range(n):
        y *= x
    return y


@program(3, -3)
def called_function_is_converted(tf, x):
    return absolute(x) + 1


@program((2, 5), (3, 0))
def called_with_a_loop(tf, x, n):
    return power(x, n)


@program(3, -3)
def called_with_keywords(tf, x):
    return power(x=absolute(x), n=2)


@program(3, -3)
def called_twice(tf, x):
    return absolute(absolute(x) - 5)


@program(3, -3)
def nested_function(tf, x):
    def inner(v):
        if v > 0:
            return v + 1
        return v - 1

    return inner(x) * 2


@program(3, -3)
def closure_reads(tf, x):
    k = x * 2

    def inner():
        return k if k > 0 else -k

    return inner()


@program.beyond(3, -3)
def closure_writes(tf, x):
    k = 0

    def bump(v):
        nonlocal k
        if v > 0:
            k = k + v
        else:
            k = k - v

    bump(x)
    bump(-x)
    return k + 0 * x


@program(3, -3)
def default_arguments(tf, x):
    def inner(v, a=2, *, b=3):
        return v * a + b if v > 0 else v - b

    return inner(x), inner(x, b=1), inner(x, 5)


@program(3, -3)
def star_arguments(tf, x):
    def inner(*values, **named):
        s = 0
        for v in values:
            s += v
        return s + named["k"]

    return inner(x, x, k=x)


@program(3, -3)
def lambda_(tf, x):
    f = lambda v: v * 2 if v > 0 else v
    return f(x)


@program([3, -3])
def lambda_in_map(tf, x):
    return tf.map_fn(lambda v: absolute(v) * 2, x)


@program([3, -3])
def function_as_a_value(tf, x):
    def apply(f, v):
        return f(v)

    return apply(absolute, x[1]) + apply(lambda v: v * v, x[0])


@program(3, -3)
def partial(tf, x):
    import functools

    return functools.partial(power, n=3)(x)


@program(3, -3)
def method(tf, x):
    class Scale:
        def __init__(self, k):
            self.k = k

        def run(self, v):
            if v > 0:
                return v * self.k
            return v

    return Scale(4).run(x)


@program(3, -3)
def callable_object(tf, x):
    class Scale:
        def __call__(self, v):
            return v * 5 if v > 0 else v

    return Scale()(x)


@program(3, -3)
def static_and_class_methods(tf, x):
    class Box:
        @staticmethod
        def one(v):
            return v + 1 if v > 0 else v

        @classmethod
        def two(cls, v):
            return cls.one(v) * 2

    return Box.two(x)


@program(3, -3)
def inherited_method(tf, x):
    class A:
        def f(self, v):
            return v + 1 if v > 0 else v - 1

    class B(A):
        def f(self, v):
            return super().f(v) * 10

    return B().f(x)


@program(3, -3)
def property_(tf, x):
    class Box:
        def __init__(self, v):
            self._v = v

        @property
        def size(self):
            return self._v * 2

    return Box(x).size


@program(3, -3)
def decorated(tf, x):
    import functools

    def doubled(f):
        @functools.wraps(f)
        def run(*args):
            return f(*args) * 2

        return run

    @doubled
    def inner(v):
        if v > 0:
            return v
        return v * v

    return inner(x)


@program(5, 1)
def python_recursion(tf, x):
    def down(v, n):
        return v if n == 0 else down(v + n, n - 1)

    return down(x, 4)


@program(3, -3)
def function_in_a_function(tf, x):
    @tf.function
    def inner(v):
        if v > 0:
            return v * 3
        return v

    return inner(x) + inner(x + 1)


@program(3, -3)
def gradient_through_an_inner_function(tf, x):
    @tf.function
    def inner(v):
        return v * v * v if v > 0 else v

    v = tf.cast(x, tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(v)
        y = inner(v)
    return tape.gradient(y, v)


@program(3)
def left_alone(tf, x):
    @tf.autograph.experimental.do_not_convert
    def inner(v):
        return v + 1

    return inner(x)


@program([1, 5, 3])
def builtins_of_tensors(tf, x):
    return abs(x), len(x), sum([x[0], x[1]]), pow(x, 2)


@program(2.7)
def casts(tf, x):
    return int(x), float(x)


@program(([3, 1], [2, 5]))
def maximum_and_minimum(tf, a, b):
    return tf.maximum(a, b), tf.minimum(a, b)


@program(3)
def sorted_of_python(tf, x):
    s = x
    for v in sorted([3, 1, 2]):
        s = s * 10 + v
    return s


@program([1, 2, 3])
def map_and_filter_of_python(tf, x):
    return [v * 2 for v in map(lambda i: x[i], filter(lambda i: i != 1, range(3)))]  # noqa: C417


@program([1, 2, 3])
def zip_of_python(tf, x):
    s = 0
    for a, b in zip([0, 1, 2], [2, 1, 0]):  # noqa: B905
        s += x[a] * b
    return s


@program([1, 2, 3])
def any_and_all_of_python(tf, x):
    return x if any([True, False]) and all([True]) else -x


@program([1, 2, 3])
def unpacking(tf, x):
    a, *rest = tf.unstack(x)
    return a, rest


@program([1, 2, 3])
def unpacking_in_a_call(tf, x):
    def add(a, b, c):
        return a + b * c

    return add(*tf.unstack(x)), add(**{"a": x[0], "b": x[1], "c": x[2]})


@program(3)
def f_string(tf, x):
    return tf.strings.join([f"{1 + 1}", tf.strings.as_string(x)])


@program(3)
def dictionaries(tf, x):
    d = {"a": x, **{"b": x + 1}}
    return d.get("a") + d["b"] + len(d)


@program(3)
def sets_and_membership(tf, x):
    return x if 3 in {1, 2, 3} and "q" not in "abc" else -x


@program(3)
def with_two_items(tf, x):
    with tf.name_scope("a"), tf.name_scope("b"):
        y = x + 1
    return y


@program(3)
def try_except_in_python(tf, x):
    try:
        int("no number")
        y = x
    except ValueError:
        y = x * 2
    return y


@program(3)
def delete_a_name(tf, x):
    y = x
    z = y + 1
    del y
    return z


@program(3)
def global_names(tf, x):
    return absolute.__name__ == "absolute" and x == 3


@program(3, -3)
def starred_in_a_branch(tf, x):
    if x > 0:
        y = [*[x, x], x + 1]
    else:
        y = [x, x, x]
    return y


@program(3, -3)
def slices_in_a_branch(tf, x):
    v = tf.range(5)
    return v[1:3] if x > 0 else v[3:]


@program(3, -3)
def matrix_in_a_branch(tf, x):
    m = tf.eye(2)
    if x > 0:
        m = m @ m * 2.0
    return m[0, 0] + m[1, 1]


@program(True, False)
def cond_by_hand(tf, p):
    return tf.cond(p, lambda: tf.constant(1), lambda: tf.constant(2))


@program((True, 2.0), (False, 2.0))
def gradient_of_cond(tf, p, x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.cond(p, lambda: x * x, lambda: 3.0 * x)
    return tape.gradient(y, x)


@program((True, 2.0), (False, 2.0))
def second_gradient_of_cond(tf, p, x):
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            y = tf.cond(p, lambda: x * x * x, lambda: tf.exp(x))
        g = inner.gradient(y, x)
    return g, outer.gradient(g, x)


@program(0, 1, 2, 5)
def switch_case(tf, i):
    return tf.switch_case(i, [lambda: tf.constant(10), lambda: i * 2, lambda: i + 100])


@program((0, 2.0), (1, 2.0))
def gradient_of_switch_case(tf, i, x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.switch_case(i, [lambda: x * x, lambda: tf.sin(x)])
    return tape.gradient(y, x)


@program(1, 2, 3)
def case_by_hand(tf, x):
    return tf.case([(x < 2, lambda: x * 10), (x < 3, lambda: x * 100)], default=lambda: x)


@program(5)
def while_loop_by_hand(tf, n):
    return tf.while_loop(lambda i, s: i < n, lambda i, s: (i + 1, s + i), (0, 0))


@program(5)
def while_loop_with_a_maximum(tf, n):
    return tf.while_loop(lambda i: i < n, lambda i: (i + 1,), (0,), maximum_iterations=3)


@program(5)
def while_loop_with_shape_invariants(tf, n):
    shapes = [tf.TensorShape([]), tf.TensorShape([None])]
    first = [tf.constant(0), tf.constant([0])]
    return tf.while_loop(
        lambda i, v: i < n, lambda i, v: [i + 1, tf.concat([v, [i]], 0)], first, shape_invariants=shapes
    )


@program(1.3)
def gradients_of_while_loop(tf, x):
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            _, y = tf.while_loop(lambda i, v: i < 4, lambda i, v: (i + 1, v * x), (0, x))
        g = inner.gradient(y, x)
    return y, g, outer.gradient(g, x)


@program([1.0, 2.0, 3.0])
def gradients_of_map_fn(tf, x):
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            y = tf.reduce_sum(tf.map_fn(lambda v: v * v * v, x))
        g = inner.gradient(y, x)
    return g, outer.gradient(g, x)


@program([1.0, 2.0, 3.0])
def gradients_of_scan(tf, x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.reduce_sum(tf.scan(lambda a, v: a * v, x))
    return tape.gradient(y, x)


@program([1.0, 2.0, 3.0])
def gradients_of_folds(tf, x):
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        a = tf.foldl(lambda s, v: s * v, x)
        b = tf.foldr(lambda s, v: s + v * v, x, initializer=0.0)
    return tape.gradient(a, x), tape.gradient(b, x)


@program([[1.0, 2.0], [3.0, 4.0]])
def vectorized(tf, x):
    return tf.vectorized_map(lambda row: tf.reduce_sum(row * row), x)


@program([1.0, 2.0])
def jacobian(tf, x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.stack([x[0] * x[1], tf.sin(x[0]), x[1] ** 2])
    return tape.jacobian(y, x)


@program([1.0, 2.0])
def hessian(tf, x):
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            y = tf.reduce_sum(x**3) + x[0] * x[1]
        g = inner.gradient(y, x)
    return outer.jacobian(g, x)


@program([1.0, 2.0])
def forward_mode_of_cond(tf, x):
    with tf.autodiff.ForwardAccumulator(x, tf.constant([1.0, 0.5])) as acc:
        y = tf.cond(x[0] > 0.0, lambda: x * x, lambda: x)
    return acc.jvp(y)


@program([1.0, 2.0])
def forward_mode_of_a_function(tf, x):
    @tf.function
    def inner(v):
        return tf.tanh(v) * v

    with tf.autodiff.ForwardAccumulator(x, tf.constant([1.0, 0.5])) as acc:
        y = inner(x)
    return acc.jvp(y)


@program([1.0, -2.0, 3.0])
def boolean_mask(tf, x):
    return tf.boolean_mask(x, x > 0.0) * 2.0


@program([1.0, -2.0, 3.0])
def gradient_through_boolean_mask(tf, x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.reduce_sum(tf.boolean_mask(x, x > 0.0) ** 2)
    return tape.gradient(y, x)


@program([1, 0, 2, 0])
def where_(tf, x):
    return tf.where(x > 0)


@program([3, 1, 3, 2])
def unique(tf, x):
    y, i = tf.unique(x)
    return y, i, tf.size(y)


@program([3, 1, 4])
def range_of_a_computed_length(tf, x):
    n = tf.reduce_max(x)
    return tf.range(n) * 2


@program([2, 0, 3])
def repeat_by_tensors(tf, x):
    return tf.repeat(tf.range(3), x)


@program([1.0, 2.0, 3.0, 4.0])
def reshape_by_a_shape(tf, x):
    return tf.reshape(x, tf.shape(tf.ones([2, 2]))) + tf.cast(tf.shape(x)[0], tf.float32)


@program(3)
def zeros_of_a_computed_shape(tf, n):
    return tf.zeros([n, 2]) + 1.0


@program([1.0, 2.0])
def tensor_list_of_gradients(tf, x):
    w = [x, x * 2.0]
    with tf.GradientTape() as tape:
        tape.watch(w)
        y = tf.add_n([tf.reduce_sum(v**2) for v in w])
    return tape.gradient(y, w)


@program([1.0, 2.0])
def custom_gradient(tf, x):
    @tf.custom_gradient
    def clipped(v):
        return v * 10.0, lambda dy: tf.clip_by_value(dy, -0.5, 0.5)

    with tf.GradientTape() as tape:
        tape.watch(x)
        y = clipped(x)
    return y, tape.gradient(y, x)


@program([1.0, 2.0])
def stop_gradient(tf, x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = x * tf.stop_gradient(x)
    return tape.gradient(y, x)


@program([1.0, 2.0])
def python_function(tf, x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.py_function(lambda v: v * v, [x], tf.float32)
    return y, tape.gradient(y, x)


@program([1.0, 2.0])
def numpy_function(tf, x):
    y = tf.numpy_function(lambda v: v[::-1] * 2, [x], tf.float32)
    return y + 1.0


@program("a,b,c")
def python_strings(tf, s):
    total = 0
    for part in s.split(","):
        total += len(part)
    return tf.constant(total)


@program(3)
def tensor_array_by_hand(tf, n):
    a = tf.TensorArray(tf.int32, size=3, clear_after_read=False)
    a = a.write(0, n).write(1, n * 2).write(2, n * 3)
    return a.read(1), a.gather([2, 0]), a.concat() if False else a.stack(), a.size()


@program([[1, 2], [3, 4]])
def tensor_array_of_rows(tf, x):
    a = tf.TensorArray(tf.int32, size=2).unstack(x)
    return a.stack() * 2


@program(3)
def none_and_python_results(tf, x):
    return None, x, [None, x + 1]


@program(3)
def named_tuples(tf, x):
    import collections

    point = collections.namedtuple("Point", ["x", "y"])
    p = point(x, x + 1)
    if x > 0:
        p = point(p.y, p.x)
    return list(p)


@program((2, 3))
def operators(tf, a, b):
    return a + b, a - b, a * b, a / b, a // b, a % b, -a, a**b, a < b, a <= b, a == b, a & b, a | b, a ^ b, ~a


@program(3)
def control_dependencies(tf, x):
    with tf.control_dependencies([x]):
        return tf.identity(x)


@program(3)
def init_scope(tf, x):
    with tf.init_scope():
        eager = tf.executing_eagerly()
    return eager, tf.executing_eagerly() or x == 3


@program([4.0, 9.0])
def map_structure(tf, x):
    return tf.nest.map_structure(tf.sqrt, {"a": x, "b": [x * 4.0]})


@program([[1.0, 2.0], [3.0, 5.0]])
def einsum(tf, x):
    return tf.einsum("ij,kj->ik", x, x)


@program.raises(3)
def returns_an_object(tf, x):
    return object()


@program.raises(3)
def makes_variables_again(tf, x):
    return tf.Variable(1) + x


@program.raises(3)
def numpy_of_a_symbol(tf, x):
    return x.numpy()


@program.raises([1.0, 2.0])
def wrong_shapes(tf, x):
    return x + tf.ones([3])


@program.raises(3, says=["AddV2"])
def wrong_dtypes(tf, x):
    return x + tf.constant(1.5)


@program.raises([1, 2])
def bool_of_a_vector(tf, x):
    return 1 if x == 1 else 2


@program.raises(3)
def unknown_name(tf, x):
    return x + undefined_name  # noqa: F821


@program.raises(3)
def too_few_arguments(tf, x):
    return absolute()
