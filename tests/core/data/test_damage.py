"""Files and states that were damaged raise the errors of files: no crash, no endless loop, nothing run."""

import contextlib
import pathlib
import random

import pytest

import tapeflow as tf

CHANGES = 200


def damaged(content, random_source):
    """Some bytes changed, cut off or replaced."""
    data = bytearray(content)
    for _ in range(random_source.randint(1, 4)):
        place = random_source.randrange(len(data))
        kind = random_source.random()
        if kind < 0.6:
            data[place] = random_source.randrange(256)
        elif kind < 0.8:
            del data[place:]
        else:
            data[place : place + 3] = random_source.randbytes(random_source.randrange(6))
        data = data or bytearray(b" ")
    return bytes(data) if bytes(data) != content else content[:-1]


def test_damaged_saved_datasets(tmp_path):
    path, chance = tmp_path / "s", random.Random(0)
    whole = {"a": [[1.0, 2.0], [3.0, 4.0]], "b": ["x", "yy"], "r": tf.ragged.constant([[1], [2, 3]])}
    tf.data.Dataset.from_tensor_slices(whole).save(str(path))
    files = sorted(one for one in path.rglob("*") if one.is_file())
    for _ in range(CHANGES):
        one = chance.choice(files)
        content = one.read_bytes()
        one.write_bytes(damaged(content, chance))
        with contextlib.suppress(tf.errors.OpError):
            assert len(list(tf.data.Dataset.load(str(path)))) <= 2
        one.write_bytes(content)
    assert len(list(tf.data.Dataset.load(str(path)))) == 2


@pytest.mark.parametrize("kind", ["", "GZIP"])
def test_damaged_record_files_give_whole_records_and_then_an_error(tmp_path, kind):
    path, chance = str(tmp_path / "r"), random.Random(1)
    records = [bytes([k]) * (k % 7) for k in range(30)]
    with tf.io.TFRecordWriter(path, kind) as writer:
        for record in records:
            writer.write(record)
    content = pathlib.Path(path).read_bytes()
    for _ in range(CHANGES):
        pathlib.Path(path).write_bytes(damaged(content, chance))
        found = []
        try:
            for x in tf.data.TFRecordDataset(path, kind):
                found.append(bytes(x.numpy()))
        except tf.errors.DataLossError:
            pass
        assert found == records[: len(found)]


def test_damaged_states_say_so():
    dataset, chance = tf.data.Dataset.range(20).shuffle(5, seed=1).batch(3), random.Random(2)
    iterator = iter(dataset)
    next(iterator)
    state = iterator._save().numpy()
    for _ in range(CHANGES):
        with pytest.raises(tf.errors.DataLossError):
            iter(dataset)._restore(tf.constant(damaged(state, chance)))


def test_a_state_of_another_pipeline_says_so():
    state = iter(tf.data.Dataset.range(3).batch(2))._save()
    with pytest.raises(tf.errors.InvalidArgumentError, match="pipeline"):
        iter(tf.data.Dataset.range(3).window(2))._restore(state)
