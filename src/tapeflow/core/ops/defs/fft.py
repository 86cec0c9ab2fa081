"""Discrete Fourier transforms of the last one, two or three axes, or of given axes.

    fft:   y[k] = sum over j of x[j] exp(-2πi jk/n)        ifft: the inverse, with 1/n
    rfft:  the first n/2 + 1 of them for real x            irfft: the real x back

Gradients follow from the sums: that of `fft` is `ifft` times n. `rfft` leaves out the half of the spectrum that
mirrors the rest, so its gradient counts the frequencies strictly inside half, and that of `irfft` counts them twice.
"""

import math

import numpy as np

from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.ops.lowering import jnp
from tapeflow.core.ops.op import op
from tapeflow.core.ops.sizes import sizes
from tapeflow.core.values.tensor import EagerTensor

COMPLEX, REAL = "complex64 | complex128", "float32 | float64"
# From this many elements on SciPy's transforms, which vectorize over the batch, earn their import.
_LARGE = 1 << 14


def _spoken(shape):
    return f"[{','.join(map(str, shape))}]"


def _numpy_fft(x):
    """The module whose transforms suit an array of this size."""
    if np.size(x) < _LARGE:
        return np.fft
    import scipy.fft  # lazy: only large transforms need it

    return scipy.fft


def _check_rank(x, rank):
    if np.ndim(x) < rank:
        raise InvalidArgumentError(f"Input must have rank of at least {rank} but got: {_spoken(np.shape(x))}")


def lengths_of(fft_length, rank):
    """The sizes of a transform, checked."""
    if np.shape(fft_length) != (rank,):
        raise InvalidArgumentError(f"fft_length must have shape [{rank}]", hint=f"fft_length=[…] with {rank} sizes")
    for i, n in enumerate(fft_length):
        if n < 0:
            raise InvalidArgumentError(f"fft_length[{i}] must >= 0, but got: {n}")
    return tuple(int(n) for n in fft_length)


def _last_axes(rank):
    return tuple(range(-rank, 0))


# -- complex to complex --------------------------------------------------------------------------


def _complex_transform(name, function, inverse, rank):
    """`FFT…` or `IFFT…` of the last `rank` axes; `function` is its name in NumPy."""
    axes = _last_axes(rank)

    def kernel(input):
        _check_rank(input, rank)
        if not np.size(input):
            return input
        return getattr(_numpy_fft(input), function)(input, axes=axes).astype(input.dtype, copy=False)

    def lower(input):
        _check_rank(input, rank)
        return getattr(jnp.fft, function)(input, axes=axes) if input.size else input

    def grad(c, dy):
        other, count = _TRANSFORMS[inverse], _count_last(c.input, rank)
        count = count if isinstance(count, (int, float)) else _cast(count, dy.dtype)
        return other(dy) * count if function == "fftn" else other(dy) / count

    _TRANSFORMS[name] = op(
        name, "input: Tcomplex -> output: Tcomplex", Tcomplex=COMPLEX, kernel=kernel, lower=lower, grad=grad,
        elementwise=False, samples=lambda draw: draw.complexes((2, 3, 4)),
    )  # fmt: skip
    return _TRANSFORMS[name]


def _count_last(x, rank):
    """How many numbers one transform takes in: an int, or a tensor if the sizes are not known yet."""
    shape = x.static_shape
    if shape is not None and None not in shape[-rank:]:
        return math.prod(shape[-rank:])
    from tapeflow.core.ops.defs.reduce import prod

    return prod(sizes(x)[-rank:], [0])


def _cast(x, dtype):
    from tapeflow.core.ops.defs.array import cast

    return cast(x, dtype)


_TRANSFORMS = {}
fft = _complex_transform("FFT", "fftn", "IFFT", 1)
fft2d = _complex_transform("FFT2D", "fftn", "IFFT2D", 2)
fft3d = _complex_transform("FFT3D", "fftn", "IFFT3D", 3)
ifft = _complex_transform("IFFT", "ifftn", "FFT", 1)
ifft2d = _complex_transform("IFFT2D", "ifftn", "FFT2D", 2)
ifft3d = _complex_transform("IFFT3D", "ifftn", "FFT3D", 3)


# -- real to complex and back ----------------------------------------------------------------------


def _half(lengths):
    """The sizes of the half spectrum of a real transform."""
    return (*lengths[:-1], lengths[-1] // 2 + 1 if lengths[-1] else 0)


def _cropped(x, wanted):
    """The first `wanted` of the last axes, which must be there."""
    shape = np.shape(x)
    have = shape[len(shape) - len(wanted) :]
    for i, (n, size) in enumerate(zip(wanted, have, strict=True)):
        if np.size(x) and size < n:
            raise InvalidArgumentError(f"Input dimension {i} must have length of at least {n} but got: {size}")
    return x if have == tuple(wanted) else x[(..., *(slice(n) for n in wanted))]


def _real_kernel(rank):
    def kernel(input, fft_length, Tcomplex):
        _check_rank(input, rank)
        lengths = lengths_of(fft_length, rank)
        x = _cropped(input, lengths)
        batch = np.shape(input)[: np.ndim(input) - rank]
        if not x.size:
            return np.zeros(batch + _half(lengths), Tcomplex.np)
        return _numpy_fft(x).rfftn(x, s=lengths, axes=_last_axes(rank)).astype(Tcomplex.np, copy=False)

    def lower(input, fft_length, Tcomplex):
        _check_rank(input, rank)
        lengths = lengths_of(fft_length, rank)
        x = _cropped(input, lengths)
        batch = np.shape(input)[: np.ndim(input) - rank]
        if not x.size:
            return jnp.zeros(batch + _half(lengths), Tcomplex.np)
        return jnp.fft.rfftn(x, s=lengths, axes=_last_axes(rank)).astype(Tcomplex.np)

    return kernel, lower


def _inverse_real_kernel(rank):
    def kernel(input, fft_length, Treal):
        _check_rank(input, rank)
        lengths = lengths_of(fft_length, rank)
        x = _cropped(input, _half(lengths))
        batch = np.shape(input)[: np.ndim(input) - rank]
        if not x.size:
            return np.zeros(batch + lengths, Treal.np)
        return _numpy_fft(x).irfftn(x, s=lengths, axes=_last_axes(rank)).astype(Treal.np, copy=False)

    def lower(input, fft_length, Treal):
        _check_rank(input, rank)
        lengths = lengths_of(fft_length, rank)
        x = _cropped(input, _half(lengths))
        batch = np.shape(input)[: np.ndim(input) - rank]
        if not x.size:
            return jnp.zeros(batch + lengths, Treal.np)
        return jnp.fft.irfftn(x, s=lengths, axes=_last_axes(rank)).astype(Treal.np)

    return kernel, lower


def _weights(lengths, inside, dtype):
    """1 for the frequencies that are their own mirror image, `inside` for those between."""
    n = lengths[-1]
    weights = np.full(n // 2 + 1, inside)
    weights[0] = 1
    if n % 2 == 0:
        weights[-1] = 1
    return EagerTensor(weights.astype(dtype.np), dtype)


def _grown(x, like, rank):
    """`x` with zeros at the end of its last axes, as large as `like`."""
    from tapeflow.core.ops.defs.rearrange import pad

    more = [n - m for n, m in zip(like.static_shape[-rank:], x.static_shape[-rank:], strict=True)]
    if not any(more):
        return x
    batch = len(x.static_shape) - rank
    return pad(x, [[0, 0]] * batch + [[0, n] for n in more])


def _by_rule(rule, record, rank):
    """`rule` where the sizes that it needs are known, else the lowering's own gradient."""

    def grad(c, dy):
        known = isinstance(c.fft_length, EagerTensor) and all(
            one.static_shape is not None and None not in one.static_shape[-rank:] for one in (c.input, dy)
        )
        if known:
            return rule(c, dy, lengths_of(c.fft_length.host, rank))
        from tapeflow.core.ops.vjp import vjp_rule

        return vjp_rule(record())(c, dy)[0]

    return grad


def _real_transform(name, inverse, rank):
    kernel, lower = _real_kernel(rank)

    def rule(c, dy, lengths):
        spread = _TRANSFORMS[inverse](dy * _weights(lengths, 0.5, dy.dtype), lengths, c.input.dtype)
        return _grown(spread * float(math.prod(lengths)), c.input, rank)

    _TRANSFORMS[name] = op(
        name, "input: Treal, fft_length: const int32, *, Tcomplex: type = complex64 -> output: Tcomplex",
        Treal=REAL, Tcomplex=COMPLEX, kernel=kernel, lower=lower,
        grad=(_by_rule(rule, lambda: _TRANSFORMS[name], rank), None),
        samples=[
            lambda draw: (draw.floats((2, 3, 4)), [2, 3, 4][-rank:], _complex_for(draw)),
            lambda draw: (draw.floats((3, 4, 6)), [2, 3, 5][-rank:], _complex_for(draw)),
        ],
    )  # fmt: skip
    return _TRANSFORMS[name]


def _inverse_real_transform(name, inverse, rank):
    kernel, lower = _inverse_real_kernel(rank)

    def rule(c, dy, lengths):
        spectrum = _TRANSFORMS[inverse](dy, lengths, c.input.dtype)
        return _grown(spectrum * _weights(lengths, 2.0, c.input.dtype) / float(math.prod(lengths)), c.input, rank)

    _TRANSFORMS[name] = op(
        name, "input: Tcomplex, fft_length: const int32, *, Treal: type = float32 -> output: Treal",
        Treal=REAL, Tcomplex=COMPLEX, kernel=kernel, lower=lower,
        grad=(_by_rule(rule, lambda: _TRANSFORMS[name], rank), None),
        samples=[
            lambda draw: (draw.complexes((2, 3, 3)), [2, 3, 4][-rank:]),
            lambda draw: (draw.complexes((2, 4, 4)), [2, 3, 5][-rank:]),
        ],
    )  # fmt: skip
    return _TRANSFORMS[name]


def _complex_for(draw):
    return "complex64" if draw.dtype.size == 4 else "complex128"


rfft = _real_transform("RFFT", "IRFFT", 1)
rfft2d = _real_transform("RFFT2D", "IRFFT2D", 2)
rfft3d = _real_transform("RFFT3D", "IRFFT3D", 3)
irfft = _inverse_real_transform("IRFFT", "RFFT", 1)
irfft2d = _inverse_real_transform("IRFFT2D", "RFFT2D", 2)
irfft3d = _inverse_real_transform("IRFFT3D", "RFFT3D", 3)


# -- any axes ----------------------------------------------------------------------------------------


def _axes_of(x, fft_length, axes):
    """The sizes and axes of a transform of given axes, checked."""
    if np.ndim(axes) != 1 or np.shape(fft_length) != np.shape(axes):
        raise InvalidArgumentError(
            f"fft_length and axes must be vectors of one size, got shapes {_spoken(np.shape(fft_length))} and "
            f"{_spoken(np.shape(axes))}"
        )
    rank, found = np.ndim(x), []
    for axis in axes.tolist():
        if not -rank <= axis < rank:
            raise InvalidArgumentError(f"axes: axis {axis} is out of range for an input of rank {rank}")
        if axis % rank in found:
            raise InvalidArgumentError(f"axes: axis {axis} is given twice")
        found.append(axis % rank)
    return lengths_of(fft_length, len(found)), tuple(found)


def _any_axes(function, empty):
    """Kernel and lowering of a transform over given axes: short ones are filled up with zeros, long ones cut."""

    def run(fft_of, zeros):
        def transform(input, fft_length, axes, **dtype):
            lengths, found = _axes_of(input, fft_length, axes)
            wanted = next(iter(dtype.values())).np if dtype else input.dtype
            if not found:
                return input.astype(wanted)
            if 0 in lengths or not input.size:
                shape = list(np.shape(input))
                for axis, n in zip(found, empty(lengths), strict=True):
                    shape[axis] = n
                return zeros(shape, wanted)
            return getattr(fft_of(input), function)(input, s=lengths, axes=found).astype(wanted)

        return transform

    return run(_numpy_fft, np.zeros), run(lambda x: jnp.fft, lambda *args: jnp.zeros(*args))


def _nd(name, signature, function, empty, sample, **types):
    kernel, lower = _any_axes(function, empty)
    return op(name, signature, kernel=kernel, lower=lower, samples=sample, **types)


_SAME = "input: Tcomplex, fft_length: const int32, axes: const int32 -> output: Tcomplex"
_HALVING = (
    "input: Treal, fft_length: const int32, axes: const int32, *, Tcomplex: type = complex64 -> output: Tcomplex"
)
_DOUBLING = "input: Tcomplex, fft_length: const int32, axes: const int32, *, Treal: type = float32 -> output: Treal"
_BOTH = {"Treal": REAL, "Tcomplex": COMPLEX}


def _same_sample(draw):
    return draw.complexes((3, 2, 4)), [3, 5], [0, 2]


fftnd = _nd("FFTND", _SAME, "fftn", tuple, _same_sample, Tcomplex=COMPLEX)
ifftnd = _nd("IFFTND", _SAME, "ifftn", tuple, _same_sample, Tcomplex=COMPLEX)
rfftnd = _nd(
    "RFFTND", _HALVING, "rfftn", _half, lambda draw: (draw.floats((3, 2, 4)), [3, 4], [0, 2], _complex_for(draw)),
    **_BOTH,
)  # fmt: skip
irfftnd = _nd(
    "IRFFTND", _DOUBLING, "irfftn", tuple, lambda draw: (draw.complexes((3, 2, 4)), [3, 6], [0, 2]), **_BOTH
)
