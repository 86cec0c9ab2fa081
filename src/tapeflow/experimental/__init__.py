"""`tf.experimental`: names that TensorFlow may still change. Looked up when they are first used."""

import importlib

_WHERE = {
    "BatchableExtensionType": "core.values.extension_type",
    "DynamicRaggedShape": "core.ops.compose.ragged_shape",
    "ExtensionType": "core.values.extension_type",
    "ExtensionTypeBatchEncoder": "core.values.extension_type",
    "ExtensionTypeSpec": "core.values.extension_type",
    "Optional": "data.optional",
    "RowPartition": "core.values.row_partition",
    "dispatch_for_api": "core.ops.dispatch_types",
    "dispatch_for_binary_elementwise_apis": "core.ops.dispatch_types",
    "dispatch_for_binary_elementwise_assert_apis": "core.ops.dispatch_types",
    "dispatch_for_unary_elementwise_apis": "core.ops.dispatch_types",
    "unregister_dispatch_for": "core.ops.dispatch_types",
}
_MODULES = frozenset(("dlpack", "dtensor", "extension_type", "numpy"))


def __getattr__(name):
    if name in _WHERE:
        value = getattr(importlib.import_module(f"tapeflow.{_WHERE[name]}"), name)
    elif name in _MODULES:
        value = importlib.import_module(f"tapeflow.experimental.{name}")
    else:
        raise AttributeError(f"tf.experimental.{name} is not part of TapeFlow yet", name=name, obj=None)
    globals()[name] = value
    return value


def __dir__():
    return sorted({*globals(), *_WHERE, *_MODULES})
