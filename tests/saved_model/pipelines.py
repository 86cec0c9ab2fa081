"""A module whose functions make and read datasets, written for `tf` of either package, and calls of it."""

import numpy as np

# Method -> its argument, or none; the range of a dataset, unless it says otherwise.
CALLS = {
    "loop": [5], "breaks": [7], "steps": [2], "iterator": [6], "weighted": [5], "looked_up": [["a", "c", "b"]],
    "many": [np.arange(14, dtype=np.float32).reshape(7, 2)], "nested": [4], "padded": [6], "held": [],
    "dicts": [np.float32([1, 2, 3])], "scanned": [9], "grouped": [17], "optioned": [9], "split": [3],
}  # fmt: skip


def pipelines(tf):
    """The module."""
    data = tf.data.Dataset
    int64 = [tf.TensorSpec([], tf.int64)]
    zero = lambda: tf.constant(0, tf.int64)

    class Pipelines(tf.Module):
        def __init__(self):
            super().__init__()
            self.weight = tf.Variable(3, dtype=tf.int64)
            keys = tf.lookup.KeyValueTensorInitializer(["a", "b"], tf.constant([1, 2], tf.int64))
            self.table = tf.lookup.StaticHashTable(keys, -1)
            self.dataset = data.range(5).map(lambda x: x * 2).batch(2)

        @tf.function(input_signature=int64)
        def loop(self, n):
            total = zero()
            for x in data.range(n).map(lambda x: x * x + n).batch(2):
                total += tf.reduce_sum(x)
            return total

        @tf.function(input_signature=int64)
        def breaks(self, n):
            total = zero()
            for x in data.range(100):
                if x > n:
                    break
                if x % 2 == 0:
                    continue
                total += x
            return total

        @tf.function(input_signature=int64)
        def steps(self, n):
            iterator = iter(data.range(n).map(lambda x: x + 1))
            first, second = next(iterator), iterator.get_next()
            rest = iterator.get_next_as_optional()
            third = tf.cond(rest.has_value(), rest.get_value, lambda: tf.constant(-1, tf.int64))
            return first, second, third

        @tf.function(input_signature=int64)
        def iterator(self, n):
            iterator = iter(data.range(n))
            first, total = next(iterator), zero()
            for x in iterator:
                total += x * first + x
            return total

        @tf.function(input_signature=int64)
        def weighted(self, n):
            return data.range(n).map(lambda x: x * self.weight).reduce(zero(), lambda total, x: total + x)

        @tf.function(input_signature=[tf.TensorSpec([None], tf.string)])
        def looked_up(self, words):
            return data.from_tensor_slices(words).map(self.table.lookup).batch(10).get_single_element()

        @tf.function(input_signature=[tf.TensorSpec([None, 2], tf.float32)])
        def many(self, x):
            rows = data.from_tensor_slices((x, tf.range(tf.shape(x)[0])))
            rows = rows.filter(lambda a, b: b % 3 != 2).shuffle(4, seed=3).repeat(2).skip(1).take(9)
            pairs = data.zip((rows, data.range(50)))
            scale = lambda row, i: (row[0] * tf.cast(i, tf.float32), row[1])
            total, number = tf.zeros([2]), tf.constant(0)
            for a, b in pairs.map(scale, num_parallel_calls=2).prefetch(2):
                total = total * 0.5 + a
                number = number * 3 + b
            return total, number

        @tf.function(input_signature=int64)
        def nested(self, n):
            rows = data.range(n).flat_map(lambda k: data.range(k).map(lambda j: j + 10 * k))
            pairs = data.range(3).interleave(lambda k: data.from_tensors(k).repeat(2), cycle_length=2)
            windows = rows.concatenate(pairs).window(2, shift=1)
            rows = windows.flat_map(lambda w: w.batch(2, drop_remainder=True))
            return rows.reduce((zero(), zero()), lambda state, x: (state[0] + x[0] * x[1], state[1] + 1))

        @tf.function(input_signature=int64)
        def padded(self, n):
            rows, total = data.range(n).map(lambda k: tf.fill([k], k)), zero()
            for x in rows.padded_batch(4, padded_shapes=[None], padding_values=tf.constant(-1, tf.int64)):
                total += tf.reduce_sum(x) * tf.shape(x, tf.int64)[1]
            return total

        @tf.function(input_signature=[])
        def held(self):
            total = zero()
            for x in self.dataset:
                total = total * 10 + tf.reduce_sum(x)
            return total

        @tf.function(input_signature=[tf.TensorSpec([None], tf.float32)])
        def dicts(self, x):
            rows = data.from_tensor_slices({"a": x, "b": x * 2}).map(lambda row: {"sum": row["a"] + row["b"], **row})
            total = 0.0
            for i, row in rows.cache().enumerate():
                total += row["sum"] * tf.cast(i, tf.float32)
            return total

        @tf.function(input_signature=int64)
        def scanned(self, n):
            rows = data.range(n).scan(zero(), lambda total, x: (total + x, total * x)).take_while(lambda x: x < 60)
            return rows.batch(100).get_single_element(), rows.cardinality()

        @tf.function(input_signature=int64)
        def grouped(self, n):
            rows = data.range(n).shuffle(5, seed=11, reshuffle_each_iteration=False)
            rows = rows.group_by_window(lambda x: x % 3, lambda key, w: w.batch(4), window_size=4)
            total = zero()
            for x in rows:
                total = total * 7 % 1000003 + tf.reduce_sum(x * tf.range(tf.size(x, tf.int64)))
            return total

        @tf.function(input_signature=int64)
        def optioned(self, n):
            options = tf.data.Options()
            options.deterministic = True
            rows = data.range(n).with_options(options).shard(2, 1).map(lambda x: x, num_parallel_calls=-1)
            return rows.batch(3, num_parallel_calls=2).unbatch().unique().reduce(zero(), lambda s, x: s * 2 + x)

        @tf.function(input_signature=int64)
        def split(self, n):
            rows = data.from_tensors(tf.range(n * 2)).unbatch().batch(n).rebatch(2)
            turns = data.range(4).map(lambda x: x % 2)
            mixed = data.choose_from_datasets([rows.unbatch().map(lambda x: x + n), data.range(90, 99)], turns)
            return mixed.batch(9).get_single_element()

    return Pipelines()


LOOP_CALLS = {"counts": [5], "trains": [np.arange(10, dtype=np.float32).reshape(5, 2)]}


def loops(tf):
    """A module whose loops over datasets assign variables."""
    data = tf.data.Dataset
    int64 = [tf.TensorSpec([], tf.int64)]

    class Loops(tf.Module):
        def __init__(self):
            super().__init__()
            self.count = tf.Variable(0, dtype=tf.int64)
            self.weights = tf.Variable([1.0, 2.0])

        @tf.function(input_signature=int64)
        def counts(self, n):
            self.count.assign(0)
            for x in data.range(n):
                self.count.assign_add(x)
                if self.count > 5:
                    break
            return self.count.read_value()

        @tf.function(input_signature=[tf.TensorSpec([None, 2], tf.float32)])
        def trains(self, x):
            self.weights.assign([1.0, 2.0])
            for rows in data.from_tensor_slices(x).batch(2):
                with tf.GradientTape() as tape:
                    loss = tf.reduce_sum((rows * self.weights) ** 2)
                self.weights.assign_sub(0.001 * tape.gradient(loss, self.weights))
            return self.weights.read_value()

    return Loops()


def composites(tf):
    """A module whose datasets have elements that are no tensors, which TapeFlow reads and does not write.

    And functions that take and give datasets.
    """
    data = tf.data.Dataset

    class Composites(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec([], tf.int64)])
        def ragged(self, n):
            total = tf.constant(0, tf.int64)
            for rows in data.range(n).map(lambda k: tf.fill([k], k)).ragged_batch(3):
                total = total * 10 + tf.reduce_sum(rows) + rows.nrows()
            return total

        @tf.function(input_signature=[tf.TensorSpec([None, 3], tf.float32)])
        def sparse(self, x):
            rows, total = data.from_tensor_slices(tf.sparse.from_dense(x)).map(lambda row: row * 2.0), tf.zeros([3])
            for some in rows.batch(2):
                total = total * 2 + tf.reduce_sum(tf.sparse.to_dense(some), 0)
            return total

        @tf.function(input_signature=[tf.TensorSpec([None], tf.string)])
        def examples(self, serialized):
            features = {"a": tf.io.FixedLenFeature([], tf.int64), "b": tf.io.VarLenFeature(tf.float32)}
            parsed = data.from_tensor_slices(serialized).batch(2).map(lambda s: tf.io.parse_example(s, features))
            total = lambda row: tf.cast(row["a"], tf.float32) + tf.reduce_sum(tf.sparse.to_dense(row["b"]), 1)
            return parsed.map(total).unbatch().batch(9).get_single_element()

        @tf.function(input_signature=[tf.data.DatasetSpec(tf.TensorSpec([], tf.int64))])
        def takes(self, dataset):
            return dataset.map(lambda x: x + 1).reduce(tf.constant(0, tf.int64), lambda total, x: total * 10 + x)

        @tf.function(input_signature=[tf.TensorSpec([], tf.int64)])
        def gives(self, n):
            return data.range(n).map(lambda x: x * n)

    return Composites()


def _example(tf, number):
    of = tf.train.Feature
    parts = {
        "a": of(int64_list=tf.train.Int64List(value=[number])),
        "b": of(float_list=tf.train.FloatList(value=[1.5] * number)),
    }  # fmt: skip
    return tf.train.Example(features=tf.train.Features(feature=parts)).SerializeToString()


def composite_calls(tf):
    """Method -> its argument, for `composites`."""
    return {
        "ragged": [5], "sparse": [np.float32([[1, 0, 2], [0, 0, 0], [0, 3, 0]])],
        "examples": [[_example(tf, number) for number in (1, 2, 3)]],
    }  # fmt: skip


def arguments(tf, values):
    """The tensors of a call."""
    return [tf.constant(x, tf.int64) if isinstance(x, int) else tf.constant(x) for x in values]
