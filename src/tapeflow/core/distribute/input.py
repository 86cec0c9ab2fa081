"""`tf.distribute.DistributedDataset`: a dataset whose batches are split over replicas."""

from tapeflow.core.base import nest
from tapeflow.core.base.function_types import Abstract


class DistributedDataset(Abstract):
    """A dataset whose elements have a component on each replica; what `experimental_distribute_dataset` returns."""


class DistributedIterator(Abstract):
    """An iterator over a `DistributedDataset`."""


__all__ = ["DistributedDataset", "DistributedIterator", "nest"]
