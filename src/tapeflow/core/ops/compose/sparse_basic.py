"""What the methods of sparse tensors are."""


def sparse_to_dense(x, default_value=None, validate_indices=True):
    """The dense tensor of a sparse one."""
    from tapeflow.core.ops.compose.sparse import to_dense

    return to_dense(x, default_value, validate_indices)


def sparse_dense_cwise(kind, x, y):
    """`x * y` or `x / y` of a sparse and a dense tensor."""
    from tapeflow.core.ops.compose.sparse_math import dense_cwise

    return dense_cwise(kind, x, y)
