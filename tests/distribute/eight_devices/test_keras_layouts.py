"""`keras.distribution` on virtual processors: the code of a model stays as it is, layouts alone split the work."""

import numpy as np
import pytest

import tapeflow as tf

keras = tf.keras
dtensor = tf.experimental.dtensor
pytestmark = pytest.mark.slow
CLASSES, WIDTH, HEADS, LENGTH, LAYERS = 16, 16, 4, 8, 2


@pytest.fixture(autouse=True)
def _no_distribution_afterwards():
    yield
    keras.distribution.set_distribution(None)


def mesh(shape):
    return keras.distribution.DeviceMesh(shape, ["batch", "model"], [f"cpu:{i}" for i in range(8)])


def data_parallel():
    return keras.distribution.DataParallel(devices=[f"cpu:{i}" for i in range(8)])


def tensor_parallel():
    """Heads and the wide layers cut along "model", batches along "batch"."""
    layouts = keras.distribution.LayoutMap(mesh((2, 4)))
    layouts[".*attention.*/(query|key|value)/kernel"] = (None, "model", None)
    layouts[".*attention.*/(query|key|value)/bias"] = ("model", None)
    layouts[".*attention_output/kernel"] = ("model", None, None)
    layouts[".*wide_./kernel"] = (None, "model")
    layouts[".*wide_./bias"] = ("model",)
    layouts[".*narrow_./kernel"] = ("model", None)
    return keras.distribution.ModelParallel(layout_map=layouts, batch_dim_name="batch")


def state_cut_over_the_data_devices():
    """Weights and the optimizer's state lie cut along "batch"; each step gathers what it computes with."""
    layouts = keras.distribution.LayoutMap(mesh((8, 1)))
    layouts[".*attention.*/(query|key|value)/kernel"] = ("batch", None, None)
    layouts[".*(wide_.|narrow_.|logits)/kernel"] = ("batch", None)
    layouts[".*/embeddings"] = ("batch", None)
    return keras.distribution.ModelParallel(layout_map=layouts, batch_dim_name="batch")


def gpt():
    tokens = keras.Input((LENGTH,), dtype="int32")
    places = keras.ops.cumsum(keras.ops.ones_like(tokens), axis=1) - 1
    x = keras.layers.Embedding(CLASSES, WIDTH)(tokens) + keras.layers.Embedding(LENGTH, WIDTH)(places)
    for i in range(LAYERS):
        y = keras.layers.LayerNormalization()(x)
        attention = keras.layers.MultiHeadAttention(HEADS, WIDTH // HEADS, name=f"attention_{i}")
        x = x + attention(y, y, use_causal_mask=True)
        y = keras.layers.Dense(4 * WIDTH, activation="gelu", name=f"wide_{i}")(keras.layers.LayerNormalization()(x))
        x = x + keras.layers.Dense(WIDTH, name=f"narrow_{i}")(y)
    return keras.Model(tokens, keras.layers.Dense(CLASSES, name="logits")(keras.layers.LayerNormalization()(x)))


def trained(distribution, epochs=3):
    """The losses, the predictions and the trained model."""
    keras.utils.clear_session()
    keras.distribution.set_distribution(distribution)
    keras.utils.set_random_seed(1)
    model = gpt()
    model.compile(keras.optimizers.AdamW(1e-2), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    text = np.random.default_rng(0).integers(0, CLASSES, (32, LENGTH + 1))
    history = model.fit(text[:, :-1], text[:, 1:], batch_size=16, epochs=epochs, shuffle=False, verbose=0)
    return history.history["loss"], model.predict(text[:, :-1], verbose=0), model


def layout_of(model, end):
    (found,) = [v for v in (*model.variables, *model.optimizer.variables) if v.path.endswith(end)]
    return dtensor.fetch_layout(found.value).sharding_specs


@pytest.fixture(scope="module")
def alone():
    losses, predictions, _ = trained(None)
    return losses, predictions


@pytest.mark.parametrize("make", [data_parallel, tensor_parallel, state_cut_over_the_data_devices])
def test_a_gpt_trains_to_the_same_losses(alone, make):
    losses, predictions, model = trained(make())
    np.testing.assert_allclose(losses, alone[0], rtol=1e-5)
    np.testing.assert_allclose(predictions, alone[1], atol=1e-4)
    assert all(dtensor.is_dtensor(v.value) for v in model.variables)


def test_slots_of_the_optimizer_lie_as_their_weights():
    _, _, model = trained(state_cut_over_the_data_devices(), epochs=1)
    assert layout_of(model, "wide_0/kernel") == ["batch", "unsharded"]
    assert layout_of(model, "wide_0_kernel_momentum") == ["batch", "unsharded"]
    assert layout_of(model, "wide_0_kernel_velocity") == ["batch", "unsharded"]
    held = model.get_layer("wide_0").kernel.value._storage.value._buffer.addressable_shards
    assert {shard.data.shape for shard in held} == {(WIDTH // 8, 4 * WIDTH)}


def test_a_tensor_read_before_a_step_keeps_its_value():
    keras.distribution.set_distribution(data_parallel())
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(8, name="one")])
    model.compile("sgd", "mse")
    x = np.ones((16, 8), np.float32)
    model.fit(x, x, verbose=0, epochs=3)
    kept = model.layers[0].kernel.value.read_value()
    value = model.layers[0].kernel.numpy().copy()
    model.fit(x, x, verbose=0)
    np.testing.assert_array_equal(kept.numpy(), value)


def test_a_last_batch_that_cannot_be_cut_is_taken_whole():
    x, y = np.random.default_rng(0).normal(size=(2, 19, 4)).astype(np.float32)

    def loss(distribution):
        keras.distribution.set_distribution(distribution)
        keras.utils.set_random_seed(1)
        model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(4)])
        model.compile("sgd", "mse")
        return model.fit(x, y, batch_size=8, epochs=2, shuffle=False, verbose=0).history["loss"]

    np.testing.assert_allclose(loss(data_parallel()), loss(None), rtol=1e-5)


def test_outputs_of_layers_are_laid_out():
    layouts = keras.distribution.LayoutMap(mesh((2, 4)))
    layouts[".*one/output"] = ("batch", "model")
    keras.distribution.set_distribution(keras.distribution.ModelParallel(layout_map=layouts, batch_dim_name="batch"))
    layer = keras.layers.Dense(8, name="one")
    assert dtensor.fetch_layout(layer(np.ones((4, 8), np.float32))).sharding_specs == ["batch", "model"]
    assert keras.distribution.get_device_count() == 8


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras's own
def test_weights_go_into_a_file_and_back(tmp_path):
    _, predictions, model = trained(tensor_parallel(), epochs=1)
    model.save_weights(tmp_path / "gpt.weights.h5")
    keras.distribution.set_distribution(None)
    plain = gpt()
    plain.load_weights(tmp_path / "gpt.weights.h5")
    text = np.random.default_rng(0).integers(0, CLASSES, (32, LENGTH + 1))
    np.testing.assert_allclose(plain.predict(text[:, :-1], verbose=0), predictions, atol=1e-5)
