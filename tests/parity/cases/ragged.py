"""tf.RaggedTensor: making, taking apart, indexing, converting; RowPartition, DynamicRaggedShape, specs."""

from tests.parity.case import Family

case = Family(__name__)


def rt(tf, rows=None, **options):
    return tf.ragged.constant([[3, 1, 4, 1], [], [5, 9, 2], [6], []] if rows is None else rows, **options)


def deep(tf, **options):
    return tf.ragged.constant([[[1, 2], [3]], [], [[4, 5, 6], [], [7]]], **options)


def wide(tf):
    """Rows of pairs."""
    return tf.ragged.constant([[[1, 2], [3, 4]], [[5, 6]], []], ragged_rank=1, inner_shape=(2,))


def uniform(tf):
    return tf.RaggedTensor.from_uniform_row_length(rt(tf, [[1], [2, 3], [4], []]), 2)


def RT(tf):
    return tf.RaggedTensor


def RP(tf):
    return tf.experimental.RowPartition


def DRS(tf):
    return tf.experimental.DynamicRaggedShape


def parts(p):
    return (p.row_splits(), p.row_lengths(), p.value_rowids(), p.row_starts(), p.row_limits(), p.nrows(), p.nvals(),
            p.offsets_in_rows(), p.uniform_row_length(), p.is_uniform(), *[None if n is None else int(n) for n in (p.static_nrows, p.static_nvals, p.static_uniform_row_length)],
            p.dtype)  # fmt: skip


def traced(tf, function, *args, **options):
    return tf.function(function, autograph=False, **options)(*args)


case.table("""
    constant/matrix: rt(tf)
    constant/deep: deep(tf)
    constant/floats: rt(tf, [[1.5], [2.0, 3.0]])
    constant/strings: rt(tf, [["a"], ["b", "c"]])
    constant/bools: rt(tf, [[True], []])
    constant/dtype: rt(tf, [[1], [2, 3]], dtype=tf.float64)
    constant/splits_dtype: rt(tf, row_splits_dtype=tf.int32)
    constant/ragged_rank: rt(tf, [[[1, 2], [3, 4]], [[5, 6]]], ragged_rank=1)
    constant/ragged_rank_0: rt(tf, [[1, 2], [3, 4]], ragged_rank=0)
    constant/ragged_rank_none: rt(tf, [1, 2])
    constant/scalar: rt(tf, 5)
    constant/inner_shape: rt(tf, [[[1, 2]], []], inner_shape=(2,))
    constant/inner_shape_empty: rt(tf, [[], []], inner_shape=(3,), dtype=tf.int32)  # raises
    constant/empty: rt(tf, [])
    constant/empty_rows: rt(tf, [[], []])
    constant/empty_deep: rt(tf, [[], [[]]])
    constant/empty_rank: rt(tf, [], ragged_rank=2, dtype=tf.int32)
    constant/tuples: rt(tf, ((1, 2), (3,)))
    constant/depths_differ: rt(tf, [[1], 2])  # raises: same nesting depth
    constant/depths_differ_deep: rt(tf, [[[1]], [2]])  # raises: same nesting depth
    constant/too_deep_lists: rt(tf, [[1], [[]]])  # raises: empty list nesting is greater
    constant/rank_too_high: rt(tf, [[1], [2]], ragged_rank=2)  # raises
    constant/rank_negative: rt(tf, [[1], [2]], ragged_rank=-1)  # raises: must be nonnegative
    constant/rank_of_scalar: rt(tf, 5, ragged_rank=1)  # raises: incompatible with ragged_rank
    constant/inner_of_scalar: rt(tf, 5, inner_shape=(2,))  # raises: incompatible with dim(inner_shape)
    constant/inner_differs: rt(tf, [[[1, 2]], [[3]]], inner_shape=(2,))  # raises
    constant/mixed: rt(tf, [[1, "a"], []])  # raises
    constant/splits_dtype_wrong: rt(tf, row_splits_dtype=tf.float32)  # raises
    from/row_splits: RT(tf).from_row_splits([3, 1, 4, 1, 5], [0, 2, 2, 5])
    from/row_splits_int32: RT(tf).from_row_splits([3, 1], tf.constant([0, 2]))
    from/row_splits_empty: RT(tf).from_row_splits(tf.zeros([0]), [0])
    from/row_splits_none: RT(tf).from_row_splits([], [])  # raises: may not be empty
    from/row_splits_start: RT(tf).from_row_splits([1, 2], [1, 2])  # raises
    from/row_splits_end: RT(tf).from_row_splits([1, 2], [0, 1])  # raises
    from/row_splits_end_unchecked: RT(tf).from_row_splits([1, 2], [0, 1], validate=False)
    from/row_splits_falling: RT(tf).from_row_splits([1, 2], [0, 2, 1, 2])  # raises
    from/row_splits_matrix: RT(tf).from_row_splits([1, 2], [[0, 2]])  # raises
    from/row_splits_floats: RT(tf).from_row_splits([1, 2], [0.0, 2.0])  # raises
    from/row_lengths: RT(tf).from_row_lengths([3, 1, 4], [2, 0, 1])
    from/row_lengths_empty: RT(tf).from_row_lengths([], [])
    from/row_lengths_negative: RT(tf).from_row_lengths([1], [2, -1])  # raises
    from/row_lengths_sum: RT(tf).from_row_lengths([1, 2, 3], [2])  # raises
    from/row_lengths_matrix: RT(tf).from_row_lengths([1], [[1]])  # raises
    from/value_rowids: RT(tf).from_value_rowids([3, 1, 4], [0, 0, 2])
    from/value_rowids_nrows: RT(tf).from_value_rowids([3, 1, 4], [0, 0, 2], nrows=5)
    from/value_rowids_empty: RT(tf).from_value_rowids([], [], nrows=2)
    from/value_rowids_none: RT(tf).from_value_rowids([], [])
    from/value_rowids_unordered: RT(tf).from_value_rowids([1, 2], [1, 0])  # raises
    from/value_rowids_nrows_small: RT(tf).from_value_rowids([1, 2], [0, 3], nrows=2)  # raises
    from/value_rowids_nrows_negative: RT(tf).from_value_rowids([], [], nrows=-1)  # raises
    from/value_rowids_count: RT(tf).from_value_rowids([1, 2, 3], [0, 1])  # raises
    from/row_starts: RT(tf).from_row_starts([3, 1, 4, 1], [0, 2, 2])
    from/row_starts_empty: RT(tf).from_row_starts([], [])
    from/row_starts_wrong: RT(tf).from_row_starts([3, 1], [1])  # raises
    from/row_starts_far: RT(tf).from_row_starts([3, 1], [0, 5])  # raises
    from/row_limits: RT(tf).from_row_limits([3, 1, 4, 1], [1, 1, 4])
    from/row_limits_empty: RT(tf).from_row_limits([], [])
    from/row_limits_end: RT(tf).from_row_limits([3, 1], [1])  # raises
    from/uniform: RT(tf).from_uniform_row_length([1, 2, 3, 4], 2)
    from/uniform_zero: RT(tf).from_uniform_row_length([], 0, nrows=3)
    from/uniform_zero_unknown: RT(tf).from_uniform_row_length([], 0)
    from/uniform_ragged: uniform(tf)
    from/uniform_no_multiple: RT(tf).from_uniform_row_length([1, 2, 3], 2)  # raises
    from/uniform_nrows: RT(tf).from_uniform_row_length([1, 2, 3, 4], 2, nrows=3)  # raises
    from/uniform_negative: RT(tf).from_uniform_row_length([1], -1)  # raises: must be >= 0
    from/nested_splits: RT(tf).from_nested_row_splits([1, 2, 3], [[0, 1, 2], [0, 2, 3]])
    from/nested_lengths: RT(tf).from_nested_row_lengths([1, 2, 3], [[2, 0], [1, 2]])
    from/nested_rowids: RT(tf).from_nested_value_rowids([1, 2, 3], [[0, 0], [0, 1, 1]], [2, 2])
    from/nested_rowids_plain: RT(tf).from_nested_value_rowids([1, 2, 3], [[0, 0], [0, 1, 1]])
    from/nested_tensor: RT(tf).from_nested_row_splits([1], tf.constant([[0, 1]]))  # raises: must be a list of Tensors
    from/nested_nrows_length: RT(tf).from_nested_value_rowids([1], [[0]], [1, 2])  # raises: must have the same length
    from/splits_dtypes: RT(tf).from_row_splits(RT(tf).from_row_splits([1, 2], tf.constant([0, 1, 2])), tf.constant([0, 2], tf.int64))  # raises
    from/constructor: RT(tf)([1], [0, 1])  # raises: constructor is private
    from_tensor/plain: RT(tf).from_tensor([[1, 2], [3, 4]])
    from_tensor/lengths: RT(tf).from_tensor([[1, 2, 3], [4, 5, 6]], lengths=[1, 3])
    from_tensor/lengths_over: RT(tf).from_tensor([[1, 2, 3], [4, 5, 6]], lengths=[9, -2])
    from_tensor/lengths_nested: RT(tf).from_tensor([[[1, 2], [3, 0]], [[4, 0], [0, 0]]], lengths=([2, 1], [2, 1, 1]))
    from_tensor/padding: RT(tf).from_tensor([[5, 7, 0], [0, 3, 0], [6, 0, 0]], padding=0)
    from_tensor/padding_vector: RT(tf).from_tensor([[[1, 2], [0, 0]], [[0, 0], [3, 0]]], padding=[0, 0])
    from_tensor/padding_strings: RT(tf).from_tensor([["a", ""], ["", ""]], padding="")
    from_tensor/ragged_rank: RT(tf).from_tensor([[[1, 2], [3, 4]]], ragged_rank=2)
    from_tensor/ragged_rank_padding: RT(tf).from_tensor([[[1, 0], [0, 0]]], ragged_rank=2, padding=0)
    from_tensor/inner: RT(tf).from_tensor([[[1, 2], [3, 4]]])
    from_tensor/int32: RT(tf).from_tensor([[1, 2]], row_splits_dtype=tf.int32)
    from_tensor/no_columns: RT(tf).from_tensor(tf.zeros([2, 0]))
    from_tensor/no_rows: RT(tf).from_tensor(tf.zeros([0, 3]))
    from_tensor/vector: RT(tf).from_tensor([1, 2])  # raises: must be greater than 1
    from_tensor/both: RT(tf).from_tensor([[1]], lengths=[1], padding=0)  # raises: but not both
    from_tensor/rank_zero: RT(tf).from_tensor([[1]], ragged_rank=0)  # raises: must be greater than 0
    from_tensor/rank_float: RT(tf).from_tensor([[1]], ragged_rank=1.0)  # raises: must be an int
    from_tensor/rank_high: RT(tf).from_tensor([[1]], ragged_rank=2)  # raises
    from_tensor/lengths_count: RT(tf).from_tensor([[1], [2]], lengths=[1])  # raises
    from_tensor/padding_shape: RT(tf).from_tensor([[1], [2]], padding=[0])  # raises
    from_sparse/matrix: RT(tf).from_sparse(tf.SparseTensor([[0, 0], [0, 1], [2, 0]], [1, 2, 3], [4, 5]))
    from_sparse/empty: RT(tf).from_sparse(tf.SparseTensor(tf.zeros([0, 2], tf.int64), tf.zeros([0]), [2, 3]))
    from_sparse/gap: RT(tf).from_sparse(tf.SparseTensor([[0, 1]], [1], [1, 2]))  # raises: not right-ragged
    from_sparse/cube: RT(tf).from_sparse(tf.SparseTensor([[0, 0, 0]], [1], [1, 2, 3]))  # raises: must be 2
    from_sparse/dense: RT(tf).from_sparse([[1]])  # raises: must be of type SparseTensor
    part/values: rt(tf).values
    part/flat_values: deep(tf).flat_values
    part/row_splits: deep(tf).row_splits
    part/nested_row_splits: deep(tf).nested_row_splits
    part/value_rowids: rt(tf).value_rowids()
    part/nested_value_rowids: deep(tf).nested_value_rowids()
    part/nrows: rt(tf).nrows()
    part/nrows_int32: rt(tf).nrows(out_type=tf.int32)
    part/row_starts: rt(tf).row_starts()
    part/row_limits: rt(tf).row_limits()
    part/row_lengths: rt(tf).row_lengths()
    part/row_lengths_0: rt(tf).row_lengths(axis=0)
    part/row_lengths_2: deep(tf).row_lengths(axis=2)
    part/row_lengths_inner: wide(tf).row_lengths(axis=2)
    part/row_lengths_negative: deep(tf).row_lengths(axis=-1)
    part/row_lengths_far: rt(tf).row_lengths(axis=2)  # raises
    part/nested_row_lengths: deep(tf).nested_row_lengths()
    part/bounding_shape: deep(tf).bounding_shape()
    part/bounding_shape_axis: deep(tf).bounding_shape(axis=2)
    part/bounding_shape_axes: deep(tf).bounding_shape(axis=[0, 2])
    part/bounding_shape_int32: rt(tf).bounding_shape(out_type=tf.int32)
    part/bounding_shape_wide: wide(tf).bounding_shape()
    part/bounding_shape_empty: rt(tf, [[], []]).bounding_shape()
    part/shape: (rt(tf).shape, deep(tf).shape, wide(tf).shape, uniform(tf).shape, rt(tf).get_shape())
    part/ragged_rank: (rt(tf).ragged_rank, deep(tf).ragged_rank, wide(tf).ragged_rank)
    part/dtype: (rt(tf).dtype, rt(tf, [["a"]]).dtype)
    part/uniform_row_length: (rt(tf).uniform_row_length, uniform(tf).uniform_row_length)
    with/values: rt(tf).with_values([10, 20, 30, 40, 50, 60, 70, 80])
    with/values_ragged: rt(tf, [[1, 2], []]).with_values(rt(tf, [[1], [2, 3]]))
    with/values_count: rt(tf).with_values([1, 2])  # raises
    with/values_scalar: rt(tf).with_values(1)  # raises
    with/flat_values: deep(tf).with_flat_values(tf.range(7) * 10)
    with/splits_dtype: deep(tf).with_row_splits_dtype(tf.int32)
    with/splits_dtype_same: rt(tf).with_row_splits_dtype(tf.int64)
    with/splits_dtype_wrong: rt(tf).with_row_splits_dtype(tf.int8)  # raises: must be int32 or int64
    merge/outer: deep(tf).merge_dims(0, 1)
    merge/inner: deep(tf).merge_dims(1, 2)
    merge/all: deep(tf).merge_dims(0, 2)
    merge/negative: deep(tf).merge_dims(-2, -1)
    merge/same: deep(tf).merge_dims(1, 1)
    merge/wide: wide(tf).merge_dims(1, 2)
    merge/wide_all: wide(tf).merge_dims(0, 2)
    merge/order: deep(tf).merge_dims(2, 1)  # raises: to be less than or equal to
    merge/far: deep(tf).merge_dims(0, 3)  # raises: out of bounds
    to_tensor/plain: rt(tf).to_tensor()
    to_tensor/default: rt(tf).to_tensor(default_value=-1)
    to_tensor/strings: rt(tf, [["a"], [], ["b", "c"]]).to_tensor()
    to_tensor/strings_default: rt(tf, [["a"], []]).to_tensor("?")
    to_tensor/deep: deep(tf).to_tensor()
    to_tensor/wide: wide(tf).to_tensor()
    to_tensor/wide_default: wide(tf).to_tensor([8, 9])
    to_tensor/shape: rt(tf).to_tensor(shape=[None, 2])
    to_tensor/shape_larger: rt(tf).to_tensor(shape=[6, 5])
    to_tensor/shape_rows: rt(tf).to_tensor(shape=[2, None])
    to_tensor/shape_tensor: rt(tf).to_tensor(shape=tf.constant([3, 3]))
    to_tensor/shape_rank: rt(tf).to_tensor(shape=[3, 3, 3])  # raises
    to_tensor/shape_inner: wide(tf).to_tensor(shape=[3, 2, 5])  # raises
    to_tensor/empty: rt(tf, [[], []]).to_tensor()
    to_tensor/no_rows: rt(tf, [], ragged_rank=1).to_tensor()
    to_tensor/uniform: uniform(tf).to_tensor()
    to_tensor/dtype: rt(tf).to_tensor(0.5)  # raises
    to_tensor/default_rank: rt(tf).to_tensor([[1]])  # raises
    to_sparse/matrix: rt(tf).to_sparse()
    to_sparse/deep: deep(tf).to_sparse()
    to_sparse/wide: wide(tf).to_sparse()
    to_sparse/empty: rt(tf, [[], []]).to_sparse()
    to_list/matrix: rt(tf).to_list()
    to_list/deep: deep(tf).to_list()
    to_list/strings: rt(tf, [["a"], []]).to_list()
    to_list/wide: wide(tf).to_list()
    to_list/empty: rt(tf, []).numpy().tolist()
    numpy/equal_rows: rt(tf, [[1, 2], [3, 4]]).numpy()
    numpy/lengths: [r.tolist() for r in rt(tf).numpy()]
    repr/matrix: repr(rt(tf))
    repr/deep: repr(deep(tf))
    repr/wide: repr(wide(tf))
    repr/equal_rows: repr(rt(tf, [[1, 2], [3, 4]]))
    repr/floats: repr(rt(tf, [[1.5, float("nan")], []]))
    repr/strings: repr(rt(tf, [["a", "b'c"], []]))
    repr/bools: repr(rt(tf, [[True], []]))
    repr/empty: repr(rt(tf, [[]]))
    repr/long: repr(rt(tf, [list(range(30)), []]))
    repr/many: repr(rt(tf, [[i] * (i % 3) for i in range(40)]))
    str/matrix: str(rt(tf))
    bool/refused: bool(rt(tf))  # raises: may not be used as a boolean
    hash/refused: hash(rt(tf))  # raises: unhashable
    iter/rows: list(rt(tf))
    iter/deep: [x.to_list() for x in deep(tf)]
    len/refused: len(rt(tf))  # raises
    item/first: rt(tf)[0]
    item/last: rt(tf)[-1]
    item/far: rt(tf)[5]  # raises
    item/element: rt(tf)[0][2]
    item/two: deep(tf)[2, 0]
    item/three: deep(tf)[0, 0, 1]
    item/inner_ragged: rt(tf)[:, 0]  # raises: inner ragged dimension
    item/uniform: uniform(tf)[:, 1]
    item/uniform_far: uniform(tf)[:, 2]  # raises
    item/wide: wide(tf)[:, :, 0]
    item/wide_row: wide(tf)[0, 1]
    item/slice: rt(tf)[1:3]
    item/slice_open: rt(tf)[2:]
    item/slice_negative: rt(tf)[-2:]
    item/slice_step: rt(tf)[::2]
    item/slice_back: rt(tf)[::-1]
    item/slice_back_part: rt(tf)[3:0:-2]
    item/slice_empty: rt(tf)[3:1]
    item/slice_far: rt(tf)[2:99]
    item/columns: rt(tf)[:, :2]
    item/columns_from: rt(tf)[:, 1:]
    item/columns_last: rt(tf)[:, -2:]
    item/columns_but_last: rt(tf)[:, :-1]
    item/columns_step: rt(tf)[:, ::2]
    item/columns_back: rt(tf)[:, ::-1]
    item/columns_back_part: rt(tf)[:, -1:0:-1]
    item/columns_far: rt(tf)[:, 7:]
    item/deep_columns: deep(tf)[:, :1]
    item/deep_inner: deep(tf)[:, :, 1:]
    item/deep_both: deep(tf)[1:, ::-1, :1]
    item/row_columns: rt(tf)[0, 1:3]
    item/deep_row: deep(tf)[2, 1:]
    item/newaxis: rt(tf)[tf.newaxis]
    item/newaxis_second: rt(tf)[:, tf.newaxis]
    item/newaxis_last: rt(tf)[:, :, tf.newaxis]
    item/ellipsis: deep(tf)[..., :1]
    item/ellipsis_first: deep(tf)[1, ...]
    item/ellipsis_only: rt(tf)[...]
    item/tensor: rt(tf)[tf.constant(2)]
    item/tensor_64: rt(tf)[tf.constant(-2, tf.int64)]
    item/tensor_bounds: rt(tf)[tf.constant(1):tf.constant(3)]
    item/column_tensor_bounds: rt(tf)[:, tf.constant(1):]
    item/float: rt(tf)[1.5]  # raises
    item/list: rt(tf)[[0, 1]]
    item/string: rt(tf)["a"]  # raises
    item/too_many: rt(tf)[0, 0, 0]  # raises
    item/step_zero: rt(tf)[:, ::0]  # raises
    spec/shape: tf.RaggedTensorSpec([None, None], tf.int32)
    spec/repr: repr(tf.RaggedTensorSpec([2, None, 3], tf.float32, 1))
    spec/rank: tf.RaggedTensorSpec(None, tf.int32, 2, tf.int32)
    spec/no_rank: tf.RaggedTensorSpec(None, tf.int32)  # raises: Must specify ragged_rank or a shape
    spec/rank_high: tf.RaggedTensorSpec([None, 2], tf.int32, 2)  # raises: must be less than rank
    spec/no_dtype: tf.RaggedTensorSpec([None, None], None)  # raises: must be provided
    spec/properties: (lambda s: (s.shape, s.dtype, s.ragged_rank, s.row_splits_dtype, s.flat_values_spec, s.value_type))(tf.RaggedTensorSpec([2, None], tf.int32))
    spec/value_type: tf.RaggedTensorSpec([2, 3], tf.int32, 0).value_type
    spec/from_value: tf.RaggedTensorSpec.from_value(deep(tf))
    spec/of_value: tf.type_spec_from_value(uniform(tf))
    spec/compatible: tf.RaggedTensorSpec([None, None], tf.int32).is_compatible_with(rt(tf))
    spec/compatible_dtype: tf.RaggedTensorSpec([None, None], tf.float32).is_compatible_with(rt(tf))
    spec/compatible_rank: tf.RaggedTensorSpec([None, None], tf.int32).is_compatible_with(deep(tf))
    spec/compatible_splits: tf.RaggedTensorSpec([None, None], tf.int32, row_splits_dtype=tf.int32).is_compatible_with(rt(tf))
    spec/compatible_rows: tf.RaggedTensorSpec([4, None], tf.int32).is_compatible_with(rt(tf))
    spec/compatible_dense: tf.RaggedTensorSpec([2, 3], tf.int32, 0).is_compatible_with(tf.zeros([2, 3], tf.int32))
    spec/equal: tf.RaggedTensorSpec([2, None]) == tf.RaggedTensorSpec([2, None], ragged_rank=1)
    spec/supertype: tf.RaggedTensorSpec([2, None]).most_specific_common_supertype([tf.RaggedTensorSpec([3, None])])
    nest/flatten: tf.nest.flatten(deep(tf), expand_composites=True)
    nest/map: tf.nest.map_structure(tf.identity, deep(tf), expand_composites=True)
    nest/same: tf.nest.assert_same_structure(rt(tf), rt(tf, [[1]]), expand_composites=True)
    nest/ranks: tf.nest.assert_same_structure(rt(tf), deep(tf), expand_composites=True)  # raises
    partition/splits: parts(RP(tf).from_row_splits([0, 2, 2, 5]))
    partition/lengths: parts(RP(tf).from_row_lengths([2, 0, 3]))
    partition/rowids: parts(RP(tf).from_value_rowids([0, 0, 2], nrows=4))
    partition/starts: parts(RP(tf).from_row_starts([0, 2, 2], nvals=5))
    partition/limits: parts(RP(tf).from_row_limits([2, 2, 5]))
    partition/uniform: parts(RP(tf).from_uniform_row_length(2, nvals=6))
    partition/uniform_nrows: parts(RP(tf).from_uniform_row_length(0, nvals=0, nrows=3))
    partition/dtype: parts(RP(tf).from_row_splits([0, 2], dtype=tf.int32))
    partition/with_dtype: RP(tf).from_row_lengths([2]).with_dtype(tf.int32).dtype
    partition/with_dtype_wrong: RP(tf).from_row_lengths([2]).with_dtype(tf.float32)  # raises: must be int32 or int64
    partition/repr: repr(RP(tf).from_row_splits([0, 2, 5]))
    partition/repr_uniform: repr(RP(tf).from_uniform_row_length(2, nvals=6))
    partition/constructor: RP(tf)([0, 1])  # raises: constructor is private
    partition/splits_empty: RP(tf).from_row_splits([])  # raises: may not be empty
    partition/splits_falling: RP(tf).from_row_splits([0, 3, 2])  # raises
    partition/lengths_negative: RP(tf).from_row_lengths([-1])  # raises
    partition/uniform_nothing: RP(tf).from_uniform_row_length(2)  # raises: nvals and nrows must be specified
    partition/uniform_differs: RP(tf).from_uniform_row_length(2, nvals=5, nrows=2)  # raises
    partition/spec: repr(RP(tf).from_row_splits([0, 2, 5])._type_spec)
    shape/of_ragged: repr(tf.shape(rt(tf)))
    shape/of_deep: repr(tf.shape(deep(tf)))
    shape/of_wide: repr(tf.shape(wide(tf)))
    shape/of_uniform: repr(tf.shape(uniform(tf)))
    shape/dtype: (tf.shape(rt(tf)).dtype, tf.shape(rt(tf), out_type=tf.int64).dtype)
    shape/rank: (tf.shape(deep(tf)).rank, tf.shape(wide(tf)).rank, tf.shape(wide(tf)).inner_rank, tf.shape(wide(tf)).num_row_partitions)
    shape/inner_shape: tf.shape(wide(tf)).inner_shape
    shape/item: (tf.shape(rt(tf))[0], tf.shape(wide(tf))[2], tf.shape(wide(tf))[-1])
    shape/item_ragged: tf.shape(rt(tf))[1]  # raises: is not uniform
    shape/item_far: tf.shape(rt(tf))[2]  # raises: axis=2 < rank=2
    shape/item_slice: (repr(tf.shape(deep(tf))[:2]), repr(tf.shape(deep(tf))[:1]), repr(tf.shape(wide(tf))[:]))
    shape/item_inner: tf.shape(wide(tf))[2:]  # raises: must be uniform
    shape/item_string: tf.shape(rt(tf))["a"]  # raises: not an int or a slice
    shape/item_stride: tf.shape(rt(tf))[::2]  # raises: Cannot stride
    shape/uniform: [tf.shape(wide(tf)).is_uniform(i) for i in range(3)]
    shape/uniform_far: tf.shape(rt(tf)).is_uniform(2)  # raises: Expected axis=2 < rank=2
    shape/static_lengths: tf.shape(deep(tf)).static_lengths()
    shape/static_lengths_short: tf.shape(deep(tf)).static_lengths(ragged_lengths=False)
    shape/from_lengths: repr(DRS(tf).from_lengths([2, (2, 1), 3]))
    shape/from_lengths_dense: repr(DRS(tf).from_lengths([2, 3]))
    shape/from_lengths_parts: repr(DRS(tf).from_lengths([2, 2, 3], num_row_partitions=1))
    shape/from_lengths_empty: repr(DRS(tf).from_lengths([]))
    shape/from_lengths_deep: repr(DRS(tf).from_lengths([2, (2, 1), (2, 0, 3)]))
    shape/from_lengths_inconsistent: DRS(tf).from_lengths([2, (2, 1, 3)])  # raises: Shape not consistent
    shape/from_lengths_tuple: DRS(tf).from_lengths((2, 3))  # raises: should be a list
    shape/from_lengths_floats: DRS(tf).from_lengths([2.5])  # raises: should be int or tuple of ints
    shape/from_lengths_many: DRS(tf).from_lengths([2], num_row_partitions=1)  # raises: should be less than
    shape/from_partitions: repr(DRS(tf).from_row_partitions([RP(tf).from_row_lengths([2, 1])]))
    shape/from_no_partitions: DRS(tf).from_row_partitions([])  # raises: cannot be empty
    shape/from_tensor: repr(DRS(tf).from_tensor([[1, 2]]))
    shape/make: repr(DRS(tf)([RP(tf).from_row_lengths([2, 1])], [3, 4]))
    shape/make_misaligned: DRS(tf)([RP(tf).from_value_rowids([0, 0, 1])], [4])  # raises: does not match inner_shape
    shape/make_wrong: DRS(tf)([3], [4])  # raises: is not a RowPartition
    shape/with_dtype: DRS(tf).from_lengths([2, (2, 1)]).with_dtype(tf.int32).dtype
    shape/equal: tf.shape(rt(tf)) == tf.shape(rt(tf))
    function/argument: traced(tf, lambda x: x.to_tensor(), rt(tf))
    function/result: traced(tf, lambda x: x[:, ::-1], rt(tf))
    function/deep_result: traced(tf, lambda x: x.with_flat_values(x.flat_values * 2), deep(tf))
    function/signature: traced(tf, lambda x: x.to_tensor(), rt(tf), input_signature=[tf.RaggedTensorSpec([None, None], tf.int32)])
    function/static_shape: traced(tf, lambda x: str(x.shape) and x.row_lengths(), rt(tf))
    function/from_lengths: traced(tf, lambda v, n: tf.RaggedTensor.from_row_lengths(v, n), tf.range(4), tf.constant([1, 3]))
    function/from_lengths_wrong: traced(tf, lambda v, n: tf.RaggedTensor.from_row_lengths(v, n), tf.range(4), tf.constant([1, 2]))  # raises
    function/from_tensor: traced(tf, lambda x: tf.RaggedTensor.from_tensor(x, padding=0), tf.constant([[1, 0], [2, 3]]))
    function/structure: traced(tf, lambda d: {"y": d["x"].values}, {"x": rt(tf)})
    function/item: traced(tf, lambda x: x[2], rt(tf), input_signature=[tf.RaggedTensorSpec([None, None], tf.int32)])
    function/columns: traced(tf, lambda x: x[:, 1:], rt(tf), input_signature=[tf.RaggedTensorSpec([None, None], tf.int32)])
    function/to_sparse: traced(tf, lambda x: x.to_sparse(), rt(tf))
    function/bounding_shape: traced(tf, lambda x: x.bounding_shape(), deep(tf))
    function/merge: traced(tf, lambda x: x.merge_dims(0, 1), deep(tf), input_signature=[tf.RaggedTensorSpec([None, None, None], tf.int32)])
    function/cond: traced(tf, lambda x: tf.cond(x.nrows() > 2, lambda: x, lambda: x[:, :1]), rt(tf))
    function/spec_mismatch: traced(tf, lambda x: x, deep(tf), input_signature=[tf.RaggedTensorSpec([None, None], tf.int32)])  # raises
""")


@case("function/while")
def ragged_in_a_loop(tf):
    @tf.function(autograph=False)
    def f(x):
        return tf.while_loop(lambda i, x: i < 3, lambda i, x: (i + 1, x.with_flat_values(x.flat_values * 2)), [0, x])

    return f(rt(tf))


@case("function/shapes")
def shapes_in_a_trace(tf):
    found = []

    @tf.function(input_signature=[tf.RaggedTensorSpec([None, None, 3], tf.float32, 1)], autograph=False)
    def f(x):
        found.extend([x.shape, x.values.shape, x.row_splits.shape, x.row_lengths().shape, x.ragged_rank, x.dtype])
        return x.to_tensor()

    found.append(f(tf.RaggedTensor.from_row_splits(tf.zeros([2, 3]), [0, 1, 2])))
    return found


@case("function/traces")
def one_trace_for_all_lengths(tf):
    traces = []

    @tf.function(autograph=False)
    def f(x):
        traces.append(1)
        return x.flat_values

    for rows in ([[1], [2, 3]], [[1, 2, 3], []], [[1]]):
        f(tf.ragged.constant(rows))
    return len(traces)


@case("gradient/to_tensor")
def gradient_of_to_tensor(tf):
    x = tf.ragged.constant([[1.0, 2.0], [], [3.0]])
    with tf.GradientTape() as tape:
        tape.watch(x.flat_values)
        y = x.to_tensor() * [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]
    return tf.convert_to_tensor(tape.gradient(y, x.flat_values))


@case("gradient/source")
def gradient_by_a_ragged_tensor(tf):
    x = tf.ragged.constant([[1.0, 2.0], [], [3.0]])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.reduce_sum(x * x)
    return tape.gradient(y, x)


@case("gradient/target")
def gradient_of_a_ragged_tensor(tf):
    x = tf.constant([1.0, 2.0, 3.0])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.RaggedTensor.from_row_splits(x * x, [0, 2, 3])
    return tape.gradient(y, x)


@case("gradient/gather")
def gradient_of_rows(tf):
    x = tf.constant([1.0, 2.0, 3.0])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.gather(tf.RaggedTensor.from_row_splits(x * x, [0, 2, 3]), [1, 0, 1]).flat_values
    return tape.gradient(y, x)
