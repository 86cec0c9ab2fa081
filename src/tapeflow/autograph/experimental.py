"""What converted code leaves alone, and how loops are built: `tf.autograph.experimental`."""

from tapeflow.core.trace.autograph.api import Feature, do_not_convert, set_loop_options

__all__ = ["Feature", "do_not_convert", "set_loop_options"]
