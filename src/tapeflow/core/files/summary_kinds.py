"""`tf.summary`'s kinds: scalars, histograms, pictures, sounds and text."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.messages import message
from tapeflow.core.files.summary import summary_scope, write, write_made
from tapeflow.core.ops.compose.array import cast, stop_gradient
from tapeflow.core.ops.compose.image_color import convert_image_dtype
from tapeflow.core.ops.registry import get
from tapeflow.core.values.convert import convert
from tapeflow.core.values.tensor import EagerTensor

_WAV = 11  # TensorBoard's number of the encoding


def metadata_of(plugin, description=None, content=b""):
    """The `SummaryMetadata` message for a plugin of TensorBoard."""
    made = message("SummaryMetadata")(summary_description=description or "")
    made.plugin_data.plugin_name, made.plugin_data.content = plugin, content
    return made


def scalar(name, data, step=None, description=None):
    """Writes a number.

    Args:
        name: The summary's name; the open name scopes come before it.
        data: A scalar; it is written as float32.
        step: The step, by default the one that is set.
        description: A text in Markdown.

    Returns:
        Whether it was written, a bool tensor.

    Raises:
        ValueError: `data` is not a scalar, or there is a writer but no step.
    """
    with summary_scope(name, "scalar_summary") as (tag, _):
        data = convert(data)
        if data.shape.rank not in (None, 0):
            raise ValueError(f"Expected scalar shape for summary {tag!r}, saw shape: {data.shape}.")
        return write(tag, cast(data, dtypes.float32), step, metadata_of("scalars", description))


def text(name, data, step=None, description=None):
    """Writes text: Markdown, or a tensor of it as a table.

    Args:
        name: The summary's name; the open name scopes come before it.
        data: A string tensor.
        step: The step, by default the one that is set.
        description: A text in Markdown.

    Returns:
        Whether it was written, a bool tensor.

    Raises:
        TypeError: `data` is not of strings.
    """
    with summary_scope(name, "text_summary") as (tag, _):
        data = convert(data)
        if data.dtype is not dtypes.string:
            raise TypeError(f"tf.summary.text takes strings, got {data.dtype.name}")
        return write(tag, data, step, metadata_of("text", description))


def histogram(name, data, step=None, buckets=None, description=None):
    """Writes how the elements of a tensor are distributed.

    Args:
        name: The summary's name; the open name scopes come before it.
        data: Numbers of any shape.
        step: The step, by default the one that is set.
        buckets: How many buckets of equal width, 30 by default.
        description: A text in Markdown.

    Returns:
        Whether it was written, a bool tensor.
    """
    count = 30 if buckets is None else buckets
    with summary_scope(name, "histogram_summary") as (tag, _):
        data = stop_gradient(convert(data))
        return write_made(tag, (data, convert(count)), _histogram, step, metadata_of("histograms", description))


def _histogram(data, buckets):
    """Left edge, right edge and count of each bucket, float64 [buckets, 3]."""
    values, count = data.numpy().reshape(-1).astype(np.float64), max(0, int(buckets))
    table = np.zeros((count, 3))
    if not values.size or not count:
        return EagerTensor(table, dtypes.float64)
    least, most = values.min(), values.max()
    if least == most:
        table[:, :2], table[-1, 2] = least, values.size
        return EagerTensor(table, dtypes.float64)
    with np.errstate(invalid="ignore"):
        places = np.minimum(np.floor((values - least) / ((most - least) / count)), count - 1)
    places = places[np.isfinite(places)].astype(np.int64)
    edges = np.linspace(least, most, count + 1)
    table[:, 0], table[:, 1], table[:, 2] = edges[:-1], edges[1:], np.bincount(places, minlength=count)
    return EagerTensor(table, dtypes.float64)


def image(name, data, step=None, max_outputs=3, description=None):
    """Writes pictures.

    Args:
        name: The summary's name; the open name scopes come before it.
        data: [pictures, height, width, channels], 1 to 4 channels: uint8, or floats from 0 to 1.
        step: The step, by default the one that is set.
        max_outputs: How many of the pictures to write.
        description: A text in Markdown.

    Returns:
        Whether it was written, a bool tensor.

    Raises:
        ValueError: `data` has another rank.
    """
    with summary_scope(name, "image_summary") as (tag, _):
        data = _of_rank(data, 4, tag)
        return write_made(tag, (data, convert(max_outputs)), _pngs, step, metadata_of("images", description))


def _of_rank(data, rank, tag):
    data = convert(data)
    if data.shape.rank not in (None, rank):
        raise ValueError(f"{tag}: Tensor must have rank {rank}. Received rank {data.shape.rank}, shape {data.shape}")
    return data


def _pngs(data, count):
    """Width and height as text, then the files."""
    pictures = convert_image_dtype(data, dtypes.uint8, saturate=True)
    height, width = pictures.shape[1:3]
    files = [get("EncodePng")(one).host[()] for one in pictures[: int(count)]]
    return convert([str(width).encode(), str(height).encode(), *files], dtype=dtypes.string)


def audio(name, data, sample_rate, step=None, max_outputs=3, encoding=None, description=None):
    """Writes sounds.

    Args:
        name: The summary's name; the open name scopes come before it.
        data: [sounds, samples, channels], floats from -1 to 1.
        sample_rate: In hertz.
        step: The step, by default the one that is set.
        max_outputs: How many of the sounds to write.
        encoding: `"wav"`.
        description: A text in Markdown.

    Returns:
        Whether it was written, a bool tensor.

    Raises:
        ValueError: The encoding is another one, or `data` has another rank.
    """
    if encoding not in (None, "wav"):
        raise ValueError(f"Unknown encoding: {encoding!r}")
    metadata = metadata_of("audio", description, bytes([0x10, _WAV]))
    with summary_scope(name, "audio_summary") as (tag, _):
        data = _of_rank(data, 3, tag)
        return write_made(tag, (data, convert(sample_rate), convert(max_outputs)), _wavs, step, metadata)


def _wavs(data, sample_rate, count):
    """Pairs of a file and a label."""
    files = [get("EncodeWav")(one, sample_rate).host[()] for one in data[: int(count)]]
    table = np.empty((len(files), 2), object)
    table[:, 0], table[:, 1] = files, b""
    return EagerTensor(table, dtypes.string)
