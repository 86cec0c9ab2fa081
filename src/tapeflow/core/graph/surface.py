"""What programs in the style of TensorFlow 1 ask of a graph besides its nodes: collections, scopes, its state."""

import contextlib

from tapeflow.core.base.naming import scopes


class GraphSurface:
    """The part of `tf.Graph` that does without its nodes' insides."""

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
