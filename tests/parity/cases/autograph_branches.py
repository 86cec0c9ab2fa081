"""AutoGraph: `if`, conditional expressions, boolean operators, comparisons and early returns over tensors."""

from tests.parity.case import Family
from tests.parity.programs import Programs

case = Family(__name__)
program = Programs(case)


@program(3, -3)
def if_else(tf, x):
    if x > 0:
        y = x * 2
    else:
        y = x - 1
    return y


@program(3, -3)
def if_without_else(tf, x):
    y = x
    if x > 0:
        y = x * 2
    return y


@program(3, 0, -3)
def elif_chain(tf, x):
    if x > 0:
        y = 1
    elif x == 0:
        y = 0
    else:
        y = -1
    return y


@program(3, 12, 120, 1200)
def long_elif_chain(tf, x):
    if x < 10:
        kind = 1
    elif x < 100:
        kind = 2
    elif x < 1000:
        kind = 3
    else:
        kind = 4
    return kind * x


@program((1, 1), (1, -1), (-1, 1), (-1, -1))
def nested_if(tf, x, y):
    if x > 0:
        if y > 0:
            q = 1
        else:
            q = 4
    elif y > 0:
        q = 2
    else:
        q = 3
    return q


@program((1, 1), (1, -1), (-1, 2))
def if_in_both_branches(tf, x, y):
    z = 0
    if x > 0:
        if y > 0:
            z = x + y
    else:
        if y > 1:
            z = x - y
        z += 1
    return z


@program(3, -3)
def early_return(tf, x):
    if x > 0:
        return x * 2
    return x - 1


@program(3, -3)
def return_in_both(tf, x):
    if x > 0:
        return x * 2
    else:
        return x - 1


@program(5, 0, -5)
def returns_in_a_chain(tf, x):
    if x > 0:
        return 1
    if x < 0:
        return -1
    return 0


@program((2, 3), (2, -3), (-2, 3))
def nested_early_returns(tf, x, y):
    if x > 0:
        if y > 0:
            return x * y
        return x
    return y


@program(3, -3)
def work_after_a_guard(tf, x):
    if x < 0:
        return tf.constant(0)
    y = x + 1
    y *= y
    return y


@program(3, -3)
def two_names(tf, x):
    a, b = x, x
    if x > 0:
        a = a + 1
        b = b + a
    return a, b


@program(3, -3)
def swap_in_a_branch(tf, x):
    a, b = x, -x
    if a < b:
        a, b = b, a
    return a - b


@program(3, -3)
def augmented(tf, x):
    y = 1
    if x > 0:
        y += x
    else:
        y -= x
    return y


@program(3.0, -3.0)
def float_branches(tf, x):
    if x > 0.0:
        return tf.sqrt(x)
    return tf.square(x)


@program([1.0, 2.0], [-1.0, -2.0])
def vector_branches(tf, x):
    if tf.reduce_sum(x) > 0:
        y = x / tf.reduce_sum(x)
    else:
        y = tf.zeros_like(x)
    return y


@program(3, -3)
def conditional_expression(tf, x):
    return x if x > 0 else -x


@program.beyond(3, 30, -3)
def nested_conditional_expression(tf, x):
    return 1 if x > 10 else 2 if x > 0 else 3


@program(3, -3)
def conditional_expression_inside(tf, x):
    return (x + 1 if x > 0 else x - 1) * 2


@program((1, 1), (1, 0), (0, 1), (0, 0))
def and_(tf, x, y):
    if x > 0 and y > 0:
        return 1
    return 0


@program((1, 1), (1, 0), (0, 1), (0, 0))
def or_(tf, x, y):
    if x > 0 or y > 0:
        return 1
    return 0


@program((1, 1, 1), (1, 1, 0), (0, 1, 1))
def and_of_three(tf, x, y, z):
    return x > 0 and y > 0 and z > 0


@program((0, 0, 1), (0, 0, 0))
def or_of_three(tf, x, y, z):
    return x > 0 or y > 0 or z > 0


@program((1, 0, 1), (0, 1, 0))
def and_or_mixed(tf, x, y, z):
    return (x > 0 and y > 0) or z > 0


@program(1, 0)
def not_(tf, x):
    if not x > 0:
        return 10
    return 20


@program((1, 0), (0, 0), (1, 1))
def not_of_and(tf, x, y):
    return not (x > 0 and y > 0)


@program(5, 0, 15)
def chained_comparison(tf, x):
    if 0 < x < 10:
        return 1
    return 0


@program(5, 3, 7)
def chained_of_three(tf, x):
    return 0 < x <= 5 < 2 * x


@program((2, 2), (2, 3))
def equal(tf, x, y):
    if x == y:
        return 1
    return 0


@program((2, 2), (2, 3))
def unequal(tf, x, y):
    if x != y:
        return x
    return -x


@program(4, 0)
def division_behind_and(tf, x):
    return x > 0 and 8 // x == 2


@program(True, False)
def bool_argument(tf, p):
    if p:
        return 1
    return 2


@program.beyond((True, True), (True, False), (False, False))
def bool_arguments(tf, p, q):
    if p and not q:
        return 1
    elif p:
        return 2
    return 3


@program(3, -3)
def python_condition(tf, x):
    if isinstance(x, int):
        return -1
    return x


@program(3)
def python_and_tensor_condition(tf, x):
    flag = True
    if flag and x > 2:
        return 1
    return 0


@program(3)
def python_false_hides_the_tensor(tf, x):
    if False and x > 2:  # noqa: SIM223
        return 1
    return 0


@program(3, -3)
def structure_in_branches(tf, x):
    if x > 0:
        d = {"a": x, "b": [x + 1, x + 2]}
    else:
        d = {"a": -x, "b": [x, x]}
    return d


@program(3, -3)
def tuple_in_branches(tf, x):
    t = (x, x)
    if x > 0:
        t = (t[0] + 1, t[1] * 2)
    return t


@program(3, -3)
def changing_a_dict(tf, x):
    d = {"a": x}
    if x > 0:
        d["a"] = x * 2
    return d["a"]


@program(3, -3)
def local_of_a_branch(tf, x):
    if x > 0:
        t = x * 2
        y = t + 1
    else:
        y = x
    return y


@program.beyond(3, -3)
def named_expression(tf, x):
    if (y := x * 2) > 0:
        return y
    return y - 1


@program(3, -3)
def branch_calls_a_function(tf, x):
    def double(v):
        return v * 2

    if x > 0:
        return double(x)
    return double(-x)


@program(3, -3)
def branch_makes_a_lambda(tf, x):
    f = lambda v: v + 1 if v > 0 else v - 1
    return f(x)


@program(3, -3)
def pass_in_a_branch(tf, x):
    y = x
    if x > 0:
        pass
    else:
        y = -x
    return y


@program(3, -3)
def constants_only(tf, x):
    if x > 0:
        s = "positive"
    else:
        s = "negative"
    return tf.strings.length(s)


@program(3, -3)
def none_in_python_only(tf, x):
    y = None
    if x is None:
        y = 1
    return x if y is None else y


@program(3, -3)
def shape_of_a_branch_is_known(tf, x):
    if x > 0:
        y = tf.ones([2, 3])
    else:
        y = tf.zeros([2, 3])
    assert y.shape == (2, 3)
    return y


@program(3, -3)
def shapes_differ(tf, x):
    if x > 0:
        y = tf.ones([2])
    else:
        y = tf.zeros([3])
    return y


@program.beyond((3, 4), (4, 3), (3, 3))
def compare_two(tf, a, b):
    if a > b:
        return a - b
    elif a < b:
        return b - a
    return tf.constant(100)


@program(7, 8)
def parity_of_a_number(tf, n):
    return n // 2 if n % 2 == 0 else 3 * n + 1


@program(1999, 2000, 1900, 2024)
def leap_year(tf, year):
    if year % 400 == 0:
        return True
    if year % 100 == 0:
        return False
    return year % 4 == 0


@program((3, 4, 5), (1, 1, 5), (2, 2, 2), (2, 2, 3))
def triangle(tf, a, b, c):
    if a + b <= c or b + c <= a or a + c <= b:
        kind = 0
    elif a == b and b == c:
        kind = 3
    elif a == b or b == c or a == c:  # noqa: SIM109
        kind = 2
    else:
        kind = 1
    return kind


@program((1.0, -3.0, 2.0), (1.0, 2.0, 1.0), (1.0, 0.0, 1.0))
def roots_of_a_quadratic(tf, a, b, c):
    d = b * b - 4.0 * a * c
    if d < 0:
        n, r = 0, 0.0
    elif d == 0:
        n, r = 1, -b / (2.0 * a)
    else:
        n, r = 2, (-b + tf.sqrt(d)) / (2.0 * a)
    return n, r


@program((5, 0, 10), (-5, 0, 10), (15, 0, 10))
def clamp(tf, x, low, high):
    if x < low:
        return low
    if x > high:
        return high
    return x


@program((3, 1, 2), (1, 2, 3), (2, 3, 1))
def median_of_three(tf, a, b, c):
    if a > b:
        a, b = b, a
    if b > c:
        b, c = c, b
    if a > b:
        a, b = b, a
    return b


@program(0.5, 1.5, -0.5)
def huber(tf, x):
    a = tf.abs(x)
    return 0.5 * a * a if a <= 1.0 else a - 0.5


@program(3, -3)
def ternary_of_calls(tf, x):
    return tf.add(x, 1) if tf.greater(x, 0) else tf.subtract(x, 1)


@program(3, 0)
def truth_of_an_int(tf, x):
    if tf.cast(x, tf.bool):
        return 1
    return 2


@program([1, 0, 2])
def python_loop_of_branches(tf, x):
    total = 0
    for i in range(3):
        if x[i] > 0:
            total += x[i]
        else:
            total -= 1
    return total


@program(3, -3)
def try_around(tf, x):
    try:
        if x > 0:
            y = x
        else:
            y = -x
    finally:
        pass
    return y


@program(3, -3)
def with_around(tf, x):
    with tf.name_scope("scope"):
        if x > 0:
            y = x
        else:
            y = -x
    return y


@program(3, -3)
def attribute_of_an_object(tf, x):
    class Box:
        pass

    box = Box()
    box.value = x
    if x > 0:
        box.value = x * 2
    return box.value


@program("ab", "cd")
def string_argument_is_python(tf, s):
    if s == "ab":
        return 1
    return 2


@program((True, 3), (False, 3))
def side_by_side(tf, p, x):
    y = x
    if p:
        y = y + 1
    z = y
    if not p:
        z = z * 10
    return y, z


@program.beyond((3, 5), (5, 3))
def assertion(tf, a, b):
    assert a + b > 0, "the sum must be positive"
    if a > b:
        return a
    return b


@program.raises(3, says=["dtype"])
def dtypes_differ(tf, x):
    if x > 0:
        y = 1
    else:
        y = 1.0
    return y


@program.raises(3, says=["else branch must also have a return statement"])
def no_return_in_else(tf, x):
    if x > 0:
        return x


@program.raises(3, says=["'y'", "else branch"])
def not_set_in_else(tf, x):
    if x > 0:
        y = x
    return y


@program.raises(3, says=["'y' is None at the end of the else branch"])
def none_in_else(tf, x):
    if x > 0:
        y = x
    else:
        y = None
    return y


@program.raises(3)
def structures_differ(tf, x):
    if x > 0:
        y = [x]
    else:
        y = [x, x]
    return y[0]


@program.raises([1, 2])
def vector_condition(tf, x):
    if x > 0:
        return 1
    return 2


@program.raises(3, says=["no such thing"])
def python_error_inside(tf, x):
    if x > 0:
        raise ValueError("no such thing")
    return x


@program(0, 1, 5)
def name_of_branches_that_nobody_needs_later(tf, x):
    s, i = 1, 2
    if i < x:
        s = s * 10 + i
        i += 1
    else:
        s = s * 11 + i
        i += 2
    i = 0
    if i < x:
        s = s * 10 + i
        i += 1
    else:
        s = s * 11 + i
        i += 2
    return s


@program(0, 1, 5)
def name_of_nested_branches_that_nobody_needs_later(tf, x):
    s, i = 1, 2
    if x > 0:
        if x > 3:
            i += 1
            s = s * 10 + i
        else:
            i += 2
            s = s * 11 + i
    else:
        i += 3
        s = s * 12 + i
    return s
