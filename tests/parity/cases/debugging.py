"""tf.debugging: assertions that hold and that do not, and checks of dtype, shape and rank."""

from tests.parity.case import Family, attribute
from tests.parity.values import INF, NAN

case = Family(__name__)

PAIRS = {
    "assert_equal": ([1, 2], [1, 2], [1, 3]),
    "assert_none_equal": ([1, 2], [3, 4], [1, 3]),
    "assert_less": ([1, 2], [3, 4], [1, 3]),
    "assert_less_equal": ([1, 2], [1, 4], [0, 3]),
    "assert_greater": ([3, 4], [1, 2], [3, 1]),
    "assert_greater_equal": ([3, 4], [3, 2], [4, 1]),
}


def of_two(tf, name, x, y, **options):
    return attribute(tf.debugging, name)(tf.constant(x), tf.constant(y), **options)


def of_one(tf, name, x, **options):
    return attribute(tf.debugging, name)(tf.constant(x), **options)


def complaining(tf, f, *args):
    return f(tf, *args, message="my words")


for name, (x, good, bad) in PAIRS.items():
    case(f"{name}/holds", of_two, name, x, good)
    case.raises(f"{name}/does_not", of_two, name, x, bad)
    case.raises(f"{name}/says_the_message", complaining, of_two, name, x, bad, says=["my words"])
    case(f"{name}/empty", of_two, name, [], [])
    case(f"{name}/python_lists", lambda tf, name, x, y: attribute(tf.debugging, name)(x, y), name, x, good)
    case.raises(f"{name}/shapes", of_two, name, [1, 2], [1, 2, 3])

SIGNS = {
    "assert_negative": ([-1, -2], [-1, 0]),
    "assert_positive": ([1, 2], [1, 0]),
    "assert_non_negative": ([0, 1], [0, -1]),
    "assert_non_positive": ([0, -1], [0, 1]),
}
for name, (good, bad) in SIGNS.items():
    case(f"{name}/holds", of_one, name, good)
    case(f"{name}/empty", of_one, name, [])
    case.raises(f"{name}/does_not", of_one, name, bad)
    case.raises(f"{name}/says_the_message", complaining, of_one, name, bad, says=["my words"])

case.table("""
    Assert/holds: tf.debugging.Assert(tf.constant(True), ["fine"])
    Assert/does_not: tf.debugging.Assert(tf.constant(False), ["broken", tf.constant(5)])  # raises: broken
    Assert/python_bool: tf.debugging.Assert(False, ["broken"])  # raises: broken
    assert_near/holds: tf.debugging.assert_near([1.0], [1.0000001])
    assert_near/does_not: tf.debugging.assert_near([1.0], [1.1])  # raises
    assert_near/tolerance: tf.debugging.assert_near([1.0], [1.1], atol=0.2)
    assert_near/relative: tf.debugging.assert_near([100.0], [101.0], rtol=0.05)
    assert_all_finite/holds: tf.debugging.assert_all_finite([1.0, 2.0], "bad")
    assert_all_finite/nan: tf.debugging.assert_all_finite([1.0, NAN], "bad values")  # raises: bad values
    assert_all_finite/inf: tf.debugging.assert_all_finite([1.0, -INF], "bad values")  # raises: bad values
    check_numerics/holds: tf.debugging.check_numerics([1.0, 2.0], "bad")
    check_numerics/nan: tf.debugging.check_numerics([NAN], "bad values")  # raises: bad values, NaN
    check_numerics/inf: tf.debugging.check_numerics([INF], "bad values")  # raises: bad values, Inf
    check_numerics/both: tf.debugging.check_numerics([INF, NAN], "bad values")  # raises: bad values
    check_numerics/int: tf.debugging.check_numerics([1], "bad")  # raises
    check_numerics/empty: tf.debugging.check_numerics(tf.zeros([0]), "bad")
    assert_rank/holds: tf.debugging.assert_rank([1, 2], 1)
    assert_rank/does_not: tf.debugging.assert_rank([1, 2], 2)  # raises: rank
    assert_rank/says_the_message: tf.debugging.assert_rank([1, 2], 2, message="my words")  # raises: my words
    assert_rank/vector: tf.debugging.assert_rank([1, 2], [1])  # raises
    assert_rank/float: tf.debugging.assert_rank([1, 2], 1.0)  # raises
    assert_rank_at_least/holds: tf.debugging.assert_rank_at_least([[1]], 1)
    assert_rank_at_least/does_not: tf.debugging.assert_rank_at_least([1], 2)  # raises: rank
    assert_rank_in/holds: tf.debugging.assert_rank_in([1], (1, 2))
    assert_rank_in/does_not: tf.debugging.assert_rank_in([[[1]]], (1, 2))  # raises: rank
    assert_scalar/holds: tf.debugging.assert_scalar(1)
    assert_scalar/does_not: tf.debugging.assert_scalar([1])  # raises
    assert_integer/holds: tf.debugging.assert_integer([1])
    assert_integer/does_not: tf.debugging.assert_integer([1.0])  # raises: integer
    assert_type/holds: tf.debugging.assert_type(tf.constant(1), tf.int32)
    assert_type/does_not: tf.debugging.assert_type(tf.constant(1), tf.float32)  # raises: float32
    assert_same_float_dtype/holds: tf.debugging.assert_same_float_dtype([tf.constant(1.0)], tf.float32)
    assert_same_float_dtype/none: tf.debugging.assert_same_float_dtype()
    assert_same_float_dtype/differ: tf.debugging.assert_same_float_dtype([tf.ones([]), tf.ones([], "double")])  # raises
    assert_same_float_dtype/int: tf.debugging.assert_same_float_dtype([tf.constant(1)])  # raises: float
    assert_proper_iterable/list: tf.debugging.assert_proper_iterable([1])
    assert_proper_iterable/tensor: tf.debugging.assert_proper_iterable(tf.constant([1]))  # raises
    assert_proper_iterable/number: tf.debugging.assert_proper_iterable(1)  # raises
    assert_shapes/holds: tf.debugging.assert_shapes([(tf.ones([2, 3]), ("N", "M")), (tf.ones([3]), ("M",))])
    assert_shapes/sizes: tf.debugging.assert_shapes([(tf.ones([2, 3]), (2, 3))])
    assert_shapes/does_not: tf.debugging.assert_shapes([(tf.ones([2, 3]), ("N", "N"))])  # raises
    assert_shapes/rank: tf.debugging.assert_shapes([(tf.ones([2, 3]), ("N",))])  # raises
    assert_shapes/wrong_size: tf.debugging.assert_shapes([(tf.ones([2, 3]), (2, 4))])  # raises
    assert_shapes/dict: tf.debugging.assert_shapes({1: ()})
    is_numeric_tensor/float: tf.debugging.is_numeric_tensor(tf.constant(1.0))
    is_numeric_tensor/text: tf.debugging.is_numeric_tensor(tf.constant("a"))
    is_numeric_tensor/number: tf.debugging.is_numeric_tensor(1.0)
    assert_equal/text: tf.debugging.assert_equal(tf.constant(["a"]), tf.constant(["a"]))
    assert_equal/floats: tf.debugging.assert_equal(tf.constant([NAN]), tf.constant([NAN]))  # raises
    assert_less/broadcast: tf.debugging.assert_less(tf.constant([[1], [2]]), tf.constant([3, 4]))
    get_log_device_placement/default: tf.debugging.get_log_device_placement()
    traceback_filtering/is_on: tf.debugging.is_traceback_filtering_enabled()
""")
