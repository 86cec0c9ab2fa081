"""`tf.summary`: writers, when they write, and writing a tensor.

In a function a summary is an effect: it leaves as an output and is written right after, in the order of the program.
"""

import os
import re
from contextlib import contextmanager

from tapeflow.core.base import dtypes
from tapeflow.core.base.messages import message
from tapeflow.core.base.naming import scopes
from tapeflow.core.base.tensor_message import serialized
from tapeflow.core.files.summary_writers import effect, state
from tapeflow.core.ops.compose.array import get_static_value
from tapeflow.core.ops.registry import get
from tapeflow.core.trace.control import smart_cond
from tapeflow.core.values.convert import convert
from tapeflow.core.values.tensor import Tensor

_NOT_IN_SCOPES = re.compile(r"[^-_/.A-Za-z0-9]")


# -- when to write -------------------------------------------------------------------------------------


def get_step():
    """Returns the thread's step, or None."""
    return state.step


def set_step(step):
    """Sets the step of summaries that name none.

    Args:
        step: A number, a tensor or a variable; None for no step.
    """
    state.step = step


@contextmanager
def record_if(condition):
    """Context in which summaries are written only if a condition holds.

    Args:
        condition: A bool, a tensor, or a function without arguments that returns one; functions are asked each time.
    """
    before = state.recording
    state.recording = condition
    try:
        yield
    finally:
        state.recording = before


def should_record_summaries():
    """Returns whether summaries are written now, a bool tensor."""
    if state.writer is None:
        return convert(False)
    condition = state.recording() if callable(state.recording) else state.recording
    return convert(True if condition is None else condition, dtype=dtypes.bool)


@contextmanager
def summary_scope(name, default_name="summary", values=None):
    """Context that names a summary: yields its tag and its name scope.

    Args:
        name: The name.
        default_name: The name if there is none.
        values: Accepted.
    """
    from tapeflow.core.track.module import name_scope

    name = name or default_name
    outer = scopes.prefix.rstrip("/")
    tag = f"{outer}/{name}" if outer else name
    with name_scope(_NOT_IN_SCOPES.sub("", name) or default_name) as scope:
        yield tag, scope


# -- writing -------------------------------------------------------------------------------------------


def checked_step(step):
    """The step to write with.

    Raises:
        ValueError: It is none, or not a scalar.
    """
    step = state.step if step is None else step
    if step is None:
        raise ValueError(
            "No step set. Please specify one either through the `step` argument or through "
            "tf.summary.experimental.set_step()"
        )
    step = convert(step)
    step = step if step.dtype is dtypes.int64 else get("Cast")(step, DstT=dtypes.int64)
    if step.shape.num_elements() != 1:
        raise ValueError(f"Argument `step` must be a scalar. Received step with shape {step.shape}.")
    return step


def write(tag, tensor, step=None, metadata=None, name=None):
    """Writes a tensor as a summary: what the functions for scalars and pictures do in the end.

    Args:
        tag: The summary's tag.
        tensor: A tensor, or a function that returns one, called only if it is written.
        step: The step, by default the one that is set.
        metadata: A `SummaryMetadata` message, or its bytes.
        name: Accepted.

    Returns:
        Whether it was written, a bool tensor.

    Raises:
        ValueError: There is no step.
    """
    if step is not None:
        checked_step(step)
    if state.writer is None:
        return convert(False)
    if callable(tensor) and not isinstance(tensor, Tensor):
        return smart_cond(
            should_record_summaries(),
            lambda: _write(tag, (tensor(),), lambda x: x, step, metadata, convert(True)),
            lambda: convert(False),
        )
    return _write(tag, (tensor,), lambda x: x, step, metadata, should_record_summaries())


def write_made(tag, tensors, make, step=None, metadata=None):
    """Writes a summary that is made of tensors, on the host, only when it is written.

    Args:
        tag: The summary's tag.
        tensors: Tensors.
        make: (eager tensors) -> the tensor to write.
        step: The step, by default the one that is set.
        metadata: A `SummaryMetadata` message.
    """
    if state.writer is None:
        return convert(False)
    return _write(tag, tensors, make, step, metadata, should_record_summaries())


def _write(tag, tensors, make, step, metadata, wanted):
    known = get_static_value(wanted)
    if known is not None and not known:
        return convert(False)
    file = getattr(state.writer, "_file", None)
    if file is None:
        return convert(False)
    step = checked_step(step)
    metadata = metadata.SerializeToString() if hasattr(metadata, "SerializeToString") else metadata
    tag = tag.numpy().decode() if isinstance(tag, Tensor) else os.fsdecode(tag)

    def call(wanted, step, *tensors):
        if wanted:
            _add(file, tag, make(*tensors), int(step), metadata)

    effect("WriteSummary", call, (wanted, step, *map(convert, tensors)))
    return wanted


def _add(file, tag, tensor, step, metadata):
    tensor = convert(tensor)
    summary = message("Summary")()
    value = summary.value.add(tag=tag)
    value.tensor.MergeFromString(serialized(tensor.numpy() if tensor.shape.rank else tensor.host, tensor.dtype))
    if metadata:
        value.metadata.MergeFromString(metadata)
    file.add(step, summary=summary)


def write_raw_pb(tensor, step=None, name=None):
    """Writes a summary that is a message already.

    Args:
        tensor: The bytes of a `tf.compat.v1.Summary` message, a scalar.
        step: The step, by default the one that is set.
        name: Accepted.

    Returns:
        Whether it was written, a bool tensor.

    Raises:
        ValueError: There is no step.
    """
    if state.writer is None:
        return convert(False)
    step, wanted, file = checked_step(step), should_record_summaries(), getattr(state.writer, "_file", None)
    if file is None:
        return convert(False)

    def call(wanted, step, data):
        if wanted:
            file.add(int(step), summary=message("Summary").FromString(data.numpy()))

    effect("WriteRawProtoSummary", call, (wanted, step, convert(tensor)))
    return wanted


# -- traces --------------------------------------------------------------------------------------------
