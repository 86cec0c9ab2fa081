"""`tf.types`."""

from tapeflow.types import experimental
