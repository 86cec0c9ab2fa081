"""Functions with datasets go through files. That TensorFlow runs them is checked by `tools/check_saved_models.py`."""

import shutil

import numpy as np
import pytest

import tapeflow as tf
from tapeflow.core.base.messages import message
from tests.saved_model.corpus import PLACE, Recorded
from tests.saved_model.pipelines import CALLS, composites, loops, pipelines

INT64 = {"output_types": [tf.int64], "output_shapes": [[]]}


def through_a_file(function, tmp_path, *signature, **parts):
    """The function after it went through a file, and what else the module holds."""
    module = tf.Module()
    for name, part in parts.items():
        setattr(module, name, part)
    module.f = tf.function(function, input_signature=list(signature))
    tf.saved_model.save(module, tmp_path / "model")
    return tf.saved_model.load(tmp_path / "model")


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    """The pipelines as TapeFlow writes and reads them."""
    tf.random.set_seed(None)  # seeds are read while tracing; another test may have set the global one
    path = tmp_path_factory.mktemp("pipelines")
    tf.saved_model.save(pipelines(tf), path)
    return tf.saved_model.load(path)


RECORDED = Recorded("pipelines")


@pytest.mark.parametrize("call", RECORDED.calls, ids=[*CALLS])
def test_saved_pipelines_give_what_tensorflow_gave(call, loaded):
    RECORDED.play(loaded, call)


def test_loops_over_datasets_that_assign_variables(tmp_path):
    tf.saved_model.save(loops(tf), tmp_path)
    model, recorded = tf.saved_model.load(tmp_path), Recorded("pipeline_loops")
    for call in recorded.calls:
        recorded.play(model, call)


def test_a_variable_of_a_saved_pipeline_is_the_loaded_one(loaded):
    loaded.weight.assign(10)
    assert int(loaded.weighted(tf.constant(5, tf.int64))) == 100
    loaded.weight.assign(3)


def takes_and_gives(model):
    """What the functions of `composites` that take and give datasets do."""
    rows = tf.data.Dataset.range(4)
    assert int(model.takes(rows)) == 1234
    assert [int(x) for x in model.gives(tf.constant(3, tf.int64))] == [0, 3, 6]


def test_functions_of_tensorflow_take_and_give_datasets():
    takes_and_gives(tf.saved_model.load(PLACE / "pipeline_composites"))


def test_functions_take_and_give_datasets(tmp_path):
    module, source = tf.Module(), composites(tf)
    module.takes, module.gives = source.takes, source.gives
    tf.saved_model.save(module, tmp_path)
    takes_and_gives(tf.saved_model.load(tmp_path))


def test_a_dataset_from_outside_with_a_variable_is_saved(tmp_path):
    weight = tf.Variable(2, dtype=tf.int64)
    dataset = tf.data.Dataset.from_tensor_slices(np.arange(300)).map(lambda x: x * weight)
    total = lambda: dataset.take(4).reduce(tf.constant(0, tf.int64), lambda s, x: s + x)
    assert int(through_a_file(total, tmp_path, weight=weight).f()) == 12


def test_raw_ops_with_functions_are_saved(tmp_path):
    weight = tf.Variable(5, dtype=tf.int64)
    scale = tf.function(lambda x: x * weight).get_concrete_function(tf.TensorSpec([], tf.int64))
    add = tf.function(lambda s, x: s + x).get_concrete_function(*[tf.TensorSpec([], tf.int64)] * 2)

    def total(n):
        rows = tf.raw_ops.RangeDataset(start=0, stop=n, step=1, **INT64)
        rows = tf.raw_ops.MapDataset(input_dataset=rows, other_arguments=scale.captured_inputs, f=scale, **INT64)
        first = [tf.constant(0, tf.int64)]
        return tf.raw_ops.ReduceDataset(
            input_dataset=rows, initial_state=first, other_arguments=[], f=add, **INT64
        )[0]

    model = through_a_file(total, tmp_path, tf.TensorSpec([], tf.int64), weight=weight)
    assert int(model.f(tf.constant(4, tf.int64))) == 30


def test_files_are_read_where_the_function_is_told(tmp_path):
    (tmp_path / "numbers").write_text("1\n20\n300\n")
    number = lambda line: tf.strings.to_number(line, tf.int64)
    total = lambda path: tf.data.TextLineDataset(path).map(number).reduce(tf.constant(0, tf.int64), lambda s, x: s + x)
    model = through_a_file(total, tmp_path, tf.TensorSpec([], tf.string))
    assert int(model.f(tf.constant(str(tmp_path / "numbers")))) == 321


def test_files_named_by_a_dataset_are_read(tmp_path):
    (tmp_path / "a").write_text("1\n20\n")
    (tmp_path / "b").write_text("300\n")

    def lines(folder):
        names = tf.data.Dataset.from_tensor_slices(["a", "b"]).map(lambda name: tf.strings.join([folder, name], "/"))
        return tf.data.TextLineDataset(names).batch(9).get_single_element()

    model = through_a_file(lines, tmp_path, tf.TensorSpec([], tf.string))
    assert model.f(tf.constant(str(tmp_path))).numpy().tolist() == [b"1", b"20", b"300"]


@pytest.mark.parametrize(
    ("build", "says"),
    [
        (lambda: tf.data.Dataset.from_generator(lambda: iter([1]), output_types=tf.int64), "GeneratorDataset"),
        (lambda: tf.data.Dataset.from_tensor_slices(tf.ragged.constant([[1], []])), "RaggedTensorSpec"),
    ],
)  # fmt: skip
def test_what_has_no_form_in_files_says_so(build, says, tmp_path):
    def count():
        return build().reduce(tf.constant(0), lambda n, x: n + 1)

    with pytest.raises(tf.errors.UnimplementedError, match=says):
        through_a_file(count, tmp_path)


def test_a_dataset_function_that_assigns_a_variable_is_refused(tmp_path):
    weight = tf.Variable(1, dtype=tf.int64)
    count = lambda: tf.data.Dataset.range(3).map(lambda x: weight.assign_add(x)).batch(9).get_single_element()
    with pytest.raises(tf.errors.UnimplementedError, match="assigns a variable"):
        through_a_file(count, tmp_path, weight=weight)


def _reduce_without_state(node):
    del node.input[1]


def _text_for_numbers(node):
    node.attr["output_types"].list.type[0] = tf.string.as_datatype_enum


def _no_function(node):
    node.attr["f"].func.name = "missing"


@pytest.mark.parametrize(
    ("op", "damage"),
    [("ReduceDataset", _reduce_without_state), ("RangeDataset", _text_for_numbers), ("MapDataset", _no_function)],
)
def test_damaged_pipelines_are_refused(op, damage, tmp_path):
    model = message("SavedModel").FromString((PLACE / "pipelines" / "saved_model.pb").read_bytes())
    library = model.meta_graphs[0].graph_def.library
    weighted = next(f for f in library.function if f.signature.name.startswith("__inference_weighted"))
    damage(next(node for node in weighted.node_def if node.op == op))
    shutil.copytree(PLACE / "pipelines", tmp_path / "model")
    (tmp_path / "model" / "fingerprint.pb").unlink()
    (tmp_path / "model" / "saved_model.pb").write_bytes(model.SerializeToString())
    with pytest.raises(tf.errors.InvalidArgumentError):
        tf.saved_model.load(tmp_path / "model").weighted(tf.constant(3, tf.int64))
