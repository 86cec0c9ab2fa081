"""`tf.summary.experimental`: steps, names and ready messages."""

from tapeflow.core.files.summary import get_step, set_step, summary_scope, write_raw_pb
