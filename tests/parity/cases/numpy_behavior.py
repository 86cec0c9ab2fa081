"""experimental_enable_numpy_behavior: methods, operators and indices of tensors; the modes of dtype conversion."""

import numpy as np

from tests.parity.case import Family
from tests.parity.numpy_behavior import BehavingFamily, numpy_behavior

case = BehavingFamily(__name__)

case.table("""
    method/T: tf.constant([[1, 2, 3]]).T
    method/reshape: tf.range(6).reshape(2, 3)
    method/reshape_list: tf.range(6).reshape([3, -1])
    method/reshape_fortran: tf.range(6).reshape(2, 3, order="F")
    method/reshape_wrong: tf.range(6).reshape(2, 3, kind=1)  # raises: Unsupported arguments
    method/astype: tf.range(3).astype(tf.float32)
    method/astype_numpy: tf.range(3).astype(np.int8)
    method/ravel: tf.ones([2, 2]).ravel()
    method/flatten: tf.ones([2, 1]).flatten()
    method/transpose: tf.ones([2, 3, 4]).transpose((2, 0, 1))
    method/clip: tf.range(5).clip(1, 3)
    method/max: tf.constant([[1, 5], [7, 2]]).max(axis=0)
    method/min: tf.constant([[1, 5], [7, 2]]).min()
    method/mean: tf.constant([1, 2]).mean()
    method/size: tf.ones([2, 3]).size
    method/ndim: tf.ones([2, 3]).ndim
    method/tolist: tf.constant([[1, 2]]).tolist()
    method/data: tf.constant([1]).data
    method/pos: +tf.constant([1])
    method/round: round(tf.constant([1.26]), 1)
    method/in_function: tf.function(lambda x: x.T.reshape(-1).astype("float32"))(tf.constant([[1, 2], [3, 4]]))
    index/list: tf.range(5)[[0, 3]]
    index/array: tf.range(5)[np.array([[1, 1], [2, -1]])]
    index/tensor: tf.range(5)[tf.constant([4, 0])]
    index/mask: tf.range(4)[tf.constant([True, False, True, False])]
    index/mask_tuple: tf.reshape(tf.range(24), [2, 3, 4])[:, (True, False, True)]
    index/mixed: tf.reshape(tf.range(24), [2, 3, 4])[1, (0, 0, 1), tf.constant([0, 1, 1])]
    index/apart: tf.reshape(tf.range(24), [2, 3, 4])[[0, 1], :, [2, 3]]
    index/ellipsis: tf.reshape(tf.range(24), [2, 3, 4])[..., [0, 2]]
    index/newaxis: tf.reshape(tf.range(24), [2, 3, 4])[1, None, 1:3, ...]
    index/ellipsis_scalar: tf.reshape(tf.range(24), [2, 3, 4])[[1, 0], ..., 2]
    index/scalar_between: tf.reshape(tf.range(24), [2, 3, 4])[[0, 1], 1, :]
    index/slices: tf.range(10)[8:2:-2]
    index/broadcasts: tf.reshape(tf.range(12), [3, 4])[[[0], [2]], [1, 3]]
    index/negative: tf.reshape(tf.range(12), [3, 4])[[-1], [-2]]
    index/float: tf.range(5)[1.5]  # raises: only integers
    index/uint8: tf.range(5)[np.array([1, 2], "u1")]
    index/function: tf.function(lambda x, i: x[i])(tf.range(5), tf.constant([3, 1]))
    operator/int_float: tf.constant(1) + tf.constant(2.5)
    operator/int_python_float: tf.constant([1, 2]) * 1.5
    operator/float16_python: tf.constant(1.0, tf.float16) + 1.5
    operator/int8_uint8: tf.constant(1, tf.int8) + tf.constant(2, tf.uint8)
    operator/numpy_left: np.array(1.5) + tf.constant([1, 2])
    operator/numpy_right: tf.constant([1, 2]) - np.array([0.5, 1.0])
    operator/divide: tf.constant([3]) / tf.constant([2.0])
    operator/floordiv: tf.constant([7]) // 2.0
    operator/mod: tf.constant([7.5]) % tf.constant(2)
    operator/power: tf.constant([2]) ** tf.constant([0.5])
    operator/compare: tf.constant([1, 2]) < 1.5
    operator/equal: tf.constant([1, 2]) == tf.constant([1.0, 3.0])
    operator/and_bools: tf.constant([True, False]) & tf.constant([True, True])
    operator/or_ints: tf.constant([1]) | tf.constant([2], tf.int64)
    operator/matmul: tf.constant([[1, 2]]) @ tf.constant([[0.5], [1.0]])
    operator/matmul_vector: tf.constant([1.0, 2.0]) @ tf.constant([3.0, 4.0])
    operator/list: tf.constant([1.0]) + [1]
    operator/complex: tf.constant([1.0]) + 1j
    operator/variable: tf.Variable([1, 2]) * 0.5
    operator/in_function: tf.function(lambda x: x * 0.5 + 1)(tf.constant([1, 2]))
    prefer/asarray: _prefer(tf, lambda tnp: tnp.asarray(1.0))
    prefer/add: _prefer(tf, lambda tnp: tnp.add(1.0, 2.0))
    prefer/mean: _prefer(tf, lambda tnp: tnp.mean([1, 2]))
    prefer/complex: _prefer(tf, lambda tnp: tnp.array(1j))
    prefer/linspace: _prefer(tf, lambda tnp: tnp.linspace(0.0, 1.0, 3))
    prefer/operator: _prefer(tf, lambda tnp: tf.constant([1]) * 0.5)
    wrong/mode: tf.experimental.numpy.experimental_enable_numpy_behavior(dtype_conversion_mode="other")  # raises: does not exist
""")


def _prefer(tf, function):
    with numpy_behavior(tf, prefer_float32=True):
        return function(tf.experimental.numpy)


# -- the modes "all" and "safe": every pair of types, and which functions keep results weak -----------

TYPES = (
    "bool uint8 uint16 uint32 uint64 int8 int16 int32 int64 bfloat16 float16 float32 float64 complex64 complex128"
).split()
PYTHON = {"int": 3, "float": 2.5, "complex": 1j, "bool": True}


def told(x):
    """Dtype and weakness: what a mode decides."""
    return x.dtype.name, "weak=True" in repr(x)


def _value(tf, kind):
    return PYTHON[kind] if kind in PYTHON else tf.constant(1, getattr(tf, kind)) if kind != "bool_" else True


def _pair(tf, mode, function, a, b):
    with numpy_behavior(tf, dtype_conversion_mode=mode):
        return told(function(tf, _value(tf, a), _value(tf, b)))


def _one(tf, mode, function):
    with numpy_behavior(tf, dtype_conversion_mode=mode):
        return told(function(tf))


for _mode in ("all", "safe"):
    for _a in (*TYPES, "int", "float", "complex"):
        for _b in ("uint8", "int32", "int64", "bfloat16", "float16", "float32", "complex64", "int", "float"):
            if not (_a in PYTHON and _b in PYTHON):
                case.either(
                    f"{_mode}/add/{_a}/{_b}",
                    lambda tf, mode, a, b: _pair(tf, mode, lambda tf, x, y: x + y, a, b),
                    _mode, _a, _b,
                )  # fmt: skip
    for _name, _function in {
        "constant_int": lambda tf: tf.constant(5),
        "constant_list": lambda tf: tf.constant([5.0, 10.0, 3]),
        "constant_dtype": lambda tf: tf.constant(5, tf.int32),
        "constant_bool": lambda tf: tf.constant(True),
        "constant_string": lambda tf: tf.constant("a"),
        "constant_numpy": lambda tf: tf.constant(np.array(1, "i1")),
        "constant_of_tensor": lambda tf: tf.constant(tf.constant(10, tf.int16), tf.float32),
        "constant_large": lambda tf: tf.constant(2**40),
        "abs_list": lambda tf: tf.math.abs([100.0, 4.0]),
        "negative": lambda tf: -tf.constant(5),
        "sqrt": lambda tf: tf.sqrt(tf.constant(4.0)),
        "sin_float": lambda tf: tf.sin(1.0),
        "exp_strong": lambda tf: tf.exp(tf.constant(1.0, tf.float32)),
        "reduce_sum": lambda tf: tf.reduce_sum([1, 2]),
        "reduce_mean_weak": lambda tf: tf.reduce_mean(tf.constant([1.0, 2.0])),
        "reshape": lambda tf: tf.reshape([1, 2], [2, 1]),
        "transpose": lambda tf: tf.transpose([[1, 2]]),
        "expand_dims": lambda tf: tf.expand_dims([1.0], 0),
        "zeros_like": lambda tf: tf.zeros_like([1.0]),
        "relu": lambda tf: tf.nn.relu([1.0]),
        "clip": lambda tf: tf.clip_by_value([1.0, 5.0], 0.0, 2.0),
        "add": lambda tf: tf.add(1, 2),
        "add_mixed": lambda tf: tf.add(tf.constant(1, tf.int8), 2.5),
        "add_numpy": lambda tf: tf.add(np.array(1, "i1"), tf.constant(1)),
        "add_chain": lambda tf: tf.add(tf.add(np.array(1, "i1"), tf.constant(1)), np.array(1, "f2")),
        "numpy_operator": lambda tf: np.array(3.2, "f2") + tf.constant(1, tf.int8) + tf.constant(50),
        "multiply": lambda tf: tf.multiply(tf.constant(2), 1.5),
        "divide": lambda tf: tf.divide(3, 2),
        "truediv_strong": lambda tf: tf.constant(5, tf.int16) / tf.constant(2, tf.float32),
        "maximum": lambda tf: tf.maximum(1, 2),
        "equal": lambda tf: tf.equal(1, 1.0),
        "less": lambda tf: tf.constant(1) < tf.constant(2.0, tf.float32),
        "pow": lambda tf: tf.pow(tf.constant(2, tf.int16), 2),
        "matmul": lambda tf: tf.matmul(tf.constant([[1.0]], tf.float32), [[2.0]]),
        "floordiv": lambda tf: tf.math.floordiv(7, 2),
        "tnp_array_int": lambda tf: tf.experimental.numpy.array(1),
        "tnp_array_float": lambda tf: tf.experimental.numpy.array(1.0),
        "tnp_asarray_dtype": lambda tf: tf.experimental.numpy.asarray(1, "int16"),
        "tnp_sqrt": lambda tf: tf.experimental.numpy.sqrt(4),
        "tnp_sum": lambda tf: tf.experimental.numpy.sum([1, 2]),
        "tnp_mean": lambda tf: tf.experimental.numpy.mean([1, 2]),
        "tnp_sum_int8": lambda tf: tf.experimental.numpy.sum(np.array([1, 2], "i1")),
        "tnp_argsort": lambda tf: tf.experimental.numpy.argsort([2, 1]),
        "tnp_arange": lambda tf: tf.experimental.numpy.arange(3),
        "tnp_add": lambda tf: tf.experimental.numpy.add(1, 2),
        "tnp_where": lambda tf: tf.experimental.numpy.where([True], 1, 2.5),
        "variable_assign_add": lambda tf: tf.Variable(10, dtype=tf.int32).assign_add(tf.constant(5, tf.int16)),
        "variable_assign_float": lambda tf: tf.Variable(10, dtype=tf.int32).assign_add(tf.constant(5.0, tf.float32)),
        "variable_operator": lambda tf: tf.Variable(1.0, dtype=tf.float16) + 1,
    }.items():
        case.either(f"{_mode}/{_name}", lambda tf, mode, function: _one(tf, mode, function), _mode, _function)
