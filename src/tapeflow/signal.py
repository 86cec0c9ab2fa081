"""`tf.signal`: Fourier and cosine transforms, windows, frames, the mel scale."""

from tapeflow.core.ops.compose.signal_cosine import dct, idct, inverse_mdct, mdct
from tapeflow.core.ops.compose.signal_fourier import (
    fft,
    fft2d,
    fft3d,
    fftnd,
    fftshift,
    ifft,
    ifft2d,
    ifft3d,
    ifftnd,
    ifftshift,
    irfft,
    irfft2d,
    irfft3d,
    irfftnd,
    rfft,
    rfft2d,
    rfft3d,
    rfftnd,
)
from tapeflow.core.ops.compose.signal_frames import (
    frame,
    inverse_stft,
    inverse_stft_window_fn,
    overlap_and_add,
    stft,
)
from tapeflow.core.ops.compose.signal_mel import linear_to_mel_weight_matrix, mfccs_from_log_mel_spectrograms
from tapeflow.core.ops.compose.signal_windows import (
    hamming_window,
    hann_window,
    kaiser_bessel_derived_window,
    kaiser_window,
    vorbis_window,
)
