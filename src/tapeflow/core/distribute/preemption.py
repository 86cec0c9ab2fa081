"""Machines that are taken away: all workers save a checkpoint at the same step, and end."""

import os
import signal
import sys
import tempfile
import threading
import time

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.distribute import processes
from tapeflow.core.files.checkpoint import Checkpoint
from tapeflow.core.files.checkpoint_manager import CheckpointManager
from tapeflow.core.values.tensor import EagerTensor

# How a process ends that has saved and wants to be started again: TensorFlow's code.
_RESTART = 42


class TerminationConfig:
    """What to do when the machine is about to be taken away.

    Args:
        termination_watcher_fn: Called often, in a thread; returns whether the machine is. By default the signal
            SIGTERM says so.
        exit_fn: Called after the checkpoint is saved; ends the process with code 42 by default.
        grace_period: Seconds to train on after the notice, with a checkpoint at once and another at their end.
        save_fn: Called in place of the checkpoint manager's `save`.
    """

    def __init__(self, termination_watcher_fn=None, exit_fn=None, grace_period=None, save_fn=None):
        self.termination_watcher_fn = termination_watcher_fn
        self.exit_fn = exit_fn
        self.grace_period = grace_period
        self.save_fn = save_fn


class PreemptionCheckpointHandler:
    """Runs training steps, and saves a checkpoint of all workers when one of their machines is taken away.

    Made anew after a restart, it restores the last checkpoint.

    Args:
        cluster_resolver: The strategy's cluster resolver.
        checkpoint_or_checkpoint_manager: A `tf.train.Checkpoint`, or a `tf.train.CheckpointManager`.
        checkpoint_dir: Where to save; needed for a checkpoint.
        termination_config: A `TerminationConfig`.

    Raises:
        ValueError: A checkpoint is given without a directory.
    """

    def __init__(
        self, cluster_resolver, checkpoint_or_checkpoint_manager, checkpoint_dir=None, termination_config=None
    ):
        config = termination_config or TerminationConfig()
        self._exit = config.exit_fn or (lambda: sys.exit(_RESTART))
        self._grace = float(config.grace_period or 0)
        self._manager = _manager(checkpoint_or_checkpoint_manager, checkpoint_dir)
        self._save_fn = config.save_fn or self._manager.save
        self._run_calls = 0
        self._noticed = threading.Event()
        self._deadline = None
        self._read_manager = _reader(self._manager, checkpoint_dir)
        self._read_manager.restore_or_initialize()
        self._listen(config.termination_watcher_fn)

    def _listen(self, watcher):
        if watcher is not None:
            threading.Thread(target=self._poll, args=(watcher,), daemon=True, name="tapeflow-preemption").start()
        elif threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, lambda *_: self._noticed.set())

    def _poll(self, watcher):
        while not self._noticed.wait(0.1):
            if watcher():
                self._noticed.set()

    @property
    def total_run_calls(self):
        """How often `run` was called, by earlier processes of this training too, as far as a checkpoint says."""
        return self._run_calls

    def run(self, distributed_train_function, *args, **kwargs):
        """Runs a training step, or several; afterwards saves and ends the process if that is due.

        Args:
            distributed_train_function: The function.
            *args, **kwargs: Its arguments.

        Returns:
            What it returns.
        """
        result = distributed_train_function(*args, **kwargs)
        self._run_calls += 1
        self._act()
        return result

    def save_checkpoint_if_preempted(self, *args, **kwargs):
        """Saves and ends the process if a worker's machine is taken away; to be called by all workers alike.

        Args:
            *args, **kwargs: For the manager's `save`.
        """
        self._act(*args, **kwargs)

    def watch_preemption_scope(self):
        """Context of training; here for TensorFlow's sake: the handler watches from its making on."""
        import contextlib

        return contextlib.nullcontext(self)

    def _act(self, *args, **kwargs):
        if self._deadline is None:
            if not self._any_noticed(self._noticed.is_set()):
                return
            self._save_fn(*args, **kwargs)
            if self._grace <= 0:
                self._leave()
                return
            self._deadline = time.monotonic() + self._grace
        elif self._any_noticed(time.monotonic() >= self._deadline):
            self._save_fn(*args, **kwargs)
            self._leave()

    def _leave(self):
        cluster = processes.running()
        if cluster is not None:
            cluster.barrier()  # nobody goes before all have saved
        self._exit()

    @staticmethod
    def _any_noticed(mine):
        """Whether any worker says so: all must act at the same step."""
        cluster = processes.running()
        if cluster is None:
            return mine
        return int(cluster.sum(EagerTensor(np.int32(mine), dtypes.int32)).host) > 0


def _manager(given, directory):
    if isinstance(given, CheckpointManager):
        return given
    if not isinstance(given, Checkpoint):
        raise TypeError(f"checkpoint_or_checkpoint_manager must be a checkpoint or its manager, not {given!r}")
    if not directory:
        raise ValueError("When a checkpoint is passed, a checkpoint_dir must be passed as well.")
    cluster = processes.running()
    if cluster is not None and cluster.number:
        # Only the chief's checkpoint counts, and all of them take part in saving.
        directory = os.path.join(tempfile.gettempdir(), f"tapeflow-worker-{cluster.number}-{os.getpid()}")
    return CheckpointManager(given, directory, max_to_keep=1)


def _reader(manager, directory):
    """What restores: of the chief's directory, on every worker."""
    if directory is None or os.path.abspath(manager.directory) == os.path.abspath(directory):
        return manager
    return CheckpointManager(manager.checkpoint, directory, max_to_keep=1)


class PreemptionWatcher:
    """Hears that the machine is about to be taken away, by the signal SIGTERM.

    To be made in the main thread.
    """

    def __init__(self):
        self._message = None
        self._noticed = threading.Event()
        signal.signal(signal.SIGTERM, self._hear)

    def _hear(self, number, frame):
        self._message = f"{signal.Signals(number).name} received"
        self._noticed.set()

    @property
    def preemption_message(self):
        """What was heard, None before."""
        return self._message

    def block_until_worker_exit(self):
        """Waits until the notice has come, and then ends the process with code 42."""
        self._noticed.wait()
        sys.exit(_RESTART)
