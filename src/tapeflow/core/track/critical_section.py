"""`tf.CriticalSection`: code that one caller at a time may run."""

import threading
import weakref

from tapeflow.core.base.errors import UnimplementedError
from tapeflow.core.base.mode import current

_shared: "weakref.WeakValueDictionary" = weakref.WeakValueDictionary()


class _Lock:
    """A lock that can be held weakly."""

    def __init__(self):
        self.lock = threading.RLock()
        self.holder = None


class CriticalSection:
    """Runs functions one at a time, whichever thread calls.

    Args:
        name: A name.
        shared_name: Sections of one shared name exclude one another.
        critical_section_def, import_scope: Of TensorFlow 1's graphs; not supported.

    >>> section = CriticalSection()
    >>> section.execute(lambda: tf.constant(1.0)).numpy()
    np.float32(1.0)
    """

    def __init__(self, name=None, shared_name=None, critical_section_def=None, import_scope=None):
        if critical_section_def is not None:
            raise UnimplementedError("critical_section_def: protos of TensorFlow 1's graphs are not supported")
        self._name = name or "critical_section"
        key = shared_name or object()
        self._lock = _shared.get(key) or _shared.setdefault(key, _Lock())

    @property
    def name(self):
        """The section's name."""
        return self._name

    def execute(self, fn, exclusive_resource_access=True, name=None):
        """Calls `fn()` while nobody else is inside, and returns its result.

        Args:
            fn: A function without arguments.
            exclusive_resource_access: Accepted.
            name: Optional name.

        Raises:
            ValueError: `fn` itself wants to enter the section.
        """
        if current.graph is not None:
            return fn()  # a function's steps run in the order of its program
        with self._lock.lock:
            if self._lock.holder is not None:
                raise ValueError(
                    f"Attempting to lock a CriticalSection (signature={self._name}) in which we are already running. "
                    "This is illegal and may cause deadlocks."
                )
            self._lock.holder = threading.get_ident()
            try:
                return fn()
            finally:
                self._lock.holder = None
