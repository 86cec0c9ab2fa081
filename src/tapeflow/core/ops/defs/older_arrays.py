"""Older versions of array ops, which graphs of older programs hold: each is the new one with its additions left out."""

import time

import numpy as np

from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.ops.defs.check import check_numerics
from tapeflow.core.ops.defs.diagonal import diag, diag_part, set_diag
from tapeflow.core.ops.defs.gather import _rows_of, gather_nd, gather_v2
from tapeflow.core.ops.defs.join import concat_v2
from tapeflow.core.ops.defs.rearrange import batch_to_space_nd, reverse, space_to_batch_nd
from tapeflow.core.ops.defs.scatter import scatter_add
from tapeflow.core.ops.lowering import jnp
from tapeflow.core.ops.op import op


def _as(record, arrange):
    """Kernel and lowering of another op, its arguments arranged for it."""

    def rule(function, xp):
        def call(*args, **attrs):
            arranged, options = arrange(xp, *args, **attrs)
            return function(*arranged, **options)

        return call

    return {"kernel": rule(record.kernel, np), "lower": rule(record.lower, jnp)}


def _zero(xp, x):
    return xp.zeros((), np.asarray(x).dtype if xp is np else x.dtype)


# -- diagonals: of one kind, or aligned to the left ------------------------------------------------

_LEFT = {"align": "LEFT_LEFT"}

matrix_diag = op(
    "MatrixDiag", "diagonal: T -> output: T", T="any",
    **_as(diag, lambda xp, x: ((x, np.int32(0), np.int32(-1), np.int32(-1), _zero(xp, x)), {})),
    grad=(lambda c, dy: matrix_diag_part(dy),), elementwise=False, samples=lambda draw: (draw.floats((2, 3)),),
)  # fmt: skip
matrix_diag_part = op(
    "MatrixDiagPart", "input: T -> diagonal: T", T="any",
    **_as(diag_part, lambda xp, x: ((x, np.int32(0), _zero(xp, x)), {})),
    elementwise=False, samples=lambda draw: (draw.floats((2, 3, 3)),),
)  # fmt: skip
matrix_set_diag = op(
    "MatrixSetDiag", "input: T, diagonal: T -> output: T", T="any",
    **_as(set_diag, lambda xp, x, diagonal: ((x, diagonal, np.int32(0)), {})),
    elementwise=False, samples=lambda draw: (draw.floats((2, 3, 3)), draw.floats((2, 3))),
)  # fmt: skip
matrix_diag_v2 = op(
    "MatrixDiagV2",
    "diagonal: T, k: const int32, num_rows: const int32, num_cols: const int32, padding_value: T -> output: T",
    T="any", **_as(diag, lambda xp, *args: (args, _LEFT)),
    samples=lambda draw: (draw.floats((2, 3)), [0, 1], -1, -1, draw.floats() * 0),
)  # fmt: skip
matrix_diag_part_v2 = op(
    "MatrixDiagPartV2", "input: T, k: const int32, padding_value: T -> diagonal: T", T="any",
    **_as(diag_part, lambda xp, *args: (args, _LEFT)),
    samples=lambda draw: (draw.floats((3, 4)), [-1, 2], draw.floats()),
)  # fmt: skip
matrix_set_diag_v2 = op(
    "MatrixSetDiagV2", "input: T, diagonal: T, k: const int32 -> output: T", T="any",
    **_as(set_diag, lambda xp, *args: (args, _LEFT)),
    samples=lambda draw: (draw.floats((3, 4)), draw.floats((2, 3)), [0, 1]),
)  # fmt: skip


# -- space and batch: square blocks ----------------------------------------------------------------


def _joined(xp, values, shape):
    rows = (shape or (0,))[0]
    if not 0 <= len(values) - 1 < rows:
        place = min(rows, len(values))
        raise InvalidArgumentError(f"0th dimension of value = {rows} must be greater than loc_ = {place}")
    return xp.concatenate(values, 0)


def _added(x, indices, updates):
    if x.dtype == bool:  # the sum of bools: whether any is true
        return _added(x.astype("int32"), indices, updates.astype("int32")) > 0
    return x.at[tuple(jnp.moveaxis(indices, -1, 0))].add(updates)


def _blocks(xp, x, sizes, *, block_size):
    if block_size < 2:
        raise InvalidArgumentError(f"Block size should be > 1: {block_size}")
    if np.ndim(x) != 4:
        raise InvalidArgumentError(f"input rank should be: 4 instead of: {np.ndim(x)}")
    return (x, np.array([block_size, block_size]), sizes), {}


space_to_batch = op(
    "SpaceToBatch", "input: T, paddings: const Tpaddings, *, block_size: int -> output: T", T="any",
    Tpaddings="int32 | int64", **_as(space_to_batch_nd, _blocks),
    grad=(lambda c, dy: batch_to_space(dy, c.paddings, c.block_size), None),
    samples=lambda draw: (draw.floats((1, 2, 4, 1)), [[1, 1], [0, 0]], 2),
)  # fmt: skip
batch_to_space = op(
    "BatchToSpace", "input: T, crops: const Tidx, *, block_size: int -> output: T", T="any", Tidx="int32 | int64",
    **_as(batch_to_space_nd, _blocks), grad=(lambda c, dy: space_to_batch(dy, c.crops, c.block_size), None),
    samples=lambda draw: (draw.floats((4, 2, 2, 1)), [[0, 1], [1, 0]], 2),
)  # fmt: skip


# -- joining and reading ---------------------------------------------------------------------------

concat = op(
    "Concat", "concat_dim: const int32, values: N*T -> output: T", T="any",
    **_as(concat_v2, lambda xp, axis, values: ((values, axis), {})),
    samples=lambda draw: (1, [draw.floats((2, 3)), draw.floats((2, 1))]),
)  # fmt: skip
parallel_concat = op(
    "ParallelConcat", "values: N*T, *, shape: shape -> output: T", T="any",
    kernel=lambda values, shape: _joined(np, values, shape), lower=lambda values, shape: _joined(jnp, values, shape),
    grad=None, samples=lambda draw: ([draw.floats((1, 2)), draw.floats((1, 2))], (2, 2)),
)  # fmt: skip
gather = op(
    "Gather", "params: Tparams, indices: Tindices, *, validate_indices: bool = True -> output: Tparams", Tparams="any",
    Tindices="int32 | int64",
    **_as(gather_v2, lambda xp, x, indices, validate_indices=True: ((x, indices, np.int32(0)), {"batch_dims": 0})),
    grad=(lambda c, dy: _rows_of(dy, c.indices, c.params), None),
    samples=lambda draw: (draw.floats((4, 3)), draw.ints((2, 2), high=4)),
)  # fmt: skip


def _turned(xp, x, dims):
    return (x, np.flatnonzero(np.asarray(dims)).astype(np.int32)), {}


reverse_v1 = op(
    "Reverse", "tensor: T, dims: const bool -> output: T", T="any", **_as(reverse, _turned),
    grad=(lambda c, dy: reverse_v1(dy, c.dims), None), samples=lambda draw: (draw.floats((2, 3)), [True, False]),
)  # fmt: skip
scatter_nd_non_aliasing_add = op(
    "ScatterNdNonAliasingAdd",
    "input: T, indices: Tindices, updates: T, *, bad_indices_policy: string = '' -> output: T",
    T="numeric | bool", Tindices="int32 | int64",
    kernel=lambda x, indices, updates, bad_indices_policy: scatter_add.kernel(x, indices, updates),
    lower=lambda x, indices, updates, bad_indices_policy: _added(x, indices, updates),
    grad=(lambda c, dy: dy, None, lambda c, dy: gather_nd(dy, c.indices)),
    samples=lambda draw: (draw.floats((4,)), [[1], [1], [3]], draw.floats((3,))),
)  # fmt: skip


# -- passing through -------------------------------------------------------------------------------


def _no_gradient(c, dy):
    raise LookupError(f"Gradient explicitly disabled. Reason: {c.message or b''}")


guarantee_const = op(
    "GuaranteeConst", "input: T -> output: T", T="any", kernel=lambda x: x, lower=lambda x: x, grad=None,
    elementwise=False, samples=lambda draw: (draw.floats((2,)),),
)  # fmt: skip
prevent_gradient = op(
    "PreventGradient", "input: T, *, message: string = '' -> output: T", T="any", kernel=lambda x, message: x,
    lower=lambda x, message: x, grad=(_no_gradient,), samples=lambda draw: (np.array([1, 2], np.int32),),
)  # fmt: skip
check_numerics_v2 = op(
    "CheckNumericsV2", "tensor: T, *, message: string -> output: T", T="floating", kernel=check_numerics.kernel,
    grad=lambda c, dy: dy, stateful=True, samples=lambda draw: (draw.floats((3,)), "x"),
)  # fmt: skip
timestamp = op(
    "Timestamp", "-> ts: float64", kernel=lambda: np.float64(time.time()), grad=None, stateful=True,
    shape=lambda shapes, attrs: [()], samples=lambda draw: (),
)  # fmt: skip


def _in_place(name, function):
    def kernel(x, i, v):
        result = np.array(x)
        function(result, np.ravel(i), np.reshape(v, (np.size(i), *result.shape[1:])))
        return result

    return op(
        name, "x: T, i: int32, v: T -> y: T", T="any", kernel=kernel, grad=None, elementwise=False,
        shape=lambda shapes, attrs: [shapes[0]],
        samples=lambda draw: (draw.floats((3, 2)), [0, 2], draw.floats((2, 2))),
    )  # fmt: skip


def _set(x, i, v):
    x[i] = v


inplace_update = _in_place("InplaceUpdate", _set)
inplace_add = _in_place("InplaceAdd", np.add.at)
inplace_sub = _in_place("InplaceSub", np.subtract.at)
