"""What programs in the style of TensorFlow 1 ask of a graph besides its nodes: collections, scopes, its state."""

import contextlib

from tapeflow.core.base.errors import UnimplementedError
from tapeflow.core.base.naming import scopes
from tapeflow.core.graph.op_def import op_def
from tapeflow.core.ops import registry
from tapeflow.core.run.placement import wanted
from tapeflow.core.values.late import Late

# Nodes out of messages are made where files are read: looked up, rooms above, when first used.
_files = Late()
_files.where = "tapeflow.core.files.graph_import"


class GraphSurface:
    """The part of `tf.Graph` that does without its nodes' insides."""

    def _apply_device_functions(self, op):
        """Tells an object which device ops are asked to run on, if any: `op._set_device(spec)`. Keras 2 asks."""
        spec = wanted()
        if spec.to_string():
            op._set_device(spec)

    # -- collections ---------------------------------------------------------------------------------

    @property
    def collections(self):
        """The names of the collections."""
        return list(self._collections)

    def add_to_collection(self, name, value):
        """Puts a value into a collection."""
        self._collections.setdefault(name, []).append(value)

    def add_to_collections(self, names, value):
        """Puts a value into several collections."""
        for name in dict.fromkeys([names] if isinstance(names, str) else names):
            self.add_to_collection(name, value)

    def get_collection_ref(self, name):
        """Returns the list behind a collection."""
        return self._collections.setdefault(name, [])

    def get_collection(self, name, scope=None):
        """Returns the values of a collection, those whose name starts with `scope` if it is given."""
        found = list(self._collections.get(name, ()))
        if scope is None:
            return found
        return [one for one in found if getattr(one, "name", "").startswith(scope)]

    def get_all_collection_keys(self):
        """Returns the names of the collections that are strings."""
        return [name for name in self._collections if isinstance(name, str)]

    def clear_collection(self, name):
        """Empties a collection."""
        self._collections.pop(name, None)

    # -- scopes --------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def name_scope(self, name):
        """Context that puts `name` before the names of new nodes."""
        before = scopes.prefix
        scopes.prefix = "" if not name else name if name.endswith("/") else f"{before}{name}/"
        try:
            yield scopes.prefix
        finally:
            scopes.prefix = before

    def get_name_scope(self):
        """Returns the open name scopes, joined by slashes."""
        return scopes.prefix.rstrip("/")

    @contextlib.contextmanager
    def device(self, device_name_or_function):
        """Accepted: where nodes run is decided when the graph is compiled."""
        yield

    @contextlib.contextmanager
    def colocate_with(self, op, ignore_existing=False):
        """Accepted."""
        yield

    @contextlib.contextmanager
    def container(self, container_name):
        """Accepted."""
        yield container_name

    # -- looking -------------------------------------------------------------------------------------

    @property
    def seed(self):
        """The graph-level seed, or None."""
        return self.seeds.global_seed

    @property
    def operations(self):
        """The nodes."""
        return tuple(self.nodes)

    def num_operations(self):
        """Returns how many nodes there are."""
        return len(self.nodes)

    @property
    def version(self):
        """A number that grows with every new node."""
        return len(self.nodes)

    @property
    def finalized(self):
        """Whether no more nodes may be added: never."""
        return False

    @property
    def graph_def_versions(self):
        """The versions that a message of the graph has."""
        return self.as_graph_def().versions

    def prevent_feeding(self, tensor):
        """Forbids feeding a tensor."""
        self._not_fed.add(id(tensor))

    def prevent_fetching(self, op):
        """Forbids fetching an operation."""
        self._not_fetched.add(id(op))

    def is_feedable(self, tensor):
        """Returns whether a tensor may be fed."""
        return id(tensor) not in self._not_fed

    def is_fetchable(self, tensor_or_op):
        """Returns whether a tensor or an operation may be fetched."""
        return id(tensor_or_op) not in self._not_fetched

    # -- building by names ---------------------------------------------------------------------------

    def op_def_for_type(self, type):
        """Returns the `OpDef` message of an op.

        Args:
            type: The op's name.

        Raises:
            RuntimeError: There is no such op.
        """
        record = registry.get(type)
        if record is None:
            raise RuntimeError(f"Op type not registered '{type}' in binary running on TapeFlow.")
        return op_def(record)

    def create_op(
        self, op_type, inputs, dtypes=None, input_types=None, name=None, attrs=None, op_def=None, compute_shapes=True,
        compute_device=True,
    ):  # fmt: skip
        """Adds a node.

        Args:
            op_type: The op's name.
            inputs: Its input tensors; lists opened.
            dtypes, input_types, op_def, compute_shapes, compute_device: Accepted: the op knows them.
            name: The node's name, by default the op's.
            attrs: Attribute name -> `AttrValue` message.

        Returns:
            The `tf.Operation`.
        """
        return _files.create_op(self, op_type, inputs, name, attrs or {})

    def new_operations(self):
        """Returns the operations that were added behind the graph's back: none."""
        return []

    def gradient_override_map(self, op_type_map):
        """Not supported.

        Raises:
            UnimplementedError: Always.
        """
        raise UnimplementedError("Graph.gradient_override_map: ops keep their own gradients", hint="tf.custom_gradient")

    def switch_to_thread_local(self):
        """Does nothing: scopes are each thread's own anyway."""

    def Dismantle(self):
        """Does nothing: graphs are collected as other objects are."""
