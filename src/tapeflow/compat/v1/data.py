"""`tf.compat.v1.data`: datasets with the methods that TensorFlow 1 had, read eagerly."""

import functools
import inspect

from tapeflow.core.base.errors import UnimplementedError
from tapeflow.core.data import structure
from tapeflow.core.data.dataset import INFINITE as INFINITE_CARDINALITY
from tapeflow.core.data.dataset import UNKNOWN as UNKNOWN_CARDINALITY
from tapeflow.core.data.dataset import DatasetV2
from tapeflow.core.data.files import FixedLengthRecordDatasetV2, TextLineDatasetV2, TFRecordDatasetV2
from tapeflow.core.data.iterator import IteratorBase
from tapeflow.core.data.methods import Methods
from tapeflow.core.data.more_methods import MoreMethods
from tapeflow.data import AUTOTUNE, DatasetSpec, NumpyIterator, Options, ThreadingOptions, experimental

# What these answer is no dataset, or any that the user's function answers.
_AS_THEY_ARE = frozenset("apply reduce get_single_element save element_spec".split())


class DatasetV1(DatasetV2):
    """A dataset with TensorFlow 1's methods beside those of `tf.data.Dataset`.

    Args:
        dataset: The dataset that it stands for.
    """

    __slots__ = ()

    def __init__(self, dataset):
        self._dataset = dataset
        self.inputs, self._spec = (dataset,), dataset.element_spec

    def access(self, start):
        return self._dataset.access(start)

    def make_cursor(self, start):
        return self._dataset.cursor(start)

    def count(self, start):
        return self._dataset.count(start)

    @staticmethod
    def from_sparse_tensor_slices(sparse_tensor):
        """Makes a dataset of the rows of a sparse tensor, each as (indices, values, dense shape)."""
        rows = DatasetV2.from_tensor_slices(sparse_tensor)
        return DatasetV1(rows.map(lambda row: (row.indices, row.values, row.dense_shape)))

    def map_with_legacy_function(self, map_func, num_parallel_calls=None, deterministic=None):
        """Applies a function to each element, as `map` does."""
        return self.map(map_func, num_parallel_calls, deterministic)

    def filter_with_legacy_function(self, predicate):
        """Keeps the elements for which `predicate` is true, as `filter` does."""
        return self.filter(predicate)

    def make_one_shot_iterator(self):
        """Returns an iterator over the dataset; `get_next` gives the elements."""
        return iter(self)

    def make_initializable_iterator(self, shared_name=None):
        """Returns an iterator over the dataset; it needs no initializing.

        Args:
            shared_name: Accepted.
        """
        return iter(self)

    @property
    def output_types(self):
        """The dtypes of the elements, nested like them."""
        return get_output_types(self)

    @property
    def output_shapes(self):
        """The shapes of the elements, nested like them."""
        return get_output_shapes(self)

    @property
    def output_classes(self):
        """The classes of the elements, nested like them."""
        return get_output_classes(self)


def _adapted(function):
    """A method of `tf.data.Dataset` whose datasets have the methods of version 1."""

    @functools.wraps(function)
    def call(*args, **kwargs):
        result = function(*args, **kwargs)
        return DatasetV1(result) if isinstance(result, DatasetV2) else result

    return call


for _name, _method in [*vars(Methods).items(), *vars(MoreMethods).items()]:
    if _name.startswith("_") or _name in _AS_THEY_ARE:
        continue
    if isinstance(_method, staticmethod):
        setattr(DatasetV1, _name, staticmethod(_adapted(_method.__func__)))
    elif inspect.isfunction(_method):
        setattr(DatasetV1, _name, _adapted(_method))

Dataset = DatasetV1


class TextLineDatasetV1(DatasetV1):
    """`tf.data.TextLineDataset` with the methods of version 1; its arguments are the same."""

    __slots__ = ()

    def __init__(self, filenames, compression_type=None, buffer_size=None, num_parallel_reads=None, name=None):
        super().__init__(TextLineDatasetV2(filenames, compression_type, buffer_size, num_parallel_reads))


class TFRecordDatasetV1(DatasetV1):
    """`tf.data.TFRecordDataset` with the methods of version 1; its arguments are the same."""

    __slots__ = ()

    def __init__(self, filenames, compression_type=None, buffer_size=None, num_parallel_reads=None, name=None):
        super().__init__(TFRecordDatasetV2(filenames, compression_type, buffer_size, num_parallel_reads))


class FixedLengthRecordDatasetV1(DatasetV1):
    """`tf.data.FixedLengthRecordDataset` with the methods of version 1; its arguments are the same."""

    __slots__ = ()

    def __init__(
        self, filenames, record_bytes, header_bytes=None, footer_bytes=None, buffer_size=None, compression_type=None,
        num_parallel_reads=None, name=None,
    ):  # fmt: skip
        super().__init__(
            FixedLengthRecordDatasetV2(
                filenames, record_bytes, header_bytes, footer_bytes, buffer_size, compression_type, num_parallel_reads
            )
        )


TextLineDataset, TFRecordDataset = TextLineDatasetV1, TFRecordDatasetV1
FixedLengthRecordDataset = FixedLengthRecordDatasetV1


class Iterator(IteratorBase):
    """An iterator that a session initializes; TapeFlow has no sessions: `iter(dataset)` is ready at once."""

    def __init__(self, iterator_resource, initializer, output_types, output_shapes, output_classes):
        raise _no_session("Iterator")

    @staticmethod
    def from_structure(output_types, output_shapes=None, shared_name=None, output_classes=None):
        """Of sessions."""
        raise _no_session("Iterator.from_structure")

    @staticmethod
    def from_string_handle(string_handle, output_types, output_shapes=None, output_classes=None):
        """Of sessions."""
        raise _no_session("Iterator.from_string_handle")

    def make_initializer(self, dataset, name=None):
        """Of sessions."""
        raise _no_session("Iterator.make_initializer")

    def string_handle(self, name=None):
        """Of sessions."""
        raise _no_session("Iterator.string_handle")

    @property
    def initializer(self):
        """Of sessions."""
        raise _no_session("Iterator.initializer")


def _no_session(what):
    return UnimplementedError(f"tf.compat.v1.data.{what}: there are no sessions", hint="iter(dataset), once an epoch")


def make_one_shot_iterator(dataset):
    """Returns an iterator over a dataset; `get_next` gives the elements."""
    return iter(dataset)


def make_initializable_iterator(dataset, shared_name=None):
    """Returns an iterator over a dataset; it needs no initializing.

    Args:
        dataset: The dataset.
        shared_name: Accepted.
    """
    return iter(dataset)


def get_output_types(dataset_or_iterator):
    """Returns the dtypes of the elements, nested like them."""
    return structure.types_of(dataset_or_iterator.element_spec)


def get_output_shapes(dataset_or_iterator):
    """Returns the shapes of the elements, nested like them."""
    return structure.shapes_of(dataset_or_iterator.element_spec)


def get_output_classes(dataset_or_iterator):
    """Returns the classes of the elements, nested like them."""
    return structure.classes_of(dataset_or_iterator.element_spec)
