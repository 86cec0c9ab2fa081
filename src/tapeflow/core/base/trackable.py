"""What objects that hold state have in common: named children, tensors to save, and restores that wait for a child.

The private names are TensorFlow's: Keras, Sonnet and programs define and call them. Who restores is a `position` in a
checkpoint (`core/files/restore.py`); an object only keeps those that wait for children that it does not have yet.
"""

import enum
import functools
from contextlib import contextmanager

VARIABLE_VALUE_KEY = "VARIABLE_VALUE"


class SaveType(enum.StrEnum):
    """What an object's children are asked for."""

    SAVEDMODEL = "savedmodel"
    CHECKPOINT = "checkpoint"


class TrackableReference:
    """A named child; unpacks to name and object.

    Attributes:
        name: The name.
        ref: The object.
    """

    __slots__ = ("_name", "_ref")

    def __init__(self, name, ref):
        self._name, self._ref = name, ref

    @property
    def name(self):
        """The name."""
        return self._name

    @property
    def ref(self):
        """The object."""
        return self._ref

    def __iter__(self):
        yield self.name
        yield self.ref

    def __repr__(self):
        return f"{type(self).__name__}(name={self.name}, ref={self.ref})"

    def __eq__(self, other):
        if isinstance(other, tuple):
            return (self.name, self.ref) == other
        return isinstance(other, TrackableReference) and self.name == other.name and self.ref == other.ref

    __hash__ = None  # type: ignore[assignment]


class WeakTrackableReference(TrackableReference):
    """A named child that is held weakly."""

    __slots__ = ()

    def __init__(self, name, ref):
        import weakref

        super().__init__(name, ref if isinstance(ref, weakref.ref) else weakref.ref(ref))

    @property
    def ref(self):
        """The object."""
        return self._ref()


def no_automatic_dependency_tracking(method):
    """Decorates a method in which setting attributes tracks nothing."""

    @functools.wraps(method)
    def wrapper(self, *args, **kwargs):
        before = getattr(self, "_self_setattr_tracking", True)
        self._self_setattr_tracking = False
        try:
            return method(self, *args, **kwargs)
        finally:
            self._self_setattr_tracking = before

    return wrapper


@contextmanager
def no_automatic_dependency_tracking_scope(obj):
    """Context in which setting attributes of `obj` tracks nothing."""
    before = getattr(obj, "_setattr_tracking", True)
    obj._setattr_tracking = False
    try:
        yield
    finally:
        obj._setattr_tracking = before


@contextmanager
def no_manual_dependency_tracking_scope(obj):
    """Context in which `obj._track_trackable` tracks nothing."""
    before = getattr(obj, "_manual_tracking", True)
    obj._manual_tracking = False
    try:
        yield
    finally:
        obj._manual_tracking = before


class CheckpointInitialValueCallable:
    """An initializer that takes the value from a checkpoint.

    Args:
        checkpoint_position: Where in the checkpoint.
    """

    def __init__(self, checkpoint_position):
        self._checkpoint_position = checkpoint_position

    @property
    def checkpoint_position(self):
        """Where in the checkpoint the value is."""
        return self._checkpoint_position

    def __call__(self, shape=None, dtype=None, shard_info=None):
        return CheckpointInitialValue(self._checkpoint_position, shape, shard_info=shard_info)

    @property
    def restore_uid(self):
        """The number of the restore."""
        return self._checkpoint_position.restore_uid


class CheckpointInitialValue:
    """An initial value from a checkpoint, which tells its variable which restore it is of.

    Args:
        checkpoint_position: Where in the checkpoint.
        shape: The shape of the variable.
        shard_info: Which part of it is wanted, or None.
    """

    def __init__(self, checkpoint_position, shape=None, shard_info=None):
        part = None
        if shard_info:
            cuts = ":".join(f"{o},{s}" for o, s in zip(shard_info.offset, shard_info.shape, strict=True))
            part = {VARIABLE_VALUE_KEY: " ".join(map(str, shape)) + " " + cuts}
        self.wrapped_value = checkpoint_position.value_tensors(part)[VARIABLE_VALUE_KEY]
        self._checkpoint_position = checkpoint_position

    def __tf_tensor__(self, dtype=None, name=None):
        return self.wrapped_value

    @property
    def checkpoint_position(self):
        """Where in the checkpoint the value is."""
        return self._checkpoint_position


class Trackable:
    """An object whose state checkpoints hold: through its children, or as tensors of its own.

    Children are named with `_track_trackable`; `AutoTrackable` does it for every attribute that is set.
    """

    @property
    def _setattr_tracking(self):
        return self.__dict__.setdefault("_self_setattr_tracking", True)

    @_setattr_tracking.setter
    def _setattr_tracking(self, value):
        self._self_setattr_tracking = value

    @property
    def _update_uid(self):
        return self._self_update_uid

    @_update_uid.setter
    def _update_uid(self, value):
        self._self_update_uid = value

    @property
    def _unconditional_checkpoint_dependencies(self):
        return self._self_unconditional_checkpoint_dependencies

    @property
    def _unconditional_dependency_names(self):
        return self._self_unconditional_dependency_names

    @property
    def _name_based_restores(self):
        return self._self_name_based_restores

    @no_automatic_dependency_tracking
    def _maybe_initialize_trackable(self):
        """Makes the object ready to have children; most constructors forget to call their parents'."""
        if hasattr(self, "_self_unconditional_checkpoint_dependencies"):
            return
        self._self_unconditional_checkpoint_dependencies = []
        self._self_unconditional_dependency_names = {}
        self._self_unconditional_deferred_dependencies = {}  # name -> positions that wait for the child
        self._self_update_uid = -1  # the newest restore that gave this object its value
        self._self_name_based_restores = set()
        self._self_saveable_object_factories = {}

    @property
    def _object_identifier(self):
        return "_generic_user_object"

    def _no_dependency(self, value):
        return value

    def _name_based_attribute_restore(self, checkpoint):
        """Restores from a checkpoint that knows tensors by the names of variables, now and for later children."""
        self._self_name_based_restores.add(checkpoint)
        if self._self_update_uid < checkpoint.restore_uid:
            checkpoint.eager_restore(self)
            self._self_update_uid = checkpoint.restore_uid

    # -- children ------------------------------------------------------------------------------------

    @property
    def _checkpoint_dependencies(self):
        return self._self_unconditional_checkpoint_dependencies

    @property
    def _deferred_dependencies(self):
        return self._self_unconditional_deferred_dependencies

    def _trackable_children(self, save_type=SaveType.CHECKPOINT, cache=None, **kwargs):
        """Returns name -> child, in the order in which they were named."""
        self._maybe_initialize_trackable()
        return dict(iter(reference) for reference in self._checkpoint_dependencies)

    def _lookup_dependency(self, name, cached_dependencies=None):
        """Returns the child of a name, or None."""
        if cached_dependencies:
            return cached_dependencies.get(name)
        return self._self_unconditional_dependency_names.get(name)

    def _track_trackable(self, trackable, name, overwrite=False):
        """Names a child; values that wait for it in a checkpoint are restored.

        Args:
            trackable: The child.
            name: Its name in checkpoints.
            overwrite: Whether another child of that name may be replaced.

        Returns:
            The child.

        Raises:
            TypeError: It is not a `Trackable`.
            ValueError: There is another child of that name.
        """
        self._maybe_initialize_trackable()
        if not isinstance(trackable, Trackable):
            raise TypeError(
                "Trackable._track_trackable() can only be used to track objects of type Trackable. "
                f"Got type {type(trackable)}."
            )
        if not getattr(self, "_manual_tracking", True):
            return trackable
        current = self._lookup_dependency(name)
        if current is None:
            self._self_unconditional_checkpoint_dependencies.append(TrackableReference(name, trackable))
            self._handle_deferred_dependencies(name, trackable)
        elif current is not trackable:
            if not overwrite:
                raise ValueError(
                    f"Called Trackable._track_trackable() with name='{name}', but a Trackable with this name is "
                    "already declared as a dependency. Names must be unique (or overwrite=True)."
                )
            references = self._self_unconditional_checkpoint_dependencies
            for i, reference in enumerate(references):
                if reference.name == name:
                    references[i] = TrackableReference(name, trackable)
        self._self_unconditional_dependency_names[name] = trackable
        return trackable

    def _handle_deferred_dependencies(self, name, trackable):
        """Restores what waits for a child of this name."""
        self._maybe_initialize_trackable()
        trackable._maybe_initialize_trackable()
        waiting = self._deferred_dependencies.pop(name, ())
        for position in sorted(waiting, key=lambda one: one.checkpoint.restore_uid, reverse=True):
            position.restore(trackable)
        for restore in sorted(self._self_name_based_restores, key=lambda one: one.restore_uid, reverse=True):
            trackable._name_based_attribute_restore(restore)

    def _preload_simple_restoration(self, name):
        """Returns an initializer with the value that waits for a variable of this name, or None."""
        waiting = self._deferred_dependencies.get(name, ())
        if not waiting or not all(position.is_simple_variable() for position in waiting):
            return None
        return CheckpointInitialValueCallable(max(waiting, key=lambda one: one.checkpoint.restore_uid))

    def _add_variable_with_custom_getter(
        self, name, shape=None, dtype="float32", initializer=None, getter=None, overwrite=False, **kwargs_for_getter
    ):
        """Makes a variable with `getter` and names it; a value that waits in a checkpoint is its initial one.

        Raises:
            ValueError: There is a child of that name.
        """
        self._maybe_initialize_trackable()
        if not overwrite and self._lookup_dependency(name) is not None:
            raise ValueError(
                f"A variable named '{name}' already exists in this Trackable, but "
                f"Trackable._add_variable called to create another with that name. Variable names must be unique "
                "within a Trackable object."
            )
        restored = self._preload_simple_restoration(name)
        variable = getter(
            name=name, shape=shape, dtype=dtype, initializer=initializer if restored is None else restored,
            **kwargs_for_getter,
        )  # fmt: skip
        if not overwrite or isinstance(variable, Trackable):
            return self._track_trackable(variable, name=name, overwrite=overwrite)
        return variable

    # -- state ---------------------------------------------------------------------------------------

    def _gather_saveables_for_checkpoint(self):
        return getattr(self, "_self_saveable_object_factories", {})

    def _serialize_to_tensors(self):
        """Returns name -> tensor: what checkpoints hold of the object itself."""
        raise NotImplementedError

    def _restore_from_tensors(self, restored_tensors):
        """Takes tensors back by the names that `_serialize_to_tensors` gave them."""
        raise NotImplementedError

    def _serialize_to_proto(self, object_proto=None, **kwargs):
        return None

    @classmethod
    def _deserialize_from_proto(
        cls, proto=None, dependencies=None, object_proto=None, export_dir=None, asset_file_def=None,
        operation_attributes=None, **kwargs,
    ):  # fmt: skip
        return cls()

    def _add_trackable_child(self, name, value):
        """Connects a child that was made when a saved model was loaded."""
        self._track_trackable(value, name, overwrite=True)

    def _deserialization_dependencies(self, children):
        return {}

    def _export_to_saved_model_graph(self, object_map, tensor_map, options, **kwargs):
        return []

    def _copy_trackable_to_cpu(self, object_map):
        raise NotImplementedError(
            "Need to implement _copy_trackable_to_cpu() if the Trackable requires AsyncCheckpoint support."
        )

    def _checkpoint_adapter(self, path):
        return None


def saves_itself(obj):
    """Whether an object has tensors of its own to save: its class defines `_serialize_to_tensors`."""
    if "_serialize_to_tensors" in getattr(obj, "__dict__", ()):
        return True
    return type(obj)._serialize_to_tensors is not Trackable._serialize_to_tensors
