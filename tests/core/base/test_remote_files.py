"""Files of other file systems, through fsspec: TensorFlow's `tf.io.gfile` and all that opens files."""

import os
import sys
import uuid

import numpy as np
import pytest

import tapeflow as tf

gfile = tf.io.gfile


@pytest.fixture(params=["memory", "ram"])
def folder(request):
    name = f"{request.param}://{uuid.uuid4().hex}"
    yield name
    if gfile.exists(name):
        gfile.rmtree(name)


@pytest.fixture
def elsewhere(monkeypatch, tmp_path):
    """A folder of a file system that is no object store: what is written there is visible at once."""
    from fsspec.implementations.dirfs import DirFileSystem
    from fsspec.implementations.local import LocalFileSystem
    from fsspec.registry import _registry

    class Shelf(DirFileSystem):
        protocol = "shelf"
        _strip_protocol = classmethod(lambda cls, path: path.removeprefix("shelf://"))

        def __init__(self, **options):
            super().__init__(str(tmp_path), LocalFileSystem(), **options)

    monkeypatch.setitem(_registry, "shelf", Shelf)
    return "shelf://a"


def test_a_file_is_written_listed_read_and_removed(folder):
    gfile.makedirs(f"{folder}/x")
    with gfile.GFile(f"{folder}/x/a.txt", "w") as file:
        file.write("one\ntwo\n")
    assert gfile.listdir(folder) == ["x"]
    assert gfile.glob(f"{folder}/x/*.txt") == gfile.glob(f"{folder}/*/a*") == [f"{folder}/x/a.txt"]
    assert gfile.glob(f"{folder}/x/*.png") == gfile.glob(f"{folder}/none/a.txt") == []
    assert list(gfile.walk(folder)) == [(folder, ["x"], []), (f"{folder}/x", [], ["a.txt"])]
    found = gfile.stat(f"{folder}/x/a.txt")
    assert (found.length, found.is_directory, gfile.stat(f"{folder}/x").is_directory) == (8, False, True)
    with gfile.GFile(f"{folder}/x/a.txt") as file:
        assert (file.size(), file.readline(), file.read(2), list(file)) == (8, "one\n", "tw", ["o\n"])
    gfile.rename(f"{folder}/x/a.txt", f"{folder}/b.txt")
    gfile.remove(f"{folder}/b.txt")
    assert not gfile.exists(f"{folder}/b.txt")
    gfile.rmtree(folder)
    assert not gfile.isdir(folder)


def test_copies_go_both_ways(folder, tmp_path):
    here, there = str(tmp_path / "a"), f"{folder}/sub/a"
    tf.io.write_file(here, "content")
    gfile.copy(here, there)
    with pytest.raises(tf.errors.AlreadyExistsError):
        gfile.copy(here, there)
    gfile.copy(there, f"{folder}/b")
    gfile.copy(f"{folder}/b", f"{here}2")
    assert tf.io.read_file(f"{here}2").numpy() == b"content"
    assert sorted(os.listdir(tmp_path)) == ["a", "a2"]
    with pytest.raises(tf.errors.UnimplementedError, match="not implemented"):
        gfile.rename(here, f"{folder}/c")


def test_what_is_not_there_is_told_in_tensorflows_errors(folder):
    for ask in (gfile.listdir, gfile.stat, gfile.remove, gfile.rmtree, tf.io.read_file, tf.io.gfile.GFile):
        with pytest.raises(tf.errors.NotFoundError):
            found = ask(f"{folder}/none")
            found.read()
    with pytest.raises(tf.errors.NotFoundError):
        list(tf.data.TFRecordDataset(f"{folder}/none"))
    with pytest.raises(tf.errors.NotFoundError):
        tf.train.Checkpoint().restore(f"{folder}/none")
    tf.io.write_file(f"{folder}/d/f", "x")
    for wrong in (gfile.remove, tf.io.read_file, lambda path: tf.io.write_file(path, "y")):
        with pytest.raises((tf.errors.FailedPreconditionError, tf.errors.NotFoundError)):
            wrong(f"{folder}/d")


def test_an_unknown_scheme_and_a_missing_package_say_what_to_do(monkeypatch):
    with pytest.raises(tf.errors.UnimplementedError, match="scheme 'foo' not implemented"):
        gfile.exists("foo://a")
    monkeypatch.setitem(sys.modules, "fsspec.core", None)
    with pytest.raises(tf.errors.UnimplementedError, match=r"tapeflow\[filesystems\]"):
        tf.io.read_file("s3://bucket/a")


def test_importing_and_local_files_leave_fsspec_alone(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "fsspec", None)
    monkeypatch.setitem(sys.modules, "fsspec.core", None)
    tf.io.write_file(str(tmp_path / "a"), "x")
    assert gfile.exists(f"file://{tmp_path}/a")
    assert gfile.get_registered_schemes() == ["", "file"]


def test_datasets_read_lines_records_and_fixed_records(folder):
    names = [f"{folder}/{k}.txt" for k in range(3)]
    for k, name in enumerate(names):
        tf.io.write_file(name, f"{k}a\n{k}b\n")
    lines = tf.data.TextLineDataset(tf.data.Dataset.list_files(f"{folder}/*.txt", shuffle=False))
    assert list(lines.as_numpy_iterator()) == [b"0a", b"0b", b"1a", b"1b", b"2a", b"2b"]
    assert list(tf.data.FixedLengthRecordDataset(names, 3).as_numpy_iterator())[3] == b"1b\n"
    for kind in ("", "GZIP"):
        with tf.io.TFRecordWriter(f"{folder}/r{kind}", kind) as writer:
            for k in range(5):
                writer.write(bytes([k]) * k)
        records = tf.data.TFRecordDataset(f"{folder}/r{kind}", kind, num_parallel_reads=2)
        assert list(records.as_numpy_iterator()) == [bytes([k]) * k for k in range(5)]


def test_saved_datasets_caches_and_snapshots(folder):
    dataset = tf.data.Dataset.from_tensor_slices({"a": [1, 2, 3], "b": ["x", "y", "z"]})
    dataset.save(f"{folder}/s")
    kept = [tf.data.Dataset.load(f"{folder}/s"), dataset.cache(f"{folder}/c"), dataset.snapshot(f"{folder}/n")]
    for one in kept:
        for _ in range(2):
            assert [x["b"] for x in one.as_numpy_iterator()] == [b"x", b"y", b"z"]
    assert not [name for _, _, names in gfile.walk(folder) for name in names if name.endswith("partial")]


def test_checkpoints_are_saved_found_restored_and_deleted(folder):
    v = tf.Variable([1.0, 2.0])
    manager = tf.train.CheckpointManager(tf.train.Checkpoint(v=v, s=tf.Variable("text")), f"{folder}/ck", max_to_keep=2)
    for k in range(3):
        v.assign([float(k), 5.0])
        newest = manager.save()
    assert sorted(n for n in gfile.listdir(f"{folder}/ck") if n.endswith(".index")) == ["ckpt-2.index", "ckpt-3.index"]
    assert tf.train.latest_checkpoint(f"{folder}/ck") == newest == f"{folder}/ck/ckpt-3"
    v.assign([0.0, 0.0])
    tf.train.Checkpoint(v=v).restore(newest).expect_partial()
    assert v.numpy().tolist() == [2.0, 5.0]
    assert tf.train.load_checkpoint(f"{folder}/ck").get_tensor("s/.ATTRIBUTES/VARIABLE_VALUE") == b"text"
    with pytest.raises(tf.errors.NotFoundError, match="there is ckpt-2, ckpt-3"):
        tf.train.Checkpoint(v=v).restore(f"{folder}/ck/ckpt")


def test_a_model_with_an_asset_is_saved_and_loaded(folder):
    tf.io.write_file(f"{folder}/words.txt", "red\nblue\n")

    class Model(tf.Module):
        def __init__(self):
            self.table = tf.lookup.StaticVocabularyTable(
                tf.lookup.TextFileInitializer(f"{folder}/words.txt", tf.string, 0, tf.int64, -1), 1)

        @tf.function(input_signature=[tf.TensorSpec([None], tf.string)])
        def __call__(self, x):
            return self.table.lookup(x)

    tf.saved_model.save(Model(), f"{folder}/model")
    assert tf.saved_model.contains_saved_model(f"{folder}/model")
    loaded = tf.saved_model.load(f"{folder}/model")
    assert loaded(tf.constant(["blue", "red"])).numpy().tolist() == [1, 0]


def test_summaries_grow_with_each_flush(folder):
    writer = tf.summary.create_file_writer(f"{folder}/logs")
    with writer.as_default():
        tf.summary.scalar("a", 1.0, step=1)
        writer.flush()
        tf.summary.scalar("a", 2.0, step=2)
    writer.close()
    (name,) = gfile.glob(f"{folder}/logs/*")
    steps = [event.step for event in tf.compat.v1.train.summary_iterator(name) if event.summary.value]
    assert steps == [1, 2]


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(elsewhere, monkeypatch, tmp_path):
    from fsspec.implementations.dirfs import DirFileSystem

    tf.io.write_file(f"{elsewhere}/f", "old")

    def broken(self, path, value, **options):
        with self.open(path, "wb") as file:
            file.write(value[:1])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(DirFileSystem, "pipe_file", broken)
    with pytest.raises(tf.errors.ResourceExhaustedError):
        tf.io.write_file(f"{elsewhere}/f", "new")
    assert tf.io.read_file(f"{elsewhere}/f").numpy() == b"old"
    assert os.listdir(tmp_path / "a") == ["f"]


def test_a_checkpoint_in_a_plain_file_system(elsewhere, tmp_path):
    v = tf.Variable(np.arange(1000.0))
    path = tf.train.Checkpoint(v=v).write(f"{elsewhere}/c")
    assert sorted(os.listdir(tmp_path / "a")) == ["c.data-00000-of-00001", "c.index"]
    v.assign(tf.zeros(1000, tf.float64))
    tf.train.Checkpoint(v=v).read(path)
    assert v.numpy()[-1] == 999
