"""What `restore` returns: questions about what was restored, and a table of what was not."""

import difflib

from tapeflow.core.base.trackable import saves_itself
from tapeflow.core.track.object_graph import ObjectGraph, node_names
from tapeflow.core.track.tracked import TrackableDataStructure

_MOST_LINES = 20


class LoadStatus:
    """What can be asked after a restore."""

    def assert_consumed(self):
        """Raises an exception unless everything was restored.

        Raises:
            AssertionError: Something was not.
        """
        raise NotImplementedError

    def assert_existing_objects_matched(self):
        """Raises an exception unless every object that exists was restored.

        Raises:
            AssertionError: One was not.
        """
        raise NotImplementedError

    def assert_nontrivial_match(self):
        """Raises an exception if nothing but the root was found.

        Raises:
            AssertionError: Nothing was.
        """
        raise NotImplementedError

    def run_restore_ops(self, session=None):
        """Does nothing: values are restored at once."""

    def initialize_or_restore(self, session=None):
        """Does nothing: variables are made with values and restored at once."""

    def expect_partial(self):
        """Says nothing of what was not restored; returns the status."""
        return self


class CheckpointLoadStatus(LoadStatus):
    """The state of a restore from a checkpoint with an object graph.

    Args:
        checkpoint: The `Coordinator`.
        graph_view: The view of the objects.
        options: `CheckpointOptions`.
    """

    def __init__(self, checkpoint, graph_view, options):
        self._checkpoint, self._object_graph_view, self._options = checkpoint, graph_view, options
        self._root = graph_view.root

    def assert_consumed(self):
        """Raises an exception unless every value of the checkpoint and every object has found the other.

        Returns:
            The status.

        Raises:
            AssertionError: One has not; the message has a table of what is left, with the nearest names.
        """
        self.assert_existing_objects_matched()
        checkpoint = self._checkpoint
        left = self._unresolved()
        if left:
            name, node = next(iter(left.items()))
            raise AssertionError(f"Unresolved object in checkpoint {name}: {node}\n{self.report()}")
        if not self._options.experimental_skip_slot_variables and checkpoint.slot_restorations:
            raise AssertionError(f"Unresolved slot restorations: {dict(checkpoint.slot_restorations)}")
        if checkpoint.unused_attributes:
            names = node_names(checkpoint.object_graph_proto)
            lines = [f"{names.get(n)}: {attributes}" for n, attributes in checkpoint.unused_attributes.items()]
            raise AssertionError(
                "Unused attributes in these objects (the attributes exist in the checkpoint but were not restored):\n"
                + "\n".join(lines)
            )
        return self

    def assert_existing_objects_matched(self):
        """Raises an exception unless every object that exists now found its value.

        Returns:
            The status.

        Raises:
            AssertionError: One has not; the message has a table of what is left, with the nearest names.
        """
        checkpoint = self._checkpoint
        for number, node in enumerate(checkpoint.object_graph_proto.nodes):
            obj = checkpoint.object_by_proto_id.get(number)
            if obj is not None and obj._update_uid < checkpoint.restore_uid:
                raise AssertionError(f"Object {node} not assigned a value from checkpoint.")
        left = self._unmatched()
        if left:
            shown = list(left.values())[:10]
            raise AssertionError(
                f"Found {len(left)} Python objects that were not bound to checkpointed values, likely due to changes "
                f"in the Python program. Showing {len(shown)} of {len(left)} unmatched objects: {shown}\n"
                f"{self.report()}"
            )
        return self

    def assert_nontrivial_match(self):
        """Raises an exception if nothing but the root was found.

        Returns:
            The status.

        Raises:
            AssertionError: Nothing was, or there is nothing to restore into.
        """
        if len(self._checkpoint.object_by_proto_id.values()) > 1:
            return self
        left = self._unmatched()
        if left:
            raise AssertionError(
                "Nothing except the root object matched a checkpointed value. Typically this means that the checkpoint "
                "does not match the Python program. The following objects have no matching checkpointed value: "
                f"{list(left.values())}\n{self.report()}"
            )
        raise AssertionError(f"Nothing to load. No dependencies have been added to {self._root} yet.")

    def expect_partial(self):
        """Says nothing of values that are not restored; returns the status."""
        self._checkpoint.expect_partial = True
        return self

    # -- what is left --------------------------------------------------------------------------------

    def _unresolved(self):
        """Name -> node of the checkpoint's values that no object took."""
        checkpoint, skipped = self._checkpoint, set()
        nodes = checkpoint.object_graph_proto.nodes
        if self._options.experimental_skip_slot_variables:
            skipped = {slot.slot_variable_node_id for node in nodes for slot in node.slot_variables}
        left = [
            (number, node)
            for number, node in enumerate(nodes)
            if node.attributes and number not in skipped and checkpoint.object_by_proto_id.get(number) is None
        ]
        names = node_names(checkpoint.object_graph_proto) if left else {}
        return {names.get(number, str(number)): node for number, node in left}

    def _unmatched(self):
        """Name -> object that has values of its own and took none."""
        graph = ObjectGraph(self._object_graph_view, self._options.experimental_skip_slot_variables)
        bound = {id(obj) for obj in self._checkpoint.object_by_proto_id.values()}
        return {
            ".".join(["(root)", *path.split("/")]): obj
            for obj, path in zip(graph.objects, graph.paths, strict=True)
            if saves_itself(obj) and id(obj) not in bound and not _is_empty(obj)
        }

    def report(self):
        """Returns a table of what was not restored, with the nearest names on the other side.

        >>> import os, tempfile
        >>> path = tf.train.Checkpoint(kernel=tf.Variable(1.0)).write(os.path.join(tempfile.mkdtemp(), "c"))
        >>> print(tf.train.Checkpoint(kernels=tf.Variable(0.0)).read(path).expect_partial().report())
        in the checkpoint, but not restored  what it is  nearest object
        (root).kernel                        float32 []  (root).kernels
        in the program, but not restored  what it is  nearest in the checkpoint
        (root).kernels                    float32 []  (root).kernel
        """
        left, unmatched = self._unresolved(), self._unmatched()
        bundle = self._checkpoint.bundle
        saved = [(name, _stored(bundle, node), _nearest(name, unmatched)) for name, node in left.items()]
        made = [(name, _kind(obj), _nearest(name, left)) for name, obj in unmatched.items()]
        return _tables(saved, made)


def _is_empty(obj):
    return isinstance(obj, TrackableDataStructure) and not obj._trackable_children()


def _nearest(name, others):
    found = difflib.get_close_matches(name, others, n=1, cutoff=0.6)
    return found[0] if found else "-"


def _stored(bundle, node):
    key = node.attributes[0].checkpoint_key
    entry = bundle.entries.get(key)
    return node.attributes[0].name if entry is None else f"{entry.dtype.name} {list(entry.shape)}"


def _kind(obj):
    if hasattr(obj, "dtype") and hasattr(obj, "shape"):
        return f"{getattr(obj.dtype, 'name', obj.dtype)} {list(obj.shape)}"
    return type(obj).__name__


def _tables(saved, made):
    tables = [
        (("in the checkpoint, but not restored", "what it is", "nearest object"), saved),
        (("in the program, but not restored", "what it is", "nearest in the checkpoint"), made),
    ]
    return "\n".join(_table(head, rows) for head, rows in tables if rows) or "everything was restored"


def _table(head, rows):
    shown = [head, *rows[:_MOST_LINES]]
    widths = [max(len(row[i]) for row in shown) for i in range(len(head))]
    lines = ["  ".join(cell.ljust(n) for cell, n in zip(row, widths, strict=True)).rstrip() for row in shown]
    if len(rows) > _MOST_LINES:
        lines.append(f"... and {len(rows) - _MOST_LINES} more")
    return "\n".join(lines)


class InitializationOnlyStatus(LoadStatus):
    """The state when there was no checkpoint to restore: `restore(None)`."""

    def assert_consumed(self):
        """Raises an exception.

        Raises:
            AssertionError: Always.
        """
        raise AssertionError("No checkpoint specified (save_path=None); nothing is being restored.")

    assert_existing_objects_matched = assert_nontrivial_match = assert_consumed

    def run_restore_ops(self, session=None):
        """Raises an exception.

        Raises:
            AssertionError: Always.
        """
        raise AssertionError(
            "No checkpoint specified, so no restore ops are available (save_path=None to Saver.restore)."
        )


class NameBasedSaverStatus(LoadStatus):
    """The state of a restore from a checkpoint that knows variables by their names.

    Args:
        checkpoint: The `NameBasedCoordinator`.
        object_graph_view: The view of the objects.
    """

    def __init__(self, checkpoint, object_graph_view):
        self._checkpoint, self._object_graph_view = checkpoint, object_graph_view
        self._optional, self._root = [], object_graph_view.root

    def add_to_optionally_restored(self, var):
        """Notes a variable that the checkpoint need not have."""
        self._optional.append(var)

    def assert_consumed(self):
        """Raises an exception unless every object was restored.

        Returns:
            The status.

        Raises:
            AssertionError: One was not.
        """
        self.assert_existing_objects_matched()
        for obj in ObjectGraph(self._object_graph_view).objects:
            obj._maybe_initialize_trackable()
            if obj._update_uid < self._checkpoint.restore_uid:
                raise AssertionError(f"Object not restored: {obj}")
        unused = list(self._checkpoint.unused_names)
        if unused:
            raise AssertionError(f"Unresolved values in checkpoint: {unused[:_MOST_LINES]}\n{self.report()}")
        return self

    def assert_existing_objects_matched(self):
        """Raises an exception unless every object that exists was restored.

        Returns:
            The status.

        Raises:
            AssertionError: One was not.
        """
        optional = {id(obj) for obj in self._optional}
        left = [(obj, name) for obj, name in self._checkpoint.unused_attributes if id(obj) not in optional]
        if left:
            raise AssertionError(
                "Some objects had attributes which were not restored: "
                + "".join(f"\n    {obj}: {name}" for obj, name in left)
                + f"\n{self.report()}"
            )
        return self

    assert_nontrivial_match = assert_existing_objects_matched

    def report(self):
        """Returns a table of what was not restored, with the nearest names on the other side."""
        bundle, optional = self._checkpoint.bundle, {id(obj) for obj in self._optional}
        missing = {name: obj for obj, name in self._checkpoint.unused_attributes if id(obj) not in optional}
        unused = list(self._checkpoint.unused_names)
        kinds = {name: f"{bundle.entries[name].dtype.name} {list(bundle.entries[name].shape)}" for name in unused}
        saved = [(name, kinds[name], _nearest(name, missing)) for name in unused]
        made = [(name, _kind(obj), _nearest(name, unused or bundle.entries)) for name, obj in missing.items()]
        return _tables(saved, made)
