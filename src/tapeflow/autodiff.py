"""`tf.autodiff`: names."""

from tapeflow.core.run.forward import ForwardAccumulator  # noqa: F401
from tapeflow.core.run.tape import GradientTape  # noqa: F401
