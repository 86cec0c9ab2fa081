"""The spectrogram and the cepstra of TensorFlow's speech examples: AudioSpectrogram and Mfcc."""

import math
from functools import lru_cache

import numpy as np

from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.ops.lowering import jnp
from tapeflow.core.ops.op import op


def _spoken(shape):
    return f"[{','.join(map(str, shape))}]"


def _spectrogram(xp, input, window_size, stride, magnitude_squared):
    if input.ndim != 2:
        raise InvalidArgumentError(f"input must be 2-dimensional{_spoken(input.shape)}")
    if window_size < 2 or stride < 1:
        raise InvalidArgumentError(
            f"Spectrogram initialization failed for window size {window_size} and stride {stride}",
            hint="a window_size of at least 2 and a stride of at least 1",
        )
    samples, channels = input.shape
    size = 1 << (window_size - 1).bit_length()
    count = max(0, 1 + (samples - window_size) // stride)
    if not count or not channels:
        return xp.zeros((channels, count, size // 2 + 1), np.float32)
    places = np.arange(count)[:, None] * stride + np.arange(window_size)
    window = 0.5 - 0.5 * np.cos(2 * math.pi / window_size * np.arange(window_size))
    frames = input.T.astype(np.float64)[:, places] * window
    spectra = xp.fft.rfft(frames, size)
    power = spectra.real * spectra.real + spectra.imag * spectra.imag
    return (power if magnitude_squared else xp.sqrt(power)).astype(np.float32)


audio_spectrogram = op(
    "AudioSpectrogram",
    "input: float32, *, window_size: int, stride: int, magnitude_squared: bool = False -> spectrogram: float32",
    kernel=lambda input, **attrs: _spectrogram(np, np.asarray(input), **attrs),
    lower=lambda input, **attrs: _spectrogram(jnp, input, **attrs), grad=None,
    samples=lambda draw: (np.linspace(-1, 1, 40, dtype=np.float32).reshape(20, 2), 5, 3),
)  # fmt: skip


@lru_cache(maxsize=16)
def _mel_matrix(bins, rate, low, high, channels):
    """[bins, channels]: triangles on the mel scale over a spectrum's magnitudes; None if the numbers make no sense."""
    if channels < 1 or rate <= 0 or bins < 2 or low < 0 or high <= low:
        return None

    def mel(hertz):
        return 1127.0 * math.log1p(hertz / 700.0)

    spacing = (mel(high) - mel(low)) / (channels + 1)
    centers = [mel(low) + spacing * i for i in range(channels + 2)]  # the first is where the first triangle starts
    width = 0.5 * rate / (bins - 1)
    first, last = int(1.5 + low / width), int(high / width)
    if last >= bins:
        return np.zeros((bins, 0))
    matrix, channel = np.zeros((bins, channels)), 0
    for i in range(first, last + 1):
        place = mel(i * width)
        while channel < channels and centers[channel + 1] < place:
            channel += 1
        below = min(channel, channels)
        weight = (centers[below + 1] - place) / (centers[below + 1] - centers[below]) if below <= channels else 0.0
        if below > 0:
            matrix[i, below - 1] += weight
        if below < channels:
            matrix[i, below] += 1 - weight
    return matrix


def _mfcc(xp, spectrogram, sample_rate, upper_frequency_limit, lower_frequency_limit, filterbank_channel_count,
          dct_coefficient_count):  # fmt: skip
    if spectrogram.ndim != 3:
        raise InvalidArgumentError(f"spectrogram must be 3-dimensional{_spoken(spectrogram.shape)}")
    if np.shape(sample_rate):
        raise InvalidArgumentError(
            f"Input sample_rate should be a scalar tensor, got {_spoken(np.shape(sample_rate))} instead."
        )
    channels, count, bins = filterbank_channel_count, dct_coefficient_count, spectrogram.shape[2]
    matrix = _mel_matrix(bins, int(sample_rate), lower_frequency_limit, upper_frequency_limit, channels)
    if matrix is None or not 1 <= count <= channels:
        raise InvalidArgumentError(
            f"Mfcc initialization failed for channel count {bins}, sample rate {int(sample_rate)} and "
            f"filterbank_channel_count {channels}"
        )
    if not matrix.size:  # the spectrum ends below the last triangle: TensorFlow answers with zeros
        return xp.zeros((*spectrogram.shape[:2], count), np.float32)
    turns = np.outer(np.arange(channels) + 0.5, np.arange(count)) * (math.pi / channels)
    cosines = math.sqrt(2.0 / channels) * np.cos(turns)
    mels = xp.matmul(xp.sqrt(spectrogram.astype(np.float64)), matrix)
    return xp.matmul(xp.log(xp.maximum(mels, 1e-12)), cosines).astype(np.float32)


mfcc = op(
    "Mfcc",
    "spectrogram: float32, sample_rate: const int32, *, upper_frequency_limit: float = 4000.0, "
    "lower_frequency_limit: float = 20.0, filterbank_channel_count: int = 40, dct_coefficient_count: int = 13 "
    "-> output: float32",
    kernel=lambda spectrogram, sample_rate, **attrs: _mfcc(np, np.asarray(spectrogram), sample_rate, **attrs),
    lower=lambda spectrogram, sample_rate, **attrs: _mfcc(jnp, spectrogram, sample_rate, **attrs), grad=None,
    samples=lambda draw: (np.linspace(1, 9, 129, dtype=np.float32).reshape(1, 1, 129), 8000),
)  # fmt: skip
