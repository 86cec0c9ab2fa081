"""`tf.distribute`: one program on several devices and machines."""

from tapeflow.core.distribute import default as _default
from tapeflow.core.distribute.cluster import Server
from tapeflow.core.distribute.context import (
    experimental_set_strategy,
    get_replica_context,
    get_strategy,
    has_strategy,
    in_cross_replica_context,
)
from tapeflow.core.distribute.cross_device import (
    CrossDeviceOps,
    HierarchicalCopyAllReduce,
    NcclAllReduce,
    ReductionToOneDevice,
)
from tapeflow.core.distribute.extended import StrategyExtended
from tapeflow.core.distribute.input import DistributedDataset, DistributedIterator
from tapeflow.core.distribute.mirrored import MirroredStrategy
from tapeflow.core.distribute.multi_worker import MultiWorkerMirroredStrategy
from tapeflow.core.distribute.one_device import OneDeviceStrategy
from tapeflow.core.distribute.options import InputContext, InputOptions, InputReplicationMode, ReduceOp, RunOptions
from tapeflow.core.distribute.refused import ParameterServerStrategy, TPUStrategy
from tapeflow.core.distribute.replica import ReplicaContext
from tapeflow.core.distribute.strategy import Strategy
from tapeflow.core.distribute.values import DistributedValues
from tapeflow.distribute import cluster_resolver, coordinator, experimental
