"""`tf.debugging.experimental`: the names of TensorFlow's recorder for its Debugger V2."""

from tapeflow.core.base.errors import UnimplementedError


def enable_dump_debug_info(
    dump_root, tensor_debug_mode="NO_TENSOR", circular_buffer_size=1000, op_regex=None, tensor_dtypes=None
):
    """Raises `UnimplementedError`: TapeFlow writes no files for Debugger V2."""
    raise UnimplementedError(
        "tf.debugging.experimental.enable_dump_debug_info: TapeFlow writes no files for Debugger V2",
        hint="tf.debugging.enable_check_numerics() stops at the first NaN; fn.explain() shows what a function runs",
    )


def disable_dump_debug_info():
    """Does nothing: no dump can be on."""
