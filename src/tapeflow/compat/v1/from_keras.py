"""What `tf.compat.v1` has from Keras: `keras`, and of Keras 2 the layers and cells of TensorFlow 1."""

import importlib
from types import ModuleType

from tapeflow.install import install_as_tensorflow, keras_package, uses_keras_2


def keras():
    """Returns `tf.compat.v1.keras`: Keras 3, or the version 1 face of Keras 2."""
    install_as_tensorflow()
    return importlib.import_module(keras_package("_v1"))


def layers():
    """Returns `tf.compat.v1.layers`."""
    return _of_keras_2("layers")


def rnn_cell():
    """Returns `tf.compat.v1.nn.rnn_cell`."""
    return _of_keras_2("rnn_cell")


class NotWithKeras3(ModuleType):
    """A namespace that only Keras 2 fills: every name of it says so."""

    def __getattr__(self, name):
        raise AttributeError(
            f"`{name}` is not available with Keras 3.\n"
            "  try: pip install tf_keras, and set the environment variable TF_USE_LEGACY_KERAS=1",
            name=name, obj=None,
        )  # fmt: skip


def _of_keras_2(name):
    if not uses_keras_2():
        return NotWithKeras3(name)
    install_as_tensorflow()
    return importlib.import_module(f"{keras_package('_v1')}.__internal__.legacy.{name}")
