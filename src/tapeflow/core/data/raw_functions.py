"""Which dataset each raw op with functions makes: as `raw_table.py`, for functions that come as graphs."""

from tapeflow.core.base import dtypes
from tapeflow.core.data.batches import _BatchDataset
from tapeflow.core.data.captured import Captured, packed
from tapeflow.core.data.flat import _FlatMapDataset
from tapeflow.core.data.interleave import _InterleaveDataset, _ParallelInterleaveDataset
from tapeflow.core.data.mapping import _FilterDataset, _MapDataset, _ParallelMapDataset
from tapeflow.core.data.raw import maker
from tapeflow.core.data.raw_generator import GeneratedDataset
from tapeflow.core.data.raw_sources import SavedDataset
from tapeflow.core.data.reducing import Reducer, _GroupByReducerDataset
from tapeflow.core.data.saving import _LoadDataset, _SnapshotDataset
from tapeflow.core.data.simple import _ScanDataset, _TakeWhileDataset
from tapeflow.core.data.windows import _GroupByWindowDataset
from tapeflow.core.ops import registry
from tapeflow.core.trace.tracing import FuncGraph
from tapeflow.core.values.convert import convert


@maker("MapDataset")
def _map(c):
    return _counted(_MapDataset(c.input_dataset, c.function()), c)


def _counted(dataset, c):
    dataset.keeps_count = c.preserve_cardinality
    return dataset


@maker("ParallelMapDataset", "ParallelMapDatasetV2")
def _parallel_map(c):
    return _counted(_ParallelMapDataset(c.input_dataset, c.function(), c.num_parallel_calls, None), c)


@maker("MapAndBatchDataset")
def _map_and_batch(c):
    return _BatchDataset(_counted(_MapDataset(c.input_dataset, c.function()), c), c.batch_size, c.drop_remainder)


@maker("FilterDataset", "ParallelFilterDataset")
def _filter(c):
    return _FilterDataset(c.input_dataset, c.function("predicate"))


@maker("TakeWhileDataset")
def _take_while(c):
    return _TakeWhileDataset(c.input_dataset, c.function("predicate"))


@maker("FlatMapDataset")
def _flat_map(c):
    return _FlatMapDataset(c.input_dataset, c.dataset_function())


@maker("InterleaveDataset")
def _interleave(c):
    return _InterleaveDataset(c.input_dataset, c.dataset_function(), c.cycle_length, c.block_length)


@maker("ParallelInterleaveDataset", "LegacyParallelInterleaveDatasetV2")
def _legacy_interleave(c):
    return _InterleaveDataset(c.input_dataset, c.dataset_function(), c.cycle_length, c.block_length)


@maker("ParallelInterleaveDatasetV2", "ParallelInterleaveDatasetV3", "ParallelInterleaveDatasetV4")
def _parallel_interleave(c):
    return _ParallelInterleaveDataset(
        c.input_dataset, c.dataset_function(), c.cycle_length, c.block_length, c.num_parallel_calls
    )


@maker("ScanDataset")
def _scan(c):
    count = len(c.initial_state)
    gives = lambda specs: (packed(specs[:count]), packed(specs[count:]))
    return _counted(_ScanDataset(c.input_dataset, packed(c.initial_state), c.function(gives=gives)), c)


@maker("GroupByWindowDataset")
def _group_by_window(c):
    names = [f"{what}_func" for what in ("key", "reduce", "window_size")]
    others = [f"{name}_other_arguments" for name in names]
    key, size = (c.function(names[i], others[i]) for i in (0, 2))
    return _GroupByWindowDataset(c.input_dataset, key, c.dataset_function(names[1], others[1]), None, size)


@maker("GroupByReducerDataset")
def _group_by_reducer(c):
    key, *rest = (c.function(f"{what}_func", f"{what}_func_other_arguments")
                  for what in ("key", "init", "reduce", "finalize"))  # fmt: skip
    return _GroupByReducerDataset(c.input_dataset, key, Reducer(*rest))


@maker("GeneratorDataset")
def _generator(c):
    parts = [c.function(f"{what}_func", f"{what}_func_other_args") for what in ("init", "next", "finalize")]
    return GeneratedDataset(*parts, c.spec)


@maker("SaveDatasetV2")
def _save(c):
    shard = c.function("shard_func", "shard_func_other_args") if c.use_shard_func else None
    return SavedDataset(c.input_dataset, c.path, c.compression or None, shard)


@maker("SnapshotDatasetV2")
def _snapshot(c):
    return _SnapshotDataset(c.input_dataset, c.path, c.compression)


@maker("LoadDataset")
def _load(c):
    return _LoadDataset(c.path, c.spec, c.dataset_function("reader_func", "reader_func_other_args"))




# -- examples --------------------------------------------------------------------------------------


@maker("ParseExampleDataset", "ParseExampleDatasetV2")
def _parse_examples(c):
    return _MapDataset(c.input_dataset, Captured(_parser(c), c.dense_defaults, packed))


def _parser(c):
    """The graph that parses a batch of serialized examples: the features in the order of their names."""
    get, graph = registry.get, FuncGraph("parse_example")
    graph.outer = None
    with graph:
        serialized = graph.placeholder(dtypes.string, [None])
        defaults = [graph.placeholder(x.dtype, x.shape) for x in c.dense_defaults]
        graph.inputs = [serialized, *defaults]
        keys = [convert(list(names), dtype=dtypes.string) for names in (c.sparse_keys, c.dense_keys, c.ragged_keys)]
        parsed = get("ParseExampleV2")(
            serialized, convert([], dtype=dtypes.string), *keys, defaults, len(c.sparse_keys), list(c.sparse_types),
            list(c.ragged_value_types), list(c.ragged_split_types), list(c.dense_shapes),
        )  # fmt: skip
        found = dict(zip(c.dense_keys, parsed.dense_values, strict=True))
        sparse = zip(parsed.sparse_indices, parsed.sparse_values, parsed.sparse_shapes, strict=True)
        for key, parts in zip(c.sparse_keys, sparse, strict=True):
            found[key] = get("SerializeSparse")(*parts, out_type=dtypes.variant)
        ragged = zip(parsed.ragged_row_splits, parsed.ragged_values, strict=True)
        for key, (splits, values) in zip(c.ragged_keys, ragged, strict=True):
            found[key] = get("RaggedTensorToVariant")([splits], values, batched_input=False)
        graph.outputs = [found[key] for key in sorted(found)]
    return graph
