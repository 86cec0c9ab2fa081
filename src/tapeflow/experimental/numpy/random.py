"""`tf.experimental.numpy.random`: names."""

from tapeflow.core.trace.numpy_api.random import (
    poisson,
    rand,
    randint,
    randn,
    random,
    seed,
    standard_normal,
    uniform,
)
