"""Files: damage is told with its place, what is written is whole, and what was written is read again."""

import os
import pathlib
import signal
import subprocess
import sys
import textwrap

import numpy as np
import pytest

import tapeflow as tf

RECORDS = [f"record {k}".encode() * (k % 5 + 1) for k in range(20)]


@pytest.fixture
def path(tmp_path):
    name = str(tmp_path / "a.tfrecord")
    with tf.io.TFRecordWriter(name) as writer:
        for record in RECORDS:
            writer.write(record)
    return name


def read(dataset):
    return [bytes(x.numpy()) for x in dataset]


def place_of(k):
    return sum(len(r) + 16 for r in RECORDS[:k])


@pytest.mark.parametrize("kind", ["", "GZIP", "ZLIB"])
def test_records_come_back(tmp_path, kind):
    name = str(tmp_path / "r")
    with tf.io.TFRecordWriter(name, kind) as writer:
        for record in RECORDS:
            writer.write(record)
    assert read(tf.data.TFRecordDataset(name, kind)) == RECORDS


def test_a_flipped_bit_is_data_loss_with_file_and_offset(path):
    data = bytearray(pathlib.Path(path).read_bytes())
    data[place_of(7) + 14] ^= 4
    pathlib.Path(path).write_bytes(data)
    found = []
    with pytest.raises(tf.errors.DataLossError, match=f"corrupted record at {place_of(7)}") as caught:
        for x in tf.data.TFRecordDataset(path):
            found.append(bytes(x.numpy()))
    assert found == RECORDS[:7]
    assert os.path.basename(path) in str(caught.value)


def test_a_cut_file_is_data_loss_after_its_whole_records(path):
    data = pathlib.Path(path).read_bytes()
    pathlib.Path(path).write_bytes(data[: place_of(19) + 5])
    found = []
    with pytest.raises(tf.errors.DataLossError, match=f"truncated record at {place_of(19)}"):
        for x in tf.data.TFRecordDataset(path):
            found.append(bytes(x.numpy()))
    assert found == RECORDS[:19]


def test_ignore_errors_goes_on_with_the_next_file(tmp_path, path):
    other = str(tmp_path / "b.tfrecord")
    with tf.io.TFRecordWriter(other) as writer:
        writer.write(b"last")
    data = bytearray(pathlib.Path(path).read_bytes())
    data[place_of(3) + 13] ^= 1
    pathlib.Path(path).write_bytes(data)
    assert read(tf.data.TFRecordDataset([path, other]).ignore_errors()) == [*RECORDS[:3], b"last"]


def test_readers_in_turn(tmp_path):
    names = []
    for k in range(3):
        names.append(str(tmp_path / f"{k}.txt"))
        with open(names[-1], "w") as file:
            file.write("".join(f"{k}{line}\n" for line in "abc"))
    assert read(tf.data.TextLineDataset(names)) == [f"{k}{c}".encode() for k in range(3) for c in "abc"]
    in_turn = tf.data.TextLineDataset(names, num_parallel_reads=2)
    assert read(in_turn)[:4] == [b"0a", b"1a", b"0b", b"1b"]


def test_records_of_one_length(tmp_path):
    name = str(tmp_path / "f")
    pathlib.Path(name).write_bytes(b"HHabcdefFFF")
    assert read(tf.data.FixedLengthRecordDataset(name, 2, 2, 3)) == [b"ab", b"cd", b"ef"]
    with pytest.raises(tf.errors.InvalidArgumentError, match="not an exact multiple"):
        list(tf.data.FixedLengthRecordDataset(name, 4))


def test_csv_columns(tmp_path):
    name = str(tmp_path / "c.csv")
    pathlib.Path(name).write_text('a,b,c\n1,2.5,"x,y"\n2,,"two\nlines"\n')
    rows = list(tf.data.experimental.CsvDataset(name, [tf.int32, [0.5], tf.string], header=True).as_numpy_iterator())
    assert rows == [(1, 2.5, b"x,y"), (2, 0.5, b"two\nlines")]
    batch = next(iter(tf.data.experimental.make_csv_dataset(name, 2, shuffle=False, num_epochs=1, label_name="a")))
    features, label = batch
    assert label.numpy().tolist() == [1, 2]
    assert list(features) == ["b", "c"]


def kinds():
    yield tf.data.Dataset.range(7)
    yield tf.data.Dataset.from_tensor_slices({"a": np.eye(3), "b": ["x", "y", "z"]})
    yield tf.data.Dataset.from_tensor_slices((tf.ragged.constant([[1], [2, 3]]), [True, False]))
    yield tf.data.Dataset.from_tensor_slices(tf.SparseTensor([[0, 1], [2, 0]], [1.5, 2.5], [3, 2]))


def same(a, b):
    return [tf.nest.map_structure(str, x) for x in a] == [tf.nest.map_structure(str, x) for x in b]


@pytest.mark.parametrize("which", range(4))
def test_save_and_load_snapshot_and_cache_give_the_same_elements(tmp_path, which):
    dataset = list(kinds())[which]
    dataset.save(str(tmp_path / "saved"))
    loaded = tf.data.Dataset.load(str(tmp_path / "saved"))
    assert loaded.element_spec == dataset.element_spec
    assert same(loaded, dataset)
    snapshot = dataset.snapshot(str(tmp_path / "snap"), compression="GZIP")
    assert same(snapshot, dataset) and same(snapshot, dataset)
    cached = dataset.cache(str(tmp_path / "cached"))
    assert same(cached, dataset) and same(cached, dataset)


def test_shards_of_saved_datasets(tmp_path):
    tf.data.Dataset.range(6).save(str(tmp_path / "s"), shard_func=lambda x: x % 2)
    assert read_numbers(tf.data.Dataset.load(str(tmp_path / "s"))) == [0, 2, 4, 1, 3, 5]
    in_turn = lambda shards: shards.interleave(lambda x: x, cycle_length=2)
    turns = tf.data.Dataset.load(str(tmp_path / "s"), reader_func=in_turn)
    assert read_numbers(turns) == [0, 1, 2, 3, 4, 5]


def read_numbers(dataset):
    return [int(x) for x in dataset]


KILLED = textwrap.dedent("""
    import sys, time
    import tapeflow as tf
    kind, path = sys.argv[1:]
    def slow():
        for k in range(1000):
            yield k
            if k == 500:
                print("half", flush=True)
                time.sleep(60)
    dataset = tf.data.Dataset.from_generator(slow, tf.int64)
    if kind == "cache":
        list(dataset.cache(path))
    elif kind == "snapshot":
        list(dataset.snapshot(path))
    else:
        dataset.save(path)
""")


@pytest.mark.parametrize("kind", ["cache", "snapshot", "save"])
def test_a_program_killed_while_it_writes_leaves_nothing_half(tmp_path, kind):
    path = str(tmp_path / kind)
    program = subprocess.Popen([sys.executable, "-c", KILLED, kind, path], stdout=subprocess.PIPE)
    assert program.stdout.readline() == b"half\n"
    program.send_signal(signal.SIGKILL)
    program.wait()
    program.stdout.close()
    numbers = tf.data.Dataset.range(1000)
    if kind == "save":
        with pytest.raises(tf.errors.NotFoundError):
            tf.data.Dataset.load(path)
        numbers.save(path)
        assert read_numbers(tf.data.Dataset.load(path)) == list(range(1000))
        return
    again = numbers.cache(path) if kind == "cache" else numbers.snapshot(path)
    assert read_numbers(again) == list(range(1000))
    assert read_numbers(again) == list(range(1000))
