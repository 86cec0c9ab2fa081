"""Which functions of libraries AutoGraph converts: those that `tf.function` is put on, not those that they call."""

import sys
import types

import pytest

import tapeflow as tf

SOURCE = '''
import tapeflow as tf

def total(rows):
    result = tf.constant(0, tf.int64)
    for row in rows:
        result += tf.reduce_sum(row)
    return result

def negated_where_positive(x):
    if tf.reduce_sum(x) > 0:
        return -x
    return x
'''


@pytest.fixture
def library(tmp_path, monkeypatch):
    """A module in the package keras, with its source in a file."""
    path = tmp_path / "borrowed.py"
    path.write_text(SOURCE)
    module = types.ModuleType("keras.borrowed")
    module.__file__ = str(path)
    monkeypatch.setitem(sys.modules, "keras.borrowed", module)
    exec(compile(SOURCE, str(path), "exec"), module.__dict__)
    return module


def test_a_library_s_function_is_converted_where_it_is_asked_for(library):
    data = tf.data.Dataset.range(3).batch(2)
    assert tf.function(library.total)(data).numpy() == 3
    assert tf.function(library.negated_where_positive)(tf.ones([2])).numpy().tolist() == [-1.0, -1.0]


def test_what_it_calls_is_left_alone(library):
    with pytest.raises(tf.errors.OperatorNotAllowedInGraphError):
        tf.function(lambda x: library.negated_where_positive(x))(tf.ones([2]))


def test_functions_of_datasets_are_asked_for_by_nobody(library):
    with pytest.raises(tf.errors.OperatorNotAllowedInGraphError):
        tf.data.Dataset.from_tensors(tf.ones([2])).map(library.negated_where_positive)


def test_annotated_names_are_shared_with_branches():
    @tf.function
    def choose(x):
        result: tf.Tensor = x
        other: int
        if x > 0.0:
            result: tf.Tensor = x * 2.0
            other = 1
        else:
            other = 2
        return result, other

    assert [float(one) for one in choose(tf.constant(3.0))] == [6.0, 1.0]
    assert [float(one) for one in choose(tf.constant(-3.0))] == [-3.0, 2.0]
