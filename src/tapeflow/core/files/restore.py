"""Restoring: walking the objects and the graph in a checkpoint side by side, by the names of children.

What the objects do not have yet waits in them (`Trackable._deferred_dependencies`) and is restored when a child of
that name comes.
"""

import collections
import itertools
import logging
import weakref

import numpy as np

from tapeflow.core.base import bundle_slices, dtypes
from tapeflow.core.base.errors import InvalidArgumentError, NotFoundError
from tapeflow.core.base.trackable import VARIABLE_VALUE_KEY, saves_itself
from tapeflow.core.graph.graph import Outside
from tapeflow.core.track.object_graph import (
    ATTRIBUTES,
    ObjectGraph,
    attribute_key,
    is_python_state,
    node_names,
    tensor_keys,
)
from tapeflow.core.values.tensor import EagerTensor
from tapeflow.core.values.variable import Variable

_uids = itertools.count(1)
new_uid = _uids.__next__

Slot = collections.namedtuple("Slot", "optimizer slot name")
DeferredSlot = collections.namedtuple("DeferredSlot", "variable slot name")


class Coordinator:
    """One restore of an object graph.

    Args:
        proto: The graph in the checkpoint.
        bundle: The checkpoint's `Bundle`.
        view: The view of the objects.
        options: `CheckpointOptions`.

    Attributes:
        object_by_proto_id: Number of a node -> the object that took its place; weak.
        matched_proto_ids: Numbers of nodes that ever had one.
        unused_attributes: Number of a node -> names of values that its object does not take.
    """

    def __init__(self, proto, bundle, view, options):
        self.object_graph_proto, self.bundle, self.graph_view, self.options = proto, bundle, view, options
        self.save_path_string = bundle.prefix
        self.restore_uid = new_uid()
        self.object_by_proto_id = _Bound()
        self.matched_proto_ids = set()
        self.unused_attributes = {}
        self.slot_restorations = collections.defaultdict(list)  # number of a variable -> Slots
        self.deferred_slot_restorations = {}  # number of an optimizer that is not there yet -> DeferredSlots
        if not options.experimental_skip_slot_variables:
            for number, node in enumerate(proto.nodes):
                for one in node.slot_variables:
                    slot = Slot(number, one.slot_variable_node_id, one.slot_name)
                    self.slot_restorations[one.original_variable_node_id].append(slot)
        self._teller = _Teller(proto, self.matched_proto_ids, self.unused_attributes)

    @property
    def expect_partial(self):
        """Whether nothing is said of values that were not restored."""
        return self._teller.silent

    @expect_partial.setter
    def expect_partial(self, value):
        self._teller.silent = value


class _Bound(dict):
    """Number -> object, held weakly if that can be."""

    def __setitem__(self, number, obj):
        try:
            super().__setitem__(number, weakref.ref(obj))
        except TypeError:  # tuples cannot be referred to weakly
            super().__setitem__(number, lambda: obj)

    def __getitem__(self, number):
        return super().__getitem__(number)()

    def get(self, number, default=None):
        """The object of a number, or None."""
        reference = super().get(number)
        return default if reference is None else reference()

    def values(self):
        """The objects that are still there."""
        return [obj for reference in super().values() if (obj := reference()) is not None]


class _Teller:
    """Says what was not restored when the last reference to a restore is gone, as TensorFlow does."""

    def __init__(self, proto, matched, unused):
        self.silent, self._proto, self._matched, self._unused = False, proto, matched, unused

    def __del__(self):
        if self.silent:
            return
        left = [n for n, node in enumerate(self._proto.nodes) if node.attributes and n not in self._matched]
        if not left and not self._unused:
            return
        log, names = logging.getLogger("tensorflow"), node_names(self._proto)
        log.warning(
            "Detecting that an object or model or tf.train.Checkpoint is being deleted with unrestored values. See the "
            "following logs for the specific values in question. To silence these warnings, use "
            "`status.expect_partial()`."
        )
        for number in left:
            log.warning("Value in checkpoint could not be found in the restored object: %s", names.get(number))
        for number, attribute in self._unused.items():
            log.warning(
                "An attribute in the restored object could not be found in the checkpoint. Object: %s, attribute: %s",
                names.get(number), attribute,
            )  # fmt: skip


class CheckpointPosition:
    """A node of the graph in a checkpoint, on its way to an object.

    Args:
        checkpoint: The `Coordinator`.
        proto_id: The number of the node.
    """

    __slots__ = ("checkpoint", "proto_id")

    def __init__(self, checkpoint, proto_id):
        self.checkpoint, self.proto_id = checkpoint, proto_id

    @property
    def trackable(self):
        """The object that took the node's place."""
        return self.checkpoint.object_by_proto_id[self.proto_id]

    @property
    def object_proto(self):
        """The node."""
        return self.checkpoint.object_graph_proto.nodes[self.proto_id]

    @property
    def restore_uid(self):
        """The number of the restore."""
        return self.checkpoint.restore_uid

    def is_simple_variable(self):
        """Whether the node is a variable: one value, no children."""
        attributes = self.object_proto.attributes
        return len(attributes) == 1 and attributes[0].name == VARIABLE_VALUE_KEY and not self.object_proto.children

    def value_shape(self):
        """The shape of a variable's value as a list, or None."""
        for one in self.object_proto.attributes:
            if one.name == VARIABLE_VALUE_KEY:
                return list(self.checkpoint.bundle.entry(one.checkpoint_key).shape)
        return None

    def value_tensors(self, shape_and_slices=None):
        """Name -> tensor of the node's values, for variables that are not made yet."""
        found = {}
        for one in self.object_proto.attributes:
            text = (shape_and_slices or {}).get(one.name, "")
            found[one.name] = tensor_at(self.checkpoint.bundle, one.checkpoint_key, text)
        return found

    # -- binding -------------------------------------------------------------------------------------

    def restore(self, trackable, reader=None):
        """Gives the object and what is below it their values."""
        if self.bind_object(trackable):
            # At once, also if a function is being traced that has just made the object.
            with Outside(), self.checkpoint.bundle:
                self._restore_descendants()

    def bind_object(self, trackable):
        """Lets the object take the node's place; returns whether it is the first."""
        checkpoint = self.checkpoint
        checkpoint.matched_proto_ids.add(self.proto_id)
        current = checkpoint.object_by_proto_id.get(self.proto_id)
        if current is None:
            checkpoint.object_by_proto_id[self.proto_id] = trackable
            return True
        if current is not trackable:
            logging.getLogger("tensorflow").warning(
                "Inconsistent references when loading the checkpoint into this object graph. For example, in the saved "
                "checkpoint object, `model.layer.weight` and `model.layer_copy.weight` reference the same variable, "
                "while in the current object these are two different variables. The referenced variables are:"
                "(%s and %s).", current, trackable,
            )  # fmt: skip
        return False

    def _restore_descendants(self):
        """Restores breadth first, so that of several ways to a node the shortest counts."""
        # Slot variables are held here only: an optimizer may hold them weakly.
        queue = collections.deque([(self, self.trackable)])
        while queue:
            position, _ = queue.popleft()
            position._restore_values()
            position._queue_children(queue)
            position._queue_slots(queue)

    def _restore_values(self):
        obj = self.trackable
        obj._maybe_initialize_trackable()
        if self.checkpoint.restore_uid <= obj._update_uid:  # a newer restore was here
            return
        if self.object_proto.attributes:
            self._assign(obj)
        obj._update_uid = self.checkpoint.restore_uid

    def _assign(self, obj):
        attributes, bundle = self.object_proto.attributes, self.checkpoint.bundle
        if is_python_state(obj):
            obj.deserialize(bundle.read(attributes[0].checkpoint_key)[()])
        elif saves_itself(obj):
            first = attributes[0].checkpoint_key
            prefix = first[: first.find(f"{ATTRIBUTES}/") + len(ATTRIBUTES) + 1]
            obj._restore_from_tensors(restored_tensors(obj, prefix, bundle))
        else:
            names = [one.name for one in attributes]
            self.checkpoint.unused_attributes.setdefault(self.proto_id, []).extend(names)

    def _queue_children(self, queue):
        obj, checkpoint = self.trackable, self.checkpoint
        known = obj._trackable_children()
        for child in self.object_proto.children:
            if checkpoint.object_by_proto_id.get(child.node_id) is not None:
                continue
            position = CheckpointPosition(checkpoint, child.node_id)
            local = obj._lookup_dependency(child.local_name, known)
            if local is None:
                if position._has_values():
                    obj._deferred_dependencies.setdefault(child.local_name, []).append(position)
            elif position.bind_object(local):
                queue.append((position, local))

    def _has_values(self):
        node = self.object_proto
        if node.HasField("has_checkpoint_values"):
            return node.has_checkpoint_values.value
        return bool(node.children or node.attributes or node.slot_variables)

    def _queue_slots(self, queue):
        obj, checkpoint = self.trackable, self.checkpoint
        for waiting in checkpoint.deferred_slot_restorations.pop(self.proto_id, ()):
            self._make_slot(obj, *waiting, queue)
        for slot in checkpoint.slot_restorations.pop(self.proto_id, ()):
            optimizer = checkpoint.object_by_proto_id.get(slot.optimizer)
            if optimizer is None:
                waiting = checkpoint.deferred_slot_restorations.setdefault(slot.optimizer, [])
                waiting.append(DeferredSlot(obj, slot.slot, slot.name))
            elif hasattr(optimizer, "_create_or_restore_slot_variable"):
                self._make_slot(optimizer, obj, slot.slot, slot.name, queue)

    def _make_slot(self, optimizer, variable, slot, name, queue):
        position = CheckpointPosition(self.checkpoint, slot)
        made = optimizer._create_or_restore_slot_variable(
            slot_variable_position=position, variable=variable, slot_name=name
        )
        if made is not None and position.bind_object(made):
            queue.append((position, made))


# -- values --------------------------------------------------------------------------------------------


def restored_tensors(obj, prefix, bundle):
    """Name -> tensor: the values that an object asks a checkpoint for.

    Args:
        obj: The object.
        prefix: The beginning of its keys, `path/.ATTRIBUTES/`.
        bundle: The checkpoint.

    Raises:
        InvalidArgumentError: A dtype differs.
        NotFoundError: A value is missing.
    """
    if isinstance(obj, Variable):
        wanted = {VARIABLE_VALUE_KEY: obj}
    else:
        wanted = obj._serialize_to_tensors()
    keys = tensor_keys(obj, prefix, wanted)
    found = {}
    for name, key in keys.items():
        dtype = getattr(wanted[name], "dtype", None)
        stored = bundle.entry(key).dtype
        if dtype is not None and dtypes.as_dtype(dtype) is not stored:
            raise InvalidArgumentError(
                f"tensor_name = {key}; expected dtype {dtypes.as_dtype(dtype).name} does not equal original dtype "
                f"{stored.name}",
                hint="make the object with the dtype of the checkpoint, or read the value with "
                "tf.train.load_variable and convert it",
            )
        found[name] = tensor_at(bundle, key)
    return found


def tensor_at(bundle, key, shape_and_slice=""):
    """The tensor of a key, or of a slice of it."""
    if shape_and_slice:
        shape, part = bundle_slices.from_text(shape_and_slice)
        if shape != bundle.entry(key).shape:
            raise InvalidArgumentError(
                f"{key}: Shape in shape_and_slice spec {list(shape)} does not match the shape in the save file: "
                f"{list(bundle.entry(key).shape)}"
            )
        array = bundle.read_slice(key, part)
    else:
        array = bundle.read(key)
    return EagerTensor(array, bundle.entry(key).dtype)


# -- checkpoints without an object graph ---------------------------------------------------------------


class NameBasedCoordinator:
    """One restore of a checkpoint that knows variables by their names.

    Args:
        bundle: The checkpoint.

    Attributes:
        unused_attributes: (object, name) pairs of values that the checkpoint does not have.
        unused_names: The names in the checkpoint that nothing has asked for.
    """

    def __init__(self, bundle):
        self.bundle, self.save_path = bundle, bundle.prefix
        self.restore_uid = new_uid()
        self.unused_attributes, self.unused_names = [], ()

    def eager_restore(self, trackable):
        """Gives a variable the value of its name."""
        if not saves_itself(trackable) or is_python_state(trackable):
            return
        name = getattr(trackable, "_shared_name", None)
        if name is None:
            self.unused_attributes.append((trackable, "no name"))
            return
        try:
            value = tensor_at(self.bundle, name)
        except NotFoundError:
            self.unused_attributes.append((trackable, name))
            return
        trackable._restore_from_tensors({VARIABLE_VALUE_KEY: value})


class PathCoordinator(NameBasedCoordinator):
    """One restore of a file that knows values by the paths to them, `net.layers.0.kernel`.

    Args:
        bundle: The file.
        view: The view of the objects.
    """

    def __init__(self, bundle, view):
        super().__init__(bundle)
        graph = ObjectGraph(view)
        self._paths = {id(obj): path for obj, path in zip(graph.objects, graph.paths, strict=True)}
        self.unused_names = dict.fromkeys(bundle.entries)

    def eager_restore(self, trackable):
        """Gives an object the values of its path; one without a path came later and is passed over."""
        path = self._paths.get(id(trackable))
        if path is None or not saves_itself(trackable) or is_python_state(trackable):
            return
        found, wanted = {}, trackable._serialize_to_tensors()
        for name, key in tensor_keys(trackable, attribute_key(path, ""), wanted).items():
            names = [dotted(key), dotted(key).replace(".", "/"), getattr(trackable, "_shared_name", None)]
            there = next((one for one in names if one in self.bundle.entries), None)
            if there is None:
                self.unused_attributes.append((trackable, names[0]))
                return
            self.unused_names.pop(there, None)
            value = tensor_at(self.bundle, there)
            dtype = getattr(wanted[name], "dtype", value.dtype)
            if dtypes.as_dtype(dtype) is not value.dtype:
                raise InvalidArgumentError(
                    f"tensor_name = {there}; expected dtype {dtypes.as_dtype(dtype).name} does not equal original "
                    f"dtype {value.dtype.name}"
                )
            found[name] = value
        trackable._restore_from_tensors(found)


def dotted(key):
    """The name of a value in files of others: the path to it with dots."""
    path, _, name = key.partition(f"/{ATTRIBUTES}/")
    parts = [part.replace(".S", "/").replace("..", ".") for part in path.split("/")]
    return ".".join(parts if name == VARIABLE_VALUE_KEY else [*parts, name])


def scalar_bytes(bundle, key):
    """The bytes of a scalar string tensor."""
    value = bundle.read(key)
    if not isinstance(value, np.ndarray) or value.shape or value.dtype != object:
        raise InvalidArgumentError(f"{bundle.prefix}: {key} is not a scalar string")
    return value[()]
