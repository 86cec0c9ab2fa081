"""Transformations in the form that `Dataset.apply` takes: functions that return a function of a dataset."""

from collections.abc import Mapping

from tapeflow.core.base import dtypes
from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.base.mode import current
from tapeflow.core.data import structure
from tapeflow.core.data.dataset import AUTOTUNE, DatasetV2
from tapeflow.core.data.reducing import _GroupByReducerDataset
from tapeflow.core.data.simple import _AssertCardinalityDataset
from tapeflow.core.ops.compose.creation import zeros
from tapeflow.core.ops.compose.parse_example import parse_example


def assert_cardinality(expected_cardinality):
    """Says how many elements a dataset has; reading it checks that.

    Args:
        expected_cardinality: The number, or `INFINITE_CARDINALITY`.
    """
    return lambda dataset: _AssertCardinalityDataset(dataset, expected_cardinality)


def bucket_by_sequence_length(
    element_length_func, bucket_boundaries, bucket_batch_sizes, padded_shapes=None, padding_values=None,
    pad_to_bucket_boundary=False, no_padding=False, drop_remainder=False,
):  # fmt: skip
    """See `tf.data.Dataset.bucket_by_sequence_length`."""
    return lambda dataset: dataset.bucket_by_sequence_length(
        element_length_func, bucket_boundaries, bucket_batch_sizes, padded_shapes, padding_values,
        pad_to_bucket_boundary, no_padding, drop_remainder,
    )  # fmt: skip


def copy_to_device(target_device, source_device="/cpu:0"):
    """Accepted: compiled steps bring elements to their device themselves."""
    return lambda dataset: dataset.prefetch(0)


def prefetch_to_device(device, buffer_size=None):
    """Prefetches; compiled steps bring elements to their device themselves."""
    return lambda dataset: dataset.prefetch(AUTOTUNE if buffer_size is None else buffer_size)


def dense_to_ragged_batch(batch_size, drop_remainder=False, row_splits_dtype=dtypes.int64):
    """See `tf.data.Dataset.ragged_batch`."""
    return lambda dataset: dataset.ragged_batch(batch_size, drop_remainder, row_splits_dtype)


def dense_to_sparse_batch(batch_size, row_shape):
    """See `tf.data.Dataset.sparse_batch`."""
    return lambda dataset: dataset.sparse_batch(batch_size, row_shape)


def enumerate_dataset(start=0):
    """See `tf.data.Dataset.enumerate`."""
    return lambda dataset: dataset.enumerate(start)


def group_by_reducer(key_func, reducer):
    """Combines the elements of each key into one.

    Args:
        key_func: Function of an element that returns an int64 scalar.
        reducer: A `Reducer`.
    """
    return lambda dataset: _GroupByReducerDataset(dataset, key_func, reducer)


def group_by_window(key_func, reduce_func, window_size=None, window_size_func=None):
    """See `tf.data.Dataset.group_by_window`."""
    return lambda dataset: dataset.group_by_window(key_func, reduce_func, window_size, window_size_func)


def ignore_errors(log_warning=False):
    """See `tf.data.Dataset.ignore_errors`."""
    return lambda dataset: dataset.ignore_errors(log_warning)


def map_and_batch(map_func, batch_size, num_parallel_batches=None, drop_remainder=False, num_parallel_calls=None):
    """Maps, then batches.

    Args:
        map_func: Function of an element.
        batch_size: Elements in a batch.
        num_parallel_batches, num_parallel_calls: Accepted; not both.
        drop_remainder: Whether a last, smaller batch is left out.
    """
    if num_parallel_batches is not None and num_parallel_calls is not None:
        raise ValueError(
            "`map_and_batch` allows only one of `num_parallel_batches` and `num_parallel_calls` to be set, but "
            f"`num_parallel_batches` was set to {num_parallel_batches} and `num_parallel_calls` was set to "
            f"{num_parallel_calls}."
        )
    return lambda dataset: dataset.map(map_func).batch(batch_size, drop_remainder)


def pad_to_cardinality(cardinality, mask_key="valid"):
    """Adds elements of zeros until there are `cardinality`, and says in each which are real.

    Args:
        cardinality: The number.
        mask_key: The key of that in each element, a dictionary.
    """

    def apply(dataset):
        if not isinstance(dataset.element_spec, Mapping):
            raise ValueError("`pad_to_cardinality` requires its input dataset to be a dictionary.")
        if current.graph is None:
            count = int(dataset.cardinality())
            if count < 0:
                raise ValueError(
                    "The dataset passed into `pad_to_cardinality` must have a known cardinalty, but has cardinality "
                    f"{count}"
                )
            if count > cardinality:
                raise ValueError(
                    "The dataset passed into `pad_to_cardinality` must have a cardinalty less than the target "
                    f"cardinality ({cardinality}), but has cardinality {count}"
                )
        filler = structure.map_leaves(lambda s: zeros(s.shape, s.dtype), dataset.element_spec)
        more = DatasetV2.from_tensors({**filler, mask_key: False}).repeat(cardinality - dataset.cardinality())
        return dataset.map(lambda x: {**x, mask_key: True}).concatenate(more)

    return apply


def parallel_interleave(
    map_func, cycle_length, block_length=1, sloppy=False, buffer_output_elements=None, prefetch_input_elements=None
):
    """See `tf.data.Dataset.interleave`."""
    return lambda dataset: dataset.interleave(map_func, cycle_length, block_length, num_parallel_calls=cycle_length)


def parse_example_dataset(features, num_parallel_calls=1, deterministic=None):
    """Parses batches of serialized `Example`s.

    Args:
        features: Dictionary of `tf.io` features.
        num_parallel_calls: How many calls may run at once.
        deterministic: Whether the order is kept.
    """
    if features is None:
        raise ValueError("Argument `features` is required, but not specified.")

    def apply(dataset):
        spec = dataset.element_spec
        if not structure.is_dense(spec) or spec.dtype is not dtypes.string or spec.shape.rank not in (1, None):
            raise InvalidArgumentError(f"parse_example_dataset: elements must be string vectors, got {spec}")
        return dataset.map(lambda x: parse_example(x, features), num_parallel_calls, deterministic)

    return apply


def rejection_resample(class_func, target_dist, initial_dist=None, seed=None):
    """See `tf.data.Dataset.rejection_resample`."""
    return lambda dataset: dataset.rejection_resample(class_func, target_dist, initial_dist, seed)


def scan(initial_state, scan_func):
    """See `tf.data.Dataset.scan`."""
    return lambda dataset: dataset.scan(initial_state, scan_func)


def shuffle_and_repeat(buffer_size, count=None, seed=None):
    """Shuffles, then repeats."""
    return lambda dataset: dataset.shuffle(buffer_size, seed).repeat(count)


def snapshot(path, compression="AUTO", reader_func=None, shard_func=None):
    """See `tf.data.Dataset.snapshot`."""
    return lambda dataset: dataset.snapshot(path, compression, reader_func, shard_func)


def take_while(predicate):
    """See `tf.data.Dataset.take_while`."""
    return lambda dataset: dataset.take_while(predicate)


def unbatch():
    """See `tf.data.Dataset.unbatch`."""
    return lambda dataset: dataset.unbatch()


def unique():
    """See `tf.data.Dataset.unique`."""
    return lambda dataset: dataset.unique()
