"""The modules of TensorFlow's inside that other packages import, as thin names for things of ours.

Keras, Sonnet, TensorFlow Probability and GPflow reach past the public API in places: `tensorflow.python.x`,
`tensorflow.compiler.x`, `tf.__internal__.x`. Those names, and no others, are here: one table, from which modules are
made when they are imported (`install.py` asks for them). Nothing is loaded before a name is used.
"""

import importlib
import sys
from types import ModuleType

from tapeflow.compat.internals_clients import TABLE as _CLIENTS
from tapeflow.compat.internals_libraries import TABLE as _LIBRARIES

# Module below `tensorflow` -> {module of ours: the names it has there}; `theirs=ours` where they differ.
# "*" alone: every name of our module that is not listed.
TABLE = {
    "__internal__": {
        "core.base.composite": "CompositeTensor",
        "core.values.tensor": "EagerTensor",
        "core.values.symbol": "SymbolicTensor=Symbol",
        "core.trace.tracing": "FuncGraph",
    },
    "__internal__.types": {"core.values.tensor": "Tensor=TensorLike"},
    "__internal__.tracking": {
        "core.base.trackable": (
            "CheckpointInitialValue CheckpointInitialValueCallable Trackable no_automatic_dependency_tracking"
        ),
        "core.track.auto_trackable": "AutoTrackable",
        "core.track.object_graph": "ObjectGraphView",
        "core.track.tracked": "TrackableDataStructure sticky_attribute_assignment wrap=wrap_or_unwrap",
    },
    "__internal__.smart_cond": {"core.trace.control": "smart_cond"},
    "__internal__.distribute": {
        "compat.strategy": "strategy_supports_no_merge_call",
    },
    "__internal__.distribute.interim": {"compat.strategy": "maybe_merge_call"},
    "__internal__.eager_context": {"compat.eager_context": "eager_mode"},
    "__internal__.tf2": {"compat.eager_context": "enabled=tf2_enabled"},
    "__internal__.decorator": {"compat.decorators": "unwrap"},
    "__internal__.nest": {"core.base.nest_kinds": "is_mapping"},
    "compiler.tf2xla.python.xla": {
        "core.ops.defs.xla_slices": "dynamic_update_slice",
        "compat.probability": "variadic_reduce",
        "compat.jax_bridge": "call_module call_module_disable_check_platform call_module_maximum_supported_version",
    },
    "compiler.xla.xla_data_pb2": {"compat.jax_bridge": "OpSharding"},
    "python.compiler.xla.experimental.xla_sharding": {"compat.jax_bridge": "Sharding replicate tile"},
    "python.client.device_lib": {"compat.eager_context": "list_local_devices"},
    "python.data.ops.dataset_ops": {"data": "Dataset DatasetV2=Dataset"},
    "python.data.ops.iterator_ops": {"data": "OwnedIterator=Iterator"},
    "python.data.experimental.ops.distribute": {"compat.strategy": "compute_batch_size"},
    "python.eager.backprop": {"core.run.tape": "GradientTape"},
    "python.eager.context": {
        "compat.eager_context": "_reset_context async_wait context eager_mode graph_mode",
        "core.trace.function": "executing_eagerly",
    },
    "python.framework.composite_tensor": {"core.base.composite": "CompositeTensor"},
    "python.framework.config": {
        "compat.eager_context": "disable_op_determinism is_op_determinism_enabled",
        "config.experimental": "enable_op_determinism",
    },
    "python.framework.dtypes": {"dtypes": "*"},
    "python.framework.errors_impl": {"errors": "*"},
    "python.framework.indexed_slices": {"core.values.indexed_slices": "IndexedSlices IndexedSlicesSpec"},
    "python.framework.ops": {
        "core.values.tensor": "EagerTensor Tensor",
        "core.values.symbol": "SymbolicTensor=Symbol",
        "core.graph.graph": "Graph",
        "core.ops.compose.constant": "convert_to_tensor convert_to_tensor_v2=convert_to_tensor",
        "core.trace.function": "control_dependencies init_scope",
        "core.track.module": "name_scope",
    },
    "python.framework.sparse_tensor": {"core.values.sparse": "SparseTensor SparseTensorSpec"},
    "python.framework.tensor": {
        "core.values.tensor": "Tensor",
        "core.base.specs": "TensorSpec",
        "core.base.tensor_spec": "DenseSpec",
    },
    "python.framework.tensor_shape": {"core.base.shapes": "TensorShape as_shape"},
    "python.framework.tensor_spec": {"core.base.specs": "TensorSpec", "core.base.tensor_spec": "DenseSpec"},
    "python.framework.tensor_util": {
        "core.ops.compose.constant": "is_tensor is_tf_type=is_tensor",
        "core.ops.compose.array": "constant_value=get_static_value",
    },
    "python.framework.type_spec": {
        "core.base.specs": "TypeSpec type_spec_from_value",
        "core.base.type_spec": "BatchableTypeSpec",
    },
    "python.framework.type_spec_registry": {"compat.spec_names": "get_name lookup register"},
    "python.lib.io.tf_record": {"compat.records": "tf_record_iterator"},
    "python.ops.array_ops": {"": "*"},
    "python.ops.math_ops": {"math": "*", "": "cast matmul range reduce_sum"},
    "python.ops.linalg.sparse.sparse_csr_matrix_ops": {
        "compat.sparse_products": (
            "csr_sparse_matrix_to_sparse_tensor sparse_matrix_sparse_mat_mul sparse_tensor_to_csr_sparse_matrix"
        ),
    },
    "python.ops.ragged.ragged_tensor": {"core.values.ragged": "RaggedTensor RaggedTensorSpec"},
    "python.ops.resource_variable_ops": {
        "core.values.variable": "ResourceVariable",
        "core.values.type_specs": "VariableSpec",
    },
    "python.ops.script_ops": {
        "core.trace.python_ops": "_py_funcs=functions eager_py_func=py_function numpy_function py_function"
    },
    "python.ops.tensor_array_ops": {"core.trace.tensor_array": "TensorArray"},
    "python.ops.variables": {"core.values.variable": "Variable VariableAggregation VariableSynchronization"},
    "python.trackable.autotrackable": {"core.track.auto_trackable": "AutoTrackable"},
    "python.trackable.base": {
        "core.base.trackable": "SaveType Trackable TrackableReference no_automatic_dependency_tracking",
    },
    "python.trackable.data_structures": {
        "core.track.tracked": "NoDependency TrackableDataStructure sticky_attribute_assignment wrap_or_unwrap",
        "core.track.tracked_list": "List ListWrapper",
        "core.track.tracked_dict": "Mapping _DictWrapper",
        "core.track.data_structures": "_TupleWrapper",
    },
    "python.training.moving_averages": {"core.track.moving_average": "ExponentialMovingAverage assign_moving_average"},
    "python.types.core": {"core.values.tensor": "Tensor=TensorLike"},
    "python.util.nest": {"compat.nesting": "*"},
    "python.util.object_identity": {"core.values.tensor": "Reference"},
}  # fmt: skip


for _path, _sources in [*_CLIENTS.items(), *_LIBRARIES.items()]:
    _known = TABLE.setdefault(_path, {})
    for _source, _names in _sources.items():
        _known[_source] = f"{_known.get(_source, '')} {_names}"


class Internal(ModuleType):
    """A module of `TABLE`, whose names are looked up when they are used."""

    def __reduce__(self):
        return module, (self.__dict__["inner"],)

    def __getattr__(self, name):
        inner = self.__dict__["inner"]
        if inner and f"{inner}.{name}" in PACKAGES:
            value = module(f"{inner}.{name}")
            if "tensorflow" in sys.modules:  # `from package import module` looks here first and does not import it
                sys.modules[f"tensorflow.{inner}.{name}"] = value
        else:
            where = self.__dict__["names"].get(name) or self._star(name)
            if where is None:
                raise AttributeError(
                    f"module 'tensorflow.{inner}' has no attribute '{name}': TapeFlow has only those of TensorFlow's "
                    "internals that Keras and its like need; look for the name under tf, tf.compat.v1 or tf.raw_ops",
                    name=name, obj=None,
                )  # fmt: skip
            value = getattr(importlib.import_module(_full(where[0])), where[1])
        setattr(self, name, value)
        return value

    def _star(self, name):
        for source in self.__dict__["sources"]:
            if not name.startswith("__") and hasattr(importlib.import_module(_full(source)), name):
                return source, name
        return None

    def __dir__(self):
        return sorted({*self.__dict__, *self.__dict__["names"]})


def _full(source):
    return f"tapeflow.{source}" if source else "tapeflow"


def _packages():
    """Every module of the table, and the packages that they are in."""
    found = set()
    for path in TABLE:
        parts = path.split(".")
        found |= {".".join(parts[:i]) for i in range(1, len(parts) + 1)}
    return frozenset(found)


PACKAGES = _packages()
ROOTS = frozenset(path.partition(".")[0] for path in PACKAGES)


def module(path):
    """The module `tensorflow.<path>`, made on first use.

    Raises:
        KeyError: The table has none of that name.
    """
    if path not in PACKAGES:
        raise KeyError(path)
    full = f"{__name__}.{path}"
    if full not in sys.modules:
        made = Internal(f"tensorflow.{path}", f"Names of TensorFlow's `{path}` that other packages use.")
        made.inner, made.names, made.sources = path, {}, []
        for source, names in TABLE.get(path, {}).items():
            for entry in names.split():
                if entry == "*":
                    made.sources.append(source)
                    continue
                theirs, _, ours = entry.partition("=")
                made.names[theirs] = source, ours or theirs
        made.__path__ = []
        sys.modules[full] = made
    return sys.modules[full]
