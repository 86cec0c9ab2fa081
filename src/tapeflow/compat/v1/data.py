"""`tf.compat.v1.data`: datasets as TensorFlow 1 had them, read eagerly."""

from tapeflow.core.data import structure
from tapeflow.core.data.dataset import INFINITE as INFINITE_CARDINALITY
from tapeflow.core.data.dataset import UNKNOWN as UNKNOWN_CARDINALITY
from tapeflow.core.data.dataset import DatasetV2 as Dataset
from tapeflow.core.data.files import FixedLengthRecordDatasetV2 as FixedLengthRecordDataset
from tapeflow.core.data.files import TextLineDatasetV2 as TextLineDataset
from tapeflow.core.data.files import TFRecordDatasetV2 as TFRecordDataset
from tapeflow.core.data.iterator import IteratorBase as Iterator
from tapeflow.data import AUTOTUNE, DatasetSpec, NumpyIterator, Options, ThreadingOptions, experimental


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
    return structure.map_leaves(lambda s: s.dtype, dataset_or_iterator.element_spec)


def get_output_shapes(dataset_or_iterator):
    """Returns the shapes of the elements, nested like them."""
    return structure.map_leaves(lambda s: s.shape, dataset_or_iterator.element_spec)


def get_output_classes(dataset_or_iterator):
    """Returns the classes of the elements, nested like them."""
    return structure.map_leaves(lambda s: s.value_type, dataset_or_iterator.element_spec)
