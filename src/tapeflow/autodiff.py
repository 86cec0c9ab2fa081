"""`tf.autodiff`: names."""

from tapeflow.core.run.forward import ForwardAccumulator
from tapeflow.core.run.tape import GradientTape
