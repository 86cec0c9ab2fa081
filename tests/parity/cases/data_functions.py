"""tf.data: functions of elements, values of every kind, iterators, and errors."""

import collections

import numpy as np

from tests.parity.case import Family
from tests.parity.pipelines import shown, text, unseeded

case = Family(__name__)
Point = collections.namedtuple("Point", "x y")

case.table("""
    map/dict: shown(tf.data.Dataset.range(3).map(lambda x: {"a": x, "b": (x, tf.cast(x, tf.float32))}))
    map/list: shown(tf.data.Dataset.range(3).map(lambda x: [x, x + 1]))
    map/namedtuple: shown(tf.data.Dataset.range(3).map(lambda x: Point(x, x * 2)))
    map/none: shown(tf.data.Dataset.range(3).map(lambda x: (None, x)))
    map/constant: shown(tf.data.Dataset.range(3).map(lambda x: 7))
    map/python_list: shown(tf.data.Dataset.range(2).map(lambda x: (x, [1, 2])))
    map/ragged: shown(tf.data.Dataset.range(3).map(lambda x: tf.RaggedTensor.from_row_lengths(tf.range(x), [x])))
    map/sparse: shown(tf.data.Dataset.range(3).map(lambda x: tf.SparseTensor([[0, x]], [x], [1, 4])))
    map/strings: shown(tf.data.Dataset.from_tensor_slices(["a b", "c", ""]).map(tf.strings.length))
    map/split: shown(tf.data.Dataset.from_tensor_slices(["a b", "c", ""]).map(tf.strings.split))
    map/join: shown(tf.data.Dataset.from_tensor_slices(["a", "b"]).map(lambda s: tf.strings.join([s, "!"], "-")))
    map/shape_unknown: shown(tf.data.Dataset.range(4).map(lambda x: tf.range(x)))
    map/reshape: shown(tf.data.Dataset.from_tensor_slices(np.arange(12).reshape(3, 4)).map(lambda x: tf.reshape(x, [2, 2])))
    map/transpose: shown(tf.data.Dataset.from_tensor_slices(np.arange(12).reshape(2, 3, 2)).map(tf.transpose))
    map/reduce_sum: shown(tf.data.Dataset.from_tensor_slices(np.arange(12.0).reshape(3, 4) / 7).map(tf.reduce_sum))
    map/reduce_mean: shown(tf.data.Dataset.from_tensor_slices(np.arange(12, dtype=np.float32).reshape(3, 4)).map(lambda x: tf.reduce_mean(x, keepdims=True)))
    map/reduce_int: shown(tf.data.Dataset.from_tensor_slices(np.arange(12).reshape(3, 2, 2)).map(lambda x: (tf.reduce_max(x, 0), tf.reduce_min(x, -1), tf.reduce_sum(x))))
    map/matmul: shown(tf.data.Dataset.from_tensor_slices(np.arange(12.0).reshape(3, 2, 2)).map(lambda x: x @ x))
    map/broadcast: shown(tf.data.Dataset.from_tensor_slices(([1.0, 2.0], [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])).map(lambda a, b: a * b + [[1.0], [2.0]]))
    map/where: shown(tf.data.Dataset.range(5).map(lambda x: tf.where(x > 2, x, -x)))
    map/one_hot: shown(tf.data.Dataset.range(4).map(lambda x: tf.one_hot(x, 3)))
    map/gather: shown(tf.data.Dataset.from_tensor_slices([2, 0, 1]).map(lambda i: tf.gather(tf.constant([[1, 2], [3, 4], [5, 6]]), i)))
    map/stack: shown(tf.data.Dataset.range(3).map(lambda x: tf.stack([x, x * 2, tf.constant(9, tf.int64)])))
    map/concat: shown(tf.data.Dataset.from_tensor_slices([[1, 2], [3, 4]]).map(lambda x: tf.concat([x, x + 1], 0)))
    map/expand: shown(tf.data.Dataset.from_tensor_slices([[1, 2], [3, 4]]).map(lambda x: tf.squeeze(tf.expand_dims(x, 0), [0])))
    map/slice: shown(tf.data.Dataset.from_tensor_slices(np.arange(12).reshape(3, 4)).map(lambda x: x[1:3]))
    map/cast_string: shown(tf.data.Dataset.range(3).map(tf.as_string))
    map/number: shown(tf.data.Dataset.from_tensor_slices(["1", "2.5"]).map(tf.strings.to_number))
    map/decode_raw: shown(tf.data.Dataset.from_tensor_slices([b"ab", b"cd"]).map(lambda s: tf.io.decode_raw(s, tf.uint8)))
    map/hash: shown(tf.data.Dataset.from_tensor_slices(["x", "y"]).map(lambda s: tf.strings.to_hash_bucket_fast(s, 100)))
    map/numpy_function: shown(tf.data.Dataset.range(3).map(lambda x: tf.numpy_function(lambda v: v + np.int64(1), [x], tf.int64)))
    map/py_function: shown(tf.data.Dataset.range(3).map(lambda x: tf.py_function(lambda v: v * 2, [x], tf.int64)))
    map/map_fn: shown(tf.data.Dataset.from_tensor_slices([[1, 2], [3, 4]]).map(lambda x: tf.map_fn(lambda y: y * y, x)))
    map/cond: shown(tf.data.Dataset.range(4).map(lambda x: tf.cond(x > 1, lambda: x * 10, lambda: x)))
    map/while: shown(tf.data.Dataset.range(4).map(lambda x: tf.while_loop(lambda i, s: i < x, lambda i, s: (i + 1, s + i), [tf.constant(0, tf.int64), x])[1]))
    map/of_map: shown(tf.data.Dataset.range(4).map(lambda x: x + 1).map(lambda x: (x, x)).map(lambda a, b: a * b))
    map/then_batch: shown(tf.data.Dataset.range(7).map(lambda x: (x, tf.cast(x, tf.float32) / 3)).batch(3))
    map/dataset: [text(x) for d in tf.data.Dataset.range(3).map(lambda x: tf.data.Dataset.range(x)) for x in d]
    map/bool_ops: shown(tf.data.Dataset.range(4).map(lambda x: tf.logical_and(x > 0, x < 3)))
    map/divide: shown(tf.data.Dataset.range(4).map(lambda x: x / 3))
    map/floordiv: shown(tf.data.Dataset.range(-3, 4).map(lambda x: (x // 2, x % 2)))
    map/float_math: shown(tf.data.Dataset.from_tensor_slices([0.1, 0.7, 1.3]).map(lambda x: (tf.sin(x), tf.exp(x), tf.math.log(x), tf.sqrt(x), tf.tanh(x))))
    filter/less: shown(tf.data.Dataset.range(9).filter(lambda x: x < 4))
    filter/pair: shown(tf.data.Dataset.from_tensor_slices(([1, 2, 3], ["a", "b", "a"])).filter(lambda n, s: s == "a"))
    filter/none_left: shown(tf.data.Dataset.range(5).filter(lambda x: x > 100))
    filter/unknown_rank: shown(tf.data.Dataset.range(3).filter(lambda x: tf.py_function(lambda v: v > 0, [x], tf.bool)))
    flat_map/range: shown(tf.data.Dataset.range(5).flat_map(lambda x: tf.data.Dataset.range(x)))
    flat_map/slices: shown(tf.data.Dataset.from_tensor_slices([[1, 2], [3, 4]]).flat_map(tf.data.Dataset.from_tensor_slices))
    flat_map/nested: shown(tf.data.Dataset.range(3).flat_map(lambda x: tf.data.Dataset.range(3).map(lambda y: x * 10 + y)))
    flat_map/captured: shown(tf.data.Dataset.range(3).flat_map(lambda x: tf.data.Dataset.range(4).filter(lambda y: y > x).map(lambda y: (x, y)).batch(2)))
    flat_map/window: shown(tf.data.Dataset.range(7).window(3, shift=1, drop_remainder=True).flat_map(lambda w: w.batch(3)))
    flat_map/window_pairs: shown(tf.data.Dataset.from_tensor_slices(([1, 2, 3, 4], [5.0, 6.0, 7.0, 8.0])).window(2).flat_map(lambda a, b: tf.data.Dataset.zip((a.batch(2), b.batch(2)))))
    flat_map/window_dict: shown(tf.data.Dataset.from_tensor_slices({"a": [1, 2, 3, 4]}).window(2, shift=1, stride=1).flat_map(lambda d: d["a"].batch(2)))
    interleave/1: shown(tf.data.Dataset.range(1, 6).interleave(lambda x: tf.data.Dataset.from_tensors(x).repeat(6), cycle_length=2, block_length=4))
    interleave/2: shown(tf.data.Dataset.range(5).interleave(lambda x: tf.data.Dataset.range(x), cycle_length=3, block_length=2))
    interleave/3: shown(tf.data.Dataset.range(5).interleave(lambda x: tf.data.Dataset.range(x, x + 3), cycle_length=1))
    interleave/4: shown(tf.data.Dataset.range(2).interleave(lambda x: tf.data.Dataset.range(x, x + 3), cycle_length=7, block_length=1))
    interleave/parallel: shown(tf.data.Dataset.range(5).interleave(lambda x: tf.data.Dataset.range(x * 10, x * 10 + 3), cycle_length=2, block_length=2, num_parallel_calls=2))
    scan/sum: shown(tf.data.Dataset.range(5).scan(tf.constant(0, tf.int64), lambda s, x: (s + x, s * x)))
    scan/pair: shown(tf.data.Dataset.range(5).scan((1, 2.0), lambda s, x: ((s[0] + 1, s[1] * 2.0), (x, s))))
    scan/growing: shown(tf.data.Dataset.range(4).scan(tf.constant([], tf.int64), lambda s, x: (tf.concat([s, [x]], 0), tf.size(s))))
    take_while: shown(tf.data.Dataset.range(9).take_while(lambda x: x < 4))
    take_while/none: shown(tf.data.Dataset.range(9).take_while(lambda x: x > 4))
    unique: shown(tf.data.Dataset.from_tensor_slices([3, 1, 3, 2, 1]).unique())
    unique/strings: shown(tf.data.Dataset.from_tensor_slices(["a", "b", "a"]).unique())
    unique/pairs: shown(tf.data.Dataset.from_tensor_slices(([1, 1, 2, 1], ["a", "b", "a", "a"])).unique())  # raises: single component
    group/parity: shown(tf.data.Dataset.range(9).group_by_window(lambda x: x % 2, lambda k, w: w.batch(3), window_size=3))
    group/sizes: shown(tf.data.Dataset.range(12).group_by_window(lambda x: x % 3, lambda k, w: w.batch(10).map(lambda b: (k, b)), window_size_func=lambda k: k + 1))
    group/reduce: shown(tf.data.Dataset.range(9).group_by_window(lambda x: x % 4, lambda k, w: w.take(1), window_size=2))
    bucket/1: shown(tf.data.Dataset.from_tensor_slices([0, 4, 3, 5, 6, 2, 1]).map(tf.range).bucket_by_sequence_length(tf.size, [3, 5], [2, 2, 2]))
    bucket/boundary: shown(tf.data.Dataset.from_tensor_slices([1, 4, 3, 2]).map(tf.range).bucket_by_sequence_length(tf.size, [3, 6], [2, 2, 2], pad_to_bucket_boundary=True))
    bucket/pairs: shown(tf.data.Dataset.from_tensor_slices([1, 4, 3, 2]).map(lambda n: (tf.range(n), n)).bucket_by_sequence_length(lambda r, n: n, [3], [2, 2], padding_values=(-1, 0)))
    bucket/drop: shown(tf.data.Dataset.from_tensor_slices([1, 4, 3, 2, 9]).map(tf.range).bucket_by_sequence_length(tf.size, [3], [2, 2], drop_remainder=True))
    padded/plain: shown(tf.data.Dataset.range(1, 6).map(tf.range).padded_batch(2))
    padded/values: shown(tf.data.Dataset.range(1, 6).map(lambda n: tf.fill([n], n)).padded_batch(3, padded_shapes=[6], padding_values=np.int64(-1)))
    padded/pairs: shown(tf.data.Dataset.range(1, 5).map(lambda n: (tf.range(n), tf.as_string(tf.range(n)))).padded_batch(2, padded_shapes=([None], [4]), padding_values=(np.int64(7), "x")))
    padded/dict: shown(tf.data.Dataset.range(1, 5).map(lambda n: {"a": tf.range(n), "b": n}).padded_batch(2, drop_remainder=True))
    padded/matrix: shown(tf.data.Dataset.range(1, 4).map(lambda n: tf.ones([n, 4 - n])).padded_batch(3))
    padded/scalar: shown(tf.data.Dataset.range(5).padded_batch(2, padded_shapes=[]))
    ragged_batch/1: shown(tf.data.Dataset.range(4).map(tf.range).ragged_batch(2))
    ragged_batch/2: shown(tf.data.Dataset.range(1, 5).map(lambda n: (tf.ones([2, n]), n)).ragged_batch(3))
    ragged_batch/drop: shown(tf.data.Dataset.range(5).map(tf.range).ragged_batch(2, drop_remainder=True))
    sparse_batch: shown(tf.data.Dataset.range(1, 5).map(tf.range).sparse_batch(2, [6]))
    dense_to_ragged: shown(tf.data.Dataset.range(4).map(tf.range).apply(tf.data.experimental.dense_to_ragged_batch(2)))
    unbatch/ragged: shown(tf.data.Dataset.from_tensors(tf.ragged.constant([[1], [2, 3], []])).unbatch())
    unbatch/pairs: shown(tf.data.Dataset.from_tensors(([1, 2], [[3.0], [4.0]])).unbatch())
    unbatch/unequal: list(tf.data.Dataset.range(1, 3).map(lambda n: (tf.range(n), tf.range(n + 1))).unbatch())  # raises
    unbatch/scalar: tf.data.Dataset.range(3).unbatch()  # raises: scalar components
    rebatch/1: shown(tf.data.Dataset.range(10).batch(4).rebatch(3))
    rebatch/list: shown(tf.data.Dataset.range(10).batch(4).rebatch([2, 1, 3]))
    rebatch/drop: shown(tf.data.Dataset.range(10).batch(5).rebatch(4, drop_remainder=True))
    rebatch/even: shown(tf.data.Dataset.range(8).batch(4, drop_remainder=True).rebatch(2))
    reduce/sum: tf.data.Dataset.range(10).reduce(np.int64(0), lambda s, x: s + x)
    reduce/pair: tf.data.Dataset.range(5).reduce((np.int64(0), np.int64(1)), lambda s, x: (s[0] + x, s[1] * (x + 1)))
    reduce/dict: tf.data.Dataset.range(5).reduce({"n": 0}, lambda s, x: {"n": s["n"] + 1})
    reduce/empty: tf.data.Dataset.range(0).reduce(5, lambda s, x: s + 1)
    reduce/growing: tf.data.Dataset.range(4).reduce(tf.constant([], tf.int64), lambda s, x: tf.concat([s, [x]], 0))
    reduce/dtype: tf.data.Dataset.range(4).reduce(0, lambda s, x: tf.cast(s, tf.int64) + x)  # raises
    single: tf.data.Dataset.from_tensors((1, "a")).get_single_element()
    single/empty: tf.data.Dataset.range(0).get_single_element()  # raises: empty
    single/two: tf.data.Dataset.range(2).get_single_element()  # raises: more than one
    generator/signature: shown(tf.data.Dataset.from_generator(lambda: iter([(1, [2.0, 3.0]), (4, [5.0])]), output_signature=(tf.TensorSpec([], tf.int32), tf.TensorSpec([None], tf.float32))))
    generator/types: shown(tf.data.Dataset.from_generator(lambda: iter([1, 2, 3]), tf.int64))
    generator/shapes: shown(tf.data.Dataset.from_generator(lambda: iter([([1], 2)] * 2), (tf.int64, tf.float32), ([1], [])))
    generator/args: shown(tf.data.Dataset.from_generator(lambda n: iter(range(n)), tf.int32, args=(4,)))
    generator/dict: shown(tf.data.Dataset.from_generator(lambda: iter([{"a": 1, "b": "x"}]), output_signature={"a": tf.TensorSpec([], tf.int64), "b": tf.TensorSpec([], tf.string)}))
    generator/ragged: shown(tf.data.Dataset.from_generator(lambda: iter([tf.ragged.constant([[1], [2, 3]])]), output_signature=tf.RaggedTensorSpec([2, None], tf.int32)))
    generator/wrong_shape: list(tf.data.Dataset.from_generator(lambda: iter([[1, 2]]), output_signature=tf.TensorSpec([3], tf.int32)))  # raises: shape
    generator/wrong_type: list(tf.data.Dataset.from_generator(lambda: iter(["x"]), output_signature=tf.TensorSpec([], tf.int32)))  # raises: converted
    generator/wrong_structure: list(tf.data.Dataset.from_generator(lambda: iter([(1, 2, 3)]), output_signature=(tf.TensorSpec([], tf.int32), tf.TensorSpec([], tf.int32))))  # raises: structure
    generator/not_callable: tf.data.Dataset.from_generator([1, 2], tf.int32)  # raises: callable
    generator/nothing_said: tf.data.Dataset.from_generator(lambda: iter([1]))  # raises: output_signature
    generator/both: tf.data.Dataset.from_generator(lambda: iter([1]), tf.int32, output_signature=tf.TensorSpec([], tf.int32))  # raises: output_types
    list: shown(tf.data.experimental.from_list([(1, "a"), (2, "b")]))
    list/uneven: shown(tf.data.experimental.from_list([[1], [2, 3]]))
    counter: shown(tf.data.Dataset.counter(3, 2).take(4))
    counter/float: shown(tf.data.Dataset.counter(0.5, 0.25, tf.float32).take(4))
    counter/whole: tf.data.Dataset.counter().cardinality()
    reducer: shown(tf.data.Dataset.range(7).apply(tf.data.experimental.group_by_reducer(lambda x: x % 3, tf.data.experimental.Reducer(lambda k: np.int64(0), lambda s, x: s + x, lambda s: s * 2))))
    map_and_batch: shown(tf.data.Dataset.range(5).apply(tf.data.experimental.map_and_batch(lambda x: x + 1, 2)))
    at: tf.data.experimental.at(tf.data.Dataset.range(5).map(lambda x: x * x), 3)
    at/outside: tf.data.experimental.at(tf.data.Dataset.range(5), 9)  # raises
    pad_to_cardinality: shown(tf.data.Dataset.from_tensor_slices({"a": [1, 2]}).apply(tf.data.experimental.pad_to_cardinality(4)))
    zip/empty: tf.data.Dataset.zip()  # raises
    zip/list: tf.data.Dataset.zip([tf.data.Dataset.range(2)])  # raises
    zip/number: tf.data.Dataset.zip((tf.data.Dataset.range(2), 3))  # raises
    concatenate/shapes: shown(tf.data.Dataset.from_tensors([1, 2]).concatenate(tf.data.Dataset.from_tensors([3])))
    concatenate/types: tf.data.Dataset.from_tensors(1).concatenate(tf.data.Dataset.from_tensors("a"))  # raises: Incompatible
    slices/scalar: tf.data.Dataset.from_tensor_slices(3)  # raises: rank
    slices/unequal: tf.data.Dataset.from_tensor_slices(([1, 2], [1, 2, 3]))  # raises: compatible
    slices/namedtuple: shown(tf.data.Dataset.from_tensor_slices(Point([1, 2], ["a", "b"])))
    slices/none: shown(tf.data.Dataset.from_tensors((None, 1)))
    range/step_zero: tf.data.Dataset.range(1, 5, 0)  # raises
    range/four: tf.data.Dataset.range(1, 2, 3, 4)  # raises: length
    range/float: tf.data.Dataset.range(2.5)  # raises
    range/types: shown(tf.data.Dataset.range(3, output_type=tf.float32))
    batch/zero: tf.data.Dataset.range(3).batch(0)  # raises: greater than zero
    batch/uneven: list(tf.data.Dataset.range(3).map(tf.range).batch(2))  # raises
    batch/datasets: tf.data.Dataset.range(4).window(2).element_spec
    shuffle/zero: tf.data.Dataset.range(3).shuffle(0)  # raises: buffer_size
    shard/index: tf.data.Dataset.range(3).shard(2, 2)  # raises
    shard/none: tf.data.Dataset.range(3).shard(0, 0)  # raises
    window/zero: tf.data.Dataset.range(3).window(0)  # raises: greater than zero
    window/shift: tf.data.Dataset.range(3).window(2, shift=0)  # raises
    prefetch/negative: tf.data.Dataset.range(3).prefetch(-5)  # raises
    map/raises: list(tf.data.Dataset.range(3).map(lambda x: 1 // x))  # raises
    map/object: tf.data.Dataset.range(3).map(lambda x: object())  # raises: Unsupported return value
    map/not_callable: tf.data.Dataset.range(3).map(5)  # raises
    map/arguments: tf.data.Dataset.range(3).map(lambda x, y: x)  # raises
    filter/not_bool: tf.data.Dataset.range(3).filter(lambda x: x)  # raises: predicate
    apply/number: tf.data.Dataset.range(3).apply(lambda ds: 3)  # raises: Dataset
    unique/float: tf.data.Dataset.from_tensor_slices([1.0]).unique()  # raises: does not support
    cardinality/wrong: list(tf.data.Dataset.range(3).apply(tf.data.experimental.assert_cardinality(4)))  # raises: expected to contain 4
    cardinality/more: list(tf.data.Dataset.range(3).apply(tf.data.experimental.assert_cardinality(2)))  # raises: expected to contain 2
    len/endless: len(tf.data.Dataset.range(3).repeat())  # raises: infinite
    len/unknown: len(tf.data.Dataset.range(3).filter(lambda x: x > 1))  # raises: unknown
    len/known: (len(tf.data.Dataset.range(7).batch(2)), len(tf.data.Dataset.range(7).batch(2, drop_remainder=True)), bool(tf.data.Dataset.range(0)))
    choose/range: list(tf.data.Dataset.choose_from_datasets([tf.data.Dataset.range(2)], tf.data.Dataset.range(2)))  # raises: out of range
    choose/empty: tf.data.Dataset.choose_from_datasets([], tf.data.Dataset.range(2))  # raises: empty
    choose/type: tf.data.Dataset.choose_from_datasets([tf.data.Dataset.range(2)], tf.data.Dataset.from_tensors("a"))  # raises: int64
    sample/weights: tf.data.Dataset.sample_from_datasets([tf.data.Dataset.range(2)] * 2, [0.5])  # raises: weights
    padded/short: list(tf.data.Dataset.range(1, 4).map(tf.range).padded_batch(2, padded_shapes=[1]))  # raises
    padded/rank: tf.data.Dataset.range(1, 4).padded_batch(2, padded_shapes=[3])  # raises: compatible
    padded/value_type: tf.data.Dataset.range(1, 4).padded_batch(2, padding_values="a")  # raises
    ignore_errors: shown(tf.data.Dataset.from_tensor_slices([1.0, 0.0, 2.0]).map(lambda x: tf.debugging.check_numerics(1.0 / x, "bad")).ignore_errors())
    repr/range: (repr(tf.data.Dataset.range(3)), repr(tf.data.Dataset.range(3).map(lambda x: x).batch(2).repeat()))
    repr/more: [repr(d) for d in (tf.data.Dataset.range(3).shuffle(2), tf.data.Dataset.range(3).take(2).skip(1), tf.data.Dataset.range(3).prefetch(1), tf.data.Dataset.range(3).cache(), tf.data.Dataset.range(3).enumerate(), tf.data.Dataset.from_tensors(1), tf.data.Dataset.from_tensor_slices([1]), tf.data.Dataset.range(3).filter(lambda x: x > 1))]
    spec/dataset: tf.data.DatasetSpec(tf.TensorSpec([], tf.int32))
    spec/iterator: tf.data.IteratorSpec(tf.TensorSpec([], tf.int32))
    spec/of_value: tf.type_spec_from_value(tf.data.Dataset.range(3))
    spec/optional: tf.OptionalSpec(tf.TensorSpec([2], tf.float32))
    optional/value: (tf.experimental.Optional.from_value((1, "a")).get_value(), tf.experimental.Optional.from_value(2).has_value(), tf.experimental.Optional.empty(tf.TensorSpec([], tf.int32)).has_value())
    optional/empty: tf.experimental.Optional.empty(tf.TensorSpec([], tf.int32)).get_value()  # raises: does not have a value
    options/merge: (lambda o: (o.deterministic, o.autotune.enabled, repr(o.experimental_distribute.auto_shard_policy)))(tf.data.Options())
    options/type: setattr(tf.data.Options(), "deterministic", 3)  # raises: must be of type
    options/name: setattr(tf.data.Options(), "no_such", 3)  # raises: Cannot set the property
    numpy_iterator: list(tf.data.Dataset.from_tensor_slices({"a": [1, 2], "b": ["x", "y"]}).as_numpy_iterator())
    numpy_iterator/dataset: tf.data.Dataset.range(4).window(2).as_numpy_iterator()  # raises
    table: tf.data.experimental.table_from_dataset(tf.data.Dataset.from_tensor_slices((["a", "b"], tf.constant([1, 2], tf.int64))), default_value=tf.constant(-1, tf.int64)).lookup(tf.constant(["b", "c"]))
    index_table: tf.data.experimental.index_table_from_dataset(tf.data.Dataset.from_tensor_slices(["a", "b"])).lookup(tf.constant(["b", "c"]))
    structure: tf.data.experimental.get_structure(tf.data.Dataset.range(3))
    variant: [text(x) for x in tf.data.experimental.from_variant(tf.data.experimental.to_variant(tf.data.Dataset.range(3)), tf.TensorSpec([], tf.int64))]
""")


def _options(tf):
    options = tf.data.Options()
    options.deterministic = False
    options.experimental_distribute.auto_shard_policy = tf.data.experimental.AutoShardPolicy.OFF
    return options


@case("options/of_dataset")
def _(tf):
    other = tf.data.Options()
    other.threading.private_threadpool_size = 3
    ds = tf.data.Dataset.range(3).with_options(_options(tf)).map(lambda x: x).with_options(other)
    found = ds.options()
    return (
        found.deterministic, int(found.experimental_distribute.auto_shard_policy),
        found.threading.private_threadpool_size, found.experimental_slack,
    )  # fmt: skip


@case.raises("options/frozen", says=["Mutating"])
def _(tf):
    tf.data.Dataset.range(3).options().deterministic = True


@case("iterator/end")
def _(tf):
    it = iter(tf.data.Dataset.range(1))
    found = [next(it)]
    try:
        next(it)
    except StopIteration:
        found.append("stop")
    try:
        it.get_next()
    except tf.errors.OutOfRangeError:
        found.append("out of range")
    optional = it.get_next_as_optional()
    return [*found, optional.has_value(), optional.element_spec]


@case("iterator/argument")
def _(tf):
    @tf.function
    def pair(it):
        return next(it), it.get_next()

    it = iter(tf.data.Dataset.range(5))
    return pair(it), pair(it), pair.experimental_get_tracing_count(), it.element_spec


@case.raises("iterator/argument_end", says=["End of sequence"])
def _(tf):
    it = iter(tf.data.Dataset.range(1))
    step = tf.function(lambda one: next(one))
    step(it)
    return step(it)


@case("iterator/optional_in_function")
def _(tf):
    @tf.function
    def total(it):
        found = tf.constant(0, tf.int64)
        optional = it.get_next_as_optional()
        while optional.has_value():
            found += optional.get_value()
            optional = it.get_next_as_optional()
        return found

    return total(iter(tf.data.Dataset.range(5))), total(iter(tf.data.Dataset.range(0)))


@case("function/for")
def _(tf):
    @tf.function
    def run(ds):
        total, count = tf.constant(0.0), 0
        for x, y in ds:
            total += tf.cast(x, tf.float32) * y
            count += 1
        return total, count

    ds = tf.data.Dataset.from_tensor_slices(([1, 2, 3], [0.5, 1.5, 2.5]))
    return run(ds), run(ds.take(0)), run.experimental_get_tracing_count()


@case("function/for_break")
def _(tf):
    @tf.function
    def run(ds):
        total = tf.constant(0, tf.int64)
        for x in ds:
            if x > 4:
                break
            if x % 2 == 0:
                continue
            total += x
        return total

    return run(tf.data.Dataset.range(10)), run(tf.data.Dataset.range(3))


@case("function/for_iterator_break")
def _(tf):
    @tf.function
    def run(it):
        total = tf.constant(0, tf.int64)
        for x in it:
            total += x
            if x >= 2:
                break
        return total

    it = iter(tf.data.Dataset.range(6))
    return run(it), next(it), run(it)


@case("function/for_batches")
def _(tf):
    @tf.function
    def run(ds):
        total = tf.constant(0.0)
        for batch in ds:
            total += tf.reduce_sum(batch["a"]) * 2.0
        return total

    return run(tf.data.Dataset.from_tensor_slices({"a": [1.0, 2.0, 3.0, 4.0, 5.0]}).batch(2))


@case("function/made_inside")
def _(tf):
    @tf.function
    def run(n, scale):
        ds = tf.data.Dataset.range(n).map(lambda x: x * scale).batch(2)
        total = tf.constant(0, tf.int64)
        for batch in ds:
            total += tf.reduce_sum(batch)
        return total, ds.cardinality()

    two = tf.constant(2, tf.int64)
    return run(tf.constant(5, tf.int64), two), run(tf.constant(4, tf.int64), two)


@case("function/reduce")
def _(tf):
    @tf.function
    def run(ds, first):
        return ds.reduce(first, lambda s, x: s + x)

    return run(tf.data.Dataset.range(5), tf.constant(10, tf.int64))


@case("function/single")
def _(tf):
    @tf.function
    def run(x):
        return tf.data.Dataset.from_tensors(x).map(lambda v: v + 1).get_single_element()

    return run(tf.constant([1, 2]))


@case("function/returned")
def _(tf):
    @tf.function
    def run(n):
        return tf.data.Dataset.range(n)

    return [text(x) for x in run(tf.constant(3, tf.int64))]


@case("function/iter_inside")
def _(tf):
    @tf.function
    def run(ds):
        it = iter(ds)
        return next(it), next(it)

    ds = tf.data.Dataset.range(5)
    return run(ds), run(ds)


@case("function/variable")
def _(tf):
    v = tf.Variable(10, dtype=tf.int64)
    ds = tf.data.Dataset.range(2).map(lambda x: x + v)
    before = [text(x) for x in ds]
    v.assign(20)
    return before, [text(x) for x in ds]


@case("function/autograph")
def _(tf):
    def f(x):
        if x % 2 == 0:
            y = x * 10
        else:
            y = -x
        while y > 15:
            y -= 7
        return y

    return shown(tf.data.Dataset.range(6).map(f))


@case("function/lookup")
def _(tf):
    table = tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(["a", "b"], tf.constant([1, 2], tf.int64)), -1)
    return shown(tf.data.Dataset.from_tensor_slices(["b", "z", "a"]).map(table.lookup))


@case("function/calls")
def _(tf):
    @tf.function
    def inner(x):
        return x * 2 + 1

    return shown(tf.data.Dataset.range(4).map(lambda x: inner(inner(x))))


@case("cache/shared")
def _(tf):
    seen = []
    ds = tf.data.Dataset.from_generator(lambda: (seen.append(1) or n for n in range(3)), tf.int32).cache()
    first, second = [text(x) for x in ds], [text(x) for x in ds]
    return first, second, len(seen)


@case("is_tensor")
def _(tf):
    ds = tf.data.Dataset.range(3)
    return tf.is_tensor(ds), tf.is_tensor(iter(ds)), tf.is_tensor(tf.experimental.Optional.from_value(1))


@case("function/built_ins")
def _(tf):
    @tf.function
    def run(ds):
        total = tf.constant(0, tf.int64)
        for i, (x, y) in enumerate(zip(ds, ds.skip(1))):  # noqa: B905 - as users write it
            total += i * x + y
        for x in filter(lambda v: v > 2, ds):
            total += x
        return total, any(ds.map(lambda v: v > 3)), all(ds.map(lambda v: v > 3)), len(ds)

    return run(tf.data.Dataset.range(5))


@case("windows/batched")
def _(tf):
    batched = tf.data.Dataset.range(7).window(3).batch(2)
    spec = batched.element_spec
    again = batched.unbatch().flat_map(lambda window: window.batch(3))
    zipped = tf.data.Dataset.zip((tf.data.Dataset.range(6).window(2), tf.data.Dataset.range(3))).batch(2).unbatch()
    pairs = [([int(x) for x in window], int(k)) for window, k in zipped]
    return spec, [text(x) for x in again], pairs, [int(x) for x in batched.map(lambda windows: 1)]


@case("windows/zipped")
def _(tf):
    zipped = tf.data.Dataset.zip((tf.data.Dataset.range(4), tf.data.Dataset.range(4, 8))).window(3)
    pairs = zipped.flat_map(lambda a, b: tf.data.Dataset.zip((a.batch(2), b.batch(2))))
    return [text(x) for x in pairs]


@case("batch_sizes")
def _(tf):
    range_ = tf.data.Dataset.range(10)
    batches = range_.batch(3)
    pipelines = [
        batches, batches.filter(lambda x: True), batches.take(2).skip(1).repeat(2), batches.shuffle(3).prefetch(1),
        batches.cache().shard(2, 0), batches.with_options(tf.data.Options()), batches.batch(2), range_.padded_batch(3),
        range_.ragged_batch(3), tf.data.Dataset.zip((batches, tf.data.Dataset.zip((batches, batches)))),
        tf.data.Dataset.zip((batches, range_.batch(2))), batches.concatenate(batches),
        batches.concatenate(range_.batch(2)), batches.map(lambda x: x), batches.rebatch(2), batches.unique(),
        range_.interleave(lambda x: tf.data.Dataset.range(5).batch(3)), range_.batch(2, True).map(lambda x: x),
        batches.apply(tf.data.experimental.assert_cardinality(4)), tf.data.Dataset.from_tensors(([1, 2], [1])),
    ]  # fmt: skip
    return [tf.raw_ops.ComputeBatchSize(input_dataset=ds._variant_tensor) for ds in pipelines]


class _Scaled:
    """Makes its variable when it is called first."""

    def __init__(self, tf):
        self.tf, self.w = tf, None

    def __call__(self, x):
        if self.w is None:
            self.w = self.tf.Variable(lambda: self.tf.ones([2]))
        return self.tf.cast(x, self.tf.float32) * self.w


@case("variables/made_on_the_first_call")
def _(tf):
    scaled = _Scaled(tf)
    ds = tf.data.Dataset.range(3).map(scaled)
    before = [text(x) for x in ds]
    scaled.w.assign([2.0, 3.0])
    return before, [text(x) for x in ds]


case.table("""
    variables/made_on_every_call: tf.data.Dataset.range(3).map(lambda x: x + tf.Variable(1, dtype=tf.int64))  # raises: singleton tf.Variables
""")


@case("v1/methods")
def _(tf):
    v1 = tf.compat.v1.data
    ds = v1.Dataset.from_tensor_slices({"a": [1, 2, 3], "b": [1.0, 2.0, 3.0]})
    mapped = ds.map_with_legacy_function(lambda x: x["a"] * 2).batch(2)
    kept = ds.filter_with_legacy_function(lambda x: x["a"] > 1)
    sparse = v1.Dataset.from_sparse_tensor_slices(tf.SparseTensor([[0, 1], [2, 0]], [1.5, 2.5], [3, 2]))
    kinds = isinstance(mapped, v1.Dataset), isinstance(tf.data.Dataset.range(2), v1.Dataset)
    types = str(ds.output_types), str(ds.output_shapes), str(mapped.make_one_shot_iterator().output_types)
    first = text(ds.make_one_shot_iterator().get_next())
    return [text(x) for x in mapped], [text(x) for x in kept], [text(x) for x in sparse], kinds, types, first, sparse.element_spec


@case("v1/specs")
def _(tf):
    v1, D = tf.compat.v1.data, tf.data.Dataset
    kinds = [D.from_tensors(tf.ragged.constant([[1]])), D.from_tensors(tf.SparseTensor([[0]], [1], [1])), D.range(4).window(2)]
    asked = (v1.get_output_types, v1.get_output_shapes, v1.get_output_classes)
    return [[str(ask(ds)).replace("tensorflow.python.framework.", "") for ask in asked] for ds in kinds]


unseeded(case)
