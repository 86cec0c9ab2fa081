"""Dicts whose values are children in checkpoints."""

import copy
from collections import abc

from tapeflow.core.base.trackable import SaveType, Trackable
from tapeflow.core.track.tracked import (
    NoDependency,
    TrackableDataStructure,
    wrap_or_unwrap,
)
from tapeflow.core.track.tracked_list import UntrackableError, is_function


class Mapping(TrackableDataStructure, abc.Mapping):
    """A dict with keys of text that only grows, of trackable values.

    Args:
        *args, **kwargs: As of `dict`.
    """

    def __init__(self, *args, **kwargs):
        super().__init__()
        self._storage = {}
        self.update(*args, **kwargs)

    @property
    def _values(self):
        return [self._storage[key] for key in sorted(self._storage)]

    def __setitem__(self, key, value):
        if not isinstance(key, str):
            raise TypeError(f"Mapping accepts only string keys, but got a key {key!r}.")
        value = self._track_value(value, key)
        if not isinstance(value, Trackable):
            raise UntrackableError(
                "Only trackable objects (such as Layers or Optimizers) may be stored in a List object. "
                f"Got {value}, which does not inherit from Trackable."
            )
        if self._storage.setdefault(key, value) is not value:
            raise ValueError(
                f"Mappings are an append-only data structure. Tried to overwrite the key '{key}' with value {value}, "
                f"but it already contains {self._storage[key]}"
            )

    def update(self, *args, **kwargs):
        """Adds the items of another dict."""
        for key, value in dict(*args, **kwargs).items():
            self[key] = value

    def __getitem__(self, key):
        return self._storage[key]

    def __len__(self):
        return len(self._storage)

    def __iter__(self):
        return iter(self._storage)

    def __repr__(self):
        return f"Mapping({self._storage!r})"


class _DictWrapper(TrackableDataStructure, abc.MutableMapping, dict):  # type: ignore[misc,metaclass]
    """The tracking twin of a plain dict: what a dict becomes as an attribute of a module.

    It changes the dict that it was made of. It cannot be saved while something trackable stands under a key that is
    not text, nor after the dict was changed behind its back.

    Args:
        wrapped_dict: The dict, or pairs.
    """

    def __init__(self, wrapped_dict=None):
        if not isinstance(wrapped_dict, abc.Mapping):
            wrapped_dict = dict(wrapped_dict or ())
        self.__wrapped__ = wrapped_dict
        super().__init__()
        self._self_non_string_key = self._self_external_modification = False
        for key, value in list(wrapped_dict.items()):
            wrapped_dict[key] = self._kept(key, value)
        self._self_last_wrapped_dict_snapshot = {}
        self._update_snapshot()

    @property
    def _values(self):
        try:
            return [self.__wrapped__[key] for key in sorted(self.__wrapped__)]
        except TypeError:  # keys of several types
            return list(self.__wrapped__.values())

    # -- changes -------------------------------------------------------------------------------------

    def _kept(self, key, value):
        """The value as it is kept; it is a child if its key is text."""
        if isinstance(key, str):
            return TrackableDataStructure._track_value(self, value, key)
        kept = wrap_or_unwrap(value)
        if isinstance(kept, Trackable) and not isinstance(value, NoDependency):
            self._self_non_string_key = True
        return kept

    def _track_value(self, value, name):
        return self._kept(name, value)

    @property
    def _dirty(self):
        return self._self_external_modification or self._self_non_string_key

    def _check_self_external_modification(self):
        """Notes changes of the wrapped dict that did not come through here."""
        if self._dirty:
            return
        before, now = self._self_last_wrapped_dict_snapshot, self.__wrapped__
        if before.keys() != now.keys() or any(_differs(before[key], now[key]) for key in now):
            self._self_external_modification = True
            self._self_last_wrapped_dict_snapshot = None

    def _update_snapshot(self):
        # Python's own functions read what a dict subclass has in itself.
        dict.clear(self)
        dict.update(self, self.__wrapped__)
        if not self._dirty:
            self._self_last_wrapped_dict_snapshot = dict(self.__wrapped__)

    def __setitem__(self, key, value):
        self._check_self_external_modification()
        self._maybe_initialize_trackable()
        kept = self.__wrapped__[key] = self._kept(key, value)
        dict.__setitem__(self, key, kept)
        if not self._dirty:
            self._self_last_wrapped_dict_snapshot[key] = kept

    def __delitem__(self, key):
        self._check_self_external_modification()
        del self.__wrapped__[key]
        self._update_snapshot()

    def update(self, *args, **kwargs):
        """Takes over the items of another dict."""
        for key, value in dict(*args, **kwargs).items():
            self[key] = value

    # -- saving --------------------------------------------------------------------------------------

    def _trackable_children(self, save_type=SaveType.CHECKPOINT, **kwargs):
        self._check_self_external_modification()
        if self._self_non_string_key:
            raise ValueError(
                f"Unable to save the object {self} (a dictionary wrapper constructed automatically on attribute "
                "assignment). The wrapped dictionary contains a non-string key which maps to a trackable object or "
                "mutable data structure.\n\nIf you don't need this dictionary checkpointed, wrap it in a "
                "non-trackable object; it will be subsequently ignored."
            )
        if self._self_external_modification:
            raise ValueError(
                f"Unable to save the object {self} (a dictionary wrapper constructed automatically on attribute "
                "assignment). The wrapped dictionary was modified outside the wrapper (its final value was "
                f"{self}), which breaks restoration on object creation.\n\nIf you don't need this dictionary "
                "checkpointed, wrap it in a non-trackable object; it will be subsequently ignored."
            )
        children = super()._trackable_children(save_type, **kwargs)
        if save_type == SaveType.SAVEDMODEL:
            children |= {key: value for key, value in self.items() if is_function(value)}
        return children

    # -- as a dict -----------------------------------------------------------------------------------

    def __getitem__(self, key):
        return self.__wrapped__[key]

    def __iter__(self):
        return iter(self.__wrapped__)

    def __reversed__(self):
        return reversed(self.__wrapped__)

    def __len__(self):
        return len(self.__wrapped__)

    def __contains__(self, key):
        return key in self.__wrapped__

    def __or__(self, other):
        return self.__wrapped__ | getattr(other, "__wrapped__", other)

    def __ror__(self, other):
        return other | self.__wrapped__

    def __ior__(self, other):
        self.update(other)
        return self

    def __eq__(self, other):
        return self.__wrapped__ == getattr(other, "__wrapped__", other)

    def __ne__(self, other):
        return not self == other

    def __hash__(self):
        raise TypeError("unhashable type: 'DictWrapper'")

    def copy(self):
        """Returns a dict of the same items."""
        return copy.copy(self)

    def __copy__(self):
        return self._marked(_DictWrapper(copy.copy(self.__wrapped__)))

    def __deepcopy__(self, memo):
        return self._marked(_DictWrapper(copy.deepcopy(self.__wrapped__, memo)))

    def _marked(self, copied):
        copied._self_external_modification = self._self_external_modification
        copied._self_non_string_key = self._self_non_string_key
        return copied

    def __reduce_ex__(self, protocol):
        return type(self), (self.__wrapped__,)

    def __str__(self):
        return str(self.__wrapped__)

    def __repr__(self):
        return f"DictWrapper({self.__wrapped__!r})"


def _differs(a, b):
    if a is b:
        return False
    return isinstance(a, Trackable) or isinstance(b, Trackable) or type(a) is not type(b) or bool(a != b)
