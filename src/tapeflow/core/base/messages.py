"""TensorFlow's protocol buffer messages, declared in one table and made into classes when first asked for.

There is no generated code, so any protobuf runtime fits. Field numbers and types are those of TensorFlow's published
.proto files. The classes live in a descriptor pool of their own: TensorFlow may be loaded in the same process.
"""

from functools import cache

# Message: number name type, ... A type is a scalar's name, `rep TYPE`, `map KEY VALUE`, a message or an enum; what
# stands in braces is a oneof.
_TABLE = """
TensorShapeProto: 2 dim rep TensorShapeProto.Dim, 3 unknown_rank bool
TensorShapeProto.Dim: 1 size int64, 2 name string
TensorProto: 1 dtype DataType, 2 tensor_shape TensorShapeProto, 3 version_number int32, 4 tensor_content bytes,
    13 half_val rep int32, 5 float_val rep float, 6 double_val rep double, 7 int_val rep int32, 8 string_val rep bytes,
    9 scomplex_val rep float, 10 int64_val rep int64, 11 bool_val rep bool, 12 dcomplex_val rep double,
    14 resource_handle_val rep ResourceHandleProto, 15 variant_val rep VariantTensorDataProto,
    16 uint32_val rep uint32, 17 uint64_val rep uint64, 18 float8_val bytes
VariantTensorDataProto: 1 type_name string, 2 metadata bytes, 3 tensors rep TensorProto
ResourceHandleProto: 1 device string, 2 container string, 3 name string, 4 hash_code uint64, 5 maybe_type_name string,
    6 dtypes_and_shapes rep ResourceHandleProto.DtypeAndShape
ResourceHandleProto.DtypeAndShape: 1 dtype DataType, 2 shape TensorShapeProto
BytesList: 1 value rep bytes
FloatList: 1 value rep float
Int64List: 1 value rep int64
Feature: {kind 1 bytes_list BytesList, 2 float_list FloatList, 3 int64_list Int64List}
Features: 1 feature map string Feature
FeatureList: 1 feature rep Feature
FeatureLists: 1 feature_list map string FeatureList
Example: 1 features Features
AttrValue: {value 2 s bytes, 3 i int64, 4 f float, 5 b bool, 6 type DataType, 7 shape TensorShapeProto,
    8 tensor TensorProto, 1 list AttrValue.ListValue, 10 func NameAttrList, 9 placeholder string}
AttrValue.ListValue: 2 s rep bytes, 3 i rep int64, 4 f rep float, 5 b rep bool, 6 type rep DataType,
    7 shape rep TensorShapeProto, 8 tensor rep TensorProto, 9 func rep NameAttrList
NameAttrList: 1 name string, 2 attr map string AttrValue
NodeDef: 1 name string, 2 op string, 3 input rep string, 4 device string, 5 attr map string AttrValue
VersionDef: 1 producer int32, 2 min_consumer int32, 3 bad_consumers rep int32
OpDef: 1 name string, 2 input_arg rep OpDef.ArgDef, 3 output_arg rep OpDef.ArgDef, 4 attr rep OpDef.AttrDef,
    20 control_output rep string, 17 is_stateful bool
OpDef.ArgDef: 1 name string, 2 description string, 3 type DataType, 4 type_attr string, 5 number_attr string,
    6 type_list_attr string, 7 handle_data rep ResourceHandleProto.DtypeAndShape, 16 is_ref bool
OpDef.AttrDef: 1 name string, 2 type string, 3 default_value AttrValue, 5 has_minimum bool, 6 minimum int64,
    7 allowed_values AttrValue
OpList: 1 op rep OpDef
FunctionDef: 1 signature OpDef, 5 attr map string AttrValue, 7 arg_attr map uint32 FunctionDef.ArgAttrs,
    3 node_def rep NodeDef, 4 ret map string string, 6 control_ret map string string
FunctionDef.ArgAttrs: 1 attr map string AttrValue
GradientDef: 1 function_name string, 2 gradient_func string
RegisteredGradient: 1 gradient_func string, 2 registered_op_type string
FunctionDefLibrary: 1 function rep FunctionDef, 2 gradient rep GradientDef,
    3 registered_gradients rep RegisteredGradient
DatasetOptions: {a 10 dataset_name string}, 11 framework_type rep string, {b 1 deterministic bool},
    7 autotune DatasetOptions.Autotune, 2 experimental_distribute DatasetOptions.Distribute,
    3 experimental_optimization DatasetOptions.Optimization, 12 experimental_service DatasetOptions.Service,
    {c 4 experimental_slack bool}, 5 threading DatasetOptions.Threading,
    {d 6 experimental_external_state_policy int32}, {e 8 experimental_symbolic_checkpoint bool},
    {f 9 experimental_warm_start bool}
DatasetOptions.Autotune: {a 1 enabled bool}, {b 2 cpu_budget int32}, {c 3 ram_budget int64},
    {d 4 autotune_algorithm int32}, {e 5 initial_parallelism int64}, {f 6 min_parallelism int64}
DatasetOptions.Distribute: 1 auto_shard_policy int32, {a 2 num_devices int32}
DatasetOptions.Optimization: {a 1 apply_default_optimizations bool}, {b 6 filter_fusion bool},
    {c 9 map_and_batch_fusion bool}, {d 10 map_and_filter_fusion bool}, {e 11 map_fusion bool},
    {f 12 map_parallelization bool}, {g 14 noop_elimination bool}, {h 15 parallel_batch bool},
    {i 17 shuffle_and_repeat_fusion bool}, {j 18 filter_parallelization bool}, {k 19 inject_prefetch bool},
    {l 21 seq_interleave_prefetch bool}
DatasetOptions.Service: {a 1 pinned bool}
DatasetOptions.Threading: {a 1 max_intra_op_parallelism int32}, {b 2 private_threadpool_size int32}
GraphDef: 1 node rep NodeDef, 4 versions VersionDef, 3 version int32, 2 library FunctionDefLibrary
SavedModel: 1 saved_model_schema_version int64, 2 meta_graphs rep MetaGraphDef
Any: 1 type_url string, 2 value bytes
MetaGraphDef: 1 meta_info_def MetaGraphDef.MetaInfoDef, 2 graph_def GraphDef, 3 saver_def SaverDef,
    4 collection_def map string CollectionDef, 5 signature_def map string SignatureDef,
    6 asset_file_def rep AssetFileDef,
    7 object_graph_def SavedObjectGraph
MetaGraphDef.MetaInfoDef: 1 meta_graph_version string, 2 stripped_op_list OpList, 4 tags rep string,
    5 tensorflow_version string, 6 tensorflow_git_version string, 7 stripped_default_attrs bool,
    8 function_aliases map string string
CollectionDef: {kind 1 node_list CollectionDef.NodeList, 2 bytes_list CollectionDef.BytesList,
    3 int64_list CollectionDef.Int64List, 4 float_list CollectionDef.FloatList, 5 any_list CollectionDef.AnyList}
CollectionDef.NodeList: 1 value rep string
CollectionDef.BytesList: 1 value rep bytes
CollectionDef.Int64List: 1 value rep int64
CollectionDef.FloatList: 1 value rep float
CollectionDef.AnyList: 1 value rep Any
SignatureDef: 1 inputs map string TensorInfo, 2 outputs map string TensorInfo, 3 method_name string,
    4 defaults map string TensorProto
TensorInfo: {encoding 1 name string, 4 coo_sparse TensorInfo.CooSparse, 5 composite_tensor TensorInfo.CompositeTensor},
    2 dtype DataType, 3 tensor_shape TensorShapeProto
TensorInfo.CooSparse: 1 values_tensor_name string, 2 indices_tensor_name string, 3 dense_shape_tensor_name string
TensorInfo.CompositeTensor: 1 type_spec TypeSpecProto, 2 components rep TensorInfo
AssetFileDef: 1 tensor_info TensorInfo, 2 filename string
SaverDef: 1 filename_tensor_name string, 2 save_tensor_name string, 3 restore_op_name string, 4 max_to_keep int32,
    5 sharded bool, 6 keep_checkpoint_every_n_hours float, 7 version int32
FingerprintDef: 1 saved_model_checksum uint64, 2 graph_def_program_hash uint64, 3 signature_def_hash uint64,
    4 saved_object_graph_hash uint64, 5 checkpoint_hash uint64, 6 version VersionDef, 7 uuid string
VariableDef: 1 variable_name string, 2 initializer_name string, 3 snapshot_name string,
    4 save_slice_info_def SaveSliceInfoDef, 5 is_resource bool, 6 initial_value_name string, 7 trainable bool
SaveSliceInfoDef: 1 full_name string, 2 full_shape rep int64, 3 var_offset rep int64, 4 var_shape rep int64
SavedObjectGraph: 1 nodes rep SavedObject, 2 concrete_functions map string SavedConcreteFunction
SavedObject: 1 children rep SavedObject.Reference, 3 slot_variables rep SavedObject.Slot,
    15 dependencies rep SavedObject.Reference,
    {kind 4 user_object SavedUserObject, 5 asset SavedAsset, 6 function SavedFunction, 7 variable SavedVariable,
    8 bare_concrete_function SavedBareConcreteFunction, 9 constant SavedConstant, 10 resource SavedResource,
    12 captured_tensor CapturedTensor},
    11 saveable_objects map string SaveableObject, 13 registered_name string, 14 serialized_user_proto Any,
    16 registered_saver string
SavedObject.Reference: 1 node_id int32, 2 local_name string
SavedObject.Slot: 1 original_variable_node_id int32, 2 slot_name string, 3 slot_variable_node_id int32
SavedUserObject: 1 identifier string, 2 version VersionDef, 3 metadata string
SavedAsset: 1 asset_file_def_index int32
SavedFunction: 1 concrete_functions rep string, 2 function_spec FunctionSpec
SavedVariable: 1 dtype DataType, 2 shape TensorShapeProto, 3 trainable bool, 4 synchronization int32,
    5 aggregation int32, 6 name string, 7 device string
SavedBareConcreteFunction: 1 concrete_function_name string, 2 argument_keywords rep string,
    3 allowed_positional_arguments int64, 4 function_spec FunctionSpec
SavedConstant: 1 operation string
SavedResource: 1 device string
CapturedTensor: 1 name string, 2 concrete_function string
SaveableObject: 2 save_function int32, 3 restore_function int32
SavedConcreteFunction: 2 bound_inputs rep int32, 3 canonicalized_input_signature StructuredValue,
    4 output_signature StructuredValue
FunctionSpec: 1 fullargspec StructuredValue, 2 is_method bool, 5 input_signature StructuredValue, 6 jit_compile int32
StructuredValue: {kind 1 none_value StructuredValue.None, 11 float64_value double, 12 int64_value sint64,
    13 string_value string, 14 bool_value bool, 31 tensor_shape_value TensorShapeProto, 32 tensor_dtype_value DataType,
    33 tensor_spec_value TensorSpecProto, 34 type_spec_value TypeSpecProto,
    35 bounded_tensor_spec_value TensorSpecProto,
    51 list_value StructuredValue.List, 52 tuple_value StructuredValue.List, 53 dict_value StructuredValue.Dict,
    54 named_tuple_value StructuredValue.Named, 55 tensor_value TensorProto, 56 numpy_value TensorProto}
StructuredValue.None:
StructuredValue.List: 1 values rep StructuredValue
StructuredValue.Dict: 1 fields map string StructuredValue
StructuredValue.Named: 1 name string, 2 values rep StructuredValue.Pair
StructuredValue.Pair: 1 key string, 2 value StructuredValue
TensorSpecProto: 1 name string, 2 shape TensorShapeProto, 3 dtype DataType, 4 minimum TensorProto, 5 maximum TensorProto
CompositeTensorVariantMetadata: 1 type_spec_proto TypeSpecProto
TypeSpecProto: 1 type_spec_class int32, 2 type_state StructuredValue, 3 type_spec_class_name string,
    4 num_flat_components int32
SequenceExample: 1 context Features, 2 feature_lists FeatureLists
ClusterDef: 1 job rep JobDef
JobDef: 1 name string, 2 tasks map int32 string
ServerDef: 1 cluster ClusterDef, 2 job_name string, 3 task_index int32, 4 default_session_config ConfigProto,
    5 protocol string, 6 port int32, 7 cluster_device_filters ClusterDeviceFilters, 8 replica int32
ClusterDeviceFilters: 1 jobs rep JobDeviceFilters
JobDeviceFilters: 1 name string, 2 tasks map int32 TaskDeviceFilters
TaskDeviceFilters: 1 device_filters rep string
ConfigProto: 1 device_count map string int32, 2 intra_op_parallelism_threads int32, 3 placement_period int32,
    4 device_filters rep string, 5 inter_op_parallelism_threads int32, 6 gpu_options GPUOptions,
    7 allow_soft_placement bool, 8 log_device_placement bool, 9 use_per_session_threads bool,
    11 operation_timeout_in_ms int64, 14 cluster_def ClusterDef, 15 isolate_session_state bool,
    17 share_cluster_devices_in_session bool, 10 graph_options GraphOptions,
    12 session_inter_op_thread_pool rep ThreadPoolOptionProto, 13 rpc_options RPCOptions,
    16 experimental ConfigProto.Experimental, 18 pluggable_device_options GPUOptions
ConfigProto.Experimental: 1 collective_group_leader string, 3 executor_type string, 4 recv_buf_max_chunk int32,
    5 use_numa_affinity bool, 6 collective_deterministic_sequential_execution bool, 7 collective_nccl bool,
    8 share_session_state_in_clusterspec_propagation bool, 9 disable_thread_spinning bool,
    10 share_cluster_devices_in_session bool, 12 optimize_for_static_graph bool, 13 enable_mlir_bridge bool,
    14 disable_output_partition_graphs bool, 15 xla_fusion_autotuner_thresh int64,
    16 enable_mlir_graph_optimization bool, 17 mlir_bridge_rollout int32, 18 use_tfrt bool,
    21 disable_functional_ops_lowering bool, 22 xla_prefer_single_graph_cluster bool,
    24 disable_optimize_for_static_graph bool, 26 disable_eager_executor_streaming_enqueue bool,
    27 enable_multi_host bool, 28 backend_server_port int32, 29 target_tpu bool, 30 target_gpu bool,
    31 stream_merge_threshold int32, 32 tfrt_use_ifrt bool, 33 finalize_function_library_runtime bool,
    34 finalize_resource_manager bool, 35 tf2xla_dump_dir string, 36 online_cost_analysis bool
ThreadPoolOptionProto: 1 num_threads int32, 2 global_name string
RPCOptions: 1 use_rpc_for_inprocess_master bool, 2 compression_algorithm string, 3 compression_level int32,
    4 cache_rpc_response bool, 5 disable_session_connection_sharing bool, 6 num_channels_per_target int32
GraphOptions: 2 enable_recv_scheduling bool, 3 optimizer_options OptimizerOptions, 4 build_cost_model int64,
    5 infer_shapes bool, 6 place_pruned_graph bool, 7 enable_bfloat16_sendrecv bool, 8 timeline_step int32,
    9 build_cost_model_after int64, 10 rewrite_options RewriterConfig
OptimizerOptions: 1 do_common_subexpression_elimination bool, 2 do_constant_folding bool, 3 opt_level int32,
    4 do_function_inlining bool, 5 global_jit_level int32, 6 max_folded_constant_in_bytes int64, 7 cpu_global_jit bool
RewriterConfig: 1 layout_optimizer RewriterConfig.Toggle, 2 disable_model_pruning bool,
    3 constant_folding RewriterConfig.Toggle, 4 memory_optimization int32,
    6 memory_optimizer_target_node_name_scope string, 7 arithmetic_optimization RewriterConfig.Toggle,
    8 dependency_optimization RewriterConfig.Toggle, 9 loop_optimization RewriterConfig.Toggle,
    10 function_optimization RewriterConfig.Toggle, 11 debug_stripper RewriterConfig.Toggle,
    12 meta_optimizer_iterations int32, 13 shape_optimization RewriterConfig.Toggle, 14 remapping RewriterConfig.Toggle,
    15 scoped_allocator_optimization RewriterConfig.Toggle, 17 min_graph_nodes int32,
    18 pin_to_host_optimization RewriterConfig.Toggle, 19 disable_meta_optimizer bool,
    20 meta_optimizer_timeout_ms int64, 21 fail_on_optimizer_errors bool,
    22 implementation_selector RewriterConfig.Toggle, 23 auto_mixed_precision RewriterConfig.Toggle,
    24 common_subgraph_elimination RewriterConfig.Toggle, 25 auto_mixed_precision_mkl RewriterConfig.Toggle,
    100 optimizers rep string
GPUOptions: 1 per_process_gpu_memory_fraction double, 2 allocator_type string, 3 deferred_deletion_bytes int64,
    4 allow_growth bool, 5 visible_device_list string, 6 polling_active_delay_usecs int32,
    7 polling_inactive_delay_msecs int32, 8 force_gpu_compatible bool
BundleHeaderProto: 1 num_shards int32, 2 endianness int32, 3 version VersionDef
BundleEntryProto: 1 dtype DataType, 2 shape TensorShapeProto, 3 shard_id int32, 4 offset int64, 5 size int64,
    6 crc32c fixed32, 7 slices rep TensorSliceProto
SavedSliceMeta: 1 name string, 2 shape TensorShapeProto, 3 type DataType, 4 slice rep TensorSliceProto
SavedTensorSliceMeta: 1 tensor rep SavedSliceMeta, 2 versions VersionDef
SavedSlice: 1 name string, 2 slice TensorSliceProto, 3 data TensorProto
SavedTensorSlices: 1 meta SavedTensorSliceMeta, 2 data SavedSlice
TensorSliceProto: 1 extent rep TensorSliceProto.Extent
TensorSliceProto.Extent: 1 start int64, {has_length 2 length int64}
TrackableObjectGraph: 1 nodes rep TrackableObjectGraph.TrackableObject
TrackableObjectGraph.TrackableObject: 1 children rep TrackableObjectGraph.TrackableObject.ObjectReference,
    2 attributes rep TrackableObjectGraph.TrackableObject.SerializedTensor,
    3 slot_variables rep TrackableObjectGraph.TrackableObject.SlotVariableReference,
    4 registered_saver RegisteredSaver, 5 has_checkpoint_values BoolValue
TrackableObjectGraph.TrackableObject.ObjectReference: 1 node_id int32, 2 local_name string
TrackableObjectGraph.TrackableObject.SerializedTensor: 1 name string, 2 full_name string, 3 checkpoint_key string
TrackableObjectGraph.TrackableObject.SlotVariableReference: 1 original_variable_node_id int32, 2 slot_name string,
    3 slot_variable_node_id int32
Event: 1 wall_time double, 2 step int64, {what 3 file_version string, 4 graph_def bytes, 5 summary Summary,
    6 log_message LogMessage, 7 session_log SessionLog, 8 tagged_run_metadata TaggedRunMetadata,
    9 meta_graph_def bytes}, 10 source_metadata SourceMetadata
LogMessage: 1 level int32, 2 message string
SessionLog: 1 status int32, 2 checkpoint_path string, 3 msg string
TaggedRunMetadata: 1 tag string, 2 run_metadata bytes
SourceMetadata: 1 writer string
Summary: 1 value rep Summary.Value
Summary.Image: 1 height int32, 2 width int32, 3 colorspace int32, 4 encoded_image_string bytes
Summary.Audio: 1 sample_rate float, 2 num_channels int64, 3 length_frames int64, 4 encoded_audio_string bytes,
    5 content_type string
Summary.Value: 1 tag string, 7 node_name string, 9 metadata SummaryMetadata, {value 2 simple_value float,
    3 obsolete_old_style_histogram bytes, 4 image Summary.Image, 5 histo HistogramProto, 6 audio Summary.Audio,
    8 tensor TensorProto}
SummaryMetadata: 1 plugin_data SummaryMetadata.PluginData, 2 display_name string, 3 summary_description string,
    4 data_class DataClass
SummaryMetadata.PluginData: 1 plugin_name string, 2 content bytes
SummaryDescription: 1 type_hint string
HistogramProto: 1 min double, 2 max double, 3 num double, 4 sum double, 5 sum_squares double,
    6 bucket_limit rep double, 7 bucket rep double
RunMetadata: 3 partition_graphs rep GraphDef, 4 function_graphs rep RunMetadata.FunctionGraphs
RunMetadata.FunctionGraphs: 1 partition_graphs rep GraphDef, 2 pre_optimization_graph GraphDef,
    3 post_optimization_graph GraphDef
RegisteredSaver: 1 name string, 2 object_name string
BoolValue: 1 value bool
CheckpointState: 1 model_checkpoint_path string, 2 all_model_checkpoint_paths rep string,
    3 all_model_checkpoint_timestamps rep double, 4 last_preserved_timestamp double
ModelServerConfig: 1 model_config_list ModelConfigList
ModelConfigList: 1 config rep ModelConfig
ModelConfig: 1 name string, 2 base_path string, 4 model_platform string, 7 model_version_policy ServableVersionPolicy,
    8 version_labels map string int64
ServableVersionPolicy: {policy_choice 100 latest ServableVersionPolicy.Latest, 101 all ServableVersionPolicy.All,
    102 specific ServableVersionPolicy.Specific}
ServableVersionPolicy.Latest: 1 num_versions uint32
ServableVersionPolicy.All:
ServableVersionPolicy.Specific: 1 versions rep int64
"""

_ENUMS = {
    "DataType": """
        INVALID 0 FLOAT 1 DOUBLE 2 INT32 3 UINT8 4 INT16 5 INT8 6 STRING 7 COMPLEX64 8 INT64 9 BOOL
        10 QINT8 11 QUINT8 12 QINT32 13 BFLOAT16 14 QINT16 15 QUINT16 16 UINT16 17 COMPLEX128 18
        HALF 19 RESOURCE 20 VARIANT 21 UINT32 22 UINT64 23 FLOAT8_E5M2 24 FLOAT8_E4M3FN 25
        FLOAT8_E4M3FNUZ 26 FLOAT8_E4M3B11FNUZ 27 FLOAT8_E5M2FNUZ 28 INT4 29 UINT4 30 INT2 31 UINT2
        32""",
    "RewriterConfig.Toggle": "DEFAULT 0 ON 1 OFF 2 AGGRESSIVE 3 EXPERIMENTAL_MLIR 4 EXPERIMENTAL_BOTH 5",
    "DataClass": "DATA_CLASS_UNKNOWN 0 DATA_CLASS_SCALAR 1 DATA_CLASS_TENSOR 2 DATA_CLASS_BLOB_SEQUENCE 3",
}

_SCALARS = {
    "double": 1, "float": 2, "int64": 3, "uint64": 4, "int32": 5, "bool": 8, "string": 9, "bytes": 12, "uint32": 13,
    "sint64": 18,
    "fixed32": 7,
}  # fmt: skip
_MESSAGE, _ENUM = 11, 14
_OPTIONAL, _REPEATED = 1, 3


@cache
def message(name):
    """The class of a message, such as `message("TensorProto")`."""
    from google.protobuf import message_factory  # lazy: protobuf is slow to import, and few programs need messages

    return message_factory.GetMessageClass(_pool().FindMessageTypeByName(f"tensorflow.{name}"))


def read_message(name, data):
    """The message of some bytes, None if they are not one."""
    from google.protobuf.message import DecodeError  # lazy: protobuf is slow to import

    try:
        return message(name).FromString(data)
    except DecodeError:
        return None


@cache
def _pool():
    from google.protobuf import descriptor_pb2, descriptor_pool  # lazy: as above

    file = descriptor_pb2.FileDescriptorProto(name="tapeflow/messages.proto", package="tensorflow", syntax="proto3")
    places = {}
    for line in _TABLE.replace("\n    ", " ").strip().splitlines():
        name, _, fields = line.partition(":")
        outer, _, inner = name.rpartition(".")
        places[name] = (places[outer].nested_type if outer else file.message_type).add(name=inner)
        _add_fields(places[name], name, fields)
    for name, text in _ENUMS.items():
        outer, _, inner = name.rpartition(".")
        enum = (places[outer] if outer else file).enum_type.add(name=inner)
        words = text.split()
        for word, number in zip(words[::2], words[1::2], strict=True):
            enum.value.add(name=f"DT_{word}" if name == "DataType" else word, number=int(number))
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file) if hasattr(pool, "Add") else pool.AddSerializedFile(file.SerializeToString())
    return pool


def _add_fields(place, name, fields):
    oneof = None
    for field in filter(None, fields.strip().split(", ")):
        if field.startswith("{"):
            oneof, _, field = field[1:].partition(" ")
            place.oneof_decl.add(name=oneof)
        number, label, kind = field.rstrip("}").split(" ", 2)
        added = place.field.add(name=label, number=int(number), label=_OPTIONAL)
        if kind.startswith("map "):
            _add_map(place, name, added, *kind.split()[1:])
        else:
            added.label = _REPEATED if kind.startswith("rep ") else _OPTIONAL
            _set_type(added, kind.removeprefix("rep "))
        if oneof is not None:
            added.oneof_index = len(place.oneof_decl) - 1
        oneof = None if field.endswith("}") else oneof


def _set_type(field, kind):
    if kind in _SCALARS:
        field.type = _SCALARS[kind]
    else:
        field.type = _ENUM if kind in _ENUMS else _MESSAGE
        field.type_name = f".tensorflow.{kind}"


def _add_map(place, name, field, key, value):
    """A map is a repeated message of key and value that says so."""
    entry = place.nested_type.add(name="".join(word.capitalize() for word in field.name.split("_")) + "Entry")
    entry.options.map_entry = True
    _set_type(entry.field.add(name="key", number=1, label=_OPTIONAL), key)
    _set_type(entry.field.add(name="value", number=2, label=_OPTIONAL), value)
    field.label, field.type = _REPEATED, _MESSAGE
    field.type_name = f".tensorflow.{name}.{entry.name}"
