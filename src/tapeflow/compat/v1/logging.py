"""`tf.compat.v1.logging`: TensorFlow's logger, which is one of Python's."""

import threading
from logging import DEBUG, ERROR, FATAL, INFO, WARN

from tapeflow.core.trace.legacy import get_logger

_counts: dict = {}
_lock = threading.Lock()


def log(level, msg, *args, **kwargs):
    """Writes a message of a level."""
    get_logger().log(level, msg, *args, **kwargs)


def debug(msg, *args, **kwargs):
    """Writes a message for those who look for a fault."""
    get_logger().debug(msg, *args, **kwargs)


def info(msg, *args, **kwargs):
    """Writes what is going on."""
    get_logger().info(msg, *args, **kwargs)


def warn(msg, *args, **kwargs):
    """Writes a warning."""
    get_logger().warning(msg, *args, **kwargs)


def warning(msg, *args, **kwargs):
    """Writes a warning."""
    get_logger().warning(msg, *args, **kwargs)


def error(msg, *args, **kwargs):
    """Writes an error."""
    get_logger().error(msg, *args, **kwargs)


def fatal(msg, *args, **kwargs):
    """Writes an error that the program does not survive."""
    get_logger().fatal(msg, *args, **kwargs)


def vlog(level, msg, *args, **kwargs):
    """Writes a message of a level."""
    get_logger().log(level, msg, *args, **kwargs)


def log_if(level, msg, condition, *args):
    """Writes a message if a condition holds."""
    if condition:
        vlog(level, msg, *args)


def log_every_n(level, msg, n, *args):
    """Writes the first of every `n` calls with this message."""
    log_if(level, msg, _count(msg) % n == 0, *args)


def log_first_n(level, msg, n, *args):
    """Writes the first `n` calls with this message."""
    log_if(level, msg, _count(msg) < n, *args)


def _count(key):
    with _lock:
        _counts[key] = _counts.get(key, -1) + 1
        return _counts[key]


def flush():
    """Accepted: nothing is held back."""


def get_verbosity():
    """Returns the level from which on messages are written."""
    return get_logger().getEffectiveLevel()


def set_verbosity(v):
    """Says from which level on messages are written."""
    get_logger().setLevel(v)


def TaskLevelStatusMessage(msg):
    """Writes an error."""
    error(msg)
