"""`tensorflow.python.framework.test_util`: what other packages' tests are decorated with.

There is no mode in which ops outside of functions wait in a graph: tests for both modes run in the eager one.
"""

import functools

from tapeflow.core.base import random_seed
from tapeflow.test import is_built_with_cuda
from tapeflow.test.case import TestCase

TensorFlowTestCase = TestCase
IsBuiltWithNvcc = is_built_with_cuda


def _as_is(name):
    def decorate(target=None, *args, **kwargs):
        if callable(target) and not args and not kwargs:
            return target
        return lambda function: function

    decorate.__name__ = name
    decorate.__doc__ = f"`{name}`: returns the test as it is."
    return decorate


for _name in (
    "assert_no_garbage_created assert_no_new_pyobjects_executing_eagerly disable_asan disable_cudnn_autotune "
    "disable_msan disable_tfrt disable_tsan disable_xla enable_eager_op_as_function "
    "enable_output_all_intermediates run_all_in_graph_and_eager_modes run_all_without_tensor_float_32 "
    "run_gpu_only run_in_async_and_sync_mode run_in_graph_and_eager_modes run_v2_only "
    "run_without_tensor_float_32 run_all_in_native_and_block_format with_eager_op_as_function "
    "with_control_flow_v2 enable_control_flow_v2 assert_no_new_tensors disable_mlir_bridge also_run_as_tf_function"
).split():
    globals()[_name] = _as_is(_name)


def run_deprecated_v1(target=None):
    """Skips a test, or a class of tests, of graphs of version 1, which are not here.

    Args:
        target: The test or class; a text says why it is one of version 1, and gives a decorator.
    """
    if not callable(target):
        return run_deprecated_v1

    if isinstance(target, type):
        target.setUp = run_deprecated_v1(target.setUp)
        return target

    @functools.wraps(target)
    def skipped(self, *args, **kwargs):
        self.skipTest("graphs of TensorFlow 1 are not part of TapeFlow")

    return skipped


run_v1_only = deprecated_graph_mode_only = run_all_in_deprecated_graph_mode_only = run_deprecated_v1


def for_all_test_methods(decorator, *args, **kwargs):
    """Returns a decorator of a class that decorates each of its tests.

    Args:
        decorator: Takes the arguments and gives what decorates a test.
        *args, **kwargs: Its arguments.
    """

    def decorate(cls):
        for name, value in list(vars(cls).items()):
            if callable(value) and name.startswith("test") and name != "test_session":
                setattr(cls, name, decorator(*args, **kwargs)(value))
        return cls

    return decorate


def is_xla_enabled():
    """Returns False: XLA is asked for by `jit_compile`, not by the process."""
    return False


def is_mlir_bridge_enabled():
    """Returns False: XLA is reached without it."""
    return False


def InstallStackTraceHandler():
    """Accepted: Python's own handler of faults does that."""
