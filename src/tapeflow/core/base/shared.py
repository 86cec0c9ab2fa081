"""Things of the process that ops find again: by the handle that points to them, or by a name."""

import threading

import numpy as np

from tapeflow.core.base.errors import InvalidArgumentError


def boxed(thing):
    """A 0-d array that holds `thing`: the value of a resource or variant tensor."""
    box = np.empty((), object)
    box[()] = thing
    return box


def opened(box):
    """What a resource or variant tensor holds."""
    return box[()] if isinstance(box, np.ndarray) and box.ndim == 0 else box


def opened_as(box, cls, kind):
    """What a resource tensor holds.

    Args:
        box: The tensor's value.
        cls: The class that it must be of.
        kind: How to call that in an error.

    Raises:
        InvalidArgumentError: It points to something else.
    """
    thing = opened(box)
    if not isinstance(thing, cls):
        raise InvalidArgumentError(
            f"Trying to access a handle's resource using the wrong type. The handle points to a resource of type "
            f"'{getattr(thing, 'kind', type(thing).__name__)}' but you are trying to access the resource as type "
            f"'{kind}'"
        )
    return thing


class Shared:
    """Things by name, kept until they are taken out; without a name, new ones."""

    def __init__(self):
        self._lock = threading.Lock()
        self._named = {}

    def get(self, container, name, make):
        """The thing of that name, made if there is none."""
        if not name:
            return make()
        return self.always(container, name, make)

    def always(self, container, name, make):
        """The same, where no name is a name, too."""
        key = _text(container), _text(name)
        with self._lock:
            if key not in self._named:
                self._named[key] = make()
            return self._named[key]


def _text(name):
    return name.decode("utf-8", "replace") if isinstance(name, bytes) else name
