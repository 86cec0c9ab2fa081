"""AutoGraph: `for` over ranges, tensors, arrays, `enumerate` and `zip`, with jumps; loops in Python beside them."""

from tests.parity.case import Family
from tests.parity.programs import Programs

case = Family(__name__)
program = Programs(case)


@program(5, 0)
def over_a_range(tf, n):
    s = 0
    for i in tf.range(n):
        s += i
    return s


@program(5, 0)
def over_pythons_range(tf, n):
    s = 0
    for i in range(n):
        s += i
    return s


@program((2, 9), (9, 2))
def range_with_a_start(tf, a, b):
    s = 0
    for i in range(a, b):
        s += i
    return s


@program((2, 20, 3), (20, 2, -4))
def range_with_a_step(tf, a, b, c):
    s = 0
    for i in range(a, b, c):
        s = s * 2 + i
    return s


@program([1, 2, 3], [5])
def over_a_tensor(tf, x):
    s = 0
    for v in x:
        s += v
    return s


@program([[1, 2], [3, 4], [5, 6]])
def over_rows(tf, x):
    s = tf.zeros([2], tf.int32)
    for row in x:
        s = s * 2 + row
    return s


@program([[1, 2], [3, 4]])
def over_elements(tf, x):
    s = 0
    for row in x:
        for v in row:
            s = s * 10 + v
    return s


@program.beyond([4, 7, 9])
def enumerated(tf, x):
    s = 0
    for i, v in enumerate(x):
        s += i * v
    return s


@program.beyond([4, 7, 9])
def enumerated_from(tf, x):
    s = 0
    for i, v in enumerate(x, 5):
        s += tf.cast(i, tf.int32) * v
    return s


@program.beyond(([1, 2, 3], [4, 5, 6]))
def zipped(tf, x, y):
    s = 0
    for a, b in zip(x, y):  # noqa: B905
        s += a * b
    return s


@program([4, 7, 9])
def counting_with_len(tf, x):
    s = 0
    for i in range(len(x)):
        s += i * x[i]
    return s


@program(10, 2)
def break_(tf, n):
    s = 0
    for i in tf.range(n):
        if s > 10:
            break
        s += i
    return s


@program(10, 0)
def continue_(tf, n):
    s = 0
    for i in tf.range(n):
        if i % 3 == 0:
            continue
        s += i
    return s


@program(10, 3)
def break_and_continue(tf, n):
    s = 0
    for i in tf.range(n):
        if i == 1:
            continue
        if i == 6:
            break
        s += i
    return s


@program([1, 5, 2, 8])
def first_that_fits(tf, x):
    found = -1
    for v in x:
        if v > 3:
            found = v
            break
    return found


@program(4)
def nested_for(tf, n):
    s = 0
    for i in tf.range(n):
        for j in tf.range(i):
            s += i * j
    return s


@program(4)
def nested_with_break(tf, n):
    s = 0
    for i in tf.range(n):
        for j in tf.range(n):
            if j > i:
                break
            s += 1
    return s


@program(4)
def nested_with_continue(tf, n):
    s = 0
    for i in tf.range(n):
        for j in tf.range(n):
            if j == i:
                continue
            s += j
    return s


@program(3)
def python_loop_inside(tf, n):
    s = 0
    for i in tf.range(n):
        for k in range(3):
            s += i * k
    return s


@program(3)
def graph_loop_inside(tf, n):
    s = 0
    for k in range(3):
        for i in tf.range(n):
            s += i * k
    return s


@program([1, 2, 3])
def over_a_python_list(tf, x):
    s = 0
    for f in [1, 2, 3]:
        s += f * x[f - 1]
    return s


@program(3)
def over_a_dict(tf, n):
    s = n
    for k, v in {"a": 1, "b": 2}.items():
        s += v if k == "a" else 10 * v
    return s


@program([1, 2, 3])
def collecting_in_a_list(tf, x):
    out = []
    for i in range(3):
        out.append(x[i] * 2)
    return out


@program([1, 2, 3])
def list_comprehension(tf, x):
    return [x[i] + i for i in range(3)]


@program([1, 2, 3])
def comprehension_over_a_tensor(tf, x):
    return tf.stack([v * v for v in tf.unstack(x)])


@program([1, 2, 3])
def dict_comprehension(tf, x):
    return {f"k{i}": x[i] for i in range(3)}


@program([1, 2, 3])
def generator_in_sum(tf, x):
    return sum(x[i] for i in range(3))


@program(4)
def tensor_array_writes(tf, n):
    out = tf.TensorArray(tf.int32, size=n)
    for i in tf.range(n):
        out = out.write(i, i * i)
    return out.stack()


@program(4)
def two_tensor_arrays(tf, n):
    a, b = tf.TensorArray(tf.int32, size=n), tf.TensorArray(tf.float32, size=n)
    for i in tf.range(n):
        a = a.write(i, i)
        b = b.write(i, tf.cast(i, tf.float32) / 2.0)
    return a.stack(), b.stack()


@program([1.0, 2.0, 3.0])
def running_sum(tf, x):
    out = tf.TensorArray(tf.float32, size=0, dynamic_size=True)
    s = 0.0
    for i in tf.range(len(x)):
        s += x[i]
        out = out.write(i, s)
    return out.stack()


@program([3, 1, 2])
def reading_a_tensor_array(tf, x):
    a = tf.TensorArray(tf.int32, size=3).unstack(x)
    s = 0
    for i in range(3):
        s = s * 10 + a.read(i)
    return s


@program([[1.0, 2.0], [3.0, 4.0]])
def recurrent_cell(tf, xs):
    w = tf.constant([[0.5, -0.5], [0.25, 0.5]])
    h = tf.zeros([1, 2])
    for x in xs:
        h = tf.tanh(x[None] @ w + h)
    return h


@program([1.0, -2.0, 3.0])
def conditional_in_a_loop(tf, x):
    s = 0.0
    for v in x:
        if v > 0:
            s += v
        else:
            s -= v
    return s


@program([1.0, -2.0, 3.0])
def conditional_expression_in_a_loop(tf, x):
    s = 0.0
    for v in x:
        s += v if v > 0 else -v
    return s


@program([1.0, -2.0, 3.0, 8.0])
def smallest_and_largest(tf, x):
    low, high = x[0], x[0]
    for v in x[1:]:
        if v < low:
            low = v
        elif v > high:
            high = v
    return low, high


@program([3, 1, 4, 1, 5, 9, 2, 6])
def insertion_sort(tf, x):
    for i in tf.range(1, len(x)):
        j = i
        while j > 0 and x[j - 1] > x[j]:
            a, b = x[j - 1], x[j]
            x = tf.tensor_scatter_nd_update(x, [[j - 1], [j]], [b, a])
            j -= 1
    return x


@program([3, 1, 2])
def counting_inversions(tf, x):
    count = 0
    n = len(x)
    for i in tf.range(n):
        for j in tf.range(i + 1, n):
            if x[i] > x[j]:
                count += 1
    return count


@program(([1, 2, 3], 2.0))
def horner(tf, coefficients, x):
    y = 0.0
    for c in coefficients:
        y = y * x + tf.cast(c, tf.float32)
    return y


@program(5)
def pascals_row(tf, n):
    row = tf.constant([1, 0, 0, 0, 0, 0])
    for _ in tf.range(n):
        row = row + tf.roll(row, 1, 0) * tf.constant([0, 1, 1, 1, 1, 1])
    return row


@program(3)
def identity_of_matrices(tf, n):
    m = tf.eye(2)
    for _ in tf.range(n):
        m = m @ tf.constant([[1.0, 1.0], [0.0, 1.0]])
    return m


@program(20)
def fizz_buzz(tf, n):
    fizz, buzz, both = 0, 0, 0
    for i in tf.range(1, n):
        if i % 15 == 0:
            both += 1
        elif i % 3 == 0:
            fizz += 1
        elif i % 5 == 0:
            buzz += 1
    return fizz, buzz, both


@program(30)
def sieve(tf, n):
    prime = tf.ones([30], tf.bool)
    for i in tf.range(2, 6):
        if prime[i]:
            for j in tf.range(i * i, n, i):
                prime = tf.tensor_scatter_nd_update(prime, [[j]], [False])
    return tf.where(prime)[2:, 0]


@program([1, 2, 2, 3, 3, 3])
def histogram(tf, x):
    counts = tf.zeros([4], tf.int32)
    for v in x:
        counts = tf.tensor_scatter_nd_add(counts, [[v]], [1])
    return counts


@program([2, 7, 11, 15])
def two_sum(tf, x):
    a, b = -1, -1
    for i in tf.range(4):
        for j in tf.range(i + 1, 4):
            if x[i] + x[j] == 18:
                a, b = i, j
    return a, b


@program([-2, 1, -3, 4, -1, 2, 1, -5, 4])
def largest_slice(tf, x):
    best, here = x[0], x[0]
    for v in x[1:]:
        here = tf.maximum(v, here + v)
        best = tf.maximum(best, here)
    return best


@program(8)
def trapezoids(tf, n):
    h = 1.0 / tf.cast(n, tf.float32)
    s = 0.0
    for i in tf.range(n):
        x = tf.cast(i, tf.float32) * h
        s += h * (x * x + (x + h) * (x + h)) / 2.0
    return s


@program(12)
def edit_a_row(tf, n):
    row = tf.range(n)
    for i in tf.range(n):
        if i % 2 == 0:
            row = tf.where(tf.range(n) == i, row * 10, row)
    return row


@program([[1.0, 2.0], [3.0, 4.0]])
def gradient_through_for(tf, xs):
    w = tf.constant([0.5, -0.5])
    with tf.GradientTape() as tape:
        tape.watch([xs, w])
        y = 0.0
        for x in xs:
            y += tf.reduce_sum(tf.tanh(x * w))
    return y, tape.gradient(y, [xs, w])


@program([1.0, 2.0, 3.0])
def gradient_of_written_elements(tf, x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        out = tf.TensorArray(tf.float32, size=3)
        for i in tf.range(3):
            out = out.write(i, x[i] ** 2)
        y = tf.reduce_sum(out.stack() * tf.constant([1.0, 10.0, 100.0]))
    return tape.gradient(y, x)


@program([1.0, 2.0, 3.0])
def gradient_with_branches(tf, x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = 0.0
        for v in x:
            if v > 1.5:
                y += v * v
            else:
                y -= v
    return tape.gradient(y, x)


@program([1.0, 2.0])
def second_gradient(tf, x):
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            y = 1.0
            for v in x:
                y = y * v * v
        g = inner.gradient(y, x)
        s = tf.reduce_sum(g)
    return outer.gradient(s, x)


@program([1.0, 2.0])
def forward_mode(tf, x):
    with tf.autodiff.ForwardAccumulator(x, tf.ones_like(x)) as acc:
        y = x
        for _ in tf.range(3):
            y = y * x
    return acc.jvp(y)


@program([1.0, 2.0, 3.0])
def map_inside(tf, x):
    return tf.map_fn(lambda v: v * 2.0 if v > 1.5 else v, x)


@program([1.0, 2.0, 3.0])
def scan_inside(tf, x):
    return tf.scan(lambda a, v: a + v if v > 1.5 else a, x)


@program([1, 2, 3])
def fold_inside(tf, x):
    return tf.foldl(lambda a, v: a * 2 + v, x), tf.foldr(lambda a, v: a * 2 + v, x)


@program(3)
def loop_variable_after_the_loop(tf, n):
    i = -1
    for i in tf.range(n):  # noqa: B007
        pass
    return i


@program(6)
def state_in_a_dict(tf, n):
    state = {"even": 0, "odd": 0}
    for i in tf.range(n):
        if i % 2 == 0:
            state["even"] += i
        else:
            state["odd"] += i
    return state


@program(4)
def state_in_an_object(tf, n):
    class State:
        def __init__(self):
            self.total = tf.constant(0)

    s = State()
    for i in tf.range(n):
        s.total = s.total + i
    return s.total


@program(5)
def variable_assigned_in_a_loop(tf, n):
    v = _variable(tf)
    v.assign(0)
    for i in tf.range(n):
        v.assign_add(i)
    return v.read_value()


@program(5)
def variable_assigned_in_a_branch(tf, n):
    v = _variable(tf)
    v.assign(1)
    if n > 3:
        v.assign(v * n)
    else:
        v.assign_sub(n)
    return v.read_value()


_made = {}


def _variable(tf):
    """One variable for each module that plays TensorFlow: programs may not make a new one in every trace."""
    with tf.init_scope():
        if tf not in _made:
            _made[tf] = tf.Variable(0)
    return _made[tf]


@program.beyond([1, 2, 3, 4])
def over_slices(tf, x):
    s = 0
    for a, b in zip(x[:-1], x[1:]):  # noqa: B905, RUF007
        s += a * b
    return s


@program.beyond([5, 6])
def tuple_targets(tf, x):
    s = 0
    for i, (a, b) in enumerate(zip(x, x)):  # noqa: B905
        s += i * a + b
    return s


@program.beyond([1, 5, 2])
def return_in_a_loop(tf, x):
    for v in x:
        if v > 3:
            return v
    return -1


@program.beyond([1, 5, 2])
def else_without_break(tf, x):
    found = 0
    for v in x:
        if v > 10:
            found = v
            break
    else:
        found = -1
    return found


@program.raises(3)
def over_a_scalar(tf, n):
    s = 0
    for i in n:
        s += i
    return s


@program.raises([1, 2])
def undefined_before(tf, x):
    for v in x:
        s = s + v  # noqa: F821
    return s


@program.raises([1, 2])
def appended_to_a_list(tf, x):
    out = []
    for v in x:
        out.append(v)
    return out


@program.raises([1, 2])
def dtype_changes(tf, x):
    s = 0
    for v in x:
        s = s + tf.cast(v, tf.float32)
    return s
