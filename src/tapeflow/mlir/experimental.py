"""`tf.mlir.experimental`: the names. TapeFlow has no MLIR of TensorFlow's own dialect."""

from tapeflow.core.base.errors import UnimplementedError


def _not_here(name):
    raise UnimplementedError(
        f"tf.mlir.experimental.{name}: TapeFlow does not write TensorFlow's MLIR",
        hint="fn.experimental_get_compiler_ir(...)(stage='hlo') shows what the compiler gets",
    )


def convert_function(concrete_function, pass_pipeline="tf-standard-pipeline", show_debug_info=False):
    """Raises `UnimplementedError`."""
    _not_here("convert_function")


def convert_graph_def(graph_def, pass_pipeline="tf-standard-pipeline", show_debug_info=False):
    """Raises `UnimplementedError`."""
    _not_here("convert_graph_def")


def convert_saved_model(saved_model_path, exported_names, show_debug_info=False):
    """Raises `UnimplementedError`."""
    _not_here("convert_saved_model")


def convert_saved_model_v1(
    saved_model_path, exported_names, tags, lift_variables, include_variables_in_initializers, upgrade_legacy=True,
    show_debug_info=False,
):
    """Raises `UnimplementedError`."""
    _not_here("convert_saved_model_v1")


def run_pass_pipeline(mlir_txt, pass_pipeline, show_debug_info=False):
    """Raises `UnimplementedError`."""
    _not_here("run_pass_pipeline")


def write_bytecode(filename, mlir_txt):
    """Raises `UnimplementedError`."""
    _not_here("write_bytecode")


def tflite_to_tosa_bytecode(
    flatbuffer, bytecode, use_external_constant=False, ordered_input_arrays=None, ordered_output_arrays=None
):
    """Raises `UnimplementedError`."""
    _not_here("tflite_to_tosa_bytecode")
