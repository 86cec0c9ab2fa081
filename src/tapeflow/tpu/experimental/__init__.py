"""`tf.tpu.experimental`: the names. TapeFlow has not been tried on TPUs."""

import enum
from collections import namedtuple

from tapeflow.core.track.embedding_tables import no_tpu
from tapeflow.tpu.experimental import embedding

__all__ = [
    "DeviceAssignment",
    "DeviceOrderMode",
    "HardwareFeature",
    "TPUSystemMetadata",
    "Topology",
    "embedding",
    "initialize_tpu_system",
    "shutdown_tpu_system",
]

TPUSystemMetadata = namedtuple("TPUSystemMetadata", "num_cores num_hosts num_of_cores_per_host topology devices")


class DeviceOrderMode(enum.IntEnum):
    """How the cores of a topology are numbered."""

    AUTO = 0
    RING = 1
    MESH = 2


class HardwareFeature:
    """What the hardware of a TPU can do."""

    class EmbeddingFeature(enum.Enum):
        """Whether it has tables for embeddings."""

        UNSUPPORTED = "UNSUPPORTED"
        V1 = "V1"
        V2 = "V2"

    def __init__(self, tpu_hardware_feature_proto):
        raise no_tpu("tf.tpu.experimental.HardwareFeature")


class Topology:
    """The cores of a TPU system."""

    def __init__(self, serialized=None, mesh_shape=None, device_coordinates=None):
        raise no_tpu("tf.tpu.experimental.Topology")


class DeviceAssignment:
    """Which cores compute which part of a program."""

    def __init__(self, topology, core_assignment):
        raise no_tpu("tf.tpu.experimental.DeviceAssignment")

    @staticmethod
    def build(topology, computation_shape=None, computation_stride=None, num_replicas=1, device_order_mode=0):
        """Raises: there is no TPU."""
        raise no_tpu("tf.tpu.experimental.DeviceAssignment.build")


def initialize_tpu_system(cluster_resolver=None):
    """Raises: there is no TPU."""
    raise no_tpu("tf.tpu.experimental.initialize_tpu_system")


def shutdown_tpu_system(cluster_resolver=None):
    """Raises: there is no TPU."""
    raise no_tpu("tf.tpu.experimental.shutdown_tpu_system")
