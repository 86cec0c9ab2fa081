"""`tf.distribute.experimental.partitioners`: into how many parts a variable is cut."""

from tapeflow.core.distribute.partitioners import (
    FixedShardsPartitioner,
    MaxSizePartitioner,
    MinSizePartitioner,
    Partitioner,
)
