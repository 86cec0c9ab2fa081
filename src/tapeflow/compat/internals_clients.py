"""More of TensorFlow's insides: what tf_keras, Sonnet, TensorFlow Probability and GPflow import beyond Keras's needs.

The same form as the table in `internals.py`, which takes these up.
"""

TABLE = {
    "__internal__": {
        "compat.insides": (
            "execute_fn_for_device get_enclosing_xla_context is_tfrt_enabled load_context "
            "register_call_context_function register_clear_session_function register_get_session_function "
            "register_load_model_function"
        ),
        "core.track.module": "get_name_scope=get_current_name_scope",
    },
    "__internal__.autograph": {"compat.insides": "control_status_ctx tf_convert"},
    "__internal__.decorator": {"compat.decorators": "make_decorator unwrap"},
    "__internal__.dispatch": {"compat.dispatchers": "GlobalOpDispatcher OpDispatcher add_dispatch_support"},
    "__internal__.distribute": {"compat.insides": "variable_sync_on_read_context ShardedVariable=Never"},
    "__internal__.eager_context": {"compat.insides": "get_config get_device_name set_soft_device_placement"},
    "__internal__.nest": {
        "compat.nesting": (
            "flatten_up_to get_traverse_shallow_structure is_attrs is_mapping list_to_tuple map_structure_up_to "
            "sequence_like yield_flat_paths"
        ),
    },
    "__internal__.ops": {"compat.insides": "broadcast_weights is_resource_variable"},
    "__internal__.monitoring": {"compat.insides": "BoolGauge"},
    "__internal__.mixed_precision": {"compat.insides": "register_loss_scale_wrapper"},
    "__internal__.tracking": {
        "compat.delegating": "DelegatingTrackableMixin",
        "compat.insides": "register_session_provider",
        "compat.saveables": "saveable_objects_from_trackable streaming_restore",
        "core.base.trackable": "CheckpointInitialValue CheckpointInitialValueCallable TrackableReference",
        "core.track.data_structures": "TrackableDataStructure sticky_attribute_assignment wrap=wrap_or_unwrap",
        "core.track.object_graph": "ObjectGraphView",
    },
    "__internal__.feature_column": {"compat.feature_columns": "*"},
    "__internal__.function": {"compat.named_function": "Function"},
    "__internal__.test.combinations": {
        "compat.combinations": (
            "NamedObject OptionalParameter ParameterModifier TestCombination combine generate times"
        ),
    },
    "__internal__.train": {
        "compat.insides": "is_mixed_precision_graph_rewrite_enabled set_using_mixed_precision_policy",
        "compat.saveables": "update_checkpoint_state",
        "core.track.moving_average": "assign_moving_average",
    },
    "__internal__.distribute.combinations": {"compat.strategy_combinations": "*"},
    "__internal__.saved_model": {
        "core.files.saved_files": "parse_saved_model=read",
        "core.files.saved_model": "load_partial",
        "core.files.structured": "decode_proto=decode encode_structure=encode",
    },
    "__internal__.saved_model.load": {
        "core.files.revived": "VersionedTypeRegistration get_setter register_revived_type registered_identifiers",
    },
    "__internal__.tf2": {"compat.eager_context": "enabled=tf2_enabled"},
    "core.protobuf": {},
    "python.autograph.impl.api": {"compat.insides": "tf_convert", "autograph.experimental": "do_not_convert"},
    "python.checkpoint.checkpoint": {
        "compat.object_lists": "gather_initializers list_objects",
        "compat.v1.train": "CheckpointV1=Checkpoint",
        "train": "Checkpoint",
    },
    "python.checkpoint.graph_view": {"core.track.object_graph": "ObjectGraphView"},
    "python.data.util.structure": {"core.base.specs": "NoneTensorSpec"},
    "python.distribute.distribute_utils": {"compat.insides": "cache_variable_reads"},
    "python.distribute.input_ops": {"compat.insides": "auto_shard_dataset"},
    "python.eager.context": {"compat.insides": "get_config get_device_name"},
    "python.eager.test": {"test": "*"},
    "python.framework.extension_type": {"experimental": "*"},
    "python.framework.test_util": {"compat.testing": "*"},
    "python.framework.type_spec": {"core.base.specs": "register_type_spec_from_value_converter"},
    # AutoGraph's own workshop: TensorFlow Probability's auto-batching imports it, and asks for more when it is used.
    "python.autograph.converters.break_statements": {},
    "python.autograph.converters.continue_statements": {},
    "python.autograph.converters.return_statements": {},
    "python.autograph.core.converter": {},
    "python.autograph.core.naming": {},
    "python.autograph.pyct.anno": {},
    "python.autograph.pyct.common_transformers.anf": {},
    "python.autograph.pyct.compiler": {},
    "python.autograph.pyct.inspect_utils": {},
    "python.autograph.pyct.loader": {},
    "python.autograph.pyct.parser": {},
    "python.autograph.pyct.qual_names": {},
    "python.autograph.pyct.static_analysis.activity": {},
    "python.autograph.pyct.templates": {},
    "python.autograph.pyct.transformer": {"compat.insides": "Base=Never"},
    "python.framework.tensor_util": {
        "compat.insides": "constant_value_as_shape", "compat.probability": "try_evaluate_constant",
    },
    "python.ops.control_flow_case": {"compat.probability": "_case_helper"},
    "python.ops.control_flow_util": {"compat.insides": "ENABLE_CONTROL_FLOW_V2 GraphOrParentsInXlaContext"},
    "python.ops.linalg.linear_operator": {"linalg": "LinearOperator", "compat.insides": "make_composite_tensor"},
    "python.ops.linalg.linear_operator_addition": {"compat.probability": "add_operators"},
    "python.ops.nn_ops": {"compat.probability": "Convolution", "nn": "*"},
    "python.ops.parallel_for.control_flow_ops": {"compat.insides": "pfor"},
    "python.ops.random_ops": {
        "compat.insides": "parameterized_truncated_normal",
        "core.ops.compose.random_arguments": "_ShapeTensor=shape_tensor",
        "random": "*",
    },
    "python.util.variable_utils": {"compat.insides": "convert_variables_to_tensors"},
    "python.ops.control_flow_ops": {"compat.insides": "get_enclosing_xla_context"},
    "python.ops.array_ops": {"core.ops.defs.older_arrays": "prevent_gradient"},
    "python.framework.type_spec_registry": {
        "compat.spec_names": "_NAME_TO_TYPE_SPEC=_specs _TYPE_SPEC_TO_NAME=_names",
    },
    "python.framework.ops": {
        "core.track.module": "name_scope_v1=name_scope",
        "compat.v1.graphs": "get_default_graph",
        "compat.probability": "convert_to_tensor_or_composite",
    },
    # What Keras 2 names in passing: a name of these says what is missing when it is used.
    "python.data.ops.from_generator_op": {"core.data.generator": "_GeneratorDataset"},
    "python.data.ops.from_sparse_tensor_slices_op": {"compat.insides": "_SparseTensorSliceDataset=Never"},
    "python.data.ops.from_tensor_slices_op": {"core.data.sources": "_TensorSliceDataset"},
    "python.data.ops.from_tensors_op": {"core.data.sources": "_TensorDataset"},
    "python.data.ops.range_op": {"core.data.sources": "_RangeDataset"},
    "python.distribute.input_lib": {"distribute": "DistributedDataset"},
    "python.ops.variable_scope": {},
    "python.saved_model.model_utils.mode_keys": {"compat.insides": "KerasModeKeys"},
    "python.saved_model.save": {"core.files.saved_model": "save save_and_return_nodes"},
    "python.ops.gen_resource_variable_ops": {"raw_ops": "*"},
    "python.ops.init_ops": {"compat.v1.initializers": "*"},
    "python.ops.ragged.ragged_map_ops": {"core.trace.functional": "map_fn"},
    "python.ops.ragged.ragged_util": {"compat.insides": "assert_splits_match"},
    "python.ops.resource_variable_ops": {
        "core.values.variable": "ResourceVariable BaseResourceVariable=Variable",
        "core.values.type_specs": "VariableSpec",
    },
    "python.ops.stateless_random_ops": {"random": "*"},
    "python.platform.test": {"test": "*"},
    "python.platform.tf_logging": {"compat.v1.logging": "*"},
    "python.pywrap_tfe": {"compat.insides": "TF_ListPluggablePhysicalDevices"},
    "python.tf2": {"compat.eager_context": "enabled=tf2_enabled"},
    "python.trackable.base": {
        "core.base.trackable": "*",
    },
    "python.training.adam": {"compat.v1.train": "AdamOptimizer"},
    "python.training.rmsprop": {"compat.v1.train": "RMSPropOptimizer"},
    "python.util.compat": {"compat": "*"},
    "python.util.deprecation": {"compat.deprecation": "*"},
    "python.util.dispatch": {"compat.dispatchers": "*"},
    "python.util.tf_contextlib": {"compat.insides": "contextmanager"},
    "python.util.tf_decorator": {"compat.decorators": "*"},
    "python.util.tf_export": {"compat.exports": "*"},
    "python.util.tf_inspect": {"compat.inspection": "*"},
    "tools.docs.doc_controls": {"compat.documentation": "*"},
}

# TensorFlow's files of messages, all of one table here.
_FILES = {
    "core.example": "example feature",
    "core.framework": (
        "attr_value function graph node_def op_def resource_handle step_stats summary tensor tensor_shape types "
        "variable versions"
    ),
    "core.protobuf": (
        "cluster config meta_graph rewriter_config saved_model saved_object_graph saver struct tensorflow_server "
        "trackable_object_graph verifier_config"
    ),
    "core.util": "event saved_tensor_slice",
}
TABLE |= {
    f"{package}.{file}_pb2": {"compat.protos": "*"} for package, files in _FILES.items() for file in files.split()
}
