"""Products of matrices, and matrices with something on or beside their diagonals."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.files.onnx.elementwise import choose, through
from tapeflow.core.files.onnx.table import converts, dtype_of, sizes_of, text
from tapeflow.core.files.onnx.values import Refused

_KINDS = "float32 float64 float16 int32 int64 uint32 uint64"


@converts("MatMul", views=True)
def _mat_mul(c, x, y):
    x = c.b.transpose(x, (1, 0)) if c.attr("transpose_a") else x
    y = c.b.transpose(y, (1, 0)) if c.attr("transpose_b") else y
    return product(c.b, x, y)


@converts("BatchMatMul", "BatchMatMulV2", "BatchMatMulV3", views=True)
def _batch_mat_mul(c, x, y):
    x = _turned(c.b, x, c.rank(0)) if c.attr("adj_x") else x
    y = _turned(c.b, y, c.rank(1)) if c.attr("adj_y") else y
    return product(c.b, x, y)


def _turned(b, x, rank):
    """The matrices transposed."""
    return b.transpose(x, (*range(rank - 2), rank - 1, rank - 2))


def product(b, x, y):
    """The matrix product."""
    dtype = dtype_of(x)
    inside = through(dtype, _KINDS)
    return b.cast(b.node("MatMul", [b.cast(x, inside), b.cast(y, inside)], inside), dtype)


@converts("Einsum")
def _einsum(c, inputs):
    dtype = dtype_of(inputs[0])
    inside = through(dtype, "float32 float64 float16 int32 int64")
    equation = _small_letters(text(c.attr("equation")).replace(" ", ""))
    if "." in equation:
        equation = _without_ellipsis(equation, [len(sizes_of(s)) for s in c.symbol(0)])
    y = c.b.node("Einsum", [c.b.cast(x, inside) for x in inputs], inside, equation=equation)
    return c.b.cast(y, dtype)


def _small_letters(equation):
    """The equation with small letters only: runtimes need not know the others."""
    letters = list(dict.fromkeys(ch for ch in equation if ch.isalpha()))
    if len(letters) > 26:
        raise Refused("an equation of more than 26 letters")
    names = {ch: chr(ord("a") + i) for i, ch in enumerate(letters)}
    return "".join(names.get(ch, ch) for ch in equation)


def _without_ellipsis(equation, ranks):
    """The equation with letters for what `...` stands for: not as many axes in each operand, counted from the right."""
    terms, result = equation.split("->")
    terms = terms.split(",")
    named = [len(term.replace("...", "")) if "." in term else rank for term, rank in zip(terms, ranks, strict=True)]
    counts = [rank - n for n, rank in zip(named, ranks, strict=True)]
    unused = [ch for ch in map(chr, range(ord("a"), ord("z") + 1)) if ch not in equation]
    if max(counts) > len(unused):
        raise Refused("an equation of more than 26 letters")
    letters = "".join(unused[: max(counts)])
    terms = [term.replace("...", letters[len(letters) - n :]) for term, n in zip(terms, counts, strict=True)]
    return ",".join(terms) + "->" + result.replace("...", letters)


@converts("MatrixDeterminant")
def _determinant(c, x):
    return c.b.node("Det", [x])


@converts("Cross")
def _cross(c, x, y):
    def turned(v, order):
        return c.b.node("Gather", [v, np.array(order, np.int64)], dtype_of(v), axis=-1)

    one = c.b.node("Mul", [turned(x, (1, 2, 0)), turned(y, (2, 0, 1))])
    other = c.b.node("Mul", [turned(x, (2, 0, 1)), turned(y, (1, 2, 0))])
    return c.b.node("Sub", [one, other])


# -- diagonals -------------------------------------------------------------------------------------


@converts("MatrixBandPart")
def _band_part(c, x, lower, upper):
    b, dtype = c.b, dtype_of(x)
    lower, upper = (int(c.known(n, "number of diagonals")) for n in (lower, upper))
    inside = dtypes.int64 if dtype is dtypes.bool else through(dtype, "float32 float64 int64")
    y = b.cast(x, inside)
    if upper >= 0:
        y = b.node("Trilu", [y, np.int64(upper)], upper=0)
    if lower >= 0:
        y = b.node("Trilu", [y, np.int64(-lower)], upper=1)
    return b.cast(y, dtype)


def _places(b, size):
    return b.node("Range", [np.int64(0), b.squeeze(size, [0]), np.int64(1)], dtypes.int64)


def _on_diagonal(b, rows, columns):
    """A bool matrix, true on the main diagonal, from two sizes."""
    return b.node("Equal", [b.unsqueeze(_places(b, rows), [1]), _places(b, columns)], dtypes.bool)


def _main_only(c, *numbers):
    for k in numbers:
        if np.any(c.known(k, "diagonal")):
            raise Refused("diagonals other than the main one")


@converts("MatrixDiag", "MatrixDiagV2", "MatrixDiagV3", "Diag")
def _diag(c, diagonal, k=None, rows=None, columns=None, padding=None):
    b = c.b
    if c.node.type == "Diag" and c.rank(0) != 1:
        raise Refused("tf.linalg.tensor_diag of more than one axis")
    if k is not None:
        _main_only(c, k)
    size = b.size(diagonal, c.rank(0) - 1)
    rows, columns = (_given_size(c, n, size) for n in (rows, columns))
    zero = np.zeros((), dtype_of(diagonal).np) if padding is None else padding
    return choose(b, _on_diagonal(b, rows, columns), b.unsqueeze(diagonal, [c.rank(0)]), zero)


def _given_size(c, n, size):
    if n is None or int(c.known(n, "size")) < 0:
        return size
    if c.sizes(0)[-1] != int(n):
        raise Refused("a diagonal shorter than the matrix")
    return np.array([int(n)], np.int64)


@converts("MatrixDiagPart", "MatrixDiagPartV2", "MatrixDiagPartV3", "DiagPart")
def _diag_part(c, x, k=None, padding=None):
    b, rank = c.b, c.rank(0)
    if c.node.type == "DiagPart" and rank != 2:
        raise Refused("tf.linalg.tensor_diag_part of more than two axes")
    if k is not None:
        _main_only(c, k)
    rows, columns = b.size(x, rank - 2), b.size(x, rank - 1)
    short = b.node("Min", [rows, columns], dtypes.int64)
    places = b.unsqueeze(_places(b, short), [1])
    # GatherND wants the matrix first and the batch after it.
    moved = b.transpose(x, (rank - 2, rank - 1, *range(rank - 2)))
    both = b.node("Concat", [places, places], dtypes.int64, axis=1)
    y = b.node("GatherND", [moved, both], dtype_of(x))
    return b.transpose(y, (*range(1, rank - 1), 0))


@converts("MatrixSetDiag", "MatrixSetDiagV2", "MatrixSetDiagV3")
def _set_diag(c, x, diagonal, k=None):
    if k is not None:
        _main_only(c, k)
    b, rank = c.b, c.rank(0)
    rows, columns = c.sizes(0)[-2:]
    if rows is None or columns is None or columns > rows:
        raise Refused("the diagonal of a matrix that is wider than high, or of unknown size")
    on = _on_diagonal(b, b.size(x, rank - 2), b.size(x, rank - 1))
    # Beside the matrix the diagonal lies as a row: entry j belongs into column j.
    return choose(b, on, b.unsqueeze(diagonal, [rank - 2]), x)


@converts("L2Loss")
def _l2_loss(c, x):
    total = c.b.node("ReduceSumSquare", [x], keepdims=0)
    return c.b.binary("Mul", total, 0.5)


@converts("Softmax", "LogSoftmax")
def _softmax(c, x):
    return c.b.node(c.node.type, [x], axis=-1)


@converts("SoftmaxCrossEntropyWithLogits")
def _cross_entropy(c, logits, labels):
    b = c.b
    logs = b.node("LogSoftmax", [logits], axis=-1)
    terms = b.where(b.binary("Equal", labels, 0, dtypes.bool), 0, b.node("Mul", [labels, logs]))
    loss = b.node("Neg", [b.reduce("ReduceSum", terms, [1])])
    return [loss, b.node("Sub", [b.node("Exp", [logs]), labels])]


@converts("SparseSoftmaxCrossEntropyWithLogits")
def _sparse_cross_entropy(c, logits, labels):
    b = c.b
    logs = b.node("LogSoftmax", [logits], axis=-1)
    places = b.unsqueeze(b.cast(labels, dtypes.int64), [1])
    loss = b.node("Neg", [b.squeeze(b.node("GatherElements", [logs, places], axis=1), [1])])
    dtype = dtype_of(logits)
    hit = b.node("Equal", [places, _places(b, b.size(logits, 1))], dtypes.bool)
    return [loss, b.node("Sub", [b.node("Exp", [logs]), b.cast(hit, dtype)])]


