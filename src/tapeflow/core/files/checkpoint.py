"""`tf.train.Checkpoint`: the state of objects in files, and back."""

import logging
import os
import threading
import weakref

from tapeflow.core.base import dtypes, file_tree, remote_files
from tapeflow.core.base.bundle_writer import Piece, write, write_shards
from tapeflow.core.base.errors import NotFoundError
from tapeflow.core.base.mode import current
from tapeflow.core.base.trackable import Trackable, TrackableReference, WeakTrackableReference
from tapeflow.core.files import restore_status, safetensors_file
from tapeflow.core.files.checkpoint_options import CheckpointOptions, run_callbacks, with_callback
from tapeflow.core.files.checkpoint_reader import opened
from tapeflow.core.files.checkpoint_state import update_checkpoint_state
from tapeflow.core.files.restore import (
    CheckpointPosition,
    Coordinator,
    NameBasedCoordinator,
    PathCoordinator,
    dotted,
    scalar_bytes,
)
from tapeflow.core.files.sharding import sharded
from tapeflow.core.trace.python_ops import py_function
from tapeflow.core.track.auto_trackable import AutoTrackable
from tapeflow.core.track.data_structures import NoDependency
from tapeflow.core.track.object_graph import OBJECT_GRAPH_KEY, ObjectGraph, ObjectGraphView, parsed
from tapeflow.core.values.convert import convert
from tapeflow.core.values.symbol import Symbol
from tapeflow.core.values.variable import Variable

_SAVED_MODEL = ("saved_model.pb", "saved_model.pbtxt")


class Checkpoint(AutoTrackable):
    """Groups objects whose state is saved and restored together.

    What is saved are the variables, tables, generators and iterators that can be reached from the objects, by the
    names of attributes on the way. Restoring goes by the same names; objects and variables that do not exist yet
    get their values when they are made.

    Args:
        root: An object to save, or None.
        **kwargs: More objects, by name.

    Raises:
        ValueError: Something has no state, or `root` has another child of that name.

    >>> import os, tempfile
    >>> checkpoint = tf.train.Checkpoint(step=tf.Variable(1))
    >>> path = checkpoint.save(os.path.join(tempfile.mkdtemp(), "ckpt"))
    >>> os.path.basename(path)
    'ckpt-1'
    >>> _ = checkpoint.step.assign(5)
    >>> _ = checkpoint.restore(path).assert_consumed()
    >>> checkpoint.step.numpy()
    np.int32(1)
    """

    def __init__(self, root=None, **kwargs):
        super().__init__()
        self._root = root
        self._kwargs = kwargs
        self._delete_tracking("_kwargs")
        self._writer, self._checkpoint_options = NoDependency(None), None
        self._save_counter = None  # made when it is first needed, so that it can be restored then
        attached = None
        if root is not None:
            obj = root() if isinstance(root, weakref.ref) else root
            _check_trackable(obj, "root")
            attached = []
            kwargs["root"] = root
            obj._maybe_initialize_trackable()
            self._save_counter = NoDependency(obj._lookup_dependency("save_counter"))
        for name, value in sorted(kwargs.items()):
            self._take(name, value, None if root is None else obj, attached)
        self._view = NoDependency(ObjectGraphView(self if root is None else root, attached))
        self._attached_dependencies = NoDependency(attached)

    def _take(self, name, value, root, attached):
        """Sets one of the named objects; a root that does not have it gets it."""
        setattr(self, name, value)
        value = getattr(self, name)
        value = value() if isinstance(value, weakref.ref) else value
        _check_trackable(value, name)
        if root is None:
            return
        child = root._lookup_dependency(name)
        if child is None:
            attached.append(WeakTrackableReference(name, value))
        elif child is not value:
            raise ValueError(
                f"Cannot create a Checkpoint with keyword argument {name} if root.{name} already exists."
            )

    # -- writing -------------------------------------------------------------------------------------

    def write(self, file_prefix, options=None):
        """Writes a checkpoint; neither `save_counter` nor the file `checkpoint` changes. `read` reads it.

        Args:
            file_prefix: The name of the checkpoint; one that ends in `.safetensors` is that of a safetensors file,
                which holds numbers only, by the paths to their variables.
            options: `tf.train.CheckpointOptions`.

        Returns:
            The name.
        """
        return self._write(file_prefix if isinstance(file_prefix, Symbol) else _text(file_prefix), options)

    def save(self, file_prefix, options=None):
        """Counts `save_counter` up, writes a checkpoint with its number and notes it in the file `checkpoint`.

        Args:
            file_prefix: The name of the checkpoint, without its number.
            options: `tf.train.CheckpointOptions`.

        Returns:
            The name with the number.

        Raises:
            NotImplementedError: Called while a function is traced.
        """
        if current.graph is not None:
            raise NotImplementedError(
                "Calling tf.train.Checkpoint.save() from a function is not supported, as save() modifies saving "
                "metadata in ways not supported by TensorFlow Operations. Call it outside of the tf.function."
            )
        self.save_counter.assign_add(1)
        path = f"{_text(file_prefix)}-{int(self._save_counter)}"
        return self._write(path, with_callback(options, _note_newest))

    def _write(self, prefix, options=None):
        """Writes the state as it is now; in a function that is being traced, as it is whenever the function runs."""
        options = options or CheckpointOptions()
        graph, tensors = ObjectGraph(self._view).serialized()
        keys, values = [key for key, _ in tensors], [convert(value) for _, value in tensors]
        if current.graph is None:
            return self._write_values(prefix, graph, list(zip(keys, values, strict=True)), options)

        def step(prefix, *values):
            return self._write_values(_text(prefix), graph, list(zip(keys, values, strict=True)), options)

        return py_function(step, [prefix, *values], dtypes.string)

    def _write_values(self, prefix, graph, tensors, options):
        """Writes at once, or in a thread, for which values that are never changed are kept."""
        self.sync()
        if prefix.endswith(safetensors_file.ENDING):
            safetensors_file.write(prefix, {dotted(key): value for key, value in tensors})
            run_callbacks(options.experimental_write_callbacks, prefix)
            return prefix
        tensors.append((OBJECT_GRAPH_KEY, convert(graph.SerializeToString(), dtype=dtypes.string)))
        policy = options.experimental_sharding_callback

        def finish():
            _write_tensors(prefix, tensors, policy)
            run_callbacks(options.experimental_write_callbacks, prefix)

        if options.enable_async:
            self._checkpoint_options = options
            self._writer = NoDependency(_Writer(finish))
            _writers.add(self._writer)
        else:
            finish()
        return prefix

    def sync(self):
        """Waits until what is written in a thread is written.

        Raises:
            OpError: Writing failed.
        """
        writer = self._writer
        if writer is not None:
            self._writer = None
            writer.finish()

    @property
    def save_counter(self):
        """The variable that `save` counts up: int64, from 0."""
        self._maybe_create_save_counter()
        return self._save_counter

    def _maybe_create_save_counter(self):
        if self._save_counter is not None:
            return
        made = self._add_variable_with_custom_getter(
            name="save_counter", initializer=0, dtype=dtypes.int64, getter=_make_counter
        )
        self._save_counter = NoDependency(made)
        if self._attached_dependencies is not None:
            self._attached_dependencies.append(TrackableReference("save_counter", made))
            waiting = self._view.root._deferred_dependencies.pop("save_counter", ())
            if waiting:
                waiting[0].restore(made)

    # -- reading -------------------------------------------------------------------------------------

    def read(self, save_path, options=None):
        """Restores a checkpoint that `write` wrote.

        Args:
            save_path: The name of the checkpoint.
            options: `tf.train.CheckpointOptions`.

        Returns:
            A status to ask what was restored, see `restore`.

        Raises:
            NotFoundError: There is no such checkpoint.
        """
        options = options or CheckpointOptions()
        wait_for_writers()
        bundle = opened(_text(save_path))
        if bundle.prefix.endswith(safetensors_file.ENDING):
            return self._read_by_names(bundle, PathCoordinator(bundle, self._view))
        if OBJECT_GRAPH_KEY not in bundle.entries:
            return self._read_by_names(bundle, NameBasedCoordinator(bundle))
        with bundle:
            graph = parsed(scalar_bytes(bundle, OBJECT_GRAPH_KEY), bundle.prefix)
            coordinator = Coordinator(graph, bundle, self._view, options)
            CheckpointPosition(coordinator, 0).restore(self._view.root)
            self._read_attached(coordinator, graph)
        return restore_status.CheckpointLoadStatus(coordinator, self._view, options)

    def _read_attached(self, coordinator, graph):
        """Restores the named objects that the root does not know of."""
        numbers = {child.local_name: child.node_id for child in graph.nodes[0].children}
        for name, obj in self._view.attached_dependencies or ():
            number = numbers.get(name)
            if name != "root" and number is not None and number not in coordinator.object_by_proto_id:
                CheckpointPosition(coordinator, number).restore(obj)

    def _read_by_names(self, bundle, coordinator):
        with bundle:
            for obj in ObjectGraph(self._view).objects:
                obj._maybe_initialize_trackable()
                obj._name_based_attribute_restore(coordinator)
        return restore_status.NameBasedSaverStatus(coordinator, self._view)

    def restore(self, save_path, options=None):
        """Restores a checkpoint that `save` wrote.

        Args:
            save_path: The name of the checkpoint, as `save` or `tf.train.latest_checkpoint` returned it; or the
                directory of a SavedModel. None restores nothing.
            options: `tf.train.CheckpointOptions`.

        Returns:
            A status. `assert_consumed()`, `assert_existing_objects_matched()` and `assert_nontrivial_match()` raise an
            `AssertionError` unless everything, everything on the program's side, or anything was restored;
            `expect_partial()` silences the warning on values that were not; `report()` is a table of them.

        Raises:
            NotFoundError: There is no such checkpoint.
        """
        if save_path is None:
            return restore_status.InitializationOnlyStatus()
        place = _text(save_path)
        if any(file_tree.exists(os.path.join(place, name)) for name in _SAVED_MODEL):
            place = os.path.join(place, "variables", "variables")
        try:
            status = self.read(place, options)
        except NotFoundError as error:
            raise NotFoundError(
                f"Error when restoring from checkpoint or SavedModel at {_text(save_path)}: {error.message}"
                "\nPlease double-check that the path is correct. You may be missing the checkpoint suffix (e.g. the "
                "'-1' in 'path/to/ckpt-1').",
                hint=error._hint,
            ) from None
        self._maybe_create_save_counter()
        if isinstance(status, restore_status.NameBasedSaverStatus):
            status.add_to_optionally_restored(self.save_counter)
        return status


def _text(path):
    path = path.numpy() if hasattr(path, "numpy") else path
    return os.fsdecode(path)


def _check_trackable(obj, name):
    if not isinstance(obj, Trackable):
        raise ValueError(
            f"`Checkpoint` was expecting {name} to be a trackable object (an object derived from `Trackable`), got "
            f"{obj}. If you believe this object should be trackable (i.e. it is part of the TensorFlow Python API and "
            "manages state), please open an issue."
        )


def _make_counter(name, shape=None, dtype=None, initializer=0, **rest):
    value = initializer() if callable(initializer) else initializer
    return Variable(value, name=name, dtype=dtype, trainable=False)


def _note_newest(path):
    update_checkpoint_state(remote_files.folder_of(path), path, [path])


def _write_tensors(prefix, tensors, policy=None):
    if policy is None:
        write(prefix, [Piece(key, tensor.host, tensor.dtype) for key, tensor in tensors])
    else:
        write_shards(prefix, sharded(policy, tensors))


# -- in the background ---------------------------------------------------------------------------------


class _Writer(threading.Thread):
    """Writes one checkpoint; its error comes up where it is waited for."""

    def __init__(self, function):
        super().__init__(name="tapeflow-checkpoint")
        self._function, self._error = function, None
        self.start()

    def run(self):
        """Writes."""
        try:
            self._function()
        except BaseException as error:  # raised by `finish`
            self._error = error
        finally:
            _writers.discard(self)
            del self._function

    def finish(self):
        """Waits; raises what went wrong."""
        self.join()
        error, self._error = self._error, None
        if error is not None:
            raise error

    def __del__(self):
        if self.__dict__.get("_error") is not None:  # nobody waited
            logging.getLogger("tensorflow").error("A checkpoint was not written: %s", self._error)


_writers = set()


def wait_for_writers():
    """Waits for all checkpoints that are being written."""
    for writer in list(_writers):
        if writer is not threading.current_thread():
            writer.join()
