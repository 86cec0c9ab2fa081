"""What the methods of sparse tensors are."""

from tapeflow.core.ops.compose.array import cast
from tapeflow.core.ops.compose.creation import zeros
from tapeflow.core.ops.defs import sparse_dense
from tapeflow.core.values.convert import convert
from tapeflow.core.values.sparse import SparseTensor


def sparse_to_dense(x, default_value=None, validate_indices=True):
    """The dense tensor of a sparse one."""
    if default_value is None:
        default_value = zeros([], x.dtype)
    return sparse_dense.sparse_to_dense(
        x.indices, x.dense_shape, x.values, default_value, validate_indices=validate_indices
    )


_CWISE = {"mul": sparse_dense.dense_cwise_mul, "div": sparse_dense.dense_cwise_div}


def sparse_dense_cwise(kind, x, y):
    """`x * y` or `x / y` of a sparse and a dense tensor."""
    y = convert(y, dtype=x.dtype)
    values, dtype = x.values, x.dtype
    if kind == "div" and dtype.is_integer:  # true division, as of dense tensors
        wide = "float32" if dtype.size < 4 else "float64"
        values, y = cast(values, wide), cast(y, wide)
    return SparseTensor(x.indices, _CWISE[kind](x.indices, values, x.dense_shape, y), x.dense_shape)
