"""`tf.saved_model`: models as files."""

from tapeflow.core.files.saved_model import contains_saved_model, load
from tapeflow.core.track.asset import Asset
