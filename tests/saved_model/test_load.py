"""Models that TensorFlow saved give the results that TensorFlow recorded."""

import numpy as np
import pytest

import tapeflow as tf
from tapeflow.compat import inspection
from tapeflow.core.files.saved_model import load_partial
from tests.saved_model.corpus import NAMES, PLACE, Recorded


@pytest.mark.parametrize("name", NAMES)
def test_recorded_calls_give_recorded_results(name):
    recorded = Recorded(name)
    model = tf.saved_model.load(recorded.path)
    for call in recorded.calls:
        recorded.play(model, call)


# The first has no objects; in the other, TensorFlow made the bodies of loops functions of datasets, which assign.
NOT_AGAIN = ("v1_builder", "pipeline_loops")


@pytest.mark.parametrize("name", [name for name in NAMES if name not in NOT_AGAIN])
def test_models_saved_again_give_the_same(name, tmp_path):
    recorded = Recorded(name)
    model = tf.saved_model.load(recorded.path)
    tf.saved_model.save(model, tmp_path / "again", signatures=dict(model.signatures) or None)
    again = tf.saved_model.load(tmp_path / "again")
    for call in recorded.calls:
        recorded.play(again, call)


def test_fine_tuning_changes_the_weights_and_lowers_the_loss():
    model = tf.saved_model.load(PLACE / "keras_mlp_export")
    serve = model.signatures["serving_default"]
    (name,) = serve.structured_input_signature[1]
    x = tf.constant(np.random.RandomState(0).randn(8, serve.inputs[0].shape[1]).astype(np.float32))
    variables = serve.trainable_variables
    before = [v.numpy() for v in variables]
    losses = []
    for _ in range(5):
        with tf.GradientTape() as tape:
            loss = -tf.reduce_mean(tf.math.log(serve(**{name: x})["output_0"][:, 0]))
        losses.append(float(loss))
        for v, g in zip(variables, tape.gradient(loss, variables), strict=True):
            v.assign_sub(0.05 * g)
    assert losses[-1] < losses[0]
    assert all(not np.array_equal(a, v.numpy()) for a, v in zip(before, variables, strict=True))


def test_signatures_cannot_be_changed():
    model = tf.saved_model.load(PLACE / "affine_module")
    with pytest.raises(TypeError):
        model.signatures["serving_default"] = None


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda m, f: f(np.ones((2, 2), np.float32)), TypeError, "Binding inputs to tf.function failed"),
        (lambda m, f: f(), TypeError, "missing required arguments: x"),
        (lambda m, f: f(y=tf.ones([2, 2])), TypeError, "missing required arguments: x"),
        (lambda m, f: f(tf.ones([2, 2]), tf.ones([2, 2])), TypeError, "takes 1 positional arguments, got 2"),
        (lambda m, f: f(tf.ones([2, 2], tf.float64)), tf.errors.InvalidArgumentError, "expected to be a float tensor"),
        (lambda m, f: f(x=[[1.0, 2.0, 3.0]]), TypeError, "Can not cast TensorSpec"),
        (lambda m, f: m(1, 2, 3), TypeError, "too many positional arguments"),
        (lambda m, f: m("a"), TypeError, "Cannot convert 'a' to EagerTensor of dtype float"),
    ],
)
def test_wrong_calls_raise_as_in_tensorflow(call, error, text):
    model = tf.saved_model.load(PLACE / "affine_module")
    with pytest.raises(error, match=text):
        call(model, model.signatures["serving_default"])


def test_a_polymorphic_function_lists_its_options():
    model = tf.saved_model.load(PLACE / "polymorphic_signatures")
    name = next(name for name in dir(model) if hasattr(getattr(model, name), "concrete_functions"))
    with pytest.raises((ValueError, TypeError), match=r"Could not find matching concrete function|Binding inputs"):
        getattr(model, name)(tf.constant("no"))


def test_a_missing_model_is_an_os_error(tmp_path):
    with pytest.raises(OSError, match="SavedModel file does not exist at"):
        tf.saved_model.load(tmp_path)
    assert not tf.saved_model.contains_saved_model(tmp_path)
    assert tf.saved_model.contains_saved_model(PLACE / "affine_module")


def test_a_damaged_message_is_an_os_error_and_a_data_loss(tmp_path):
    (tmp_path / "saved_model.pb").write_bytes(b"\xff\xff\xff")
    with pytest.raises(OSError, match="Cannot parse file") as caught:
        tf.saved_model.load(tmp_path)
    assert isinstance(caught.value, tf.errors.DataLossError)


def test_other_tags_are_refused():
    with pytest.raises(ValueError, match="incompatible argument to `tags`"):
        tf.saved_model.load(PLACE / "affine_module", tags=["train"])


def test_loading_and_one_prediction_do_without_jax():
    import subprocess
    import sys

    code = (
        "import sys, numpy as np, tapeflow as tf\n"
        f"m = tf.saved_model.load({str(PLACE / 'affine_module')!r})\n"
        "m.signatures['serving_default'](tf.constant(np.ones((2, 2), np.float32)))\n"
        "assert 'jax' not in sys.modules and 'scipy' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_variables_may_be_left_at_zero():
    options = tf.saved_model.LoadOptions(experimental_skip_checkpoint=True)
    model = tf.saved_model.load(PLACE / "affine_module", options=options)
    assert not model.w.numpy().any()


def test_functions_keep_their_aliases(tmp_path):
    module = tf.Module()
    module.f = tf.function(lambda x: x + 1.0, input_signature=[tf.TensorSpec([], tf.float32)])
    tf.saved_model.save(module, tmp_path, options=tf.saved_model.SaveOptions(function_aliases={"plus": module.f}))
    options = tf.saved_model.LoadOptions(experimental_load_function_aliases=True)
    loaded = tf.saved_model.load(tmp_path, options=options)
    assert loaded.function_aliases["plus"](tf.constant(1.0)) == 2.0
    assert loaded.function_aliases["plus"] is loaded.f


def test_arrays_become_what_the_signature_says(tmp_path):
    module = tf.Module()
    module.f = tf.function(lambda x: x + 1, input_signature=[tf.TensorSpec([None], tf.float32)])
    tf.saved_model.save(module, tmp_path / "model")
    loaded = tf.saved_model.load(tmp_path / "model")
    assert loaded.f(np.array([1.0], np.float64)).dtype == tf.float32
    with pytest.raises(TypeError, match="Can not cast"):
        loaded.f(tf.constant([1.0], tf.float64))


def test_slots_of_variables_further_from_the_root_than_their_optimizer_come_back(tmp_path):
    root, optimizer = tf.Module(), tf.compat.v1.train.MomentumOptimizer(0.1, 0.9)
    root.optimizer, root.a = optimizer, tf.Module()
    root.a.b = tf.Module()
    root.a.b.v = tf.Variable([1.0, 2.0])
    optimizer.minimize(lambda: tf.reduce_sum(root.a.b.v**2))
    tf.saved_model.save(root, str(tmp_path))
    loaded = tf.saved_model.load(str(tmp_path))  # before, it found no value for the slot
    assert loaded.a.b.v.numpy().tolist() == root.a.b.v.numpy().tolist()


def test_a_function_may_give_the_handle_of_what_it_uses(tmp_path):
    module = tf.Module()
    module.table = tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(["a"], [1]), -1)
    module.f = tf.function(lambda: module.table.resource_handle, input_signature=[])
    tf.saved_model.save(module, str(tmp_path))
    loaded = tf.saved_model.load(str(tmp_path))
    assert loaded.f().dtype is tf.resource


def test_the_arguments_of_a_loaded_function_have_their_names(tmp_path):
    module = tf.Module()
    module.f = tf.function(lambda x, training=False, *, rate=1.0: x * rate if training else x)
    module.f.get_concrete_function(tf.TensorSpec([2]), training=True)
    tf.saved_model.save(module, str(tmp_path))
    spec = inspection.getfullargspec(tf.saved_model.load(str(tmp_path)).f)
    assert (spec.args, spec.defaults, spec.kwonlyargs) == (["x", "training"], (False,), ["rate"])


class _Nothing(tf.lookup.KeyValueTensorInitializer):
    """Leaves a table empty, until somebody fills it, as Keras 2's lookup layers do."""

    def __init__(self, key_dtype, value_dtype):
        super().__init__([], [], key_dtype, value_dtype)

    def initialize(self, table):
        return None


def test_a_table_of_the_callers_gets_the_content_of_the_file(tmp_path):
    module = tf.Module()
    module.table = tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(["a", "b"], [1, 2]), -1)
    tf.saved_model.save(module, str(tmp_path))
    given = tf.lookup.StaticHashTable(_Nothing(tf.string, tf.int32), -1)
    assert given.size().numpy() == 0
    load_partial(str(tmp_path), {"root": None, "root.table": (given, setattr)})
    assert given.lookup(tf.constant(["a", "x"])).numpy().tolist() == [1, -1]
