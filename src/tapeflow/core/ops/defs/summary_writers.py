"""Writers of event files behind a handle, and writing summaries with them."""

import os
import tempfile

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.byte_strings import listed
from tapeflow.core.base.errors import DataLossError, NotFoundError, UnimplementedError
from tapeflow.core.base.event_file import EventFile
from tapeflow.core.base.messages import message, read_message
from tapeflow.core.base.shared import Shared, boxed, opened_as
from tapeflow.core.ops.defs.summaries import _REAL, _one, add_histogram, add_images, add_sounds, put_tensor
from tapeflow.core.ops.op import op

_writers = Shared()


class Writer:
    """What a handle points to: an event file, once there is one, until it is closed."""

    kind = "SummaryWriterInterface"

    def __init__(self):
        self.file = None


def _writer(writer):
    return opened_as(writer, Writer, "tensorflow::SummaryWriterInterface")


def _file(writer):
    file = _writer(writer).file
    if file is None:
        raise NotFoundError(
            "Resource localhost//tensorflow::SummaryWriterInterface does not exist.",
            hint="CreateSummaryFileWriter comes first, and nothing after CloseSummaryWriter",
        )
    return file


def _create(writer, logdir, max_queue, flush_millis, filename_suffix):
    place, suffix = _one(logdir, "logdir"), _one(filename_suffix, "filename_suffix")
    if _writer(writer).file is None:  # a second time changes nothing
        _writer(writer).file = EventFile(place, int(max_queue), int(flush_millis), suffix)
    return ()


def _create_db(writer, db_uri, experiment_name, run_name, user_name):
    raise UnimplementedError("summaries go to event files, not to data bases", hint="CreateSummaryFileWriter")


def _flush(writer):
    _file(writer).flush()
    return ()


def _close(writer):
    _file(writer).close()
    _writer(writer).file = None
    return ()


def _add(writer, step, fill):
    """Adds an event with the summary that `fill` fills."""
    file, summary = _file(writer), message("Summary")()
    fill(summary)
    file.add(int(step), summary=summary)
    return ()


def _scalar(writer, step, tag, value):
    number = float(np.ravel(value)[0])
    return _add(writer, step, lambda summary: summary.value.add(tag=_one(tag, "tag"), simple_value=number))


def _histogram(writer, step, tag, values):
    return _add(writer, step, lambda summary: add_histogram(summary, _one(tag, "tag"), values))


def _image(writer, step, tag, tensor, bad_color, *, max_images):
    color = np.ravel(bad_color).tolist()
    return _add(writer, step, lambda summary: add_images(summary, _one(tag, "tag"), tensor, max_images, color))


def _audio(writer, step, tag, tensor, sample_rate, *, max_outputs):
    return _add(writer, step, lambda summary: add_sounds(summary, _one(tag, "tag"), tensor, sample_rate, max_outputs))


def _tensor(writer, step, tensor, tag, summary_metadata):
    def fill(summary):
        value = summary.value.add(tag=_one(tag, "tag"))
        put_tensor(value, tensor)
        metadata = read_message("SummaryMetadata", listed(np.asarray(summary_metadata, object))[0])
        if metadata is not None:
            value.metadata.CopyFrom(metadata)

    return _add(writer, step, fill)


def _graph(writer, step, tensor):
    file, data = _file(writer), listed(np.asarray(tensor, object))[0]
    if read_message("GraphDef", data) is None:
        raise DataLossError("Bad tf.GraphDef binary proto tensor string")
    file.add(int(step), graph_def=data)
    return ()


def _messages(writer, step, tensor):
    def fill(summary):
        for i, text in enumerate(listed(np.asarray(tensor, object))):
            part = read_message("Summary", text)
            if part is None:
                raise DataLossError(f"Bad tf.compat.v1.Summary binary proto tensor string at index {i}")
            summary.MergeFrom(part)

    return _add(writer, step, fill)


def _import(writer, event):
    found = read_message("Event", listed(np.asarray(event, object))[0])
    if found is None:
        raise DataLossError("Bad tf.Event binary proto tensor string")
    _file(writer).add_event(found)
    return ()


def _sample():
    """The handle of a writer into a temporary directory, for the samples."""
    from tapeflow.core.values.tensor import EagerTensor

    writer = Writer()
    writer.file = EventFile(os.path.join(tempfile.gettempdir(), "tapeflow-sample-events"))
    return EagerTensor(boxed(writer), dtypes.resource)


op("SummaryWriter", "*, shared_name: string = '', container: string = '' -> writer: resource", grad=None, stateful=True,
   kernel=lambda shared_name, container: boxed(_writers.get(container, shared_name, Writer)),
   shape=lambda shapes, attrs: [()], samples=lambda draw: ())  # fmt: skip

_STEP = "writer: resource, step: int64"
for _name, _signature, _types, _kernel, _draw in (
    ("CreateSummaryFileWriter",
     "writer: resource, logdir: string, max_queue: int32, flush_millis: int32, filename_suffix: string", {}, _create,
     lambda draw: (_sample(), tempfile.gettempdir(), 1, 1, ".sample")),
    ("CreateSummaryDbWriter",
     "writer: resource, db_uri: string, experiment_name: string, run_name: string, user_name: string", {}, _create_db,
     []),
    ("FlushSummaryWriter", "writer: resource", {}, _flush, lambda draw: (_sample(),)),
    ("CloseSummaryWriter", "writer: resource", {}, _close, lambda draw: (_sample(),)),
    ("WriteScalarSummary", f"{_STEP}, tag: string, value: T", {"T": _REAL}, _scalar,
     lambda draw: (_sample(), 1, "a", 1.0)),
    ("WriteHistogramSummary", f"{_STEP}, tag: string, values: T", {"T": f"{_REAL} | bool"}, _histogram,
     lambda draw: (_sample(), 1, "a", [1.0])),
    ("WriteImageSummary", f"{_STEP}, tag: string, tensor: T, bad_color: uint8, *, max_images: int = 3",
     {"T": "uint8 | float64 | float32 | float16"}, _image,
     lambda draw: (_sample(), 1, "a", draw.floats((1, 2, 2, 1)), np.zeros(4, np.uint8))),
    ("WriteAudioSummary", f"{_STEP}, tag: string, tensor: float32, sample_rate: float32, *, max_outputs: int = 3", {},
     _audio, lambda draw: (_sample(), 1, "a", draw.floats((1, 4, 1), dtype="float32"), 8000.0)),
    ("WriteSummary", f"{_STEP}, tensor: T, tag: string, summary_metadata: string", {"T": "any"}, _tensor,
     lambda draw: (_sample(), 1, [1, 2], "a", b"")),
    ("WriteGraphSummary", f"{_STEP}, tensor: string", {}, _graph, lambda draw: (_sample(), 1, b"")),
    ("WriteRawProtoSummary", f"{_STEP}, tensor: string", {}, _messages, lambda draw: (_sample(), 1, b"")),
    ("ImportEvent", "writer: resource, event: string", {}, _import, lambda draw: (_sample(), b"")),
):  # fmt: skip
    op(_name, f"{_signature} ->", kernel=_kernel, grad=None, stateful=True, elementwise=False,
       shape=lambda shapes, attrs: [], samples=_draw, **_types)  # fmt: skip
