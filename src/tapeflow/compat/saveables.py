"""What Keras 2 asks of checkpoints past `tf.train`: the tensors of one object, and the file that names the newest."""

import os

from tapeflow.core.base.trackable import saves_itself
from tapeflow.core.files.checkpoint_state import update_checkpoint_state as _update


class _Spec:
    """One tensor of an object.

    Attributes:
        tensor: The value.
        name: What the object calls it.
        dtype: Its dtype.
    """

    def __init__(self, name, tensor):
        self.name, self.tensor, self.dtype = name, tensor, tensor.dtype


class _Saveable:
    """The tensors that a checkpoint holds of an object.

    Attributes:
        specs: One for each tensor.
    """

    def __init__(self, trackable):
        self._trackable = trackable
        self.specs = [_Spec(name, tensor) for name, tensor in trackable._serialize_to_tensors().items()]

    def restore(self, restored_tensors, restored_shapes):
        """Gives the object other tensors, in the order of `specs`."""
        names = [spec.name for spec in self.specs]
        self._trackable._restore_from_tensors(dict(zip(names, restored_tensors, strict=True)))


def saveable_objects_from_trackable(obj, tf1_saver=False):
    """Returns name -> function that returns the object's tensors as they are now; empty if it has none of its own."""
    return {"": lambda: _Saveable(obj)} if saves_itself(obj) else {}


def streaming_restore(status, session=None):
    """Accepted: what is restored waits for variables that are made later, without being asked."""


def update_checkpoint_state(
    save_dir, model_checkpoint_path, all_model_checkpoint_paths=None, latest_filename=None, save_relative_paths=False,
    all_model_checkpoint_timestamps=None, last_preserved_timestamp=None,
):  # fmt: skip
    """Writes the file `checkpoint` of a directory.

    Args:
        save_dir: The directory.
        model_checkpoint_path: The newest checkpoint.
        all_model_checkpoint_paths: All of them, oldest first.
        latest_filename: Another name for the file.
        save_relative_paths: Whether paths are written as seen from the directory.
        all_model_checkpoint_timestamps: When each was written.
        last_preserved_timestamp: When the last one was written that is kept for good.
    """
    paths = [model_checkpoint_path, *(all_model_checkpoint_paths or ())]
    if save_relative_paths:
        paths = [os.path.relpath(path, save_dir) if os.path.isabs(path) else path for path in paths]
    _update(
        save_dir, paths[0], paths[1:], latest_filename, all_model_checkpoint_timestamps, last_preserved_timestamp
    )  # fmt: skip
