"""`tf.signal`: cosine transforms of types I to IV, plain and of overlapping frames.

They are made of real Fourier transforms of twice the length (Makhoul, 1980; type IV: every other number of a type II
transform of twice the length).
"""

import math

from tapeflow.core.base import dtypes
from tapeflow.core.ops.compose import array, creation, joining, rearranging
from tapeflow.core.ops.compose.math import complex as complex_of
from tapeflow.core.ops.compose.signal_fourier import first, irfft, rfft, size_of, with_rank_at_least
from tapeflow.core.ops.compose.signal_frames import frame, overlap_and_add
from tapeflow.core.ops.compose.signal_windows import scalar, vorbis_window
from tapeflow.core.ops.defs.elementwise import cos, rsqrt, sin
from tapeflow.core.ops.defs.math import sqrt
from tapeflow.core.values.convert import convert

_INVERSE = {1: 1, 2: 3, 3: 2, 4: 4}


def _check(type, n, axis, norm):
    if axis != -1:
        raise NotImplementedError(f"axis must be -1. Got: {axis}")
    if n is not None and n < 1:
        raise ValueError("n should be a positive integer or None")
    if type not in _INVERSE:
        raise ValueError("Types I, II, III and IV (I)DCT are supported.")
    if type == 1 and norm == "ortho":
        raise ValueError("Normalization is not supported for the Type-I DCT.")
    if norm not in (None, "ortho"):
        raise ValueError(f"Unknown normalization. Expected None or 'ortho', got: {norm}")


def _resized(x, n):
    """The last axis cut, or filled up with zeros, to n."""
    size = size_of(x, -1)
    if n is None or (isinstance(size, int) and n == size):
        return x
    if not isinstance(size, int):
        x, size = first(x, n), None
        more = n - size_of(x, -1)
    elif n < size:
        return x[..., :n]
    else:
        more = n - size
    return rearranging.pad(x, [[0, 0]] * (len(x.static_shape) - 1) + [[0, more]])


def _turns(n, factor, dtype):
    """exp(i factor k) for k from 0 to n - 1."""
    angles = array.cast(creation.range(n), dtype) * factor
    return complex_of(cos(angles), sin(angles))


def _number(n, dtype):
    return convert(float(n), dtype=dtype) if isinstance(n, int) else array.cast(n, dtype)


def _first_and_rest(n, lowest, rest):
    """A vector of n numbers: `lowest`, then `rest` again and again."""
    return joining.concat([array.reshape(lowest, [1]), creation.fill(joining.stack([n - 1]), rest)], 0)


def dct(input, type=2, n=None, axis=-1, norm=None, name=None):
    """The cosine transform of the last axis.

    Type II: y[k] = 2 sum over j of x[j] cos(πk(2j + 1)/2n); types I, III and IV as SciPy defines them.

    Args:
        input: float32 or float64 tensor [..., samples].
        type: 1, 2, 3 or 4.
        n: The size that the last axis is cut or filled up with zeros to.
        axis: Only -1.
        norm: None, or `"ortho"` for an orthogonal transform (not type 1).
        name: Accepted.

    Returns:
        A tensor of the dtype of `input`.

    >>> tf.signal.dct([1.0, 0.0]).numpy()
    array([2.       , 1.4142135], dtype=float32)
    """
    _check(type, n, axis, norm)
    x = with_rank_at_least(convert(input), 1)
    if x.dtype not in (dtypes.float32, dtypes.float64):
        raise TypeError(f"dct takes tf.float32 or tf.float64, got: {x.dtype.name}")
    x = _resized(x, n)
    size = size_of(x, -1)
    return (_dct1, _dct2, _dct3, _dct4)[type - 1](x, size, norm)


def _dct1(x, n, norm):
    mirrored = rearranging.reverse(x[..., 1:-1], [len(x.static_shape) - 1])
    return _real(rfft(joining.concat([x, mirrored], -1)))


def _real(z):
    from tapeflow.core.ops.defs.complex import real as part

    return part(z, dtypes.float64 if z.dtype is dtypes.complex128 else dtypes.float32)


def _dct2(x, n, norm):
    scale = 2.0 * _turns(n, -math.pi * 0.5 / _number(n, x.dtype), x.dtype)
    y = _real(first(rfft(x, [2 * n]), n) * scale)
    if norm == "ortho":
        rest = 0.5 * rsqrt(_number(n, x.dtype)) * math.sqrt(2.0)
        y = y * _first_and_rest(n, rest * math.sqrt(0.5), rest)
    return y


def _dct3(x, n, norm):
    if norm == "ortho":
        lowest = sqrt(_number(n, x.dtype))
        x = x * _first_and_rest(n, lowest, lowest * math.sqrt(0.5))
    else:
        x = x * _number(n, x.dtype)
    scale = 2.0 * _turns(n, math.pi * 0.5 / _number(n, x.dtype), x.dtype)
    return first(irfft(scale * complex_of(x, creation.zeros_like(x)), [2 * n]), n)


def _dct4(x, n, norm):
    y = _dct2(rearranging.pad(x, [[0, 0]] * (len(x.static_shape) - 1) + [[0, n]]), 2 * n, None)[..., 1::2]
    return y * (math.sqrt(0.5) * rsqrt(_number(n, x.dtype))) if norm == "ortho" else y


def idct(input, type=2, n=None, axis=-1, norm=None, name=None):
    """The inverse cosine transform of the last axis; without `norm`, up to the factor 2n.

    Args:
        input: float32 or float64 tensor [..., samples].
        type: 1, 2, 3 or 4: that of the `dct` to undo.
        n: The size that the last axis is cut or filled up with zeros to.
        axis: Only -1.
        norm: None, or `"ortho"` for an orthogonal transform (not type 1).
        name: Accepted.

    Returns:
        A tensor of the dtype of `input`.
    """
    _check(type, n, axis, norm)
    return dct(input, type=_INVERSE[type], n=n, axis=axis, norm=norm)


def mdct(signals, frame_length, window_fn=vorbis_window, pad_end=False, norm=None, name=None):
    """The modified cosine transform: cosine transforms of frames that overlap by half, folded in two.

    Args:
        signals: Float tensor [..., samples].
        frame_length: Scalar, a multiple of 4.
        window_fn: `(frame_length, dtype=…) -> window`, or None for a window of √½.
        pad_end: Whether the last frame is filled up with zeros, not left out.
        norm: None or `"ortho"`.
        name: Accepted.

    Returns:
        A tensor [..., frames, frame_length // 2].

    Raises:
        ValueError: `frame_length` is not a multiple of 4, or `norm` is unknown.
    """
    signals = with_rank_at_least(convert(signals), 1)
    length = scalar(frame_length)
    if isinstance(length, int) and length % 4:
        raise ValueError("The frame length must be a multiple of 4.")
    framed = frame(signals, length, length // 2, pad_end=pad_end)
    framed = framed * (math.sqrt(0.5) if window_fn is None else window_fn(length, dtype=framed.dtype))
    a, b, c, d = joining.split(framed, 4, axis=-1)
    last = [len(framed.static_shape) - 1]
    folded = joining.concat([-rearranging.reverse(c, last) - d, a - rearranging.reverse(b, last)], -1)
    return dct(folded, type=4, norm=norm)


def inverse_mdct(mdcts, window_fn=vorbis_window, norm=None, name=None):
    """Undoes `mdct`, but for the first and the last half frame.

    Args:
        mdcts: Float tensor [..., frames, frame_length // 2].
        window_fn, norm: As `mdct` was given.
        name: Accepted.

    Returns:
        A tensor [..., samples].
    """
    mdcts = with_rank_at_least(convert(mdcts), 2)
    half = size_of(mdcts, -1)
    if norm is None:
        folded = dct(mdcts, type=4) * (0.5 / _number(half, mdcts.dtype))
    else:
        folded = dct(mdcts, type=4, norm=norm)
    first, second = joining.split(folded, 2, axis=-1)
    last = [len(mdcts.static_shape) - 1]
    mirrored = rearranging.reverse(first, last)
    frames = joining.concat([second, -rearranging.reverse(second, last), -mirrored, -first], -1)
    frames = frames * (math.sqrt(0.5) if window_fn is None else window_fn(2 * half, dtype=mdcts.dtype))
    return overlap_and_add(frames, half)
