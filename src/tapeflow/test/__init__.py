"""`tf.test`: what this build can do."""

from tapeflow.config import list_physical_devices
from tapeflow.sysconfig import get_build_info
from tapeflow.test import experimental

__all__ = [
    "experimental",
    "gpu_device_name",
    "is_built_with_cuda",
    "is_built_with_gpu_support",
    "is_built_with_rocm",
    "is_built_with_xla",
]


def is_built_with_cuda():
    """Whether the compiler for NVIDIA's GPUs is installed."""
    return get_build_info()["is_cuda_build"]


def is_built_with_rocm():
    """Whether the compiler for AMD's GPUs is installed."""
    return get_build_info()["is_rocm_build"]


def is_built_with_gpu_support():
    """Whether a compiler for some GPU is installed."""
    return is_built_with_cuda() or is_built_with_rocm()


def is_built_with_xla():
    """True: XLA is what compiles functions here.

    >>> is_built_with_xla()
    True
    """
    return True


def gpu_device_name():
    """The name of the first GPU, `"/device:GPU:0"`, or `""` if there is none."""
    return "/device:GPU:0" if list_physical_devices("GPU") else ""
