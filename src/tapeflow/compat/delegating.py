"""`tf.__internal__.tracking.DelegatingTrackableMixin`: an object that is saved as another one is."""

from tapeflow.core.base.trackable import Trackable

_METHODS = [
    name
    for name, value in vars(Trackable).items()
    if name.startswith("_") and not name.startswith("__") and (callable(value) or isinstance(value, property))
]


class DelegatingTrackableMixin:
    """Hands everything about tracking on to another object.

    Args:
        trackable_obj: The object that is tracked.
    """

    def __init__(self, trackable_obj):
        self._trackable = trackable_obj


def _handed_on(name):
    if isinstance(vars(Trackable)[name], property):
        return property(
            lambda self: getattr(self._trackable, name), lambda self, value: setattr(self._trackable, name, value)
        )

    def call(self, *args, **kwargs):
        return getattr(self._trackable, name)(*args, **kwargs)

    call.__name__ = name
    return call


for _name in _METHODS:
    setattr(DelegatingTrackableMixin, _name, _handed_on(_name))
