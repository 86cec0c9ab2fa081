"""What a user's Python code raises inside a pipeline, as the errors that pipelines raise, with the user's line."""

from tapeflow.core.base.errors import (
    InvalidArgumentError,
    OpError,
    ResourceExhaustedError,
    UnimplementedError,
    UnknownError,
)
from tapeflow.core.base.source import user_frame

_CLASSES = (
    ((ValueError, TypeError, StopIteration), InvalidArgumentError),
    (NotImplementedError, UnimplementedError),
    (MemoryError, ResourceExhaustedError),
)


def translated(error):
    """The pipeline's error for one of Python's; what is an `OpError` already stays as it is."""
    if isinstance(error, OpError):
        return error
    kind = next((ours for python, ours in _CLASSES if isinstance(error, python)), UnknownError)
    result = kind(f"{type(error).__name__}: {error}")
    place = _place(error)
    if place is not None:
        result._at, result.is_located = place, True
    return result


def _place(error):
    """The innermost line of the user's in the traceback."""
    found, step = None, error.__traceback__
    while step is not None:
        # A frame of ours asks its callers, which are not of this traceback: only frames that answer for themselves.
        place = user_frame(step.tb_frame)
        if place is not None and place[0] is step.tb_frame.f_code:
            found = step.tb_frame.f_code, step.tb_lasti
        step = step.tb_next
    return found
