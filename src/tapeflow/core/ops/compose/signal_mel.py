"""`tf.signal`: the mel scale, on which equal steps sound equally wide, and the cepstra made of it."""

from tapeflow.core.base import dtypes
from tapeflow.core.ops.compose import array, creation, rearranging
from tapeflow.core.ops.compose.signal_cosine import dct
from tapeflow.core.ops.compose.signal_fourier import size_of
from tapeflow.core.ops.compose.signal_frames import frame
from tapeflow.core.ops.defs.binary import maximum, minimum
from tapeflow.core.ops.defs.elementwise import rsqrt
from tapeflow.core.ops.defs.math import log
from tapeflow.core.values.convert import convert
from tapeflow.core.values.symbol import constant_value


def _mel(hertz):
    """mel = 1127 ln(1 + f / 700)."""
    return 1127.0 * log(1.0 + hertz / 700.0)


def linear_to_mel_weight_matrix(
    num_mel_bins=20,
    num_spectrogram_bins=129,
    sample_rate=8000,
    lower_edge_hertz=125.0,
    upper_edge_hertz=3800.0,
    dtype=dtypes.float32,
    name=None,
):
    """The matrix that takes spectra to the mel scale: a triangle over the frequencies for each mel bin.

    Args:
        num_mel_bins: How many mel bins.
        num_spectrogram_bins: How many frequencies, from 0 to half the sample rate.
        sample_rate: Samples a second, a number or a tensor.
        lower_edge_hertz, upper_edge_hertz: Where the first triangle starts and the last one ends.
        dtype: A float dtype.
        name: Accepted.

    Returns:
        A tensor [num_spectrogram_bins, num_mel_bins] for `tf.matmul(spectra, matrix)`.

    Raises:
        ValueError: A count is not positive, or the edges are not within 0 and half the sample rate, in order.
    """
    dtype = dtypes.as_dtype(dtype)
    known = constant_value(sample_rate) if hasattr(sample_rate, "dtype") else sample_rate
    _check_mel(num_mel_bins, known, lower_edge_hertz, upper_edge_hertz, dtype)
    nyquist = _in(dtype, sample_rate) / 2.0
    frequencies = creation.linspace(_in(dtype, 0.0), nyquist, num_spectrogram_bins)[1:]
    bins = array.expand_dims(_mel(frequencies), 1)
    low, high = _mel(_in(dtype, lower_edge_hertz)), _mel(_in(dtype, upper_edge_hertz))
    edges = frame(creation.linspace(low, high, num_mel_bins + 2), 3, 1)
    lower, center, upper = (array.reshape(edges[:, i], [1, num_mel_bins]) for i in range(3))
    rising, falling = (bins - lower) / (center - lower), (upper - bins) / (upper - center)
    return rearranging.pad(maximum(_in(dtype, 0.0), minimum(rising, falling)), [[1, 0], [0, 0]])


def _in(dtype, x):
    return array.cast(x, dtype) if hasattr(x, "dtype") else convert(x, dtype=dtype)


def _check_mel(num_mel_bins, sample_rate, lower, upper, dtype):
    if num_mel_bins <= 0:
        raise ValueError(f"num_mel_bins must be positive. Got: {num_mel_bins}")
    if lower < 0.0:
        raise ValueError(f"lower_edge_hertz must be non-negative. Got: {lower}")
    if lower >= upper:
        raise ValueError(f"lower_edge_hertz {lower} >= upper_edge_hertz {upper}")
    if sample_rate is not None and sample_rate <= 0.0:
        raise ValueError(f"sample_rate must be positive. Got: {sample_rate}")
    if sample_rate is not None and upper > sample_rate / 2:
        raise ValueError(
            "upper_edge_hertz must not be larger than the Nyquist frequency (sample_rate / 2). "
            f"Got {upper} for sample_rate: {sample_rate}"
        )
    if not dtype.is_floating:
        raise ValueError(f"dtype must be a floating point type. Got: {dtype}")


def mfccs_from_log_mel_spectrograms(log_mel_spectrograms, name=None):
    """Mel-frequency cepstral coefficients: the cosine transform of log mel spectra, with HTK's scaling.

    Args:
        log_mel_spectrograms: Float tensor [..., num_mel_bins].
        name: Accepted.

    Returns:
        A tensor of the same shape; users mostly keep the first 13.

    Raises:
        ValueError: There are no bins.
    """
    spectra = convert(log_mel_spectrograms)
    bins = size_of(spectra, -1) if spectra.static_shape != () else spectra[-1]
    if isinstance(bins, int) and bins == 0:
        raise ValueError(f"num_mel_bins must be positive. Got: {log_mel_spectrograms}")
    return dct(spectra, type=2) * rsqrt(_in(spectra.dtype, bins if hasattr(bins, "dtype") else float(bins)) * 2.0)
