"""`tf.distribute.experimental`."""

from tapeflow.core.distribute.mirrored import CentralStorageStrategy
from tapeflow.core.distribute.multi_worker import (
    ExperimentalMultiWorkerMirroredStrategy as MultiWorkerMirroredStrategy,
)
from tapeflow.core.distribute.options import CommunicationImplementation, CommunicationOptions, ValueContext
from tapeflow.core.distribute.options import CommunicationImplementation as CollectiveCommunication
from tapeflow.core.distribute.options import Hints as CollectiveHints
from tapeflow.core.distribute.preemption import PreemptionCheckpointHandler, PreemptionWatcher, TerminationConfig
from tapeflow.core.distribute.refused import ExperimentalTPUStrategy as TPUStrategy
from tapeflow.core.distribute.refused import ParameterServerStrategy
from tapeflow.distribute.experimental import coordinator, partitioners, rpc
