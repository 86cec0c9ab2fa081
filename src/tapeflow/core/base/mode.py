"""Whether anything special is going on: what an op's fast path looks at, and the hooks that values need."""

import threading
from collections.abc import Callable


class Mode:
    """Counts, over all threads, what makes ops more than their kernels.

    A count of zero proves that no thread has any of them, so one attribute read is enough. Anything else sends
    the op on to where its own thread's stacks are looked at.

    Attributes:
        special: Open recorders (tapes, forward accumulators) and everything that `slow` counts.
        slow: What forbids the fast path altogether: graphs being captured, device scopes.
        on_assign: Called with a variable and the tensor that it is set to or changed by, while `special` is not 0.
        on_new: Called with a tensor made of a Python value, while `slow` is not 0: the tensor where the thread's device
            scope wants it. None before the first scope.
        on_read: Called with a variable and the tensor that was read from it, while `special` is not 0.
    """

    __slots__ = ("on_assign", "on_new", "on_read", "slow", "special")
    on_assign: Callable
    on_read: Callable

    def __init__(self):
        self.special = 0
        self.slow = 0
        self.on_new = None


mode = Mode()


class Current(threading.local):
    """What this thread is doing.

    Attributes:
        graph: The graph that it is capturing, None if ops run at once.
    """

    graph = None


current = Current()


class AtOnce:
    """Context in which ops on values that are known run at once though a graph is being captured."""

    __slots__ = ("_graph",)

    def __enter__(self):
        self._graph, current.graph = current.graph, None

    def __exit__(self, *_):
        current.graph = self._graph
