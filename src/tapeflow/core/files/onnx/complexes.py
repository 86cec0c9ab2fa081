"""Complex numbers, which ONNX has none of, as pairs of real tensors; Fourier transforms by ONNX's DFT."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.files.onnx.table import Context, converters, dtype_of
from tapeflow.core.files.onnx.values import ComplexValue, Refused, Value

# Op name -> function(c, *inputs) that writes it for complex numbers.
complex_ops = {}
# Ops that do to a complex tensor what they do to its two parts.
PARTWISE = frozenset(
    """
    AddN AddV2 Add BroadcastTo ConcatV2 EnsureShape ExpandDims Fill GatherNd GatherV2 Identity MatrixBandPart
    MatrixDiagPartV3 MatrixDiagV3 Mean Neg Pack Pad PadV2 Reshape ReverseV2 Roll SelectV2 Slice Snapshot Split SplitV
    Squeeze StopGradient StridedSlice Sub Sum TensorScatterUpdate Tile Transpose Unpack ZerosLike
    """.split()
)


def on_complex(*names):
    """Decorates a function with the names of the ops that it writes for complex numbers."""

    def registered(function):
        for name in names:
            complex_ops[name] = function
        return function

    return registered


def is_complex(x):
    """Whether an input is a complex tensor, known or not."""
    return isinstance(x, ComplexValue) or (isinstance(x, (np.ndarray, np.generic)) and np.iscomplexobj(x))


def write(c, args):
    """Writes a node that takes or gives complex numbers; returns its outputs."""
    op = c.node.type
    if op in complex_ops:
        found = complex_ops[op](c, *args)
        return list(found) if isinstance(found, (list, tuple)) else [found]
    if op not in PARTWISE:
        raise Refused("ONNX has no complex numbers, and of them TapeFlow writes only the most used ops")
    sides = [_on_part(c, [_side(one, k) for one in args]) for k in (0, 1)]
    return [ComplexValue(x, y) for x, y in zip(*sides, strict=True)]


def _on_part(c, args):
    plain = lambda x: c.b.plain(x) if isinstance(x, Value) else x
    args = [tuple(map(plain, one)) if type(one) is tuple else plain(one) for one in args]
    found = converters[c.node.type].write(Context(c.node, c.b, c.conversion), *args)
    return [c.b.plain(y) for y in (found if isinstance(found, (list, tuple)) else [found])]


def _side(one, k):
    if type(one) is tuple:
        return tuple(_side(x, k) for x in one)
    return parts(one)[k] if is_complex(one) else one


def parts(x):
    """The real and the imaginary part."""
    if isinstance(x, ComplexValue):
        return x.real, x.imag
    if np.iscomplexobj(x):
        return np.ascontiguousarray(np.real(x)), np.ascontiguousarray(np.imag(x))
    return x, np.zeros_like(x)


# -- parts -----------------------------------------------------------------------------------------


@on_complex("Complex")
def _complex(c, real, imag):
    b = c.b
    if c.sizes(0) == c.sizes(1) and None not in c.sizes(0)[1:]:
        return ComplexValue(b.plain(real), b.plain(imag))
    shape = b.shape(b.node("Add", [real, imag]))
    return ComplexValue(b.node("Expand", [real, shape]), b.node("Expand", [imag, shape]))


@on_complex("Real")
def _real(c, x):
    return parts(x)[0]


@on_complex("Imag")
def _imag(c, x):
    return parts(x)[1]


@on_complex("Conj")
def _conj(c, x):
    real, imag = parts(x)
    return ComplexValue(real, c.b.node("Neg", [imag]))


@on_complex("ComplexAbs")
def _abs(c, x):
    return c.b.node("Sqrt", [_squares(c.b, *parts(x))])


@on_complex("Angle")
def _angle(c, x):
    from tapeflow.core.files.onnx.elementwise import atan2

    real, imag = parts(x)
    return atan2(c.b, imag, real)


def _squares(b, x, y):
    return b.node("Add", [b.node("Mul", [x, x]), b.node("Mul", [y, y])])


@on_complex("Cast")
def _cast(c, x):
    target = c.out.dtype
    if not target.is_complex:
        return c.b.cast(parts(x)[0], target)
    kind = target.real_dtype
    real, imag = parts(x) if is_complex(x) else (x, None)
    real = c.b.plain(c.b.cast(real, kind))
    if imag is None:
        imag = c.b.node("Expand", [np.zeros((), kind.np), c.b.shape(real)])
    return ComplexValue(real, c.b.cast(imag, kind))


# -- arithmetic ------------------------------------------------------------------------------------


def _product(b, x, y, op="Mul"):
    (p, q), (r, s) = parts(x), parts(y)
    return ComplexValue(
        b.node("Sub", [b.node(op, [p, r]), b.node(op, [q, s])]), b.node("Add", [b.node(op, [p, s]), b.node(op, [q, r])])
    )


@on_complex("Mul")
def _mul(c, x, y):
    return _product(c.b, x, y)


@on_complex("Square")
def _square(c, x):
    return _product(c.b, x, x)


@on_complex("MatMul", "BatchMatMulV2")
def _mat_mul(c, x, y):
    if any(c.attr(name) for name in ("transpose_a", "transpose_b", "adj_x", "adj_y")):
        raise Refused("products of transposed complex matrices")
    return _product(c.b, x, y, "MatMul")


@on_complex("RealDiv", "Div")
def _div(c, x, y):
    b = c.b
    (r, s) = parts(y)
    above = _product(b, x, ComplexValue(r, b.node("Neg", [s])))
    below = _squares(b, r, s)
    return ComplexValue(b.node("Div", [above.real, below]), b.node("Div", [above.imag, below]))


@on_complex("Exp")
def _exp(c, x):
    real, imag = parts(x)
    size = c.b.node("Exp", [real])
    return ComplexValue(*(c.b.node("Mul", [size, c.b.node(op, [imag])]) for op in ("Cos", "Sin")))


# -- Fourier transforms ----------------------------------------------------------------------------


@on_complex("FFT", "IFFT", "FFT2D", "IFFT2D", "FFT3D", "IFFT3D")
def _fft(c, x):
    count = int(c.node.type[-2]) if c.node.type[-1] == "D" else 1
    inverse = c.node.type.startswith("I")
    pair = _paired(c.b, *parts(x))
    for axis in range(count):
        pair = _dft(c.b, pair, axis + 1, inverse=inverse)
    return _unpaired(c.b, pair)


@on_complex("RFFT", "RFFT2D")
def _rfft(c, x, length):
    b = c.b
    lengths = [int(n) for n in np.ravel(c.known(length, "length"))]
    pair = _dft(b, b.unsqueeze(b.plain(x), [c.rank(0)]), 1, lengths[-1], onesided=True)
    if len(lengths) == 2:
        pair = _dft(b, pair, 2, lengths[0])
    return _unpaired(b, pair)


@on_complex("IRFFT")
def _irfft(c, x, length):
    b, rank = c.b, c.rank(0)
    (n,) = (int(n) for n in np.ravel(c.known(length, "length")))
    half = n // 2 + 1
    real, imag = parts(x)
    if c.sizes(0)[-1] is None or c.sizes(0)[-1] < half:
        raise Refused("a spectrum shorter than its length wants, or of unknown size")
    real, imag = (b.slice(p, [0], [half], [rank - 1]) for p in (real, imag))
    # The other half mirrors this one; what is neither the mean nor the middle is there twice.
    stop = 0 if n % 2 else 1
    mirrored = [b.slice(p, [half - 1 - stop], [0], [rank - 1], [-1]) for p in (real, imag)]
    full = [b.node("Concat", [real, mirrored[0]], axis=rank - 1),
            b.node("Concat", [imag, b.node("Neg", [mirrored[1]])], axis=rank - 1)]  # fmt: skip
    return _unpaired(b, _dft(b, _paired(b, *full), 1, inverse=True)).real


def _paired(b, real, imag):
    """The parts along a new last axis, as DFT wants them."""
    real, imag = b.plain(real), b.plain(imag)
    return b.node("Concat", [b.unsqueeze(real, [-1]), b.unsqueeze(imag, [-1])], axis=-1)


def _unpaired(b, pair):
    return ComplexValue(*(b.node("Gather", [pair, np.int64(k)], axis=-1) for k in (0, 1)))


def _dft(b, pair, place, length=None, inverse=False, onesided=False):
    """A transform along the axis that is `place` before the last, the axis of the parts."""
    if dtype_of(pair) not in (dtypes.float32, dtypes.float64):
        raise Refused("transforms of half precision")
    attrs = {"inverse": int(inverse), "onesided": int(onesided)}
    size = None if length is None else np.int64(length)
    if b.opset >= 20:
        return b.node("DFT", [pair, size, np.int64(-1 - place)], **attrs)
    return b.node("DFT", [pair, size], axis=-1 - place, **attrs)
