"""Names of `tf.__internal__.tracking`."""

from tapeflow.core.base.trackable import Trackable, no_automatic_dependency_tracking
from tapeflow.core.track.auto_trackable import AutoTrackable
from tapeflow.core.track.data_structures import ListWrapper, _DictWrapper
