"""AutoGraph: `while` over tensors, with `break`, `continue`, `return`, nested loops and algorithms made of them."""

from tests.parity.case import Family
from tests.parity.programs import Programs

case = Family(__name__)
program = Programs(case)


@program(5, 0, -1)
def count_down(tf, n):
    while n > 0:
        n -= 1
    return n


@program(5, 0)
def sum_to(tf, n):
    i, s = 0, 0
    while i < n:
        s += i
        i += 1
    return s


@program(6, 0, 1)
def factorial(tf, n):
    f = 1
    while n > 1:
        f *= n
        n -= 1
    return f


@program(10, 0, 1)
def fibonacci(tf, n):
    a, b = 0, 1
    while n > 0:
        a, b = b, a + b
        n -= 1
    return a


@program(27, 1, 6)
def collatz_steps(tf, n):
    steps = 0
    while n != 1:
        if n % 2 == 0:
            n = n // 2
        else:
            n = 3 * n + 1
        steps += 1
    return steps


@program((48, 36), (7, 5), (0, 4))
def gcd(tf, a, b):
    while b != 0:
        a, b = b, a % b
    return a


@program(17, 1, 100)
def integer_root(tf, n):
    r = 0
    while (r + 1) * (r + 1) <= n:
        r += 1
    return r


@program(2.0, 9.0, 0.5)
def newton_root(tf, x):
    r = x
    while tf.abs(r * r - x) > 1e-4:
        r = 0.5 * (r + x / r)
    return r


@program((2, 10), (3, 0), (5, 1))
def power_by_squaring(tf, b, e):
    result = 1
    while e > 0:
        if e % 2 == 1:
            result *= b
        b *= b
        e //= 2
    return result


@program(12345, 0, 7)
def digit_sum(tf, n):
    s = 0
    while n > 0:
        s += n % 10
        n //= 10
    return s


@program(12321, 120)
def reversed_digits(tf, n):
    r = 0
    while n > 0:
        r = r * 10 + n % 10
        n //= 10
    return r


@program(10, 0)
def break_out(tf, n):
    i = 0
    while i < n:
        if i == 4:
            break
        i += 1
    return i


@program.beyond(10, 3)
def break_from_while_true(tf, n):
    i = tf.constant(0)
    while True:
        i += 1
        if i * i > n:
            break
    return i


@program(10, 0)
def continue_(tf, n):
    i, s = 0, 0
    while i < n:
        i += 1
        if i % 2 == 0:
            continue
        s += i
    return s


@program(20, 5)
def break_and_continue(tf, n):
    i, s = 0, 0
    while i < n:
        i += 1
        if i % 3 == 0:
            continue
        if s > 20:
            break
        s += i
    return i, s


@program.beyond(20, 3)
def two_breaks(tf, n):
    i, why = 0, 0
    while True:
        if i >= n:
            why = 1
            break
        if i * i > 50:
            why = 2
            break
        i += 1
    return i, why


@program(3, 0)
def nested_while(tf, n):
    i, s = 0, 0
    while i < n:
        j = 0
        while j < i:
            s += j
            j += 1
        i += 1
    return s


@program(6, 2)
def break_of_the_inner_loop(tf, n):
    i, s = 0, 0
    while i < n:
        j = 0
        while j < n:
            if j > i:
                break
            s += 1
            j += 1
        i += 1
    return s


@program(6, 3)
def continue_of_the_outer_loop(tf, n):
    i, s = 0, 0
    while i < n:
        i += 1
        if i == 2:
            continue
        j = 0
        while j < 2:
            s += i
            j += 1
    return s


@program(30, 4)
def breaks_of_both_loops(tf, n):
    i, s = 0, 0
    while i < n:
        j = 0
        while True:
            if j == 3:
                break
            s += j
            j += 1
        if s > 10:
            break
        i += 1
    return i, s


@program(5, 0)
def if_before_and_after(tf, n):
    i = 0
    if n > 3:
        i = 1
    while i < n:
        i += 2
    if i > n:
        i = -i
    return i


@program(5, 50)
def while_inside_if(tf, n):
    s = 0
    if n < 10:
        while s < n:
            s += 2
    else:
        while s < n:
            s += 20
    return s


@program([3.0, -1.0, 2.0], [1.0])
def sum_of_rows(tf, x):
    i, s = 0, 0.0
    while i < tf.shape(x)[0]:
        s += x[i]
        i += 1
    return s


@program([3, 9, 2, 7])
def largest(tf, x):
    i, m = 1, x[0]
    while i < len(x):
        if x[i] > m:
            m = x[i]
        i += 1
    return m


@program.beyond(([1, 3, 5, 7, 9], 7), ([1, 3, 5, 7, 9], 4), ([1], 1))
def binary_search(tf, x, key):
    low, high, found = 0, len(x) - 1, -1
    while low <= high and found < 0:
        middle = (low + high) // 2
        if x[middle] == key:
            found = middle
        elif x[middle] < key:
            low = middle + 1
        else:
            high = middle - 1
    return found


@program([5, 3, 8, 1])
def bubble_pass(tf, x):
    i = 0
    while i < len(x) - 1:
        if x[i] > x[i + 1]:
            a, b = x[i], x[i + 1]
            x = tf.tensor_scatter_nd_update(x, [[i], [i + 1]], [b, a])
        i += 1
    return x


@program.beyond([5, 3, 8, 1, 9, 2], [1], [2, 1])
def bubble_sort(tf, x):
    n = len(x)
    swapped = True
    while swapped:
        swapped = False
        i = 1
        while i < n:
            if x[i - 1] > x[i]:
                x = tf.tensor_scatter_nd_update(x, [[i - 1], [i]], [x[i], x[i - 1]])
                swapped = True
            i += 1
    return x


@program(30, 2)
def primes(tf, n):
    found, k = 0, 2
    while k < n:
        d, prime = 2, True
        while d * d <= k:
            if k % d == 0:
                prime = False
                break
            d += 1
        if prime:
            found += 1
        k += 1
    return found


@program(4, 0)
def tensor_array(tf, n):
    out = tf.TensorArray(tf.int32, 0, dynamic_size=True)
    i = 0
    while i < n:
        out = out.write(i, i * i)
        i += 1
    return out.stack()


@program.beyond(10)
def growing_tensor(tf, n):
    x = tf.constant([1])
    while tf.size(x) < n:
        tf.autograph.experimental.set_loop_options(shape_invariants=[(x, tf.TensorShape([None]))])
        x = tf.concat([x, x], 0)
    return x


@program(3)
def python_loop(tf, n):
    i = 0
    while i < 3:
        n += i
        i += 1
    return n


@program.beyond(3)
def python_loop_with_a_break_in_the_graph(tf, n):
    s = tf.constant(0)
    for i in range(5):
        if s > n:
            break
        s += i
    return s


@program(5)
def structure_as_loop_variable(tf, n):
    d = {"i": tf.constant(0), "xs": [tf.constant(1), tf.constant(1)]}
    while d["i"] < n:
        d = {"i": d["i"] + 1, "xs": [d["xs"][1], d["xs"][0] + d["xs"][1]]}
    return d


@program(4)
def tuple_as_loop_variable(tf, n):
    t = (0, 1)
    while t[0] < n:
        t = (t[0] + 1, t[1] * 2)
    return t


@program(5)
def variable_of_the_loop_only(tf, n):
    s = 0
    while n > 0:
        t = n * n
        s += t
        n -= 1
    return s


@program(5)
def value_of_the_last_round(tf, n):
    t = 0
    while n > 0:
        t = n * 10
        n -= 1
    return t


@program(3)
def condition_with_a_call(tf, n):
    def small(v):
        return v * v < 50

    while small(n):
        n += 1
    return n


@program(3)
def and_in_the_condition(tf, n):
    i = 0
    while i < 10 and i * i < n * n:
        i += 1
    return i


@program.beyond(3, 20)
def or_in_the_condition(tf, n):
    i = 0
    while i < 2 or i < n // 4:
        i += 1
    return i


@program.beyond(3)
def not_in_the_condition(tf, n):
    done = False
    i = 0
    while not done:
        i += 1
        done = i >= n
    return i


@program(5, 0)
def return_after_a_loop_in_a_branch(tf, n):
    if n > 0:
        s = 0
        while n > 0:
            s += n
            n -= 1
        return s
    return -1


@program([1.0, 2.0, 3.0])
def vector_state(tf, x):
    while tf.reduce_sum(x) > 1.0:
        x = x / 2.0
    return x


@program(8)
def matrix_state(tf, n):
    m = tf.constant([[1, 1], [1, 0]])
    r = tf.eye(2, dtype=tf.int32)
    while n > 0:
        if n % 2 == 1:
            r = r @ m
        m = m @ m
        n //= 2
    return r


@program(0.3)
def logistic_map(tf, x):
    i = 0
    while i < 20:
        x = 3.2 * x * (1.0 - x)
        i += 1
    return x


@program((0.0, 2.0))
def bisection(tf, low, high):
    while high - low > 1e-3:
        middle = (low + high) / 2.0
        if middle * middle * middle - 2.0 > 0.0:
            high = middle
        else:
            low = middle
    return low


@program([4.0, 1.0])
def power_iteration(tf, v):
    a = tf.constant([[2.0, 1.0], [1.0, 3.0]])
    change = tf.constant(1.0)
    while change > 1e-3:
        w = tf.linalg.matvec(a, v)
        w = w / tf.norm(w)
        change = tf.norm(w - v)
        v = w
    return v


@program(3.0)
def gradient_descent(tf, x):
    steps = 0
    g = tf.constant(1.0)
    while tf.abs(g) > 1e-2:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = (x - 1.0) * (x - 1.0)
        g = tape.gradient(y, x)
        x = x - 0.2 * g
        steps += 1
    return x, steps


@program(4.0)
def gradient_through_a_loop(tf, x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = x
        while y < 100.0:
            y = y * x
    return y, tape.gradient(y, x)


@program.beyond(2.0)
def gradient_through_a_break(tf, x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        y, i = x, 0
        while i < 10:
            y = y * x
            if y > 50.0:
                break
            i += 1
    return y, tape.gradient(y, x)


@program(1.5)
def second_gradient_through_a_loop(tf, x):
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            y, i = x, 0
            while i < 3:
                y = y * y
                i += 1
        first = inner.gradient(y, x)
    return first, outer.gradient(first, x)


@program(5)
def strings_in_a_loop(tf, n):
    s = tf.constant("")
    while n > 0:
        s = tf.strings.join([s, tf.strings.as_string(n)])
        n -= 1
    return s


@program(7)
def else_of_a_loop(tf, n):
    i = 0
    while i < 3:
        i += 1
    else:
        n += 100
    return n + i


@program(16, 17)
def is_power_of_two(tf, n):
    while n > 1 and n % 2 == 0:
        n //= 2
    return n == 1


@program([True, False, True, True])
def bits_to_number(tf, bits):
    i, n = 0, 0
    while i < 4:
        n = n * 2 + (1 if bits[i] else 0)
        i += 1
    return n


@program.beyond(10)
def return_inside_a_loop(tf, n):
    i = tf.constant(0)
    while i < n:
        if i * i > 20:
            return i
        i += 1
    return n


@program.raises(3, says=["'s'"])
def undefined_before_the_loop(tf, n):
    while n > 0:
        s = s + n  # noqa: F821
        n -= 1
    return s


@program.raises(3)
def dtype_changes(tf, n):
    s = 0
    while n > 0:
        s = s + 0.5
        n -= 1
    return s


@program.raises(3, says=["shape"])
def shape_changes(tf, n):
    x = tf.constant([1])
    while n > 0:
        x = tf.concat([x, x], 0)
        n -= 1
    return x


@program.raises(3, says=["None"])
def becomes_none(tf, n):
    x = tf.constant(1)
    while n > 0:
        x = None
        n -= 1
    return x


@program.raises(3)
def structure_changes(tf, n):
    x = [n]
    while n > 0:
        x = x + [n]
        n -= 1
    return x
