"""`tf.sparse`: sums, products, extremes, reductions, softmax, and functions of the values."""

from tapeflow.core.base import dtypes, nest
from tapeflow.core.ops.compose import array, creation, indexing, joining
from tapeflow.core.ops.compose.assertions import assert_equal
from tapeflow.core.ops.compose.reduce import reduce_sum as dense_reduce_sum
from tapeflow.core.ops.compose.sparse_parts import of_sparse
from tapeflow.core.ops.defs import sparse_math
from tapeflow.core.ops.defs.sparse_product import dense_add, dense_matmul
from tapeflow.core.values.convert import convert
from tapeflow.core.values.sparse import SparseTensor, is_sparse
from tapeflow.core.values.symbol import constant_value


def add(a, b, threshold=0):
    """Adds two tensors, one of which is sparse at least.

    Args:
        a, b: Tensors or sparse tensors of one shape.
        threshold: Of two sparse tensors: sums whose magnitude is below this are left out.

    Returns:
        A sparse tensor if both are sparse, else a tensor.

    Raises:
        TypeError: Both are dense.
    """
    if not is_sparse(a) and not is_sparse(b):
        raise TypeError("At least one input should be SparseTensor; do you mean to use tf.add()?")
    if not (is_sparse(a) and is_sparse(b)):
        a, b = (b, a) if is_sparse(b) else (a, b)
        return dense_add(a.indices, a.values, a.dense_shape, b)
    a, b = of_sparse(a), of_sparse(b)
    threshold = convert(threshold, dtype=a.values.dtype.real_dtype)
    indices, values, sizes = sparse_math.add(
        a.indices, a.values, a.dense_shape, b.indices, b.values, b.dense_shape, threshold
    )
    a.shape.assert_is_compatible_with(b.shape)
    static = a.shape.merge_with(b.shape)
    return SparseTensor(indices, values, static.as_list() if static.is_fully_defined() else sizes)


def maximum(sp_a, sp_b, name=None):
    """The larger of two sparse tensors, element by element; what is in one only is compared with zero.

    Args:
        sp_a, sp_b: Sparse tensors of one shape, their indices in row-major order.
        name: Optional name.
    """
    return _extreme(sparse_math.maximum, sp_a, sp_b)


def minimum(sp_a, sp_b, name=None):
    """The smaller of two sparse tensors, element by element; what is in one only is compared with zero.

    Args:
        sp_a, sp_b: Sparse tensors of one shape, their indices in row-major order.
        name: Optional name.
    """
    return _extreme(sparse_math.minimum, sp_a, sp_b)


def _extreme(function, a, b):
    indices, values = function(a.indices, a.values, a.dense_shape, b.indices, b.values, b.dense_shape)
    return SparseTensor(indices, values, a.dense_shape)


def sparse_dense_matmul(sp_a, b, adjoint_a=False, adjoint_b=False, name=None):
    """The product of a sparse and a dense matrix; either may come first.

    Args:
        sp_a, b: A sparse and a dense matrix, of one dtype.
        adjoint_a, adjoint_b: Whether the adjoint is taken instead.
        name: Optional name.

    Returns:
        A dense matrix.
    """
    if is_sparse(b):
        b, dense = of_sparse(b), convert(sp_a)
        product = dense_matmul(b.indices, b.values, b.dense_shape, dense, not adjoint_b, not adjoint_a)
        return array.transpose(product, conjugate=True)
    a = of_sparse(sp_a)
    return dense_matmul(a.indices, a.values, a.dense_shape, convert(b), adjoint_a, adjoint_b)


def reduce_sum(sp_input, axis=None, keepdims=None, output_is_sparse=False, name=None):
    """Sums a sparse tensor over axes.

    Args:
        sp_input: The sparse tensor.
        axis: An axis, or several; all by default.
        keepdims: Whether the axes stay, of size 1.
        output_is_sparse: Whether the result is sparse. That has no gradient.
        name: Optional name.
    """
    functions = sparse_math.reduce_sum, sparse_math.reduce_sum_sparse
    return _reduced(functions, sp_input, axis, keepdims, output_is_sparse)


def reduce_max(sp_input, axis=None, keepdims=None, output_is_sparse=False, name=None):
    """The largest elements of a sparse tensor over axes, of those that it has; zero where it has none.

    Args:
        sp_input: The sparse tensor.
        axis: An axis, or several; all by default.
        keepdims: Whether the axes stay, of size 1.
        output_is_sparse: Whether the result is sparse.
        name: Optional name.
    """
    functions = sparse_math.reduce_max, sparse_math.reduce_max_sparse
    return _reduced(functions, sp_input, axis, keepdims, output_is_sparse)


def _reduced(functions, x, axis, keepdims, output_is_sparse):
    if axis is None:
        rank = x.dense_shape.shape[0]
        axis = list(range(rank)) if rank is not None else creation.range(array.size(x.dense_shape))
    axis = convert(axis, dtype=None if hasattr(axis, "dtype") else dtypes.int32)
    axis = axis if axis.dtype is dtypes.int32 else array.cast(axis, dtypes.int32)
    found = functions[output_is_sparse](x.indices, x.values, x.dense_shape, axis, keep_dims=bool(keepdims))
    return SparseTensor(*found) if output_is_sparse else found


def softmax(sp_input, name=None):
    """Softmax over the elements that each row of the last axis has.

    Args:
        sp_input: Sparse tensor of rank 2 or more.
        name: Optional name.
    """
    x = sp_input
    return SparseTensor(x.indices, sparse_math.softmax(x.indices, x.values, x.dense_shape), x.dense_shape)


def map_values(op, *args, **kwargs):
    """Calls a function on the values of sparse tensors, which all have the same indices.

    Args:
        op: The function; its result has the shape of the values.
        *args: Arguments: sparse tensors anywhere in them are replaced by their values.
        **kwargs: As `args`.

    Returns:
        A sparse tensor.

    Raises:
        ValueError: No argument is sparse.
        InvalidArgumentError: The indices differ.
    """
    found = []
    inner_args, inner_kwargs = (_values_of(given, found) for given in (args, kwargs))
    if not found:
        raise ValueError("No SparseTensor in argument list of map_values")
    first = found[0]
    for other in found[1:]:
        assert_equal(first.dense_shape, other.dense_shape, message="Mismatched shapes!")
        assert_equal(first.indices, other.indices, message="Mismatched indices!")
    return SparseTensor(first.indices, op(*inner_args, **inner_kwargs), first.dense_shape)


def _values_of(structure, found):
    """The structure with sparse tensors replaced by their values; they are added to `found`."""

    def one(value):
        if not isinstance(value, SparseTensor):
            return value
        found.append(value)
        return value.values

    return nest.map_structure(one, structure)


def sampled_addmm(indices, values, dense_shape, mat1, mat2, beta=1.0, alpha=1.0, output_type=dtypes.float32):
    """`alpha * (mat1 @ mat2) + beta * values`, at the index vectors only.

    Args:
        indices: int32 or int64, shape [..., n, rank].
        values: Shape [..., n].
        dense_shape: The shape of the product.
        mat1, mat2: Matrices, or batches of them.
        beta, alpha: Numbers.
        output_type: The dtype.

    Returns:
        The tuple (indices, values, dense_shape).

    Raises:
        ValueError: `dense_shape` is not the product's.
    """
    indices, values = convert(indices), convert(values, dtype=dtypes.as_dtype(output_type))
    dense_shape = convert(dense_shape, dtype=dtypes.int32)
    mat1, mat2 = (convert(one, dtype=dtypes.as_dtype(output_type)) for one in (mat1, mat2))
    known, product = constant_value(dense_shape), [mat1.shape[-2], mat2.shape[-1]]
    if known is not None and None not in product and not (
        len(known) in (1, 2) and all(n == m for n, m in zip(known.tolist() * (3 - len(known)), product, strict=True))
    ):
        raise ValueError(f"Dense shape: {dense_shape} does not match output shape: {convert(product)}")
    batch, batch_dims = indices[..., :-2], mat1.shape.rank - 2
    rows = indexing.gather_nd(mat1, indices[..., :-1], batch_dims=batch_dims)
    places = joining.concat([batch, indices[..., -1:]], -1)
    columns = indexing.gather_nd(_transposed(mat2), places, batch_dims=batch_dims)
    return indices, dense_reduce_sum(rows * columns, -1) * alpha + values * beta, dense_shape


def _transposed(x):
    order = list(range(x.shape.rank))
    return array.transpose(x, [*order[:-2], order[-1], order[-2]])
