"""`tf.math.special`: names."""

from tapeflow.core.ops import registry
from tapeflow.core.ops.defs.special import (
    bessel_i0,
    bessel_i0e,
    bessel_i1,
    bessel_i1e,
    bessel_j0,
    bessel_j1,
    bessel_k0,
    bessel_k0e,
    bessel_k1,
    bessel_k1e,
    bessel_y0,
    bessel_y1,
    dawsn,
    expint,
    spence,
)

fresnel_cos = registry.known("FresnelCos")
fresnel_sin = registry.known("FresnelSin")
