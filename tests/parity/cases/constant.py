"""tf.constant, tf.convert_to_tensor, tf.cast and relatives: dtype inference, hints, limits, refusals."""

import array
import collections
import datetime
import decimal
import enum
import fractions

import numpy as np

from tests.parity.case import Family
from tests.parity.values import EVERY, FLOATS, INF, INTS, NAN, NUMBERS, edges, ramp_tensor, tensor

case = Family(__name__)

Pair = collections.namedtuple("Pair", "a b")


class Answer(enum.IntEnum):
    NO = 0
    YES = 1


class WithArray:
    def __array__(self, dtype=None, copy=None):
        return np.array([1.0, 2.0], dtype)


class WithLength:
    def __len__(self):
        return 2

    def __getitem__(self, i):
        return [10, 20][i]


class WithTensor:
    def __init__(self, tf):
        self.tf = tf

    def __tf_tensor__(self, dtype=None, name=None):
        return self.tf.constant([7, 8], dtype)


PYTHON_VALUES = {
    "int": 1,
    "negative_int": -1,
    "int32_max": 2**31 - 1,
    "above_int32": 2**31,
    "int32_min": -(2**31),
    "below_int32": -(2**31) - 1,
    "int64_max": 2**63 - 1,
    "above_int64": 2**63,
    "huge_int": 2**100,
    "float": 1.5,
    "large_float": 1e300,
    "nan": NAN,
    "inf": INF,
    "bool": True,
    "text": "héllo",
    "empty_text": "",
    "bytes": b"\xff\x00",
    "complex": 1 + 2j,
    "None": None,
    "empty_list": [],
    "empty_lists": [[], []],
    "list_of_ints": [1, 2, 3],
    "list_of_floats": [1.0, 2.0],
    "ints_and_floats": [1, 2.5],
    "floats_and_ints": [2.5, 1],
    "ints_and_bools": [1, True],
    "bools_and_ints": [True, 1],
    "bools_and_floats": [True, 1.5],
    "int_and_complex": [1, 2j],
    "float_and_complex": [1.5, 2j],
    "large_ints_in_list": [1, 2**40],
    "too_large_ints_in_list": [1, 2**64],
    "text_and_int": ["a", 1],
    "int_and_text": [1, "a"],
    "text_and_bytes": ["a", b"b"],
    "nested": [[1, 2], [3, 4]],
    "deep": [[[[1]]]],
    "ragged": [[1], [2, 3]],
    "ragged_depth": [1, [2]],
    "ragged_depth_other": [[1], 2],
    "with_None": [1, None],
    "None_list": [None],
    "tuple": (1, 2),
    "tuple_of_lists": ([1, 2], [3, 4]),
    "namedtuple": Pair(1, 2),
    "range": range(3),
    "empty_range": range(0),
    "set": {1},
    "dict": {"a": 1},
    "object": object(),
    "list_of_objects": [object()],
    "generator": (i for i in ()),
    "function": len,
    "type": int,
    "array_array": array.array("i", [1, 2]),
    "bytearray": bytearray(b"ab"),
    "memoryview": memoryview(b"ab"),
    "decimal": decimal.Decimal("1.5"),
    "fraction": fractions.Fraction(1, 2),
    "date": datetime.date(2020, 1, 1),
    "int_enum": Answer.YES,
    "with_array": WithArray(),
    "with_length": WithLength(),
    "slice": slice(0, 1),
    "ellipsis": ...,
    "np_int8": np.int8(3),
    "np_float16": np.float16(1.5),
    "np_float64": np.float64(1.5),
    "np_int64": np.int64(5),
    "np_bool": np.bool_(True),
    "np_complex": np.complex64(1j),
    "np_str": np.str_("a"),
    "np_bytes": np.bytes_(b"a"),
    "np_datetime": np.datetime64("2020-01-01"),
    "np_mixed_scalars": [np.float32(1), np.float64(2)],
    "np_int_and_python_float": [np.int32(1), 2.5],
    "np_arrays_in_a_list": [np.array([1, 2]), np.array([3, 4])],
    "np_float_arrays_in_a_list": [np.array([1.0]), np.array([3.0])],
    "np_array_double": np.array([1.0, 2.0]),
    "np_array_int64": np.array([1, 2]),
    "np_array_text": np.array(["a", "bc"]),
    "np_array_bytes": np.array([b"a", b"bc"]),
    "np_array_objects_text": np.array(["a", b"b"], object),
    "np_array_objects_ints": np.array([1, 2], object),
    "np_array_objects_mixed": np.array([1, "a"], object),
    "np_array_empty": np.zeros([0, 2], np.float32),
    "np_array_0d": np.array(1.5),
    "np_array_fortran": np.asfortranarray([[1, 2], [3, 4]]),
    "np_array_strided": np.arange(6)[::2],
    "np_array_reversed": np.arange(3)[::-1],
    "np_array_big_endian": np.array([1, 2], ">i4"),
    "np_array_longdouble": np.array([1.0], np.longdouble),
    "np_masked": np.ma.array([1, 2], mask=[False, True]),
    "np_matrix_like": np.ones([1, 1, 1, 1, 1, 1, 1, 1]),
    "np_structured": np.zeros(1, [("a", "i4")]),
    "np_timedelta": np.array([1], "m8[s]"),
}
for name, value in PYTHON_VALUES.items():
    case.either(f"constant/of_{name}", lambda tf, value: tf.constant(value), value)
    case.either(f"convert_to_tensor/of_{name}", lambda tf, value: tf.convert_to_tensor(value), value)

TARGETS = {
    "int": 7,
    "negative": -1,
    "three_hundred": 300,
    "float": 2.5,
    "whole_float": 2.0,
    "bool": True,
    "text": "a",
    "complex": 1 + 2j,
    "np_float64": np.float64(2.5),
    "np_int64": np.int64(7),
    "np_double_array": np.array([2.5, -1.0]),
    "np_int_array": np.array([7, 3]),
    "empty": [],
}
for name, value in TARGETS.items():
    for dtype in ("bfloat16", "float32", "float64", "int32", "int64", "uint8", "bool", "complex64", "string"):
        case.either(f"constant/{name}_as_{dtype}", lambda tf, value, dtype: tf.constant(value, dtype), value, dtype)
        case.either(
            f"convert_to_tensor/{name}_as_{dtype}",
            lambda tf, value, dtype: tf.convert_to_tensor(value, dtype),
            value,
            dtype,
        )
        case.either(
            f"convert_to_tensor/{name}_hint_{dtype}",
            lambda tf, value, dtype: tf.convert_to_tensor(value, dtype_hint=dtype),
            value,
            dtype,
        )

for dtype in EVERY:
    case(f"constant/edges_{dtype}", lambda tf, dtype: tensor(tf, edges(dtype), dtype), dtype, signed_zeros=True)
for dtype in INTS:
    limits = np.iinfo(dtype)
    for label, value in {
        "max": int(limits.max),
        "above": int(limits.max) + 1,
        "min": int(limits.min),
        "below": int(limits.min) - 1,
    }.items():
        case.either(f"constant/{label}_of_{dtype}", lambda tf, value, dtype: tf.constant(value, dtype), value, dtype)
        case.either(
            f"constant/{label}_of_{dtype}_in_a_list",
            lambda tf, value, dtype: tf.constant([value], dtype),
            value,
            dtype,
        )

case.table("""
    dimension/alone: tf.constant(tf.compat.v1.Dimension(3))
    dimension/int64: tf.convert_to_tensor(tf.compat.v1.Dimension(3), tf.int64)
    dimension/float: tf.convert_to_tensor(tf.compat.v1.Dimension(3), tf.float32)  # raises: Allowed dtypes
    dimension/unknown: tf.convert_to_tensor(tf.compat.v1.Dimension(None))  # raises: unknown Dimension
    dimension/list: tf.convert_to_tensor([tf.compat.v1.Dimension(3), 2])
    dimension/as_shape: tf.reshape([1, 2, 3], [tf.compat.v1.Dimension(3), 1])
    objects/numbers_as_float: tf.constant(np.array([1, 2.5], object), tf.float32)
    objects/none_as_float: tf.constant(np.array([1, None], object), tf.float32)
    objects/cut_to_int: tf.constant(np.array([1.5, 2], object), tf.int32)
    objects/bools: tf.constant(np.array([True, False], object), tf.bool)
    objects/without_dtype: tf.constant(np.array([1, 2], object))  # raises: Unsupported object type
    objects/text_as_float: tf.constant(np.array(["a", 1], object), tf.float32)  # raises: could not convert
    objects/empty: tf.constant(np.array([], object), tf.float32)
    objects/added: tf.constant([1.0, 2.0]) + np.array([1, 2], object)
    texts/as_int: tf.constant(np.array(["1", "2"]), tf.int32)
    texts/as_float: tf.constant(np.array([b"1.5"]), tf.float32)
    texts/no_number: tf.constant(np.array(["a"]), tf.int32)  # raises: invalid literal
    dates/as_int: tf.constant(np.array(["2020-01-01", "1969-12-31"], "datetime64[D]"), tf.int32)
    dates/as_float: tf.constant(np.array([1, 2], "timedelta64[s]"), tf.float32)
    dates/scalar: tf.constant(np.datetime64("2020-01-01"), tf.int64)
    dates/without_dtype: tf.constant(np.array(["2020-01-01"], "datetime64[D]"))  # raises: Unsupported numpy type
    dates/as_text: tf.constant(np.array(["2020-01-01"], "datetime64[D]"), tf.string)  # raises: Failed to convert
    constant/shape: tf.constant([1, 2, 3, 4], shape=[2, 2])
    constant/shape_fills: tf.constant(7, shape=[2, 3])
    constant/shape_fills_from_one: tf.constant([7], shape=[3])
    constant/shape_scalar: tf.constant([7], shape=[])
    constant/shape_empty: tf.constant(0.0, shape=[0, 2])
    constant/shape_text: tf.constant("a", shape=[2])
    constant/shape_bool: tf.constant(True, shape=[2])
    constant/shape_same: tf.constant([1, 2], shape=(2,))
    constant/shape_too_small: tf.constant([1, 2, 3], shape=[2])  # raises
    constant/shape_too_large: tf.constant([1, 2, 3], shape=[4])  # raises
    constant/shape_unknown: tf.constant([1, 2], shape=[None])  # raises
    constant/keywords: tf.constant(value=[1], dtype=tf.float32, shape=[1], name="c")
    constant/dtype_by_name: tf.constant(1, "float64")
    constant/dtype_numpy: tf.constant(1, np.float16)
    constant/dtype_python_float: tf.constant(1, float)
    constant/dtype_number: tf.constant(1, 3)
    constant/unknown_dtype: tf.constant(1, "float31")  # raises: float31
    constant/of_tensor: tf.constant(tf.constant([1, 2]))
    constant/of_tensor_with_dtype: tf.constant(tf.constant([1, 2]), tf.float32)  # raises: float32, int32
    constant/of_tensor_with_shape: tf.constant(tf.constant([1, 2, 3, 4]), shape=[2, 2])
    constant/of_variable: tf.constant(tf.Variable([1, 2]))
    constant/copies_the_array: _unchanged(tf, tf.constant)
    constant/float_to_int: tf.constant(1.5, tf.int32)  # raises: 1.5, int32
    constant/text_to_float: tf.constant("a", tf.float32)  # raises
    constant/int_to_text: tf.constant(1, tf.string)  # raises
    convert_to_tensor/tensor_is_itself: (lambda t: tf.convert_to_tensor(t) is t)(tf.constant(1))
    convert_to_tensor/same_dtype: tf.convert_to_tensor(tf.constant(1), tf.int32)
    convert_to_tensor/other_dtype: tf.convert_to_tensor(tf.constant(1), tf.float32)  # raises: float32, int32
    convert_to_tensor/hint_ignored_for_a_tensor: tf.convert_to_tensor(tf.constant(1), dtype_hint=tf.float32)
    convert_to_tensor/hint_impossible: tf.convert_to_tensor(1.5, dtype_hint=tf.int32)
    convert_to_tensor/dtype_wins_over_hint: tf.convert_to_tensor(1, tf.float32, tf.int64)
    convert_to_tensor/variable: tf.convert_to_tensor(tf.Variable([1.0]))
    convert_to_tensor/variable_other_dtype: tf.convert_to_tensor(tf.Variable([1.0]), tf.int32)  # raises
    convert_to_tensor/list_of_tensors: tf.convert_to_tensor([tf.constant(1), tf.constant(2)])
    convert_to_tensor/tensors_and_numbers: tf.convert_to_tensor([tf.constant(1.0), 2, 3.5])
    convert_to_tensor/numbers_and_tensors: tf.convert_to_tensor([2, tf.constant(1.0)])
    convert_to_tensor/nested_tensors: tf.convert_to_tensor([[tf.constant(1), 2], [3, tf.constant(4)]])
    convert_to_tensor/vectors_of_tensors: tf.convert_to_tensor([tf.constant([1, 2]), [3, 4]])
    convert_to_tensor/variables_in_a_list: tf.convert_to_tensor([tf.Variable(1.0), tf.Variable(2.0)])
    convert_to_tensor/two_dtypes: tf.convert_to_tensor([tf.constant(1), tf.constant(1.0)])  # raises
    convert_to_tensor/two_shapes: tf.convert_to_tensor([tf.constant([1]), tf.constant([1, 2])])  # raises
    convert_to_tensor/tensors_to_dtype: tf.convert_to_tensor([tf.constant(1), 2], tf.float32)
    convert_to_tensor/dense_slices: tf.convert_to_tensor(_slices(tf))
    convert_to_tensor/slices_without_shape: tf.convert_to_tensor(_shapeless(tf))  # raises: dense_shape
    convert_to_tensor/tensor_shape: tf.convert_to_tensor(tf.TensorShape([2, 3]))
    convert_to_tensor/large_tensor_shape: tf.convert_to_tensor(tf.TensorShape([2**31]))
    convert_to_tensor/unknown_tensor_shape: tf.convert_to_tensor(tf.TensorShape([None]))  # raises
    convert_to_tensor/tensor_shape_as_float: tf.convert_to_tensor(tf.TensorShape([2]), tf.float32)  # raises
    convert_to_tensor/dtype: tf.convert_to_tensor(tf.float32)  # raises
    convert_to_tensor/protocol: tf.convert_to_tensor(WithTensor(tf))
    convert_to_tensor/protocol_dtype: tf.convert_to_tensor(WithTensor(tf), tf.float32)
    convert_to_tensor/keywords: tf.convert_to_tensor(value=1, dtype=tf.int64, dtype_hint=None, name="x")
    convert_to_tensor/shares_no_memory: _unchanged(tf, tf.convert_to_tensor)
    is_tensor/tensor: tf.is_tensor(tf.constant(1))
    is_tensor/variable: tf.is_tensor(tf.Variable(1))
    is_tensor/number: tf.is_tensor(1)
    is_tensor/array: tf.is_tensor(np.ones(1))
    is_tensor/list_of_tensors: tf.is_tensor([tf.constant(1)])
    is_tensor/sparse: tf.is_tensor(tf.SparseTensor([[0]], [1], [1]))
    is_tensor/ragged: tf.is_tensor(tf.ragged.constant([[1]]))
    is_tensor/slices: tf.is_tensor(_slices(tf))
    is_tensor/linear_operator: tf.is_tensor(tf.linalg.LinearOperatorIdentity(2))
    is_tensor/generator: tf.is_tensor(tf.random.Generator.from_seed(1))
    is_tensor/row_partition: tf.is_tensor(tf.experimental.RowPartition.from_row_lengths([1, 2]))
    is_tensor/spec: tf.is_tensor(tf.TensorSpec([]))
    cast/float_to_int_cuts: tf.cast([1.9, -1.9], tf.int32)
    cast/int_to_float: tf.cast([1, 2], tf.float32)
    cast/bool_to_float: tf.cast([True, False], tf.float32)
    cast/float_to_bool: tf.cast([0.0, -0.0, 0.5, NAN], tf.bool)
    cast/int_wraps: tf.cast([300, -1], tf.uint8)
    cast/int64_wraps: tf.cast(tf.constant([2**40 + 5], tf.int64), tf.int32)
    cast/complex_to_real: tf.cast(tf.constant([1 + 2j]), tf.float32)
    cast/real_to_complex: tf.cast([1.5], tf.complex64)
    cast/half: tf.cast([1e6, 1e-10, 0.1], tf.half)
    cast/bfloat16: tf.cast([1.005, 3.14159], tf.bfloat16)
    cast/double: tf.cast([0.1], tf.float64)
    cast/same_is_itself: (lambda t: tf.cast(t, tf.int32) is t)(tf.constant(1))
    cast/python_number: tf.cast(3.7, tf.int32)
    cast/by_name: tf.cast(1, "int64")
    cast/empty: tf.cast([], tf.int32)
    cast/variable: tf.cast(tf.Variable([1.5]), tf.int32)
    cast/slices: tf.cast(_slices(tf), tf.float64)
    cast/sparse: tf.cast(tf.SparseTensor([[0]], [1.5], [2]), tf.int32)
    cast/text: tf.cast("1", tf.int32)  # raises
    cast/to_text: tf.cast(1, tf.string)  # raises
    cast/unknown: tf.cast(1, "int31")  # raises: int31
    cast/None: tf.cast(None, tf.int32)  # raises
    saturate_cast/int: tf.saturate_cast([300, -5, 7], tf.uint8)
    saturate_cast/float: tf.saturate_cast([1e20, -1e20, 1.5], tf.int32)
    saturate_cast/same: tf.saturate_cast([1.5], tf.float32)
    saturate_cast/wider: tf.saturate_cast(tf.constant([100], tf.int8), tf.int32)
    saturate_cast/half: tf.saturate_cast([1e10], tf.half)
    saturate_cast/complex: tf.saturate_cast(tf.constant([300 + 2j]), tf.uint8)
    get_static_value/tensor: tf.get_static_value(tf.constant([1, 2]))
    get_static_value/scalar: tf.get_static_value(tf.constant(1.5))
    get_static_value/number: tf.get_static_value(5)
    get_static_value/array: tf.get_static_value(np.array([1]))
    get_static_value/text: tf.get_static_value(tf.constant("a"))
    make_ndarray/round_trip: tf.make_ndarray(tf.make_tensor_proto([[1.0, 2.0]]))
    make_tensor_proto/dtype: tf.make_tensor_proto([1, 2], dtype=tf.int64).dtype
    make_tensor_proto/text: tf.make_ndarray(tf.make_tensor_proto(["a", "b"]))
    make_tensor_proto/shape: tf.make_ndarray(tf.make_tensor_proto(7, shape=[2, 2]))
    zeros_initializer/shape: tf.zeros_initializer()([2, 2])
    ones_initializer/dtype: tf.ones_initializer()([2], dtype=tf.int32)
    ones_initializer/text: tf.ones_initializer()([2], dtype=tf.string)  # raises
    constant_initializer/value: tf.constant_initializer(3)([2])
    constant_initializer/list: tf.constant_initializer([1, 2, 3, 4])([2, 2])
    constant_initializer/wrong_size: tf.constant_initializer([1, 2, 3])([2, 2])  # raises
    constant_initializer/config: tf.constant_initializer(3).get_config()
""")


def _slices(tf):
    return tf.IndexedSlices(tf.constant([[1.0, 2.0]]), tf.constant([1]), tf.constant([3, 2]))


def _shapeless(tf):
    return tf.IndexedSlices(tf.constant([[1.0, 2.0]]), tf.constant([1]))


def _unchanged(tf, make):
    """What a tensor made from an array holds after the array was written to."""
    source = np.array([1.0, 2.0], np.float32)
    made = make(source)
    source[0] = 100.0
    return made


@case("register_tensor_conversion_function/own_class")
def _(tf):
    class Mine:
        pass

    def convert(value, dtype=None, name=None, as_ref=False):
        return tf.constant([1, 2, 3], dtype)

    tf.register_tensor_conversion_function(Mine, convert)
    return tf.convert_to_tensor(Mine()), tf.add(Mine(), 1), tf.constant(1.0) + Mine()


@case("register_tensor_conversion_function/declines")
def _(tf):
    class Mine:
        pass

    tf.register_tensor_conversion_function(Mine, lambda v, dtype=None, name=None, as_ref=False: NotImplemented)
    tf.register_tensor_conversion_function(Mine, lambda v, dtype=None, name=None, as_ref=False: tf.constant(5), 101)
    return tf.convert_to_tensor(Mine())


@case.raises("register_tensor_conversion_function/not_a_type")
def _(tf):
    tf.register_tensor_conversion_function(3, lambda v, dtype=None, name=None, as_ref=False: v)


for source in (*NUMBERS, "bool"):
    for target in (*NUMBERS, "bool"):
        if source != target:
            values = [0, 1, 3] if source != "bool" else [False, True]
            case(
                f"cast/{source}_to_{target}",
                lambda tf, values, source, target: tf.cast(tensor(tf, values, source), target),
                values,
                source,
                target,
            )
for source in FLOATS:
    for target in ("float16", "bfloat16", "float32", "float64", "bool"):
        case(
            f"cast/edges_of_{source}_to_{target}",
            lambda tf, source, target: tf.cast(tensor(tf, edges(source), source), target),
            source,
            target,
            signed_zeros=True,
        )
for source in INTS:
    for target in INTS:
        case(
            f"cast/edges_of_{source}_to_{target}",
            lambda tf, source, target: tf.cast(tensor(tf, edges(source), source), target),
            source,
            target,
        )
for target in INTS:
    case(
        f"saturate_cast/to_{target}",
        lambda tf, target: tf.saturate_cast(ramp_tensor(tf, [6], start=-500.0, step=333.0), target),
        target,
    )
