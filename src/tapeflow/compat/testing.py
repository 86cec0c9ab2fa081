"""`tensorflow.python.framework.test_util`: what other packages' tests are decorated with.

There is no mode in which ops outside of functions wait in a graph: tests for both modes run in the eager one.
"""

import functools

from tapeflow.test.case import TestCase

TensorFlowTestCase = TestCase


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
    "with_control_flow_v2 enable_control_flow_v2"
).split():
    globals()[_name] = _as_is(_name)


def run_deprecated_v1(function):
    """Skips a test of graphs of version 1, which are not here."""

    @functools.wraps(function)
    def skipped(self, *args, **kwargs):
        self.skipTest("graphs of TensorFlow 1 are not part of TapeFlow")

    return skipped


run_v1_only = deprecated_graph_mode_only = run_all_in_deprecated_graph_mode_only = run_deprecated_v1


def is_xla_enabled():
    """Returns False: XLA is asked for by `jit_compile`, not by the process."""
    return False


def InstallStackTraceHandler():
    """Accepted: Python's own handler of faults does that."""
