"""`tf.train.CheckpointOptions` and the ways to cut a checkpoint into files."""

import copy
import inspect

from tapeflow.core.files.sharding import ShardingCallback


class CheckpointOptions:
    """Options of writing and reading checkpoints.

    Args:
        experimental_io_device: Accepted; files are written from this process.
        experimental_enable_async_checkpoint: Whether saving goes on in a thread while the program continues.
        experimental_write_callbacks: Functions to call when a checkpoint is written, with its path or nothing.
        enable_async: The new name of `experimental_enable_async_checkpoint`.
        experimental_skip_slot_variables: Whether restoring leaves the slot variables of optimizers out.
        experimental_sharding_callback: A `ShardingCallback` that cuts the checkpoint into files.

    Raises:
        AssertionError: A callback takes more than one argument.
        ValueError: `experimental_sharding_callback` is none.
    """

    __slots__ = (
        "enable_async", "experimental_enable_async_checkpoint", "experimental_io_device",
        "experimental_sharding_callback", "experimental_skip_slot_variables", "experimental_write_callbacks",
    )  # fmt: skip

    def __init__(
        self, experimental_io_device=None, experimental_enable_async_checkpoint=False,
        experimental_write_callbacks=None, enable_async=False, experimental_skip_slot_variables=False,
        experimental_sharding_callback=None,
    ):  # fmt: skip
        self.experimental_io_device = experimental_io_device
        self.enable_async = experimental_enable_async_checkpoint or enable_async
        self.experimental_enable_async_checkpoint = self.enable_async
        for callback in experimental_write_callbacks or ():
            _check_callback(callback)
        self.experimental_write_callbacks = experimental_write_callbacks
        self.experimental_skip_slot_variables = experimental_skip_slot_variables
        if not isinstance(experimental_sharding_callback, (ShardingCallback, type(None))):
            raise ValueError(
                "The experimental_sharding_callback checkpoint option must be of type ShardingCallback. The option "
                f"provided was of type {type(experimental_sharding_callback)}."
            )
        self.experimental_sharding_callback = experimental_sharding_callback

    def __copy__(self):
        result = type(self)()
        for name in self.__slots__:
            setattr(result, name, getattr(self, name))
        result.experimental_write_callbacks = copy.copy(self.experimental_write_callbacks)
        return result


def _check_callback(callback):
    count = len(inspect.signature(callback).parameters)
    if count > 1:
        raise AssertionError(
            "Callback functions for checkpoint are required to have 0 or 1 parameters, but this has "
            f"{count} parameters: {callback}"
        )


def run_callbacks(callbacks, path):
    """Calls functions that take the path or nothing."""
    for callback in callbacks or ():
        callback(path) if inspect.signature(callback).parameters else callback()


def with_callback(options, callback):
    """The options with one more function to call when a checkpoint is written."""
    options = CheckpointOptions() if options is None else copy.copy(options)
    options.experimental_write_callbacks = [*(options.experimental_write_callbacks or ()), callback]
    return options
