"""`tf.saved_model.experimental`."""

from tapeflow.core.files.fingerprint import Fingerprint, read_fingerprint
from tapeflow.core.files.saved_options import VariablePolicy
from tapeflow.core.track.resource import TrackableResource
