"""`tf.test.compute_gradient`: Jacobians by tape and by differences."""

import numpy as np

from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.ops.defs.array import cast, reshape, zeros_like
from tapeflow.core.run.tape import GradientTape
from tapeflow.core.values.convert import convert
from tapeflow.core.values.indexed_slices import IndexedSlices
from tapeflow.core.values.tensor import EagerTensor


def compute_gradient(f, x, delta=None):
    """The Jacobians of a function, by its gradients and by central differences.

    Args:
        f: Function of as many tensors as `x` has; returns one tensor.
        x: List of tensors or values.
        delta: Half of the step of the differences; 1/1024, or 1/16 for 16-bit floats.

    Returns:
        Two tuples of arrays [elements of f, elements of x], one for each `x`: by gradients, by differences. A complex
        number counts as two elements.

    Raises:
        ValueError: `x` is no list.

    >>> by_tape, by_differences = compute_gradient(lambda x: x * x, [[1.0, 2.0]])
    >>> by_tape[0].tolist()
    [[2.0, 0.0], [0.0, 4.0]]
    """
    if not isinstance(x, (list, tuple)):
        raise ValueError("`x` must be a list or tuple of values convertible to a Tensor (arguments to `f`), not a " + str(type(x)))  # fmt: skip  # noqa: E501
    points = [convert(one) for one in x]
    y = f(*points)
    pairs = [
        (_by_tape(f, points, i, y), _by_differences(f, points, i, y, _step(points[i], delta)))
        for i in range(len(points))
    ]
    return tuple(one for one, _ in pairs), tuple(other for _, other in pairs)


def _step(x, delta):
    if delta is not None:
        return delta
    return 1.0 / 16 if x.dtype.size == 2 else 1.0 / 1024


def _real(array):
    """The numbers of an array in a row; two for a complex one."""
    flat = np.ravel(np.asarray(array))
    if flat.dtype.kind == "c":
        return flat.view(flat.real.dtype)
    return flat.astype(np.float32) if flat.dtype.name == "bfloat16" else flat


def _unit(n, i, like):
    """The tensor shaped like `like` that is 1 at the i-th of its n real numbers and 0 elsewhere."""
    flat = np.zeros(n, like.dtype.real_dtype.np if like.dtype.is_complex else like.dtype.np)
    flat[i] = 1
    flat = flat.view(like.dtype.np) if like.dtype.is_complex else flat
    return reshape(EagerTensor(flat, like.dtype), like.shape.as_list())


def _by_tape(f, points, i, y):
    x = points[i]
    with GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = f(*points)
    rows, columns = _count(y), _count(x)
    jacobian = np.zeros((rows, columns), _real(np.zeros(1, y.dtype.np)).dtype)
    for row in range(rows):
        grad = tape.gradient(y, x, output_gradients=_unit(rows, row, y))
        if grad is None:
            continue
        jacobian[row] = _real(convert(grad) if isinstance(grad, IndexedSlices) else grad)
    return jacobian


def _by_differences(f, points, i, y, delta):
    x = points[i]
    rows, columns = _count(y), _count(x)
    jacobian = np.zeros((rows, columns), _real(np.zeros(1, y.dtype.np)).dtype)
    for column in range(columns):
        step = _unit(columns, column, x) * cast(convert(delta), x.dtype)
        above, below = (_real(f(*points[:i], moved, *points[i + 1 :])) for moved in (x + step, x - step))
        jacobian[:, column] = (above - below) / (2 * delta)
    return jacobian


def _count(x):
    if x.dtype.is_integer or x.dtype.name in ("bool", "string"):
        raise InvalidArgumentError(f"there is no gradient of {x.dtype.name}", got={"tensor": x})
    return _real(zeros_like(x)).size
