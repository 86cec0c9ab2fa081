"""An iterator that is saved and restored goes on with the exact next element, whatever the pipeline."""

import numpy as np
import pytest

import tapeflow as tf
from tests.parity.cases.data_pipelines import SOURCES, STEPS
from tests.parity.pipelines import text

PLACES = (0, 1, 3)


def pipeline(source, step):
    """The dataset, or None where the transformation does not take the source's elements."""
    try:
        dataset = STEPS[step](tf, SOURCES[source](tf)).take(20)
        list(dataset)
    except (tf.errors.OpError, ValueError, TypeError):
        return None
    return dataset


@pytest.mark.filterwarnings("ignore::tapeflow.data.PipelineWarning")  # orders that are not meant to be useful
@pytest.mark.parametrize("step", STEPS)
def test_a_restored_iterator_gives_what_the_saved_one_would_have(step):
    for source in SOURCES:
        dataset = pipeline(source, step)
        for place in PLACES if dataset is not None else ():
            saved, restored = iter(dataset), iter(dataset)
            for _ in zip(range(place), saved, strict=False):
                pass
            state = saved._save()
            expected = [text(x) for x in saved]
            restored._restore(state)
            assert [text(x) for x in restored] == expected, (source, place)


def test_a_checkpoint_holds_the_iterator_and_its_shuffle(tmp_path):
    dataset = tf.data.Dataset.range(40).shuffle(9, seed=3).batch(4).repeat(2)
    iterator = iter(dataset)
    for _ in range(13):
        next(iterator)
    path = tf.train.Checkpoint(iterator=iterator).save(tmp_path / "c")
    expected = [x.numpy().tolist() for x in iterator]
    again = iter(dataset)
    tf.train.Checkpoint(iterator=again).restore(path).assert_consumed()
    assert [x.numpy().tolist() for x in again] == expected


def test_saving_while_a_thread_prefetches_loses_nothing():
    dataset = tf.data.Dataset.from_generator(lambda: iter(range(50)), tf.int32).prefetch(5)
    iterator = iter(dataset)
    seen = [int(next(iterator)) for _ in range(7)]
    state = iterator._save()
    seen += [int(x) for x in iterator]
    assert seen == list(range(50))
    again = iter(dataset)
    again._restore(state)
    assert [int(x) for x in again] == list(range(7, 50))


def test_a_damaged_state_says_so():
    iterator = iter(tf.data.Dataset.range(3))
    state = iterator._save()
    cut = tf.constant(state.numpy()[:-3])
    with pytest.raises(tf.errors.DataLossError, match="state"):
        iterator._restore(cut)


def test_numpy_iterators_are_saved_too():
    iterator = tf.data.Dataset.range(5).as_numpy_iterator()
    next(iterator)
    state = iterator.save()
    next(iterator)
    iterator.restore(state)
    assert next(iterator) == np.int64(1)


@pytest.mark.parametrize(
    "make",
    [
        lambda d: d.map(lambda x: tf.random.uniform([], seed=3)),
        lambda d: d.filter(lambda x: tf.random.uniform([], seed=3) < 0.7),
        lambda d: d.map(lambda x: tf.random.normal([2])).repeat(2),
        lambda d: d.map(lambda x: (tf.random.uniform([], seed=3), tf.random.uniform([], seed=4))).prefetch(3),
        lambda d: d.flat_map(lambda n: tf.data.Dataset.range(3).map(lambda x: tf.random.uniform([], seed=3))),
    ],
)
def test_random_maps_go_on_where_they_were(make):
    dataset = make(tf.data.Dataset.range(10))
    saved, restored = iter(dataset), iter(dataset)
    for _ in range(4):
        next(saved)
    state = saved._save()
    expected = [text(x) for x in saved]
    restored._restore(state)
    assert [text(x) for x in restored] == expected
