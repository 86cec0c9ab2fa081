"""Functions traced for tensors of unknown sizes, and of unknown rank."""

import numpy as np

from tests.parity.case import Family

case = Family(__name__)


def opened(tf, function, *values, shape=None):
    """`function` of the values, traced once for tensors of `shape`: unknown by default."""
    values = [tf.convert_to_tensor(value) for value in values]
    specs = [tf.TensorSpec(shape, value.dtype) for value in values]
    return tf.function(function, input_signature=specs, autograph=False)(*values)


def slope(tf, function, value, shape=None):
    """The gradient of such a function's sum."""
    value = tf.constant(value)
    with tf.GradientTape() as tape:
        tape.watch(value)
        result = opened(tf, lambda x: tf.reduce_sum(function(x)), value, shape=shape)
    return tf.convert_to_tensor(tape.gradient(result, value))


def inferred(tf, function, spec):
    """The static shape that such a function's result has while it is traced."""
    return tf.function(function, input_signature=[spec]).get_concrete_function().output_shapes.as_list()


M = [[1.0, 2.0], [3.0, 4.0]]
case.table("""
    matrix_transpose/any_rank: opened(tf, tf.linalg.matrix_transpose, M)
    adjoint/any_rank: opened(tf, tf.linalg.adjoint, [[1j, 2j]])
    trace/any_rank: opened(tf, tf.linalg.trace, M)
    boolean_mask/axis: opened(tf, lambda axis: tf.boolean_mask([[1, 2, 3]], [True, False, True], axis=axis), 1)
    gather/negative_batch: opened(tf, lambda p, i: tf.gather(p, i, batch_dims=-1), M, [[0, 0], [1, 1]])
    gather/no_batch: tf.gather(M, [1, 0], batch_dims=None, axis=1)
    gather/gradient_axis: slope(tf, lambda x: tf.gather(x, [[0], [1]], axis=1), M)
    gather/gradient_rows: slope(tf, lambda x: tf.gather(x, [[0], [1]], axis=0), M)
    gather/gradient_last: slope(tf, lambda x: tf.gather(x, [1, 1], axis=-1), M)
    gather/gradient_batch: slope(tf, lambda x: tf.gather(x, [[0], [1]], axis=1, batch_dims=1), M)
    unstack/any_rank: opened(tf, lambda x: tf.unstack(x, num=2), M)
    unstack/any_rank_last: opened(tf, lambda x: tf.unstack(x, num=2, axis=-1), M)
    unstack/wrong_number: opened(tf, lambda x: tf.unstack(x, num=3), M)  # raises
    unstack/unknown_number: opened(tf, tf.unstack, M)  # raises
    unstack/unknown_size: opened(tf, tf.unstack, [1.0, 2.0], shape=[None])  # raises
    split/unknown_number: opened(tf, lambda x, n: tf.split(x, n), [1, 2], [1, 1])  # raises
    linspace/any_rank: opened(tf, lambda x: tf.linspace(x, x + 1.0, 4), [1.0, 2.0])
    linspace/any_rank_last: opened(tf, lambda x: tf.linspace(x, x + 1.0, 4, axis=-1), [1.0, 2.0])
    linspace/unknown_size: opened(tf, lambda x: tf.linspace(x, x + 1.0, 4, axis=1), [1.0, 2.0], shape=[None])
    linspace/one: opened(tf, lambda x: tf.linspace(x, x + 1.0, 1, axis=-1), [1.0, 2.0], shape=[None])
    fill/negative: tf.function(lambda: tf.fill([-1, 2], 3))()  # raises
    fill/matrix: tf.function(lambda: tf.fill([[1, 2], [2, 3]], 3))()  # raises
    fill/vector_value: tf.function(lambda: tf.fill([2, 3], [1, 2]))()  # raises
    pad/one_row: inferred(tf, lambda x: tf.pad(tf.zeros([4, 4]), [[1, 2], x]), tf.TensorSpec([2], tf.int32))
    pad/one_number: inferred(tf, lambda x: tf.pad(tf.zeros([4, 4]), [[x, 2], [1, 2]]), tf.TensorSpec([], tf.int32))
    pad/any_rank: inferred(tf, lambda x: tf.pad(x, [[2, 2], [2, 2]]), tf.TensorSpec(None))
""")

UNDER = np.array([[0.55, 0.45, -1.0, 0.3]] * 2, np.float32)


def quantized(tf, axis, **options):
    return tf.quantization.quantize_and_dequantize_v2(tf.constant(UNDER), 0.0, 0.0, axis=axis, **options)


case.table("""
    edges/saturated_infinity: tf.saturate_cast([np.inf, -np.inf, np.nan], tf.float32)
    edges/saturated_half: tf.saturate_cast(tf.constant([np.inf, -np.inf, 1e30]), tf.float16)
    edges/saturated_complex: tf.saturate_cast(tf.constant([1e300 - 1e300j, 2j], tf.complex128), tf.complex64)
    edges/quantized_last: quantized(tf, -1)
    edges/quantized_first: quantized(tf, -2)
    edges/quantized_no_axis: quantized(tf, 10)  # raises
    edges/index_array: tf.constant([1, 2, 3])[np.array(1)]
    edges/slice_arrays: tf.constant([1, 2, 3])[np.array(1) : np.array(2)]
    edges/slice_dimension: tf.constant([1, 2, 3])[tf.compat.v1.Dimension(1) : tf.compat.v1.Dimension(None)]
    edges/gather_nd_batch: tf.gather_nd([[1, 2], [3, 4]], [[0], [1]], batch_dims=np.array(1))
    edges/row_ids_matrix: tf.RaggedTensor.from_value_rowids([1, 2], [[0], [1]], nrows=10)  # raises
    edges/scatter_nothing: tf.scatter_nd(tf.zeros([0], tf.int32), tf.zeros([0], tf.int32), [0])
    edges/scatter_no_depth: tf.scatter_nd(tf.zeros([3, 0], tf.int32), [[1, 2], [3, 4], [5, 6]], [2])  # raises
    edges/scatter_bools: tf.raw_ops.ScatterNdNonAliasingAdd(input=[True, False], indices=[[1]], updates=[True])
    edges/parallel_concat_none: tf.raw_ops.ParallelConcat(values=[["a"]], shape=[0])  # raises
    edges/far_diagonal: tf.linalg.diag(np.ones((2, 2)), k=107082800)  # raises
""")


def deep(tf, axis):
    stored = tf.quantization.quantize(tf.ones([2, 3]), -2.0, 2.0, tf.qint8).output
    ends = [1.0, 2.0, 3.0] if axis == -1 else [1.0, 2.0]
    return tf.quantization.dequantize(stored, [-end for end in ends], ends, mode="SCALED", axis=axis)


def mixed(tf, *shapes, kind):
    a, b = (tf.ones(shape) for shape in shapes)
    return tf.matmul(tf.cast(a, tf.bfloat16), tf.cast(b, kind), output_type=tf.bfloat16)


case.table("""
    edges/dequantized_last: deep(tf, -1)
    edges/dequantized_first: deep(tf, -2)
    edges/mixed_product: mixed(tf, [2, 3], [3, 2], kind=tf.int8)
    edges/mixed_products: mixed(tf, [2, 2, 3], [2, 3, 2], kind=tf.uint8)
    edges/sum_of_a_generator: tf.add_n(x for x in (tf.constant(1), tf.constant(2)))
    edges/branches_with_gaps: tf.switch_case(tf.constant(0), {0: lambda: 1, 2: lambda: 2})  # raises
    edges/branches_twice: tf.switch_case(tf.constant(0), [(0, lambda: 1), (0, lambda: 2)])  # raises
    edges/branches_named: tf.switch_case(tf.constant(0), {"a": lambda: 1})  # raises
""")

case.table("""
    image/flip_left_right: opened(tf, tf.image.flip_left_right, np.arange(24.0).reshape(2, 4, 3))
    image/flip_up_down: opened(tf, tf.image.flip_up_down, np.arange(24.0).reshape(2, 4, 3))
    image/transpose: opened(tf, tf.image.transpose, np.arange(24.0).reshape(2, 4, 3))
    image/rot90: opened(tf, tf.image.rot90, np.arange(24.0).reshape(1, 2, 4, 3))
    image/grayscale_to_rgb: opened(tf, tf.image.grayscale_to_rgb, np.arange(8.0).reshape(2, 4, 1))
    image/rgb_to_grayscale: opened(tf, tf.image.rgb_to_grayscale, np.arange(24.0, dtype=np.float32).reshape(2, 4, 3))
    edges/stacked_array_first: tf.stack([np.ones(2), tf.constant([1.0, 2.0])])
    edges/stacked_number_first: tf.stack([np.float64(1.0), tf.constant(2.0)])
    edges/static_value_of_a_variable: tf.get_static_value(tf.Variable(1.0))
    edges/collapsed_lengths: tf.nn.collapse_repeated([[1, 1, 2]], tf.constant([3], tf.int64))
    edges/column_of_labels: tf.compat.v1.losses.sparse_softmax_cross_entropy([[0], [1]], [[10.0, 0.0], [0.0, 10.0]])
""")
