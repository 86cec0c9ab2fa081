"""More of TensorFlow's insides: what libraries built on it import, and older programs.

TensorFlow's own TF-Agents, Hub, Model Optimization and Ranking, Spektral and TF-Quant-Finance. The same form as the
table in `internals.py`, which takes these up.
"""

from tapeflow.compat.generated import FAMILIES

_CHECKS = (
    "assert_equal assert_greater assert_greater_equal assert_integer assert_less assert_less_equal assert_near "
    "assert_negative assert_non_negative assert_non_positive assert_none_equal assert_positive assert_rank "
    "assert_rank_at_least assert_rank_in assert_scalar assert_type"
)

TABLE = {
    "python.data.util.nest": {"compat.nesting": "*"},
    "python.eager.def_function": {"": "function", "core.trace.function": "Function"},
    "python.eager.monitoring": {"compat.insides": "BoolGauge"},
    "python.feature_column.feature_column_v2": {"compat.feature_columns": "*", "feature_column": "*"},
    "python.framework.constant_op": {"": "constant"},
    "python.framework.errors": {"errors": "*"},
    "python.framework.load_library": {"": "load_library load_op_library"},
    "python.framework.random_seed": {
        "compat.v1": "get_seed set_random_seed",
        "random": "set_seed",
    },
    "python.framework.tensor": {"core.base.bounded_spec": "BoundedTensorSpec"},
    "python.framework.tensor_spec": {"core.base.bounded_spec": "BoundedTensorSpec"},
    "python.framework.smart_cond": {
        "compat.library_parts": "smart_constant_value",
        "core.trace.control": "smart_cond",
    },
    "python.framework.tensor_shape": {"compat": "dimension_at_index dimension_value"},
    "python.layers.utils": {
        "compat.library_parts": "constant_value=smart_constant_value",
        "core.trace.control": "smart_cond",
    },
    "python.lib.io.file_io": {"io.gfile": "*"},
    "python.ops.array_ops_stack": {"": "parallel_stack stack unstack"},
    "python.ops.check_ops": {"": "ensure_shape", "compat.v1": _CHECKS},
    "python.ops.clip_ops": {"": "clip_by_global_norm clip_by_norm clip_by_value", "linalg": "global_norm"},
    "python.ops.clustering_ops": {
        "compat.generated": "kmeans_plus_plus_initialization nearest_neighbors",
    },
    "python.ops.cond": {"": "cond"},
    "python.ops.control_flow_assert": {"": "Assert"},
    "python.ops.control_flow_case": {"": "case"},
    "python.ops.custom_gradient": {"": "custom_gradient grad_pass_through recompute_grad"},
    "python.ops.distributions.util": {"compat.library_parts": "gen_new_seed"},
    "python.ops.image_ops": {"image": "*"},
    "python.ops.io_ops": {"io": "read_file write_file matching_files"},
    "python.ops.linalg.sparse.sparse": {"compat.sparse_products": "CSRSparseMatrix matmul"},
    "python.ops.linalg_ops": {"linalg": "*"},
    "python.ops.list_ops": {"compat.tensor_lists": "*", "compat.generated": "*"},
    "python.ops.lookup_ops": {"lookup": "* HashTable=StaticHashTable", "compat.v1": "tables_initializer"},
    "python.ops.map_fn": {"": "map_fn"},
    "python.ops.nn": {"nn": "*"},
    "python.ops.parsing_ops": {"io": "*"},
    "python.ops.ragged.ragged_factory_ops": {"ragged": "constant"},
    "python.ops.sort_ops": {"": "argsort sort"},
    "python.ops.sparse_ops": {"sparse": "*"},
    "python.ops.string_ops": {"strings": "*"},
    "python.ops.weights_broadcast_ops": {
        "compat.insides": "broadcast_weights",
        "compat.library_parts": "assert_broadcastable",
    },
    "python.ops.while_loop": {"": "while_loop"},
    "python.platform.gfile": {"io.gfile": "GFile Open=GFile"},
    "python.platform.resource_loader": {"compat.library_parts": "get_path_to_datafile"},
    "python.saved_model.load": {"saved_model": "load"},
    "python.saved_model.nested_structure_coder": {
        "compat.library_parts": "can_encode decode_proto encode_structure",
        "core.files.structured": "NotEncodableError",
    },
    "python.trackable.resource": {"saved_model.experimental": "TrackableResource"},
    "python.util.all_util": {"compat.library_parts": "make_all remove_undocumented reveal_undocumented"},
}
TABLE |= {f"python.ops.gen_{family}_ops": {"compat.generated": "*"} for family in FAMILIES}
