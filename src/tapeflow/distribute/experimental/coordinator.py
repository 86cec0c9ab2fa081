"""`tf.distribute.experimental.coordinator`: parameter servers' coordinator, which TapeFlow has none of."""

from tapeflow.core.distribute.coordinators import ClusterCoordinator, PerWorkerValues, RemoteValue
