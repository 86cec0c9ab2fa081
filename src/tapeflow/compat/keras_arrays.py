"""Batches of arrays for `fit`, `evaluate` and `predict`: Keras's pipeline of them, made of fewer parts.

Keras makes batches by a pipeline of its own: a data set of row numbers, a function that cuts them into batches, another
that gathers the rows. It does so because TensorFlow's `from_tensor_slices` goes row by row. Here it does not: a batch
of `from_tensor_slices` is a view of the arrays. Where the rows keep their order, that is the same data set without any
function to trace, which is much of the time of a `predict` on a few samples. The function here is put in place when
Keras's module is loaded (`install.KerasFinder`); Keras's file stays as it is.
"""

import numpy as np

from tapeflow.core.base import nest
from tapeflow.core.data.dataset import AUTOTUNE, DatasetV2
from tapeflow.core.data.options import AutoShardPolicy, Options
from tapeflow.core.values.tensor import Tensor


def complete_adapter(module):
    """Gives arrays in their order by slices: for the module `keras.src.trainers.data_adapters.array_data_adapter`.

    Args:
        module: The module.
    """
    by_gathering = module.ArrayDataAdapter.get_tf_dataset

    def get_tf_dataset(adapter):
        if adapter._shuffle:
            return by_gathering(adapter)
        arrays = module.array_slicing.convert_to_sliceable(adapter._inputs, target_backend="tensorflow")
        arrays = module.tree.lists_to_tuples(arrays)
        if not all(isinstance(x, (Tensor, np.ndarray)) for x in nest.flatten(arrays)):
            return by_gathering(adapter)
        return batches(arrays, adapter._batch_size, is_even=not adapter._partial_batch_size)

    module.ArrayDataAdapter.get_tf_dataset = get_tf_dataset


def batches(arrays, batch_size, is_even):
    """A data set of the rows of arrays in their order.

    Args:
        arrays: A structure of tensors and arrays of one first size.
        batch_size: Rows in a batch.
        is_even: Whether the last batch is as large as the others; then the specs say their size.
    """
    options = Options()
    options.experimental_distribute.auto_shard_policy = AutoShardPolicy.DATA
    dataset = DatasetV2.from_tensor_slices(arrays).batch(batch_size, drop_remainder=is_even)
    return dataset.with_options(options).prefetch(AUTOTUNE)
