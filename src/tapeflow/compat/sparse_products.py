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
