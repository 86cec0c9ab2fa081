"""Operators between tensors, variables, arrays, lists and Python numbers, of like and unlike dtypes."""

import operator

import numpy as np

from tests.parity.case import Family
from tests.parity.values import FLOATS, INTS, tensor

case = Family(__name__)

OPERATORS = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "**": operator.pow,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
    "&": operator.and_,
    "|": operator.or_,
    "^": operator.xor,
    "@": operator.matmul,
}
for sign, f in OPERATORS.items():
    left = {
        "float32": [[7.5, 2.0], [-1.5, 3.0]],
        "int32": [[7, 2], [-3, 3]],
        "bool": [[True, False], [True, True]],
        "bfloat16": [[7.5, 2.0], [-1.5, 3.0]],
    }
    right = {
        "float32": [[2.0, 3.0], [2.0, 0.5]],
        "int32": [[2, 3], [2, 1]],
        "bool": [[True, True], [False, True]],
        "bfloat16": [[2.0, 3.0], [2.0, 0.5]],
    }
    for dtype in left:
        case.either(
            f"operator{sign}/tensors_{dtype}",
            lambda tf, f, a, b, dtype: f(tf.constant(a, dtype), tf.constant(b, dtype)),
            f,
            left[dtype],
            right[dtype],
            dtype,
        )
        case.either(
            f"operator{sign}/list_on_the_right_{dtype}",
            lambda tf, f, a, b, dtype: f(tf.constant(a, dtype), b),
            f,
            left[dtype],
            right[dtype],
            dtype,
        )
        case.either(
            f"operator{sign}/list_on_the_left_{dtype}",
            lambda tf, f, a, b, dtype: f(a, tf.constant(b, dtype)),
            f,
            left[dtype],
            right[dtype],
            dtype,
        )
        case.either(
            f"operator{sign}/array_on_the_left_{dtype}",
            lambda tf, f, a, b, dtype: f(
                np.array(a, "float32" if dtype == "bfloat16" else dtype), tf.constant(b, dtype)
            ),
            f,
            left[dtype],
            right[dtype],
            dtype,
        )
    if sign != "@":
        for kind, one in {
            "int": 2,
            "float": 2.5,
            "bool": True,
            "np_float64": np.float64(2.0),
            "np_int64": np.int64(2),
        }.items():
            for dtype in ("float32", "int32", "bool"):
                if sign == "|" and kind == "float":
                    continue
                case.either(
                    f"operator{sign}/{dtype}_and_python_{kind}",
                    lambda tf, f, a, one, dtype: f(tf.constant(a, dtype), one),
                    f,
                    left[dtype],
                    one,
                    dtype,
                )
                case.either(
                    f"operator{sign}/python_{kind}_and_{dtype}",
                    lambda tf, f, one, b, dtype: f(one, tf.constant(b, dtype)),
                    f,
                    one,
                    right[dtype],
                    dtype,
                )
    case.either(f"operator{sign}/dtypes_differ", lambda tf, f: f(tf.constant([1.0]), tf.constant([1])), f)
    case.either(
        f"operator{sign}/float_and_double",
        lambda tf, f: f(tf.constant([1.0]), tf.constant([1.0], tf.float64)),
        f,
    )
    if sign != "|":  # there TensorFlow fails for want of the other operand's __ror__
        case.either(f"operator{sign}/with_None", lambda tf, f: f(tf.constant([1.0]), None), f)
        case.either(f"operator{sign}/with_text", lambda tf, f: f(tf.constant([1.0]), "a"), f)
    case.either(f"operator{sign}/text_tensors", lambda tf, f: f(tf.constant(["a"]), tf.constant(["b"])), f)
    case.either(
        f"operator{sign}/shapes_differ",
        lambda tf, f: f(tf.constant([1.0, 2.0]), tf.constant([1.0, 2.0, 3.0])),
        f,
    )
    case.either(
        f"operator{sign}/with_variable", lambda tf, f: f(tf.constant([[2.0]]), tf.Variable([[3.0]])), f
    )
    case.either(
        f"operator{sign}/variable_first", lambda tf, f: f(tf.Variable([[2.0]]), tf.constant([[3.0]])), f
    )

case.table("""
    negative/float: -tf.constant([1.0, -0.0])  # signed zeros
    negative/int: -tf.constant([1, -(2**31)])
    negative/bool: -tf.constant([True])  # raises
    positive/float: +tf.constant([1.0])  # raises
    abs/int: abs(tf.constant([-3, 3]))
    abs/complex: abs(tf.constant([3 + 4j]))
    invert/bool: ~tf.constant([True, False])
    invert/int: ~tf.constant([0, 5])
    invert/float: ~tf.constant([1.0])  # raises
    divmod/builtin: divmod(tf.constant([7]), tf.constant([2]))  # raises
    divide_integers/gives_double: tf.constant([1, 2]) / tf.constant([2, 3])
    divide_integers/int8_gives_float: tf.constant([1], tf.int8) / tf.constant([2], tf.int8)
    divide_integers/int16_gives_float: tf.constant([1], tf.int16) / tf.constant([2], tf.int16)
    divide_integers/int64: tf.constant([1], tf.int64) / 2
    power/three_arguments: pow(tf.constant(2), 3, 5)  # raises
    power/right: 2 ** tf.constant([1.0, 2.0])
    matmul/operator_vectors: tf.constant([1.0]) @ tf.constant([1.0])  # raises
""")

for dtype in FLOATS + INTS:
    case.either(
        f"divide/dtype_{dtype}",
        lambda tf, dtype: tensor(tf, [7, 2], dtype) / tensor(tf, [2, 4], dtype),
        dtype,
    )
    case.either(
        f"floor_divide/dtype_{dtype}",
        lambda tf, dtype: tensor(tf, [7, 2], dtype) // tensor(tf, [2, 4], dtype),
        dtype,
    )
    case.either(
        f"modulo/dtype_{dtype}",
        lambda tf, dtype: tensor(tf, [7, 2], dtype) % tensor(tf, [4, 3], dtype),
        dtype,
    )
