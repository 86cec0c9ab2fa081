"""`tf.tpu`: settings, and embedding tables as TPUs have them, on this machine's devices."""

from collections import namedtuple

from tapeflow.tpu import experimental

XLAOptions = namedtuple(
    "XLAOptions",
    "use_spmd_for_xla_partitioning enable_xla_dynamic_padder use_shardy_partitioner",
    defaults=(True, True, False),
)

__all__ = ["XLAOptions", "experimental"]
