"""Datasets, as the variant tensors that stand for them: sources, and transformations without functions."""

from tapeflow.core.ops.pipeline import pipeline_op

for _row in (
    ("AssertCardinalityDataset", "@, cardinality: int64", "#"),
    ("AutoShardDataset", "@, num_workers: int64, index: int64", "#, auto_shard_policy: int = 0, num_replicas: int = 0"),
    ("BatchDataset", "@, batch_size: int64", "#, $"),
    ("BatchDatasetV2", "@, batch_size: int64, drop_remainder: bool", "#, parallel_copy: bool = False, $"),
    ("BytesProducedStatsDataset", "@, tag: string", "#"),
    ("CSVDataset", "filenames: string, compression_type: string, buffer_size: int64, header: bool, "
     "field_delim: string, use_quote_delim: bool, na_value: string, select_cols: int64, "
     "record_defaults: list(output_types)", "output_shapes: list(shape)"),
    ("CSVDatasetV2", "filenames: string, compression_type: string, buffer_size: int64, header: bool, "
     "field_delim: string, use_quote_delim: bool, na_value: string, select_cols: int64, "
     "record_defaults: list(output_types), exclude_cols: int64", "output_shapes: list(shape)"),
    ("CacheDataset", "@, filename: string", "#, $"),
    ("CacheDatasetV2", "@, filename: string, cache: resource", "#, $"),
    ("ChooseFastestDataset", "input_datasets: N*variant", "num_experiments: int, #"),
    ("ConcatenateDataset", "@, another_dataset: variant", "#, $"),
    ("DatasetFromGraph", "graph_def: string", ""),
    ("DenseToSparseBatchDataset", "@, batch_size: int64, row_shape: int64", "#"),
    ("DirectedInterleaveDataset", "selector_input_dataset: variant, data_input_datasets: N*variant", "#, "
     "stop_on_empty_dataset: bool = False"),
    ("FinalizeDataset", "@", "#, has_captured_ref: bool = False"),
    ("FixedLengthRecordDataset", "filenames: string, header_bytes: int64, record_bytes: int64, footer_bytes: int64, "
     "buffer_size: int64", "$"),
    ("FixedLengthRecordDatasetV2", "filenames: string, header_bytes: int64, record_bytes: int64, footer_bytes: int64, "
     "buffer_size: int64, compression_type: string", "$"),
    ("IgnoreErrorsDataset", "@", "#, log_warning: bool = False"),
    ("LatencyStatsDataset", "@, tag: string", "#"),
    ("ListDataset", "tensors: list(Tinput_types)", "#, $"),
    ("ListSnapshotChunksDataset", "snapshot_path: string", "#"),
    ("MatchingFilesDataset", "patterns: string", ""),
    ("MaxIntraOpParallelismDataset", "@, max_intra_op_parallelism: int64", "#"),
    ("ModelDataset", "@", "#, algorithm: int = 0, cpu_budget: int = 0, ram_budget: int = 0"),
    ("NonSerializableDataset", "@", "#"),
    ("OptimizeDataset", "@, optimizations: string", "#, optimization_configs: list(string) = []"),
    ("OptimizeDatasetV2", "@, optimizations_enabled: string, optimizations_disabled: string, "
     "optimizations_default: string", "#, optimization_configs: list(string) = []"),
    ("OptionsDataset", "@", "serialized_options: string, #, $"),
    ("PaddedBatchDataset", "@, batch_size: int64, padded_shapes: N*int64, padding_values: list(Toutput_types)",
     "output_shapes: list(shape), $"),
    ("PaddedBatchDatasetV2", "@, batch_size: int64, padded_shapes: N*int64, padding_values: list(Toutput_types), "
     "drop_remainder: bool", "output_shapes: list(shape), parallel_copy: bool = False, $"),
    ("ParallelBatchDataset", "@, batch_size: int64, num_parallel_calls: int64, drop_remainder: bool", "#, "
     "parallel_copy: bool = False, deterministic: string = 'default', $"),
    ("ParseExampleDataset", "@, num_parallel_calls: int64, dense_defaults: list(Tdense)",
     "sparse_keys: list(string), dense_keys: list(string), sparse_types: list(type), dense_shapes: list(shape), #, "
     "sloppy: bool = False, ragged_keys: list(string) = [], ragged_value_types: list(type) = [], "
     "ragged_split_types: list(type) = []"),
    ("ParseExampleDatasetV2", "@, num_parallel_calls: int64, dense_defaults: list(Tdense)",
     "sparse_keys: list(string), dense_keys: list(string), sparse_types: list(type), dense_shapes: list(shape), #, "
     "deterministic: string = 'default', ragged_keys: list(string) = [], ragged_value_types: list(type) = [], "
     "ragged_split_types: list(type) = []"),
    ("PrefetchDataset", "@, buffer_size: int64", "#, slack_period: int = 0, legacy_autotune: bool = True, "
     "buffer_size_min: int = 0, $"),
    ("PrivateThreadPoolDataset", "@, num_threads: int64", "#"),
    ("RandomDataset", "seed: int64, seed2: int64", "#, $"),
    ("RandomDatasetV2", "seed: int64, seed2: int64, seed_generator: resource", "#, "
     "rerandomize_each_iteration: bool = False, $"),
    ("RangeDataset", "start: int64, stop: int64, step: int64", "#, $, replicate_on_split: bool = False"),
    ("RebatchDataset", "@, num_replicas: int64", "#, use_fallback: bool = True"),
    ("RebatchDatasetV2", "@, batch_sizes: int64, drop_remainder: bool", "#"),
    ("RepeatDataset", "@, count: int64", "#, $"),
    ("RewriteDataset", "@, rewrite_name: string", "#"),
    ("SamplingDataset", "@, rate: float32, seed: int64, seed2: int64", "#"),
    ("ShardDataset", "@, num_shards: int64, index: int64", "#, require_non_empty: bool = False, $"),
    ("ShuffleAndRepeatDataset", "@, buffer_size: int64, seed: int64, seed2: int64, count: int64", "#, "
     "reshuffle_each_iteration: bool = True, $"),
    ("ShuffleAndRepeatDatasetV2", "@, buffer_size: int64, seed: int64, seed2: int64, count: int64, "
     "seed_generator: resource", "#, reshuffle_each_iteration: bool = True, $"),
    ("ShuffleDataset", "@, buffer_size: int64, seed: int64, seed2: int64", "#, reshuffle_each_iteration: bool = True, "
     "$"),
    ("ShuffleDatasetV2", "@, buffer_size: int64, seed_generator: resource", "#, $"),
    ("ShuffleDatasetV3", "@, buffer_size: int64, seed: int64, seed2: int64, seed_generator: resource", "#, "
     "reshuffle_each_iteration: bool = True, $"),
    ("SkipDataset", "@, count: int64", "#, $"),
    ("SleepDataset", "@, sleep_microseconds: int64", "#"),
    ("SlidingWindowDataset", "@, window_size: int64, window_shift: int64, window_stride: int64", "#, "
     "drop_remainder: bool = True"),
    ("SnapshotChunkDataset", "chunk_file: string", "#, compression: string = ''"),
    ("SnapshotDataset", "@, path: string", "#, compression: string = '', reader_path_prefix: string = '', "
     "writer_path_prefix: string = '', shard_size_bytes: int = 10737418240, "
     "pending_snapshot_expiry_seconds: int = 86400, num_reader_threads: int = 1, reader_buffer_size: int = 1, "
     "num_writer_threads: int = 1, writer_buffer_size: int = 1, shuffle_on_read: bool = False, seed: int = 0, "
     "seed2: int = 0, mode: string = 'auto', snapshot_name: string = ''"),
    ("SparseTensorSliceDataset", "indices: int64, values: Tvalues, dense_shape: int64", ""),
    ("SqlDataset", "driver_name: string, data_source_name: string, query: string", "#"),
    ("TFRecordDataset", "filenames: string, compression_type: string, buffer_size: int64", "$"),
    ("TFRecordDatasetV2", "filenames: string, compression_type: string, buffer_size: int64, byte_offsets: int64", "$"),
    ("TakeDataset", "@, count: int64", "#, $"),
    ("TensorDataset", "components: list(Toutput_types)", "output_shapes: list(shape), $"),
    ("TensorSliceDataset", "components: list(Toutput_types)", "output_shapes: list(shape), is_files: bool = False, $, "
     "replicate_on_split: bool = False"),
    ("TextLineDataset", "filenames: string, compression_type: string, buffer_size: int64", "$"),
    ("ThreadPoolDataset", "@, thread_pool: resource", "#"),
    ("UnbatchDataset", "@", "#, $"),
    ("UniqueDataset", "@", "#, $"),
    ("WindowDataset", "@, size: int64, shift: int64, stride: int64, drop_remainder: bool", "#, $"),
    ("ZipDataset", "input_datasets: N*variant", "#, $"),
):
    pipeline_op(*_row)
