"""`tf.test`: what a build says of itself agrees with the devices it finds."""

import subprocess
import sys

import numpy as np

import tapeflow as tf


def test_the_build_and_its_devices_agree():
    assert tf.test.is_built_with_xla() is True
    assert tf.test.is_built_with_gpu_support() == (tf.test.is_built_with_cuda() or tf.test.is_built_with_rocm())
    assert bool(tf.test.gpu_device_name()) == bool(tf.config.list_physical_devices("GPU"))


def test_sync_devices_leaves_every_array_ready():
    import jax.numpy as jnp

    product = jnp.ones((400, 400)) @ jnp.ones((400, 400))
    assert tf.test.experimental.sync_devices() is None
    assert product.is_ready()
    np.testing.assert_array_equal(product[0, 0], 400)


def test_sync_devices_does_not_load_the_compiler():
    code = "import sys, tapeflow as tf; tf.test.experimental.sync_devices(); print('jax' in sys.modules)"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "False"
