"""`tf.linalg`: names."""

from tapeflow.core.ops.compose.linear import matmul  # noqa: F401
