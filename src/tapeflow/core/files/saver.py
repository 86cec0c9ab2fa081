"""`tf.compat.v1.train.Saver`: checkpoints that know variables by their names."""

import os
import time

from tapeflow.core.base import file_tree, local_files, remote_files
from tapeflow.core.base.bundle import exists
from tapeflow.core.base.bundle_writer import Piece, delete, write
from tapeflow.core.base.errors import InvalidArgumentError, NotFoundError, UnimplementedError
from tapeflow.core.base.messages import message
from tapeflow.core.base.record_file import records
from tapeflow.core.base.trackable import VARIABLE_VALUE_KEY
from tapeflow.core.files.checkpoint_reader import opened
from tapeflow.core.files.checkpoint_state import checkpoint_exists, update_checkpoint_state
from tapeflow.core.files.restore import tensor_at
from tapeflow.core.values.convert import convert

_NO_GRAPHS = "write the program as functions, and save them with tf.saved_model.save"


class Saver:
    """Saves variables under their names, and keeps the newest checkpoints.

    Differs from TensorFlow: there is no collection of all variables, so they are named here.

    Args:
        var_list: Variables, or name -> variable.
        reshape: Whether values may be restored into variables of another shape with as many elements.
        max_to_keep: How many checkpoints to keep; all if None or 0.
        keep_checkpoint_every_n_hours: Every how many hours one is kept for good.
        pad_step_number: Whether the step in file names has eight digits.
        sharded, name, restore_sequentially, saver_def, builder, defer_build, allow_empty, write_version,
            save_relative_paths, filename: Accepted.

    Raises:
        RuntimeError: There are no variables.

    >>> import tempfile
    >>> v = tf.Variable(3.0, name="v")
    >>> path = tf.compat.v1.train.Saver([v]).save(None, os.path.join(tempfile.mkdtemp(), "model"), global_step=7)
    >>> tf.train.list_variables(path)
    [('v', [])]
    """

    def __init__(
        self, var_list=None, reshape=False, sharded=False, max_to_keep=5, keep_checkpoint_every_n_hours=10000.0,
        name=None, restore_sequentially=False, saver_def=None, builder=None, defer_build=False, allow_empty=False,
        write_version=2, pad_step_number=False, save_relative_paths=False, filename=None,
    ):  # fmt: skip
        if var_list is None and not allow_empty:
            raise RuntimeError(
                "When eager execution is enabled, `var_list` must specify a list or dict of variables to save"
            )
        if not isinstance(var_list, dict):
            var_list = {getattr(v, "_shared_name", None) or v.name.removesuffix(":0"): v for v in var_list or ()}
        self._variables, self._reshape = var_list, reshape
        self._max_to_keep, self._keep_every, self._pad = max_to_keep, keep_checkpoint_every_n_hours, pad_step_number
        self._kept, self._next = [], time.time() + keep_checkpoint_every_n_hours * 3600

    def build(self):
        """Of TensorFlow 1's graphs.

        Raises:
            RuntimeError: Always.
        """
        raise RuntimeError("Use save/restore instead of build in eager mode.")

    @property
    def last_checkpoints(self):
        """The paths of the checkpoints that are kept for now, oldest first."""
        return [path for path, _ in self._kept]

    def set_last_checkpoints(self, last_checkpoints):
        """Replaces the list of checkpoints that are kept for now, by paths."""
        self._kept = [(path, float("inf")) for path in last_checkpoints]

    def set_last_checkpoints_with_time(self, last_checkpoints_with_time):
        """Replaces the list of checkpoints that are kept for now, by (path, time) pairs."""
        self._kept = list(last_checkpoints_with_time)

    def recover_last_checkpoints(self, checkpoint_paths):
        """Goes on with checkpoints that another one saved; those that are gone are left out."""
        there = [path for path in checkpoint_paths if checkpoint_exists(path)]
        self._kept = [(path, file_tree.stat(f"{path}.index").mtime_nsec / 1e9) for path in there if exists(path)]

    def save(
        self, sess, save_path, global_step=None, latest_filename=None, meta_graph_suffix="meta",
        write_meta_graph=True, write_state=True, strip_default_attrs=False, save_debug_info=False,
    ):  # fmt: skip
        """Saves.

        Args:
            sess: Accepted.
            save_path: The name of the checkpoint.
            global_step: A number that is added to the name.
            latest_filename: Another name for the file `checkpoint`.
            write_state: Whether to write the file `checkpoint`.
            meta_graph_suffix, write_meta_graph, strip_default_attrs, save_debug_info: Accepted; there is no graph.

        Returns:
            The name of the checkpoint, with the number.
        """
        prefix = os.fspath(save_path)
        if global_step is not None:
            number = int(global_step)
            prefix = f"{prefix}-{number:08d}" if self._pad else f"{prefix}-{number}"
        values = {name: convert(variable) for name, variable in self._variables.items()}
        write(prefix, [Piece(name, value.host, value.dtype) for name, value in sorted(values.items())])
        self._keep(prefix)
        if write_state:
            folder = remote_files.folder_of(prefix)
            update_checkpoint_state(folder, prefix, self.last_checkpoints, latest_filename)
        return prefix

    def _keep(self, prefix):
        self._kept = [pair for pair in self._kept if pair[0] != prefix] + [(prefix, time.time())]
        while self._max_to_keep and len(self._kept) > self._max_to_keep:
            path, written = self._kept.pop(0)
            if written > self._next:
                self._next += self._keep_every * 3600
            else:
                delete(path)

    def restore(self, sess, save_path):
        """Restores.

        Args:
            sess: Accepted.
            save_path: The name of the checkpoint.

        Raises:
            ValueError: There is no such checkpoint.
            NotFoundError: It does not have a variable.
        """
        if save_path is None:
            raise ValueError("Can't load save_path when it is None.")
        prefix = os.fspath(save_path)
        if not checkpoint_exists(prefix):
            raise ValueError(f"The passed save_path is not a valid checkpoint: {prefix}")
        with opened(prefix) as bundle:
            for name, variable in self._variables.items():
                try:
                    value = tensor_at(bundle, name)
                except NotFoundError as error:
                    raise NotFoundError(
                        f"Restoring from checkpoint failed. This is most likely due to a Variable name or other graph "
                        f"key that is missing from the checkpoint. {error.message}"
                    ) from None
                restore_value(variable, name, value, self._reshape)

    def to_proto(self, export_scope=None):
        """Of TensorFlow 1's graphs.

        Raises:
            UnimplementedError: Always.
        """
        raise UnimplementedError("a Saver as a message: there are no graphs with savers", hint=_NO_GRAPHS)

    def as_saver_def(self):
        """Of TensorFlow 1's graphs.

        Raises:
            UnimplementedError: Always.
        """
        return self.to_proto()

    @staticmethod
    def from_proto(saver_def, import_scope=None):
        """Of TensorFlow 1's graphs.

        Raises:
            UnimplementedError: Always.
        """
        raise UnimplementedError("a Saver from a message: there are no graphs with savers", hint=_NO_GRAPHS)

    def export_meta_graph(
        self, filename=None, collection_list=None, as_text=False, export_scope=None, clear_devices=False,
        clear_extraneous_savers=False, strip_default_attrs=False, save_debug_info=False,
    ):  # fmt: skip
        """Of TensorFlow 1's graphs.

        Raises:
            UnimplementedError: Always.
        """
        raise UnimplementedError("exporting a meta graph: there is no graph of the whole program", hint=_NO_GRAPHS)


def restore_value(variable, name, value, reshape=False):
    """Gives a variable a value from a checkpoint.

    Raises:
        InvalidArgumentError: Shape or dtype do not fit.
    """
    if value.dtype is not variable.dtype:
        raise InvalidArgumentError(
            f"tensor_name = {name}; expected dtype {variable.dtype.name} does not equal original dtype "
            f"{value.dtype.name}"
        )
    if reshape:
        value = convert(value.numpy().reshape(variable.shape.as_list()), dtype=value.dtype)
    if not variable.shape.is_compatible_with(value.shape):
        raise InvalidArgumentError(
            f"Assign requires shapes of both tensors to match. {name}: lhs shape= {variable.shape} rhs shape= "
            f"{value.shape}"
        )
    variable._restore_from_tensors({VARIABLE_VALUE_KEY: value})


def summary_iterator(path):
    """Yields the `Event` messages of an event file.

    Args:
        path: The file.

    Raises:
        DataLossError: It is damaged.
    """
    with local_files.told(path):
        for data in records(path):
            yield message("Event").FromString(data)
