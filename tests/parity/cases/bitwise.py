"""tf.bitwise: every function over integer dtypes and edges."""

from tests.parity.case import Family, attribute
from tests.parity.values import EVERY, INTS, few, tensor

case = Family(__name__)

PAIRS = ("bitwise_and", "bitwise_or", "bitwise_xor")
for name in PAIRS:
    for dtype in EVERY:
        values = few(dtype)
        case.either(
            f"{name}/{dtype}",
            lambda tf, name, dtype, values: attribute(tf.bitwise, name)(
                tensor(tf, [[v] for v in values], dtype), tensor(tf, [values], dtype)
            ),
            name,
            dtype,
            values,
        )
for dtype in EVERY:
    case.either(f"invert/{dtype}", lambda tf, dtype: tf.bitwise.invert(tensor(tf, few(dtype), dtype)), dtype)
for name in ("left_shift", "right_shift"):
    for dtype in INTS:
        case(
            f"{name}/{dtype}",
            lambda tf, name, dtype: attribute(tf.bitwise, name)(
                tensor(tf, [[v] for v in few(dtype)], dtype), tensor(tf, [0, 1, 3, 7], dtype)
            ),
            name,
            dtype,
        )
case.table("""
    left_shift/by_width: tf.bitwise.left_shift(tf.constant([1, 1], tf.int32), [31, 30])
    right_shift/keeps_the_sign: tf.bitwise.right_shift(tf.constant([-8, -1]), [1, 31])
    right_shift/broadcast: tf.bitwise.right_shift([[16], [32]], [1, 2, 3])
    left_shift/float: tf.bitwise.left_shift([1.0], [1.0])  # raises
    bitwise_and/python_numbers: tf.bitwise.bitwise_and(6, 3)
    bitwise_and/broadcast: tf.bitwise.bitwise_and([[1], [2]], [1, 2, 3])
    bitwise_and/empty: tf.bitwise.bitwise_and(tf.zeros([0], tf.int32), 1)
    bitwise_and/shapes: tf.bitwise.bitwise_and([1, 2], [1, 2, 3])  # raises: [2], [3]
    bitwise_and/dtypes: tf.bitwise.bitwise_and(tf.constant(1), tf.constant(1, tf.int64))  # raises
    bitwise_and/python_bools: tf.bitwise.bitwise_and(True, False)  # raises
    invert/scalar: tf.bitwise.invert(0)
    invert/keywords: tf.bitwise.invert(x=[5])
    invert/bool_list: tf.bitwise.invert([True])  # raises
    population_count/ints: tf.raw_ops.PopulationCount(x=tf.constant([0, 1, 255, -1], tf.int32))
""")
