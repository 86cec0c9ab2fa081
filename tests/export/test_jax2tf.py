"""Functions of JAX inside TapeFlow's: `jax2tf.convert`, the op that it makes, and SavedModels with it."""

import sys

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import tapeflow as tf
from tapeflow.install import TensorFlowFinder, install_as_tensorflow, uninstall_as_tensorflow

OPEN = [tf.TensorSpec([None, 3], tf.float32)]
X = np.linspace(-1, 1, 6, dtype=np.float32).reshape(2, 3)


@pytest.fixture(scope="module")
def convert():
    was_installed = any(isinstance(finder, TensorFlowFinder) for finder in sys.meta_path)
    install_as_tensorflow()
    from jax.experimental import jax2tf

    yield jax2tf.convert
    if not was_installed:
        uninstall_as_tensorflow()


def layer(params, x):
    h = jnp.tanh(x @ params["w"] + params["b"])
    return {"y": jax.nn.softmax(h), "rows": jnp.concatenate([x, x]), "flat": x.reshape(-1)}


def weights():
    return {"w": tf.Variable(tf.reshape(tf.range(12.0), [3, 4]) / 10), "b": tf.Variable(tf.ones(4))}


def plain(params):
    return {name: x.numpy() for name, x in params.items()}


def test_a_converted_function_computes_what_jax_does(convert):
    params = weights()
    found = convert(layer)(params, X)
    wanted = layer(plain(params), X)
    for name, y in wanted.items():
        np.testing.assert_allclose(found[name], y, rtol=1e-6)


def test_sizes_left_open_follow_those_of_the_arguments(convert):
    params = weights()
    function = tf.function(convert(layer, polymorphic_shapes=["...", "(b, 3)"]), autograph=False)
    concrete = function.get_concrete_function(params, OPEN[0])
    assert concrete.structured_outputs["y"].shape.as_list() == [None, 4]
    for n in (1, 2, 5):
        found = concrete(tf.ones([n, 3]))
        assert found["y"].shape == (n, 4) and found["rows"].shape == (2 * n, 3) and found["flat"].shape == (3 * n,)


@pytest.mark.parametrize("inside", [False, True])
def test_gradients_are_those_of_jax(convert, inside):
    params = weights()
    call = convert(layer, polymorphic_shapes=["...", "(b, 3)"])
    call = tf.function(call, autograph=False) if inside else call
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(call(params, X)["y"] ** 2)
    found = tape.gradient(loss, params)
    wanted = jax.grad(lambda p: (layer(p, X)["y"] ** 2).sum())(plain(params))
    for name in params:
        np.testing.assert_allclose(found[name], wanted[name], rtol=1e-4, atol=1e-6)


def test_second_gradients_are_those_of_jax(convert):
    call, x = convert(lambda x: jnp.sum(x**3)), tf.constant([1.0, 2.0])
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            y = call(x)
        dx = inner.gradient(y, x)
    np.testing.assert_allclose(outer.gradient(dx, x), [6.0, 12.0])


def test_jacobians_and_vectorized_maps_call_it_for_each_slice(convert):
    call, x = convert(lambda x: jnp.sin(x) * jnp.sum(x)), tf.reshape(tf.range(6.0), [2, 3])
    np.testing.assert_allclose(tf.vectorized_map(call, x), tf.map_fn(call, x), rtol=1e-6)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = call(x)
    wanted = jax.jacobian(lambda x: jnp.sin(x) * jnp.sum(x))(x.numpy())
    np.testing.assert_allclose(tape.jacobian(y, x), wanted, rtol=1e-4, atol=1e-6)


def test_without_a_gradient_the_tape_says_so(convert):
    x = tf.constant([1.0])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = convert(jnp.sin, with_gradient=False)(x)
    with pytest.raises(LookupError, match="does not support gradients"):
        tape.gradient(y, x)


class Saved(tf.Module):
    def __init__(self, convert, **options):
        super().__init__()
        self.w, self.b = weights().values()
        call = convert(layer, polymorphic_shapes=["...", "(b, 3)"], **options)
        self.call = tf.function(lambda x: call({"w": self.w, "b": self.b}, x), input_signature=OPEN, autograph=False)


@pytest.mark.parametrize("platforms", [None, ("cuda", "cpu", "tpu")])
def test_saved_models_keep_the_function_and_its_gradient(convert, platforms, tmp_path):
    module = Saved(convert, native_serialization_platforms=platforms)
    options = tf.saved_model.SaveOptions(experimental_custom_gradients=True)
    tf.saved_model.save(module, tmp_path / "model", options=options)
    loaded = tf.saved_model.load(tmp_path / "model")
    for x in (X, np.ones((5, 3), np.float32)):
        found, wanted = loaded.call(x), module.call(x)
        for name, y in wanted.items():
            np.testing.assert_allclose(found[name], y, rtol=1e-6)

    def gradient(m):
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(m.call(X)["y"] ** 2)
        return tape.gradient(loss, m.w)

    np.testing.assert_allclose(gradient(loaded), gradient(module), rtol=1e-5)


# -- the op -------------------------------------------------------------------------------------------


def module_of(function, *specs, platforms=None):
    made = jax.export.export(jax.jit(function), platforms=platforms)(*specs)
    return {
        "module": made.mlir_module_serialized, "version": made.calling_convention_version,
        "platforms": [name.upper() for name in made.platforms], "Tout": [tf.float32], "Sout": [None],
    }  # fmt: skip


def two_sizes():
    rows, columns = jax.export.symbolic_shape("a, b")
    return [jax.ShapeDtypeStruct(shape, np.float32) for shape in ((rows, columns), (columns, 3))]


def run(attrs, *args):
    return tf.raw_ops.XlaCallModule(args=list(args), **attrs)


def test_the_op_works_out_sizes():
    (y,) = run(module_of(jnp.matmul, *two_sizes()), tf.ones([2, 4]), tf.ones([4, 3]))
    np.testing.assert_array_equal(y, np.full((2, 3), 4.0))


def test_it_has_no_gradient():
    x = tf.ones([2])
    with tf.GradientTape() as tape:
        tape.watch(x)
        (y,) = run(module_of(jnp.sin, jax.ShapeDtypeStruct((2,), np.float32)), x)
    with pytest.raises(LookupError, match="No gradient defined for operation 'XlaCallModule'"):
        tape.gradient(y, x)


@pytest.mark.parametrize(
    ("shapes", "message"),
    [
        (([2, 4], [5, 3]), "arguments of these sizes"),
        (([2, 4], [4, 2]), r"argument 1 of XlaCallModule has shape \[4, 2\]"),
        (([2, 4], [4]), r"argument 1 of XlaCallModule has shape \[4\]"),
        (([2, 4],), "Incorrect number of arguments"),
    ],
)
def test_wrong_sizes_are_found(shapes, message):
    with pytest.raises(tf.errors.InvalidArgumentError, match=message):
        run(module_of(jnp.matmul, *two_sizes()), *map(tf.ones, shapes))


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"platforms": ["TPU"]}, tf.errors.NotFoundError, r"CPU is not among .* \[TPU\]"),
        ({"version": 4}, tf.errors.InvalidArgumentError, "version 4 is not supported"),
        ({"module": b"nothing"}, tf.errors.DataLossError, "cannot be read"),
        ({"function_list": ["f"]}, tf.errors.UnimplementedError, "calls functions of the graph"),
        ({"Tout": [tf.float32] * 2, "Sout": [None] * 2}, tf.errors.InvalidArgumentError, "returns 1 values, not 2"),
    ],
)
def test_what_cannot_run_is_said(change, error, message):
    attrs = module_of(jnp.sin, jax.ShapeDtypeStruct((2,), np.float32)) | change
    with pytest.raises(error, match=message):
        run(attrs, tf.ones([2]))


def test_native_code_by_other_names_does_not_run():
    def call(x):
        return jax.ffi.ffi_call("anything", jax.ShapeDtypeStruct(x.shape, x.dtype))(x)

    made = jax.export.export(jax.jit(call), disabled_checks=[jax.export.DisabledSafetyCheck.custom_call("anything")])(
        jax.ShapeDtypeStruct((2,), np.float32)
    )
    attrs = {"module": made.mlir_module_serialized, "version": 10, "Tout": [tf.float32], "Sout": [[2]]}
    with pytest.raises(tf.errors.InvalidArgumentError, match="native code by the name 'anything'"):
        run(attrs, tf.ones([2]))
