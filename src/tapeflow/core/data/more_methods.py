"""What datasets can do besides: other batches, groups, choices by chance, files."""

from tapeflow.core.base import dtypes


class MoreMethods:
    """Further sources and transformations."""

    __slots__ = ()

    # -- sources -------------------------------------------------------------------------------------------

    @staticmethod
    def counter(start=0, step=1, dtype=dtypes.int64, name=None):
        """Makes a dataset that counts without end.

        Args:
            start: The first number.
            step: What is added each time.
            dtype: Of the numbers.
            name: Optional name.
        """
        from tapeflow.core.data.counter import _CounterDataset

        return _CounterDataset(start, step, dtype)

    @staticmethod
    def random(seed=None, rerandomize_each_iteration=None, name=None):
        """Makes a dataset of random int64 numbers below 2³², without end.

        Args:
            seed: Makes them repeatable, together with `tf.random.set_seed`.
            rerandomize_each_iteration: Whether each run has other numbers.
            name: Optional name.
        """
        from tapeflow.core.data.choosing import _RandomDataset

        return _RandomDataset(seed, rerandomize_each_iteration)

    @staticmethod
    def list_files(file_pattern, shuffle=None, seed=None, name=None):
        """Makes a dataset of the names of files.

        Args:
            file_pattern: A pattern with wildcards, or several.
            shuffle: Whether they come in random order; yes by default.
            seed: Seed of that order.
            name: Optional name.

        Raises:
            InvalidArgumentError: No file matches.
        """
        from tapeflow.core.data.files import list_files

        return list_files(file_pattern, shuffle, seed)

    @staticmethod
    def load(path, element_spec=None, compression=None, reader_func=None, wait=False):
        """Makes a dataset of the elements that `save` wrote.

        Args:
            path: The folder.
            element_spec: The spec of the elements; what was saved by default.
            compression: Accepted: the folder knows.
            reader_func: Function of a dataset of datasets, one for each file, that returns a dataset.
            wait: Accepted.

        Raises:
            NotFoundError: There is nothing in `path`.
        """
        from tapeflow.core.data.saving import _LoadDataset

        return _LoadDataset(path, element_spec, reader_func)

    @staticmethod
    def sample_from_datasets(
        datasets, weights=None, seed=None, stop_on_empty_dataset=False, rerandomize_each_iteration=None
    ):
        """Makes a dataset that takes each element from one of several, by chance.

        Args:
            datasets: List of datasets.
            weights: The chance of each: a list, a tensor, or a dataset of them; equal by default.
            seed: Makes the choice repeatable, together with `tf.random.set_seed`.
            stop_on_empty_dataset: Whether the first that is at its end ends all.
            rerandomize_each_iteration: Whether each run chooses anew.

        Raises:
            ValueError: There are no datasets, or another number of weights.
            TypeError: Datasets or weights are of the wrong kind.
        """
        from tapeflow.core.data.choosing import sample_from_datasets

        return sample_from_datasets(datasets, weights, seed, stop_on_empty_dataset, rerandomize_each_iteration)

    @staticmethod
    def choose_from_datasets(datasets, choice_dataset, stop_on_empty_dataset=True):
        """Makes a dataset that takes each element from the dataset whose number comes next.

        Args:
            datasets: List of datasets.
            choice_dataset: Dataset of int64 scalars.
            stop_on_empty_dataset: Whether the first that is at its end ends all.

        Raises:
            ValueError: There are no datasets.
            TypeError: Datasets or choices are of the wrong kind.
        """
        from tapeflow.core.data.choosing import choose_from_datasets

        return choose_from_datasets(datasets, choice_dataset, stop_on_empty_dataset)

    # -- batches -------------------------------------------------------------------------------------------

    def padded_batch(self, batch_size, padded_shapes=None, padding_values=None, drop_remainder=False, name=None):
        """Stacks elements after filling each up to one shape.

        Args:
            batch_size: How many.
            padded_shapes: Structure of shapes; -1 or None for the longest of the batch, the default.
            padding_values: Structure of scalars; 0 or the empty string by default.
            drop_remainder: Whether a last, smaller batch is left out.
            name: Optional name.

        Raises:
            ValueError, TypeError: Shapes or values do not go with the elements.
            DataLossError: When read: an element is larger than its padded shape.
        """
        from tapeflow.core.data.padded import _PaddedBatchDataset

        return _PaddedBatchDataset(self, batch_size, padded_shapes, padding_values, drop_remainder)

    def ragged_batch(self, batch_size, drop_remainder=False, row_splits_dtype=dtypes.int64, name=None):
        """Stacks elements as rows of ragged tensors, where their shape is not known.

        Args:
            batch_size: How many.
            drop_remainder: Whether a last, smaller batch is left out.
            row_splits_dtype: Of the ragged tensors.
            name: Optional name.
        """
        from tapeflow.core.data.padded import _RaggedBatchDataset

        return _RaggedBatchDataset(self, batch_size, drop_remainder, row_splits_dtype)

    def sparse_batch(self, batch_size, row_shape, name=None):
        """Stacks dense elements of different sizes as sparse tensors.

        Args:
            batch_size: How many.
            row_shape: The shape of a row; None for the longest of the batch.
            name: Optional name.
        """
        from tapeflow.core.data.padded import _DenseToSparseBatchDataset

        return _DenseToSparseBatchDataset(self, batch_size, row_shape)

    def unbatch(self, name=None):
        """Gives the rows of each element."""
        from tapeflow.core.data.windows import _UnbatchDataset

        return _UnbatchDataset(self)

    def rebatch(self, batch_size, drop_remainder=False, name=None):
        """Makes batches of other sizes of batches.

        Args:
            batch_size: The size, or sizes that are used in turn.
            drop_remainder: Whether a last, smaller batch is left out.
            name: Optional name.
        """
        from tapeflow.core.data.simple import _RebatchDataset

        return _RebatchDataset(self, batch_size, drop_remainder)

    def window(self, size, shift=None, stride=1, drop_remainder=False, name=None):
        """Makes datasets of neighbouring elements.

        Args:
            size: How many elements a window has.
            shift: By how many elements windows are apart; `size` by default.
            stride: How far the elements of a window are apart.
            drop_remainder: Whether smaller windows at the end are left out.
            name: Optional name.
        """
        from tapeflow.core.data.windows import _WindowDataset

        return _WindowDataset(self, size, shift, stride, drop_remainder)

    # -- several datasets and groups -----------------------------------------------------------------------

    def interleave(
        self, map_func, cycle_length=None, block_length=None, num_parallel_calls=None, deterministic=None, name=None
    ):
        """Maps elements to datasets, and gives elements of several of these in turn.

        Args:
            map_func: Function of an element that returns a dataset.
            cycle_length: How many datasets are read at a time; as many as there are processors by default.
            block_length: How many elements are taken from each in its turn.
            num_parallel_calls: How many may be read at once.
            deterministic: Whether the order is kept; yes by default.
            name: Optional name.
        """
        from tapeflow.core.data.interleave import _InterleaveDataset, _ParallelInterleaveDataset
        from tapeflow.core.data.methods import _warn_deterministic

        if num_parallel_calls is None:
            _warn_deterministic(deterministic)
            return _InterleaveDataset(self, map_func, cycle_length, block_length)
        return _ParallelInterleaveDataset(self, map_func, cycle_length, block_length, num_parallel_calls)

    def group_by_window(self, key_func, reduce_func, window_size=None, window_size_func=None, name=None):
        """Gathers elements by key, and turns each full group into a dataset, whose elements come out.

        Args:
            key_func: Function of an element that returns an int64 scalar.
            reduce_func: Function of a key and a dataset of its elements that returns a dataset.
            window_size: How many elements make a group.
            window_size_func: Function of a key that returns that number, instead of `window_size`.
            name: Optional name.
        """
        from tapeflow.core.data.windows import _GroupByWindowDataset

        return _GroupByWindowDataset(self, key_func, reduce_func, window_size, window_size_func)

    def bucket_by_sequence_length(
        self, element_length_func, bucket_boundaries, bucket_batch_sizes, padded_shapes=None, padding_values=None,
        pad_to_bucket_boundary=False, no_padding=False, drop_remainder=False, name=None,
    ):  # fmt: skip
        """Batches elements of like length together, filled up.

        Args:
            element_length_func: Function of an element that returns its length.
            bucket_boundaries: The upper limits of the lengths of each bucket, not included.
            bucket_batch_sizes: The batch size of each bucket, and of that above the last limit.
            padded_shapes, padding_values: As of `padded_batch`.
            pad_to_bucket_boundary: Whether to fill up to the bucket's limit less one.
            no_padding: Whether to batch without filling up.
            drop_remainder: Whether smaller batches at the end are left out.
            name: Optional name.
        """
        from tapeflow.core.data.windows import bucket_by_sequence_length

        return bucket_by_sequence_length(
            self, element_length_func, bucket_boundaries, bucket_batch_sizes, padded_shapes, padding_values,
            pad_to_bucket_boundary, no_padding, drop_remainder,
        )  # fmt: skip

    def rejection_resample(self, class_func, target_dist, initial_dist=None, seed=None, name=None):
        """Leaves elements out by chance, so that classes come as often as wanted.

        Args:
            class_func: Function of an element that returns its class, an int32 scalar.
            target_dist: How often each class is wanted.
            initial_dist: How often each class comes; estimated on the way by default.
            seed: Makes it repeatable.
            name: Optional name.

        Returns:
            A dataset of pairs of a class and an element.
        """
        from tapeflow.core.data.resampling import rejection_resample

        return rejection_resample(self, class_func, target_dist, initial_dist, seed)

    # -- states and ends -----------------------------------------------------------------------------------

    def scan(self, initial_state, scan_func, name=None):
        """Carries a state along the elements.

        Args:
            initial_state: The state before the first.
            scan_func: `(state, element) -> (state, new element)`.
            name: Optional name.
        """
        from tapeflow.core.data.simple import _ScanDataset

        return _ScanDataset(self, initial_state, scan_func)

    def take_while(self, predicate, name=None):
        """Gives the elements before the first for which `predicate` is false."""
        from tapeflow.core.data.simple import _TakeWhileDataset

        return _TakeWhileDataset(self, predicate)

    def unique(self, name=None):
        """Gives each element only the first time that it comes."""
        from tapeflow.core.data.simple import _UniqueDataset

        return _UniqueDataset(self)

    def ignore_errors(self, log_warning=False, name=None):
        """Leaves out elements that cannot be read.

        Args:
            log_warning: Whether to log what is left out.
            name: Optional name.
        """
        from tapeflow.core.data.simple import _IgnoreErrorsDataset

        return _IgnoreErrorsDataset(self, log_warning)

    def get_single_element(self, name=None):
        """Returns the only element.

        Raises:
            InvalidArgumentError: There is none, or more than one.
        """
        from tapeflow.core.data.simple import single_element

        return single_element(self)

    def fingerprint(self):
        """Returns a number, as a uint64 tensor, that is equal for pipelines of the same stages and element specs."""
        from tapeflow.core.base.farmhash import fingerprint64
        from tapeflow.core.data.explain import explain
        from tapeflow.core.values.convert import convert

        return convert(fingerprint64(explain(self).encode()), dtype=dtypes.uint64)

    # -- files ---------------------------------------------------------------------------------------------

    def save(self, path, compression=None, shard_func=None, checkpoint_args=None):
        """Writes the elements to files, for `load`.

        Args:
            path: A folder; what was there stays until the new files are complete.
            compression: `"GZIP"`, or None.
            shard_func: Function of an element that returns the number of its file, an int64 scalar.
            checkpoint_args: Accepted.
        """
        from tapeflow.core.data.saving import save

        return save(self, path, compression, shard_func, checkpoint_args)

    def snapshot(self, path, compression="AUTO", reader_func=None, shard_func=None, name=None):
        """Writes the elements of the first complete run to files, and reads these from then on.

        Args:
            path: A folder.
            compression: `"GZIP"`, `"NONE"`, or `"AUTO"`.
            reader_func, shard_func: Accepted.
            name: Optional name.
        """
        from tapeflow.core.data.saving import snapshot

        return snapshot(self, path, compression, reader_func, shard_func)
