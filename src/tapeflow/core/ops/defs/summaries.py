"""Summaries as bytes of their message: numbers, histograms, pictures, sounds, tensors, and several merged."""

import sys

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.byte_strings import arranged, listed
from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.base.messages import message, read_message
from tapeflow.core.base.tensor_message import serialized
from tapeflow.core.ops import registry
from tapeflow.core.ops.op import op

_REAL = "float32 | float64 | int32 | uint8 | int16 | int8 | int64 | bfloat16 | uint16 | float16 | uint32 | uint64"
BAD_COLOR = (255, 0, 0, 255)


def _one(x, label):
    """A string out of an input that must be a scalar."""
    if np.size(x) != 1:
        raise InvalidArgumentError(f"{label} must be scalar")
    return listed(np.asarray(x, object))[0].decode("utf-8", "replace")


def _bytes(summary):
    return arranged([summary.SerializeToString()], ())


# -- what goes into a summary --------------------------------------------------------------------------


def _limits():
    """The ends of the buckets: each a tenth further from zero than the one before."""
    ends, v = [], 1e-12
    while v < 1e20:
        ends.append(v)
        v *= 1.1
    ends.append(sys.float_info.max)
    return np.array([*(-x for x in reversed(ends)), 0.0, *ends])


def add_histogram(summary, tag, values):
    """Adds how values are distributed: buckets whose ends grow by a tenth, runs of empty ones joined."""
    values = np.asarray(values).astype(np.float64).ravel()
    for test, what in ((np.isnan, "Nan"), (np.isinf, "Infinity")):
        if test(values).any():
            raise InvalidArgumentError(f"{what} in summary histogram for: {tag}")
    limits = _limits()
    counts = np.bincount(np.searchsorted(limits, values, side="right"), minlength=len(limits)).astype(float)
    histo = summary.value.add(tag=tag).histo
    histo.min = values.min() if len(values) else sys.float_info.max
    histo.max = values.max() if len(values) else -sys.float_info.max
    histo.num, histo.sum, histo.sum_squares = len(values), values.sum(), (values * values).sum()
    last = np.append(counts[1:] > 0, True)  # the next bucket has something in it
    kept = (counts > 0) | last
    histo.bucket_limit.extend(limits[kept].tolist())
    histo.bucket.extend(counts[kept].tolist())


def add_images(summary, tag, pictures, most, bad_color=BAD_COLOR):
    """Adds pictures [pictures, height, width, channels] as PNG files; floats are scaled to what a byte holds."""
    if np.ndim(pictures) != 4 or pictures.shape[3] not in (1, 3, 4):
        shape = str(list(np.shape(pictures))).replace(" ", "")
        raise InvalidArgumentError(f"Tensor must be 4-D with last dim 1, 3, or 4, not {shape}")
    channels = pictures.shape[3]
    if len(bad_color) < channels:
        raise InvalidArgumentError(f"expected depth <= bad_color.size, got depth = {channels}")
    encode = registry.get("EncodePng").kernel
    for i, picture in enumerate(pictures[:most]):
        if picture.dtype != np.uint8:
            picture = _scaled(picture, np.array(bad_color[:channels], np.uint8))
        image = summary.value.add(tag=f"{tag}/image/{i}" if most > 1 else f"{tag}/image").image
        image.height, image.width, image.colorspace = picture.shape
        image.encoded_image_string = listed(encode(picture, compression=-1))[0]


def _scaled(picture, bad_color):
    """Bytes: 0 to the largest value become 0 to 255, or, with negative ones, 1 to 255 around 128."""
    picture = picture.astype(np.float64 if picture.dtype == np.float64 else np.float32)
    finite = np.isfinite(picture).all(-1)
    good = picture[finite]
    least, most = (good.min(), good.max()) if good.size else (0.0, 0.0)
    largest, full, offset = (max(-least, abs(most)), 127, 128) if least < 0 else (most, 255, 0)
    scale = picture.dtype.type(0 if largest < 1e-6 else full / largest)
    result = np.empty(picture.shape, np.uint8)
    result[finite] = (good * scale + picture.dtype.type(offset)).astype(np.uint8)
    result[~finite] = bad_color
    return result


def add_sounds(summary, tag, sounds, sample_rate, most):
    """Adds sounds [sounds, samples] or [sounds, samples, channels] as WAV files."""
    if np.ndim(sounds) not in (2, 3):
        raise InvalidArgumentError(f"Tensor must be 3-D or 2-D, got: {list(np.shape(sounds))}")
    if np.size(sample_rate) != 1:
        raise InvalidArgumentError("sample_rate must be a scalar")
    encode, rate = registry.get("EncodeWav").kernel, float(np.ravel(sample_rate)[0])
    for i, sound in enumerate(sounds[:most]):
        sound = sound[:, None] if sound.ndim == 1 else sound
        audio = summary.value.add(tag=f"{tag}/audio/{i}" if most > 1 else f"{tag}/audio").audio
        audio.sample_rate, (audio.length_frames, audio.num_channels) = rate, sound.shape
        audio.content_type = "audio/wav"
        audio.encoded_audio_string = listed(encode(sound, np.int32(rate)))[0]


def put_tensor(value, tensor):
    """Sets a value of a summary to a tensor."""
    array = np.asarray(tensor, object) if isinstance(tensor, bytes) else np.asarray(tensor)
    dtype = dtypes.string if array.dtype == object else dtypes.from_numpy(array.dtype)
    value.tensor.MergeFromString(serialized(array, dtype))


# -- the ops -------------------------------------------------------------------------------------------


def _scalars(tags, values):
    tag_shape, values = np.shape(tags), np.asarray(values)
    if tag_shape != values.shape:
        first = f" (tag '{listed(np.asarray(tags, object))[0].decode()}')" if np.size(tags) == 1 else ""
        shapes = (str(list(shape)).replace(" ", "") for shape in (tag_shape, values.shape))
        raise InvalidArgumentError(f"tags and values are not the same shape: {' != '.join(shapes)}{first}")
    summary = message("Summary")()
    for tag, value in zip(listed(np.asarray(tags, object)), values.ravel().tolist(), strict=True):
        summary.value.add(tag=tag, simple_value=value)
    return _bytes(summary)


def _histogram(tag, values):
    tag, summary = _one(tag, "tags"), message("Summary")()
    add_histogram(summary, tag, values)
    return _bytes(summary)


def _image(tag, tensor, *, max_images, bad_color):
    summary = message("Summary")()
    color = BAD_COLOR if bad_color is None else np.ravel(getattr(bad_color, "host", bad_color)).tolist()
    add_images(summary, _one(tag, "Tags"), tensor, max_images, color)
    return _bytes(summary)


def _audio(tag, tensor, sample_rate, *, max_outputs):
    summary = message("Summary")()
    add_sounds(summary, _one(tag, "Tag"), tensor, sample_rate, max_outputs)
    return _bytes(summary)


def _tensor(tensor, *, description, labels, display_name):
    summary = message("Summary")()
    put_tensor(summary.value.add(node_name="TensorSummary"), tensor)
    return _bytes(summary)


def _tensor_v2(tag, tensor, serialized_summary_metadata):
    summary = message("Summary")()
    value = summary.value.add(tag=_one(tag, "tag"))
    put_tensor(value, tensor)
    metadata = read_message("SummaryMetadata", listed(np.asarray(serialized_summary_metadata, object))[0])
    if metadata is not None:
        value.metadata.CopyFrom(metadata)
    return _bytes(summary)


def _merged(inputs):
    summary, seen = message("Summary")(), set()
    for text in (one for x in inputs for one in listed(np.asarray(x, object))):
        part = read_message("Summary", text)
        if part is None:
            raise InvalidArgumentError("Could not parse one of the summary inputs")
        for value in part.value:
            if value.tag and value.tag in seen:
                raise InvalidArgumentError(f"Duplicate tag {value.tag} found in summary inputs")
            seen.add(value.tag)
            summary.value.add().CopyFrom(value)
    return _bytes(summary)


def _sample_summary():
    return message("Summary")(value=[{"tag": "a", "simple_value": 1.0}]).SerializeToString()


for _name, _signature, _types, _kernel, _draw in (
    ("ScalarSummary", "tags: string, values: T", {"T": _REAL}, _scalars, lambda draw: ("a", 1.0)),
    ("HistogramSummary", "tag: string, values: T", {"T": _REAL}, _histogram, lambda draw: ("a", [1.0, 2.0])),
    ("ImageSummary", "tag: string, tensor: T, *, max_images: int = 3, bad_color: tensor = None",
     {"T": "uint8 | float32 | float16 | float64"}, _image, lambda draw: ("a", draw.floats((1, 2, 2, 1)))),
    ("AudioSummaryV2", "tag: string, tensor: float32, sample_rate: float32, *, max_outputs: int = 3", {}, _audio,
     lambda draw: ("a", draw.floats((1, 4, 1), dtype="float32"), 8000.0)),
    ("TensorSummary", "tensor: T, *, description: string = '', labels: list(string) = [], display_name: string = ''",
     {"T": "any"}, _tensor, lambda draw: ([1, 2],)),
    ("TensorSummaryV2", "tag: string, tensor: T, serialized_summary_metadata: string", {"T": "any"}, _tensor_v2,
     lambda draw: ("a", [1, 2], b"")),
    ("MergeSummary", "inputs: N*string", {}, _merged, lambda draw: ([_sample_summary()],)),
):  # fmt: skip
    op(_name, f"{_signature} -> summary: string", kernel=_kernel, grad=None, elementwise=False,
       shape=lambda shapes, attrs: [()], samples=_draw, **_types)  # fmt: skip
