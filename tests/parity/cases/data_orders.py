"""tf.data: the order of random pipelines for given seeds."""

from tests.parity.case import Family
from tests.parity.pipelines import text, unseeded

case = Family(__name__)


def _order(tf, size, buffer, seed, global_seed, again, times):
    if global_seed is not None:
        tf.random.set_seed(global_seed)
    ds = tf.data.Dataset.range(size).shuffle(buffer, seed=seed, reshuffle_each_iteration=again).repeat(times)
    return [" ".join(map(text, ds)) for _ in range(2)]


for _size, _buffer in ((1, 1), (5, 1), (6, 2), (10, 3), (10, 10), (10, 50), (33, 7), (200, 64)):
    for _seed, _global in ((1, None), (0, None), (2**40 + 5, None), (3, 9), (0, 0), (None, 4)):
        for _again in (True, False):
            case(f"shuffle/{_size}_{_buffer}_{_seed}_{_global}_{_again}", _order, _size, _buffer, _seed, _global, _again, 1)
    case(f"repeat/{_size}_{_buffer}", _order, _size, _buffer, 7, None, True, 3)
    case(f"repeat_same/{_size}_{_buffer}", _order, _size, _buffer, 7, None, False, 3)

case.table("""
    twice: [text(x) for x in tf.data.Dataset.range(9).shuffle(4, seed=1).shuffle(3, seed=2)]
    after_batch: [text(x) for x in tf.data.Dataset.range(20).batch(3).shuffle(4, seed=1)]
    after_filter: [text(x) for x in tf.data.Dataset.range(30).filter(lambda x: x % 3 == 0).shuffle(5, seed=1).repeat(2)]
    after_repeat: [text(x) for x in tf.data.Dataset.range(6).repeat(3).shuffle(5, seed=1)]
    of_pairs: [text(x) for x in tf.data.Dataset.from_tensor_slices(([1, 2, 3, 4], ["a", "b", "c", "d"])).shuffle(3, seed=3)]
    map_shuffle_batch: [text(x) for x in tf.data.Dataset.range(20).map(lambda x: x * 3).shuffle(6, seed=4).batch(7)]
    shuffle_take_repeat: [text(x) for x in tf.data.Dataset.range(20).shuffle(20, seed=4).take(5).repeat(3)]
    shuffle_cache_repeat: [text(x) for x in tf.data.Dataset.range(10).shuffle(20, seed=4).cache().repeat(2)]
    cache_shuffle_repeat: [text(x) for x in tf.data.Dataset.range(10).cache().shuffle(20, seed=4).repeat(2)]
    in_flat_map: [text(x) for x in tf.data.Dataset.range(3).flat_map(lambda n: tf.data.Dataset.range(5).shuffle(3, seed=6))]
    in_interleave: [text(x) for x in tf.data.Dataset.range(3).interleave(lambda n: tf.data.Dataset.range(n, n + 5).shuffle(3, seed=6), cycle_length=2)]
    shuffle_and_repeat: [text(x) for x in tf.data.Dataset.range(6).apply(tf.data.experimental.shuffle_and_repeat(4, 2, seed=1))]
    random: [text(x) for x in tf.data.Dataset.random(seed=4).take(6)]
    random_zero: [text(x) for x in tf.data.Dataset.random(seed=0).take(6)]
    random_again: [text(x) for x in tf.data.Dataset.random(seed=4, rerandomize_each_iteration=True).take(3).repeat(2)]
    random_same: [text(x) for x in tf.data.Dataset.random(seed=4).take(3).repeat(2)]
    sample: [text(x) for x in tf.data.Dataset.sample_from_datasets([tf.data.Dataset.range(10), tf.data.Dataset.range(100, 120)], seed=5)]
    sample_weights: [text(x) for x in tf.data.Dataset.sample_from_datasets([tf.data.Dataset.range(20).repeat(), tf.data.Dataset.range(100, 120).repeat()], [0.9, 0.1], seed=5).take(30)]
    sample_three: [text(x) for x in tf.data.Dataset.sample_from_datasets([tf.data.Dataset.from_tensors(k).repeat(9) for k in range(3)], [0.2, 0.3, 0.5], seed=8)]
    sample_stop: [text(x) for x in tf.data.Dataset.sample_from_datasets([tf.data.Dataset.range(4), tf.data.Dataset.range(100, 120)], seed=5, stop_on_empty_dataset=True)]
    sample_zero_weight: [text(x) for x in tf.data.Dataset.sample_from_datasets([tf.data.Dataset.range(4), tf.data.Dataset.range(100, 104)], [0.0, 1.0], seed=5)]
    resample: [text(x) for x in tf.data.Dataset.range(40).rejection_resample(lambda x: tf.cast(x % 2, tf.int32), [0.2, 0.8], [0.5, 0.5], seed=2)]
    resample_estimated: [text(x) for x in tf.data.Dataset.range(60).rejection_resample(lambda x: tf.cast(x % 2, tf.int32), [0.3, 0.7], seed=2)]
    map_uniform: [text(x) for x in tf.data.Dataset.range(4).map(lambda x: tf.random.uniform([2], seed=3))]
    map_normal: [text(x) for x in tf.data.Dataset.range(4).map(lambda x: tf.random.normal([], seed=3) + tf.random.normal([], seed=4))]
    map_stateless: [text(x) for x in tf.data.Dataset.range(4).map(lambda x: tf.random.stateless_uniform([2], seed=[x, 1]))]
    map_stateless_pairs: [text(x) for x in tf.data.Dataset.zip((tf.data.Dataset.range(4), tf.data.Dataset.random(seed=1).batch(2))).map(lambda x, s: tf.random.stateless_normal([2], seed=s))]
""")


@case("iterators_share_the_seeds")
def _(tf):
    ds = tf.data.Dataset.range(8).shuffle(8, seed=1)
    first, second = iter(ds), iter(ds)
    return [text(next(one)) for _ in range(8) for one in (first, second)]


@case("global_seed_once")
def _(tf):
    tf.random.set_seed(12)
    a = tf.data.Dataset.range(8).shuffle(8)
    b = tf.data.Dataset.range(8).shuffle(8)
    return [" ".join(map(text, one)) for one in (a, b, a)]


@case("global_seed_map")
def _(tf):
    tf.random.set_seed(5)
    return [text(x) for x in tf.data.Dataset.range(4).map(lambda x: tf.random.uniform([]))]


@case("in_function")
def _(tf):
    @tf.function
    def sums(n):
        total = tf.constant(0, tf.int64)
        for x in tf.data.Dataset.range(n).shuffle(4, seed=1):
            total = total * 3 + x
        return total

    return [sums(tf.constant(6, tf.int64)) for _ in range(3)]


unseeded(case)
