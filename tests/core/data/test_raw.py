"""Raw ops of datasets that TensorFlow declares and cannot run eagerly, or whose results it does not promise."""

import gc

import numpy as np
import pytest

import tapeflow as tf

INT64 = {"output_types": [tf.int64], "output_shapes": [[]]}
raw = tf.raw_ops


def numbers(n):
    return raw.RangeDataset(start=0, stop=n, step=1, **INT64)


def elements(variant, spec=None):
    spec = tf.TensorSpec([], tf.int64) if spec is None else spec
    return [np.asarray(x).tolist() for x in tf.data.experimental.from_variant(variant, spec)]


def function(python, *specs):
    return tf.function(python).get_concrete_function(*(specs or (tf.TensorSpec([], tf.int64),)))


def test_older_batches():
    v = raw.BatchDataset(input_dataset=numbers(5), batch_size=2, output_types=[tf.int64], output_shapes=[[None]])
    assert elements(v, tf.TensorSpec([None], tf.int64)) == [[0, 1], [2, 3], [4]]


def test_older_padded_batches():
    fill = function(lambda n: tf.fill([n], n))
    rows = raw.MapDataset(input_dataset=numbers(3), other_arguments=[], f=fill, output_types=[tf.int64],
                          output_shapes=[[None]])  # fmt: skip
    v = raw.PaddedBatchDataset(input_dataset=rows, batch_size=3, padded_shapes=[[-1]],
                               padding_values=[tf.constant(9, tf.int64)], output_shapes=[[None, None]])  # fmt: skip
    assert elements(v, tf.TensorSpec([None, None], tf.int64)) == [[[9, 9], [1, 9], [2, 2]]]


def test_filters_in_parallel():
    odd = function(lambda x: x % 2 == 1)
    v = raw.ParallelFilterDataset(input_dataset=numbers(6), other_arguments=[], num_parallel_calls=2, predicate=odd,
                                  **INT64)  # fmt: skip
    assert elements(v) == [1, 3, 5]


def test_records_from_places_in_their_files(tmp_path):
    paths = [str(tmp_path / name) for name in "ab"]
    for path in paths:
        with tf.io.TFRecordWriter(path) as writer:
            for one in (b"one", b"two"):
                writer.write(one)
    v = raw.TFRecordDatasetV2(filenames=paths, compression_type="", buffer_size=9, byte_offsets=[0, 19])
    assert elements(v, tf.TensorSpec([], tf.string)) == [b"one", b"two", b"two"]


def test_names_of_files_come_in_order(tmp_path):
    for name in ("b", "a", "c"):
        (tmp_path / name).write_bytes(b"")
    v = raw.MatchingFilesDataset(patterns=[str(tmp_path / "[ab]")])
    assert elements(v, tf.TensorSpec([], tf.string)) == [str(tmp_path / name).encode() for name in "ab"]


def test_chunks_of_a_saved_dataset(tmp_path):
    tf.data.Dataset.range(5).save(str(tmp_path / "saved"), shard_func=lambda x: x % 2)
    path, strings = str(tmp_path / "saved"), {"output_types": [tf.string], "output_shapes": [[]]}
    names = elements(raw.ListSnapshotChunksDataset(snapshot_path=path, **strings), tf.TensorSpec([], tf.string))
    chunks = [elements(raw.SnapshotChunkDataset(chunk_file=name, **INT64)) for name in names]
    assert chunks == [[0, 2, 4], [1, 3]]


def test_a_dataset_saved_as_files_is_read_again(tmp_path):
    raw.SaveDataset(input_dataset=numbers(3), path=str(tmp_path / "x"), shard_func_other_args=[],
                    shard_func=function(lambda x: x * 0))  # fmt: skip
    assert [int(x) for x in tf.data.Dataset.load(str(tmp_path / "x"))] == [0, 1, 2]


def test_an_iterator_of_a_function_that_makes_its_dataset():
    it = raw.OneShotIterator(dataset_factory=tf.function(lambda: numbers(3)).get_concrete_function(), **INT64)
    assert [int(raw.IteratorGetNext(iterator=it, **INT64)[0]) for _ in range(3)] == [0, 1, 2]


def test_a_name_of_an_iterator_that_is_gone():
    it = raw.AnonymousIteratorV3(**INT64)
    name = raw.IteratorToStringHandle(resource_handle=it)
    del it
    gc.collect()
    with pytest.raises(tf.errors.NotFoundError):
        raw.IteratorFromStringHandle(string_handle=name)


def test_a_shared_iterator_that_was_deleted_is_made_anew():
    shared = {"shared_name": "deleted", "container": "", **INT64}
    it = raw.IteratorV2(**shared)
    raw.MakeIterator(dataset=numbers(2), iterator=it)
    raw.DeleteIterator(handle=it, deleter=raw.AnonymousIteratorV2(**INT64).deleter)
    with pytest.raises(tf.errors.FailedPreconditionError):
        raw.IteratorGetNext(iterator=raw.IteratorV2(**shared), **INT64)


def test_the_seeds_of_a_generator_are_drawn_anew_for_each_run():
    seeds, deleter = raw.AnonymousRandomSeedGenerator(seed=1, seed2=2)
    v = raw.ShuffleDatasetV3(input_dataset=numbers(20), buffer_size=20, seed=0, seed2=0, seed_generator=seeds, **INT64)
    first, second = elements(v), elements(v)
    assert sorted(first) == sorted(second) == list(range(20)) and first != second
    raw.DeleteRandomSeedGenerator(handle=seeds, deleter=deleter)


def test_a_dataset_of_a_traced_function_is_an_input_of_raw_ops():
    @tf.function
    def build(n):
        v = tf.data.experimental.to_variant(tf.data.Dataset.range(n).map(lambda x: x * n))
        return raw.SkipDataset(input_dataset=v, count=1, **INT64)

    assert elements(build(tf.constant(4, tf.int64))) == [4, 8, 12]
    assert elements(build(tf.constant(3, tf.int64))) == [3, 6]


def test_a_raw_dataset_in_a_dataset_function():
    rows = tf.data.Dataset.range(4).flat_map(
        lambda n: tf.data.experimental.from_variant(
            raw.RangeDataset(start=0, stop=n, step=1, **INT64), tf.TensorSpec([], tf.int64)
        )
    )
    assert [int(x) for x in rows] == [0, 0, 1, 0, 1, 2]


def test_an_iterator_is_saved_inside_raw_datasets():
    dataset = tf.data.experimental.from_variant(
        raw.ShuffleDataset(input_dataset=numbers(9), buffer_size=4, seed=3, seed2=4, **INT64),
        tf.TensorSpec([], tf.int64),
    )
    iterator = dataset.as_numpy_iterator()
    for _ in range(4):
        next(iterator)
    state = iterator.save()
    rest = list(iterator)
    iterator.restore(state)
    assert list(iterator) == rest


def test_what_is_no_concrete_function_is_refused():
    with pytest.raises(TypeError, match="concrete function"):
        raw.MapDataset(input_dataset=numbers(3), other_arguments=[], f=lambda x: x, **INT64)


def test_elements_that_do_not_go_together_are_refused():
    strings = raw.TensorSliceDataset(components=[["a", "b"]], output_shapes=[[]])
    with pytest.raises(tf.errors.InvalidArgumentError):
        raw.ConcatenateDataset(input_dataset=numbers(2), another_dataset=strings, **INT64)


def test_a_function_of_other_arguments_than_the_elements_is_refused():
    two = function(lambda x, y: x + y, *[tf.TensorSpec([], tf.int64)] * 2)
    with pytest.raises(tf.errors.InvalidArgumentError, match="takes 2 tensors"):
        raw.MapDataset(input_dataset=numbers(3), other_arguments=[], f=two, **INT64)


@pytest.mark.parametrize("data", [b"", b"junk", b"\x0a\x03abc"])
def test_graphs_that_are_none_of_a_dataset_are_refused(data):
    with pytest.raises(tf.errors.InvalidArgumentError):
        raw.DatasetFromGraph(graph_def=data)
