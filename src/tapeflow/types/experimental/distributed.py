"""`tf.types.experimental.distributed`: values with a component on each replica."""

from tapeflow.core.base.function_types import Mirrored, PerReplica
