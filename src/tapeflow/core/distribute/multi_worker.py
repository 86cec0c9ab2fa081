"""`tf.distribute.MultiWorkerMirroredStrategy`: one replica on each device of several processes."""

from tapeflow.core.base.errors import UnimplementedError
from tapeflow.core.distribute.strategy import Strategy


class MultiWorkerMirroredStrategy(Strategy):
    """One replica on each device of several processes.

    Args:
        cluster_resolver: A `tf.distribute.cluster_resolver.ClusterResolver`; `TF_CONFIG` is read if it is None.
        communication_options: A `tf.distribute.experimental.CommunicationOptions`.
    """

    def __init__(self, cluster_resolver=None, communication_options=None):
        raise UnimplementedError("MultiWorkerMirroredStrategy: not there yet")
