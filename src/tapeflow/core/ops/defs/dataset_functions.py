"""Datasets made with functions, which the ops take as concrete functions; what these capture comes beside them."""

from tapeflow.core.ops.pipeline import pipeline_op

for _row in (
    ("FilterDataset", "@, other_arguments: list(Targuments)", "predicate: func, #, $"),
    ("FlatMapDataset", "@, other_arguments: list(Targuments)", "f: func, #, $"),
    ("GeneratorDataset", "init_func_other_args: list(Tinit_func_args), next_func_other_args: list(Tnext_func_args), "
     "finalize_func_other_args: list(Tfinalize_func_args)", "init_func: func, next_func: func, finalize_func: func, "
     "#, $"),
    ("GroupByReducerDataset", "@, key_func_other_arguments: list(Tkey_func_other_arguments), "
     "init_func_other_arguments: list(Tinit_func_other_arguments), "
     "reduce_func_other_arguments: list(Treduce_func_other_arguments), "
     "finalize_func_other_arguments: list(Tfinalize_func_other_arguments)", "key_func: func, init_func: func, "
     "reduce_func: func, finalize_func: func, #"),
    ("GroupByWindowDataset", "@, key_func_other_arguments: list(Tkey_func_other_arguments), "
     "reduce_func_other_arguments: list(Treduce_func_other_arguments), "
     "window_size_func_other_arguments: list(Twindow_size_func_other_arguments)", "key_func: func, reduce_func: func, "
     "window_size_func: func, #, $"),
    ("InterleaveDataset", "@, other_arguments: list(Targuments), cycle_length: int64, block_length: int64",
     "f: func, #, $"),
    ("LegacyParallelInterleaveDatasetV2", "@, other_arguments: list(Targuments), cycle_length: int64, "
     "block_length: int64, buffer_output_elements: int64, prefetch_input_elements: int64", "f: func, #, "
     "deterministic: string = 'default', $"),
    ("LoadDataset", "path: string, reader_func_other_args: list(Treader_func_args)", "#, reader_func: func, "
     "compression: string = ''"),
    ("MapAndBatchDataset", "@, other_arguments: list(Targuments), batch_size: int64, num_parallel_calls: int64, "
     "drop_remainder: bool", "f: func, #, preserve_cardinality: bool = False, $"),
    ("MapDataset", "@, other_arguments: list(Targuments)", "f: func, #, use_inter_op_parallelism: bool = True, "
     "preserve_cardinality: bool = False, force_synchronous: bool = False, $"),
    ("ParallelFilterDataset", "@, other_arguments: list(Targuments), num_parallel_calls: int64", "predicate: func, #, "
     "deterministic: string = 'default', $"),
    ("ParallelInterleaveDataset", "@, other_arguments: list(Targuments), cycle_length: int64, block_length: int64, "
     "sloppy: bool, buffer_output_elements: int64, prefetch_input_elements: int64", "f: func, #, $"),
    ("ParallelInterleaveDatasetV2", "@, other_arguments: list(Targuments), cycle_length: int64, block_length: int64, "
     "num_parallel_calls: int64", "f: func, #, sloppy: bool = False, $"),
    ("ParallelInterleaveDatasetV3", "@, other_arguments: list(Targuments), cycle_length: int64, block_length: int64, "
     "num_parallel_calls: int64", "f: func, #, deterministic: string = 'default', $"),
    ("ParallelInterleaveDatasetV4", "@, other_arguments: list(Targuments), cycle_length: int64, block_length: int64, "
     "buffer_output_elements: int64, prefetch_input_elements: int64, num_parallel_calls: int64", "f: func, #, "
     "deterministic: string = 'default', $"),
    ("ParallelMapDataset", "@, other_arguments: list(Targuments), num_parallel_calls: int32", "f: func, #, "
     "use_inter_op_parallelism: bool = True, sloppy: bool = False, preserve_cardinality: bool = False, $"),
    ("ParallelMapDatasetV2", "@, other_arguments: list(Targuments), num_parallel_calls: int64", "f: func, #, "
     "use_inter_op_parallelism: bool = True, deterministic: string = 'default', preserve_cardinality: bool = False, "
     "use_unbounded_threadpool: bool = False, $"),
    ("SaveDatasetV2", "@, path: string, shard_func_other_args: list(Tshard_func_args)", "shard_func: func, #, "
     "compression: string = '', use_shard_func: bool = True"),
    ("ScanDataset", "@, initial_state: list(Tstate), other_arguments: list(Targuments)", "f: func, #, "
     "preserve_cardinality: bool = False, use_default_device: bool = True, $"),
    ("SnapshotDatasetV2", "@, path: string, reader_func_other_args: list(Treader_func_args), "
     "shard_func_other_args: list(Tshard_func_args)", "#, reader_func: func, shard_func: func, "
     "compression: string = '', reader_prefix: string = '', writer_prefix: string = '', hash_valid: bool = False, "
     "hash: int = 0, $"),
    ("TakeWhileDataset", "@, other_arguments: list(Targuments)", "predicate: func, #, $"),
):
    pipeline_op(*_row)
