"""TensorFloat-32 and determinism, as far as they can be seen without a GPU."""

import numpy as np
import pytest

import tapeflow as tf
from tapeflow.core.base.settings import settings
from tapeflow.core.engines import hardware, xla


@pytest.fixture(autouse=True)
def _settings_as_before():
    before = settings.tf32, settings.deterministic
    yield
    hardware.change_numerics(tf32=before[0], deterministic=before[1])


def precisions(function, *args):
    """The precisions of the products in a program that is traced now."""
    with xla.ours():
        return [
            equation.params["precision"]
            for equation in xla.jax.make_jaxpr(function)(*args).eqns
            if "precision" in equation.params
        ]


def test_products_are_in_full_if_tensor_float_32_is_switched_off():
    x = np.ones((2, 2), np.float32)
    assert precisions(xla.jax.numpy.dot, x, x) == [None]
    tf.config.experimental.enable_tensor_float_32_execution(False)
    highest = xla.jax.lax.Precision.HIGHEST
    assert precisions(xla.jax.numpy.dot, x, x) == [(highest, highest)]
    image, kernel = np.ones((1, 1, 4, 4), np.float32), np.ones((1, 1, 2, 2), np.float32)
    assert precisions(lambda a, b: xla.jax.lax.conv(a, b, (1, 1), "SAME"), image, kernel) == [(highest, highest)]


def test_the_users_own_jax_code_is_left_as_it_was():
    tf.config.experimental.enable_tensor_float_32_execution(False)
    tf.matmul(tf.ones([600, 600], tf.bfloat16), tf.ones([600, 600], tf.bfloat16)).numpy()
    assert xla.jax.config.jax_default_matmul_precision is None
    assert not xla.jax.config.jax_enable_x64


def test_functions_are_compiled_anew_after_a_change():
    @tf.function(jit_compile=True)
    def product(x):
        return tf.matmul(x, x)

    x = tf.ones([64, 64])
    product(x)
    plan = product.get_concrete_function(x).graph.plan
    product(x)
    assert plan.compiled_count == 1
    tf.config.experimental.enable_tensor_float_32_execution(False)
    product(x)
    product(x)
    assert plan.compiled_count == 2


def test_programs_for_gpus_are_deterministic_if_asked(monkeypatch):
    monkeypatch.setattr(xla.jax, "default_backend", lambda: "gpu")
    assert xla.options_for(False) is None
    tf.config.experimental.enable_op_determinism()
    assert xla.options_for(True) == {"xla_gpu_deterministic_ops": True}


def test_ops_without_a_seed_are_refused_when_results_must_repeat():
    tf.config.experimental.enable_op_determinism()
    with pytest.raises(ValueError, match="fractional_max_pool requires a non-zero seed"):
        tf.nn.fractional_max_pool(tf.ones([1, 4, 4, 1]), 1.5)
