"""What other front ends, Keras 2 above all, find under `tf.__internal__` and on objects."""

import numpy as np
import pytest

import tapeflow as tf
from tapeflow.compat import decorators, insides, inspection, saveables
from tapeflow.compat.internals import module


def test_an_assignment_has_an_op_in_a_graph_and_none_outside():
    v = tf.Variable(1.0)
    assert v.assign(2.0).op is None

    @tf.function
    def f(x):
        op = v.assign(x * 2.0).op
        return tf.constant(op.type)

    assert f(tf.constant(3.0)).numpy() == b"Mul"
    assert v.numpy() == 6.0


def test_code_that_autograph_did_not_see_may_ask_for_a_function_to_be_converted():
    def user(x):
        if x > 0:
            return x
        return -x

    converted = insides.tf_convert(user, insides.control_status_ctx())
    as_it_is = tf.autograph.experimental.do_not_convert(lambda x: converted(x))
    assert tf.function(as_it_is, autograph=False)(tf.constant(-3.0)).numpy() == 3.0
    assert converted(-3.0) == 3.0


def test_the_tensors_of_a_table_go_out_and_come_back():
    table = tf.lookup.experimental.MutableHashTable(tf.string, tf.int64, -1)
    table.insert(["a", "b"], tf.constant([1, 2], tf.int64))
    (now,) = module("__internal__.tracking").saveable_objects_from_trackable(table).values()
    tensors = [spec.tensor for spec in now().specs]
    table.remove(["a"])
    now().restore(tensors, None)
    assert table.lookup(tf.constant(["a", "b", "c"])).numpy().tolist() == [1, 2, -1]


def test_what_has_no_tensors_of_its_own_has_nothing_to_save():
    assert saveables.saveable_objects_from_trackable(tf.Module()) == {}


def test_the_newest_checkpoint_is_named_as_seen_from_its_folder(tmp_path):
    path = tf.train.Checkpoint(v=tf.Variable(1.0)).write(str(tmp_path / "w"))
    saveables.update_checkpoint_state(str(tmp_path), path, [path], save_relative_paths=True)
    assert (tmp_path / "checkpoint").read_text().splitlines()[0] == 'model_checkpoint_path: "w"'
    assert tf.train.latest_checkpoint(str(tmp_path)) == path


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        (tf.TensorSpec([2, 3]), tf.TensorSpec([None, None])),
        (tf.TensorSpec(None), tf.TensorSpec(None)),
        (tf.RaggedTensorSpec([2, None]), tf.RaggedTensorSpec([None, None])),
        (tf.SparseTensorSpec([2, 3], tf.int32), tf.SparseTensorSpec([None, None], tf.int32)),
    ],
)
def test_a_spec_forgets_its_sizes(spec, expected):
    assert spec._with_tensor_ranks_only() == expected


def test_a_graph_says_which_graph_is_around_it_and_on_which_device_ops_are_asked_to_run():
    seen = []

    class Op:
        device = None

        def _set_device(self, spec):
            self.device = spec.device_type

    @tf.function
    def f():
        graph, op, other = tf.compat.v1.get_default_graph(), Op(), Op()
        graph._apply_device_functions(op)
        with tf.device("/CPU:0"):
            graph._apply_device_functions(other)
        seen.append((graph.outer_graph, op.device, other.device))
        return tf.constant(1)

    f()
    assert seen == [(tf.compat.v1.get_default_graph(), None, "CPU")]
    assert not hasattr(tf.compat.v1.get_default_graph(), "outer_graph")


def test_the_rewriters_words_are_those_of_the_message():
    config = tf.compat.v1.ConfigProto()
    config.graph_options.rewrite_options.remapping = module("core.protobuf.rewriter_config_pb2").RewriterConfig.OFF
    assert "remapping: OFF" in str(config)
    assert np.int32(config.graph_options.rewrite_options.remapping) == 2


@pytest.mark.parametrize(
    ("weights", "expected"), [(2.0, [[2.0, 2.0]]), ([[3.0]], [[3.0, 3.0]]), ([[1.0, 2.0]], [[1.0, 2.0]])]
)
def test_weights_are_stretched_to_the_shape_of_values(weights, expected):
    assert insides.broadcast_weights(weights, [[5.0, 6.0]]).numpy().tolist() == expected


@pytest.mark.parametrize("weights", [[1.0], [1.0, 2.0], [[1.0], [2.0]], [[1.0, 2.0, 3.0]]])
def test_weights_of_another_rank_or_size_are_refused(weights):
    with pytest.raises(ValueError, match="weights can not be broadcast to values"):
        insides.broadcast_weights(weights, [[5.0, 6.0]])


def test_splits_that_differ_are_found():
    a, b = tf.ragged.constant([[1], [2, 3]]), tf.ragged.constant([[1, 2], [3]])
    with pytest.raises(tf.errors.InvalidArgumentError, match="identical ragged splits"):
        insides.assert_splits_match([a.nested_row_splits, b.nested_row_splits])
    with pytest.raises(ValueError, match="identical ragged splits"):
        insides.assert_splits_match([a.nested_row_splits, ()])


def test_functions_with_gradients_of_their_own_say_what_they_take():
    @tf.custom_gradient
    def f(x, scale=2.0):
        return x * scale, lambda dy: (dy, None)

    class Model:
        @tf.custom_gradient
        def call(self, x):
            return x, lambda dy: dy

    assert inspection.getfullargspec(f).args == ["x", "scale"]
    assert inspection.getfullargspec(tf.function(f)).defaults == (2.0,)
    assert "x" in inspection.getfullargspec(Model().call).args


def test_what_has_an_attribute_is_tensor_like_counts_as_a_tensor_whatever_its_value():
    class Deferred:
        is_tensor_like = True

    class Other:
        is_tensor_like = False

    assert [tf.is_tensor(x) for x in (Deferred(), Other(), object(), np.ones(2))] == [True, True, False, False]


def test_decorated_functions_keep_the_function_behind():
    def f(x):
        return x, lambda dy: dy

    assert tf.custom_gradient(f).__original_wrapped__ is f
    assert decorators.make_decorator(f, lambda x: x).__original_wrapped__ is f


@pytest.mark.parametrize(
    "kind", [np.float64, tf.float64, np.dtype("float64"), tf.TensorSpec([], tf.float64), "float64"]
)
def test_maps_take_dtypes_in_every_form(kind):
    x = tf.constant([1.0, 2.0])
    double = tf.map_fn(lambda y: tf.cast(y, tf.float64) * 2.0, x, fn_output_signature=kind)
    assert double.dtype is tf.float64
    staged = tf.function(lambda z: tf.map_fn(lambda y: tf.cast(y, tf.float64) * 2.0, z, fn_output_signature=kind))
    assert staged(x).numpy().tolist() == double.numpy().tolist() == [2.0, 4.0]
