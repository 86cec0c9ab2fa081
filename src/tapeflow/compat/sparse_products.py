"""Products of sparse matrices, by the names of TensorFlow's CSR ops. A matrix stays the `tf.SparseTensor` it was."""

from tapeflow.core.values.sparse import SparseTensor


def sparse_tensor_to_csr_sparse_matrix(indices, values, dense_shape, name=None):
    """Returns the matrix, or batch of matrices, that `sparse_matrix_sparse_mat_mul` takes."""
    return SparseTensor(indices, values, dense_shape)


def csr_sparse_matrix_to_sparse_tensor(sparse_matrix, type, name=None):
    """Returns the `tf.SparseTensor` of a matrix."""
    return sparse_matrix


def sparse_matrix_sparse_mat_mul(
    a, b, type, transpose_a=False, transpose_b=False, adjoint_a=False, adjoint_b=False, name=None
):
    """Returns the product of two matrices, or batches of them, as a matrix without its zeros."""
    import tapeflow as tf  # the front door loads what it is asked for

    product = tf.matmul(
        tf.sparse.to_dense(tf.sparse.reorder(a)), tf.sparse.to_dense(tf.sparse.reorder(b)),
        transpose_a=transpose_a, transpose_b=transpose_b, adjoint_a=adjoint_a, adjoint_b=adjoint_b,
    )  # fmt: skip
    return tf.sparse.from_dense(product)


class CSRSparseMatrix:
    """A matrix, or batch of matrices, of which only what is not 0 is kept.

    Args:
        value: `tf.SparseTensor`, or a tensor.
        indices: Of a tensor, the places to keep; where it is not 0 if None.
        name: Optional name.
    """

    def __init__(self, value, indices=None, name=None):
        import tapeflow as tf  # the front door loads what it is asked for

        if not isinstance(value, SparseTensor):
            value = tf.convert_to_tensor(value)
            if indices is None:
                value = tf.sparse.from_dense(value)
            else:
                value = SparseTensor(indices, tf.gather_nd(value, indices), tf.shape(value, tf.int64))
        self._value = value

    @property
    def shape(self):
        """The shape."""
        return self._value.shape

    @property
    def dtype(self):
        """The dtype of the values."""
        return self._value.dtype

    def to_sparse_tensor(self):
        """Returns the matrix as a `tf.SparseTensor`."""
        return self._value

    def to_dense(self):
        """Returns the matrix as a tensor."""
        import tapeflow as tf  # the front door loads what it is asked for

        return tf.sparse.to_dense(tf.sparse.reorder(self._value))


def matmul(a, b, transpose_a=False, transpose_b=False, adjoint_a=False, adjoint_b=False, name=None):
    """Returns the product of two matrices: a `CSRSparseMatrix` if both are, else a tensor."""
    import tapeflow as tf  # the front door loads what it is asked for

    both = isinstance(a, CSRSparseMatrix) and isinstance(b, CSRSparseMatrix)
    a, b = (x.to_dense() if isinstance(x, CSRSparseMatrix) else x for x in (a, b))
    product = tf.matmul(a, b, transpose_a, transpose_b, adjoint_a, adjoint_b)
    return CSRSparseMatrix(product) if both else product
