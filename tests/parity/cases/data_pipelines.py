"""tf.data: every source through every transformation that takes its elements."""

import numpy as np

from tests.parity.case import Family
from tests.parity.pipelines import shown, unseeded

case = Family(__name__)

SOURCES = {
    "range": lambda tf: tf.data.Dataset.range(7),
    "range_down": lambda tf: tf.data.Dataset.range(5, -4, -2),
    "range_int32": lambda tf: tf.data.Dataset.range(2, 8, output_type=tf.int32),
    "empty": lambda tf: tf.data.Dataset.range(0),
    "vectors": lambda tf: tf.data.Dataset.from_tensor_slices(np.arange(12, dtype=np.float32).reshape(6, 2) / 4),
    "strings": lambda tf: tf.data.Dataset.from_tensor_slices(["to", "be", "or", "", "not", "be"]),
    "pairs": lambda tf: tf.data.Dataset.from_tensor_slices(([1, 2, 3, 4, 5], [[0.5], [1.5], [2.5], [3.5], [4.5]])),
    "dicts": lambda tf: tf.data.Dataset.from_tensor_slices({"a": [1, 2, 3, 4], "b": ["w", "x", "y", "z"]}),
    "nested": lambda tf: tf.data.Dataset.from_tensor_slices({"x": ([1, 2, 3], [4.0, 5.0, 6.0]), "y": [True, False, True]}),
    "once": lambda tf: tf.data.Dataset.from_tensors((np.arange(6).reshape(2, 3), "s")),
    "batched": lambda tf: tf.data.Dataset.range(10).batch(4),
    "batched_pairs": lambda tf: tf.data.Dataset.from_tensor_slices((np.arange(6), np.arange(12.0).reshape(6, 2))).batch(4, drop_remainder=True),
    "mapped": lambda tf: tf.data.Dataset.range(6).map(lambda x: (x, tf.cast(x, tf.float32) / 2)),
    "filtered": lambda tf: tf.data.Dataset.range(9).filter(lambda x: x % 3 != 1),
    "generator": lambda tf: tf.data.Dataset.from_generator(lambda: iter([[1], [2, 3], [], [4, 5, 6]]), output_signature=tf.TensorSpec([None], tf.int32)),
    "repeated": lambda tf: tf.data.Dataset.range(3).repeat(3),
    "endless": lambda tf: tf.data.Dataset.range(4).repeat(),
    "shuffled": lambda tf: tf.data.Dataset.range(8).shuffle(3, seed=11, reshuffle_each_iteration=False),
    "ragged": lambda tf: tf.data.Dataset.from_tensor_slices(tf.ragged.constant([[1, 2], [], [3, 4, 5], [6]])),
    "sparse": lambda tf: tf.data.Dataset.from_tensor_slices(tf.SparseTensor([[0, 0], [1, 2], [2, 1]], [1.0, 2.0, 3.0], [4, 3])),
}

STEPS = {
    "as_is": lambda tf, ds: ds,
    "take": lambda tf, ds: ds.take(3),
    "take_none": lambda tf, ds: ds.take(0),
    "take_all": lambda tf, ds: ds.take(-1),
    "skip": lambda tf, ds: ds.skip(2),
    "skip_all": lambda tf, ds: ds.skip(-1),
    "skip_take": lambda tf, ds: ds.skip(1).take(2),
    "repeat": lambda tf, ds: ds.repeat(2),
    "repeat_none": lambda tf, ds: ds.repeat(0),
    "batch": lambda tf, ds: ds.batch(3),
    "batch_drop": lambda tf, ds: ds.batch(2, drop_remainder=True),
    "batch_parallel": lambda tf, ds: ds.batch(4, num_parallel_calls=2),
    "batch_twice": lambda tf, ds: ds.batch(2).batch(2),
    "batch_unbatch": lambda tf, ds: ds.batch(2).unbatch(),
    "unbatch": lambda tf, ds: ds.unbatch(),
    "shuffle": lambda tf, ds: ds.shuffle(3, seed=5, reshuffle_each_iteration=False),
    "shuffle_whole": lambda tf, ds: ds.take(12).shuffle(100, seed=6),
    "shuffle_repeat": lambda tf, ds: ds.take(5).shuffle(4, seed=7).repeat(3),
    "shuffle_batch": lambda tf, ds: ds.shuffle(4, seed=8).batch(2),
    "concatenate": lambda tf, ds: ds.take(2).concatenate(ds.skip(1)),
    "zip": lambda tf, ds: tf.data.Dataset.zip((ds, tf.data.Dataset.range(100))),
    "zip_dict": lambda tf, ds: tf.data.Dataset.zip({"d": ds, "e": tf.data.Dataset.range(3)}),
    "zip_self": lambda tf, ds: tf.data.Dataset.zip(ds, ds.skip(1)),
    "enumerate": lambda tf, ds: ds.enumerate(start=5),
    "shard": lambda tf, ds: ds.shard(3, 1),
    "cache": lambda tf, ds: ds.take(6).cache().repeat(2),
    "prefetch": lambda tf, ds: ds.prefetch(2),
    "window": lambda tf, ds: ds.window(3, shift=2),
    "window_drop": lambda tf, ds: ds.window(2, shift=1, stride=2, drop_remainder=True).take(5),
    "rebatch": lambda tf, ds: ds.batch(4).rebatch(3),
    "interleave": lambda tf, ds: tf.data.Dataset.range(3).interleave(lambda _: ds.take(3), cycle_length=2, block_length=2),
    "flat_map": lambda tf, ds: tf.data.Dataset.range(3).flat_map(lambda n: ds.take(n)),
    "choose": lambda tf, ds: tf.data.Dataset.choose_from_datasets([ds, ds.skip(1)], tf.data.Dataset.from_tensor_slices(np.array([0, 1, 1, 0], np.int64))),
    "sample": lambda tf, ds: tf.data.Dataset.sample_from_datasets([ds.take(4), ds.skip(2).take(4)], [0.3, 0.7], seed=3),
    "options": lambda tf, ds: ds.with_options(tf.data.Options()),
    "assert_cardinality": lambda tf, ds: ds.take(2).apply(tf.data.experimental.assert_cardinality(2)),
    "ignore_errors": lambda tf, ds: ds.ignore_errors(),
    "map_same": lambda tf, ds: ds.map(lambda *x: x),
    "map_parallel": lambda tf, ds: ds.map(lambda *x: x[0] if len(x) == 1 else x[::-1], num_parallel_calls=2),
}


def _run(tf, source, step):
    return shown(STEPS[step](tf, SOURCES[source](tf)))


for _source in SOURCES:
    for _step in STEPS:
        case.either(f"{_source}/{_step}", _run, _source, _step)


unseeded(case)
