"""What is saved comes back the same. That TensorFlow takes it too is checked by `tools/check_saved_models.py`."""

import os
import warnings

import numpy as np
import pytest

import tapeflow as tf


def saved(obj, tmp_path, **options):
    """The object after it went through a file."""
    path = os.path.join(tmp_path, "model")
    tf.saved_model.save(obj, path, **options)
    return tf.saved_model.load(path)


class Affine(tf.Module):
    def __init__(self):
        super().__init__()
        self.w = tf.Variable(np.arange(6, dtype=np.float32).reshape(2, 3), name="w")
        self.count = tf.Variable(0, dtype=tf.int64, trainable=False)
        self.nested = {"a": [tf.Variable(1.0), (tf.Variable(2.0),)]}
        self.constant = tf.constant(np.random.RandomState(0).randn(3, 100), tf.float32)

    @tf.function(input_signature=[tf.TensorSpec([None, 2], tf.float32, name="x")])
    def __call__(self, x):
        self.count.assign_add(1)
        tf.debugging.assert_less(x, 100.0)
        y = tf.matmul(x, self.w)
        return {"y": y, "z": tf.matmul(y, self.constant)}


def test_a_module_comes_back_with_its_variables_and_results(tmp_path):
    module = Affine()
    x = tf.constant([[1.0, 2.0], [3.0, 4.0]])
    loaded = saved(module, tmp_path)
    np.testing.assert_array_equal(loaded.w, module.w)
    assert loaded.w.trainable and not loaded.count.trainable and loaded.w.name == "w:0"
    for name, y in module(x).items():
        np.testing.assert_allclose(loaded(x)[name], y, rtol=1e-6)
        np.testing.assert_allclose(loaded.signatures["serving_default"](x=x)[name], y, rtol=1e-6)
    assert int(loaded.count) == 2 + 2
    assert loaded.nested["a"][1][0].numpy() == 2.0


def test_assertions_are_saved(tmp_path):
    loaded = saved(Affine(), tmp_path)
    with pytest.raises(tf.errors.InvalidArgumentError):
        loaded(tf.constant([[1.0, 200.0]]))


def test_gradients_flow_through_what_is_loaded(tmp_path):
    module = Affine()
    loaded = saved(module, tmp_path)
    x = tf.constant([[1.0, 2.0]])

    def gradient(m):
        with tf.GradientTape() as tape:
            y = tf.reduce_sum(m(x)["z"])
        return tape.gradient(y, m.w)

    np.testing.assert_allclose(gradient(loaded), gradient(module), rtol=1e-5)


class Loops(tf.Module):
    def __init__(self):
        super().__init__()
        self.v = tf.Variable([1.1, 0.9])

    @tf.function(input_signature=[tf.TensorSpec([], tf.float32)])
    def power(self, x):
        while x < 100.0:
            if x > 50.0:
                x = x * self.v[0]
            else:
                x = x + x * self.v[1]
        return x

    @tf.function(input_signature=[tf.TensorSpec([2], tf.float32)])
    def step(self, x):
        with tf.GradientTape() as tape:
            y = tf.reduce_sum(x * self.v)
            for _ in tf.range(3):
                y = y * tf.reduce_prod(self.v)
        g = tape.gradient(y, self.v)
        self.v.assign_sub(0.1 * g)
        return y, g


def test_loops_branches_and_their_gradients_come_back(tmp_path):
    module = Loops()
    loaded = saved(module, tmp_path)
    x = tf.constant(1.5)
    grads = []
    for m in (module, loaded):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = m.power(x)
        grads.append((float(y), float(tape.gradient(y, x))))
    np.testing.assert_allclose(grads[0], grads[1], rtol=1e-5)


def test_a_training_step_with_a_loop_in_its_gradient_comes_back(tmp_path):
    module = Loops()
    loaded = saved(module, tmp_path)
    x = tf.constant([1.0, 2.0])
    for a, b in zip(module.step(x), loaded.step(x), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5)
    np.testing.assert_allclose(module.v, loaded.v, rtol=1e-5)


class Functions(tf.Module):
    def __init__(self):
        super().__init__()
        self.w = tf.Variable(2.0)

    @tf.function
    def f(self, x, *args, scale=1.0, mode="a"):
        y = x * self.w * scale
        for a in args:
            y = y + a
        return (y if mode == "a" else -y), {"l": [y]}

    @tf.function(input_signature=[tf.RaggedTensorSpec([None, None], tf.float32)])
    def ragged(self, r):
        return r * self.w

    @tf.function(input_signature=[tf.TensorSpec([None], tf.float32)])
    def clipped(self, x):
        @tf.custom_gradient
        def clip(x):
            return tf.exp(x), lambda dy: tf.clip_by_value(dy * x, -1.5, 1.5)

        return clip(x)


def test_every_trace_of_a_function_is_saved_and_found_again(tmp_path):
    module = Functions()
    module.f(tf.constant(1.0))
    module.f(tf.constant(1.0), tf.constant(2.0), scale=3.0)
    module.f(tf.constant([1.0, 2.0]), mode="b")
    loaded = saved(module, tmp_path)
    assert float(loaded.f(tf.constant(4.0))[0]) == 8.0
    assert float(loaded.f(tf.constant(4.0), tf.constant(1.0), scale=3.0)[1]["l"][0]) == 25.0
    np.testing.assert_array_equal(loaded.f(tf.constant([1.0, 2.0]), mode="b")[0], [-2.0, -4.0])
    with pytest.raises(ValueError, match="Could not find matching concrete function"):
        loaded.f(tf.constant(4.0), mode="c")


def test_ragged_arguments_and_custom_gradients_come_back(tmp_path):
    loaded = saved(Functions(), tmp_path)
    assert loaded.ragged(tf.ragged.constant([[1.0], [], [2.0, 3.0]])).to_list() == [[2.0], [], [4.0, 6.0]]
    x = tf.constant([1.0, 2.0])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = loaded.clipped(x)
    np.testing.assert_allclose(tape.gradient(y, x), [1.0, 1.5])


def test_a_missing_custom_gradient_is_a_lookup_error(tmp_path):
    options = tf.saved_model.SaveOptions(experimental_custom_gradients=False)
    loaded = saved(Functions(), tmp_path, options=options)
    x = tf.constant([1.0])
    with tf.GradientTape() as tape, pytest.raises(LookupError, match="No gradient defined"):
        tape.watch(x)
        tape.gradient(loaded.clipped(x), x)


class Tables(tf.Module):
    def __init__(self, path):
        super().__init__()
        self.file = tf.saved_model.Asset(path)
        lines = tf.lookup.TextFileInitializer(
            path, tf.string, tf.lookup.TextFileIndex.WHOLE_LINE, tf.int64, tf.lookup.TextFileIndex.LINE_NUMBER
        )
        self.static = tf.lookup.StaticHashTable(lines, -1)
        self.mutable = tf.lookup.experimental.MutableHashTable(tf.string, tf.int64, -5)

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string)])
    def look(self, words):
        return self.static.lookup(words), self.mutable.lookup(words)

    @tf.function(input_signature=[])
    def text(self):
        return tf.io.read_file(self.file.asset_path)


def test_tables_and_assets_move_with_the_model(tmp_path):
    path = tmp_path / "words.txt"
    path.write_text("one\ntwo\n")
    module = Tables(str(path))
    module.mutable.insert(tf.constant(["two"]), tf.constant([7], tf.int64))
    tf.saved_model.save(module, tmp_path / "model")
    path.unlink()
    os.rename(tmp_path / "model", tmp_path / "moved")
    loaded = tf.saved_model.load(tmp_path / "moved")
    static, mutable = loaded.look(tf.constant(["two", "three"]))
    np.testing.assert_array_equal(static, [1, -1])
    np.testing.assert_array_equal(mutable, [7, -5])
    assert loaded.text().numpy() == b"one\ntwo\n"


# -- errors ----------------------------------------------------------------------------------------


def test_only_trackable_objects_are_saved(tmp_path):
    with pytest.raises(ValueError, match="Expected an object of type `Trackable`"):
        tf.saved_model.save(3, tmp_path / "model")


@pytest.mark.parametrize("signature", [3, lambda x: x, {"a": 3}])
def test_a_signature_must_be_a_function_with_a_signature(signature, tmp_path):
    with pytest.raises(ValueError, match="Expected a TensorFlow function for which to generate a signature"):
        tf.saved_model.save(Affine(), tmp_path / "model", signatures=signature)


def test_a_variable_that_is_not_tracked_is_named(tmp_path):
    hidden = tf.Variable(1.0, name="hidden")
    module = tf.Module()
    module.f = tf.function(lambda x: x * hidden, input_signature=[tf.TensorSpec([], tf.float32)])
    with pytest.raises(AssertionError, match="untracked"):
        tf.saved_model.save(module, tmp_path / "model")
    assert not tf.saved_model.contains_saved_model(tmp_path / "model")


def test_python_functions_cannot_be_saved(tmp_path):
    module = tf.Module()
    module.f = tf.function(
        lambda x: tf.py_function(lambda y: y + 1, [x], tf.float32), input_signature=[tf.TensorSpec([], tf.float32)]
    )
    with warnings.catch_warnings(), pytest.raises(tf.errors.UnimplementedError, match="Python function"):
        tf.saved_model.save(module, tmp_path / "model")


@pytest.mark.parametrize(
    ("check", "good", "bad"),
    [
        (lambda x: tf.debugging.assert_positive(x), [1.0], [-1.0]),
        (lambda x: tf.debugging.assert_equal(x, 2.0), [2.0, 2.0], [2.0, 3.0]),
        (lambda x: tf.debugging.assert_near(x, 1.0, atol=0.25, rtol=0.0), [1.125], [1.5]),
        (lambda x: tf.debugging.assert_rank(x, 1), [1.0], [[1.0]]),
        (lambda x: tf.debugging.assert_rank_in(x, [1, 3]), [1.0], [[1.0]]),
    ],
)
def test_assertions_of_all_kinds_are_saved(check, good, bad, tmp_path):
    def f(x):
        check(x)
        return x

    module = tf.Module()
    module.f = tf.function(f, input_signature=[tf.TensorSpec(None, tf.float32)])
    loaded = saved(module, tmp_path)
    np.testing.assert_array_equal(loaded.f(tf.constant(good)), good)
    with pytest.raises(tf.errors.InvalidArgumentError):
        loaded.f(tf.constant(bad))


class Masked(tf.experimental.BatchableExtensionType):
    __name__ = "tests.Masked"
    values: tf.Tensor
    mask: tf.Tensor


class Doubling(tf.Module):
    @tf.function(input_signature=[Masked.Spec(tf.TensorSpec([None]), tf.TensorSpec([None], tf.bool))])
    def __call__(self, x):
        return Masked(x.values * 2.0, ~x.mask)


def test_functions_of_extension_types_come_back(tmp_path):
    doubled = saved(Doubling(), tmp_path)(Masked([1.0, 2.0], [True, False]))
    assert isinstance(doubled, Masked)
    np.testing.assert_array_equal(doubled.values, [2.0, 4.0])
    np.testing.assert_array_equal(doubled.mask, [False, True])


class Unnamed(tf.experimental.ExtensionType):
    values: tf.Tensor


def test_extension_types_without_a_name_cannot_be_saved(tmp_path):
    module = tf.Module()
    module.f = tf.function(lambda x: x.values, input_signature=[Unnamed.Spec(tf.TensorSpec([None]))])
    with pytest.raises(ValueError, match="No encoder for object"):
        tf.saved_model.save(module, os.path.join(tmp_path, "model"))
