"""The number of elements in a dataset's batches, told from how it was made: `tf.raw_ops.ComputeBatchSize`."""

from tapeflow.core.data import structure
from tapeflow.core.data.dataset import known

_BATCHING = frozenset(("_BatchDataset", "_PaddedBatchDataset", "_ParallelBatchDataset", "_RaggedBatchDataset"))
# What elements go through, as they are or in another structure.
_PASSING = frozenset((
    "_AssertCardinalityDataset", "CacheDataset", "_ConcatenateDataset", "_FilterDataset", "_OptionsDataset",
    "_PrefetchDataset", "_RepeatDataset", "Reshaped", "_ShardDataset", "_ShuffleDataset", "_SkipDataset",
    "_TakeDataset", "_ZipDataset",
))  # fmt: skip


def batch_size(dataset):
    """The size of a dataset's batches, a smaller last one aside; -1 if it is not known, or there are several."""
    kind = type(dataset).__name__
    if kind in _BATCHING:
        size = known(dataset.arguments[0])
        return -1 if size is None else int(size)
    inside = {batch_size(one) for one in dataset.inputs} if kind in _PASSING else ()
    return inside.pop() if len(inside) == 1 else -1


def first_size(dataset):
    """The first size of all elements if their specs have it, else `batch_size`."""
    shapes = [one.shape for one in structure.flatten(dataset.element_spec) if getattr(one, "shape", None) is not None]
    sizes = {shape[0] if shape.rank else None for shape in shapes}
    if not sizes or None in sizes:
        return batch_size(dataset)
    return sizes.pop() if len(sizes) == 1 else -1
