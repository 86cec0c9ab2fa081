"""`tf.test`: the base class of tests, gradients to compare with, and what this build can do."""

import functools
import platform
import unittest

from tapeflow.config import list_physical_devices
from tapeflow.core.base.messages import message
from tapeflow.core.distribute.cluster import local_cluster
from tapeflow.sysconfig import get_build_info
from tapeflow.test import experimental
from tapeflow.test.benchmark import Benchmark, main
from tapeflow.test.case import TestCase
from tapeflow.test.gradients import compute_gradient

__all__ = [
    "Benchmark",
    "TestCase",
    "assert_equal_graph_def",
    "benchmark_config",
    "compute_gradient",
    "create_local_cluster",
    "disable_with_predicate",
    "experimental",
    "gpu_device_name",
    "is_built_with_cuda",
    "is_built_with_gpu_support",
    "is_built_with_rocm",
    "is_built_with_xla",
    "is_cpu_target_available",
    "is_gpu_available",
    "main",
    "with_eager_op_as_function",
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


def is_gpu_available(cuda_only=False, min_cuda_compute_capability=None):
    """Whether there is a GPU. Deprecated: `tf.config.list_physical_devices("GPU")` tells more.

    Args:
        cuda_only, min_cuda_compute_capability: Accepted.
    """
    return bool(list_physical_devices("GPU"))


def is_cpu_target_available(target):
    """Whether programs for a processor can be compiled here: only those for this one.

    Args:
        target: Such as `"x86_64"` or `"aarch64"`.
    """
    return platform.machine().lower() == target.lower()


def disable_with_predicate(pred, skip_message):
    """Decorator of a test that is skipped where `pred()` is true."""

    def decorate(test):
        @functools.wraps(test)
        def run(self, *args, **kwargs):
            if pred():
                raise unittest.SkipTest(skip_message)
            return test(self, *args, **kwargs)

        return run

    return decorate


def with_eager_op_as_function(cls=None, only_as_function=False):
    """Decorator that leaves a class of tests as it is: there is one way to run ops.

    Args:
        cls: The class.
        only_as_function: Accepted.
    """
    return (lambda decorated: decorated) if cls is None else cls


def assert_equal_graph_def(expected, actual):
    """Checks that two `GraphDef`s have equal nodes, by name, and equal libraries; versions may differ.

    Raises:
        AssertionError: They do not.
    """
    nodes = [{node.name: node for node in graph.node} for graph in (expected, actual)]
    missing = sorted(nodes[0].keys() ^ nodes[1].keys())
    if missing:
        raise AssertionError(f"nodes that only one of the graphs has: {missing[:5]}")
    for name, node in nodes[0].items():
        if node != nodes[1][name]:
            raise AssertionError(f"node {name} differs:\n{node}\n{nodes[1][name]}")
    if expected.library != actual.library:
        raise AssertionError("the function libraries differ")


def benchmark_config():
    """Returns the `tf.compat.v1.ConfigProto` that TensorFlow runs benchmarks with."""
    config = message("ConfigProto")()
    config.graph_options.rewrite_options.dependency_optimization = 2  # off
    return config


def create_local_cluster(num_workers, num_ps, protocol="grpc", worker_config=None, ps_config=None):
    """Makes the servers of a cluster on this machine, each at a free port.

    Differs from TensorFlow: nothing listens there, see `tf.distribute.Server`.

    Args:
        num_workers: How many workers.
        num_ps: How many parameter servers.
        protocol: The protocol's name.
        worker_config, ps_config: Accepted.

    Returns:
        A list of the workers' `tf.distribute.Server`s and one of the parameter servers'.
    """
    return local_cluster(num_workers, num_ps, protocol)
