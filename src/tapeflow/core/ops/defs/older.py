"""Ops that programs no longer call by name, and that the graphs of older programs and of gradients hold."""

import os
from itertools import pairwise

import numpy as np

from tapeflow.core.base import dtypes, local_files
from tapeflow.core.base.byte_strings import arranged
from tapeflow.core.base.errors import FailedPreconditionError, InvalidArgumentError, UnimplementedError
from tapeflow.core.ops import registry
from tapeflow.core.ops.lowering import jnp
from tapeflow.core.ops.op import op


def _widened(condition, t):
    """A vector of conditions, one for each row, as a column."""
    if condition.ndim == 1 and np.ndim(t) > 1:
        return condition.reshape(-1, *(1,) * (np.ndim(t) - 1))
    return condition


def _select(condition, t, e):
    condition = np.asarray(condition)
    if np.shape(t) != np.shape(e):
        raise InvalidArgumentError(
            f"'then' and 'else' must have the same size.  but received: {list(np.shape(t))} vs. {list(np.shape(e))}"
        )
    rows = condition.ndim == 1 and np.ndim(t) >= 1 and len(condition) == np.shape(t)[0]
    if condition.ndim and condition.shape != np.shape(t) and not rows:
        raise InvalidArgumentError(
            f"The condition's shape {list(condition.shape)} is neither that of 'then', {list(np.shape(t))}, nor a "
            "vector of its rows"
        )
    result = np.where(_widened(condition, t), t, e)
    return result.astype(np.asarray(t).dtype, copy=False)[()]


def _select_grad(c, dy):
    zeros = registry.get("ZerosLike")(dy)
    return None, registry.get("Select")(c.condition, dy, zeros), registry.get("Select")(c.condition, zeros, dy)


select = op(
    "Select", "condition: bool, t: T, e: T -> output: T", T="any", kernel=_select,
    lower=lambda condition, t, e: jnp.where(_widened(condition, t), t, e), grad=_select_grad,
    shape=lambda shapes, attrs: [shapes[1] if shapes[1] is not None else shapes[2]],
    samples=[
        lambda draw: ([True, False, True], draw.floats((3, 2)), draw.floats((3, 2))),
        lambda draw: (True, draw.floats((3,)), draw.floats((3,))),
        lambda draw: ([[True, False]], draw.floats((1, 2)), draw.floats((1, 2))),
    ],
)  # fmt: skip


def _bucketize(input, boundaries):
    if any(a > b for a, b in pairwise(boundaries)):
        raise InvalidArgumentError("Expected sorted boundaries")
    edges = np.array(boundaries, np.float32)
    found = np.searchsorted(edges.astype(np.float64), np.asarray(input).astype(np.float64), side="right")
    return np.asarray(found, np.int32)[()]


bucketize = op(
    "Bucketize", "input: T, *, boundaries: list(float) -> output: int32", T="int32 | int64 | float32 | float64",
    kernel=_bucketize, grad=None, shape=lambda shapes, attrs: [shapes[0]],
    samples=lambda draw: ([1.0, 5.0], [2.0, 4.0]),
    lower=lambda input, boundaries: jnp.searchsorted(
        jnp.asarray(np.array(boundaries, np.float32).astype(np.float64)), input.astype(jnp.float64), side="right"
    ).astype(jnp.int32),
)  # fmt: skip


def _concat_offset(concat_dim, shape):
    sizes = [np.asarray(s) for s in shape]
    rank, axis = len(sizes[0]), int(concat_dim)
    if not -rank <= axis < rank:
        raise InvalidArgumentError(f"Concat dim is out of range: {axis} vs. {rank}")
    axis %= rank
    result, place = [], 0
    for i, s in enumerate(sizes):
        if len(s) != rank:
            raise InvalidArgumentError(f"input {i} should contain {rank} elements, but got {len(s)}")
        if any(k != axis and s[k] != sizes[0][k] for k in range(rank)):
            raise InvalidArgumentError(f"All dimensions except {axis} must match. Input {i} has shape {s.tolist()}")
        offset = np.zeros(rank, s.dtype)
        offset[axis] = place
        place += int(s[axis])
        result.append(offset)
    return tuple(result)


concat_offset = op(
    "ConcatOffset", "concat_dim: const int32, shape: const N*shape_type -> offset: N*shape_type",
    shape_type="int32 | int64", kernel=_concat_offset, grad=None,
    shape=lambda shapes, attrs: list(shapes[1]), samples=lambda draw: (1, [[2, 3], [2, 4]]),
)  # fmt: skip
conjugate_transpose = op(
    "ConjugateTranspose", "x: T, perm: const Tperm -> y: T", T="any", Tperm="int32 | int64",
    kernel=lambda x, perm: np.conj(np.transpose(x, np.ravel(perm))) if x.dtype.kind == "c" else np.transpose(x, perm),
    lower=lambda x, perm: jnp.conj(jnp.transpose(x, np.ravel(perm).tolist())),
    samples=lambda draw: (draw.floats((2, 3)), [1, 0]),
)  # fmt: skip
empty = op(
    "Empty", "shape: const int32, *, dtype: type, init: bool = False -> output: dtype", dtype="any", grad=None,
    stateful=True, samples=lambda draw: ([2], dtypes.float32),
    kernel=lambda shape, dtype, init: np.zeros(np.ravel(shape), dtype.np) if dtype is not dtypes.string
    else np.full(np.ravel(shape), b"", object),
)  # fmt: skip


def _cholesky_grad(l, grad):
    """S. P. Smith's gradient of the decomposition, its lower triangle mirrored (Murray, 2016, arXiv:1602.07527)."""
    half = l.dtype.itemsize == 2
    dtype, (l, grad) = l.dtype, (x.astype(np.float32) if half else x for x in (np.tril(l), np.tril(grad)))
    middle = np.tril(np.swapaxes(l, -1, -2) @ grad)
    diagonal = np.arange(l.shape[-1])
    middle[..., diagonal, diagonal] *= 0.5
    inverse = np.linalg.inv(l)
    whole = np.swapaxes(inverse, -1, -2) @ middle @ inverse
    return ((whole + np.swapaxes(whole, -1, -2)) / 2).astype(dtype)


def _to_bool(x):
    """A scalar is true if it is not zero or empty, another tensor if it has elements."""
    if x.ndim:
        return np.bool_(x.size > 0)
    return np.bool_(len(x[()]) > 0) if x.dtype == object else x != 0


def _nothing(shapes, attrs):
    return []


def _abort(*, error_msg, exit_without_error):
    raise UnimplementedError("Abort ends the process: TapeFlow does not", hint="raise an error, or call sys.exit()")


def _check_pinned(tensor):
    raise FailedPreconditionError("to check pinnedness, must be built with `--config=cuda`")


def _immutable(*, dtype, shape, memory_region_name):
    data, sizes = local_files.read(os.fsencode(memory_region_name)), tuple(shape)
    if dtype.is_opaque or dtype is dtypes.string:
        raise UnimplementedError(f"ImmutableConst of {dtype.name}: a file holds numbers only")
    count = int(np.prod(sizes, dtype=np.int64))
    if len(data) < count * dtype.np.itemsize:
        raise InvalidArgumentError(f"{memory_region_name} holds {len(data)} bytes: too few for shape {list(sizes)}")
    return np.frombuffer(data, dtype.np, count).reshape(sizes)


# -- what stands in gradients, in other programs, or says something of the machine -----------------------

cholesky_grad = op(
    "CholeskyGrad", "l: T, grad: T -> output: T", T="float16 | float32 | float64", elementwise=False, grad=None,
    kernel=_cholesky_grad, shape=lambda shapes, attrs: [shapes[0]],
    samples=lambda draw: (np.linalg.cholesky(draw.symmetric(3).numpy()), draw.floats((3, 3))),
)  # fmt: skip
snapshot = op(
    "Snapshot", "input: T -> output: T", T="any", kernel=lambda x: x, lower=lambda x: x, grad=None, elementwise=False,
    samples=lambda draw: (np.array([1, 2], np.int32),),
)  # fmt: skip
to_bool = op(
    "ToBool", "input: T -> output: bool", T="any", kernel=_to_bool, lower=_to_bool, grad=None, elementwise=False,
    shape=lambda shapes, attrs: [()],
    samples=[lambda draw: draw.floats((2, 3)), lambda draw: np.int32(0), lambda draw: np.zeros((0, 2), np.float32)],
)  # fmt: skip
control_trigger = op("ControlTrigger", "->", kernel=lambda: (), grad=None, shape=_nothing, samples=lambda draw: ())
sync_device = op(
    "SyncDevice", "->", kernel=lambda: (), grad=None, stateful=True, shape=_nothing, samples=lambda draw: (),
)  # fmt: skip
fact = op(
    "Fact", "-> fact: string", kernel=lambda: arranged([b"0! == 1"], ()), grad=None, shape=lambda shapes, attrs: [()],
    samples=lambda draw: (),
)  # fmt: skip
device_index = op(
    "DeviceIndex", "*, device_names: list(string) -> index: int32", grad=None, stateful=True,
    kernel=lambda device_names: np.int32(device_names.index("CPU") if "CPU" in device_names else len(device_names)),
    shape=lambda shapes, attrs: [()], samples=lambda draw: (["GPU", "CPU"],),
)  # fmt: skip
abort = op(
    "Abort", "*, error_msg: string = '', exit_without_error: bool = False ->", kernel=_abort, grad=None,
    shape=_nothing, samples=(), stateful=True,
)  # fmt: skip
check_pinned = op(
    "CheckPinned", "tensor: T -> output: T", T="any", kernel=_check_pinned, grad=None, elementwise=False,
    shape=lambda shapes, attrs: [shapes[0]], samples=(),
)  # fmt: skip
immutable_const = op(
    "ImmutableConst", "*, dtype: type, shape: shape, memory_region_name: string -> tensor: dtype", dtype="any",
    kernel=_immutable, grad=None, shape=lambda shapes, attrs: [attrs["shape"]], samples=(), stateful=True,
    doc="A constant whose bytes are those of a file.",
)  # fmt: skip
