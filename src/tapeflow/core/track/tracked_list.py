"""Lists whose items are children in checkpoints."""

import copy
from collections import abc

from tapeflow.core.base.function_types import ConcreteFunction, PolymorphicFunction
from tapeflow.core.base.trackable import SaveType, Trackable
from tapeflow.core.track.tracked import TrackableDataStructure


class UntrackableError(ValueError):
    """Something that cannot be a child was put into a `List` or `Mapping`."""


def is_function(value):
    """Whether a value is what `tf.function` makes."""
    return isinstance(value, (PolymorphicFunction, ConcreteFunction))


class List(TrackableDataStructure, abc.Sequence):
    """A list that only grows, of trackable items.

    Args:
        *args, **kwargs: As of `list`.
    """

    def __init__(self, *args, **kwargs):
        super().__init__()
        self._storage = self._make_storage(*args, **kwargs)
        for index, item in enumerate(self._storage):
            self._storage[index] = self._track_value(item, name=str(index))

    def _make_storage(self, *args, **kwargs):
        return list(*args, **kwargs)

    def _track_value(self, value, name):
        value = super()._track_value(value, name)
        if not isinstance(value, Trackable):
            raise UntrackableError(
                "Only trackable objects (such as Layers or Optimizers) may be stored in a List object. "
                f"Got {value}, which does not inherit from Trackable."
            )
        return value

    @property
    def _values(self):
        return self

    def copy(self):
        """Returns a list of the same items."""
        return type(self)(copy.copy(self._storage))

    def __copy__(self):
        return self.copy()

    def __deepcopy__(self, memo):
        return type(self)(copy.deepcopy(self._storage, memo))

    def append(self, value):
        """Adds an item."""
        self._storage.append(self._track_value(value, str(len(self._storage))))

    def extend(self, values):
        """Adds items."""
        for value in values:
            self.append(value)

    def __iadd__(self, values):
        self.extend(values)
        return self

    def __add__(self, other):
        return self._storage + getattr(other, "_storage", other)

    def __radd__(self, other):
        return other + self._storage

    def __imul__(self, y):
        if y <= 0:
            raise ValueError(f"List only supports append, multiplying in place by {y} removes elements.")
        for item in self._storage * (y - 1):
            self.append(item)
        return self

    def __mul__(self, n):
        return self._storage * n

    __rmul__ = __mul__

    def __getitem__(self, key):
        return self._storage[key]

    def __len__(self):
        return len(self._storage)

    def __iter__(self):
        return iter(self._storage)

    def __contains__(self, item):
        return item in self._storage

    def __repr__(self):
        return f"List({self._storage!r})"


class ListWrapper(List, abc.MutableSequence, list):  # type: ignore[misc,metaclass]
    """The tracking twin of a plain list: what a list becomes as an attribute of a module.

    It changes the list that it was made of. Items may be replaced and removed, but then it cannot be saved: the names
    of the items in a checkpoint are their places.

    Args:
        wrapped_list: The list.
    """

    def __init__(self, wrapped_list):
        self._non_append_mutation = self._external_modification = False
        super().__init__(wrapped_list)
        self._last_wrapped_list_snapshot = None
        self._update_snapshot()

    def _make_storage(self, wrapped_list):
        return wrapped_list

    def _track_value(self, value, name):
        return TrackableDataStructure._track_value(self, value, name)

    # -- changes -------------------------------------------------------------------------------------

    def _check_external_modification(self):
        """Notes changes of the wrapped list that did not come through here."""
        if self._external_modification or self._non_append_mutation:
            return
        before, now = self._last_wrapped_list_snapshot, self._storage
        if len(before) != len(now) or any(a is not b and _differs(a, b) for a, b in zip(before, now, strict=True)):
            self._external_modification = True
            self._last_wrapped_list_snapshot = None

    def _update_snapshot(self):
        # Python's own functions read the items that a list subclass has in itself, not what `__iter__` says.
        list.__setitem__(self, slice(None), self._storage)
        if not (self._external_modification or self._non_append_mutation):
            self._last_wrapped_list_snapshot = list(self._storage)

    def _is_fixed(self):
        """Whether removing or moving items would change names in checkpoints."""
        return self._non_append_mutation or any(isinstance(item, Trackable) for item in self._storage)

    def _about_to_move(self):
        self._check_external_modification()
        self._non_append_mutation = self._is_fixed()

    def __delitem__(self, key):
        self._about_to_move()
        del self._storage[key]
        self._update_snapshot()

    def __setitem__(self, key, value):
        self._check_external_modification()
        if isinstance(key, slice):
            self._set_slice(key, value)
        else:
            if isinstance(self._storage[key], Trackable):
                self._non_append_mutation = True
            place = key if key >= 0 else key + len(self._storage)
            self._storage[key] = self._track_value(value, str(place))
        self._update_snapshot()

    def _set_slice(self, key, value):
        before = list(self._storage)
        self._storage[key] = value
        self._non_append_mutation |= any(isinstance(item, Trackable) for item in before)
        for place, item in enumerate(self._storage):
            if place >= len(before) or item is not before[place]:
                self._storage[place] = self._track_value(item, str(place))

    def append(self, value):
        """Adds an item."""
        self._check_external_modification()
        super().append(value)
        list.append(self, self._storage[-1])
        if self._last_wrapped_list_snapshot is not None:
            self._last_wrapped_list_snapshot.append(self._storage[-1])

    def insert(self, index, obj):
        """Puts an item before the one at `index`."""
        self._check_external_modification()
        if self._is_fixed() or isinstance(obj, Trackable):
            self._non_append_mutation = True
        self._storage.insert(index, obj)
        self._update_snapshot()

    def sort(self, *, key=None, reverse=False):
        """Sorts in place."""
        self._about_to_move()
        self._storage.sort(key=key, reverse=reverse)
        self._update_snapshot()

    def __imul__(self, y):
        if y > 0:
            return super().__imul__(y)
        self._about_to_move()
        self._storage *= y
        self._update_snapshot()
        return self

    # -- saving --------------------------------------------------------------------------------------

    def _trackable_children(self, save_type=SaveType.CHECKPOINT, **kwargs):
        self._check_external_modification()
        if self._non_append_mutation:
            raise ValueError(
                f"Unable to save the object {self} (a list wrapper constructed to track trackable TensorFlow objects). "
                "A list element was replaced (__setitem__, __setslice__), deleted (__delitem__, __delslice__), or "
                "moved (sort). In order to support restoration on object creation, tracking is exclusively for "
                "append-only data structures.\n\nIf you don't need this list checkpointed, wrap it in a non-trackable "
                "object; it will be subsequently ignored."
            )
        if self._external_modification:
            raise ValueError(
                f"Unable to save the object {self} (a list wrapper constructed to track trackable TensorFlow objects). "
                f"The wrapped list was modified outside the wrapper (its final value was {self._storage}), which "
                "breaks restoration on object creation.\n\nIf you don't need this list checkpointed, wrap it in a "
                "NoDependency object; it will be subsequently ignored."
            )
        children = super()._trackable_children(save_type, **kwargs)
        if save_type == SaveType.SAVEDMODEL:
            children |= {str(place): item for place, item in enumerate(self) if is_function(item)}
        return children

    # -- as a list -----------------------------------------------------------------------------------

    def __copy__(self):
        return self._marked(super().__copy__())

    def __deepcopy__(self, memo):
        return self._marked(super().__deepcopy__(memo))

    def _marked(self, copied):
        copied._non_append_mutation = self._non_append_mutation
        copied._external_modification = self._external_modification
        return copied

    def __reduce_ex__(self, protocol):
        return type(self), (self._storage,)

    def __eq__(self, other):
        return self._storage == getattr(other, "_storage", other)

    def __ne__(self, other):
        return self._storage != getattr(other, "_storage", other)

    def __lt__(self, other):
        return self._storage < getattr(other, "_storage", other)

    def __le__(self, other):
        return self._storage <= getattr(other, "_storage", other)

    def __gt__(self, other):
        return self._storage > getattr(other, "_storage", other)

    def __ge__(self, other):
        return self._storage >= getattr(other, "_storage", other)

    def __hash__(self):
        raise TypeError("unhashable type: 'ListWrapper'")

    def __repr__(self):
        return f"ListWrapper({self._storage!r})"


def _differs(a, b):
    """Whether an item is another one; equal plain values are the same."""
    return isinstance(a, Trackable) or isinstance(b, Trackable) or type(a) is not type(b) or bool(a != b)
