"""`fn.experimental_get_compiler_ir`."""

import pytest

import tapeflow as tf
from tapeflow.core.trace.compiler_ir import STAGES


@tf.function(jit_compile=True)
def double(x):
    return x * 2.0


@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_gives_the_program(stage):
    found = double.experimental_get_compiler_ir(tf.constant([1.0, 2.0]))(stage=stage)
    assert isinstance(found, bytes if stage.endswith("serialized") else str)
    assert found.startswith("digraph") if stage.endswith("dot") else len(found) > 100


def test_the_text_is_that_of_the_function():
    text = double.experimental_get_compiler_ir(tf.constant([1.0, 2.0]))
    assert "stablehlo.multiply" in text(stage="stablehlo")
    assert "multiply" in text() and "metadata=" not in text(stage="hlo_no_metadata")


def test_what_is_not_compiled_is_a_value_error():
    with pytest.raises(ValueError, match="Invalid stage selected: 'lost'"):
        double.experimental_get_compiler_ir(tf.constant([1.0]))(stage="lost")
    with pytest.raises(ValueError, match="static input shape"):
        double.experimental_get_compiler_ir(tf.TensorSpec([None]))()
    with pytest.raises(ValueError, match=r"AsString.*test_compiler_ir"):
        tf.function(lambda x: tf.strings.as_string(x)).experimental_get_compiler_ir(tf.constant(1))()
