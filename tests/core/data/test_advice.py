"""Pipelines that their authors will regret are told of, at the line that built them; right ones never."""

import subprocess
import sys
import warnings

import pytest

import tapeflow as tf

AUGMENT = lambda x: x + tf.random.uniform([], 0, 3, tf.int64)

MISTAKES = {
    "shuffle before batch": lambda d: d.batch(4).shuffle(5),
    "shuffle before batch, with stages between": lambda d: d.padded_batch(4).map(lambda x: -x).shuffle(5).prefetch(1),
    "shuffle before repeat": lambda d: d.repeat(2).shuffle(5).batch(4),
    "shuffle before repeat, without end": lambda d: d.repeat().shuffle(5).batch(4).take(3),
    "cache before random maps": lambda d: d.map(AUGMENT).cache().shuffle(5).batch(4),
    "cache before shuffle": lambda d: d.shuffle(5).cache().batch(4),
    "take before cache": lambda d: d.cache().take(3).repeat(2),
}
RIGHT = {
    "the usual order": lambda d: d.cache().shuffle(5).repeat(2).map(AUGMENT).batch(4).prefetch(2),
    "sequences are elements": lambda d: d.batch(4, True).map(lambda x: (x[:-1], x[1:])).shuffle(5).batch(2),
    "blocks are taken apart again": lambda d: d.batch(4).shuffle(5).unbatch(),
    "both elements and batches": lambda d: d.shuffle(5).batch(4).cache().shuffle(3),
    "batches of one": lambda d: d.batch(1).shuffle(5),
    "once": lambda d: d.repeat(1).shuffle(5),
    "shuffled before as well": lambda d: d.shuffle(5).repeat(2).shuffle(5),
    "one order on purpose": lambda d: d.shuffle(5, seed=1, reshuffle_each_iteration=False).take(6).cache(),
    "a fixed draw": lambda d: d.map(lambda x: tf.random.stateless_uniform([], [x, x])).cache(),
    "a look at a cached pipeline": lambda d: d.cache().take(2),
    "files again and again": lambda d: d.repeat(2).shuffle(5).flat_map(lambda x: tf.data.Dataset.range(x)),
}


def read(dataset):
    """The warnings of reading a dataset."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        for _ in dataset:
            pass
    return told


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_told_with_the_line_that_made_it(name):
    (told,) = read(MISTAKES[name](tf.data.Dataset.range(10)))
    assert told.category is tf.data.PipelineWarning
    assert str(told.message).startswith(name.partition(",")[0]) and "Write ." in str(told.message)
    assert told.filename == __file__
    with open(__file__) as file:
        assert name in file.read().splitlines()[told.lineno - 1]


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_pipeline_is_left_alone(name):
    assert read(RIGHT[name](tf.data.Dataset.range(10))) == []


def test_it_is_told_once_for_each_dataset():
    dataset = tf.data.Dataset.range(10).batch(2).shuffle(3)
    assert len(read(dataset)) == 1
    assert read(dataset) == []


def test_options_and_filters_silence_it():
    options = tf.data.Options()
    options.warn_of_mistakes = False
    assert read(tf.data.Dataset.range(10).batch(2).shuffle(3).with_options(options)) == []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", tf.data.PipelineWarning)
        list(tf.data.Dataset.range(10).batch(2).shuffle(3))


def test_inside_a_function_too():
    @tf.function
    def total():
        result = tf.constant(0, tf.int64)
        for x in tf.data.Dataset.range(6).batch(2).shuffle(3):
            result += tf.reduce_sum(x)
        return result

    with pytest.warns(tf.data.PipelineWarning, match="shuffle before batch"):
        assert total() == 15


def test_a_program_is_told_once_for_a_line(tmp_path):
    program = tmp_path / "p.py"
    program.write_text(
        "import tapeflow as tf\nfor _ in range(3):\n    for x in tf.data.Dataset.range(4).batch(2).shuffle(2): pass\n"
    )
    done = subprocess.run([sys.executable, str(program)], capture_output=True, text=True, check=True)
    assert done.stderr.count("PipelineWarning") == 1
    assert "p.py:3" in done.stderr
