"""What must hold on a GPU: devices, copies, memory, functions, Keras, mixed precision, determinism, strategies."""

import numpy as np
import pytest

import tapeflow as tf
from tapeflow.core.engines import hardware

pytestmark = pytest.mark.gpu
keras = tf.keras


def test_the_device_is_listed_and_used_by_default(device, is_gpu):
    assert tf.config.list_physical_devices(device.partition(":")[0])
    assert tf.test.is_gpu_available() == is_gpu
    assert tf.test.gpu_device_name() == (f"/device:{device}" if is_gpu else "")


def test_tensors_say_where_they_are(device):
    name = f"/job:localhost/replica:0/task:0/device:{device}"
    with tf.device(device):
        x = tf.random.normal([512, 512], seed=1)
        assert tf.matmul(x, x).device == name
    with tf.device("CPU:0"):
        assert (tf.constant([1.0]) + 1.0).device.endswith("CPU:0")


def test_copies_go_there_and_back(device):
    values = np.random.default_rng(0).normal(size=(300, 500)).astype(np.float32)
    with tf.device(device):
        there = tf.identity(tf.constant(values))
    with tf.device("CPU:0"):
        back = tf.identity(there)
    np.testing.assert_array_equal(there.numpy(), values)
    np.testing.assert_array_equal(back.numpy(), values)


def test_variables_live_on_the_device(device):
    with tf.device(device):
        v = tf.Variable(tf.ones([1000, 1000]))
    v.assign_add(tf.ones([1000, 1000]))
    assert v.device.endswith(device)
    assert float(tf.reduce_sum(v)) == 2e6


def test_memory_is_counted(device, has_memory):
    before = tf.config.experimental.get_memory_info(device)["current"]
    with tf.device(device):
        kept = tf.identity(tf.random.normal([1024, 1024], seed=1))
        tf.test.experimental.sync_devices()
        during = tf.config.experimental.get_memory_info(device)
    assert kept.shape == [1024, 1024]
    if has_memory:
        assert during["current"] >= before + 4 * 1024 * 1024
        assert during["peak"] >= during["current"]


def test_memory_that_is_not_there_is_told(device, has_memory):
    if not has_memory:
        pytest.skip("a processor's memory is tried elsewhere")
    with pytest.raises(tf.errors.ResourceExhaustedError, match="out of memory"), tf.device(device):
        tf.function(lambda x: tf.matmul(x, x, transpose_b=True), jit_compile=True)(tf.ones([1 << 20, 8])).numpy()


def test_a_function_runs_there(device):
    @tf.function
    def step(x):
        total = tf.zeros([])
        for row in x:
            if tf.reduce_sum(row) > 0:
                total += tf.reduce_sum(row)
        return total

    values = np.random.default_rng(0).normal(size=(64, 32)).astype(np.float32)
    with tf.device(device):
        found = [float(step(tf.constant(values))) for _ in range(4)]
    expected = float(np.maximum(values.sum(1), 0).sum())
    np.testing.assert_allclose(found, expected, rtol=1e-4)


def test_a_function_runs_where_the_scope_says(device):
    doubled = tf.function(lambda x: x * 2.0, jit_compile=True)
    for name in ("CPU:0", device, "CPU:0"):
        with tf.device(name):
            y = doubled(tf.ones([256, 256]))
        assert y._buffer.devices() == {hardware.jax_device(f"/device:{name}")}
        assert float(tf.reduce_sum(y)) == 2.0 * 256 * 256


def test_host_steps_and_compiled_steps_mix(device):
    @tf.function
    def kept(x):
        return tf.reduce_sum(tf.boolean_mask(x * 2.0, x > 0.0))

    with tf.device(device):
        assert float(kept(tf.constant([-1.0, 2.0, 3.0]))) == 10.0


def trained(policy="float32", seed=1):
    """Losses of a small network that learns to tell two clouds apart."""
    keras.utils.set_random_seed(seed)
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 512)
    x = (rng.normal(size=(512, 16)) + 2.0 * y[:, None]).astype(np.float32)
    before = keras.mixed_precision.global_policy()
    keras.mixed_precision.set_global_policy(policy)
    try:
        model = keras.Sequential(
            [keras.Input((16,)), keras.layers.Dense(64, activation="relu"), keras.layers.Dropout(0.1),
             keras.layers.Dense(2, dtype="float32")]
        )  # fmt: skip
    finally:
        keras.mixed_precision.set_global_policy(before)
    model.compile(keras.optimizers.Adam(1e-2), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model.fit(x, y, batch_size=64, epochs=4, verbose=0).history["loss"]


@pytest.mark.parametrize("policy", ["float32", "mixed_bfloat16", "mixed_float16"])
def test_keras_trains(device, policy):
    with tf.device(device):
        losses = trained(policy)
    assert losses[-1] < 0.3 * losses[0]


def test_a_convolutional_network_trains(device):
    keras.utils.set_random_seed(1)
    x = np.random.default_rng(0).normal(size=(64, 16, 16, 3)).astype(np.float32)
    y = (x.mean((1, 2, 3)) > 0).astype(np.int32)
    with tf.device(device):
        model = keras.Sequential(
            [keras.Input((16, 16, 3)), keras.layers.Conv2D(8, 3), keras.layers.BatchNormalization(),
             keras.layers.ReLU(), keras.layers.MaxPooling2D(), keras.layers.Flatten(), keras.layers.Dense(2)]
        )  # fmt: skip
        model.compile(keras.optimizers.Adam(1e-2), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        losses = model.fit(x, y, epochs=6, verbose=0).history["loss"]
    assert losses[-1] < losses[0]


def test_results_repeat_exactly_if_asked(device):
    def run():
        with tf.device(device):
            keras.utils.set_random_seed(3)
            x, segments = tf.random.normal([4096, 16]), tf.random.uniform([4096], 0, 32, tf.int32)
            return tf.math.unsorted_segment_sum(x, segments, 32).numpy(), trained()

    hardware.change_numerics(deterministic=True)
    try:
        (sums, losses), (sums_again, losses_again) = run(), run()
    finally:
        hardware.change_numerics(deterministic=False)
    np.testing.assert_array_equal(sums, sums_again)
    assert losses == losses_again


def test_products_are_in_full_without_tensor_float_32(device):
    a, b = np.random.default_rng(0).normal(size=(2, 512, 512)).astype(np.float32)
    exact = a.astype(np.float64) @ b.astype(np.float64)
    hardware.change_numerics(tf32=False)
    try:
        with tf.device(device):
            found = tf.function(tf.matmul, jit_compile=True)(a, b).numpy()
    finally:
        hardware.change_numerics(tf32=True)
    assert np.abs(found - exact).max() < 2e-4


def test_attention_is_that_of_the_processor(device):
    q, k, v = np.random.default_rng(0).normal(size=(3, 2, 64, 4, 64)).astype(np.float32)

    @tf.function
    def attended(q, k, v):
        q, k, v = (tf.cast(x, tf.bfloat16) for x in (q, k, v))
        with tf.GradientTape() as tape:
            tape.watch([q, k, v])
            y = keras.ops.dot_product_attention(q, k, v, is_causal=True)
            total = tf.reduce_sum(tf.cast(y, tf.float32) ** 2)
        return y, *tape.gradient(total, [q, k, v])

    with tf.device(device):
        found = attended(q, k, v)
    scores = np.einsum("btnh,bsnh->bnts", q, k) / 8.0
    scores = np.where(np.tri(64, dtype=bool), scores, -np.inf)
    chances = np.exp(scores - scores.max(-1, keepdims=True))
    expected = np.einsum("bnts,bsnh->btnh", chances / chances.sum(-1, keepdims=True), v)
    np.testing.assert_allclose(found[0].numpy().astype(np.float32), expected, atol=6e-2)
    assert all(np.isfinite(x.numpy().astype(np.float32)).all() for x in found[1:])


def test_a_mirrored_strategy_of_one_device(device):
    strategy = tf.distribute.MirroredStrategy([device])
    with strategy.scope():
        losses = trained()
    assert strategy.num_replicas_in_sync == 1
    assert losses[-1] < 0.3 * losses[0]


def test_a_saved_model_predicts_the_same(device, tmp_path):
    class Doubled(tf.Module):
        def __init__(self):
            self.w = tf.Variable(tf.random.normal([8, 8], seed=1))

        @tf.function(input_signature=[tf.TensorSpec([None, 8])])
        def __call__(self, x):
            return tf.matmul(x, self.w)

    with tf.device(device):
        module = Doubled()
        x = tf.ones([4, 8])
        expected = module(x).numpy()
        tf.saved_model.save(module, str(tmp_path / "m"))
        found = tf.saved_model.load(str(tmp_path / "m"))(x).numpy()
    np.testing.assert_allclose(found, expected, rtol=1e-3)
