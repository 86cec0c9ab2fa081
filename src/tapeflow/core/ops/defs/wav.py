"""WAV files of 16-bit samples, both ways (RIFF, IBM and Microsoft, 1991)."""

import struct

import numpy as np

from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.ops.defs.resize import spoken
from tapeflow.core.ops.op import op

_LARGEST = 2**31 - 1
_SHORT = "Data too short when trying to read string"


class _Reader:
    """Reads a file from the front; errors where it ends."""

    def __init__(self, data):
        self._data, self.place = data, 0

    def take(self, count):
        """The next bytes."""
        end = self.place + count
        if end > len(self._data):
            raise InvalidArgumentError(_SHORT)
        part, self.place = self._data[self.place : end], end
        return part

    def expect(self, text):
        """Reads a tag."""
        found = self.take(len(text))
        if found != text:
            raise InvalidArgumentError(f"Header mismatch: Expected {text.decode()} but found {found.decode('latin-1')}")


def _samples(data):
    """Samples int16 [count, channels] and the sample rate."""
    reader = _Reader(data)
    reader.expect(b"RIFF")
    reader.take(4)
    reader.expect(b"WAVE")
    reader.expect(b"fmt ")
    size = struct.unpack("<I", reader.take(4))[0]
    if size not in (16, 18, 40):
        raise InvalidArgumentError(f"Bad format chunk size for WAV: Expected 16, 18 or 40, but got {size}")
    coding, channels, rate, speed, block, bits = struct.unpack("<HHIIHH", reader.take(16))
    reader.take(size - 16)
    if coding != 1 and not (coding == 0xFFFE and size == 40):
        raise InvalidArgumentError(f"Bad audio format for WAV: Expected 1 (PCM), but got {coding}")
    if not channels:
        raise InvalidArgumentError("Bad number of channels for WAV: Expected at least 1, but got 0")
    if bits != 16:
        raise InvalidArgumentError(f"Can only read 16-bit WAV files, but received {bits}")
    if block != 2 * channels:
        raise InvalidArgumentError(f"Bad bytes per sample in WAV header: Expected {2 * channels} but got {block}")
    if speed != rate * block:
        raise InvalidArgumentError(
            f"Bad bytes per second in WAV header: Expected {rate * block} but got {speed} (sample_rate={rate}, "
            f"bytes_per_sample={block})"
        )
    found = None
    while reader.place < len(data):
        tag, size = reader.take(4), struct.unpack("<I", reader.take(4))[0]
        if size > _LARGEST:
            name = tag.decode("latin-1")
            raise InvalidArgumentError(f"WAV data chunk '{name}' is too large: {size} bytes, the limit is {_LARGEST}")
        if tag != b"data":
            reader.take(size)
            continue
        if found is not None:
            raise InvalidArgumentError("More than one data chunk found in WAV")
        count = size // block
        found = np.frombuffer(reader.take(count * block), "<i2").reshape(count, channels)
    if found is None:
        raise InvalidArgumentError("No data chunk found in WAV")
    return found, rate


def _decode(contents, desired_channels, desired_samples):
    if isinstance(contents, np.ndarray) and contents.ndim:
        raise InvalidArgumentError(f"contents must be scalar, got shape {spoken(contents.shape)}")
    for name, n in (("desired_channels", desired_channels), ("desired_samples", desired_samples)):
        if n < -1:
            raise InvalidArgumentError(f"{name} must be >= -1, got {n}")
    samples, rate = _samples(contents if isinstance(contents, bytes) else bytes(contents[()]))
    audio = samples.astype(np.float32) / np.float32(32768)
    if desired_channels > 0:
        have = audio.shape[1]
        audio = audio[:, np.minimum(np.arange(desired_channels), have - 1)]
    if desired_samples >= 0:
        audio = audio[:desired_samples]
        if len(audio) < desired_samples:
            if desired_samples * audio.shape[1] >= 1 << 29:
                raise InvalidArgumentError(f"desired_samples: {desired_samples} are too many")
            audio = np.concatenate([audio, np.zeros((desired_samples - len(audio), audio.shape[1]), np.float32)])
    return audio, np.int32(np.uint32(rate).astype(np.int32))


def _encode(audio, sample_rate):
    audio = np.asarray(audio)
    if audio.ndim != 2:
        raise InvalidArgumentError(f"audio must be 2-dimensional{spoken(audio.shape)}")
    if np.ndim(sample_rate):
        raise InvalidArgumentError(
            f"Input sample_rate should be a scalar tensor, got {spoken(np.shape(sample_rate))} instead."
        )
    rate = int(sample_rate)
    if rate <= 0:
        raise InvalidArgumentError(f"sample_rate must be in (0, 2^32), got: {rate % 2**64}")
    count, channels = audio.shape
    if not channels or channels > 65535:
        raise InvalidArgumentError(f"audio must have 1 to 65535 channels, got {channels}")
    scaled = np.nan_to_num(audio.astype(np.float64) * 32768, nan=0.0, posinf=32767, neginf=-32768)
    whole = np.clip(np.trunc(scaled + np.copysign(0.5, scaled)), -32768, 32767).astype("<i2")
    size = 2 * count * channels
    header = struct.pack(
        "<4sI4s4sIHHIIHH4sI", b"RIFF", size + 36, b"WAVE", b"fmt ", 16, 1, channels, rate,
        rate * channels * 2 & 0xFFFFFFFF, channels * 2, 16, b"data", size,
    )  # fmt: skip
    return header + whole.tobytes()


decode_wav = op(
    "DecodeWav",
    "contents: string, *, desired_channels: int = -1, desired_samples: int = -1 "
    "-> audio: float32, sample_rate: int32",
    kernel=_decode, grad=None,
    shape=lambda shapes, attrs: [
        tuple(None if n < 0 else n for n in (attrs["desired_samples"], attrs["desired_channels"])), ()
    ],
    samples=lambda draw: (_encode(np.array([[0.5, -0.5], [0.25, 1.0]], np.float32), 8000),),
    doc="Reads a 16-bit WAV file: samples from -1 to 1, [samples, channels], and the sample rate.",
)  # fmt: skip
encode_wav = op(
    "EncodeWav", "audio: float32, sample_rate: int32 -> contents: string", kernel=_encode, grad=None,
    shape=lambda shapes, attrs: [()], samples=lambda draw: (np.array([[0.5], [-0.5]], np.float32), 8000),
    doc="Writes samples from -1 to 1, [samples, channels], as a 16-bit WAV file.",
)  # fmt: skip
