"""Sparse tensors with dense ones: SparseToDense, and sums, products and quotients that know only the elements given."""

import numpy as np

from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.ops.op import op

NUMBERS = "numeric"


def spelled(shape):
    """A shape as TensorFlow's messages write it: `[2,3]`."""
    return "[" + ",".join(str(n) for n in np.ravel(shape).tolist()) + "]"


def check_parts(indices, values, shape, prefix=""):
    """Refuses indices, values and dense shape that do not fit one another."""
    for name, kind, rank, x in (("indices", "matrix", 2, indices), ("values", "vector", 1, values),
                                ("shape", "vector", 1, shape)):  # fmt: skip
        if np.ndim(x) != rank:
            raise InvalidArgumentError(
                f"Input {prefix}{name} should be a {kind} but received shape {spelled(np.shape(x))}"
            )
    if len(indices) != len(values):
        raise InvalidArgumentError(
            f"Number of values must match first dimension of indices. Got {len(values)} values, indices shape: "
            f"{spelled(np.shape(indices))}"
        )
    if indices.shape[1] != len(shape):
        raise InvalidArgumentError(
            f"Number of dimensions must match second dimension of indices. Got {len(shape)} dimensions, indices shape: "
            f"{spelled(np.shape(indices))}"
        )


def check_same_shape(a_shape, b_shape):
    """Refuses two dense shapes that differ."""
    for d, (m, n) in enumerate(zip(a_shape.tolist(), b_shape.tolist(), strict=True)):
        if m != n:
            raise InvalidArgumentError(f"Operands' shapes do not match: got {m} and {n} for dimension {d}")


def first_outside(indices, shape):
    """The number of the first index vector outside of the shape, None if there is none."""
    bad = np.flatnonzero(((indices < 0) | (indices >= np.asarray(shape))).any(1))
    return int(bad[0]) if bad.size else None


def check_inside(indices, shape):
    """Refuses index vectors outside of the shape."""
    i = first_outside(indices, shape)
    if i is not None:
        raise InvalidArgumentError(
            f"indices[{i}] = {spelled(indices[i])} is out of bounds: need 0 <= index < {spelled(shape)}"
        )


def in_order(indices):
    """For each index vector but the first: whether it comes after the one before it, and whether it equals it."""
    if len(indices) < 2:
        return np.ones(0, bool), np.zeros(0, bool)
    leading = np.zeros(len(indices) - 1, indices.dtype)
    for column in indices.T[::-1]:
        step = np.diff(column)
        leading = np.where(step, step, leading)
    return leading > 0, leading == 0


def check_order(indices, shape):
    """Refuses index vectors that are outside of the shape, repeated, or not in row-major order."""
    outside = first_outside(indices, shape)
    after, equal = in_order(indices)
    wrong = np.flatnonzero(~after)
    if outside is not None and (not wrong.size or outside <= wrong[0] + 1):
        check_inside(indices, shape)
    if wrong.size:
        i = int(wrong[0]) + 1
        if equal[i - 1]:
            raise InvalidArgumentError(f"indices[{i}] = {spelled(indices[i])} is repeated")
        raise InvalidArgumentError(
            f"indices[{i}] = {spelled(indices[i])} is out of order. Many sparse ops require sorted indices.\n"
            "    Use `tf.sparse.reorder` to create a correctly ordered copy.\n"
        )


def flat_places(indices, shape):
    """The place of each index vector in the flat tensor."""
    strides = np.ones(len(shape), np.int64)
    if len(shape) > 1:
        strides[:-1] = np.cumprod(np.asarray(shape)[:0:-1])[::-1]
    places = np.zeros(len(indices), np.int64)
    for column, stride in zip(np.asarray(indices, np.int64).T, strides, strict=True):
        places += column * stride
    return places


# -- to dense --------------------------------------------------------------------------------------


def _to_dense(sparse_indices, output_shape, sparse_values, default_value, *, validate_indices):
    indices, values = np.asarray(sparse_indices), np.asarray(sparse_values)
    if indices.ndim > 2:
        raise InvalidArgumentError(
            f"sparse_indices should be a scalar, vector, or matrix, got shape {spelled(indices.shape)}"
        )
    count, depth = (indices.shape[0] if indices.ndim else 1), (indices.shape[1] if indices.ndim > 1 else 1)
    if np.ndim(output_shape) != 1:
        raise InvalidArgumentError(f"output_shape must be rank 1, got shape {spelled(np.shape(output_shape))}")
    if len(output_shape) != depth:
        raise InvalidArgumentError(
            f"output_shape has incorrect number of elements: {len(output_shape)} should be: {depth}"
        )
    for n in output_shape.tolist():
        if n < 0:
            raise InvalidArgumentError(f"Dimension {n} must be >= 0")
    if values.ndim > 1 or (values.ndim == 1 and len(values) != count):
        raise InvalidArgumentError(
            f"sparse_values has incorrect shape {spelled(values.shape)}, should be [] or [{count}]"
        )
    if np.ndim(default_value):
        raise InvalidArgumentError("default_value should be a scalar.")
    indices = indices.reshape(count, depth)
    if validate_indices:
        check_order(indices, output_shape)
    elif first_outside(indices, output_shape) is not None:
        raise InvalidArgumentError(f"Indices are not valid (out of bounds).  Shape: {spelled(output_shape)}")
    result = np.empty(tuple(output_shape.tolist()), values.dtype)
    result[...] = default_value
    result.reshape(-1)[flat_places(indices, output_shape)] = values
    return result


def _to_dense_values_grad(c, dy):
    from tapeflow.core.ops.compose.array import expand_dims
    from tapeflow.core.ops.defs.gather import gather_nd
    from tapeflow.core.ops.defs.reduce import sum_

    indices = c.sparse_indices
    if indices.shape.rank == 0:
        return gather_nd(dy, expand_dims(indices, 0))
    found = gather_nd(dy, indices if indices.shape.rank == 2 else expand_dims(indices, -1))
    return sum_(found, 0) if c.sparse_values.shape.rank == 0 else found


def _to_dense_default_grad(c, dy):
    from tapeflow.core.ops.compose.reduce import reduce_sum

    return reduce_sum(dy) - reduce_sum(_to_dense_values_grad(c, dy))


sparse_to_dense = op(
    "SparseToDense",
    "sparse_indices: Tindices, output_shape: Tindices, sparse_values: T, default_value: T, *, "
    "validate_indices: bool = True -> dense: T",
    T="any", Tindices="int32 | int64", kernel=_to_dense,
    grad=(None, None, _to_dense_values_grad, _to_dense_default_grad),
    samples=lambda draw: (np.array([[0, 1], [2, 0]]), np.array([3, 2]), draw.floats((2,)), draw.floats(())),
)  # fmt: skip


# -- at the elements given: products, quotients, sums ----------------------------------------------


def _beside(indices, values, shape, dense):
    """The dense tensor's element at each index vector: it is broadcast to the sparse tensor's shape."""
    check_parts(indices, values, shape)
    if len(shape) == 0:
        raise InvalidArgumentError("Shape must be rank > 0")
    dense, sizes = np.asarray(dense), shape.tolist()
    own = (1,) * (len(sizes) - dense.ndim) + dense.shape
    if dense.ndim > len(sizes) or any(n not in (1, m) for n, m in zip(own, sizes, strict=True)):
        raise InvalidArgumentError(
            "SparseDenseBinaryOpShared broadcasts dense to sparse only; got incompatible shapes: "
            f"[{','.join(map(str, sizes))}] vs. {spelled(dense.shape)}"
        )
    if first_outside(indices, shape) is not None:
        raise InvalidArgumentError("Provided indices are out-of-bounds w.r.t. dense side with broadcasted shape")
    places = np.where(np.array(own) == 1, 0, indices)
    return dense.reshape(own)[tuple(places.T)]


def _cwise(name, function, grad):
    def kernel(sp_indices, sp_values, sp_shape, dense):
        if function is _divided and np.any(dense == 0):
            raise InvalidArgumentError(f"{name} cannot divide by zero,but input dense tensor contains zero")
        beside = _beside(sp_indices, sp_values, sp_shape, dense)
        return function(sp_values, beside).astype(sp_values.dtype)

    return op(
        name, "sp_indices: int64, sp_values: T, sp_shape: int64, dense: T -> output: T", T=NUMBERS, kernel=kernel,
        grad=grad, samples=lambda draw: ([[0, 1], [1, 0]], draw.floats((2,)), [2, 3], draw.floats((3,)) + 3.0),
    )  # fmt: skip


def _divided(x, y):
    if x.dtype.kind in "iu":
        return np.sign(x) * np.sign(y) * (np.abs(x) // np.abs(y))  # rounds to zero, as C
    return x / y


def _dense_grad(c, at_elements):
    """The gradient of the dense operand, of its elements at the index vectors: summed where it was broadcast."""
    from tapeflow.core.ops.compose.array import reshape, shape
    from tapeflow.core.ops.compose.indexing import where
    from tapeflow.core.ops.compose.reduce import reduce_sum
    from tapeflow.core.ops.defs.scatter import scatter_nd

    rank = c.dense.shape.rank
    if rank == 0:
        return reduce_sum(at_elements)
    sizes = shape(c.dense, out_type=c.sp_indices.dtype)
    inner = c.sp_indices[:, c.sp_indices.shape[1] - rank :]
    places = where(sizes == 1, inner * 0, inner)
    return reshape(scatter_nd(places, at_elements, sizes), shape(c.dense))


def _mul_grad(c, dy):
    beside = beside_elements(c)
    return None, dy * beside, None, _dense_grad(c, dy * c.sp_values)


def _div_grad(c, dy):
    beside = beside_elements(c)
    return None, dy / beside, None, _dense_grad(c, -dy * c.sp_values / (beside * beside))


def beside_elements(c):
    """The dense operand's element at each index vector."""
    from tapeflow.core.ops.compose.creation import zeros_like

    return dense_cwise_add(c.sp_indices, zeros_like(c.sp_values), c.sp_shape, c.dense)


dense_cwise_mul = _cwise("SparseDenseCwiseMul", np.multiply, _mul_grad)
dense_cwise_div = _cwise("SparseDenseCwiseDiv", _divided, _div_grad)
dense_cwise_add = _cwise("SparseDenseCwiseAdd", np.add, lambda c, dy: (None, dy, None, _dense_grad(c, dy)))
