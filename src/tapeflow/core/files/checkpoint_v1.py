"""`tf.compat.v1.train.Checkpoint`."""

from tapeflow.core.files.checkpoint import Checkpoint


class CheckpointV1(Checkpoint):
    """Groups objects whose state is saved and restored together, see `tf.train.Checkpoint`.

    Args:
        **kwargs: The objects, by name.
    """

    def __init__(self, **kwargs):
        super().__init__(**kwargs)

    def write(self, file_prefix, session=None, options=None):
        """Writes a checkpoint, see `tf.train.Checkpoint.write`."""
        return super().write(file_prefix, options)

    def save(self, file_prefix, session=None, options=None):
        """Writes a numbered checkpoint, see `tf.train.Checkpoint.save`."""
        return super().save(file_prefix, options)

    def restore(self, save_path):
        """Restores a checkpoint, see `tf.train.Checkpoint.restore`."""
        return super().restore(save_path)


CheckpointV1.__name__ = CheckpointV1.__qualname__ = "Checkpoint"
