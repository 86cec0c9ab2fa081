"""`tf.compat.v1`: names of TensorFlow 1 that programs of today still use. Looked up when they are first used."""

import importlib

from tapeflow.compat.v1.same_names import SAME, SameNames
from tapeflow.compat.v1.same_names import where as _same_names  # a plain `where` would stand for tf.compat.v1.where

# Module of ours -> the names that it holds; `theirs=ours` where they differ.
_TABLE = {
    "": (
        "__version__ abs add AggregationMethod argmax as_dtype assert_equal audio autograph bitwise bool "
        "batch_to_space_nd=batch_to_space boolean_mask cast clip_by_global_norm clip_by_value concat config "
        "constant control_dependencies convert_to_tensor debugging device distribute DType dtypes errors "
        "executing_eagerly expand_dims experimental eye fill float16 float32 float64 foldl foldr function gather "
        "gather_nd gradients GradientTape group hessians identity image IndexedSlices int32 int64 io is_tensor "
        "linalg linspace lookup map_fn math matmul maximum minimum Module multiply nest newaxis no_op "
        "norm not_equal one_hot py_func=numpy_function ones ones_like pad quantization RaggedTensor random range "
        "rank raw_ops reshape reverse roll scan scatter_nd sets shape sigmoid signal size slice sparse "
        "SparseTensor split sqrt square squeeze stack stop_gradient string strings subtract sysconfig tanh Tensor "
        "TensorArray tensordot TensorShape TensorSpec tile transpose types uint8 unique unstack version "
        "where_v2=where zeros zeros_like"
    ),
    "core.ops.defs.math": "floor_div",
    "compat.v1.control": "cond while_loop",
    "compat.v1.reductions": (
        "reduce_all reduce_any reduce_logsumexp reduce_max reduce_mean reduce_min reduce_prod reduce_sum"
    ),
    "math": (
        "abs accumulate_n acos acosh asin asinh atan atan2 atanh ceil conj cos cosh cumprod digamma equal erf erfc "
        "exp expm1 floor greater greater_equal igamma igammac imag invert_permutation is_finite is_inf is_nan less "
        "less_equal lgamma log log1p log_sigmoid logical_and logical_not logical_or logical_xor negative polygamma "
        "pow real reciprocal rint rsqrt sign sin sinh softplus squared_difference tan top_k truediv zero_fraction "
        "zeta"
    ),
    "io": ("FixedLenFeature FixedLenSequenceFeature VarLenFeature SparseFeature parse_example parse_single_example"),
    "compat.insides": (
        "colocate_with control_flow_v2_enabled enable_control_flow_v2 executing_eagerly_outside_functions"
    ),
    "compat.v1.variable_scopes": (
        "AUTO_REUSE VariableScope get_variable get_variable_scope make_template no_regularizer variable_scope"
    ),
    "compat.v1.collections": (
        "GraphKeys add_to_collection all_variables=global_variables get_collection global_variables "
        "global_variables_initializer local_variables initialize_all_tables=tables_initializer "
        "initialize_all_variables=global_variables_initializer "
        "initialize_local_variables=local_variables_initializer initialize_variables=variables_initializer "
        "local_variables_initializer set_random_seed tables_initializer trainable_variables variables_initializer"
    ),
    "compat.v1.scopes": "name_scope",
    "compat.v1.variables": "Variable",
    "compat.v1.variable_updates": (
        "is_variable_initialized report_uninitialized_variables scatter_add scatter_div scatter_max scatter_min "
        "scatter_mul scatter_nd_add scatter_nd_sub scatter_nd_update scatter_sub scatter_update"
    ),
    "compat.v1.arrays": (
        "arg_max arg_min argmin batch_gather batch_to_space confusion_matrix convert_to_tensor_or_sparse_tensor "
        "count_nonzero decode_raw div extract_image_patches multinomial random_poisson reduce_join "
        "reverse_sequence setdiff1d space_to_batch sparse_add sparse_reduce_sum sparse_to_dense string_split "
        "string_to_hash_bucket string_to_number substr to_bfloat16 to_complex128 to_complex64 to_double to_float "
        "to_int32 to_int64 verify_tensor_all_finite"
    ),
    "compat.v1.nn_functions": "depth_to_space space_to_depth",
    "compat.v1.behaviors": (
        "disable_control_flow_v2 disable_resource_variables disable_tensor_equality disable_v2_tensorshape "
        "enable_resource_variables enable_tensor_equality enable_v2_tensorshape resource_variables_enabled"
    ),
    "compat.v1.graphs": (
        "assign assign_add assign_sub placeholder placeholder_with_default reset_default_graph sparse_placeholder "
        "get_default_graph disable_eager_execution disable_v2_behavior enable_eager_execution enable_v2_behavior "
        "where"
    ),
    "debugging": (
        "assert_greater assert_greater_equal assert_integer assert_less assert_less_equal assert_near "
        "assert_negative assert_non_negative assert_non_positive assert_none_equal assert_positive assert_rank "
        "assert_rank_at_least assert_rank_in assert_scalar assert_type assert_proper_iterable"
    ),
    "core.base.dimension": "Dimension",
    "core.values.sparse": "SparseTensorValue",
    "core.graph.graph": "Graph",
    "core.graph.node": "Operation=Node",
    "core.files.graph_import": "Session import_graph_def wrap_function",
    "core.trace.function": "init_scope",
    "compat.v1.initializers": (
        "constant_initializer=Constant glorot_normal_initializer=GlorotNormal "
        "glorot_uniform_initializer=GlorotUniform ones_initializer=Ones orthogonal_initializer=Orthogonal "
        "random_normal_initializer=RandomNormal random_uniform_initializer=RandomUniform "
        "truncated_normal_initializer=TruncatedNormal uniform_unit_scaling_initializer=UniformUnitScaling "
        "variance_scaling_initializer=VarianceScaling zeros_initializer=Zeros"
    ),
    "core.base.random_seed": "get_seed",
    "core.values.variable": "VariableAggregation=VariableAggregationV1 VariableSynchronization variable_creator_scope",
    "sparse": "sparse_concat=concat",
    "core.files.messages": (
        "SummaryMetadata Summary Event GraphDef NodeDef ConfigProto AttrValue GPUOptions GraphOptions "
        "HistogramProto MetaGraphDef RunMetadata OptimizerOptions NameAttrList TensorInfo"
    ),
}
_WHERE = {
    theirs: (source, ours or theirs)
    for source, names in _TABLE.items()
    for theirs, _, ours in (name.partition("=") for name in names.split())
}
_SAME = _same_names("")
_MODULES = frozenset("data gfile initializers losses logging nn ragged saved_model summary train".split())


def __getattr__(name):
    if name in _WHERE:
        source, ours = _WHERE[name]
        value = getattr(importlib.import_module(f"tapeflow.{source}" if source else "tapeflow"), ours)
    elif name in ("feature_column", "test"):
        value = importlib.import_module(f"tapeflow.{name}")
    elif name in _MODULES:
        value = importlib.import_module(f"tapeflow.compat.v1.{name}")
    elif name in _SAME:
        value = getattr(importlib.import_module(_SAME[name][0]), _SAME[name][1])
    elif name in SAME:
        value = SameNames(name)
    elif name in ("keras", "layers"):
        value = getattr(importlib.import_module("tapeflow.compat.v1.from_keras"), name)()
    else:
        raise AttributeError(f"tf.compat.v1.{name} is not part of TapeFlow", name=name, obj=None)
    globals()[name] = value
    return value


def __dir__():
    return sorted({*globals(), *_WHERE, *_MODULES, *_SAME, *SAME, "keras", "layers"} - {""})
