"""`tf.config.optimizer`: switches of TensorFlow's graph optimizer. XLA does its work: they are just kept."""

from tapeflow.core.base.settings import settings

_OPTIONS = (
    "layout_optimizer constant_folding shape_optimization remapping arithmetic_optimization "
    "dependency_optimization loop_optimization function_optimization debug_stripper disable_model_pruning "
    "scoped_allocator_optimization pin_to_host_optimization implementation_selector auto_mixed_precision "
    "use_plugin_optimizers disable_meta_optimizer auto_mixed_precision_onednn_bfloat16 auto_mixed_precision_mkl "
    "min_graph_nodes"
).split()


def get_jit():
    """Returns `"autoclustering"` if it was turned on, else an empty text; functions are always compiled."""
    return settings.jit


def set_jit(enabled):
    """Turns automatic clustering on or off, which changes nothing: functions are always compiled as a whole.

    Args:
        enabled: `"autoclustering"` or True to turn it on.
    """
    settings.change(jit="autoclustering" if enabled in (True, "autoclustering") else "")


def get_experimental_options():
    """Returns the options that were set, and the two that are always there, as a dictionary."""
    values = {"disable_model_pruning": False, "disable_meta_optimizer": False} | settings.optimizer_options
    return {name: values[name] for name in _OPTIONS if name in values}


def set_experimental_options(options):
    """Sets options of TensorFlow's graph optimizer. They are kept and change nothing.

    Args:
        options: Dictionary of name -> value; unknown names are left out.
    """
    known = {name: value for name, value in dict(options).items() if name in _OPTIONS}
    settings.change(optimizer_options=settings.optimizer_options | known)
