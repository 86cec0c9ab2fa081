"""tf.sparse, tf.SparseTensor and tf.sets."""

from tests.parity.case import Family

case = Family(__name__)

THREE = ([[0, 1], [1, 0], [1, 2]], [1.0, -2.0, 5.0], [3, 4])
OTHER = ([[0, 1], [1, 1], [2, 3]], [4.0, -7.0, 0.5], [3, 4])
CUBE = ([[0, 0, 1], [0, 1, 0], [1, 1, 2]], [1.0, 2.0, 3.0], [2, 2, 3])


def st(tf, indices, values, shape, dtype=None):
    return tf.SparseTensor(indices, values if dtype is None else tf.constant(values, dtype), shape)


def three(tf):
    return st(tf, *THREE)


def other(tf):
    return st(tf, *OTHER)


def cube(tf):
    return st(tf, *CUBE)


def empty(tf, rank=2, dtype="float32"):
    return st(tf, tf.zeros([0, rank], tf.int64), tf.zeros([0], dtype), [3] * rank)


def words(tf):
    return st(tf, [[0, 0], [1, 0], [1, 1]], ["a", "b", "c"], [2, 2])


def ids(tf, dtype="int64"):
    return st(tf, [[0, 0], [0, 2], [1, 1], [2, 0]], [1, 3, 1, 0], [4, 3], dtype)


def grads(tf, function, *values):
    """The value of a function of tensors and its gradients."""
    xs = [tf.constant(v) for v in values]
    with tf.GradientTape() as tape:
        for x in xs:
            tape.watch(x)
        y = function(*xs)
    return y, tape.gradient(y, xs)


def in_function(tf, function, *args, **options):
    return tf.function(function, autograph=False, **options)(*args)


case.table("""
    make/parts: three(tf)
    make/list_values: tf.SparseTensor([[0, 0]], [1], [2, 2])
    make/empty: empty(tf)
    make/strings: words(tf)
    make/rank_1: tf.SparseTensor([[1]], [1], [4])
    make/rank_0: tf.SparseTensor(tf.zeros([1, 0], tf.int64), [1], tf.zeros([0], tf.int64))
    make/shape: (three(tf).shape, three(tf).get_shape(), three(tf).dtype)
    make/str: str(st(tf, [[0, 1]], [3], [2, 2]))
    make/repr: repr(st(tf, [[0, 1]], [3], [2, 2]))
    make/spec: three(tf)._type_spec
    make/values_too_many: tf.SparseTensor([[0, 0]], [1, 2], [2, 2])  # raises
    make/rank_differs: tf.SparseTensor([[0, 0]], [1], [2, 2, 2])  # raises
    make/indices_vector: tf.SparseTensor([0, 0], [1], [2, 2])  # raises: Shape
    make/values_matrix: tf.SparseTensor([[0, 0]], [[1]], [2, 2])  # raises: Shape
    make/float_indices: tf.SparseTensor([[0.5, 0]], [1], [2, 2])  # raises
    make/with_values: three(tf).with_values([7, 8, 9])
    make/with_values_wrong: three(tf).with_values([7, 8])  # raises
    make/from_value: tf.SparseTensor.from_value(tf.compat.v1.SparseTensorValue([[0, 1]], [5.0], [2, 2]))
    make/from_value_self: tf.SparseTensor.from_value(three(tf))
    make/from_value_tuple: tf.SparseTensor.from_value(([[0]], [1], [2]))  # raises: is neither a SparseTensor
    make/is_tensor: tf.is_tensor(three(tf))
    make/convert: tf.convert_to_tensor(three(tf))  # raises
    make/add_to_dense: three(tf) + 1.0  # raises
    make/hashable: len({three(tf): 1})
    make/equal_is_identity: three(tf) == three(tf)
    spec/plain: tf.SparseTensorSpec([None, 3], tf.int32)
    spec/repr: repr(tf.SparseTensorSpec([2, None]))
    spec/unknown: repr(tf.SparseTensorSpec())
    spec/compatible: tf.SparseTensorSpec([None, 4], tf.float32).is_compatible_with(three(tf))
    spec/incompatible: tf.SparseTensorSpec([None, 5], tf.float32).is_compatible_with(three(tf))
    spec/dtype_differs: tf.SparseTensorSpec([None, 4], tf.int32).is_compatible_with(three(tf))
    spec/from_value: tf.SparseTensorSpec.from_value(three(tf))
    spec/from_value_wrong: tf.SparseTensorSpec.from_value(3)  # raises: Expected SparseTensor
    spec/value_type: tf.SparseTensorSpec([2]).value_type
    spec/equal: tf.SparseTensorSpec([2, 3]) == tf.SparseTensorSpec([2, 3])
    spec/supertype: tf.SparseTensorSpec([2, 3]).most_specific_compatible_type(tf.SparseTensorSpec([2, 4]))
    nest/flatten: tf.nest.flatten(three(tf), expand_composites=True)
    nest/map: tf.nest.map_structure(lambda x: x + 0, three(tf), expand_composites=True)
    nest/keep: len(tf.nest.flatten({"a": three(tf), "b": 1}))
    operator/mul: three(tf) * tf.constant([[1.0, 2.0, 3.0, 4.0]])
    operator/mul_scalar: three(tf) * 3.0
    operator/mul_column: three(tf) * [[1.0], [2.0], [3.0]]
    operator/mul_grown: three(tf) * tf.ones([2, 3, 4])  # raises: broadcasts dense to sparse only
    operator/mul_wrong: three(tf) * tf.ones([3, 3])  # raises: broadcasts dense to sparse only
    operator/div: three(tf) / 2.0
    operator/div_by_zero: three(tf) / 0.0  # raises: cannot divide by zero
    operator/div_ints: st(tf, [[0]], [7], [2]) / 2
    operator/div_int8: st(tf, [[0]], [7], [2], "int8") / 2
    operator/dense_mul: tf.constant([[2.0]]) * three(tf)
    operator/mul_empty: empty(tf) * 2.0
    operator/mul_dtype: three(tf) * tf.constant(2)  # raises
    function/abs: tf.abs(three(tf))
    function/negative: tf.negative(three(tf))
    function/sqrt: tf.sqrt(st(tf, [[0, 1]], [4.0], [2, 2]))
    function/sin: tf.sin(three(tf))
    function/tanh: tf.tanh(three(tf))
    function/sign: tf.sign(three(tf))
    function/square: tf.square(three(tf))
    function/erf: tf.math.erf(three(tf))
    function/atan: tf.atan(three(tf))
    function/cast: tf.cast(three(tf), tf.int32)
    function/cast_same: tf.cast(three(tf), tf.float32)
    function/identity: tf.identity(three(tf))
    function/shape: tf.shape(three(tf))
    function/shape_64: tf.shape(three(tf), out_type=tf.int64)
    function/size: tf.size(three(tf))
    function/rank: tf.rank(three(tf))
    function/exp: tf.exp(three(tf))  # raises
    function/reduce_sum: tf.reduce_sum(three(tf))  # raises
    from_dense/matrix: tf.sparse.from_dense([[0, 1], [2, 0]])
    from_dense/floats: tf.sparse.from_dense([[0.0, float("nan")], [-0.0, 3.0]])
    from_dense/zeros: tf.sparse.from_dense([[0, 0]])
    from_dense/empty: tf.sparse.from_dense(tf.zeros([0, 3]))
    from_dense/vector: tf.sparse.from_dense([1, 0, 2])
    from_dense/bools: tf.sparse.from_dense([[True, False]])
    from_dense/strings: tf.sparse.from_dense([["", "a"]])
    from_dense/cube: tf.sparse.from_dense([[[0, 1], [2, 0]]])
    to_dense/matrix: tf.sparse.to_dense(three(tf))
    to_dense/default: tf.sparse.to_dense(three(tf), default_value=-1.0)
    to_dense/strings: tf.sparse.to_dense(words(tf))
    to_dense/strings_default: tf.sparse.to_dense(words(tf), "?")
    to_dense/bools: tf.sparse.to_dense(st(tf, [[1]], [True], [3]))
    to_dense/empty: tf.sparse.to_dense(empty(tf))
    to_dense/cube: tf.sparse.to_dense(cube(tf))
    to_dense/rank_0: tf.sparse.to_dense(tf.SparseTensor(tf.zeros([1, 0], tf.int64), [7], tf.zeros([0], tf.int64)))
    to_dense/unordered: tf.sparse.to_dense(st(tf, [[1, 0], [0, 1]], [1, 2], [2, 2]))  # raises: out of order
    to_dense/repeated: tf.sparse.to_dense(st(tf, [[0, 1], [0, 1]], [1, 2], [2, 2]))  # raises: is repeated
    to_dense/outside: tf.sparse.to_dense(st(tf, [[0, 1], [0, 5]], [1, 2], [2, 2]))  # raises: is out of bounds
    to_dense/negative: tf.sparse.to_dense(st(tf, [[-1, 1]], [1], [2, 2]))  # raises: is out of bounds
    to_dense/unchecked: tf.sparse.to_dense(st(tf, [[1, 0], [0, 1]], [1, 2], [2, 2]), validate_indices=False)
    to_dense/unchecked_twice: tf.sparse.to_dense(st(tf, [[0, 1], [0, 1]], [1, 2], [2, 2]), validate_indices=False)
    to_dense/unchecked_outside: tf.sparse.to_dense(st(tf, [[0, 5]], [1], [2, 2]), validate_indices=False)  # raises: not valid
    to_dense/default_vector: tf.sparse.to_dense(three(tf), [1.0])  # raises: should be a scalar
    to_dense/dense: tf.sparse.to_dense([[1.0]])  # raises: must be a SparseTensor
    eye/square: tf.sparse.eye(2)
    eye/wide: tf.sparse.eye(2, 4, tf.int32)
    eye/tall: tf.sparse.eye(tf.constant(3), 1)
    eye/none: tf.sparse.eye(0)
    eye/float: tf.sparse.eye(2.5)  # raises: must be an integer value
    indicator/ids: tf.sparse.to_indicator(ids(tf), 5)
    indicator/int32: tf.sparse.to_indicator(ids(tf, "int32"), 4)
    indicator/too_small: tf.sparse.to_indicator(ids(tf), 2)  # raises
    indicator/empty: tf.sparse.to_indicator(empty(tf, dtype="int64"), 2)
    mask/some: tf.sparse.mask(tf.IndexedSlices(tf.constant([[1], [2], [3]]), tf.constant([4, 7, 9]), tf.constant([10, 1])), [7])
    reorder/rows: tf.sparse.reorder(st(tf, [[1, 0], [0, 2], [0, 1]], [1, 2, 3], [2, 3]))
    reorder/equal: tf.sparse.reorder(st(tf, [[1, 0], [0, 2], [1, 0]], [1, 2, 3], [2, 3]))
    reorder/empty: tf.sparse.reorder(empty(tf))
    reorder/strings: tf.sparse.reorder(st(tf, [[1], [0]], ["a", "b"], [2]))
    reorder/cube: tf.sparse.reorder(st(tf, [[1, 0, 0], [0, 1, 1], [0, 1, 0]], [1, 2, 3], [2, 2, 2]))
    reorder/dense: tf.sparse.reorder([[1]])  # raises: must be a SparseTensor
    reshape/flat: tf.sparse.reshape(three(tf), [12])
    reshape/inferred: tf.sparse.reshape(three(tf), [2, -1])
    reshape/cube: tf.sparse.reshape(cube(tf), [3, -1, 2])
    reshape/same: tf.sparse.reshape(three(tf), [3, 4])
    reshape/tensor: tf.sparse.reshape(three(tf), tf.constant([4, 3]))
    reshape/empty: tf.sparse.reshape(empty(tf), [9])
    reshape/scalar: tf.sparse.reshape(st(tf, [[0]], [1], [1]), [])
    reshape/two_unknown: tf.sparse.reshape(three(tf), [-1, -1])  # raises
    reshape/too_small: tf.sparse.reshape(three(tf), [5])  # raises
    reshape/no_multiple: tf.sparse.reshape(three(tf), [5, -1])  # raises
    reshape/negative: tf.sparse.reshape(three(tf), [-2, 6])  # raises
    concat/rows: tf.sparse.concat(0, [three(tf), other(tf)])
    concat/columns: tf.sparse.concat(1, [three(tf), other(tf)])
    concat/last: tf.sparse.concat(-1, [three(tf), other(tf), three(tf)])
    concat/one: tf.sparse.concat(0, [three(tf)])
    concat/empty: tf.sparse.concat(0, [st(tf, *THREE[:2], [3, 3]), empty(tf)])
    concat/expanded: tf.sparse.concat(1, [three(tf), st(tf, [[0, 0]], [9.0], [1, 2])], expand_nonconcat_dims=True)
    concat/expanded_last: tf.sparse.concat(-1, [three(tf), st(tf, [[4, 0]], [9.0], [5, 2])], expand_nonconcat_dims=True)
    concat/strings: tf.sparse.concat(0, [words(tf), words(tf)])
    concat/sizes_differ: tf.sparse.concat(1, [three(tf), st(tf, [[0, 0]], [9.0], [1, 2])])  # raises: Input shapes must match
    concat/axis: tf.sparse.concat(2, [three(tf), three(tf)])  # raises
    concat/ranks_differ: tf.sparse.concat(0, [three(tf), cube(tf)])  # raises
    concat/dense: tf.sparse.concat(0, [three(tf), [[1.0]]])  # raises: must be a SparseTensor
    concat/not_a_list: tf.sparse.concat(0, three(tf))  # raises: must be a list or tuple
    split/columns: tf.sparse.split(three(tf), 2, 1)
    split/uneven: tf.sparse.split(st(tf, [[0, 1], [1, 4], [1, 6]], [1, 2, 3], [2, 7]), 3, 1)
    split/rows: tf.sparse.split(three(tf), 3, 0)
    split/negative_axis: tf.sparse.split(sp_input=three(tf), num_split=2, axis=-1)
    split/one: tf.sparse.split(three(tf), 1, 0)
    split/too_many: tf.sparse.split(three(tf), 4, 0)  # raises: num_split should be between
    split/axis: tf.sparse.split(three(tf), 2, 2)  # raises: axis should be in range
    split/no_axis: tf.sparse.split(three(tf), 2)  # raises: axis is required
    split/no_input: tf.sparse.split(num_split=2, axis=1)  # raises: sp_input is required
    slice/block: tf.sparse.slice(three(tf), [0, 1], [2, 2])
    slice/cut: tf.sparse.slice(three(tf), [1, 1], [9, 9])
    slice/outside: tf.sparse.slice(three(tf), [7, 7], [2, 2])
    slice/nothing: tf.sparse.slice(three(tf), [0, 0], [0, 0])
    slice/negative_start: tf.sparse.slice(three(tf), [0, -1], [2, 3])
    slice/negative_size: tf.sparse.slice(three(tf), [0, 0], [2, -1])  # raises: non-negative size
    slice/rank: tf.sparse.slice(three(tf), [0], [1])  # raises: Expected start to be a vector of length 2
    expand_dims/last: tf.sparse.expand_dims(three(tf))
    expand_dims/first: tf.sparse.expand_dims(three(tf), 0)
    expand_dims/middle: tf.sparse.expand_dims(three(tf), 1)
    expand_dims/negative: tf.sparse.expand_dims(three(tf), -3)
    expand_dims/tensor: tf.sparse.expand_dims(three(tf), tf.constant(-2))
    expand_dims/empty: tf.sparse.expand_dims(empty(tf), 1)
    expand_dims/vector: tf.sparse.expand_dims(st(tf, [[1]], [2], [3]), 0)
    expand_dims/float: tf.sparse.expand_dims(three(tf), 1.5)  # raises: axis must be an integer value
    expand_dims/too_far: tf.sparse.expand_dims(three(tf), 3)  # raises
    transpose/matrix: tf.sparse.transpose(three(tf))
    transpose/perm: tf.sparse.transpose(cube(tf), [1, 2, 0])
    transpose/reversed: tf.sparse.transpose(cube(tf))
    transpose/empty: tf.sparse.transpose(empty(tf))
    transpose/vector: tf.sparse.transpose(st(tf, [[1]], [2], [3]))
    transpose/out_of_range: tf.sparse.transpose(three(tf), [0, 2])  # raises
    retain/some: tf.sparse.retain(three(tf), [True, False, True])
    retain/none: tf.sparse.retain(three(tf), [False, False, False])
    retain/wrong_size: tf.sparse.retain(three(tf), [True, False])  # raises
    retain/matrix: tf.sparse.retain(three(tf), [[True, False, True]])  # raises
    reset_shape/tight: tf.sparse.reset_shape(three(tf))
    reset_shape/larger: tf.sparse.reset_shape(three(tf), [4, 9])
    reset_shape/smaller: tf.sparse.reset_shape(three(tf), [2, 9])  # raises: dimension sizes >= sp_input.shape
    reset_shape/rank: tf.sparse.reset_shape(three(tf), [4, 9, 1])  # raises
    reset_shape/empty: tf.sparse.reset_shape(empty(tf))
    fill_empty_rows/some: tf.sparse.fill_empty_rows(ids(tf), -1)
    fill_empty_rows/none_empty: tf.sparse.fill_empty_rows(words(tf), "?")
    fill_empty_rows/all_empty: tf.sparse.fill_empty_rows(empty(tf), 7.0)
    fill_empty_rows/unordered: tf.sparse.fill_empty_rows(st(tf, [[2, 1], [0, 0], [2, 0]], [1, 2, 3], [4, 2]), -1)
    fill_empty_rows/dtype: tf.sparse.fill_empty_rows(ids(tf), 0.5)  # raises
    fill_empty_rows/outside: tf.sparse.fill_empty_rows(st(tf, [[9, 0]], [1], [4, 2]), -1)  # raises: is invalid
    add/both: tf.sparse.add(three(tf), other(tf))
    add/cancel: tf.sparse.add(three(tf), three(tf).with_values([-1.0, 2.0, -5.0]))
    add/threshold: tf.sparse.add(three(tf), three(tf).with_values([-1.0, 2.0, 1.0]), 0.5)
    add/threshold_singles: tf.sparse.add(three(tf), other(tf), 100.0)
    add/dense: tf.sparse.add(three(tf), tf.ones([3, 4]))
    add/dense_first: tf.sparse.add(tf.ones([3, 4]), three(tf))
    add/empty: tf.sparse.add(st(tf, *THREE[:2], [3, 3]), empty(tf))
    add/ints: tf.sparse.add(ids(tf), ids(tf))
    add/complex: tf.sparse.add(st(tf, [[0]], [1j], [2]), st(tf, [[0]], [2.0], [2], "complex128"))
    add/two_dense: tf.sparse.add(tf.ones([2]), tf.ones([2]))  # raises: At least one input should be SparseTensor
    add/shapes: tf.sparse.add(three(tf), empty(tf))  # raises: shapes do not match
    add/ranks: tf.sparse.add(three(tf), cube(tf))  # raises
    add/dtypes: tf.sparse.add(ids(tf), st(tf, [[0, 0]], [1.0], [4, 3]))  # raises
    add/dense_shape: tf.sparse.add(three(tf), tf.ones([4]))  # raises
    maximum/both: tf.sparse.maximum(three(tf), other(tf))
    maximum/nan: tf.sparse.maximum(st(tf, [[0]], [float("nan")], [2]), st(tf, [[1]], [-1.0], [2]))
    maximum/ints: tf.sparse.maximum(ids(tf), ids(tf))
    maximum/shapes: tf.sparse.maximum(three(tf), empty(tf))  # raises: shapes do not match
    minimum/both: tf.sparse.minimum(three(tf), other(tf))
    minimum/empty: tf.sparse.minimum(empty(tf), empty(tf))
    matmul/plain: tf.sparse.sparse_dense_matmul(three(tf), tf.reshape(tf.range(8.0), [4, 2]))
    matmul/adjoint_a: tf.sparse.sparse_dense_matmul(three(tf), tf.reshape(tf.range(6.0), [3, 2]), adjoint_a=True)
    matmul/adjoint_b: tf.sparse.sparse_dense_matmul(three(tf), tf.reshape(tf.range(8.0), [2, 4]), adjoint_b=True)
    matmul/both: tf.sparse.sparse_dense_matmul(three(tf), tf.reshape(tf.range(6.0), [2, 3]), True, True)
    matmul/dense_first: tf.sparse.sparse_dense_matmul(tf.reshape(tf.range(6.0), [2, 3]), three(tf))
    matmul/dense_first_adjoint: tf.sparse.sparse_dense_matmul(tf.reshape(tf.range(8.0), [2, 4]), three(tf), adjoint_b=True)
    matmul/dense_first_adjoints: tf.sparse.sparse_dense_matmul(tf.reshape(tf.range(8.0), [4, 2]), three(tf), True, True)
    matmul/complex: tf.sparse.sparse_dense_matmul(st(tf, [[0, 1]], [2j], [2, 2]), tf.constant([[1j, 2], [3, 4]]), True)
    matmul/empty: tf.sparse.sparse_dense_matmul(empty(tf), tf.ones([3, 2]))
    matmul/no_columns: tf.sparse.sparse_dense_matmul(three(tf), tf.ones([4, 0]))
    matmul/half: tf.sparse.sparse_dense_matmul(st(tf, *THREE, "float16"), tf.ones([4, 2], tf.float16))
    matmul/double: tf.sparse.sparse_dense_matmul(st(tf, *THREE, "float64"), tf.ones([4, 2], tf.float64))
    matmul/int: tf.sparse.sparse_dense_matmul(st(tf, THREE[0], [1, 2, 3], THREE[2]), tf.ones([4, 2], tf.int32))
    matmul/repeated: tf.sparse.sparse_dense_matmul(st(tf, [[0, 1], [0, 1]], [1.0, 2.0], [2, 2]), tf.ones([2, 2]))
    matmul/unordered: tf.sparse.sparse_dense_matmul(st(tf, [[1, 1], [0, 1]], [1.0, 2.0], [2, 2]), tf.ones([2, 2]))
    matmul/inner: tf.sparse.sparse_dense_matmul(three(tf), tf.ones([3, 2]))  # raises
    matmul/vector: tf.sparse.sparse_dense_matmul(three(tf), tf.ones([4]))  # raises
    matmul/outside: tf.sparse.sparse_dense_matmul(st(tf, [[0, 9]], [1.0], [2, 2]), tf.ones([2, 2]))  # raises: out of bounds
    matmul/dtype: tf.sparse.sparse_dense_matmul(three(tf), tf.ones([4, 2], tf.float64))  # raises
    reduce_sum/all: tf.sparse.reduce_sum(three(tf))
    reduce_sum/rows: tf.sparse.reduce_sum(three(tf), 1)
    reduce_sum/columns: tf.sparse.reduce_sum(three(tf), axis=0)
    reduce_sum/negative: tf.sparse.reduce_sum(three(tf), [-1])
    reduce_sum/keep: tf.sparse.reduce_sum(three(tf), 1, keepdims=True)
    reduce_sum/keep_all: tf.sparse.reduce_sum(three(tf), keepdims=True)
    reduce_sum/both: tf.sparse.reduce_sum(cube(tf), [0, 2])
    reduce_sum/no_axes: tf.sparse.reduce_sum(three(tf), [])
    reduce_sum/sparse: tf.sparse.reduce_sum(three(tf), 1, output_is_sparse=True)
    reduce_sum/sparse_keep: tf.sparse.reduce_sum(three(tf), 1, keepdims=True, output_is_sparse=True)
    reduce_sum/sparse_all: tf.sparse.reduce_sum(three(tf), output_is_sparse=True)
    reduce_sum/empty: tf.sparse.reduce_sum(empty(tf), 0)
    reduce_sum/ints: tf.sparse.reduce_sum(ids(tf), 1)
    reduce_sum/axis: tf.sparse.reduce_sum(three(tf), 2)  # raises: Invalid reduction dimension
    reduce_max/all: tf.sparse.reduce_max(three(tf))
    reduce_max/rows: tf.sparse.reduce_max(three(tf).with_values([-1.0, -2.0, -5.0]), 1)
    reduce_max/keep: tf.sparse.reduce_max(three(tf), 0, True)
    reduce_max/sparse: tf.sparse.reduce_max(three(tf), 1, output_is_sparse=True)
    reduce_max/empty: tf.sparse.reduce_max(empty(tf), 0)
    reduce_max/ints: tf.sparse.reduce_max(ids(tf), 1)
    reduce_max/axis: tf.sparse.reduce_max(three(tf), -3)  # raises: Invalid reduction dimension
    softmax/rows: tf.sparse.softmax(three(tf))
    softmax/cube: tf.sparse.softmax(cube(tf))
    softmax/empty: tf.sparse.softmax(empty(tf))
    softmax/half: tf.sparse.softmax(st(tf, *THREE, "float16"))
    softmax/large: tf.sparse.softmax(st(tf, [[0, 0], [0, 1]], [1000.0, -1000.0], [1, 2]))
    softmax/vector: tf.sparse.softmax(st(tf, [[0]], [1.0], [2]))  # raises: rank >= 2
    map_values/add: tf.sparse.map_values(tf.add, three(tf), 5.0)
    map_values/two: tf.sparse.map_values(tf.multiply, three(tf), three(tf))
    map_values/named: tf.sparse.map_values(lambda x, y: x + y[0], x=three(tf), y=[three(tf)])
    map_values/differ: tf.sparse.map_values(tf.add, three(tf), other(tf))  # raises: Mismatched indices
    map_values/shapes: tf.sparse.map_values(tf.add, three(tf), st(tf, *THREE[:2], [3, 5]))  # raises: Mismatched shapes
    map_values/none: tf.sparse.map_values(tf.add, 1.0, 2.0)  # raises: No SparseTensor in argument list
    bincount/rows: tf.sparse.bincount(ids(tf), axis=-1)
    bincount/all: tf.sparse.bincount(ids(tf))
    bincount/dense: tf.sparse.bincount([[1, 1, 3], [0, 2, 2]], axis=-1)
    bincount/dense_all: tf.sparse.bincount([[1, 1, 3], [0, 2, 2]])
    bincount/weights: tf.sparse.bincount(ids(tf), ids(tf).with_values([0.5, 2.0, 3.0, 4.0]), axis=-1)
    bincount/dense_weights: tf.sparse.bincount([1, 1, 3], [0.5, 1.0, 2.0])
    bincount/binary: tf.sparse.bincount([[1, 1, 3]], axis=-1, binary_output=True)
    bincount/minlength: tf.sparse.bincount([1, 1, 3], minlength=9)
    bincount/maxlength: tf.sparse.bincount([1, 1, 3], maxlength=3)
    bincount/empty: tf.sparse.bincount(tf.zeros([0], tf.int32))
    bincount/negative: tf.sparse.bincount([1, -1])  # raises: non-negative
    bincount/exclusive: tf.sparse.bincount([1], [1.0], binary_output=True)  # raises: mutually exclusive
    bincount/axis: tf.sparse.bincount([1], axis=1)  # raises: Unsupported value for argument axis
    bincount/weights_dense: tf.sparse.bincount(ids(tf), [1.0], axis=-1)  # raises: must be a SparseTensor
    math_bincount/sparse: tf.math.bincount(ids(tf))
    math_bincount/rows: tf.math.bincount(ids(tf), axis=-1)
    math_bincount/weights: tf.math.bincount(ids(tf), ids(tf).with_values([0.5, 2.0, 3.0, 4.0]), axis=-1)
    math_bincount/binary: tf.math.bincount(ids(tf), axis=-1, binary_output=True)
    math_bincount/bounds: tf.math.bincount(ids(tf), minlength=3, maxlength=3)
    cross/words: tf.sparse.cross([words(tf), words(tf)])
    cross/dense: tf.sparse.cross([words(tf), tf.constant([["x", "y"], ["z", "w"]])])
    cross/ints: tf.sparse.cross([words(tf), tf.constant([[1], [2]])])
    cross/separator: tf.sparse.cross([words(tf), words(tf)], separator="-")
    cross/one: tf.sparse.cross([words(tf)])
    cross/rows_differ: tf.sparse.cross([words(tf), tf.constant([["x"]])])  # raises: Expected batch size
    cross/list: tf.sparse.cross(words(tf))  # raises: Inputs must be a list
    cross/kinds: tf.sparse.cross([[["a"]]])  # raises: must be Tensor or SparseTensor
    cross_hashed/words: tf.sparse.cross_hashed([words(tf), words(tf)])
    cross_hashed/buckets: tf.sparse.cross_hashed([words(tf), tf.constant([["x"], ["y"]])], num_buckets=100)
    cross_hashed/key: tf.sparse.cross_hashed([words(tf), tf.constant([["x"], ["y"]])], hash_key=5)
    cross_hashed/ints: tf.sparse.cross_hashed([ids(tf), tf.constant([[7], [8], [9], [10]])])
    cross_hashed/mixed: tf.sparse.cross_hashed([words(tf), tf.constant([[7], [8]])])
    addmm/matrix: tf.sparse.sampled_addmm([[0, 1], [1, 0]], [1.0, 2.0], [2, 2], [[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [7.0, 8.0]])
    addmm/scaled: tf.sparse.sampled_addmm([[0, 1]], [1.0], [2, 2], [[1.0], [3.0]], [[5.0, 6.0]], beta=0.5, alpha=2.0)
    addmm/shape: tf.sparse.sampled_addmm([[0, 1]], [1.0], [2, 3], [[1.0], [3.0]], [[5.0, 6.0]])  # raises: does not match output shape
    segment/sum: tf.sparse.segment_sum([[1.0], [2.0], [3.0]], [0, 2, 2], [0, 0, 1])
    sets/size: tf.sets.size(ids(tf))
    sets/size_repeats: tf.sets.size(st(tf, [[0, 0], [0, 1], [1, 0]], [5, 5, 6], [3, 2]))
    sets/size_cube: tf.sets.size(st(tf, [[0, 0, 0], [1, 1, 0]], [5, 5], [2, 2, 2]))
    sets/size_dense: tf.sets.size([[1, 2]])  # raises: Expected `SparseTensor`
    sets/size_dtype: tf.sets.size(three(tf))  # raises: Invalid dtype
    sets/intersection: tf.sets.intersection([[1, 2, 3], [4, 5, 6]], [[3, 1], [9, 6]])
    sets/union: tf.sets.union([[1, 2, 3], [4, 5, 6]], [[3, 1], [9, 6]])
    sets/difference: tf.sets.difference([[1, 2, 3], [4, 5, 6]], [[3, 1], [9, 6]])
    sets/difference_b: tf.sets.difference([[1, 2, 3], [4, 5, 6]], [[3, 1], [9, 6]], aminusb=False)
    sets/strings: tf.sets.union([["b", "a"]], [["c", "a"]])
    sets/repeats: tf.sets.union([[1, 1, 1]], [[1, 1]])
    sets/cube: tf.sets.intersection([[[1, 2], [3, 4]]], [[[2], [5]]])
    sets/nothing: tf.sets.intersection([[1]], [[2]])
    sets/no_columns: tf.sets.union(tf.zeros([2, 0], tf.int32), tf.zeros([2, 0], tf.int32))
    sets/dense_sparse: tf.sets.difference(tf.constant([[1, 7], [1, 2], [0, 5], [9, 9]], tf.int64), ids(tf))
    sets/sparse_dense: tf.sets.difference(ids(tf), tf.constant([[1, 7], [1, 2], [0, 5], [9, 9]], tf.int64))
    sets/sparse_dense_b: tf.sets.difference(ids(tf), tf.constant([[1, 7], [1, 2], [0, 5], [9, 9]], tf.int64), aminusb=False)
    sets/sparse_union: tf.sets.union(ids(tf), ids(tf).with_values(tf.constant([5, 3, 2, 0], tf.int64)))
    sets/sparse_intersection: tf.sets.intersection(ids(tf), ids(tf).with_values(tf.constant([5, 3, 2, 0], tf.int64)))
    sets/dtypes: tf.sets.union([[1]], [["a"]])  # raises: Types don't match
    sets/floats: tf.sets.union([[1.0]], [[1.0]])  # raises: invalid dtype
    sets/shapes: tf.sets.union([[1]], [[1], [2]])  # raises: Mismatched shapes
    sets/vectors: tf.sets.union([1], [1])  # raises: has rank 1 < 2
    sets/unordered: tf.sets.size(st(tf, [[1, 0], [0, 0]], [5, 5], [3, 2]))  # raises: out of order
    sets/unordered_unchecked: tf.sets.union(st(tf, [[0, 1], [0, 0]], [5, 6], [1, 2]), st(tf, [[0, 0]], [7], [1, 1]), False)
    grad/to_dense: grads(tf, lambda v: tf.sparse.to_dense(three(tf).with_values(v)) * tf.reshape(tf.range(12.0), [3, 4]), [1.0, 2.0, 3.0])
    grad/default: grads(tf, lambda v, d: tf.raw_ops.SparseToDense(sparse_indices=THREE[0], output_shape=THREE[2], sparse_values=v, default_value=d), [1.0, 2.0, 3.0], 5.0)
    grad/reorder: grads(tf, lambda v: tf.sparse.reorder(st(tf, [[1, 0], [0, 2], [0, 1]], v, [2, 3])).values * [1.0, 2.0, 3.0], [1.0, 2.0, 3.0])
    grad/add: grads(tf, lambda a, b: tf.sparse.add(three(tf).with_values(a), other(tf).with_values(b)).values ** 2, [1.0, 2.0, 3.0], [4.0, 5.0, 6.0])
    grad/add_dense: grads(tf, lambda a, b: tf.sparse.add(three(tf).with_values(a), b) ** 2, [1.0, 2.0, 3.0], [[1.0] * 4] * 3)
    grad/reduce_sum: grads(tf, lambda v: tf.sparse.reduce_sum(cube(tf).with_values(v), [0, 2]) ** 2, [1.0, 2.0, 3.0])
    grad/reduce_sum_keep: grads(tf, lambda v: tf.sparse.reduce_sum(cube(tf).with_values(v), -1, True) ** 2, [1.0, 2.0, 3.0])
    grad/slice: grads(tf, lambda v: tf.sparse.slice(three(tf).with_values(v), [0, 1], [2, 2]).values * [3.0, 4.0], [1.0, 2.0, 3.0])
    grad/matmul: grads(tf, lambda v, b: tf.sparse.sparse_dense_matmul(three(tf).with_values(v), b) ** 2, [1.0, 2.0, 3.0], [[1.0, 2.0]] * 4)
    grad/matmul_adjoint_a: grads(tf, lambda v, b: tf.sparse.sparse_dense_matmul(three(tf).with_values(v), b, True) ** 2, [1.0, 2.0, 3.0], [[1.0, 2.0]] * 3)
    grad/matmul_adjoint_b: grads(tf, lambda v, b: tf.sparse.sparse_dense_matmul(three(tf).with_values(v), b, False, True) ** 2, [1.0, 2.0, 3.0], [[1.0, 2.0, 3.0, 4.0]] * 2)
    grad/mul: grads(tf, lambda v, b: (three(tf).with_values(v) * b).values ** 2, [1.0, 2.0, 3.0], [[1.0, 2.0, 3.0, 4.0]])
    grad/div: grads(tf, lambda v, b: (three(tf).with_values(v) / b).values ** 2, [1.0, 2.0, 3.0], [[1.0], [2.0], [3.0]])
    grad/softmax: grads(tf, lambda v: tf.sparse.softmax(three(tf).with_values(v)).values * [1.0, 2.0, 3.0], [1.0, 2.0, 3.0])
    grad/fill_empty_rows: grads(tf, lambda v: tf.sparse.fill_empty_rows(st(tf, [[0, 1], [2, 0]], v, [4, 2]), 5.0)[0].values * [1.0, 2.0, 3.0, 4.0], [1.0, 2.0])
    function/sparse_argument: in_function(tf, lambda x: tf.sparse.to_dense(x), three(tf))
    function/sparse_result: in_function(tf, lambda x: x * 2.0, three(tf))
    function/signature: in_function(tf, lambda x: tf.sparse.reduce_sum(x, 0), three(tf), input_signature=[tf.SparseTensorSpec([None, 4], tf.float32)])
    function/in_structure: in_function(tf, lambda d: {"y": tf.sparse.add(d["x"], d["x"])}, {"x": three(tf)})
    function/cond: in_function(tf, lambda x: tf.cond(tf.size(x.values) > 1, lambda: x, lambda: tf.sparse.add(x, x)), three(tf))
    function/reshape: in_function(tf, lambda x: tf.sparse.reshape(x, [-1, 2]), three(tf), input_signature=[tf.SparseTensorSpec(None, tf.float32)])
    function/matmul: in_function(tf, lambda x: tf.sparse.sparse_dense_matmul(x, tf.ones([4, 2])), three(tf))
    function/concat: in_function(tf, lambda x: tf.sparse.concat(0, [x, x]), three(tf))
    function/shape_in_graph: in_function(tf, lambda x: tf.shape(x), three(tf))
""")


@case("function/static_shapes")
def static_shapes(tf):
    found = []

    @tf.function(input_signature=[tf.SparseTensorSpec([None, 4], tf.float32)])
    def f(x):
        found.extend([x.shape, x.indices.shape, x.values.shape, x.dense_shape.shape])
        found.append(tf.sparse.to_dense(x).shape.rank)
        found.append(tf.sparse.transpose(x).shape)
        found.append(tf.sparse.expand_dims(x, 0).shape[:2])
        found.append(tf.sparse.concat(1, [x, x]).shape)
        return x

    f(three(tf))
    return found


@case("function/while")
def sparse_in_a_loop(tf):
    @tf.function
    def f(x):
        return tf.while_loop(lambda i, x: i < 3, lambda i, x: (i + 1, x * 2.0), [0, x])

    return f(three(tf))


@case("function/traces")
def one_trace_for_all_lengths(tf):
    traces = []

    @tf.function
    def f(x):
        traces.append(1)
        return tf.sparse.reduce_sum(x)

    f(three(tf))
    f(st(tf, [[0, 0]], [1.0], [3, 4]))
    f(st(tf, [[0, 0]], [1.0], [3, 5]))
    return len(traces)


def gradient_by_a_sparse_tensor(tf):
    x = three(tf)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.sparse.reduce_sum(x * 3.0)
    return tape.gradient(y, x)


case.raises("grad/sparse_source", gradient_by_a_sparse_tensor, says=["SparseTensor is not supported as a gradient source"])


@case("shape/of_sizes_known_in_part")
def _(tf):
    shapes = []

    @tf.function(input_signature=[tf.SparseTensorSpec([None, 3, 3], tf.float32), tf.TensorSpec([None, 3, 3])])
    def f(x, dense):
        n = tf.shape(x)[0]
        for one in (
            tf.SparseTensor(x.indices, x.values, (n, 3, 5)), tf.SparseTensor(x.indices, x.values, [2, n, n]),
            tf.SparseTensor(x.indices, x.values, x.dense_shape * 2), tf.sparse.from_dense(dense), tf.sparse.eye(n, 4),
        ):  # fmt: skip
            shapes.append(one.shape)
        return dense

    f.get_concrete_function()
    return shapes


@case("serialize/there_and_back")
def serialized(tf):
    text = tf.io.serialize_many_sparse(three(tf))
    return tf.io.deserialize_many_sparse(text, tf.float32)
