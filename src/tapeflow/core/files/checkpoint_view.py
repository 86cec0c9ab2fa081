"""`tf.train.CheckpointView`: the object graph in a checkpoint, looked at without restoring it."""

import collections

from tapeflow.core.base.trackable import Trackable
from tapeflow.core.files.checkpoint_reader import opened
from tapeflow.core.files.restore import scalar_bytes
from tapeflow.core.track.object_graph import OBJECT_GRAPH_KEY, TrackableView, parsed


class CheckpointView:
    """The objects that a checkpoint knows, by number.

    Args:
        save_path: The name of the checkpoint.

    Raises:
        ValueError: It has no object graph.

    >>> import os, tempfile
    >>> path = tf.train.Checkpoint(a=tf.Variable(1.0)).write(os.path.join(tempfile.mkdtemp(), "c"))
    >>> tf.train.CheckpointView(path).children(0)
    {'a': 1}
    """

    def __init__(self, save_path):
        with opened(save_path) as bundle:
            if OBJECT_GRAPH_KEY not in bundle.entries:
                raise ValueError(
                    f'The specified checkpoint "{save_path}" does not appear to be object-based (saved with TF2) since '
                    f'it is missing the key "{OBJECT_GRAPH_KEY}". Likely it was created with the TF1 name-based saver '
                    "and does not contain an object dependency graph."
                )
            self._object_graph_proto = parsed(scalar_bytes(bundle, OBJECT_GRAPH_KEY), bundle.prefix)

    def children(self, node_id):
        """Returns name -> number of the children of an object.

        Args:
            node_id: The number of the object; 0 is the root.
        """
        return {child.local_name: child.node_id for child in self._object_graph_proto.nodes[node_id].children}

    def descendants(self):
        """Returns the numbers of all objects, breadth first."""
        return list(self._descendants_with_paths())

    def _descendants_with_paths(self):
        paths, to_visit = {0: "root"}, collections.deque([0])
        while to_visit:
            number = to_visit.popleft()
            for name, child in self.children(number).items():
                if child not in paths:
                    paths[child] = f"{paths[number]}.{name}"
                    to_visit.append(child)
        return paths

    def match(self, obj):
        """Finds what the checkpoint and a program's objects have in common, by the names on the way.

        Args:
            obj: The root of the objects.

        Returns:
            Number in the checkpoint -> object.

        Raises:
            ValueError: `obj` has no state.
        """
        if not isinstance(obj, Trackable):
            raise ValueError(f"Expected a Trackable, got {obj} of type {type(obj)}.")
        found, to_visit = {0: obj}, collections.deque([(0, obj)])
        while to_visit:
            number, local = to_visit.popleft()
            children = TrackableView.children(local)
            for name, child in self.children(number).items():
                if name in children and child not in found:
                    found[child] = children[name]
                    to_visit.append((child, children[name]))
        return found

    def diff(self, obj):
        """Compares the checkpoint with a program's objects.

        Args:
            obj: The root of the objects.

        Returns:
            What both have (as `match`), the numbers that only the checkpoint has, and the objects that only the
            program has.
        """
        both = self.match(obj)
        matched = {id(local) for local in both.values()}
        only_saved = [number for number in self.descendants() if number not in both]
        only_local = [local for local in TrackableView(obj).descendants() if id(local) not in matched]
        return both, only_saved, only_local
