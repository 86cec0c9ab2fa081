"""`tf.keras`: Keras 3 itself, the package from PyPI, with TapeFlow in TensorFlow's place, or Keras 2 (`tf_keras`).

Nothing of Keras is loaded before this module is. It then gives way to Keras's own package, so that
`tf.keras.layers.Dense is keras.layers.Dense`.
"""

import importlib
import sys

from tapeflow.install import install_as_tensorflow, keras_package

install_as_tensorflow()
sys.modules[__name__] = importlib.import_module(keras_package())
