"""Functions of datasets and iterators in `tf.data.experimental`."""

from tapeflow.core.base import dtypes, record_file
from tapeflow.core.base.errors import UnimplementedError
from tapeflow.core.base.specs import TensorSpec
from tapeflow.core.data import function as functions
from tapeflow.core.data import structure
from tapeflow.core.data.dataset import AUTOTUNE, DatasetV2, _VariantDataset
from tapeflow.core.data.files import TFRecordDatasetV2
from tapeflow.core.data.lists import _ListDataset
from tapeflow.core.ops.compose.parse_example import parse_example
from tapeflow.core.values.convert import convert


def Counter(start=0, step=1, dtype=dtypes.int64):
    """See `tf.data.Dataset.counter`."""
    return DatasetV2.counter(start, step, dtype)


def cardinality(dataset):
    """See `tf.data.Dataset.cardinality`."""
    return dataset.cardinality()


def choose_from_datasets(datasets, choice_dataset, stop_on_empty_dataset=False):
    """See `tf.data.Dataset.choose_from_datasets`."""
    return DatasetV2.choose_from_datasets(datasets, choice_dataset, stop_on_empty_dataset)


def sample_from_datasets(datasets, weights=None, seed=None, stop_on_empty_dataset=False):
    """See `tf.data.Dataset.sample_from_datasets`."""
    return DatasetV2.sample_from_datasets(datasets, weights, seed, stop_on_empty_dataset)


def enable_debug_mode():
    """Makes functions of datasets made from now on be called in Python, for each element."""
    functions.debug.is_on = True


def from_list(elements, name=None):
    """Makes a dataset of the items of a list.

    Args:
        elements: The list; its items have one structure.
        name: Optional name.
    """
    return _ListDataset(elements)


def get_single_element(dataset):
    """See `tf.data.Dataset.get_single_element`."""
    return dataset.get_single_element()


def get_next_as_optional(iterator):
    """See `tf.data.Iterator.get_next_as_optional`."""
    return iterator.get_next_as_optional()


def get_structure(dataset_or_iterator):
    """Returns the spec of the elements of a dataset or iterator."""
    try:
        return dataset_or_iterator.element_spec
    except AttributeError as error:
        raise TypeError(
            f"`dataset_or_iterator` must be a `tf.data.Dataset` or `tf.data.Iterator`, but got "
            f"{type(dataset_or_iterator)}."
        ) from error


def to_variant(dataset):
    """Returns the variant tensor that stands for a dataset."""
    return dataset._variant_tensor


def from_variant(variant, structure):
    """Returns the dataset that a variant tensor stands for.

    Args:
        variant: The tensor.
        structure: The spec of the elements.
    """
    return _VariantDataset(variant, structure)


def save(dataset, path, compression=None, shard_func=None, checkpoint_args=None):
    """See `tf.data.Dataset.save`."""
    dataset.save(path, compression, shard_func, checkpoint_args)


def load(path, element_spec=None, compression=None, reader_func=None):
    """See `tf.data.Dataset.load`."""
    return DatasetV2.load(path, element_spec, compression, reader_func)


def distributed_save(dataset, path, data_service_address, compression="AUTO"):
    """Needs the tf.data service, which TapeFlow does not have."""
    raise UnimplementedError("distributed_save: there is no tf.data service", hint="Dataset.save")


def get_model_proto(iterator):
    """Of TensorFlow's autotuning, which TapeFlow does not have."""
    raise UnimplementedError("get_model_proto: pipelines are not tuned while they run", hint="dataset.explain()")


def make_saveable_from_iterator(iterator, external_state_policy=None):
    """Of TensorFlow 1: put the iterator into a `tf.train.Checkpoint` instead."""
    raise UnimplementedError(
        "make_saveable_from_iterator is for sessions of TensorFlow 1", hint="tf.train.Checkpoint(iterator=iterator)"
    )


class TFRecordWriter:
    """Writes a dataset of strings to a TFRecord file.

    Args:
        filename: The file.
        compression_type: `"GZIP"`, `"ZLIB"`, or None.
    """

    def __init__(self, filename, compression_type=None):
        self._filename, self._compression = filename, compression_type

    def write(self, dataset):
        """Writes all elements.

        Raises:
            TypeError: `dataset` is no dataset of scalar strings.
        """
        if not isinstance(dataset, DatasetV2):
            raise TypeError(f"Invalid `dataset.` Expected a `tf.data.Dataset` object but got {type(dataset)}.")
        if not structure.are_compatible(TensorSpec([], dtypes.string), dataset.element_spec):
            raise TypeError(
                "Invalid `dataset`. Expected a `tf.data.Dataset` object that produces scalar `tf.string` elements, but "
                f"got {dataset.element_spec}."
            )
        name = convert(self._filename).host.item()
        with record_file.TFRecordWriter(name, self._compression) as writer:
            for (record,) in iter(dataset.run_cursor().next, None):
                writer.write(record.item())


def make_batched_features_dataset(
    file_pattern, batch_size, features, reader=None, label_key=None, reader_args=None, num_epochs=None, shuffle=True,
    shuffle_buffer_size=10000, shuffle_seed=None, prefetch_buffer_size=None, reader_num_threads=None,
    parser_num_threads=None, sloppy_ordering=False, drop_final_batch=False,
):  # fmt: skip
    """Makes a dataset of batches of parsed `Example`s.

    Args:
        file_pattern: Pattern of the files' names, or a list of them.
        batch_size: Examples in a batch.
        features: Dictionary of `tf.io` features.
        reader: Function of a file name that returns a dataset; `tf.data.TFRecordDataset` by default.
        label_key: The feature that becomes the second part of each element.
        reader_args: Further arguments of `reader`.
        num_epochs: How often the data is repeated; None without end.
        shuffle: Whether the examples are shuffled.
        shuffle_buffer_size: Size of the buffer of the shuffle.
        shuffle_seed: Seed of the shuffle.
        prefetch_buffer_size: Batches to make ready.
        reader_num_threads: Files read in turn.
        parser_num_threads: Parallel calls of the parser.
        sloppy_ordering: Accepted.
        drop_final_batch: Whether a last, smaller batch is left out.
    """
    reader = TFRecordDatasetV2 if reader is None else reader
    arguments = () if reader_args is None else tuple(reader_args)
    threads = 1 if reader_num_threads is None else reader_num_threads
    dataset = DatasetV2.list_files(file_pattern, shuffle=shuffle, seed=shuffle_seed)
    cycle = None if threads == AUTOTUNE else threads
    dataset = dataset.interleave(lambda name: reader(name, *arguments), cycle_length=cycle)
    if isinstance(dataset.element_spec, tuple) and len(dataset.element_spec) == 2:
        dataset = dataset.map(lambda _, value: value)
    if shuffle:
        dataset = dataset.shuffle(shuffle_buffer_size, shuffle_seed)
    if num_epochs != 1:
        dataset = dataset.repeat(num_epochs)
    dataset = dataset.batch(batch_size, drop_remainder=drop_final_batch or num_epochs is None)
    dataset = dataset.map(lambda x: parse_example(x, features), 2 if parser_num_threads is None else parser_num_threads)
    if label_key:
        if label_key not in features:
            raise ValueError(
                f"The `label_key` provided ({label_key}) must be one of the `features` keys: {features.keys()}."
            )
        dataset = dataset.map(lambda x: (x, x.pop(label_key)))
    return dataset.prefetch(AUTOTUNE if prefetch_buffer_size is None else prefetch_buffer_size)
