"""The containers that track their items, and what makes them of plain ones."""

import collections
import copy
from functools import cache

from tapeflow.core.base.trackable import SaveType
from tapeflow.core.track.tracked import (
    TUPLE_WRAPPER,
    WRAPPERS,
    NoDependency,
    TrackableDataStructure,
    sticky_attribute_assignment,
    wrap_or_unwrap,
)
from tapeflow.core.track.tracked_dict import Mapping, _DictWrapper
from tapeflow.core.track.tracked_list import List, ListWrapper

__all__ = [
    "List", "ListWrapper", "Mapping", "NoDependency", "TrackableDataStructure", "_DictWrapper", "_TupleWrapper",
    "sticky_attribute_assignment", "wrap_or_unwrap",
]  # fmt: skip


class _TupleWrapper(TrackableDataStructure, tuple):
    """The tracking twin of a tuple that holds something trackable. Named tuples are children by name and by place.

    Args:
        original_wrapped_tuple: The tuple.
    """

    # The named tuple's own class, in the classes that `_named` makes.
    _self_kind: type | None = None

    def __new__(cls, *values):
        # Libraries that rebuild a named tuple call its class with the fields.
        original_wrapped_tuple = cls._original(values)
        kind = type(original_wrapped_tuple)
        named = hasattr(kind, "_fields")
        items = [wrap_or_unwrap(item) for item in original_wrapped_tuple]
        self = tuple.__new__(_named(kind) if named and cls is _TupleWrapper else cls, items)
        self.__wrapped__, self._self_tuple_is_constructable = _rebuilt(original_wrapped_tuple, items)
        return self

    def __init__(self, *values):
        super().__init__()
        if not self._self_tuple_is_constructable:
            return
        tracked = [not isinstance(item, NoDependency) for item in self._original(values)]
        for names in (getattr(self, "_fields", ()), map(str, range(len(self)))):
            for name, item, wanted in zip(names, self, tracked, strict=False):
                if wanted:
                    self._track_value(item, name)

    @classmethod
    def _original(cls, values):
        """The tuple that the arguments of the class stand for."""
        if cls._self_kind is not None and not (len(values) == 1 and isinstance(values[0], cls._self_kind)):
            return cls._self_kind(*values)
        return values[0] if values else ()

    @property
    def _values(self):
        return self

    def _trackable_children(self, save_type=SaveType.CHECKPOINT, **kwargs):
        if not self._self_tuple_is_constructable:
            raise ValueError(
                f"Unable to save because the namedtuple {self.__wrapped__} is not constructable from its _fields (i.e. "
                f"__new__ is overridden). Expected keyword arguments {self._fields}. If you do not need to save "
                "this object, consider wrapping it in a custom object that does not inherit from tuple."
            )
        return super()._trackable_children(save_type, **kwargs)

    def _rewrapped(self, items):
        """A tuple like this one with other items."""
        return _rebuilt(self.__wrapped__, items)[0] if hasattr(self, "_fields") else _TupleWrapper(tuple(items))

    def __eq__(self, other):
        return tuple.__eq__(self, other)

    def __ne__(self, other):
        return tuple.__ne__(self, other)

    def __hash__(self):
        return tuple.__hash__(self)

    def __copy__(self):
        return _TupleWrapper(copy.copy(self.__wrapped__))

    def __deepcopy__(self, memo):
        return _TupleWrapper(copy.deepcopy(self.__wrapped__, memo))

    def __reduce_ex__(self, protocol):
        return _TupleWrapper, (self.__wrapped__,)

    def __repr__(self):
        return f"_TupleWrapper({self.__wrapped__!r})"


def _rebuilt(original, items):
    """A tuple of the type of `original`, and whether its type can be made of fields."""
    kind = type(original)
    if not hasattr(kind, "_fields"):
        return (tuple(items) if kind is tuple else kind(items)), True
    try:
        return kind(**dict(zip(kind._fields, items, strict=True))), True
    except TypeError:
        return original, False


@cache
def _named(kind):
    """The class of the twins of a named tuple: it has the fields."""
    return type("_TupleWrapper", (_TupleWrapper, kind), {"_self_kind": kind})


WRAPPERS[list] = ListWrapper
WRAPPERS[dict] = WRAPPERS[collections.OrderedDict] = _DictWrapper
TUPLE_WRAPPER[:] = [_TupleWrapper]
