"""How values become children: wrapping lists, dicts and tuples when they are set as attributes."""

import logging

from tapeflow.core.base.trackable import Trackable
from tapeflow.core.values.variable import Variable

# Exact type -> (value -> its tracking twin); `data_structures` fills both.
WRAPPERS = {}
TUPLE_WRAPPER = []


class NoDependency:
    """Marks a value that is set as an attribute: checkpoints leave it out.

    Args:
        value: The value; the attribute is the value itself.
    """

    __slots__ = ("value",)

    def __init__(self, value):
        self.value = value


def wrap_or_unwrap(value):
    """Returns the tracking twin of a plain list, dict or tuple; what a `NoDependency` holds; else the value.

    Subclasses of list and dict are left as they are.
    """
    if isinstance(value, NoDependency):
        return value.value
    if isinstance(value, Trackable):
        return value
    wrapper = WRAPPERS.get(type(value))
    if wrapper is not None:
        return wrapper(value)
    if isinstance(value, tuple) and _holds_trackables(value):
        return TUPLE_WRAPPER[0](value)
    return value


def _holds_trackables(value):
    return any(
        isinstance(item, (NoDependency, Trackable))
        or type(item) in WRAPPERS
        or (isinstance(item, tuple) and _holds_trackables(item))
        for item in value
    )


def sticky_attribute_assignment(trackable, name, value):
    """Makes a value a child of `trackable` if it can be one.

    Args:
        trackable: Whose attribute is set.
        name: The attribute.
        value: The value, or a `NoDependency`.

    Returns:
        What the attribute is to be: the value or its tracking twin.
    """
    tracked = not isinstance(value, NoDependency)
    value = wrap_or_unwrap(value)
    if tracked and isinstance(value, Trackable):
        trackable._track_trackable(value, name=name, overwrite=True)
    return value


class TrackableDataStructure(Trackable):
    """What lists, dicts and tuples that track their items have in common."""

    def __init__(self):
        self._self_trainable = True

    @property
    def trainable(self):
        """Whether the variables inside count as trainable."""
        return self._self_trainable

    @trainable.setter
    def trainable(self, value):
        self._self_trainable = value

    def _track_value(self, value, name):
        """The value as it is kept; it is a child if it can be one.

        A value that waits for it in a checkpoint but does not fit is passed over with a warning, as in TensorFlow: it
        is easy to put a variable in a place of a list that another one had.
        """
        try:
            return sticky_attribute_assignment(trackable=self, value=value, name=name)
        except ValueError as error:
            logging.getLogger("tensorflow").warning("%s: not restored from a checkpoint: %s", name, error)
            return sticky_attribute_assignment(trackable=self, value=value, name=name)

    @property
    def _values(self):
        raise NotImplementedError("Abstract method")

    @property
    def _layers(self):
        return [item for item in self._values if isinstance(item, TrackableDataStructure) or _is_layer(item)]

    @property
    def layers(self):
        """The layers inside, those of lists and dicts among them too."""
        found = []
        for item in self._layers:
            found += item.layers if isinstance(item, TrackableDataStructure) else [item]
        return found

    def _gathered(self, which):
        found = []
        for item in self._values:
            if isinstance(item, Trackable) and not isinstance(item, Variable):
                found += getattr(item, which, ())
        return found

    def _own(self):
        return [item for item in self._values if isinstance(item, Variable)]

    @property
    def trainable_weights(self):
        """The trainable variables inside: those of layers and modules first."""
        if not self._self_trainable:
            return []
        return self._gathered("trainable_variables") + [v for v in self._own() if v.trainable]

    @property
    def non_trainable_weights(self):
        """The variables inside that are not trainable."""
        fixed = self._gathered("non_trainable_variables")
        own = [v for v in self._own() if not v.trainable]
        if self._self_trainable:
            return fixed + own
        return self._gathered("trainable_variables") + [v for v in self._own() if v.trainable] + fixed + own

    @property
    def weights(self):
        """All variables inside."""
        return self.trainable_weights + self.non_trainable_weights

    @property
    def trainable_variables(self):
        """The trainable variables inside."""
        return self.trainable_weights

    @property
    def non_trainable_variables(self):
        """The variables inside that are not trainable."""
        return self.non_trainable_weights

    @property
    def variables(self):
        """All variables inside."""
        return self.weights

    def __hash__(self):
        return id(self)

    def __eq__(self, other):
        return self is other


def _is_layer(item):
    return hasattr(item, "trainable_weights") and hasattr(item, "non_trainable_weights")
