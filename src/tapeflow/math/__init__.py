"""`tf.math`: names."""

from tapeflow.core.ops.compose.activation import log_softmax, softmax
from tapeflow.core.ops.compose.counting import (
    bincount,
    confusion_matrix,
    count_nonzero,
    is_non_decreasing,
    is_strictly_increasing,
    l2_normalize,
    lbeta,
    zero_fraction,
)
from tapeflow.core.ops.compose.math import (
    abs,
    accumulate_n,
    add,
    add_n,
    angle,
    complex,
    conj,
    cumprod,
    cumsum,
    cumulative_logsumexp,
    divide,
    divide_no_nan,
    equal,
    erfcinv,
    erfinv,
    floordiv,
    imag,
    log_sigmoid,
    logical_xor,
    multiply,
    multiply_no_nan,
    ndtri,
    not_equal,
    polyval,
    pow,
    real,
    reciprocal_no_nan,
    round,
    scalar_mul,
    sigmoid,
    sign,
    softplus,
    square,
    subtract,
    truediv,
)
from tapeflow.core.ops.compose.order import approx_max_k, approx_min_k, argmax, argmin, in_top_k, top_k
from tapeflow.core.ops.compose.reduce import (
    reduce_all,
    reduce_any,
    reduce_euclidean_norm,
    reduce_logsumexp,
    reduce_max,
    reduce_mean,
    reduce_min,
    reduce_prod,
    reduce_std,
    reduce_sum,
    reduce_variance,
)
from tapeflow.core.ops.compose.segment import unsorted_segment_mean, unsorted_segment_sqrt_n
from tapeflow.core.ops.compose.sobol import sobol_sample
from tapeflow.core.ops.defs.binary import atan2, maximum, minimum, squared_difference
from tapeflow.core.ops.defs.binary import next_after as nextafter
from tapeflow.core.ops.defs.counting import invert_permutation
from tapeflow.core.ops.defs.division import xdivy, xlog1py, xlogy
from tapeflow.core.ops.defs.elementwise import (
    acos,
    acosh,
    asin,
    asinh,
    atan,
    atanh,
    ceil,
    cos,
    cosh,
    expm1,
    floor,
    is_finite,
    is_inf,
    is_nan,
    log1p,
    reciprocal,
    rint,
    rsqrt,
    sin,
    sinh,
    softsign,
    tan,
)
from tapeflow.core.ops.defs.logic import logical_and, logical_not, logical_or
from tapeflow.core.ops.defs.math import exp, greater, greater_equal, less, less_equal, log, negative, sqrt, tanh
from tapeflow.core.ops.defs.math import floor_mod as floormod
from tapeflow.core.ops.defs.math import floor_mod as mod
from tapeflow.core.ops.defs.segment import (
    segment_max,
    segment_mean,
    segment_min,
    segment_prod,
    segment_sum,
    unsorted_segment_max,
    unsorted_segment_min,
    unsorted_segment_prod,
    unsorted_segment_sum,
)
from tapeflow.core.ops.defs.special import (
    bessel_i0,
    bessel_i0e,
    bessel_i1,
    bessel_i1e,
    betainc,
    digamma,
    erf,
    erfc,
    igamma,
    igammac,
    lgamma,
    polygamma,
    zeta,
)
from tapeflow.math import special
