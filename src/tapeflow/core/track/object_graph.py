"""The graph of objects below one: its walk, and the message of it that checkpoints and saved models hold."""

import collections
import copy
import weakref

from tapeflow.core.base.errors import UnimplementedError
from tapeflow.core.base.messages import message
from tapeflow.core.base.trackable import SaveType, Trackable, TrackableReference, saves_itself
from tapeflow.core.track.data_structures import wrap_or_unwrap
from tapeflow.core.values.tensor import Tensor

OBJECT_GRAPH_KEY = "_CHECKPOINTABLE_OBJECT_GRAPH"
ATTRIBUTES = ".ATTRIBUTES"


# -- names ---------------------------------------------------------------------------------------------


def escaped(name):
    """A name as a part of a path: dots are doubled, slashes are `.S`."""
    return name.replace(".", "..").replace("/", ".S")


def path_text(names):
    """The path that names from the root make."""
    return "/".join(map(escaped, names))


def attribute_key(path, name):
    """The key of an attribute of the object at a path."""
    return f"{path}/{ATTRIBUTES}/{escaped(name)}"


def slot_path(variable_path, optimizer_path, slot_name):
    """The path of an optimizer's slot variable."""
    return f"{variable_path}/.OPTIMIZER_SLOT/{optimizer_path}/{escaped(slot_name)}"


# -- the walk ------------------------------------------------------------------------------------------


class TrackableConstant(Trackable):
    """A tensor among the children of an object, which saved models keep.

    Attributes:
        capture: The tensor.
        function: Whose child it is.
    """

    def __init__(self, capture, function):
        self.capture, self.function = capture, function

    def _export_to_saved_model_graph(self, object_map, tensor_map, options, **kwargs):
        tensor_map[self.capture] = self.capture
        return [self.capture]


def as_trackable(obj, parent=None):
    """The object itself if it is trackable, else its tracking twin.

    Raises:
        ValueError: It can be neither.
    """
    if isinstance(obj, Trackable):
        return obj
    wrapped = wrap_or_unwrap(obj)
    if isinstance(wrapped, Tensor):
        return TrackableConstant(wrapped, parent)
    if not isinstance(wrapped, Trackable):
        raise ValueError(f"Cannot convert {wrapped} to Trackable.")
    return wrapped


class TrackableView:
    """The objects below a root, as checkpoints see them.

    Args:
        root: An object whose state is saved; held weakly.

    >>> module = tf.Module()
    >>> module.a = tf.Variable(1.0)
    >>> list(tf.train.TrackableView(module).children(module))
    ['a']
    """

    def __init__(self, root):
        self._root_ref = root if isinstance(root, weakref.ref) else weakref.ref(root)

    @classmethod
    def children(cls, obj, save_type=SaveType.CHECKPOINT, **kwargs):
        """Returns name -> child of an object.

        Args:
            obj: A trackable object.
            save_type: `"checkpoint"` or `"savedmodel"`.
            **kwargs: For the object's own method.
        """
        obj._maybe_initialize_trackable()
        found = obj._trackable_children(save_type, **kwargs)
        return {name: as_trackable(child, parent=obj) for name, child in found.items()}

    @property
    def root(self):
        """The root."""
        root = self._root_ref()
        assert root is not None
        return root

    def descendants(self):
        """Returns the root and all objects below, breadth first."""
        return self._descendants_with_paths()[0]

    def _descendants_with_paths(self):
        """The objects, and id -> the references on the shortest way to it."""
        objects, paths = [], {id(self.root): ()}
        to_visit = collections.deque([self.root])
        while to_visit:
            obj = to_visit.popleft()
            objects.append(obj)
            for name, child in self.children(obj).items():
                if id(child) not in paths:
                    paths[id(child)] = (*paths[id(obj)], TrackableReference(name, child))
                    to_visit.append(child)
        return objects, paths


class ObjectGraphView(TrackableView):
    """A view whose root has more children than it knows of.

    Args:
        root: The root; a weak reference is kept.
        attached_dependencies: `TrackableReference`s to add to the root, or None.
    """

    def __init__(self, root, attached_dependencies=None):
        super().__init__(root)
        self._attached_dependencies = attached_dependencies

    def __deepcopy__(self, memo):
        copied = type(self).__new__(type(self))
        memo[id(self)] = copied
        root = self._root_ref()
        if root is not None:
            copied._root_ref = weakref.ref(copy.deepcopy(root, memo))
        copied._attached_dependencies = copy.deepcopy(self._attached_dependencies, memo)
        return copied

    def list_children(self, obj, save_type=SaveType.CHECKPOINT, **kwargs):
        """Returns the children of an object as `TrackableReference`s."""
        found = [TrackableReference(*pair) for pair in super().children(obj, save_type, **kwargs).items()]
        if obj is self.root and self._attached_dependencies:
            found += self._attached_dependencies
        return found

    def children(self, obj, save_type=SaveType.CHECKPOINT, **kwargs):
        """Returns name -> child of an object."""
        return dict(iter(one) for one in self.list_children(obj, save_type, **kwargs))

    @property
    def attached_dependencies(self):
        """The references that are added to the root."""
        return self._attached_dependencies

    def breadth_first_traversal(self):
        """Returns the objects and the ways to them."""
        return self._descendants_with_paths()


# -- the message ---------------------------------------------------------------------------------------


class ObjectGraph:
    """The numbered objects below a root.

    Args:
        view: A `TrackableView`.
        skip_slots: Whether to leave out the slot variables of optimizers.

    Attributes:
        objects: The objects, breadth first; slot variables come last.
        paths: For each object its path as text.
        numbers: id of an object -> its number.
        slots: Number of an optimizer -> (number of a variable, name, number of the slot variable) triples.
    """

    def __init__(self, view, skip_slots=False):
        self.view = view
        self.objects, ways = view._descendants_with_paths()
        self.paths = [path_text(one.name for one in ways[id(obj)]) for obj in self.objects]
        self.numbers = {id(obj): number for number, obj in enumerate(self.objects)}
        self.slots = collections.defaultdict(list)
        if not skip_slots:
            self._add_slots()

    def _add_slots(self):
        plain = list(self.objects)
        for number, obj in enumerate(plain):
            # dir: classes with a __getattr__ of their own are not to be asked.
            if "get_slot_names" not in dir(obj):
                continue
            for name in obj.get_slot_names():
                for original, variable in enumerate(plain):
                    slot = _slot(obj, variable, name)
                    if slot is not None:
                        self._add_slot(number, original, name, slot)

    def _add_slot(self, optimizer, original, name, slot):
        slot._maybe_initialize_trackable()
        if slot._trackable_children():
            raise NotImplementedError("Currently only variables with no dependencies can be saved as slot variables.")
        if id(slot) in self.numbers:
            raise NotImplementedError(
                f"A slot variable was re-used as a dependency of a Trackable object: {slot}. This is not currently "
                "allowed."
            )
        self.numbers[id(slot)] = len(self.objects)
        self.slots[optimizer].append((original, name, len(self.objects)))
        self.objects.append(slot)
        self.paths.append(slot_path(self.paths[original], self.paths[optimizer], name))

    def fill(self, nodes):
        """Adds a node for each object to a repeated field of messages that have children and slot variables."""
        for number, obj in enumerate(self.objects):
            node = nodes.add()
            children = self.view.children(obj)
            for name, child in children.items():
                node.children.add(node_id=self.numbers[id(child)], local_name=name)
            for original, name, slot in self.slots.get(number, ()):
                node.slot_variables.add(
                    original_variable_node_id=original, slot_name=name, slot_variable_node_id=slot
                )

    def serialized(self):
        """The message of the graph and a list of (key, tensor): all that a checkpoint holds."""
        proto = message("TrackableObjectGraph")()
        self.fill(proto.nodes)
        tensors, late = [], []
        for obj, path, node in zip(self.objects, self.paths, proto.nodes, strict=True):
            if saves_itself(obj):
                (late if is_python_state(obj) else tensors).extend(_serialized(obj, path, node))
        mark_values(proto)
        return proto, tensors + late


def is_python_state(obj):
    """Whether the object's state is text that it makes itself (`tf.train.experimental.PythonState`)."""
    return hasattr(type(obj), "deserialize") and hasattr(type(obj), "serialize")


def _slot(optimizer, variable, name):
    try:
        return optimizer.get_slot(variable, name)
    except (AttributeError, KeyError):
        return None


def tensor_keys(obj, path_prefix, names):
    """Name of a tensor of an object -> its key.

    Args:
        obj: The object.
        path_prefix: The part of the key up to the name, `path/.ATTRIBUTES/`.
        names: The names that the object gives its tensors.
    """
    legacy = getattr(obj, "_LEGACY_SAVEABLE_NAME", None)
    if legacy is not None:
        return {name: f"{path_prefix}{legacy}{name}" for name in names}
    return {name: path_prefix + escaped(escaped(name)) for name in names}


def _serialized(obj, path, node):
    """(key, tensor) pairs of an object; its node gets their names."""
    given = obj._serialize_to_tensors()
    given = {name: value() if _is_read_later(value) else value for name, value in given.items()}
    keys = tensor_keys(obj, attribute_key(path, ""), given)
    full_name = _full_name(obj)
    legacy = getattr(obj, "_LEGACY_SAVEABLE_NAME", None)
    if legacy is not None:
        node.attributes.add(name=legacy, checkpoint_key=attribute_key(path, legacy), full_name=full_name)
    else:
        for name, key in keys.items():
            node.attributes.add(name=escaped(name), checkpoint_key=key, full_name=full_name)
    return [(keys[name], value) for name, value in given.items()]


def _is_read_later(value):
    return callable(value) and not isinstance(value, Tensor)


def _full_name(obj):
    """The name of a variable in checkpoints that know variables by name."""
    if not hasattr(obj, "_shared_name"):
        return ""
    info = getattr(obj, "_save_slice_info", None)
    return obj._shared_name if info is None else info.full_name


def mark_values(proto):
    """Says of each node whether it or something below it has values."""
    parents, marked = collections.defaultdict(list), set()
    for number, node in enumerate(proto.nodes):
        if node.attributes or node.slot_variables or node.HasField("registered_saver"):
            marked.add(number)
        for child in node.children:
            parents[child.node_id].append(number)
    to_visit = list(marked)
    while to_visit:
        for parent in parents[to_visit.pop()]:
            if parent not in marked:
                marked.add(parent)
                to_visit.append(parent)
    for number, node in enumerate(proto.nodes):
        node.has_checkpoint_values.value = number in marked


def parsed(data, where):
    """The object graph of a checkpoint, its numbers checked.

    Raises:
        DataLossError: It is damaged.
        UnimplementedError: Objects of it were saved by functions that were registered for them.
    """
    from google.protobuf.message import DecodeError  # lazy: as in messages

    from tapeflow.core.base.errors import DataLossError

    try:
        proto = message("TrackableObjectGraph").FromString(data)
    except DecodeError as error:
        raise DataLossError(f"{where}: damaged object graph: {error}") from error
    count = len(proto.nodes)
    for node in proto.nodes:
        numbers = [child.node_id for child in node.children]
        for slot in node.slot_variables:
            numbers += slot.original_variable_node_id, slot.slot_variable_node_id
        if any(not 0 <= number < count for number in numbers):
            raise DataLossError(f"{where}: an object refers to one that is not there")
        if node.HasField("registered_saver") and node.registered_saver.name:
            raise UnimplementedError(
                f"{where}: saved by the registered function {node.registered_saver.name!r}",
                hint="registered savers are not supported; save the values as variables",
            )
    if not count:
        raise DataLossError(f"{where}: the object graph is empty")
    return proto


def node_names(proto):
    """Number of a node -> its name for people, `(root).layer.kernel`."""
    paths, to_visit = {0: ("(root)",)}, collections.deque([0])
    while to_visit:
        number = to_visit.popleft()
        for child in proto.nodes[number].children:
            if child.node_id not in paths:
                paths[child.node_id] = (*paths[number], child.local_name)
                to_visit.append(child.node_id)
    names = {number: ".".join(path) for number, path in paths.items()}
    for number, node in enumerate(proto.nodes):
        for slot in node.slot_variables:
            names[slot.slot_variable_node_id] = (
                f"{names.get(number)}'s state '{slot.slot_name}' for {names.get(slot.original_variable_node_id)}"
            )
    return names
