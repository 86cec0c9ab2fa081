"""`tf.mlir`: names."""

from tapeflow.mlir import experimental
