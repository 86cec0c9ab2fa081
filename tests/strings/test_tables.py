"""Lookup tables are shared by threads and by captured functions."""

import threading

import numpy as np

import tapeflow as tf


def test_threads_insert_without_losing_keys():
    table = tf.lookup.experimental.MutableHashTable(tf.string, tf.int64, -1)

    def insert(start):
        for i in range(start, start + 200):
            table.insert([f"k{i}"], [i])
            table.lookup([f"k{i}", "none"])
            if i % 5 == 0:
                table.remove(tf.constant([f"k{i}"]))

    threads = [threading.Thread(target=insert, args=(1000 * n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kept = [i for n in range(4) for i in range(1000 * n, 1000 * n + 200) if i % 5]
    assert table.size() == len(kept)
    np.testing.assert_array_equal(table.lookup([f"k{i}" for i in kept]).numpy(), kept)


def test_large_integer_lookups_agree_with_small_ones():
    keys = np.arange(-500, 5000, 3)
    table = tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(keys, keys * 2), -1)
    asked = np.arange(-600, 5100)
    large = table.lookup(tf.constant(asked)).numpy()
    small = np.concatenate([table.lookup(tf.constant(part)).numpy() for part in np.array_split(asked, 100)])
    np.testing.assert_array_equal(large, small)


def test_keys_far_apart():
    keys = np.array([-(2**62), 0, 2**62])
    table = tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(keys, [1, 2, 3]), -1)
    asked = np.resize(np.array([2**62, 5, -(2**62)]), 6000)
    np.testing.assert_array_equal(table.lookup(tf.constant(asked)).numpy(), np.resize([3, -1, 1], 6000))


def test_a_function_keeps_its_table_alive_and_sees_changes():
    table = tf.lookup.experimental.MutableHashTable(tf.string, tf.int64, 0)

    @tf.function
    def count(words):
        table.insert(words, table.lookup(words) + 1)
        return table.lookup(words)

    count(tf.constant(["a", "b"]))
    np.testing.assert_array_equal(count(tf.constant(["a", "c"])).numpy(), [2, 1])
    assert table.size() == 3
