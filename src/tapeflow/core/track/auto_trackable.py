"""Objects whose attributes are their children in checkpoints."""

from tapeflow.core.base.function_types import ConcreteFunction, PolymorphicFunction
from tapeflow.core.base.trackable import SaveType, Trackable
from tapeflow.core.track.data_structures import NoDependency, sticky_attribute_assignment


class AutoTrackable(Trackable):
    """A `Trackable` whose attributes are its children; plain lists, dicts and tuples become tracking ones.

    >>> thing = AutoTrackable()
    >>> thing.weights = [tf.Variable(1.0), tf.Variable(2.0)]
    >>> thing._trackable_children()
    {'weights': ListWrapper([<tf.Variable 'Variable:0' shape=() dtype=float32, numpy=1.0>, \
<tf.Variable 'Variable:0' shape=() dtype=float32, numpy=2.0>])}
    """

    def __setattr__(self, name, value):
        try:
            if getattr(self, name) is value:
                return
        except AttributeError:
            pass
        if getattr(self, "_self_setattr_tracking", True):
            value = sticky_attribute_assignment(trackable=self, value=value, name=name)
        super().__setattr__(name, value)

    def __delattr__(self, name):
        self._delete_tracking(name)
        super().__delattr__(name)

    def _no_dependency(self, value):
        return NoDependency(value)

    def _trackable_children(self, save_type=SaveType.CHECKPOINT, **kwargs):
        if save_type != SaveType.SAVEDMODEL:
            return super()._trackable_children(save_type, **kwargs)
        functions = functions_of(self)
        # Tracing may make variables: the children are asked for afterwards.
        for function in functions.values():
            if isinstance(function, PolymorphicFunction):
                function._list_all_concrete_functions_for_serialization()
        children = {}
        self._maybe_initialize_trackable()
        for name, child in self._checkpoint_dependencies:
            if isinstance(child, (PolymorphicFunction, ConcreteFunction)):
                continue
            if name in functions and child is not functions[name]:
                raise ValueError(
                    "Can't save object because it has multiple children with the same name. "
                    f"Object: {self}, attribute name: {name}, child 1: {child}, child 2: {functions[name]}"
                )
            children[name] = child
        return children | functions


    def _delete_tracking(self, name):
        """Forgets the child of a name."""
        self._maybe_initialize_trackable()
        if name in self._unconditional_dependency_names:
            del self._unconditional_dependency_names[name]
            references = self._unconditional_checkpoint_dependencies
            references[:] = [reference for reference in references if reference.name != name]

    def _add_trackable_child(self, name, value):
        setattr(self, name, value)


def functions_of(obj):
    """Name -> `tf.function`, of an object's attributes and its class's, by name. Properties are not evaluated."""
    found = {}
    for name in sorted({*vars(obj), *dir(type(obj))}):
        held = vars(obj).get(name)
        if held is None and isinstance(getattr(type(obj), name, None), (PolymorphicFunction, ConcreteFunction)):
            held = getattr(obj, name)  # bound to the object
        if isinstance(held, (PolymorphicFunction, ConcreteFunction)):
            found[name] = held
    return found
