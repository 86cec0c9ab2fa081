"""Which dataset each raw op makes: op name -> function of its `Call` that returns the dataset.

Ops that only tune how TensorFlow runs a pipeline pass the dataset on: TapeFlow tunes its own way.
"""

import numpy as np

from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.base.specs import TensorSpec
from tapeflow.core.data import structure
from tapeflow.core.data.batches import _BatchDataset, _ParallelBatchDataset
from tapeflow.core.data.cache import CacheDataset, Kept
from tapeflow.core.data.captured import packed
from tapeflow.core.data.choosing import _DirectedInterleaveDataset, _RandomDataset
from tapeflow.core.data.csv import CsvDatasetV2
from tapeflow.core.data.files import _FixedLengthRecordDataset, _TextLineDataset, _TFRecordDataset, names_of
from tapeflow.core.data.joining import _ConcatenateDataset, _RepeatDataset, _ZipDataset
from tapeflow.core.data.lists import SqlDatasetV2
from tapeflow.core.data.options import _OptionsDataset
from tapeflow.core.data.options_message import options_of
from tapeflow.core.data.padded import _DenseToSparseBatchDataset, _PaddedBatchDataset
from tapeflow.core.data.prefetch import _PrefetchDataset
from tapeflow.core.data.raw import maker, makers
from tapeflow.core.data.raw_sources import (
    MatchingFilesDataset,
    SampledDataset,
    SleepingDataset,
    SlicedSparseDataset,
    saved_chunk,
    saved_chunks,
)
from tapeflow.core.data.saving import _SnapshotDataset
from tapeflow.core.data.shuffle import _ShuffleDataset
from tapeflow.core.data.simple import _AssertCardinalityDataset, _IgnoreErrorsDataset, _RebatchDataset, _UniqueDataset
from tapeflow.core.data.slicing import _ShardDataset, _SkipDataset, _TakeDataset
from tapeflow.core.data.sources import _RangeDataset, _TensorDataset, _TensorSliceDataset
from tapeflow.core.data.windows import _UnbatchDataset, _WindowDataset
from tapeflow.core.values.late import pipeline_files

# -- sources ---------------------------------------------------------------------------------------


@maker("RangeDataset")
def _range(c):
    if len(c.kinds) != 1 or not (c.kinds[0].is_integer or c.kinds[0].is_floating):
        raise InvalidArgumentError(f"RangeDataset gives one number an element, not {c.kinds}")
    return _RangeDataset(c.start, c.stop, c.step, output_type=c.kinds[0])


@maker("TensorDataset")
def _tensor(c):
    return _TensorDataset(packed(c.components))


@maker("TensorSliceDataset")
def _slices(c):
    if any(x.shape.rank == 0 for x in c.components):
        raise InvalidArgumentError("All components must be at least 1-dimensional [Op:TensorSliceDataset]")
    if len({x.shape[0] for x in c.components}) > 1:
        raise InvalidArgumentError(
            f"All components must have the same size in the 0th dimension, got {[x.shape[0] for x in c.components]}"
        )
    return _TensorSliceDataset(packed(c.components))


@maker("ListDataset")
def _list(c):
    count = len(c.kinds)
    rows = [c.tensors[i : i + count] for i in range(0, len(c.tensors), count)]
    datasets = [_TensorDataset(packed(row)) for row in rows]
    whole = datasets[0]
    for one in datasets[1:]:
        whole = _ConcatenateDataset(whole, one)
    return whole


@maker("RandomDataset", "RandomDatasetV2")
def _random(c):
    again = c.attrs.get("rerandomize_each_iteration", False)
    return _seeded(_RandomDataset(None, again, seeds=(c.seed, c.seed2)), c)


def _seeded(dataset, c):
    """The dataset with the seeds that a generator gives, if there is one."""
    generator = getattr(c, "seed_generator", None)
    if hasattr(generator, "next"):
        dataset._seed_source = lambda: generator
    return dataset


def _names(filenames):
    return names_of(np.atleast_1d(np.asarray(filenames, object)).tolist() or np.empty(0, object))


@maker("TextLineDataset")
def _text_lines(c):
    return _TextLineDataset(_names(c.filenames), c.compression_type)


@maker("TFRecordDataset")
def _records(c):
    return _TFRecordDataset(_names(c.filenames), c.compression_type, 0)


@maker("TFRecordDatasetV2")
def _records_from(c):
    offsets = np.atleast_1d(c.byte_offsets).tolist()
    names = np.atleast_1d(np.asarray(c.filenames, object)).tolist()
    if offsets and len(offsets) != len(names):
        raise InvalidArgumentError(
            "Number of offsets must be equal to number of filenames: got "
            f"{len(offsets)} and {len(names)} [Op:TFRecordDatasetV2]"
        )
    found = [_TFRecordDataset(_names(name), c.compression_type, at)
             for name, at in zip(names, offsets or [0] * len(names), strict=True)]  # fmt: skip
    whole = found[0] if found else _TFRecordDataset(_names([]), c.compression_type, 0)
    for one in found[1:]:
        whole = _ConcatenateDataset(whole, one)
    return whole


@maker("FixedLengthRecordDataset", "FixedLengthRecordDatasetV2")
def _fixed_length(c):
    if c.record_bytes < 1:
        raise InvalidArgumentError(f"`record_bytes` must be > 0 [Op:{c.op_name}]")
    kind = getattr(c, "compression_type", b"")
    return _FixedLengthRecordDataset(_names(c.filenames), kind, c.record_bytes, c.header_bytes, c.footer_bytes)


@maker("CSVDataset", "CSVDatasetV2")
def _csv(c):
    selected, excluded = (np.atleast_1d(getattr(c, name, ())).astype(int).tolist() or None
                          for name in ("select_cols", "exclude_cols"))  # fmt: skip
    return CsvDatasetV2(
        np.atleast_1d(np.asarray(c.filenames, object)).tolist(), list(c.record_defaults), c.compression_type, None,
        c.header, c.field_delim, c.use_quote_delim, c.na_value, selected, excluded,
    )  # fmt: skip


@maker("SqlDataset")
def _sql(c):
    return SqlDatasetV2(c.driver_name, c.data_source_name, c.query, c.kinds)


# -- elements ----------------------------------------------------------------------------------------

_PLAIN = {
    "AssertCardinalityDataset": lambda c: _AssertCardinalityDataset(c.input_dataset, c.cardinality),
    "BatchDataset": lambda c: _BatchDataset(c.input_dataset, c.batch_size, False),
    "BatchDatasetV2": lambda c: _BatchDataset(c.input_dataset, c.batch_size, c.drop_remainder),
    "CacheDataset": lambda c: CacheDataset(c.input_dataset, c.filename),
    "ConcatenateDataset": lambda c: _ConcatenateDataset(c.input_dataset, c.another_dataset),
    "DenseToSparseBatchDataset": lambda c: _DenseToSparseBatchDataset(c.input_dataset, c.batch_size, c.row_shape),
    "IgnoreErrorsDataset": lambda c: _IgnoreErrorsDataset(c.input_dataset, c.log_warning),
    "MatchingFilesDataset": lambda c: MatchingFilesDataset(c.patterns),
    "ParallelBatchDataset": lambda c: _ParallelBatchDataset(c.input_dataset, c.batch_size, c.drop_remainder),
    "PrefetchDataset": lambda c: _PrefetchDataset(c.input_dataset, c.buffer_size),
    "RebatchDatasetV2": lambda c: _RebatchDataset(c.input_dataset, c.batch_sizes, c.drop_remainder),
    "RepeatDataset": lambda c: _RepeatDataset(c.input_dataset, c.count),
    "SamplingDataset": lambda c: SampledDataset(c.input_dataset, c.rate, (c.seed, c.seed2)),
    "ShardDataset": lambda c: _ShardDataset(c.input_dataset, c.num_shards, c.index),
    "SkipDataset": lambda c: _SkipDataset(c.input_dataset, c.count),
    "SleepDataset": lambda c: SleepingDataset(c.input_dataset, c.sleep_microseconds),
    "SlidingWindowDataset": lambda c: _sliding(c),
    "SnapshotDataset": lambda c: _SnapshotDataset(c.input_dataset, c.path, c.compression),
    "SparseTensorSliceDataset": lambda c: SlicedSparseDataset(c.indices, c._inputs["values"][1], c.dense_shape),
    "TakeDataset": lambda c: _TakeDataset(c.input_dataset, c.count),
    "UnbatchDataset": lambda c: _UnbatchDataset(c.input_dataset),
    "UniqueDataset": lambda c: _UniqueDataset(c.input_dataset),
    "WindowDataset": lambda c: _WindowDataset(c.input_dataset, c.size, c.shift, c.stride, c.drop_remainder),
    "ZipDataset": lambda c: _ZipDataset(tuple(c.input_datasets)),
}
_PASSED_ON = (
    "BytesProducedStatsDataset", "FinalizeDataset", "LatencyStatsDataset",
    "MaxIntraOpParallelismDataset", "ModelDataset", "NonSerializableDataset", "OptimizeDataset", "OptimizeDatasetV2",
    "PrivateThreadPoolDataset", "RewriteDataset", "ThreadPoolDataset",
)  # fmt: skip
makers.update(_PLAIN)
maker(*_PASSED_ON)(lambda c: c.input_dataset)


@maker("AutoShardDataset")
def _auto_shard(c):
    """By elements, which is what every rule but FILE comes to; OFF is -1."""
    return c.input_dataset if c.auto_shard_policy < 0 else _ShardDataset(c.input_dataset, c.num_workers, c.index)


@maker("CacheDatasetV2")
def _cache(c):
    dataset = CacheDataset(c.input_dataset, c.filename)
    if isinstance(c.cache, Kept):
        dataset._kept = c.cache
    return dataset


@maker("ChooseFastestDataset")
def _fastest(c):
    return c.input_datasets[0]


@maker("OptionsDataset")
def _options(c):
    return _OptionsDataset(c.input_dataset, options_of(c.serialized_options))


@maker("PaddedBatchDataset", "PaddedBatchDatasetV2")
def _padded(c):
    specs = structure.flatten(c.input_dataset.element_spec)
    shapes = [np.atleast_1d(shape).tolist() for shape in c.padded_shapes]
    if len(shapes) != len(specs):
        raise InvalidArgumentError(
            f"Mismatched number of padded shapes: got {len(shapes)}, and elements have {len(specs)} tensors"
        )
    drop = getattr(c, "drop_remainder", False)
    return _PaddedBatchDataset(c.input_dataset, c.batch_size, packed(shapes), packed(c.padding_values), drop)


@maker("RebatchDataset")
def _rebatch(c):
    """Each batch is split into as many parts as there are replicas."""
    size = structure.flatten(c.input_dataset.element_spec)[0].shape[0]
    if size is None:
        raise InvalidArgumentError("RebatchDataset: the batch size is not known before the dataset is read")
    return _RebatchDataset(c.input_dataset, -(-size // c.num_replicas), False)


def _sliding(c):
    """Windows whose elements are stacked."""
    spec = c.input_dataset.element_spec
    windows = _WindowDataset(c.input_dataset, c.window_size, c.window_shift, c.window_stride, c.drop_remainder)
    stacked = windows.flat_map(lambda *parts: _stacked(parts, spec, c.window_size))
    stacked.count = windows.count
    return stacked


def _stacked(parts, spec, size):
    datasets = [_BatchDataset(one, size, False) for one in parts]
    return datasets[0] if isinstance(spec, TensorSpec) else _ZipDataset(tuple(datasets))


@maker("ShuffleDataset", "ShuffleDatasetV2", "ShuffleDatasetV3")
def _shuffle(c):
    seeds = getattr(c, "seed", 0), getattr(c, "seed2", 0)
    again = c.attrs.get("reshuffle_each_iteration", True)
    return _seeded(_ShuffleDataset(c.input_dataset, c.buffer_size, None, again, seeds), c)


@maker("ShuffleAndRepeatDataset", "ShuffleAndRepeatDatasetV2")
def _shuffle_and_repeat(c):
    return _RepeatDataset(_shuffle(c), c.count)


@maker("DirectedInterleaveDataset")
def _directed(c):
    return _DirectedInterleaveDataset(c.selector_input_dataset, c.data_input_datasets, c.stop_on_empty_dataset)


@maker("DatasetFromGraph")
def _from_graph(c):
    return pipeline_files.dataset_of_graph(c.graph_def)


@maker("ListSnapshotChunksDataset")
def _chunks(c):
    return saved_chunks(c.snapshot_path)


@maker("SnapshotChunkDataset")
def _chunk(c):
    return saved_chunk(c.chunk_file, c.spec, c.compression)
