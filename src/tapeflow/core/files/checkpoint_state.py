"""The file `checkpoint` of a directory: which checkpoints are there, and which is the newest."""

import os
import time

from tapeflow.core.base import file_tree, local_files, remote_files
from tapeflow.core.base.bundle import exists
from tapeflow.core.base.errors import NotFoundError
from tapeflow.core.base.messages import message


def checkpoint_exists(prefix):
    """Whether there is a checkpoint of this name, in the current or the old format."""
    place = os.fsdecode(prefix)
    return exists(place) or (file_tree.exists(place) and not file_tree.isdir(place))


def generate_checkpoint_state(
    save_dir, model_checkpoint_path, all_model_checkpoint_paths=None, all_model_checkpoint_timestamps=None,
    last_preserved_timestamp=None,
):  # fmt: skip
    """Returns a `CheckpointState` message, its paths relative to the directory where they can be.

    Args:
        save_dir: The directory.
        model_checkpoint_path: The newest checkpoint.
        all_model_checkpoint_paths: All of them, oldest first; the newest is added if it is missing.
        all_model_checkpoint_timestamps: When each was written.
        last_preserved_timestamp: When the last one was written that is kept for good.

    Raises:
        ValueError: There are not as many times as paths.
    """
    paths = list(all_model_checkpoint_paths or ())
    if not paths or paths[-1] != model_checkpoint_path:
        paths.append(model_checkpoint_path)
    times = all_model_checkpoint_timestamps
    if times and len(times) != len(paths):
        raise ValueError(
            "Checkpoint timestamps, if provided, must match checkpoint paths (got paths "
            f"{paths} and timestamps {times})"
        )
    proto = message("CheckpointState")(model_checkpoint_path=_inside(save_dir, model_checkpoint_path))
    proto.all_model_checkpoint_paths.extend(_inside(save_dir, path) for path in paths)
    proto.all_model_checkpoint_timestamps.extend(times or ())
    if last_preserved_timestamp is not None:
        proto.last_preserved_timestamp = last_preserved_timestamp
    return proto


def _inside(folder, path):
    """The path as the file has it: relative to the folder if both are of one kind."""
    if remote_files.scheme_of(path) != remote_files.scheme_of(folder or ""):
        return path
    if not os.path.isabs(folder) and os.path.isabs(path):
        return path
    if os.path.isabs(folder) and not os.path.isabs(path):
        return path
    return os.path.relpath(path, folder) if folder else path


def update_checkpoint_state(
    save_dir, model_checkpoint_path, all_model_checkpoint_paths=None, latest_filename=None,
    all_model_checkpoint_timestamps=None, last_preserved_timestamp=None,
):  # fmt: skip
    """Writes the file `checkpoint` of a directory.

    Args:
        save_dir: The directory.
        model_checkpoint_path: The newest checkpoint.
        all_model_checkpoint_paths: All of them, oldest first.
        latest_filename: Another name for the file.
        all_model_checkpoint_timestamps: When each was written.
        last_preserved_timestamp: When the last one was written that is kept for good.
    """
    from google.protobuf import text_format  # lazy: as in messages

    proto = generate_checkpoint_state(
        save_dir, model_checkpoint_path, all_model_checkpoint_paths, all_model_checkpoint_timestamps,
        last_preserved_timestamp,
    )  # fmt: skip
    place = os.path.join(save_dir, latest_filename or "checkpoint")
    local_files.write(place, text_format.MessageToString(proto).encode())


def get_checkpoint_state(checkpoint_dir, latest_filename=None):
    """Reads the file `checkpoint` of a directory.

    Args:
        checkpoint_dir: The directory.
        latest_filename: Another name for the file.

    Returns:
        A `CheckpointState` message, its paths joined to the directory; None if there is no such file or it is damaged.
    """
    from google.protobuf import text_format  # lazy: as in messages

    folder = os.fspath(checkpoint_dir)
    place = os.path.join(folder, latest_filename or "checkpoint")
    try:
        text = local_files.read(place)
    except NotFoundError:
        return None
    try:
        proto = text_format.Parse(text.decode(), message("CheckpointState")())
    except (text_format.ParseError, UnicodeDecodeError):
        return None
    if not proto.model_checkpoint_path:
        return None
    proto.model_checkpoint_path = _joined(folder, proto.model_checkpoint_path)
    for i, path in enumerate(proto.all_model_checkpoint_paths):
        proto.all_model_checkpoint_paths[i] = _joined(folder, path)
    return proto


def _joined(folder, path):
    return path if remote_files.scheme_of(path) else os.path.join(folder, path)


def latest_checkpoint(checkpoint_dir, latest_filename=None):
    """Returns the path of the newest checkpoint of a directory, or None.

    Args:
        checkpoint_dir: The directory.
        latest_filename: Another name for the file `checkpoint`.

    >>> import tempfile
    >>> tf.train.latest_checkpoint(tempfile.mkdtemp()) is None
    True
    """
    state = get_checkpoint_state(checkpoint_dir, latest_filename)
    if state is None:
        return None
    return state.model_checkpoint_path if checkpoint_exists(state.model_checkpoint_path) else None


def checkpoints_iterator(checkpoint_dir, min_interval_secs=0, timeout=None, timeout_fn=None):
    """Yields the paths of new checkpoints of a directory as they come.

    Args:
        checkpoint_dir: The directory.
        min_interval_secs: The least number of seconds between two.
        timeout: How many seconds to wait for one; without end if None.
        timeout_fn: Called when that time is over; True ends the iteration.
    """
    seen = None
    while True:
        new = _wait(checkpoint_dir, seen, timeout)
        if new is None:
            if not timeout_fn or timeout_fn():
                return
            continue
        begun, seen = time.time(), new
        yield new
        rest = begun + min_interval_secs - time.time()
        if rest > 0:
            time.sleep(rest)


def _wait(folder, seen, timeout):
    stop = None if timeout is None else time.time() + timeout
    while True:
        new = latest_checkpoint(folder)
        if new is not None and new != seen:
            return new
        if stop is not None and time.time() + 1 > stop:
            return None
        time.sleep(1)
