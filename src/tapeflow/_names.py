"""The front door's table: which module holds each top-level name. Nothing is imported until a name is used."""

_TABLE = {
    "core.values.tensor": "Tensor",
    "core.values.variable": "Variable VariableAggregation VariableSynchronization variable_creator_scope",
    "core.run.custom": "custom_gradient grad_pass_through recompute_grad",
    "core.run.placement": "device",
    "core.run.tape": "GradientTape UnconnectedGradients",
    "core.ops.compose.array": (
        "bitcast broadcast_dynamic_shape broadcast_to cast ensure_shape expand_dims get_static_value group "
        "guarantee_const identity identity_n no_op rank reshape saturate_cast shape shape_n size squeeze "
        "stop_gradient transpose"
    ),
    "core.ops.compose.creation": (
        "eye fill linspace meshgrid one_hot ones ones_like range sequence_mask zeros zeros_like"
    ),
    "core.ops.compose.joining": "concat parallel_stack split stack tile unstack",
    "core.ops.compose.rearranging": (
        "batch_to_space pad repeat required_space_to_batch_paddings reverse reverse_sequence roll space_to_batch "
        "space_to_batch_nd"
    ),
    "core.ops.compose.math": "complex",
    "core.ops.compose.constant": "constant convert_to_tensor is_tensor register_tensor_conversion_function",
    "core.ops.compose.initializers": (
        "constant_initializer ones_initializer random_normal_initializer random_uniform_initializer "
        "zeros_initializer"
    ),
    "core.ops.compose.random_orders": "random_index_shuffle",
    "core.values.indexed_slices": "IndexedSlices IndexedSlicesSpec",
    "core.values.ragged": "RaggedTensor RaggedTensorSpec",
    "core.values.sparse": "SparseTensor SparseTensorSpec",
    "core.ops.compose.indexing": (
        "boolean_mask dynamic_partition dynamic_stitch gather gather_nd scatter_nd slice strided_slice "
        "tensor_scatter_nd_add tensor_scatter_nd_max tensor_scatter_nd_min tensor_scatter_nd_sub "
        "tensor_scatter_nd_update unravel_index where"
    ),
    "core.ops.compose.decode": "edit_distance",
    "core.ops.compose.string_text": "fingerprint",
    "core.ops.compose.tensor_protos": "make_ndarray make_tensor_proto",
    "core.trace.control": "case cond switch_case while_loop",
    "core.trace.function": "control_dependencies executing_eagerly function init_scope inside_function",
    "core.trace.functional": "foldl foldr map_fn scan vectorized_map",
    "core.trace.legacy": "AggregationMethod get_logger gradients hessians is_symbolic_tensor timestamp",
    "core.trace.python_ops": "numpy_function py_function",
    "core.trace.tensor_array": "TensorArray",
    "core.data.optional": "OptionalSpec",
    "core.trace.little": (
        "RegisterGradient check_pinned load_library load_op_library no_gradient nondifferentiable_batch_function"
    ),
    "core.trace.tensor_array_spec": "TensorArraySpec",
    "core.track.critical_section": "CriticalSection",
    "core.graph.graph": "Graph",
    "core.track.module": "Module get_current_name_scope name_scope",
    "dtypes": (
        "DType as_dtype bfloat16 bool complex64 complex128 double float16 float32 float64 half int8 int16 "
        "int32 int64 qint8 qint16 qint32 quint8 quint16 resource string uint8 uint16 uint32 uint64 variant"
    ),
    "core.base.devices": "DeviceSpec",
    "core.base.shapes": "TensorShape broadcast_static_shape",
    "core.base.specs": "NoneTensorSpec TensorSpec TypeSpec type_spec_from_value",
    "math": (
        "abs acos acosh add add_n argmax argmin asin asinh atan atan2 atanh cos cosh cumsum divide equal "
        "exp floor greater greater_equal less less_equal logical_and logical_not logical_or maximum "
        "minimum multiply negative not_equal pow reduce_all reduce_any reduce_logsumexp reduce_max "
        "reduce_mean reduce_min reduce_prod reduce_sum round scalar_mul sigmoid sign sin sinh sqrt square "
        "subtract tan tanh truediv"
    ),
    "core.ops.compose.clip": "clip_by_global_norm clip_by_norm clip_by_value",
    "core.ops.compose.counting": "histogram_fixed_width histogram_fixed_width_bins unique unique_with_counts",
    "core.ops.compose.order": "argsort searchsorted sort",
    "debugging": "assert_equal assert_greater assert_less assert_rank",
    "linalg": "einsum eig eigvals matmul norm tensordot",
}

# Modules of the public API, by name.
MODULES = frozenset(
    """
    audio autodiff autograph bitwise compat config data debugging distribute dtypes errors experimental export
    feature_column graph_util image io keras linalg lite lookup math mlir nest nn profiler quantization queue ragged
    random raw_ops saved_model sets signal sparse strings summary sysconfig test tpu train types version xla
    """.split()
)

# Names that are aliases of a module's attribute: name -> (module, attribute).
_ALIASES = {
    "realdiv": ("core.ops.defs.math", "real_div"),
    "approx_top_k": ("core.ops.defs.sort", "approx_top_k"),
    "truncatediv": ("core.ops.defs.division", "truncate_div"),
    "truncatemod": ("core.ops.defs.division", "truncate_mod"),
    "as_string": ("core.ops.defs.string_numbers", "as_string"),
    "print": ("core.ops.compose.printing", "print_"),
    "Assert": ("debugging", "Assert"),
    "matrix_square_root": ("linalg", "sqrtm"),
    "conv": ("core.ops.defs.conv", "conv"),
    "conv2d_backprop_filter_v2": ("core.ops.defs.conv", "conv2d_backprop_filter_v2"),
    "conv2d_backprop_input_v2": ("core.ops.defs.conv", "conv2d_backprop_input_v2"),
    "extract_volume_patches": ("core.ops.defs.image_patches", "extract_volume_patches"),
    "fftnd": ("core.ops.defs.fft", "fftnd"),
    "ifftnd": ("core.ops.defs.fft", "ifftnd"),
    "irfftnd": ("core.ops.defs.fft", "irfftnd"),
    "rfftnd": ("core.ops.defs.fft", "rfftnd"),
    "ragged_fill_empty_rows": ("core.ops.defs.ragged_variant", "ragged_fill_empty_rows"),
    "ragged_fill_empty_rows_grad": ("core.ops.defs.ragged_variant", "ragged_fill_empty_rows_grad"),
    "__git_version__": ("version", "GIT_VERSION"),
    "__compiler_version__": ("version", "COMPILER_VERSION"),
    "__cxx11_abi_flag__": ("sysconfig", "CXX11_ABI_FLAG"),
    "__cxx_version__": ("sysconfig", "CXX_VERSION"),
    "__monolithic_build__": ("sysconfig", "MONOLITHIC_BUILD"),
    "Operation": ("core.graph.node", "Node"),
    "import_graph_def": ("core.files.graph_import", "import_graph_def"),
    "tuple": ("core.ops.compose.array", "tuple_"),
}

WHERE = {name: (module, name) for module, names in _TABLE.items() for name in names.split()} | _ALIASES
CONSTANTS = {"newaxis": None}
