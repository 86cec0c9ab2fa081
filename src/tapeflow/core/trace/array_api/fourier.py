"""`fft`: transforms along axes, by NumPy on the host; with gradients, `tf.signal` has them."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.values.convert import convert


def _one(name):
    function = getattr(np.fft, name)

    def transform(x, /, *, n=None, axis=-1, norm="backward"):
        return _of_precision(function(np.asarray(x), n=n, axis=axis, norm=norm), x)

    return _named(transform, name)


def _several(name):
    function = getattr(np.fft, name)

    def transform(x, /, *, s=None, axes=None, norm="backward"):
        axes = tuple(range(-len(s), 0)) if s is not None and axes is None else axes
        return _of_precision(function(np.asarray(x), s=s, axes=axes, norm=norm), x)

    return _named(transform, name)


def _shift(name):
    function = getattr(np.fft, name)

    def shifted(x, /, *, axes=None):
        return convert(function(np.asarray(x), axes=axes))

    return _named(shifted, name)


def _frequencies(name):
    function = getattr(np.fft, name)

    def frequencies(n, /, *, d=1.0, dtype=None, device=None):
        return convert(function(n, d).astype((dtype or dtypes.float64).np))

    return _named(frequencies, name)


def _named(function, name):
    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"Returns what NumPy's `fft.{name}` does, in the array's precision."
    return function


def _of_precision(found, x):
    single = x.dtype in (dtypes.float32, dtypes.complex64)
    kinds = {True: ("complex64", "float32"), False: ("complex128", "float64")}[single]
    return convert(found.astype(kinds[0] if found.dtype.kind == "c" else kinds[1]))


fft, ifft, rfft, irfft, hfft, ihfft = map(_one, ("fft", "ifft", "rfft", "irfft", "hfft", "ihfft"))
fftn, ifftn, rfftn, irfftn = map(_several, ("fftn", "ifftn", "rfftn", "irfftn"))
fftshift, ifftshift = map(_shift, ("fftshift", "ifftshift"))
fftfreq, rfftfreq = map(_frequencies, ("fftfreq", "rfftfreq"))
