"""A program that is killed: what it wrote is whole up to a place that is told, and a restart goes on where it was."""

import signal
import subprocess
import sys
import textwrap

import pytest

import tapeflow as tf

WRITING = textwrap.dedent("""
    import sys
    import tapeflow as tf
    with tf.io.TFRecordWriter(sys.argv[1], sys.argv[2]) as writer:
        for k in range(100_000_000):
            writer.write(str(k) * 50)
            if k % 1000 == 999:
                writer.flush()
                print(k + 1, flush=True)
""")
READING = textwrap.dedent("""
    import sys
    import tapeflow as tf

    folder, kind = sys.argv[1:]
    dataset = tf.data.Dataset.range(400).shuffle(60, seed=4).map(lambda x: x * 3).repeat(2)
    if kind == "prefetched":
        dataset = dataset.map(lambda x: tf.py_function(lambda v: v, [x], tf.int64), 3).prefetch(8)
    elif kind == "batched":
        dataset = dataset.batch(3).unbatch()
    iterator = iter(dataset)
    taken = tf.Variable(0)
    checkpoint = tf.train.Checkpoint(iterator=iterator, taken=taken)
    manager = tf.train.CheckpointManager(checkpoint, folder, max_to_keep=2)
    if manager.latest_checkpoint:
        checkpoint.restore(manager.latest_checkpoint)
    print("from", int(taken), flush=True)
    for x in iterator:
        print(int(x), flush=True)
        taken.assign_add(1)
        if int(taken) % 20 == 0:
            manager.save()
""")


def started(program, *arguments):
    return subprocess.Popen([sys.executable, "-c", program, *arguments], stdout=subprocess.PIPE, text=True)


@pytest.mark.parametrize("kind", ["", "GZIP"])
def test_of_records_what_was_flushed_is_read_and_the_rest_is_told(tmp_path, kind):
    path = str(tmp_path / "r")
    process = started(WRITING, path, kind)
    for _ in range(3):
        flushed = int(process.stdout.readline())
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    found = []
    try:
        for record in tf.data.TFRecordDataset(path, kind):
            found.append(record.numpy())
    except tf.errors.DataLossError as error:
        assert "truncated record at" in str(error) and str(path) in str(error)
    assert len(found) >= flushed
    assert found == [str(k).encode() * 50 for k in range(len(found))]
    assert len(list(tf.data.TFRecordDataset(path, kind).ignore_errors())) == len(found)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["plain", "batched", "prefetched"])
def test_an_iteration_goes_on_at_the_exact_next_element(tmp_path, kind):
    whole = subprocess.run(
        [sys.executable, "-c", READING, str(tmp_path / "whole"), kind], capture_output=True, text=True, check=True
    )
    expected = [int(line) for line in whole.stdout.splitlines()[1:]]
    assert len(expected) == 800
    taken = []
    for stop in (150, 330, 650, None):
        process = started(READING, str(tmp_path / "cut"), kind)
        begun = int(process.stdout.readline().split()[1])
        assert begun >= len(taken) - 60
        del taken[begun:]
        for line in process.stdout:
            taken.append(int(line))
            if len(taken) == stop:
                process.send_signal(signal.SIGKILL)  # what it still wrote is read to its end
        process.wait()
        process.stdout.close()
    assert taken == expected
