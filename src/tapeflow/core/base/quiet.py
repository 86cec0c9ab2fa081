"""NumPy with its floating-point warnings off, without touching the user's error state."""

import contextvars
import threading

import numpy as np


class _Quiet(threading.local):
    """Per thread, a context in which `np.seterr(all="ignore")` holds.

    NumPy keeps its error state in a context variable, so running a kernel inside a context of our own costs
    30 ns where `np.errstate` costs over a microsecond. A context cannot be entered twice, so a kernel that
    calls back into user code must not be run here (`Op.reentrant`).
    """

    def __init__(self):
        context = contextvars.Context()
        context.run(np.seterr, all="ignore")
        self.run = context.run


quiet = _Quiet()

# One more such context for the fast path of small ops, without the look-up by thread. Two threads inside at once
# is a RuntimeError, upon which the caller takes the general path, with its thread's own context.
run_small = contextvars.Context().run
run_small(np.seterr, all="ignore")
