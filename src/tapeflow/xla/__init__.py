"""`tf.xla`: names."""

from tapeflow.xla import experimental
