"""Large elementwise host kernels on every core: threads take turns at parts of the elements.

NumPy computes a function of an array on one core, and lets go of Python's lock while it does. What a part gives does
not depend on the others, so the values are those of one call, however many threads there are.
"""

import itertools
import os
import threading
import types

import numpy as np

from tapeflow.core.base.quiet import quiet
from tapeflow.core.base.settings import settings

# Below so many elements, waking a thread costs more than it saves. A part is 512 KiB of float32: it stays in a core's
# cache, and there are enough of them for cores of unequal speed.
LEAST = 250_000
_PART = 1 << 17


class _Helpers:
    """The threads beside the caller's, made on first use."""

    def __init__(self):
        self.forget()

    def forget(self):
        """Starts anew: a forked child has none of its parent's threads."""
        self.pool, self.lock = None, threading.Lock()

    def submit(self, function):
        with self.lock:
            if self.pool is None:
                from concurrent.futures import ThreadPoolExecutor

                self.pool = ThreadPoolExecutor(max(1, _cores() - 1), "tapeflow-host")
        return self.pool.submit(function)


_helpers = _Helpers()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_helpers.forget)


def _cores():
    """How many threads compute, the caller's included."""
    if settings.intra_op_threads:
        return settings.intra_op_threads
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def fits(kernel, values):
    """Whether it pays, and can be done: large arrays of one shape, their elements side by side.

    Python's operators (`operator.add`) take no longer than memory does.
    """
    first = values[0]
    if first.size < LEAST or first.dtype.hasobject or _cores() == 1:
        return False
    if isinstance(getattr(kernel, "bare", kernel), types.BuiltinFunctionType):
        return False
    return all(v.shape == first.shape and v.flags.c_contiguous for v in values)


def run(kernel, values, dtype):
    """What an elementwise kernel gives for arrays that `fits` takes.

    Args:
        kernel: Of one or two arrays.
        values: The arrays.
        dtype: NumPy's dtype of the result.
    """
    out = np.empty(values[0].shape, dtype)
    flat, target = [v.reshape(-1) for v in values], out.reshape(-1)
    starts = itertools.count(0, _PART)  # its `next` is one step of the interpreter: threads share it

    def work():
        for start in starts:
            if start >= target.size:
                return
            part = slice(start, start + _PART)
            inputs = [v[part] for v in flat]
            if type(kernel) is np.ufunc:
                quiet.run(kernel, *inputs, out=target[part])
            else:
                target[part] = quiet.run(kernel, *inputs)

    parts = -(-target.size // _PART)
    others = [_helpers.submit(work) for _ in range(min(_cores(), parts) - 1)]
    work()
    for one in others:
        one.result()
    return out
