"""`tf.distribute.cluster_resolver`: where the addresses of a cluster come from."""

from tapeflow.core.distribute.cloud import ExecutableLocation as KubernetesExecutableLocation
from tapeflow.core.distribute.cloud import GCEClusterResolver, KubernetesClusterResolver, TPUClusterResolver
from tapeflow.core.distribute.resolvers import (
    ClusterResolver,
    SimpleClusterResolver,
    TFConfigClusterResolver,
    UnionResolver,
)
from tapeflow.core.distribute.slurm import SlurmClusterResolver
