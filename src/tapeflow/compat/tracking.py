"""Temporary: what Keras needs of tracking before core/track has it."""

import functools


class Trackable:
    def _track_trackable(self, trackable, name, overwrite=False):
        return trackable

    def _trackable_children(self, save_type="checkpoint", **kwargs):
        return {}

    def _no_dependency(self, value):
        return value


class AutoTrackable(Trackable):
    pass


def no_automatic_dependency_tracking(method):
    @functools.wraps(method)
    def wrapper(self, *args, **kwargs):
        previous = getattr(self, "_self_setattr_tracking", True)
        self._self_setattr_tracking = False
        try:
            return method(self, *args, **kwargs)
        finally:
            self._self_setattr_tracking = previous

    return wrapper


class ListWrapper(list):
    pass


class _DictWrapper(dict):
    pass
