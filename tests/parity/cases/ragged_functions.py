"""tf.ragged.*, and TensorFlow's functions of ragged tensors."""

from tests.parity.case import Family, attribute

case = Family(__name__)


def rt(tf, rows=None, **options):
    return tf.ragged.constant([[3, 1, 4, 1], [], [5, 9, 2], [6], []] if rows is None else rows, **options)


def ft(tf):
    return tf.ragged.constant([[0.5, -1.5], [], [2.0]])


def deep(tf, **options):
    return tf.ragged.constant([[[1, 2], [3]], [], [[4, 5, 6], [], [7]]], **options)


def wide(tf):
    return tf.ragged.constant([[[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0]], []], ragged_rank=1, inner_shape=(2,))


def words(tf):
    return tf.ragged.constant([["aB", "c d"], [], ["éX"]])


def numbers(tf):
    return tf.ragged.constant([["1", "2"], [], ["30"]])


def traced(tf, function, *args, **options):
    return tf.function(function, autograph=False, **options)(*args)


def grad(tf, function, *rows):
    """The value of a function of ragged tensors, and the gradients of their flat values."""
    xs = [tf.ragged.constant(one) for one in rows]
    with tf.GradientTape() as tape:
        for x in xs:
            tape.watch(x.flat_values)
        y = function(*xs)
    found = tape.gradient(y, [x.flat_values for x in xs])
    return y, [None if g is None else tf.convert_to_tensor(g) for g in found]


UNARY = """abs math.acosh math.asinh math.atan math.ceil math.cos math.cosh math.digamma math.erf math.erfc math.exp
    math.expm1 math.floor math.is_finite math.is_inf math.is_nan math.lgamma math.log1p math.log_sigmoid math.negative
    math.reciprocal math.reciprocal_no_nan math.rint math.round math.sigmoid math.sign math.sin math.sinh math.sqrt
    math.square math.tan math.tanh nn.elu nn.gelu nn.leaky_relu nn.relu nn.relu6 nn.selu nn.silu nn.softplus identity
    ones_like zeros_like stop_gradient math.bessel_i0 math.erfinv math.ndtri math.real math.conj nn.softsign"""
for name in UNARY.split():
    case.either(f"unary/{name}", lambda tf, name: attribute(tf, name)(ft(tf)), name)
BINARY = """add subtract multiply divide truediv math.divide_no_nan maximum minimum math.floordiv math.floormod math.pow
    equal not_equal greater greater_equal less less_equal math.squared_difference math.atan2 math.xdivy math.xlogy
    math.multiply_no_nan math.mod"""
for name in BINARY.split():
    case.either(f"binary/{name}", lambda tf, name: attribute(tf, name)(ft(tf), ft(tf) + 1.0), name)
    case.either(f"binary_dense/{name}", lambda tf, name: attribute(tf, name)(ft(tf), 2.0), name)
    case.either(f"binary_dense_first/{name}", lambda tf, name: attribute(tf, name)([[1.0], [2.0], [3.0]], ft(tf)), name)
for name in ("sum", "mean", "max", "min", "prod", "variance", "std"):
    for rows in ("ft", "deep", "wide"):
        for axis in (None, 0, 1, 2, -1, [0, 1], [1, 2]):
            case.either(f"reduce_{name}/{rows}/{axis}", lambda tf, name, rows, axis: attribute(tf, f"math.reduce_{name}")(
                tf.cast(globals()[rows](tf), tf.float32), axis), name, rows, axis)  # fmt: skip
for name in ("any", "all"):
    for axis in (None, 0, 1, -1, [0, 1]):
        case(f"reduce_{name}/{axis}", lambda tf, name, axis: attribute(tf, f"reduce_{name}")(
            tf.ragged.constant([[True, False], [], [True]]), axis), name, axis)  # fmt: skip

case.table("""
    operator/add: rt(tf) + 1
    operator/radd: 1 + rt(tf)
    operator/sub: 10 - rt(tf)
    operator/mul: rt(tf) * rt(tf)
    operator/truediv: rt(tf) / 2
    operator/floordiv: rt(tf) // 2
    operator/rfloordiv: 20 // rt(tf)
    operator/mod: rt(tf) % 2
    operator/pow: rt(tf) ** 2
    operator/neg: -rt(tf)
    operator/abs: abs(-rt(tf))
    operator/and: (rt(tf) > 2) & (rt(tf) < 6)
    operator/or: (rt(tf) > 5) | (rt(tf) < 2)
    operator/xor: (rt(tf) > 2) ^ True
    operator/invert: ~(rt(tf) > 2)
    operator/eq: rt(tf) == rt(tf)
    operator/eq_scalar: rt(tf) == 1
    operator/eq_none: rt(tf) == None
    operator/ne: rt(tf) != 1
    operator/ne_none: rt(tf) != None
    operator/lt: rt(tf) < 3
    operator/rlt: 3 < rt(tf)
    operator/column: rt(tf) * [[1], [2], [3], [4], [5]]
    operator/tensor_first: tf.constant([[1], [2], [3], [4], [5]]) + rt(tf)
    operator/numpy_first: tf.constant(2).numpy() * rt(tf)
    operator/rows_differ: rt(tf) + rt(tf, [[1], [2], [3], [4], [5]])  # raises
    operator/rows_wrong: rt(tf) + rt(tf, [[1, 2], [2], [3], [4], [5]])  # raises
    operator/counts_wrong: rt(tf) + rt(tf, [[1, 2], [2]])  # raises
    operator/dtype_wrong: rt(tf) + 0.5  # raises
    operator/dtypes_wrong: rt(tf) + ft(tf)  # raises
    operator/ranks: deep(tf) + 1
    operator/ranks_column: deep(tf) * [[[10]], [[20]], [[30]]]
    operator/ranks_ragged: deep(tf) + rt(tf, [[[1]], [], [[2], [3], [4]]])  # raises
    operator/ranks_less: deep(tf) + rt(tf, [[[1]], [[2]], [[3]]], ragged_rank=1)  # raises
    operator/inner: wide(tf) + [10.0, 20.0]
    operator/inner_row: wide(tf) * [[[1.0, 0.0]], [[2.0, 0.0]], [[3.0, 0.0]]]
    operator/splits_dtypes: rt(tf) + rt(tf, row_splits_dtype=tf.int32)  # raises
    operator/dense_full: rt(tf, [[1, 2], [3, 4]]) + [[10, 20], [30, 40]]
    operator/strings: words(tf) + "!"
    operator/strings_first: "<" + words(tf)
    operator/equal_strings: words(tf) == "aB"
    concat/rows: tf.concat([rt(tf), rt(tf, [[7], [8, 9]])], 0)
    concat/columns: tf.concat([rt(tf), rt(tf)], 1)
    concat/negative: tf.concat([rt(tf), rt(tf)], -1)
    concat/deep: tf.concat([deep(tf), deep(tf)], 2)
    concat/deep_columns: tf.concat([deep(tf), deep(tf)], 1)
    concat/dense: tf.concat([rt(tf, [[1], [2, 3]]), [[4, 5], [6, 7]]], 1)
    concat/dense_rows: tf.concat([[[4, 5], [6, 7]], rt(tf, [[1], [2, 3]])], 0)
    concat/one: tf.concat([rt(tf)], 0)
    concat/wide: tf.concat([wide(tf), wide(tf)], 1)
    concat/inner: tf.concat([wide(tf), wide(tf)], 2)
    concat/splits_dtypes: tf.concat([rt(tf), rt(tf, row_splits_dtype=tf.int32)], 0)  # raises
    concat/rows_wrong: tf.concat([rt(tf), rt(tf, [[1]])], 1)  # raises
    concat/ranks_wrong: tf.concat([rt(tf), deep(tf)], 0)  # raises
    concat/axis_wrong: tf.concat([rt(tf), rt(tf)], 2)  # raises
    concat/dtypes: tf.concat([rt(tf), ft(tf)], 0)  # raises
    stack/rows: tf.stack([rt(tf), rt(tf, [[7], [8, 9]])])
    stack/columns: tf.stack([rt(tf), rt(tf)], axis=1)
    stack/last: tf.stack([rt(tf), rt(tf)], axis=2)
    stack/negative: tf.stack([rt(tf), rt(tf)], axis=-1)
    stack/deep: tf.stack([deep(tf), deep(tf)], axis=1)
    ragged_stack/vectors: tf.ragged.stack([[1, 2], [3]])
    ragged_stack/matrices: tf.ragged.stack([[[1, 2]], [[3], [4]]])
    ragged_stack/ragged: tf.ragged.stack([rt(tf), rt(tf, [[7]])])
    ragged_stack/axis: tf.ragged.stack([rt(tf), rt(tf)], axis=1)
    ragged_stack/scalars: tf.ragged.stack([1, 2, 3])
    ragged_stack/equal: tf.ragged.stack([[1, 2], [3, 4]])
    ragged_stack/one: tf.ragged.stack([[1, 2]])
    ragged_stack/nothing: tf.ragged.stack([])  # raises: may not be empty
    ragged_stack/ranks: tf.ragged.stack([[1], [[2]]])  # raises
    tile/both: tf.tile(rt(tf, [[1, 2], [3]]), [2, 3])
    tile/rows: tf.tile(rt(tf, [[1, 2], [3]]), [2, 1])
    tile/columns: tf.tile(rt(tf, [[1, 2], [3]]), [1, 2])
    tile/deep: tf.tile(deep(tf), [1, 2, 2])
    tile/zero: tf.tile(rt(tf, [[1, 2], [3]]), [1, 0])
    tile/tensor: tf.tile(rt(tf, [[1, 2], [3]]), tf.constant([1, 2]))
    tile/wide: tf.tile(wide(tf), [1, 2, 2])
    tile/too_few: tf.tile(rt(tf), [2])  # raises
    expand_dims/first: tf.expand_dims(rt(tf), 0)
    expand_dims/second: tf.expand_dims(rt(tf), 1)
    expand_dims/last: tf.expand_dims(rt(tf), -1)
    expand_dims/deep: tf.expand_dims(deep(tf), 2)
    expand_dims/far: tf.expand_dims(rt(tf), 5)  # raises
    squeeze/first: tf.squeeze(tf.expand_dims(rt(tf), 0), 0)
    squeeze/second: tf.squeeze(tf.expand_dims(rt(tf), 1), 1)
    squeeze/two: tf.squeeze(rt(tf, [[[1]]]), [0, 1])
    squeeze/last: tf.squeeze(tf.expand_dims(rt(tf), -1), -1)
    squeeze/not_one: tf.squeeze(rt(tf), 0)  # raises
    squeeze/ragged: tf.squeeze(rt(tf), 1)  # raises
    squeeze/no_axis: tf.squeeze(rt(tf))  # raises: must have an axis argument
    reverse/rows: tf.reverse(rt(tf), [0])
    reverse/columns: tf.reverse(rt(tf), [1])
    reverse/both: tf.reverse(deep(tf), [0, -1])
    reverse/scalar: tf.reverse(rt(tf), 1)  # raises
    reverse/far: tf.reverse(rt(tf), [2])  # raises
    size/plain: tf.size(rt(tf))
    size/int64: tf.size(deep(tf), out_type=tf.int64)
    rank/matrix: tf.rank(rt(tf))
    rank/deep: tf.rank(deep(tf))
    one_hot/matrix: tf.one_hot(rt(tf, [[0, 2], [1]]), 3)
    one_hot/values: tf.one_hot(rt(tf, [[0, 2], [1]]), 3, on_value=5, off_value=-1, axis=-1)
    one_hot/axis: tf.one_hot(rt(tf, [[0], [1]]), 3, axis=1)  # raises
    gather/rows: tf.gather(rt(tf), [2, 0, 2])
    gather/scalar: tf.gather(rt(tf), 2)
    gather/matrix: tf.gather(rt(tf), [[2, 0], [1, 3]])
    gather/ragged: tf.gather(rt(tf), rt(tf, [[2], [], [0, 3]]))
    gather/dense_params: tf.gather(["a", "b", "c", "d"], rt(tf, [[3, 1], [], [0]]))
    gather/dense_matrix: tf.gather([[1, 2], [3, 4]], rt(tf, [[1], [0, 1]]))
    gather/deep: tf.gather(deep(tf), [2, 1])
    gather/axis: tf.gather(rt(tf, [[1, 2], [3, 4]]), [1, 0], axis=1)
    gather/axis_uneven: tf.gather(rt(tf, [[1, 2, 3], [4, 5]]), [1, 0], axis=1)
    gather/empty: tf.gather(rt(tf), tf.zeros([0], tf.int32))
    gather/batch: tf.gather(rt(tf, [[1, 2, 3], [4, 5]]), rt(tf, [[2, 0], [1]]), batch_dims=1)
    gather/batch_dense: tf.gather([[1, 2, 3], [4, 5, 6]], rt(tf, [[2, 0], [1]]), batch_dims=1)
    gather/batch_vector: tf.gather(rt(tf, [[1, 2, 3], [4, 5]]), [2, 0], batch_dims=1)
    gather/batch_matrix: tf.gather(rt(tf, [[1, 2, 3], [4, 5]]), [[2, 0], [1, 1]], batch_dims=1)
    gather/batch_two: tf.gather(deep(tf), rt(tf, [[[1], [0]], [], [[2, 0], [], [0]]]), batch_dims=2)
    gather/far: tf.gather(rt(tf), [7])  # raises
    gather/negative: tf.gather(rt(tf), [-1])  # raises
    gather/batch_far: tf.gather(rt(tf, [[1], [4]]), rt(tf, [[0], [1]]), batch_dims=1)  # raises
    gather_nd/rows: tf.gather_nd(rt(tf), [[2], [0]])
    gather_nd/elements: tf.gather_nd(rt(tf), [[2, 1], [0, 3]])
    gather_nd/deep: tf.gather_nd(deep(tf), [[0, 1], [2, 0]])
    gather_nd/deep_elements: tf.gather_nd(deep(tf), [[0, 1, 0], [2, 0, 2]])
    gather_nd/ragged_indices: tf.gather_nd([[1, 2], [3, 4]], rt(tf, [[[0, 0]], [[1, 1], [0, 1]]], ragged_rank=1))
    gather_nd/batch: tf.gather_nd(rt(tf), [[2]], batch_dims=1)  # raises
    where/choose: tf.where(rt(tf) > 2, rt(tf), -rt(tf))
    where/scalars: tf.where(rt(tf) > 2, 1, 0)
    where/scalar_y: tf.where(rt(tf) > 2, rt(tf), 0)
    where/indices: tf.where(rt(tf) > 2)
    where/deep: tf.where(deep(tf) > 2, deep(tf), 0)
    where/indices_deep: tf.where(deep(tf) > 2)
    where/condition_row: tf.where([[True], [False], [True], [False], [True]], rt(tf), 0)
    where/one_missing: tf.where(rt(tf) > 2, rt(tf))  # raises
    where/rows_differ: tf.where(rt(tf, [[True]]), rt(tf, [[1, 2], [3]]), 0)  # raises
    split/rows: tf.split(rt(tf, [[1], [2, 3], [4], []]), 2)
    split/sizes: tf.split(rt(tf, [[1], [2, 3], [4]]), [1, 2])
    split/inner: tf.split(wide(tf), 2, axis=2)
    split/uneven: tf.split(rt(tf, [[1], [2], [3]]), 2)  # raises
    split/ragged: tf.split(rt(tf, [[1], [2, 3]]), 2, axis=1)  # raises: Cannot split a ragged dimension
    cumsum/columns: tf.cumsum(rt(tf), axis=1)
    cumsum/rows: tf.cumsum(rt(tf, [[1, 2], [3], [4, 5, 6]]), axis=0)
    cumsum/exclusive: tf.cumsum(rt(tf), axis=1, exclusive=True)
    cumsum/reverse: tf.cumsum(rt(tf), axis=1, reverse=True)
    add_n/ragged: tf.add_n([rt(tf), rt(tf), rt(tf)])
    cast/float: tf.cast(rt(tf), tf.float32)
    cast/bool: tf.cast(rt(tf), tf.bool)
    clip/by_value: tf.clip_by_value(rt(tf), 2, 5)
    bitcast/plain: tf.bitcast(rt(tf), tf.float32)
    dynamic_partition/rows: tf.dynamic_partition(rt(tf), [0, 1, 0, 1, 0], 2)
    dynamic_partition/elements: tf.dynamic_partition(rt(tf, [[1, 2], [3]]), rt(tf, [[0, 1], [0]]), 2)
    stack_partitions/vector: tf.ragged.stack_dynamic_partitions([1, 2, 3, 4], [2, 0, 2, 1], 4)
    stack_partitions/matrix: tf.ragged.stack_dynamic_partitions([[1, 2], [3, 4]], [1, 0], 2)
    stack_partitions/elements: tf.ragged.stack_dynamic_partitions([[1, 2], [3, 4]], [[1, 0], [0, 0]], 2)
    stack_partitions/ragged: tf.ragged.stack_dynamic_partitions(rt(tf), [1, 0, 1, 0, 1], 2)
    stack_partitions/both: tf.ragged.stack_dynamic_partitions(rt(tf, [[1, 2], [3]]), rt(tf, [[1, 0], [1]]), 3)
    stack_partitions/scalar: tf.ragged.stack_dynamic_partitions(5, 1, 3)
    stack_partitions/empty: tf.ragged.stack_dynamic_partitions(tf.zeros([0]), tf.zeros([0], tf.int32), 2)
    stack_partitions/far: tf.ragged.stack_dynamic_partitions([1], [2], 2)  # raises
    stack_partitions/count: tf.ragged.stack_dynamic_partitions([1, 2], [0], 2)  # raises
    map_flat_values/add: tf.ragged.map_flat_values(tf.add, rt(tf), 1)
    map_flat_values/two: tf.ragged.map_flat_values(tf.multiply, rt(tf), rt(tf))
    map_flat_values/deep: tf.ragged.map_flat_values(lambda x: x * 2, deep(tf))
    map_flat_values/structure: tf.ragged.map_flat_values(lambda x, y: x + y[0], rt(tf), [rt(tf)])
    map_flat_values/named: tf.ragged.map_flat_values(lambda x, y: x - y, x=rt(tf), y=rt(tf))
    map_flat_values/larger: tf.ragged.map_flat_values(lambda x: tf.stack([x, x], 1), rt(tf))
    map_flat_values/dense: tf.ragged.map_flat_values(tf.add, [1, 2], 3)
    map_flat_values/rows_differ: tf.ragged.map_flat_values(tf.add, rt(tf, [[1], [2, 3]]), rt(tf, [[1, 2], [3]]))  # raises
    map_flat_values/ranks_differ: tf.ragged.map_flat_values(tf.add, rt(tf), deep(tf))  # raises
    map_flat_values/size: tf.ragged.map_flat_values(tf.reduce_sum, rt(tf))  # raises
    map_flat_values/shorter: tf.ragged.map_flat_values(lambda x: x[1:], rt(tf))  # raises
    boolean_mask/matrix: tf.ragged.boolean_mask([[1, 2, 3], [4, 5, 6]], [[True, False, True], [False, False, True]])
    boolean_mask/ragged: tf.ragged.boolean_mask(rt(tf, [[1, 2, 3], [4], [5, 6]]), rt(tf, [[True, False, True], [False], [True, True]]))
    boolean_mask/rows: tf.ragged.boolean_mask(rt(tf), [True, False, True, True, False])
    boolean_mask/vector: tf.ragged.boolean_mask([1, 2, 3], [True, False, True])
    boolean_mask/dense_rows: tf.ragged.boolean_mask([[1, 2], [3, 4]], [True, False])
    boolean_mask/cube: tf.ragged.boolean_mask([[[1], [2]], [[3], [4]]], [[True, False], [True, True]])
    boolean_mask/deep: tf.ragged.boolean_mask(deep(tf), rt(tf, [[True, False], [], [False, True, True]]))
    boolean_mask/deep_elements: tf.ragged.boolean_mask(deep(tf), deep(tf) > 2)
    boolean_mask/scalar: tf.ragged.boolean_mask([1], True)  # raises: cannot be scalar
    boolean_mask/shape: tf.ragged.boolean_mask([[1, 2]], [[True]])  # raises
    boolean_mask/ints: tf.ragged.boolean_mask([1, 2], [1, 0])  # raises
    boolean_mask/rows_differ: tf.ragged.boolean_mask(rt(tf, [[1], [2, 3]]), rt(tf, [[True, True], [False]]))  # raises
    range/limits: tf.ragged.range([3, 5, 2])
    range/starts: tf.ragged.range([0, 5, 8], [3, 3, 12])
    range/deltas: tf.ragged.range([0, 5, 8], [3, 3, 12], 2)
    range/negative: tf.ragged.range([5, 3], [0, 4], -1)
    range/each: tf.ragged.range([0, 5], [10, 0], [3, -2])
    range/floats: tf.ragged.range([0.0, 1.0], [1.0, 2.5], 0.5)
    range/dtype: tf.ragged.range([2, 3], dtype=tf.float32)
    range/int64: tf.ragged.range(tf.constant([2, 3], tf.int64), row_splits_dtype=tf.int32)
    range/scalar: tf.ragged.range(3)
    range/empty: tf.ragged.range(tf.zeros([0], tf.int32))
    range/broadcast: tf.ragged.range([0, 1], 4)
    range/zero: tf.ragged.range([3], [5], 0)  # raises
    range/sizes: tf.ragged.range([1, 2], [3, 4, 5])  # raises
    range/matrix: tf.ragged.range([[1]])  # raises
    segment/to_ids: tf.ragged.row_splits_to_segment_ids([0, 3, 3, 5])
    segment/to_ids_int32: tf.ragged.row_splits_to_segment_ids([0, 3, 3, 5], out_type=tf.int32)
    segment/to_ids_empty: tf.ragged.row_splits_to_segment_ids([0])
    segment/to_ids_none: tf.ragged.row_splits_to_segment_ids([])  # raises: Invalid row_splits
    segment/to_ids_floats: tf.ragged.row_splits_to_segment_ids([0.5])  # raises
    segment/to_splits: tf.ragged.segment_ids_to_row_splits([0, 0, 0, 2, 2, 3])
    segment/to_splits_count: tf.ragged.segment_ids_to_row_splits([0, 2], num_segments=5)
    segment/to_splits_int32: tf.ragged.segment_ids_to_row_splits(tf.constant([0, 2]))
    segment/to_splits_type: tf.ragged.segment_ids_to_row_splits([0, 2], out_type=tf.int32)
    segment/to_splits_empty: tf.ragged.segment_ids_to_row_splits([])
    segment/to_splits_floats: tf.ragged.segment_ids_to_row_splits([0.5])  # raises
    cross/words: tf.ragged.cross([words(tf), words(tf)])
    cross/dense: tf.ragged.cross([words(tf), tf.constant([["x"], ["y"], ["z"]])])
    cross/sparse: tf.ragged.cross([tf.ragged.constant([["a"], ["b"]]), tf.SparseTensor([[0, 0], [1, 1]], ["x", "y"], [2, 2])])
    cross/ints: tf.ragged.cross([rt(tf, [[1], [2, 3]]), tf.constant([[7, 8], [9, 10]])])
    cross/floats: tf.ragged.cross([ft(tf)])  # raises: Unexpected dtype
    cross/rank: tf.ragged.cross([deep(tf)])  # raises: only supports inputs with rank=2
    cross/rows: tf.ragged.cross([words(tf), tf.constant([["x"]])])  # raises
    cross/no_list: tf.ragged.cross(words(tf))  # raises: Inputs must be a list
    cross_hashed/words: tf.ragged.cross_hashed([words(tf), words(tf)])
    cross_hashed/buckets: tf.ragged.cross_hashed([words(tf), words(tf)], num_buckets=10)
    cross_hashed/key: tf.ragged.cross_hashed([rt(tf, [[1], [2, 3]]), tf.constant([["x"], ["y"]])], hash_key=3)
    matmul/matrices: tf.matmul(rt(tf, [[1.0, 2.0], [3.0, 4.0]]), [[1.0], [2.0]])
    matmul/batch: tf.matmul(tf.ragged.constant([[[1.0, 2.0]], [[3.0, 4.0], [5.0, 6.0]]]), tf.ones([2, 2, 3]))
    matmul/transposed: tf.matmul(tf.ragged.constant([[[1.0, 2.0]], [[3.0, 4.0], [5.0, 6.0]]]), tf.ones([2, 3, 2]), transpose_b=True)
    matmul/both: tf.matmul(tf.ragged.constant([[[1.0, 2.0]], [[3.0], [5.0]]]), tf.ragged.constant([[[1.0], [2.0]], [[3.0, 4.0]]]))
    matmul/rank: tf.matmul(rt(tf, [[1.0]]), tf.ones([1, 1, 1]))  # raises
    softmax/rows: tf.nn.softmax(ft(tf))
    softmax/axis: tf.nn.softmax(tf.cast(deep(tf), tf.float32), axis=2)
    softmax/rows_axis: tf.nn.softmax(tf.ragged.constant([[1.0, 2.0], [3.0]]), axis=1)
    bincount/all: tf.math.bincount(rt(tf))
    bincount/rows: tf.math.bincount(rt(tf), axis=-1)
    bincount/weights: tf.math.bincount(rt(tf), weights=tf.cast(rt(tf), tf.float32), axis=-1)
    bincount/bounds: tf.math.bincount(rt(tf), minlength=2, maxlength=4)
    bincount/binary: tf.math.bincount(rt(tf), axis=-1, binary_output=True)
    sparse_bincount/rows: tf.sparse.bincount(rt(tf), axis=-1)
    sparse_bincount/all: tf.sparse.bincount(rt(tf))
    sparse_bincount/weights: tf.sparse.bincount(rt(tf), rt(tf), axis=-1)
    segment/unsorted_sum: tf.math.unsorted_segment_sum(rt(tf), [0, 1, 0, 1, 0], 2)
    segment/unsorted_max: tf.math.unsorted_segment_max(rt(tf), [0, 1, 0, 1, 0], 2)
    segment/unsorted_mean: tf.math.unsorted_segment_mean(ft(tf), [0, 1, 0], 2)
    segment/unsorted_elements: tf.math.unsorted_segment_sum(rt(tf, [[1, 2], [3]]), rt(tf, [[0, 1], [0]]), 2)
    segment/unsorted_dense: tf.math.unsorted_segment_sum([1, 2, 3], rt(tf, [[0, 1], [0]]), 2)  # raises
    keepdims/row: tf.reduce_sum(rt(tf), 1, keepdims=True)
    keepdims/column: tf.reduce_sum(rt(tf), 0, keepdims=True)
    keepdims/all: tf.reduce_sum(rt(tf), keepdims=True)
    reduce/axis_far: tf.reduce_sum(rt(tf), 5)  # raises
    reduce/no_rows: tf.reduce_max(rt(tf, [], ragged_rank=1, dtype=tf.int32), 1)
    strings/format_floats: tf.strings.format("{}", ft(tf))
    strings/format_words: tf.strings.format("<{}>", words(tf))
    strings/format_long: tf.strings.format("{} {}", [tf.ragged.constant([list(range(20)), []]), 3.5])
    strings/format_many: tf.strings.format("{}", tf.ragged.constant([[i] for i in range(10)]), summarize=2)
    strings/format_all: tf.strings.format("{}", tf.ragged.constant([list(range(20)), []]), summarize=-1)
    strings/format_deep: tf.strings.format("{}", deep(tf))
    strings/format_wide: tf.strings.format("{}", wide(tf))
    strings/format_empty: tf.strings.format("{}", tf.ragged.constant([], ragged_rank=1))
    strings/format_bools: tf.strings.format("{}", tf.ragged.constant([[True], []]))
    strings/format_graph: traced(tf, lambda x: tf.strings.format("{}", x), ft(tf))
    concat/no_rows: tf.concat([rt(tf), tf.ragged.constant([], ragged_rank=1, dtype=tf.int32), rt(tf)], 0)
    reduce/keep_axes: tf.reduce_max(deep(tf), [1, 2], keepdims=True)
    embedding/lookup: tf.nn.embedding_lookup([[1.0, 2.0], [3.0, 4.0]], rt(tf, [[1], [0, 1]]))
    strings/lower: tf.strings.lower(words(tf))
    strings/upper: tf.strings.upper(words(tf))
    strings/length: tf.strings.length(words(tf))
    strings/length_utf8: tf.strings.length(words(tf), unit="UTF8_CHAR")
    strings/substr: tf.strings.substr(words(tf), 0, 1)
    strings/to_number: tf.strings.to_number(numbers(tf))
    strings/to_number_int: tf.strings.to_number(numbers(tf), tf.int32)
    strings/as_string: tf.strings.as_string(rt(tf))
    strings/join: tf.strings.join([words(tf), words(tf)], "-")
    strings/join_dense: tf.strings.join([words(tf), "!"])
    strings/reduce_join: tf.strings.reduce_join(words(tf), axis=1)
    strings/reduce_join_separator: tf.strings.reduce_join(words(tf), axis=-1, separator=" ")
    strings/strip: tf.strings.strip(words(tf))
    strings/split: tf.strings.split(words(tf))
    strings/bytes_split: tf.strings.bytes_split(words(tf))
    strings/unicode_split: tf.strings.unicode_split(words(tf), "UTF-8")
    strings/unicode_decode: tf.strings.unicode_decode(words(tf), "UTF-8")
    strings/unicode_encode: tf.strings.unicode_encode(rt(tf, [[97, 98], [233]]), "UTF-8")
    strings/hash: tf.strings.to_hash_bucket_fast(words(tf), 100)
    strings/hash_strong: tf.strings.to_hash_bucket_strong(words(tf), 100, [1, 2])
    strings/regex_replace: tf.strings.regex_replace(words(tf), "[a-z]", "_")
    strings/regex_full_match: tf.strings.regex_full_match(words(tf), "a.*")
    strings/ngrams: tf.strings.ngrams(words(tf), 2)
    strings/format: tf.strings.format("{}", rt(tf))
    strings/format_two: tf.strings.format("{} {}", (rt(tf), 3))
    strings/base64: tf.io.encode_base64(words(tf))
    image/adjust_brightness: tf.image.adjust_brightness(wide(tf), 0.5)
    nn/sigmoid_loss: tf.nn.sigmoid_cross_entropy_with_logits(labels=ft(tf), logits=ft(tf))
    nn/dropout_rate_0: tf.nn.dropout(ft(tf), 0.0)
    nn/dropout_noise: tf.nn.dropout(ft(tf), 0.5, noise_shape=[3])  # raises: noise_shape is not supported
    assert/equal: tf.debugging.assert_equal(rt(tf), rt(tf))
    assert/equal_wrong: tf.debugging.assert_equal(rt(tf), rt(tf) + 1)  # raises
    assert/less: tf.debugging.assert_less(rt(tf), 10)
    assert/shapes_differ: tf.debugging.assert_equal(rt(tf), rt(tf, [[1]] * 4 + [[1, 2]]))  # raises
    broadcast/to_ragged: tf.broadcast_to([[1], [2], [3]], tf.shape(ft(tf)))
    broadcast/scalar: tf.broadcast_to(7, tf.shape(ft(tf)))
    broadcast/ragged: tf.broadcast_to(tf.ragged.constant([[1], [2], [3]]), tf.shape(rt(tf, [[1, 1], [], [1]])))  # raises
    broadcast/shapes: repr(tf.broadcast_dynamic_shape(tf.shape(ft(tf)), tf.experimental.DynamicRaggedShape.from_lengths([3, 1])))
    reshape/of_ragged: tf.reshape(rt(tf), tf.shape(rt(tf)))
    reshape/matrix_to_ragged: tf.reshape([["a", "b"], ["c", "d"]], tf.experimental.DynamicRaggedShape.from_lengths([2, (1, 3)]))
    reshape/too_few: tf.reshape([1.0, 2.0], tf.shape(ft(tf)))  # raises
    shape/zeros: tf.zeros(tf.shape(ft(tf)))
    shape/ones: tf.ones(tf.shape(wide(tf)), tf.int32)
    shape/fill: tf.fill(tf.shape(ft(tf)), 7)
    reshape/to_ragged: tf.reshape([1.0, 2.0, 3.0], tf.shape(ft(tf)))
    shape/eager_reshape: tf.reshape(rt(tf), [2, 4])
    map_fn/sums: tf.map_fn(tf.reduce_sum, rt(tf), fn_output_signature=tf.int32)
    map_fn/rows: tf.map_fn(lambda x: x * 2, rt(tf), fn_output_signature=tf.RaggedTensorSpec([None], tf.int32, 0))
    map_fn/ranges: tf.map_fn(tf.range, tf.constant([3, 1, 0]), fn_output_signature=tf.RaggedTensorSpec([None], tf.int32))
    map_fn/deep: tf.map_fn(lambda x: tf.reduce_sum(x, 1), deep(tf), fn_output_signature=tf.RaggedTensorSpec([None], tf.int32))
    map_fn/two: tf.map_fn(lambda xy: tf.reduce_sum(xy[0]) + xy[1], (rt(tf), tf.range(5)), fn_output_signature=tf.int32)
    map_fn/same: tf.map_fn(lambda x: x + 1, rt(tf))
    map_fn/graph: traced(tf, lambda x: tf.map_fn(tf.reduce_sum, x, fn_output_signature=tf.TensorSpec([], tf.int32)), rt(tf), input_signature=[tf.RaggedTensorSpec([None, None], tf.int32)])
    map_fn/graph_ragged: traced(tf, lambda x: tf.map_fn(lambda r: r * 2, x, fn_output_signature=tf.RaggedTensorSpec([None], tf.int32, 0)), rt(tf), input_signature=[tf.RaggedTensorSpec([None, None], tf.int32)])
    dense/string_split: tf.strings.split(["a b", "", "c"])
    lookup/reduce_where: tf.reduce_sum(tf.where(rt(tf) > 2, rt(tf), 0), axis=1)
    convert/to_tensor: tf.convert_to_tensor(rt(tf))  # raises
    convert/constant: tf.constant(rt(tf))  # raises
    convert/is_tensor: tf.is_tensor(rt(tf))
    reduce/logsumexp: tf.math.reduce_logsumexp(ft(tf))
    function/add: traced(tf, lambda x: x + 1, rt(tf))
    function/broadcast: traced(tf, lambda x, y: x * y, rt(tf), tf.constant([[1], [2], [3], [4], [5]]))
    function/concat: traced(tf, lambda x: tf.concat([x, x], 1), rt(tf))
    function/stack: traced(tf, lambda x: tf.stack([x, x]), rt(tf))
    function/reduce: traced(tf, lambda x: tf.reduce_mean(x, 1), ft(tf), input_signature=[tf.RaggedTensorSpec([None, None], tf.float32)])
    function/reduce_columns: traced(tf, lambda x: tf.reduce_max(x, 0), rt(tf))
    function/gather: traced(tf, lambda x: tf.gather(x, [2, 0]), rt(tf))
    function/where: traced(tf, lambda x: tf.where(x > 2, x, 0), rt(tf))
    function/lower: traced(tf, lambda x: tf.strings.lower(x), words(tf))
    function/range: traced(tf, lambda n: tf.ragged.range(n), tf.constant([2, 3]))
    function/boolean_mask: traced(tf, lambda x: tf.ragged.boolean_mask(x, x > 2), rt(tf))
    function/tile: traced(tf, lambda x: tf.tile(x, [1, 2]), rt(tf))
    function/softmax: traced(tf, lambda x: tf.nn.softmax(x), ft(tf))
    function/shape: traced(tf, lambda x: tf.shape(x).inner_shape, rt(tf))
    function/matmul: traced(tf, lambda x: tf.matmul(x, tf.ones([2, 2, 3])), tf.ragged.constant([[[1.0, 2.0]], [[3.0, 4.0], [5.0, 6.0]]]))
    function/different_rows: traced(tf, lambda x, y: x + y, rt(tf, [[1], [2, 3]]), rt(tf, [[1, 2], [3]]))  # raises
    grad/product: grad(tf, lambda x, y: (x * y).flat_values, [[1.0, 2.0], [3.0]], [[4.0, 5.0], [6.0]])
    grad/broadcast: grad(tf, lambda x, y: (x * y).flat_values, [[1.0, 2.0], [3.0]], [[4.0], [5.0]])  # raises
    grad/reduce_sum: grad(tf, lambda x: tf.reduce_sum(x, 1) ** 2, [[1.0, 2.0], [3.0]])
    grad/reduce_columns: grad(tf, lambda x: tf.reduce_sum(x, 0) ** 2, [[1.0, 2.0], [3.0]])
    grad/reduce_mean: grad(tf, lambda x: tf.reduce_mean(x, 1) ** 2, [[1.0, 2.0], [3.0]])
    grad/reduce_max: grad(tf, lambda x: tf.reduce_max(x, 1) ** 2, [[1.0, 2.0], [3.0]])
    grad/concat: grad(tf, lambda x: tf.concat([x, x], 1).flat_values * [1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [[1.0, 2.0], [3.0]])
    grad/softmax: grad(tf, lambda x: tf.nn.softmax(x).flat_values * [1.0, 2.0, 3.0], [[1.0, 2.0], [3.0]])
    grad/columns: grad(tf, lambda x: x[:, ::-1].flat_values * [1.0, 2.0, 3.0], [[1.0, 2.0], [3.0]])
    grad/where: grad(tf, lambda x: tf.where(x > 1.5, x, 0.0).flat_values, [[1.0, 2.0], [3.0]])
    grad/to_sparse: grad(tf, lambda x: x.to_sparse().values * [1.0, 2.0, 3.0], [[1.0, 2.0], [3.0]])
""")
