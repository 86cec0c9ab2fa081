"""`tf.train.CheckpointManager`: numbers checkpoints, keeps some, deletes the rest."""

import logging
import os
import time

from tapeflow.core.base.bundle_writer import delete
from tapeflow.core.files.checkpoint_options import with_callback
from tapeflow.core.files.checkpoint_state import get_checkpoint_state, update_checkpoint_state


class CheckpointManager:
    """Saves into a directory and keeps the newest checkpoints. A manager made later goes on where this one was.

    Args:
        checkpoint: A `tf.train.Checkpoint`.
        directory: Where to save.
        max_to_keep: How many checkpoints to keep; all if None.
        keep_checkpoint_every_n_hours: Every how many hours one is kept for good.
        checkpoint_name: What the files are called, before the number.
        step_counter: A variable with the number of the step, for `checkpoint_interval`.
        checkpoint_interval: The least number of steps between two checkpoints.
        init_fn: What `restore_or_initialize` calls if there is no checkpoint.
        last_checkpoint_step: The step of the last checkpoint.

    Raises:
        ValueError: `max_to_keep` is not positive, or there is an interval but no counter.

    >>> import tempfile
    >>> checkpoint = tf.train.Checkpoint(v=tf.Variable(1.0))
    >>> manager = tf.train.CheckpointManager(checkpoint, tempfile.mkdtemp(), max_to_keep=2)
    >>> for _ in range(3):
    ...     _ = manager.save()
    >>> [os.path.basename(path) for path in manager.checkpoints]
    ['ckpt-2', 'ckpt-3']
    """

    def __init__(
        self, checkpoint, directory, max_to_keep, keep_checkpoint_every_n_hours=None, checkpoint_name="ckpt",
        step_counter=None, checkpoint_interval=None, init_fn=None, last_checkpoint_step=None,
    ):  # fmt: skip
        if max_to_keep is not None and max_to_keep <= 0:
            raise ValueError(f"Expected a positive integer or `None` for `max_to_keep`, got {max_to_keep}.")
        if checkpoint_interval is not None and step_counter is None:
            raise ValueError("`step_counter` should be passed if `checkpoint_interval` is not None.")
        self._checkpoint, self._max_to_keep = checkpoint, max_to_keep
        self._keep_every = keep_checkpoint_every_n_hours
        self._directory = os.fspath(directory)
        self._checkpoint_prefix = os.path.join(self._directory, checkpoint_name)
        self._init_fn, self._step_counter = init_fn, step_counter
        self._checkpoint_interval, self._last_checkpoint_step = checkpoint_interval, last_checkpoint_step
        self._maybe_delete = {}  # path -> when it was written, oldest first
        self._take_over(get_checkpoint_state(self._directory))

    def _take_over(self, state):
        """Goes on where the manager before was."""
        now = time.time()
        self._latest_checkpoint, self._last_preserved_timestamp = None, now - 1.0
        if state is None:
            return
        self._latest_checkpoint = state.model_checkpoint_path
        preserved = state.last_preserved_timestamp
        if now < preserved:
            logging.getLogger("tensorflow").warning(
                "time.time() returned a value %f seconds behind the last preserved checkpoint timestamp.",
                preserved - now,
            )
        self._last_preserved_timestamp = min(now, preserved)
        paths = state.all_model_checkpoint_paths
        times = state.all_model_checkpoint_timestamps or [self._last_preserved_timestamp] * len(paths)
        for path, written in zip(paths, times, strict=False):
            if min(written, now) > self._last_preserved_timestamp:
                self._maybe_delete[path] = min(written, now)

    @property
    def directory(self):
        """Where the checkpoints are."""
        return self._directory

    @property
    def checkpoint_interval(self):
        """The least number of steps between two checkpoints."""
        return self._checkpoint_interval

    @property
    def latest_checkpoint(self):
        """The path of the newest checkpoint, or None."""
        return self._latest_checkpoint

    @property
    def checkpoints(self):
        """The paths of the checkpoints that may be deleted one day, oldest first."""
        return list(self._maybe_delete)

    @property
    def checkpoint(self):
        """The `tf.train.Checkpoint`."""
        return self._checkpoint

    @property
    def _prefix(self):
        return self._checkpoint_prefix

    def save(self, checkpoint_number=None, check_interval=True, options=None):
        """Saves, and deletes what is too much.

        Args:
            checkpoint_number: The number to use instead of the save counter.
            check_interval: Whether not to save if the last checkpoint is less than `checkpoint_interval` steps ago.
            options: `tf.train.CheckpointOptions`.

        Returns:
            The path, or None if nothing was saved.
        """
        if self._checkpoint_interval is not None and not self._is_due(check_interval):
            return None
        counter = self._checkpoint.save_counter
        counter.assign_add(1)
        number = int(counter if checkpoint_number is None else checkpoint_number)
        return self._checkpoint._write(f"{self._prefix}-{number}", with_callback(options, self._note))

    def _is_due(self, check_interval):
        step, last = int(self._step_counter), self._last_checkpoint_step
        if last is not None and (step == last or (check_interval and step < last + self._checkpoint_interval)):
            return False
        self._last_checkpoint_step = step
        return True

    def _note(self, path):
        self._maybe_delete.pop(path, None)
        self._maybe_delete[path] = time.time()
        self._latest_checkpoint = path
        # First, so that nothing that is deleted is still in the list of a file.
        self._record(list(self._maybe_delete)[-(self._max_to_keep or 0) :])
        self._sweep()
        self._record(list(self._maybe_delete))

    def _record(self, paths):
        update_checkpoint_state(
            self._directory, self._latest_checkpoint, paths,
            all_model_checkpoint_timestamps=[self._maybe_delete[path] for path in paths],
            last_preserved_timestamp=self._last_preserved_timestamp,
        )  # fmt: skip

    def _sweep(self):
        while self._max_to_keep and len(self._maybe_delete) > self._max_to_keep:
            path = next(iter(self._maybe_delete))
            written = self._maybe_delete.pop(path)
            if self._keep_every and written - self._keep_every * 3600.0 >= self._last_preserved_timestamp:
                self._last_preserved_timestamp = written
                continue
            delete(path)

    def restore_or_initialize(self):
        """Restores the newest checkpoint; if there is none, calls `init_fn`.

        Returns:
            The path of the checkpoint, or None.
        """
        if self._latest_checkpoint is not None:
            self._checkpoint.restore(self._latest_checkpoint)
            if self._checkpoint_interval is not None:
                self._last_checkpoint_step = int(self._step_counter)
            return self._latest_checkpoint
        if self._init_fn is not None:
            self._init_fn()
        return None

    def sync(self):
        """Waits until what is saved in a thread is saved."""
        if self._checkpoint:
            self._checkpoint.sync()
