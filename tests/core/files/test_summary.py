"""`tf.summary`: what stands in event files."""

import io
import os
import subprocess
import sys
import wave

import numpy as np
import pytest
from PIL import Image

import tapeflow as tf
from tapeflow.core.base.messages import message
from tapeflow.core.base.record_file import records


def events(folder):
    """All events of a folder."""
    found = []
    for name in sorted(os.listdir(folder)):
        found += [message("Event").FromString(data) for data in records(os.path.join(folder, name))]
    return found


def written(folder):
    """(step, tag, plugin, value) of every summary."""
    result = []
    for event in events(folder):
        for value in event.summary.value:
            array = tf.make_ndarray(value.tensor)
            result.append((event.step, value.tag, value.metadata.plugin_data.plugin_name, array))
    return result


@pytest.fixture
def folder(tmp_path):
    return str(tmp_path / "logs")


def values(folder):
    return [(step, float(value)) for step, _, _, value in written(folder)]


def test_a_file_begins_with_its_version(folder):
    tf.summary.create_file_writer(folder, filename_suffix=".end")
    [name] = os.listdir(folder)
    assert name.startswith("events.out.tfevents.") and name.endswith(".end")
    assert events(folder)[0].file_version == "brain.Event:2"


def test_scalars(folder):
    with tf.summary.create_file_writer(folder).as_default(step=3):
        assert tf.summary.scalar("a", 2, description="*text*").numpy()
        with tf.name_scope("outer"):
            tf.summary.scalar("b", tf.constant(0.5, tf.float64), step=7)
    assert written(folder) == [(3, "a", "scalars", np.float32(2)), (7, "outer/b", "scalars", np.float32(0.5))]
    assert events(folder)[1].summary.value[0].metadata.summary_description == "*text*"


def test_histograms(folder):
    with tf.summary.create_file_writer(folder).as_default(step=0):
        tf.summary.histogram("h", [0.0, 0.1, 0.5, 1.0], buckets=2)
        tf.summary.histogram("same", tf.fill([3, 2], 5), buckets=3)
        tf.summary.histogram("none", [], buckets=2)
        tf.summary.histogram("thirty", tf.range(60))
    h, same, none, thirty = (value for *_, value in written(folder))
    np.testing.assert_array_equal(h, [[0, 0.5, 2], [0.5, 1, 2]])
    np.testing.assert_array_equal(same, [[5, 5, 0], [5, 5, 0], [5, 5, 6]])
    np.testing.assert_array_equal(none, np.zeros((2, 3)))
    assert thirty.shape == (30, 3) and thirty.dtype == np.float64 and thirty[:, 2].sum() == 60


def test_pictures(folder):
    pictures = np.arange(4 * 2 * 3 * 3, dtype=np.uint8).reshape(4, 2, 3, 3)
    with tf.summary.create_file_writer(folder).as_default(step=0):
        tf.summary.image("i", pictures, max_outputs=2)
        tf.summary.image("f", pictures[:1] / np.float32(255))
    whole, floats = (value for *_, value in written(folder))
    assert list(whole[:2]) == [b"3", b"2"] and len(whole) == 4
    for file, picture in zip([*whole[2:], floats[2]], [*pictures[:2], pictures[0]], strict=True):
        np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(file))), picture)


def test_sounds_and_text(folder):
    with tf.summary.create_file_writer(folder).as_default(step=0):
        tf.summary.audio("a", np.zeros((5, 10, 2), np.float32), 8000, max_outputs=1)
        tf.summary.text("t", ["x", "y"])
    (_, _, _, sound), (_, _, plugin, text) = written(folder)
    assert sound.shape == (1, 2) and plugin == "text" and list(text) == [b"x", b"y"]
    with wave.open(io.BytesIO(sound[0, 0])) as file:
        assert (file.getframerate(), file.getnchannels(), file.getnframes()) == (8000, 2, 10)
    assert events(folder)[1].summary.value[0].metadata.plugin_data.content == b"\x10\x0b"


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: tf.summary.scalar("a", [1.0, 2.0]), ValueError),
        (lambda: tf.summary.image("a", [1.0]), ValueError),
        (lambda: tf.summary.audio("a", [1.0], 8000), ValueError),
        (lambda: tf.summary.audio("a", [[[1.0]]], 8000, encoding="mp3"), ValueError),
        (lambda: tf.summary.text("a", 1), TypeError),
        (lambda: tf.summary.scalar("a", 1.0, step=[1, 2]), ValueError),
        (lambda: tf.summary.flush(3), ValueError),
        (lambda: tf.summary.create_file_writer(None), ValueError),
        (lambda: tf.summary.trace_export("a", 0), ValueError),
    ],
)
def test_mistakes(folder, call, error):
    with tf.summary.create_file_writer(folder).as_default(step=0), pytest.raises(error):
        call()


def test_without_a_writer_nothing_happens_and_without_a_step_nothing_goes(folder):
    assert not tf.summary.scalar("a", 1.0).numpy()
    assert not tf.summary.should_record_summaries().numpy()
    assert tf.summary.create_noop_writer().flush() is None
    with tf.summary.create_file_writer(folder).as_default():
        assert tf.summary.should_record_summaries().numpy()
        with pytest.raises(ValueError, match="No step set"):
            tf.summary.scalar("a", 1.0)
        tf.summary.experimental.set_step(4)
        tf.summary.scalar("a", 1.0)
        assert tf.summary.experimental.get_step() == 4
        tf.summary.experimental.set_step(None)
    assert values(folder) == [(4, 1.0)]


def test_writers_nest(folder):
    first, second = tf.summary.create_file_writer(folder + "1"), tf.summary.create_file_writer(folder + "2")
    with first.as_default(step=1):
        with second.as_default(step=2):
            tf.summary.scalar("a", 2.0)
        tf.summary.scalar("a", 1.0)
    assert values(folder + "1") == [(1, 1.0)] and values(folder + "2") == [(2, 2.0)]


def test_closed_writers_refuse(folder):
    writer = tf.summary.create_file_writer(folder)
    writer.close()
    writer.close()
    with pytest.raises(RuntimeError, match="already closed"):
        writer.as_default()


def test_in_functions_summaries_are_written_in_order_each_time(folder):
    step = tf.Variable(0, dtype=tf.int64)
    writer = tf.summary.create_file_writer(folder)

    @tf.function
    def train(x):
        with writer.as_default(step=step):
            tf.summary.scalar("first", x)
            step.assign_add(1)
            tf.summary.scalar("second", x * 2)
            if x > 1:
                tf.summary.scalar("large", x)
        return x

    for x in (1.0, 2.0):
        train(tf.constant(x))
    writer.flush()
    assert [(n, tag, float(value)) for n, tag, _, value in written(folder)] == [
        (0, "first", 1.0), (1, "second", 2.0), (1, "first", 2.0), (2, "second", 4.0), (2, "large", 2.0),
    ]  # fmt: skip


def test_in_loops_of_functions(folder):
    writer = tf.summary.create_file_writer(folder)

    @tf.function
    def count(n):
        for i in tf.range(n):
            with writer.as_default():
                tf.summary.scalar("i", i, step=tf.cast(i, tf.int64))
        return n

    count(tf.constant(4))
    writer.flush()
    assert values(folder) == [(0, 0.0), (1, 1.0), (2, 2.0), (3, 3.0)]


@pytest.mark.parametrize("compiled", [False, True])
def test_conditions_are_asked_each_time(folder, compiled):
    step = tf.Variable(0, dtype=tf.int64)
    made = []

    def body():
        tf.summary.write("a", lambda: made.append(1) or tf.constant(1.0), step=step)
        tf.summary.scalar("b", tf.cast(step, tf.float32), step=step)
        step.assign_add(1)

    run = tf.function(body) if compiled else body
    with tf.summary.create_file_writer(folder).as_default(), tf.summary.record_if(lambda: tf.equal(step % 3, 0)):
        for _ in range(5):
            run()
    assert [(n, tag) for n, tag, *_ in written(folder)] == [(0, "a"), (0, "b"), (3, "a"), (3, "b")]
    assert len(made) == (1 if compiled else 2)


def test_ready_messages(folder):
    summary = message("Summary")()
    summary.value.add(tag="old", simple_value=3.0)
    with tf.summary.create_file_writer(folder).as_default(step=2):
        assert tf.summary.experimental.write_raw_pb(summary.SerializeToString()).numpy()
    assert events(folder)[1].summary == summary and events(folder)[1].step == 2


def test_graphs_and_traces(folder):
    double = tf.function(lambda x: x * 2)
    with tf.summary.create_file_writer(folder).as_default(step=0):
        assert tf.summary.graph(double.get_concrete_function(tf.constant(1.0)).graph).numpy()
        tf.summary.trace_on()
        double(tf.constant(1.0))
        tf.summary.trace_export("trace")
        double(tf.constant(1.0))
    graph, trace = events(folder)[1:]
    assert "Mul" in [node.op for node in message("GraphDef").FromString(graph.graph_def).node]
    run = message("RunMetadata").FromString(tf.make_ndarray(trace.summary.value[0].tensor)[()])
    assert len(run.function_graphs) == 1
    assert trace.summary.value[0].metadata.plugin_data.plugin_name == "graph_run_metadata_graph"


def test_what_waits_is_written_at_the_end_of_the_process(folder):
    program = f"""
import tapeflow as tf
tf.summary.create_file_writer({folder!r}).set_as_default()
tf.summary.scalar("a", 5.0, step=1)
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
    assert values(folder) == [(1, 5.0)]


def test_summaries_wait_until_there_are_some(folder):
    with tf.summary.create_file_writer(folder, max_queue=3).as_default(step=0):
        seen = []
        for _ in range(5):
            tf.summary.scalar("a", 1.0)
            seen.append(len(written(folder)))
    assert seen == [0, 0, 0, 4, 4]
