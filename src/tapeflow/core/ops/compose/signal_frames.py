"""`tf.signal`: cutting signals into overlapping frames and adding frames up, and the spectrogram made of that."""

import math

from tapeflow.core.base import dtypes
from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.ops.compose import array, creation, indexing, joining, rearranging
from tapeflow.core.ops.compose.math import divide_no_nan
from tapeflow.core.ops.compose.reduce import reduce_sum
from tapeflow.core.ops.compose.signal_fourier import first, irfft, rfft, size_of, with_rank_at_least
from tapeflow.core.ops.compose.signal_windows import hann_window, scalar
from tapeflow.core.ops.defs.binary import maximum
from tapeflow.core.values.convert import convert


def _whole(value, place):
    """A frame length or step: an int or an integer tensor."""
    value = scalar(value)
    if isinstance(value, float):
        raise InvalidArgumentError(
            "cannot compute FloorDiv as input #1(zero-based) was expected to be a int32 tensor but is a float tensor",
            got={place: convert(value)},
            hint=f"an integer {place}",
        )
    return value


def _at_least_zero(n):
    return max(0, n) if isinstance(n, int) else maximum(n, 0)


def frame(signal, frame_length, frame_step, pad_end=False, pad_value=0, axis=-1, name=None):
    """Cuts an axis into frames, a new axis, that may overlap.

    Args:
        signal: Tensor of rank 1 or more.
        frame_length, frame_step: Scalars: samples of a frame, and from one to the next.
        pad_end: Whether frames that reach over the end are filled up with `pad_value`, not left out.
        pad_value: What to fill up with.
        axis: The axis.
        name: Accepted.

    Returns:
        A tensor of the shape of `signal` with [frames, frame_length] in place of the axis.

    Raises:
        ValueError: `signal` is a scalar, or a length is not.

    >>> tf.signal.frame([1, 2, 3, 4, 5], 3, 2).numpy()
    array([[1, 2, 3],
           [3, 4, 5]], dtype=int32)
    """
    signal = with_rank_at_least(convert(signal), 1)
    length, step = _whole(frame_length, "frame_length"), _whole(frame_step, "frame_step")
    axis = scalar(axis)
    rank = len(signal.static_shape)
    if not -rank <= axis < rank:
        raise IndexError("list index out of range")
    axis %= rank
    if isinstance(step, int) and step == 0:
        raise InvalidArgumentError("Integer division by zero", hint="a frame_step of at least 1")
    size = size_of(signal, axis)
    if pad_end:
        count = _at_least_zero(-(-size // step))
        more = _at_least_zero(length + step * (count - 1) - size)
        paddings = [[0, 0]] * axis + [[0, more]] + [[0, 0]] * (rank - 1 - axis)
        if not isinstance(more, int) or more:
            signal = rearranging.pad(signal, paddings, constant_values=convert(pad_value, dtype=signal.dtype))
        size = size + more
    else:
        count = _at_least_zero(1 + (size - length) // step)
    if all(isinstance(n, int) for n in (size, length, step, count)):
        return _frames_of_parts(signal, axis, size, length, step, count)
    starts = array.reshape(creation.range(count) * step, [-1, 1])
    return indexing.gather(signal, starts + creation.range(length), axis=axis)


def _frames_of_parts(signal, axis, size, length, step, count):
    """Frames gathered in parts as long as the greatest common divisor of length and step: fewer, longer copies."""
    shape = signal.static_shape
    part = math.gcd(length, step)
    if None in shape or size % part or not length or not count:
        import numpy as np

        index = np.arange(count, dtype=np.int32)[:, None] * step + np.arange(length, dtype=np.int32)
        return indexing.gather(signal, index, axis=axis)
    import numpy as np

    parts = array.reshape(signal, [*shape[:axis], size // part, part, *shape[axis + 1 :]])
    index = np.arange(count, dtype=np.int32)[:, None] * (step // part) + np.arange(length // part, dtype=np.int32)
    frames = indexing.gather(parts, index, axis=axis)
    return array.reshape(frames, [*shape[:axis], count, length, *shape[axis + 1 :]])


def overlap_and_add(signal, frame_step, name=None):
    """Adds frames up into a signal, each `frame_step` samples after the one before: undoes `frame`.

    Args:
        signal: Tensor [..., frames, frame_length].
        frame_step: Integer scalar.
        name: Accepted.

    Returns:
        A tensor [..., frame_length + frame_step (frames - 1)].

    Raises:
        ValueError: The rank of `signal` is below 2, or `frame_step` is not an integer scalar.

    >>> tf.signal.overlap_and_add([[1, 2], [3, 4]], 1).numpy()
    array([1, 5, 4], dtype=int32)
    """
    signal = with_rank_at_least(convert(signal), 2)
    step = scalar(frame_step)
    if isinstance(step, float) or not (isinstance(step, int) or step.dtype.is_integer):
        raise ValueError(f"frame_step must be an integer. Got {convert(frame_step).dtype}")
    if isinstance(step, int) and step <= 0:
        raise InvalidArgumentError(
            "Paddings must be non-negative: frame_step must be at least 1", got={"signal": signal}
        )
    rank = len(signal.static_shape)
    batch = [size_of(signal, i) for i in range(rank - 2)]
    frames, length = size_of(signal, -2), size_of(signal, -1)
    total = length + step * (frames - 1)
    # A frame falls into `parts` pieces of a step each. Laid out by piece, with `parts` zero rows after the frames of
    # each, and read as one list that is `parts` rows shorter, the pieces of one place stand below one another.
    parts = -(-length // step)
    signal = rearranging.pad(signal, [[0, 0]] * (rank - 2) + [[0, parts], [0, parts * step - length]])
    signal = array.reshape(signal, joining.stack([*batch, frames + parts, parts, step]))
    signal = array.transpose(signal, [*range(rank - 2), rank - 1, rank - 2, rank])
    signal = array.reshape(signal, joining.stack([*batch, parts * (frames + parts), step]))
    kept = parts * (frames + parts - 1)
    signal = first(signal, kept, -2)
    signal = array.reshape(signal, joining.stack([*batch, parts, frames + parts - 1, step]))
    signal = reduce_sum(signal, axis=rank - 2)
    signal = array.reshape(signal, joining.stack([*batch, (frames + parts - 1) * step]))
    return first(signal, total)


# -- short-time Fourier transform ----------------------------------------------------------------------


def _power_of_two(n):
    """The smallest power of two that is at least n."""
    if isinstance(n, int):
        return 1 << max(0, (n - 1).bit_length())
    from tapeflow.core.ops.defs.elementwise import ceil
    from tapeflow.core.ops.defs.math import log, pow

    exponent = ceil(log(array.cast(n, dtypes.float32)) / math.log(2.0))
    return array.cast(pow(convert(2.0), exponent), n.dtype)


def stft(signals, frame_length, frame_step, fft_length=None, window_fn=hann_window, pad_end=False, name=None):
    """The spectra of overlapping frames of signals.

    Args:
        signals: float32 or float64 tensor [..., samples].
        frame_length, frame_step: Scalars: samples of a frame, and from one to the next.
        fft_length: Scalar, the size of the transform; the power of two from `frame_length` on by default.
        window_fn: `(frame_length, dtype=…) -> window`, or None.
        pad_end: Whether frames that reach over the end are filled up with zeros, not left out.
        name: Accepted.

    Returns:
        A complex tensor [..., frames, fft_length // 2 + 1].

    >>> tf.signal.stft(tf.ones([16]), 8, 4).shape
    TensorShape([3, 5])
    """
    signals = with_rank_at_least(convert(signals, hint=None), 1)
    length, step = _whole(frame_length, "frame_length"), _whole(frame_step, "frame_step")
    fft_length = _power_of_two(length) if fft_length is None else scalar(fft_length)
    framed = frame(signals, length, step, pad_end=pad_end)
    if window_fn is not None:
        framed = framed * window_fn(length, dtype=framed.dtype)
    return rfft(framed, [fft_length])


def inverse_stft(stfts, frame_length, frame_step, fft_length=None, window_fn=hann_window, name=None):
    """Signals of their short-time spectra.

    Args:
        stfts: Complex tensor [..., frames, fft_length // 2 + 1].
        frame_length, frame_step, fft_length: As `stft` was given.
        window_fn: `(frame_length, dtype=…) -> window`, or None. `inverse_stft_window_fn` makes the one that undoes
            the window of `stft`.
        name: Accepted.

    Returns:
        A float tensor [..., samples].
    """
    stfts = with_rank_at_least(convert(stfts), 2)
    length, step = _whole(frame_length, "frame_length"), _whole(frame_step, "frame_step")
    fft_length = _power_of_two(length) if fft_length is None else scalar(fft_length)
    frames = irfft(stfts, [fft_length])
    more = _at_least_zero(length - fft_length)
    rank = len(frames.static_shape)
    frames = first(frames, length)
    if not isinstance(more, int) or more:
        frames = rearranging.pad(frames, [[0, 0]] * (rank - 1) + [[0, more]])
    if window_fn is not None:
        frames = frames * window_fn(length, dtype=frames.dtype)
    return overlap_and_add(frames, step)


def inverse_stft_window_fn(frame_step, forward_window_fn=hann_window, name=None):
    """Makes the window for `inverse_stft` that undoes the one of `stft`.

    Each sample is divided by the sum of the squared windows over it (Griffin and Lim, 1984).

    Args:
        frame_step: Scalar, samples from one frame to the next.
        forward_window_fn: The window function that `stft` was given.
        name: Accepted.

    Returns:
        A function `(frame_length, dtype) -> window`.
    """

    def inverse_window(frame_length, dtype):
        length, step = _whole(frame_length, "frame_length"), _whole(frame_step, "frame_step")
        if isinstance(step, int) and step == 0:
            raise InvalidArgumentError("Integer division by zero", hint="a frame_step of at least 1")
        window = forward_window_fn(length, dtype=dtype)
        overlaps = -(-length // step)
        squares = rearranging.pad(window * window, [[0, overlaps * step - length]])
        sums = reduce_sum(array.reshape(squares, joining.stack([overlaps, step])), 0)
        sums = joining.tile(sums, joining.stack([overlaps]))
        return divide_no_nan(window, first(sums, length))

    return inverse_window
