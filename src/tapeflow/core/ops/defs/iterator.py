"""Iterators over datasets, optionals, what a whole dataset is asked for, and the resources that datasets share."""

from tapeflow.core.ops.pipeline import pipeline_op

for _row in (
    ("AnonymousIterator", "", "#", "handle: resource"),
    ("AnonymousIteratorV2", "", "#", "handle: resource, deleter: variant"),
    ("AnonymousIteratorV3", "", "#", "handle: resource"),
    ("AnonymousMemoryCache", "", "", "handle: resource, deleter: variant"),
    ("AnonymousMultiDeviceIterator", "", "devices: list(string), #", "handle: resource, deleter: variant"),
    ("AnonymousMultiDeviceIteratorV3", "", "devices: list(string), #", "handle: resource"),
    ("AnonymousRandomSeedGenerator", "seed: int64, seed2: int64", "", "handle: resource, deleter: variant"),
    ("AnonymousSeedGenerator", "seed: int64, seed2: int64, reshuffle: bool", "", "handle: resource, deleter: variant"),
    ("CompressElement", "components: list(input_types)", "", "compressed: variant"),
    ("ComputeBatchSize", "@", "", "batch_size: int64"),
    ("DatasetCardinality", "@", "cardinality_options: string = ''", "cardinality: int64"),
    ("DatasetFingerprint", "@", "", "fingerprint: uint64"),
    ("DatasetToGraph", "@", "stateful_whitelist: list(string) = [], allow_stateful: bool = False, "
     "strip_device_assignment: bool = False", "graph: string"),
    ("DatasetToGraphV2", "@", "external_state_policy: int = 0, strip_device_assignment: bool = False", "graph: string"),
    ("DatasetToSingleElement", "dataset: variant", "#, $", "components: list(output_types)"),
    ("DatasetToTFRecord", "@, filename: string, compression_type: string", "", ""),
    ("DeleteIterator", "handle: resource, deleter: variant", "", ""),
    ("DeleteMemoryCache", "handle: resource, deleter: variant", "", ""),
    ("DeleteMultiDeviceIterator", "multi_device_iterator: resource, iterators: N*resource, deleter: variant", "", ""),
    ("DeleteRandomSeedGenerator", "handle: resource, deleter: variant", "", ""),
    ("DeleteSeedGenerator", "handle: resource, deleter: variant", "", ""),
    ("DeserializeIterator", "resource_handle: resource, serialized: variant", "", ""),
    ("DummyMemoryCache", "", "", "handle: resource"),
    ("DummySeedGenerator", "", "", "handle: resource"),
    ("GetElementAtIndex", "dataset: variant, index: int64", "#", "components: list(output_types)"),
    ("GetOptions", "@", "", "serialized_options: string"),
    ("InitializeTableFromDataset", "table_handle: resource, dataset: variant", "", ""),
    ("Iterator", "", "shared_name: string, container: string, #", "handle: resource"),
    ("IteratorFromStringHandle", "string_handle: string", "output_types: list(type) = [], "
     "output_shapes: list(shape) = []", "resource_handle: resource"),
    ("IteratorFromStringHandleV2", "string_handle: string", "output_types: list(type) = [], "
     "output_shapes: list(shape) = []", "resource_handle: resource"),
    ("IteratorGetDevice", "resource: resource", "", "device: string"),
    ("IteratorGetNext", "iterator: resource", "#", "components: list(output_types)"),
    ("IteratorGetNextAsOptional", "iterator: resource", "#", "optional: variant"),
    ("IteratorGetNextSync", "iterator: resource", "#", "components: list(output_types)"),
    ("IteratorToStringHandle", "resource_handle: resource", "", "string_handle: string"),
    ("IteratorV2", "", "shared_name: string, container: string, #", "handle: resource"),
    ("MakeIterator", "dataset: variant, iterator: resource", "", ""),
    ("MultiDeviceIterator", "", "devices: list(string), shared_name: string, container: string, #", "handle: resource"),
    ("MultiDeviceIteratorFromStringHandle", "string_handle: string", "output_types: list(type) = [], "
     "output_shapes: list(shape) = []", "multi_device_iterator: resource"),
    ("MultiDeviceIteratorGetNextFromShard", "multi_device_iterator: resource, shard_num: int32, incarnation_id: int64",
     "#", "components: list(output_types)"),
    ("MultiDeviceIteratorInit", "dataset: variant, multi_device_iterator: resource, max_buffer_size: int64", "",
     "incarnation_id: int64"),
    ("MultiDeviceIteratorToStringHandle", "multi_device_iterator: resource", "", "string_handle: string"),
    ("OneShotIterator", "", "dataset_factory: func, #, container: string = '', shared_name: string = ''",
     "handle: resource"),
    ("OptionalFromValue", "components: list(Toutput_types)", "", "optional: variant"),
    ("OptionalGetValue", "optional: variant", "#", "components: list(output_types)"),
    ("OptionalHasValue", "optional: variant", "", "has_value: bool"),
    ("OptionalNone", "", "", "optional: variant"),
    ("ReduceDataset", "@, initial_state: list(Tstate), other_arguments: list(Targuments)", "f: func, #, "
     "use_inter_op_parallelism: bool = True, $", "components: list(output_types)"),
    ("SaveDataset", "@, path: string, shard_func_other_args: list(Tshard_func_args)", "shard_func: func, "
     "compression: string = '', use_shard_func: bool = True", ""),
    ("SerializeIterator", "resource_handle: resource", "external_state_policy: int = 0", "serialized: variant"),
    ("ThreadPoolHandle", "", "num_threads: int, display_name: string, max_intra_op_parallelism: int = 1, "
     "container: string = '', shared_name: string = ''", "handle: resource"),
    ("UncompressElement", "compressed: variant", "#", "components: list(output_types)"),
    ("UnwrapDatasetVariant", "input_handle: variant", "", "output_handle: variant"),
    ("WrapDatasetVariant", "input_handle: variant", "", "output_handle: variant"),
):
    pipeline_op(*_row)
