"""`tf.experimental.extension_type`: what can be asked of extension types."""

from tapeflow.core.values.extension_type import as_dict
