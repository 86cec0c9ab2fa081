"""Keras models exported as ONNX predict in onnxruntime what they predict here, for two sizes of the batch."""

import numpy as np
import onnx
import pytest

import tapeflow as tf
from tests.export.onnx_models import MODELS, inputs_of, made
from tests.export.onnx_run import assert_same, ran

pytestmark = pytest.mark.filterwarnings("default")  # Keras's own
SIZES = (2, 3)
# Architecture -> size of its images.
APPLICATIONS = {
    "MobileNet": 64, "MobileNetV2": 64, "MobileNetV3Small": 64, "EfficientNetB0": 64, "EfficientNetV2B0": 64,
    "ResNet50": 64, "ResNet50V2": 64, "DenseNet121": 64, "Xception": 96, "InceptionV3": 96, "NASNetMobile": 64,
    "ConvNeXtTiny": 64, "VGG16": 48,
}  # fmt: skip


def assert_predicts(model, exported):
    for size in SIZES:
        inputs = inputs_of(model, size)
        given = inputs[0] if len(inputs) == 1 else dict(zip(model.input, inputs, strict=True)) if isinstance(
            model.input, dict) else inputs  # fmt: skip
        assert_same(ran(exported, inputs), tf.nest.flatten(model(given, training=False)))


@pytest.mark.parametrize("name", MODELS)
def test_model_predicts_the_same(name):
    model = made(name)
    exported = tf.export.to_onnx(model)
    onnx.checker.check_model(exported, full_check=True)
    assert all(one.type.tensor_type.shape.dim[0].dim_param == "batch" for one in exported.graph.input)
    assert_predicts(model, exported)


@pytest.mark.slow
@pytest.mark.parametrize("name", APPLICATIONS)
def test_application_predicts_the_same(name):
    tf.keras.utils.set_random_seed(1)
    size = APPLICATIONS[name]
    model = getattr(tf.keras.applications, name)(weights=None, input_shape=(size, size, 3), classes=5)
    assert_predicts(model, tf.export.to_onnx(model))


def test_images_are_moved_at_the_ends_only():
    model = made("unet")
    ops = [node.op_type for node in tf.export.to_onnx(model).graph.node]
    assert ops.count("Transpose") == 2
    assert ops[0] == ops[-1] == "Transpose"


def test_weights_keep_their_names():
    model = made("plain_cnn")
    names = {one.name for one in tf.export.to_onnx(model).graph.initializer}
    assert {w.path for w in model.weights} <= names


def test_shared_weights_are_written_once():
    L = tf.keras.layers
    x, conv = tf.keras.Input((8, 8, 4)), L.Conv2D(4, 3, padding="same")
    exported = tf.export.to_onnx(tf.keras.Model(x, conv(conv(x))))
    assert sum(np.prod(one.dims) == 3 * 3 * 4 * 4 for one in exported.graph.initializer) == 1
