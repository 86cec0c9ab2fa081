"""Fractional pooling (Graham, 2014): FractionalMaxPool, FractionalAvgPool and their gradients.

Window borders are drawn when the op runs, so these are host ops. The borders follow the paper's two schemes; the
generator behind them is NumPy's, so a seed gives other borders than in TensorFlow.
"""

import numpy as np

from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.ops.op import Op, op


def _borders(size, count, random, pseudo):
    """Where `count` windows of neighbouring sizes begin along an axis, and where the last one ends."""
    if pseudo:
        ratio = size / count
        low = int(ratio)
        limit = min((low + 2) / ratio - 1, (size + 1 - low) / ratio - (count - 1))
        places = np.ceil(ratio * (np.arange(count + 1) + random.random() * limit)).astype(np.int64) - 1
        places[0], places[-1] = 0, size
        return places
    steps = np.full(count, size // count, np.int64)
    steps[: size % count] += 1
    random.shuffle(steps)
    return np.concatenate([[0], np.cumsum(steps)]).astype(np.int64)


def _ends(borders, overlapping, size):
    """Pairs of the first place of every window and the one after its last."""
    for a, b in zip(borders[:-1].tolist(), borders[1:].tolist(), strict=True):
        yield a, min(b + 1, size) if overlapping else b


def _sequences(x, pooling_ratio, pseudo_random, deterministic, seed, seed2):
    if len(pooling_ratio) != 4:
        raise InvalidArgumentError("pooling_ratio field must specify 4 dimensions")
    if x.ndim != 4:
        raise InvalidArgumentError("tensor_in must be 4-dimensional")
    if pooling_ratio[0] != 1 or pooling_ratio[3] != 1:
        raise InvalidArgumentError("Fractional pooling is not yet supported on the batch or channel dimension.")
    random = np.random.default_rng([seed, seed2] if deterministic or seed or seed2 else None)
    result = []
    for axis in (1, 2):
        size, ratio = x.shape[axis], pooling_ratio[axis]
        count = int(size / ratio)
        if ratio < 1 or count < 1:
            raise InvalidArgumentError(f"Computed output size would be {count} along axis {axis} for ratio {ratio}")
        result.append(_borders(size, count, random, pseudo_random))
    return result


def _along(x, borders, overlapping, axis, reduce):
    moved = np.moveaxis(x, axis, 0)
    parts = [reduce(moved[a:b]) for a, b in _ends(borders, overlapping, len(moved))]
    return np.moveaxis(np.stack(parts), 0, axis)


def _pool(reduce):
    def kernel(value, pooling_ratio, pseudo_random, overlapping, deterministic, seed, seed2):
        x = np.asarray(value)
        rows, columns = _sequences(x, pooling_ratio, pseudo_random, deterministic, seed, seed2)
        y = _along(_along(x, rows, overlapping, 1, reduce), columns, overlapping, 2, reduce)
        return y.astype(x.dtype), rows, columns

    return kernel


def _avg_kernel(value, pooling_ratio, pseudo_random, overlapping, deterministic, seed, seed2):
    x = np.asarray(value)
    rows, columns = _sequences(x, pooling_ratio, pseudo_random, deterministic, seed, seed2)
    total = _along(_along(x, rows, overlapping, 1, lambda p: p.sum(0)), columns, overlapping, 2, lambda p: p.sum(0))
    counts = _counts(x.shape, rows, columns, overlapping)
    return (total / counts).astype(x.dtype), rows, columns


def _counts(shape, rows, columns, overlapping):
    tall = np.array([b - a for a, b in _ends(rows, overlapping, shape[1])])
    wide = np.array([b - a for a, b in _ends(columns, overlapping, shape[2])])
    return (tall[:, None] * wide)[None, :, :, None]


def _avg_grad(orig_input_tensor_shape, out_backprop, row_pooling_sequence, col_pooling_sequence, overlapping):
    dy, shape = np.asarray(out_backprop), tuple(int(n) for n in orig_input_tensor_shape)
    rows, columns = np.asarray(row_pooling_sequence), np.asarray(col_pooling_sequence)
    share = dy / _counts(shape, rows, columns, overlapping)
    dx = np.zeros(shape, np.float64)
    for i, j, a, b, c, d in _windows(rows, columns, overlapping, shape):
        dx[:, a:b, c:d] += share[:, i : i + 1, j : j + 1]
    return dx.astype(dy.dtype)


def _windows(rows, columns, overlapping, shape):
    """The windows: number of row and column, first and last of both."""
    for i, (a, b) in enumerate(_ends(np.asarray(rows), overlapping, shape[1])):
        for j, (c, d) in enumerate(_ends(np.asarray(columns), overlapping, shape[2])):
            yield i, j, a, b, c, d


def _first_places(x, a, b, c, d):
    """The index of the first maximum of a window, for each image and channel."""
    flat = x[:, a:b, c:d].reshape(x.shape[0], -1, x.shape[3]).argmax(1)
    batch, channel = np.ix_(range(x.shape[0]), range(x.shape[3]))
    return batch, a + flat // (d - c), c + flat % (d - c), channel


def _max_grad(orig_input, orig_output, out_backprop, row_pooling_sequence, col_pooling_sequence, overlapping):
    """To the first maximum of every window."""
    x, y, dy = np.asarray(orig_input), np.asarray(orig_output), np.asarray(out_backprop)
    if y.shape != dy.shape:
        raise InvalidArgumentError(
            f"orig_output and out_backprop should have the same shape: {list(y.shape)}, {list(dy.shape)}"
        )
    dx = np.zeros(x.shape, dy.dtype)
    for i, j, *ends in _windows(row_pooling_sequence, col_pooling_sequence, overlapping, x.shape):
        dx[_first_places(x, *ends)] += dy[:, i, j]
    return dx


_T = "float32 | float64 | int32 | int64"
_ATTRS = (
    "value: T, *, pooling_ratio: list(float), pseudo_random: bool = False, overlapping: bool = False, "
    "deterministic: bool = False, seed: int = 0, seed2: int = 0 "
    "-> output: T, row_pooling_sequence: int64, col_pooling_sequence: int64"
)


def _sample(draw):
    return draw.distinct((1, 7, 6, 2)), [1.0, 1.5, 1.4, 1.0], False, True, True, 3, 4


def _pooled_shape(shapes, attrs):
    (shape,) = shapes
    if shape is None:
        return None, (None,), (None,)
    out = [None if n is None else int(n / r) for n, r in zip(shape, attrs["pooling_ratio"], strict=True)]
    return tuple(out), (None if out[1] is None else out[1] + 1,), (None if out[2] is None else out[2] + 1,)


def _shape_of(x):
    from tapeflow.core.ops.defs.shape import shape

    return shape(x, "int64")


fractional_max_pool = op(
    "FractionalMaxPool", _ATTRS, T=_T, kernel=_pool(lambda part: part.max(0)), stateful=True, shape=_pooled_shape,
    grad=lambda c, dy, *_: fractional_max_pool_grad(
        c.value, c.output, dy, c.row_pooling_sequence, c.col_pooling_sequence, c.overlapping
    ),
    samples=_sample,
)  # fmt: skip
fractional_avg_pool = op(
    "FractionalAvgPool", _ATTRS, T=_T, kernel=_avg_kernel, stateful=True, shape=_pooled_shape,
    grad=lambda c, dy, *_: fractional_avg_pool_grad(
        _shape_of(c.value), dy, c.row_pooling_sequence, c.col_pooling_sequence, c.overlapping
    ),
    samples=_sample,
)  # fmt: skip


def _grad_sample(draw):
    x = draw.distinct((1, 7, 6, 2))
    y, rows, columns = fractional_max_pool(*_sample(draw))
    return x, fractional_max_pool(*_sample(draw)).output, draw.floats(y.shape.as_list()), rows, columns, True


fractional_max_pool_grad = op(
    "FractionalMaxPoolGrad",
    "orig_input: T, orig_output: T, out_backprop: T, row_pooling_sequence: int64, col_pooling_sequence: int64, *, "
    "overlapping: bool = False -> output: T",
    T=_T, kernel=_max_grad,
    grad=(
        None, None,
        lambda c, ddx: _MAX_AGAIN.call((c.orig_input, ddx, c.inputs[3], c.inputs[4], c.overlapping), {}), None, None,
    ), shape=lambda shapes, attrs: (shapes[0],), samples=_grad_sample,
)  # fmt: skip
fractional_avg_pool_grad = op(
    "FractionalAvgPoolGrad",
    "orig_input_tensor_shape: const int64, out_backprop: T, row_pooling_sequence: int64, "
    "col_pooling_sequence: int64, *, overlapping: bool = False -> output: T",
    T=_T, kernel=_avg_grad,
    grad=(None, lambda c, ddx: _MEANS.call((ddx, c.inputs[2], c.inputs[3], c.overlapping), {}), None, None),
    samples=lambda draw: ([1, 7, 6, 2], *_grad_sample(draw)[2:]),
)  # fmt: skip


# -- the gradients' gradients: pooling again with the same windows; TensorFlow has no ops for them --


def _again(name, signature, kernel, grad):
    return Op(
        name, signature, {"T": _T}, kernel=kernel, lower=None, grad=grad, jvp=None, shape=None, samples=None,
        stateful=False, reentrant=False, elementwise=False,
    )  # fmt: skip


def _means(x, rows, columns, overlapping):
    y = np.empty((x.shape[0], len(rows) - 1, len(columns) - 1, x.shape[3]), x.dtype)
    for i, j, a, b, c, d in _windows(rows, columns, overlapping, x.shape):
        y[:, i, j] = x[:, a:b, c:d].mean((1, 2))
    return y


def _at_maxima(x, values, rows, columns, overlapping):
    y = np.empty((x.shape[0], len(rows) - 1, len(columns) - 1, x.shape[3]), x.dtype)
    for i, j, *ends in _windows(rows, columns, overlapping, x.shape):
        y[:, i, j] = values[_first_places(x, *ends)]
    return y


_SEQUENCES = "rows: int64, columns: int64, *, overlapping: bool -> output: T"
_MEANS = _again("FractionalAvgPoolOf", f"x: T, {_SEQUENCES}", _means, (
    lambda c, d: fractional_avg_pool_grad(_shape_of(c.x), d, c.rows, c.columns, c.overlapping), None, None,
))
_MAX_AGAIN = _again("FractionalMaxPoolGradGrad", f"x: T, values: T, {_SEQUENCES}", _at_maxima, (
    None, lambda c, d: fractional_max_pool_grad(c.x, d, d, c.rows, c.columns, c.overlapping), None, None,
))
