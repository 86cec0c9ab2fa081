"""The tensor itself: protocols, attributes, slicing with brackets, conversion, hashing, truth."""

import copy
import operator

import numpy as np

from tests.parity.case import Family
from tests.parity.values import EVERY, FLOATS, INTS, NAN, ramp_tensor

case = Family(__name__)


def x(tf, *shape, dtype="float32"):
    return ramp_tensor(tf, shape, dtype)


def cube(tf):
    return tf.reshape(tf.range(24), [2, 3, 4])


case.table("""
    equality/shapes_that_do_not_broadcast: tf.constant([1, 2]) == tf.constant([1, 2, 3])
    inequality/shapes_that_do_not_broadcast: tf.constant([1, 2]) != tf.constant([1, 2, 3])
    equality/None: tf.constant(1) == None
    equality/text_and_number: tf.constant("a") == 1  # raises: 1
    equality/object: tf.constant(1) == object()  # raises
    equality/text: tf.constant(["a", "b"]) == "a"
    equality/nan: tf.constant(NAN) == tf.constant(NAN)
    equality/in_a_list: tf.constant(1) in [tf.constant(1)]
    equality/in_a_list_of_other_values: tf.constant(1) in [tf.constant(2)]
    truth/scalar_true: bool(tf.constant(2.5))
    truth/scalar_false: bool(tf.constant(0))
    truth/nan: bool(tf.constant(NAN))
    truth/one_element: bool(tf.constant([0.0]))
    truth/text: bool(tf.constant("a"))
    truth/empty_text: bool(tf.constant(""))
    truth/empty: bool(tf.zeros([0]))
    truth/many: bool(tf.constant([1, 2]))  # raises
    truth/not: not tf.constant(0)
    truth/and: tf.constant(True) and tf.constant(5)
    int/scalar: int(tf.constant(3))
    int/float: int(tf.constant(3.7))
    int/one_element: int(tf.constant([3]))  # raises
    int/many: int(tf.constant([3, 4]))  # raises
    int/text: int(tf.constant("7"))
    float/scalar: float(tf.constant(3.5))
    float/int: float(tf.constant(3))
    float/half: float(tf.constant(1.5, tf.half))
    float/many: float(tf.constant([1.0, 2.0]))  # raises
    complex/scalar: complex(tf.constant(1 + 2j))
    index/int: list(range(10))[tf.constant(3)]
    index/int64: [10, 20][tf.constant(1, tf.int64)]
    index/vector: [10, 20][tf.constant([1])]  # raises
    index/range: list(range(tf.constant(3)))
    len/vector: len(tf.constant([1, 2, 3]))
    len/matrix: len(tf.zeros([2, 5]))
    len/scalar: len(tf.constant(1))  # raises: scalar
    iterate/vector: list(tf.constant([1, 2]))
    iterate/matrix: [row for row in tf.constant([[1, 2], [3, 4]])]
    iterate/empty: list(tf.zeros([0]))
    iterate/scalar: list(tf.constant(1))  # raises: scalar
    iterate/unpack: (lambda a, b: a + b)(*tf.constant([1, 2]))
    contains/operator: 1 in tf.constant([1, 2])
    contains/absent: 5 in tf.constant([1, 2])
    hash/tensor: hash(tf.constant(1))  # raises: ref
    hash/ref: len({tf.constant(1).ref(), tf.constant(1).ref()})
    hash/same_ref: (lambda t: t.ref() == t.ref())(tf.constant(1))
    hash/deref: tf.constant(5).ref().deref()
    hash/dict_key: {tf.constant(1): 2}  # raises
    ref/repr: repr(tf.constant(1).ref())
    numpy/matrix: tf.constant([[1, 2]]).numpy()
    numpy/scalar: tf.constant(1.5).numpy()
    numpy/scalar_type: type(tf.constant(1.5).numpy()).__name__
    numpy/text: tf.constant("é").numpy()
    numpy/text_vector: tf.constant(["a", "bc"]).numpy()
    numpy/text_type: type(tf.constant("a").numpy())
    numpy/bool_type: type(tf.constant(True).numpy()).__name__
    numpy/bfloat16: tf.constant([1.5], tf.bfloat16).numpy()
    numpy/asarray: np.asarray(tf.constant([1, 2]))
    numpy/array_dtype: np.array(tf.constant([1, 2]), dtype=np.float64)
    numpy/sum: np.sum(tf.constant([1, 2]))
    numpy/add_array_first: np.array([1.0, 2.0], np.float32) + tf.constant([1.0, 2.0])
    numpy/add_array_second: tf.constant([1.0, 2.0]) + np.array([1.0, 2.0], np.float32)
    numpy/add_double_array: tf.constant([1.0, 2.0]) + np.array([1.0, 2.0])
    numpy/double_array_first: np.array([1.0, 2.0]) + tf.constant([1.0, 2.0])
    numpy/int_array_and_float_tensor: tf.constant([1.5]) + np.array([1])
    numpy/exp: np.exp(tf.constant([0.0, 1.0]))
    numpy/stack: np.stack([tf.constant([1, 2]), tf.constant([3, 4])])
    numpy/function: np.mean(tf.constant([[1.0, 2.0]]), axis=1)
    numpy/array_equal: np.array_equal(tf.constant([1, 2]), [1, 2])
    numpy/priority: tf.constant(1.0).__array_priority__
    numpy/no_tolist: tf.constant([1]).tolist()  # raises: tolist
    numpy/no_astype: tf.constant([1]).astype("float32")  # raises: astype
    numpy/no_item_assignment: operator.setitem(tf.constant([1, 2]), 0, 5)  # raises: assignment
    numpy/no_item_deletion: operator.delitem(tf.constant([1, 2]), 0)  # raises
    numpy/no_T: tf.constant([[1]]).T  # raises: T
    numpy/no_mean: tf.constant([1.0]).mean()  # raises
    numpy/no_reshape: tf.constant([1.0]).reshape([1])  # raises
    numpy/no_size: tf.constant([1.0]).size  # raises
    attribute/unknown: tf.constant(1).no_such_thing  # raises: no_such_thing
    attribute/shape: tf.zeros([2, 3]).shape
    attribute/get_shape: tf.zeros([2, 3]).get_shape()
    attribute/scalar_shape: tf.constant(1).shape
    attribute/shape_item: tf.zeros([2, 3]).shape[1]
    attribute/dtype: tf.constant(1.0).dtype
    attribute/ndim: tf.zeros([2, 3]).ndim
    attribute/scalar_ndim: tf.constant(1).ndim
    attribute/device: tf.constant(1).device
    attribute/backing_device: tf.constant(1).backing_device
    attribute/name: tf.constant(1).name  # raises: name
    attribute/op: tf.constant(1).op  # raises: op
    attribute/graph: tf.constant(1).graph  # raises: graph
    attribute/set_shape_same: tf.zeros([2]).set_shape([None])
    attribute/set_shape_wrong: tf.zeros([2]).set_shape([3])  # raises
    attribute/is_tensor: isinstance(tf.constant(1), tf.Tensor)
    attribute/class_name: type(tf.constant(1)).__name__
    attribute/cpu: tf.constant(1).cpu()
    attribute/itemsize: tf.constant(1).dtype.size
    attribute/overloads: sorted(tf.Tensor.OVERLOADABLE_OPERATORS)
    attribute/consumers: tf.constant(1).consumers()  # raises
    attribute/eval: tf.constant(1).eval()  # raises
    attribute/experimental_ref: tf.constant(1).experimental_ref().deref()
    copy/copy: copy.copy(tf.constant([1, 2]))
    copy/deepcopy: copy.deepcopy(tf.constant([1, 2]))
    copy/reduce: tf.constant([1.5, 2.5]).__reduce__()[1][0]
    format/scalar: f"{tf.constant(1.5)}"
    format/scalar_spec: f"{tf.constant(1.5):.3f}"
    format/int_spec: f"{tf.constant(7):04d}"
    format/vector: f"{tf.constant([1, 2])}"
    format/vector_spec: f"{tf.constant([1, 2]):d}"  # raises
    format/percent: "%d" % tf.constant(3)
    format/percent_float: "%.2f" % tf.constant(3.14159)
    format/text: f"{tf.constant('a')}"
    dlpack/shape: np.from_dlpack(tf.constant([1.0, 2.0]))
    dlpack/device: tf.constant([1.0]).__dlpack_device__()[1]
    buffer/memoryview: bytes(memoryview(tf.constant([1, 2], tf.uint8)))
    sorted/tensors: sorted([tf.constant(2), tf.constant(1)], key=int)
    sum/builtin: sum([tf.constant(1), tf.constant(2)])
    max/builtin: max(tf.constant([1, 5, 3]))
    any/builtin: any(tf.constant([False, True]))
    zip/two: list(zip(tf.constant([1]), tf.constant([2]), strict=True))
    reversed/vector: list(reversed(tf.constant([1, 2])))
    isinstance/variable_is_not_a_tensor: isinstance(tf.Variable(1), tf.Tensor)
    augmented/plus: (lambda t: operator.iadd(t, 1))(tf.constant([1, 2]))
    matmul/array_and_tensor: np.ones([1, 2], np.float32) @ tf.constant([[1.0], [2.0]])
    matmul/list: [[1.0, 2.0]] @ tf.constant([[1.0], [2.0]])
""")

READS = """
    0 | -1 | 1, 2 | 1, -1, 0 | ... | :, 1 | ..., 1 | 1, ... | ..., 1, : | 0:1 | :1 | 1: | : | ::2 | ::-1
    :, ::-1 | -1:-3:-1 | 5: | :-5 | 2:1 | :, 1:3 | 1:, ::-2, 1:-1 | None | None, 0 | :, None | ..., None
    None, ..., None | 0, None, 1 | ..., 0:0 | (0,) | () | slice(0, 1) | slice(None), 1 | True | np.int64(1)
    (slice(None), slice(None), 1) | np.newaxis, 1 | tf.constant(1) | tf.constant(1, tf.int64) | tf.newaxis
    tf.constant(0):tf.constant(2) | ::tf.constant(2) | 0, tf.newaxis, ..., 1 | :, tf.constant(2) | -2:
    tf.Variable(1) | :, -2, -3:-1 | 0:100 | -100:1 | ::100 | ::-100 | 1:1, ... | :, :, None, 0
"""
for read in (part.strip() for row in READS.splitlines() for part in row.split("|")):
    if read:
        case.either(f"read/[{read}]", eval(f"lambda tf: cube(tf)[{read}]"))
OTHER_READS = """
    2 | -3 | :, 3 | 0, 0, 0, 0 | ..., ... | 1.0 | 'a' | 0:1.0 | ::0 | [0, 1] | (0, [1]) | tf.constant(1.0)
    tf.constant([0, 1]) | tf.constant([True, False]) | np.array([0, 1]) | np.array([True, False]) | object()
    2**40 | 1.5: | 'a':'b' | tf.constant(True) | {} | tf.constant(5) | False | [] | :, tf.constant(9)
"""
for read in (part.strip() for row in OTHER_READS.splitlines() for part in row.split("|")):
    if read:
        case.either(f"read/[{read}]", eval(f"lambda tf: cube(tf)[{read}]"))

case.table("""
    read/scalar_with_ellipsis: tf.constant(5)[...]
    read/scalar_with_newaxis: tf.constant(5)[None]
    read/scalar_with_empty_tuple: tf.constant(5)[()]
    read/scalar_with_index: tf.constant(5)[0]  # raises
    read/text: tf.constant(["a", "b", "c"])[1:]
    read/text_element: tf.constant(["a", "b", "c"])[-1]
    read/empty: tf.zeros([0, 3])[:, 1]
    read/empty_index: tf.zeros([0, 3])[0]  # raises
    read/mask_over_rows: x(tf, 3, 2)[tf.constant([True, False, True])]
    read/mask_over_elements: x(tf, 2, 2)[x(tf, 2, 2) > 0]
    read/variable: tf.Variable([[1, 2], [3, 4]])[1, :1]
    read/variable_reversed: tf.Variable([1, 2, 3])[::-1]
    read/variable_mask: tf.Variable([1, 2, 3])[tf.constant([True, False, True])]
    read/of_a_range: tf.range(10)[2:8:3]
    read/negative_steps: tf.range(10)[8:2:-2]
    read/from_the_middle_to_the_start: tf.range(5)[2::-1]
    read/nothing_backwards: tf.range(5)[0:3:-1]
""")

for dtype in FLOATS + INTS:
    case.either(f"int/dtype_{dtype}", lambda tf, dtype: int(tf.cast(3, dtype)), dtype)
    case.either(f"float/dtype_{dtype}", lambda tf, dtype: float(tf.cast(3, dtype)), dtype)
    case.either(f"truth/dtype_{dtype}", lambda tf, dtype: bool(tf.cast(3, dtype)), dtype)
for dtype in INTS:
    case(f"index/dtype_{dtype}", lambda tf, dtype: operator.index(tf.cast(3, dtype)), dtype)
for dtype in EVERY:
    case(f"numpy/dtype_{dtype}", lambda tf, dtype: x(tf, 2, dtype=dtype).numpy(), dtype)
    case(
        f"numpy/scalar_dtype_{dtype}",
        lambda tf, dtype: type(x(tf, 2, dtype=dtype)[1].numpy()).__name__,
        dtype,
    )
    case(f"repr/dtype_{dtype}", lambda tf, dtype: repr(x(tf, 2, 2, dtype=dtype)), dtype)
    case(f"str/dtype_{dtype}", lambda tf, dtype: str(x(tf, 2, 2, dtype=dtype)), dtype)
    case(f"repr/scalar_{dtype}", lambda tf, dtype: repr(x(tf, 2, dtype=dtype)[1]), dtype)
    case(f"repr/empty_{dtype}", lambda tf, dtype: repr(tf.zeros([0, 2], dtype)), dtype)
