"""What datasets can do: sources, and the transformations that most pipelines use.

Every method names a class in a file beside this one, which is imported when it is first used.
"""

import warnings

from tapeflow.core.base import dtypes


class Methods:
    """Sources and common transformations."""

    __slots__ = ()

    # -- sources -------------------------------------------------------------------------------------------

    @staticmethod
    def from_tensors(tensors, name=None):
        """Makes a dataset of one element.

        Args:
            tensors: The element: a tensor, or a structure of them.
            name: Optional name.
        """
        from tapeflow.core.data.sources import _TensorDataset

        return _TensorDataset(tensors)

    @staticmethod
    def from_tensor_slices(tensors, name=None):
        """Makes a dataset of the rows of tensors.

        Args:
            tensors: A tensor, or a structure of tensors of one first size.
            name: Optional name.

        >>> [x.item() for x in tf.data.Dataset.from_tensor_slices([1, 2, 3]).as_numpy_iterator()]
        [1, 2, 3]
        """
        from tapeflow.core.data.sources import _TensorSliceDataset

        return _TensorSliceDataset(tensors)

    @staticmethod
    def range(*args, **kwargs):
        """Makes a dataset of the numbers of a range.

        Args:
            *args: As of Python's `range`.
            **kwargs: `output_type`, int64 by default, and `name`.
        """
        from tapeflow.core.data.sources import _RangeDataset

        return _RangeDataset(*args, **kwargs)

    @staticmethod
    def from_generator(generator, output_types=None, output_shapes=None, args=None, output_signature=None, name=None):
        """Makes a dataset of what a Python generator yields.

        Args:
            generator: A callable that returns an iterable; it is called anew for each run.
            output_types: Structure of dtypes; deprecated, use `output_signature`.
            output_shapes: Structure of shapes; deprecated.
            args: Tensors that `generator` is called with, as NumPy values.
            output_signature: Structure of `tf.TypeSpec`s of an element.
            name: Optional name.

        Raises:
            TypeError: What is yielded has other types than announced, once it is read.
        """
        from tapeflow.core.data.generator import from_generator

        return from_generator(generator, output_types, output_shapes, args, output_signature)

    @staticmethod
    def zip(*args, datasets=None, name=None):
        """Makes a dataset of tuples (or other structures) of the elements of several.

        Args:
            *args: Datasets, or one structure of datasets.
            datasets: The structure, by its old name.
            name: Optional name.

        Raises:
            TypeError: There are no datasets, or something is no dataset.
        """
        from tapeflow.core.data.joining import _ZipDataset

        if not args and datasets is None:
            raise TypeError("Must pass at least one dataset to `zip`.")
        if args and datasets is not None:
            raise TypeError("Both `*args` and `datasets` cannot be set.")
        if len(args) == 1:
            datasets = args[0]
        elif len(args) > 1:
            datasets = args
        return _ZipDataset(datasets)

    # -- transformations -------------------------------------------------------------------------------------

    def map(
        self, map_func, num_parallel_calls=None, deterministic=None, synchronous=None, use_unbounded_threadpool=False,
        name=None,
    ):  # fmt: skip
        """Applies a function to each element. It is captured once, and called for whole blocks where that is the same.

        Args:
            map_func: The function; a tuple comes as several arguments.
            num_parallel_calls: How many calls may run at once; None for one.
            deterministic: Whether the order is kept; yes by default.
            synchronous: Accepted.
            use_unbounded_threadpool: Accepted.
            name: Optional name.
        """
        from tapeflow.core.data.mapping import _MapDataset, _ParallelMapDataset

        if num_parallel_calls is None:
            _warn_deterministic(deterministic)
            return _MapDataset(self, map_func)
        if synchronous:
            raise ValueError(
                "`synchronous` is not supported with `num_parallel_calls`, but `num_parallel_calls` was set to ",
                num_parallel_calls,
            )
        return _ParallelMapDataset(self, map_func, num_parallel_calls, deterministic)

    def filter(self, predicate, name=None):
        """Keeps the elements for which `predicate` is true.

        Args:
            predicate: Function of an element that returns a scalar bool.
            name: Optional name.
        """
        from tapeflow.core.data.mapping import _FilterDataset

        return _FilterDataset(self, predicate)

    def batch(self, batch_size, drop_remainder=False, num_parallel_calls=None, deterministic=None, name=None):
        """Stacks elements along a new first axis.

        Args:
            batch_size: How many.
            drop_remainder: Whether a last, smaller batch is left out.
            num_parallel_calls, deterministic: Accepted.
            name: Optional name.

        Raises:
            InvalidArgumentError: `batch_size` is not positive; or, when read, elements differ in shape.
        """
        from tapeflow.core.data.batches import _BatchDataset, _ParallelBatchDataset

        if num_parallel_calls is None:
            _warn_deterministic(deterministic)
            return _BatchDataset(self, batch_size, drop_remainder)
        return _ParallelBatchDataset(self, batch_size, drop_remainder)

    def shuffle(self, buffer_size, seed=None, reshuffle_each_iteration=True, name=None):
        """Gives the elements in random order: each is drawn from a buffer that the input refills.

        Args:
            buffer_size: Size of the buffer; the dataset's size, or more, shuffles perfectly.
            seed: Makes the order repeatable, together with `tf.random.set_seed`.
            reshuffle_each_iteration: Whether each run has another order.
            name: Optional name.
        """
        from tapeflow.core.data.shuffle import _ShuffleDataset

        return _ShuffleDataset(self, buffer_size, seed, reshuffle_each_iteration)

    def repeat(self, count=None, name=None):
        """Repeats the dataset.

        Args:
            count: How often; None or -1 without end.
            name: Optional name.
        """
        from tapeflow.core.data.joining import _RepeatDataset

        return _RepeatDataset(self, count)

    def take(self, count, name=None):
        """Gives the first `count` elements; all if it is negative."""
        from tapeflow.core.data.slicing import _TakeDataset

        return _TakeDataset(self, count)

    def skip(self, count, name=None):
        """Leaves out the first `count` elements; all if it is negative."""
        from tapeflow.core.data.slicing import _SkipDataset

        return _SkipDataset(self, count)

    def shard(self, num_shards, index, name=None):
        """Gives each `num_shards`-th element, beginning with number `index`."""
        from tapeflow.core.data.slicing import _ShardDataset

        return _ShardDataset(self, num_shards, index)

    def concatenate(self, dataset, name=None):
        """Puts another dataset's elements after these.

        Raises:
            TypeError: Their elements differ in structure or types.
        """
        from tapeflow.core.data.joining import _ConcatenateDataset

        return _ConcatenateDataset(self, dataset)

    def enumerate(self, start=0, name=None):
        """Gives pairs of a number (int64) and an element."""
        return self.zip((self.range(start, dtypes.int64.max), self))

    def prefetch(self, buffer_size, name=None):
        """Makes elements ready while the program is busy with others.

        Args:
            buffer_size: How many at most; `tf.data.AUTOTUNE` to leave that open.
            name: Optional name.
        """
        from tapeflow.core.data.prefetch import _PrefetchDataset

        return _PrefetchDataset(self, buffer_size)

    def cache(self, filename="", name=None):
        """Keeps the elements of the first complete run, in memory or in a file, for those that follow.

        Args:
            filename: Where; memory if empty.
            name: Optional name.
        """
        from tapeflow.core.data.cache import CacheDataset

        return CacheDataset(self, filename)

    def flat_map(self, map_func, name=None):
        """Maps elements to datasets, and gives these one after the other."""
        from tapeflow.core.data.flat import _FlatMapDataset

        return _FlatMapDataset(self, map_func)

    def reduce(self, initial_state, reduce_func, name=None):
        """Combines all elements into one value.

        Args:
            initial_state: The value before the first.
            reduce_func: `(state, element) -> state`.
            name: Optional name.
        """
        from tapeflow.core.data.reduce import reduce_dataset

        return reduce_dataset(self, initial_state, reduce_func)

    def apply(self, transformation_func):
        """Returns `transformation_func(self)`.

        Raises:
            TypeError: That is no dataset.
        """
        dataset = transformation_func(self)
        from tapeflow.core.data.dataset import DatasetV2

        if not isinstance(dataset, DatasetV2):
            raise TypeError(f"`transformation_func` must return a `tf.data.Dataset` object. Got {type(dataset)}.")
        return dataset

    def with_options(self, options, name=None):
        """Returns the dataset with `tf.data.Options` set.

        Raises:
            ValueError: The options contradict those that are set already.
        """
        from tapeflow.core.data.options import _OptionsDataset

        return _OptionsDataset(self, options)


def _warn_deterministic(deterministic):
    if deterministic is not None:
        warnings.warn(
            "The `deterministic` argument has no effect unless the `num_parallel_calls` argument is specified.",
            stacklevel=3,
        )
