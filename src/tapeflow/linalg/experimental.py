"""`tf.linalg.experimental`: names."""

from tapeflow.core.track.linear_operators.conjugate_gradient import conjugate_gradient
