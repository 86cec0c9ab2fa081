"""tf.Variable: making, reading, assigning, scattering, names, shapes, copies."""

import copy
import operator

import numpy as np

from tests.parity.case import Family
from tests.parity.values import EVERY, NUMBERS, ramp_tensor

case = Family(__name__)


def made(tf, value=(1.0, 2.0, 3.0), **options):
    return tf.Variable(value, **options)


def after(tf, act, value=(1.0, 2.0, 3.0), **options):
    """What a new variable holds after `act(variable)`."""
    variable = tf.Variable(value, **options)
    act(variable)
    return variable.numpy()


def slices(tf, values, indices):
    return tf.IndexedSlices(tf.constant(values), tf.constant(indices))


case.table("""
    make/float: tf.Variable(1.0)
    make/int: tf.Variable([1, 2])
    make/text: tf.Variable(["a", "b"])
    make/bool: tf.Variable(True)
    make/complex: tf.Variable(1 + 2j)
    make/tensor: tf.Variable(tf.constant([1, 2]))
    make/array: tf.Variable(np.ones([2, 1]))
    make/other_variable: tf.Variable(tf.Variable([1, 2]))
    make/function: tf.Variable(lambda: tf.ones([2]))
    make/function_with_dtype: tf.Variable(lambda: tf.ones([2], tf.int64), dtype=tf.int64)
    make/dtype: tf.Variable([1, 2], dtype=tf.float32)
    make/dtype_by_name: tf.Variable(1, dtype="float64")
    make/bfloat16: tf.Variable(1.5, dtype=tf.bfloat16)
    make/empty: tf.Variable(tf.zeros([0, 2]))
    make/shape_none: tf.Variable([1.0], shape=tf.TensorShape(None)).shape
    make/shape_partly: tf.Variable([[1.0]], shape=tf.TensorShape([None, 1])).shape
    make/shape_list: tf.Variable([1.0, 2.0], shape=[2]).shape
    make/validate_shape_off: tf.Variable([1.0, 2.0], validate_shape=False).shape
    make/without_value: tf.Variable()  # raises: initial_value
    make/None: tf.Variable(None)  # raises
    make/wrong_shape: tf.Variable([1.0, 2.0], shape=[3])  # raises
    make/impossible_dtype: tf.Variable(1.5, dtype=tf.int32)  # raises
    make/tensor_of_other_dtype: tf.Variable(tf.constant(1), dtype=tf.float32)  # raises
    make/ragged_list: tf.Variable([[1], [1, 2]])  # raises
    make/object: tf.Variable(object())  # raises
    make/unknown_keyword: tf.Variable(1, size=3)
    make/unknown_aggregation: tf.Variable(1, aggregation="mean")  # raises
    make/unknown_synchronization: tf.Variable(1, synchronization="read")  # raises
    make/trainable_not_bool: tf.Variable(1, trainable="yes")
    make/does_not_share_the_array: _shares(tf)
    attribute/name_default: tf.Variable(1).name
    attribute/name: tf.Variable(1, name="w").name
    attribute/name_scope: _in_scope(tf)
    attribute/name_odd: tf.Variable(1, name="a b").name
    attribute/dtype: made(tf).dtype
    attribute/shape: made(tf).shape
    attribute/get_shape: made(tf).get_shape()
    attribute/trainable: made(tf).trainable
    attribute/trainable_false: made(tf, trainable=False).trainable
    attribute/trainable_int: tf.Variable(1).trainable
    attribute/trainable_on_read: made(tf, synchronization=tf.VariableSynchronization.ON_READ).trainable
    attribute/synchronization: made(tf).synchronization.name
    attribute/aggregation: made(tf, aggregation=tf.VariableAggregation.SUM).aggregation.name
    attribute/aggregation_default: made(tf).aggregation.name
    attribute/device: made(tf).device
    attribute/constraint: made(tf).constraint
    attribute/constraint_given: made(tf, constraint=tf.abs).constraint(tf.constant(-1.0))
    attribute/initial_value: made(tf).initial_value  # raises
    attribute/initializer: made(tf).initializer
    attribute/is_initialized: made(tf).is_initialized()
    attribute/initialized_value: made(tf).initialized_value()  # raises
    attribute/value: made(tf).value()
    attribute/read_value: made(tf).read_value()
    attribute/numpy: made(tf).numpy()
    attribute/handle_dtype: made(tf).handle.dtype
    attribute/graph: made(tf).graph  # raises
    attribute/op: made(tf).op  # raises
    attribute/create: made(tf).create  # raises
    attribute/ndim: made(tf).ndim  # raises
    attribute/unknown: made(tf).no_such_thing  # raises: no_such_thing
    attribute/unique_id_is_text: isinstance(made(tf)._unique_id, str)
    attribute/shared_name: tf.Variable(1, name="w")._shared_name
    attribute/set_shape: made(tf).set_shape([None])
    attribute/is_a_variable: isinstance(made(tf), tf.Variable)
    attribute/class_name: type(made(tf)).__name__
    protocol/bool: bool(tf.Variable(2.0))
    protocol/bool_many: bool(tf.Variable([1, 2]))  # raises
    protocol/int: int(tf.Variable(3))
    protocol/float: float(tf.Variable(3.5))
    protocol/complex: complex(tf.Variable(1 + 2j))
    protocol/index: [10, 20, 30][tf.Variable(1)]  # raises
    protocol/len: len(made(tf))  # raises
    protocol/iterate: list(made(tf))
    protocol/iterate_scalar: list(tf.Variable(1))  # raises: scalar
    protocol/contains: 2.0 in made(tf)
    protocol/array: np.asarray(made(tf))
    protocol/array_dtype: np.array(made(tf), np.float64)
    protocol/hash: hash(made(tf))  # raises
    protocol/ref: (lambda v: v.ref().deref() is v)(made(tf))
    protocol/equal: made(tf) == made(tf)
    protocol/equal_number: made(tf) == 2.0
    protocol/not_equal_None: made(tf) != None  # raises
    protocol/in_a_list: tf.Variable(1) in [tf.Variable(2)]
    protocol/add_array: np.array([1.0, 1.0, 1.0], np.float32) + made(tf)
    protocol/numpy_function: np.sum(made(tf))
    protocol/getitem: made(tf)[1:]
    protocol/setitem: operator.setitem(made(tf), 0, 5.0)  # raises
    protocol/convert: tf.convert_to_tensor(made(tf))
    protocol/stack: tf.stack([made(tf), made(tf)])
    protocol/concat: tf.concat([made(tf), [4.0]], 0)
    protocol/reduce_sum: tf.reduce_sum(made(tf))
    protocol/matmul: tf.Variable([[1.0, 2.0]]) @ tf.Variable([[3.0], [4.0]])
    protocol/shape_op: tf.shape(made(tf))
    protocol/is_tensor: tf.is_tensor(made(tf))
    protocol/cast: tf.cast(made(tf), tf.int32)
    protocol/iadd: _plus(made(tf))  # raises: assign_add
    protocol/negative: -made(tf)
    protocol/abs: abs(tf.Variable([-1, 2]))
    protocol/power: made(tf) ** 2
    protocol/mod: tf.Variable([7]) % 4
    protocol/or: tf.Variable([True]) | tf.Variable([False])
    protocol/invert: ~tf.Variable([True])
    copy/deepcopy_is_another: _copied(tf)
    copy/deepcopy_keeps_the_name: copy.deepcopy(tf.Variable(1, name="w")).name
    copy/deepcopy_keeps_trainable: copy.deepcopy(made(tf, trainable=False)).trainable
    copy/copy_is_the_same_storage: _shallow(tf)
    assign/list: after(tf, lambda v: v.assign([4.0, 5.0, 6.0]))
    assign/number_of_the_dtype: after(tf, lambda v: v.assign(7), 1.0)
    assign/tensor: after(tf, lambda v: v.assign(tf.constant([4.0, 5.0, 6.0])))
    assign/variable: after(tf, lambda v: v.assign(tf.Variable([4.0, 5.0, 6.0])))
    assign/itself: after(tf, lambda v: v.assign(v))
    assign/array: after(tf, lambda v: v.assign(np.array([4.0, 5.0, 6.0])))
    assign/returns_the_variable: type(made(tf).assign([1.0, 1.0, 1.0])).__name__
    assign/result_can_be_assigned: made(tf).assign([1.0, 1.0, 1.0]).assign_add([1.0, 2.0, 3.0]).numpy()
    assign/read_value_off: made(tf).assign([1.0, 1.0, 1.0], read_value=False)
    assign/keywords: after(tf, lambda v: v.assign(value=[4.0, 5.0, 6.0], use_locking=True, name="a"))
    assign/any_shape: after(tf, lambda v: v.assign([1.0, 2.0]), [1.0], shape=tf.TensorShape(None))
    assign/partly_unknown_shape: after(tf, lambda v: v.assign([[5.0], [6.0]]), [[1.0]], shape=[None, 1])
    assign/text: after(tf, lambda v: v.assign(["c"]), ["a"])
    assign/shape: made(tf).assign([1.0])  # raises: shape
    assign/scalar_is_not_broadcast: made(tf).assign(1.0)  # raises: shape
    assign/shape_rank: tf.Variable([[1.0]], shape=[None, 1]).assign([1.0])  # raises
    assign/dtype: tf.Variable([1, 2]).assign([1.5, 2.5])  # raises
    assign/tensor_dtype: tf.Variable([1, 2]).assign(tf.constant([1.0, 2.0]))  # raises
    assign/None: made(tf).assign(None)  # raises
    assign_add/list: after(tf, lambda v: v.assign_add([1.0, 1.0, 1.0]))
    assign_add/returns: made(tf).assign_add([1.0, 1.0, 1.0])
    assign_add/int_wraps: after(tf, lambda v: v.assign_add([1]), [2**31 - 1])
    assign_add/shape: made(tf).assign_add([1.0])  # raises
    assign_add/scalar: made(tf).assign_add(1.0)  # raises
    assign_add/bool: tf.Variable([True]).assign_add([True])  # raises
    assign_add/dtype: tf.Variable([1]).assign_add([1.5])  # raises
    assign_sub/list: after(tf, lambda v: v.assign_sub([1.0, 1.0, 1.0]))
    assign_sub/shape: made(tf).assign_sub([[1.0]])  # raises
    scatter_update/two: after(tf, lambda v: v.scatter_update(slices(tf, [9.0, 8.0], [0, 2])))
    scatter_update/rows: after(tf, lambda v: v.scatter_update(slices(tf, [[9, 8]], [1])), [[1, 2], [3, 4]])
    scatter_update/returns: made(tf).scatter_update(slices(tf, [9.0], [0]))
    scatter_update/not_slices: made(tf).scatter_update([1.0])  # raises: IndexedSlices
    scatter_update/out_of_range: made(tf).scatter_update(slices(tf, [9.0], [3]))  # raises: 3
    scatter_update/negative: made(tf).scatter_update(slices(tf, [9.0], [-1]))  # raises
    scatter_update/dtype: made(tf).scatter_update(slices(tf, [9], [0]))  # raises
    scatter_add/repeated: after(tf, lambda v: v.scatter_add(slices(tf, [9.0, 8.0], [0, 0])))
    scatter_sub/one: after(tf, lambda v: v.scatter_sub(slices(tf, [0.5], [1])))
    scatter_mul/one: after(tf, lambda v: v.scatter_mul(slices(tf, [5.0], [1])))
    scatter_div/one: after(tf, lambda v: v.scatter_div(slices(tf, [4.0], [1])))
    scatter_max/one: after(tf, lambda v: v.scatter_max(slices(tf, [0.0, 9.0], [0, 1])))
    scatter_min/one: after(tf, lambda v: v.scatter_min(slices(tf, [0.0, 9.0], [0, 1])))
    scatter_add/empty: after(tf, lambda v: v.scatter_add(slices(tf, np.zeros(0, "f4"), np.zeros(0, int))))
    scatter_nd_update/two: after(tf, lambda v: v.scatter_nd_update([[0], [2]], [9.0, 8.0]))
    scatter_nd_add/repeated: after(tf, lambda v: v.scatter_nd_add([[0], [0]], [9.0, 8.0]))
    scatter_nd_sub/one: after(tf, lambda v: v.scatter_nd_sub([[1]], [0.5]))
    scatter_nd_max/one: after(tf, lambda v: v.scatter_nd_max([[1]], [0.5]))
    scatter_nd_min/one: after(tf, lambda v: v.scatter_nd_min([[1]], [0.5]))
    scatter_nd_update/element: after(tf, lambda v: v.scatter_nd_update([[1, 0]], [9]), [[1, 2], [3, 4]])
    scatter_nd_update/out_of_range: made(tf).scatter_nd_update([[3]], [9.0])  # raises
    scatter_nd_update/shapes: made(tf).scatter_nd_update([[0], [1]], [9.0])  # raises
    batch_scatter_update/rows: after(tf, lambda v: v.batch_scatter_update(_batch(tf)), [[1.0, 2], [3, 4]])
    batch_scatter_update/not_slices: made(tf).batch_scatter_update([1.0])  # raises
    gather_nd/one: tf.Variable([[1, 2], [3, 4]]).gather_nd([[1, 0]])
    gather_nd/out_of_range: made(tf).gather_nd([[5]])  # raises
    sparse_read/two: made(tf).sparse_read([2, 0])
    sparse_read/rows: tf.Variable([[1, 2], [3, 4]]).sparse_read([1])
    sparse_read/out_of_range: made(tf).sparse_read([5])  # raises
    sparse_read/float: made(tf).sparse_read([0.0])  # raises
    slice_assign/one: _slice_assigned(tf)
    slice_assign/whole: (lambda v: v[:].assign([7.0, 8.0, 9.0]))(made(tf))
    slice_assign/row: (lambda v: v[0].assign([9, 8]))(tf.Variable([[1, 2], [3, 4]]))
    slice_assign/shape: (lambda v: v[:2].assign([7.0, 8.0, 9.0]))(made(tf))  # raises
    count_up_to/below: tf.Variable(1).count_up_to(3)
    count_up_to/limit: tf.Variable(3).count_up_to(3)  # raises
    eval/eager: made(tf).eval()  # raises
    load/eager: after(tf, lambda v: v.load([5.0, 1.0, 1.0]))
    to_proto/eager: made(tf).to_proto()  # raises
    ref/equal: (lambda v: v.ref() == v.ref())(made(tf))
    ref/different: made(tf).ref() == made(tf).ref()
    ref/experimental: (lambda v: v.experimental_ref().deref() is v)(made(tf))
    spec/from_value: repr(tf.type_spec_from_value(made(tf)))
    nest/is_a_leaf: len(tf.nest.flatten([made(tf), {"a": made(tf)}]))
""")


def _shares(tf):
    source = np.array([1.0, 2.0], np.float32)
    variable = tf.Variable(source)
    source[0] = 100.0
    return variable


def _in_scope(tf):
    with tf.name_scope("layer"):
        return tf.Variable(1, name="w").name


def _copied(tf):
    first = tf.Variable([1.0])
    second = copy.deepcopy(first)
    first.assign([5.0])
    return second.numpy(), type(second).__name__


def _shallow(tf):
    first = tf.Variable([1.0])
    second = copy.copy(first)
    first.assign([5.0])
    return second.numpy()


def _plus(value):
    value += 1.0
    return value


def _batch(tf):
    return tf.IndexedSlices(tf.constant([[9.0], [8.0]]), tf.constant([[1], [0]]))


def _slice_assigned(tf):
    variable = tf.Variable([1.0, 2.0, 3.0])
    variable[1].assign(9.0)
    return variable.numpy()


@case("numpy/is_a_copy")
def _(tf):
    variable = tf.Variable([1.0, 2.0])
    value = variable.numpy()
    variable.assign([5.0, 6.0])
    return value


@case("read_value/is_a_snapshot")
def _(tf):
    variable = tf.Variable([1.0, 2.0])
    value = variable.read_value()
    variable.assign([5.0, 6.0])
    return value


@case("assign/after_a_tensor_was_read")
def _(tf):
    variable = tf.Variable([1.0, 2.0])
    total = variable + 0.0
    variable.assign_add([1.0, 1.0])
    return total, variable.numpy()


@case("creator/scope")
def _(tf):
    def doubled(next_creator, **options):
        options["initial_value"] = tf.constant(options["initial_value"]) * 2
        options["name"] = "doubled"
        return next_creator(**options)

    with tf.variable_creator_scope(doubled):
        variable = tf.Variable([1, 2])
    return variable.numpy(), variable.name


@case("creator/nested_scopes")
def _(tf):
    order = []

    def creator(label):
        def create(next_creator, **options):
            order.append(label)
            return next_creator(**options)

        return create

    with tf.variable_creator_scope(creator("outer")), tf.variable_creator_scope(creator("inner")):
        tf.Variable(1.0)
    return order


for dtype in EVERY:
    case(f"make/dtype_{dtype}", lambda tf, dtype: tf.Variable(ramp_tensor(tf, [2], dtype)), dtype)
    case.either(
        f"assign_add/dtype_{dtype}",
        lambda tf, dtype: after(
            tf, lambda v: v.assign_add(ramp_tensor(tf, [2], dtype)), ramp_tensor(tf, [2], dtype)
        ),
        dtype,
    )
    case.either(
        f"assign_sub/dtype_{dtype}",
        lambda tf, dtype: after(
            tf, lambda v: v.assign_sub(ramp_tensor(tf, [2], dtype)), ramp_tensor(tf, [2], dtype)
        ),
        dtype,
    )
for dtype in NUMBERS:
    for name in ("scatter_update", "scatter_add", "scatter_mul", "scatter_max"):
        case.either(
            f"{name}/dtype_{dtype}",
            lambda tf, name, dtype: after(
                tf,
                lambda v: getattr(v, name)(tf.IndexedSlices(ramp_tensor(tf, [1], dtype), tf.constant([1]))),
                ramp_tensor(tf, [2], dtype),
            ),
            name,
            dtype,
        )
