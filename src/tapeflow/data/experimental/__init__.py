"""`tf.data.experimental`: what is newer, and older forms of what `tf.data.Dataset` has."""

from tapeflow.core.data.choosing import _RandomDataset as RandomDataset
from tapeflow.core.data.csv import CsvDatasetV2 as CsvDataset
from tapeflow.core.data.csv import make_csv_dataset
from tapeflow.core.data.dataset import AUTOTUNE
from tapeflow.core.data.dataset import INFINITE as INFINITE_CARDINALITY
from tapeflow.core.data.dataset import UNKNOWN as UNKNOWN_CARDINALITY
from tapeflow.core.data.lists import SqlDatasetV2 as SqlDataset
from tapeflow.core.data.lists import at
from tapeflow.core.data.optional import Optional
from tapeflow.core.data.options import (
    AutoShardPolicy,
    AutotuneAlgorithm,
    AutotuneOptions,
    DistributeOptions,
    ExternalStatePolicy,
    OptimizationOptions,
    ServiceOptions,
    ThreadingOptions,
)
from tapeflow.core.data.reducing import Reducer
from tapeflow.core.data.slicing import SHARD_HINT
from tapeflow.data.experimental import service
from tapeflow.data.experimental._applied import (
    assert_cardinality,
    bucket_by_sequence_length,
    copy_to_device,
    dense_to_ragged_batch,
    dense_to_sparse_batch,
    enumerate_dataset,
    group_by_reducer,
    group_by_window,
    ignore_errors,
    map_and_batch,
    pad_to_cardinality,
    parallel_interleave,
    parse_example_dataset,
    prefetch_to_device,
    rejection_resample,
    scan,
    shuffle_and_repeat,
    snapshot,
    take_while,
    unbatch,
    unique,
)
from tapeflow.data.experimental._functions import (
    Counter,
    TFRecordWriter,
    cardinality,
    choose_from_datasets,
    distributed_save,
    enable_debug_mode,
    from_list,
    from_variant,
    get_model_proto,
    get_next_as_optional,
    get_single_element,
    get_structure,
    load,
    make_batched_features_dataset,
    make_saveable_from_iterator,
    sample_from_datasets,
    save,
    to_variant,
)
from tapeflow.data.experimental._tables import DatasetInitializer, index_table_from_dataset, table_from_dataset
