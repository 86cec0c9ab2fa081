"""`tf.math`: names."""

from tapeflow.core.ops.defs.math import add, exp, log, multiply, pow, subtract, tanh  # noqa: F401
