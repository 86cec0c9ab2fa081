"""`tf.signal`: Fourier transforms with TensorFlow's signatures, and the shifts of their results."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.ops.compose import array, joining, rearranging
from tapeflow.core.ops.defs import fft as ops
from tapeflow.core.ops.defs.binary import maximum, minimum
from tapeflow.core.ops.defs.slice import slice_
from tapeflow.core.values.convert import convert
from tapeflow.core.values.symbol import constant_value

# -- shapes ------------------------------------------------------------------------------------------


def with_rank_at_least(x, rank):
    """Checks the rank of a tensor as far as it is known."""
    shape = x.static_shape
    if shape is not None and len(shape) < rank:
        raise ValueError(f"Shape {spoken_shape(shape)} must have rank at least {rank}")
    return x


def spoken_shape(shape):
    """A shape as TensorFlow's `TensorShape` is written: `(2, None)`."""
    return f"({', '.join(map(str, shape))}{',' if len(shape) == 1 else ''})"


def size_of(x, axis):
    """The size of an axis: an int if it is known, else a tensor."""
    shape = x.static_shape
    if shape is not None and shape[axis] is not None:
        return shape[axis]
    return array.shape(x)[axis]


def first(x, n, axis=-1):
    """The first `n` places, an int or a tensor, of an axis."""
    rank = len(x.static_shape)
    axis %= rank
    if isinstance(n, int):
        return x[(slice(None),) * axis + (slice(n),)]
    size = size_of(x, axis)
    kept = [minimum(n, size) if i == axis else -1 for i in range(rank)]
    return slice_(x, [0] * rank, joining.stack(kept))


def _padded(x, lengths):
    """`x` with zeros at the end of its last axes up to at least `lengths`."""
    shape, rank = x.static_shape, len(lengths)
    if shape is None:
        more = [0] * rank  # the op checks the sizes when they are known
        return x
    more = []
    for axis, n in enumerate(lengths, len(shape) - rank):
        size = size_of(x, axis)
        if isinstance(size, int) and isinstance(n, int):
            more.append(max(0, n - size))
        else:
            more.append(maximum(0, n - size))
    if all(isinstance(n, int) and n == 0 for n in more):
        return x
    return rearranging.pad(x, [[0, 0]] * (len(shape) - rank) + [[0, n] for n in more])


def _lengths(fft_length, rank):
    """The sizes of a transform as (tensor, list of ints or of scalar tensors)."""
    tensor = convert(fft_length, hint=dtypes.int32)
    if tensor.dtype is not dtypes.int32:
        tensor = array.cast(tensor, dtypes.int32)
    value = constant_value(tensor)
    if value is not None:
        return tensor, [int(n) for n in value] if np.ndim(value) else iter(value)
    return tensor, [tensor[i] for i in range(rank)]


def _with_rank(y, x, rank):
    """`y`, known to have the shape of `x` but for the last axes, also where their sizes are only known later."""
    if y.static_shape is None and x.static_shape is not None:
        y.set_shape([*x.static_shape[:-rank], *[None] * rank])
    return y


# -- complex transforms --------------------------------------------------------------------------------


def _complex(record, name, rank, what):
    def transform(input, name=None):
        return record(convert(input, hint=dtypes.complex64))

    transform.__name__ = transform.__qualname__ = name
    transform.__doc__ = f"""{what} over the last {"axis" if rank == 1 else f"{rank} axes"}.

    Args:
        input: complex64 or complex128 tensor of rank {rank} or more.
        name: Accepted.

    Returns:
        A tensor of the shape and dtype of `input`.

    Raises:
        InvalidArgumentError: The rank of `input` is below {rank}.
    """
    return transform


fft = _complex(ops.fft, "fft", 1, "The discrete Fourier transform")
ifft = _complex(ops.ifft, "ifft", 1, "The inverse of the discrete Fourier transform")
fft2d = _complex(ops.fft2d, "fft2d", 2, "The discrete Fourier transform")
ifft2d = _complex(ops.ifft2d, "ifft2d", 2, "The inverse of the discrete Fourier transform")
fft3d = _complex(ops.fft3d, "fft3d", 3, "The discrete Fourier transform")
ifft3d = _complex(ops.ifft3d, "ifft3d", 3, "The inverse of the discrete Fourier transform")


# -- real transforms -------------------------------------------------------------------------------------


def _real(record, name, rank):
    def transform(input_tensor, fft_length=None, name=None):
        x = with_rank_at_least(convert(input_tensor, hint=dtypes.float32), rank)
        if x.dtype not in (dtypes.float32, dtypes.float64):
            raise ValueError(f"RFFT requires tf.float32 or tf.float64 inputs, got: {x}")
        wide = dtypes.complex128 if x.dtype is dtypes.float64 else dtypes.complex64
        if fft_length is None:
            lengths = [size_of(x, axis) for axis in range(-rank, 0)]
            return _with_rank(record(x, convert(lengths, hint=dtypes.int32), wide), x, rank)
        tensor, lengths = _lengths(fft_length, rank)
        return _with_rank(record(_padded(x, lengths) if len(lengths) == rank else x, tensor, wide), x, rank)

    transform.__name__ = transform.__qualname__ = name
    where = "the last axis" if rank == 1 else f"the last {rank} axes"
    transform.__doc__ = f"""The Fourier transform of real numbers over {where}.

    Only the n // 2 + 1 frequencies of the last axis that do not mirror others are kept.

    Args:
        input_tensor: float32 or float64 tensor of rank {rank} or more.
        fft_length: int32 tensor [{rank}]: the sizes that the input is cut or filled up with zeros to.
        name: Accepted.

    Returns:
        A complex64 or complex128 tensor.

    Raises:
        ValueError: The rank of the input is below {rank}, or it is not float32 or float64.
    """
    return transform


def _inverse_real(record, name, rank):
    def transform(input_tensor, fft_length=None, name=None):
        x = with_rank_at_least(convert(input_tensor, hint=dtypes.complex64), rank)
        if x.dtype not in (dtypes.complex64, dtypes.complex128):
            raise ValueError(f"IRFFT requires tf.complex64 or tf.complex128 inputs, got: {x}")
        narrow = dtypes.float64 if x.dtype is dtypes.complex128 else dtypes.float32
        if fft_length is None:
            lengths = [size_of(x, axis) for axis in range(-rank, 0)]
            last = lengths[-1]
            lengths[-1] = max(0, 2 * (last - 1)) if isinstance(last, int) else 2 * (last - 1)
            return _with_rank(record(x, convert(lengths, hint=dtypes.int32), narrow), x, rank)
        tensor, lengths = _lengths(fft_length, rank)
        if len(lengths) != rank:
            return record(x, tensor, narrow)
        half = lengths[-1] // 2 + 1
        return _with_rank(record(_padded(x, [*lengths[:-1], half]), tensor, narrow), x, rank)

    transform.__name__ = transform.__qualname__ = name
    transform.__doc__ = f"""The inverse of `rfft{"" if rank == 1 else f"{rank}d"}`: real numbers of half a spectrum.

    Args:
        input_tensor: complex64 or complex128 tensor of rank {rank} or more.
        fft_length: int32 tensor [{rank}]: the sizes of the result; by default the last one is 2 (n - 1).
        name: Accepted.

    Returns:
        A float32 or float64 tensor.

    Raises:
        ValueError: The rank of the input is below {rank}, or it is not complex.
    """
    return transform


rfft, irfft = _real(ops.rfft, "rfft", 1), _inverse_real(ops.irfft, "irfft", 1)
rfft2d, irfft2d = _real(ops.rfft2d, "rfft2d", 2), _inverse_real(ops.irfft2d, "irfft2d", 2)
rfft3d, irfft3d = _real(ops.rfft3d, "rfft3d", 3), _inverse_real(ops.irfft3d, "irfft3d", 3)


# -- transforms of given axes ------------------------------------------------------------------------------


def _sizes_and_axes(x, fft_length, axes, doubled=False):
    """The sizes and axes of a transform: all axes, and their sizes, by default."""
    rank = len(x.static_shape)
    if axes is None:
        count = rank if fft_length is None else len(fft_length)
        axes = list(range(rank - count, rank))
    if fft_length is None:
        fft_length = [size_of(x, int(axis)) for axis in axes]
        if doubled and fft_length:
            fft_length[-1] = 2 * (fft_length[-1] - 1)
    return convert(fft_length, dtype=dtypes.int32), convert(axes, dtype=dtypes.int32)


def _scaled(y, lengths, norm, forward):
    """`y` with the factor that the normalization puts on this direction."""
    if norm not in (None, "backward", "ortho", "forward"):
        raise ValueError(
            f"Invalid norm: {norm!r}: must be None, 'backward', 'ortho' or 'forward'"
        )
    if norm in (None, "backward"):
        return y
    count = float(np.prod(constant_value(lengths), dtype=np.float64)) or 1.0
    factor = count**-0.5 if norm == "ortho" else 1 / count
    return y * convert(factor if forward else 1 / factor, dtype=y.dtype)


_ND_ARGS = """

    Args:
        input_tensor: Tensor.
        fft_length: The sizes of the transform, an axis each: the input is cut or filled up with zeros.
        axes: The axes; the last ones, or all if `fft_length` is None, by default.
        norm: `"backward"` (1/n on the inverse, the default), `"forward"` (1/n here) or `"ortho"` (√(1/n) on both).
        name: Accepted.

    Returns:
        A tensor.

    TensorFlow 2.21 has no CPU kernel for it; this one runs anywhere.
    """


def fftnd(input_tensor, fft_length=None, axes=None, norm=None, name=None):
    x = convert(input_tensor, hint=dtypes.complex64)
    lengths, axes = _sizes_and_axes(x, fft_length, axes)
    return _scaled(ops.fftnd(x, lengths, axes), lengths, norm, True)


def ifftnd(input_tensor, fft_length=None, axes=None, norm=None, name=None):
    x = convert(input_tensor, hint=dtypes.complex64)
    lengths, axes = _sizes_and_axes(x, fft_length, axes)
    return _scaled(ops.ifftnd(x, lengths, axes), lengths, norm, False)


def rfftnd(input_tensor, fft_length=None, axes=None, norm=None, name=None):
    x = convert(input_tensor, hint=dtypes.float32)
    if x.dtype not in (dtypes.float32, dtypes.float64):
        raise ValueError(f"RFFT requires tf.float32 or tf.float64 inputs, got: {x}")
    wide = dtypes.complex128 if x.dtype is dtypes.float64 else dtypes.complex64
    lengths, axes = _sizes_and_axes(x, fft_length, axes)
    return _scaled(ops.rfftnd(x, lengths, axes, wide), lengths, norm, True)


def irfftnd(input_tensor, fft_length=None, axes=None, norm=None, name=None):
    x = convert(input_tensor, hint=dtypes.complex64)
    if x.dtype not in (dtypes.complex64, dtypes.complex128):
        raise ValueError(f"IRFFT requires tf.complex64 or tf.complex128 inputs, got: {x}")
    narrow = dtypes.float64 if x.dtype is dtypes.complex128 else dtypes.float32
    lengths, axes = _sizes_and_axes(x, fft_length, axes, doubled=True)
    return _scaled(ops.irfftnd(x, lengths, axes, narrow), lengths, norm, False)


fftnd.__doc__ = f"The discrete Fourier transform over given axes.{_ND_ARGS}"
ifftnd.__doc__ = f"The inverse of the discrete Fourier transform over given axes.{_ND_ARGS}"
rfftnd.__doc__ = f"The Fourier transform of real numbers over given axes, the last one halved.{_ND_ARGS}"
irfftnd.__doc__ = f"The inverse of `rfftnd`.{_ND_ARGS}"


# -- shifts ----------------------------------------------------------------------------------------------


def _shifted(x, axes, amount):
    x = convert(x)
    if axes is None:
        axes = range(len(x.static_shape))
    elif isinstance(axes, (int, np.integer)):
        axes = [axes]
    axes, rank = [int(a) for a in axes], len(x.static_shape)
    for axis in axes:
        if not -rank <= axis < rank:
            raise InvalidArgumentError(f"slice index {axis} of dimension 0 out of bounds.", got={"x": x})
    return rearranging.roll(x, [amount(size_of(x, a)) for a in axes], axes)


def fftshift(x, axes=None, name=None):
    """Moves the frequency zero to the middle.

    Args:
        x: Tensor.
        axes: An axis or several; all by default.
        name: Accepted.

    >>> tf.signal.fftshift([0, 1, 2, -2, -1]).numpy()
    array([-2, -1,  0,  1,  2], dtype=int32)
    """
    return _shifted(x, axes, lambda n: n // 2)


def ifftshift(x, axes=None, name=None):
    """Undoes `fftshift`.

    Args:
        x: Tensor.
        axes: An axis or several; all by default.
        name: Accepted.

    >>> tf.signal.ifftshift([-2, -1, 0, 1, 2]).numpy()
    array([ 0,  1,  2, -2, -1], dtype=int32)
    """
    return _shifted(x, axes, lambda n: -(n // 2))
