"""`tf.data.experimental`: what is newer, and older forms of what `tf.data.Dataset` has."""

from tapeflow.core.data.dataset import AUTOTUNE
from tapeflow.core.data.dataset import INFINITE as INFINITE_CARDINALITY
from tapeflow.core.data.dataset import UNKNOWN as UNKNOWN_CARDINALITY
from tapeflow.core.data.optional import Optional
from tapeflow.core.data.options import (
    AutoShardPolicy,
    AutotuneAlgorithm,
    AutotuneOptions,
    DistributeOptions,
    ExternalStatePolicy,
    OptimizationOptions,
    ServiceOptions,
    ThreadingOptions,
)
