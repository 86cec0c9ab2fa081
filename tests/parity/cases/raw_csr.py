"""Gradients of ops on matrices kept by compressed rows, and their decompositions."""

import itertools

import numpy as np

from tests.parity.case import Family

case = Family(__name__)

A = np.array([[1.0, 0, 2, 0], [0, 0, 3, 0], [4, 5, 0, 6]])
B = np.array([[0.5, 1.0], [-1.0, 2.0], [1.5, 0.0], [3.0, -2.0]])
POSITIVE = np.array([[4.0, 1, 0, 0, 2], [1, 5, 0, 1, 0], [0, 0, 3, 1, 0], [0, 1, 1, 6, 0], [2, 0, 0, 0, 7]])


def _csr(tf, x):
    indices = np.argwhere(x.numpy() != 0) if hasattr(x, "numpy") else np.argwhere(x)
    return tf.raw_ops.DenseToCSRSparseMatrix(dense_input=x, indices=indices)


def _dense(tf, matrix):
    return tf.raw_ops.CSRSparseMatrixToDense(sparse_input=matrix, type=tf.float64)


def _gradient(tf, function, *arrays):
    """The gradients of a weighted sum of what a function of tensors gives."""
    tensors = [tf.constant(one) for one in arrays]
    with tf.GradientTape() as tape:
        tape.watch(tensors)
        y = function(*tensors)
        weights = tf.reshape(tf.range(1, tf.size(y) + 1), tf.shape(y))
        loss = tf.reduce_sum(y * tf.cast(weights, y.dtype))
    return tape.gradient(loss, tensors)


def _times(tf, a, b, flags):
    a = np.swapaxes(a, -1, -2) if "transpose_a" in flags or "adjoint_a" in flags else a
    b = np.swapaxes(b, -1, -2) if "transpose_b" in flags or "adjoint_b" in flags else b
    options = dict.fromkeys(flags, True)
    return _gradient(tf, lambda x, y: tf.raw_ops.SparseMatrixMatMul(a=_csr(tf, x), b=y, **options), a, b)


def _values(tf, x):
    parts = tf.raw_ops.CSRSparseMatrixToSparseTensor(sparse_matrix=_csr(tf, x), type=tf.float64)
    return parts.values


def _of_sparse(tf, values):
    matrix = tf.raw_ops.SparseTensorToCSRSparseMatrix(
        indices=np.argwhere(A), values=values, dense_shape=np.array(A.shape, "i8")
    )
    return _dense(tf, matrix)


def _cholesky(tf, x, order):
    matrix = _csr(tf, tf.constant(x))
    factor = tf.raw_ops.SparseMatrixSparseCholesky(input=matrix, permutation=np.array(order, "i4"), type=tf.float64)
    return _dense(tf, factor), tf.raw_ops.SparseMatrixNNZ(sparse_matrix=factor)


def _ordering(tf, x):
    return tf.sort(tf.raw_ops.SparseMatrixOrderingAMD(input=_csr(tf, tf.constant(x))))


for _a, _b in itertools.product(("", "transpose_a", "adjoint_a"), ("", "transpose_b", "adjoint_b")):
    _flags = tuple(filter(None, (_a, _b)))
    case.either(f"matmul/{_a}_{_b}", _times, A, B, _flags, loose=10)
case.either("matmul/transpose_output", _times, A, B, ("transpose_output",), loose=10)
case.either("matmul/batch", _times, np.stack([A, A[::-1]]), np.stack([B, B * 2]), (), loose=10)
case.either("matmul/batch_transpose", _times, np.stack([A, A[::-1]]), np.stack([B, B * 2]), ("transpose_a",), loose=10)

case.table("""
    dense/there_and_back: _gradient(tf, lambda x: _dense(tf, _csr(tf, x)) ** 2, A)
    sparse/values: _gradient(tf, lambda x: _values(tf, x) ** 2, A)
    sparse/there: _gradient(tf, lambda v: _of_sparse(tf, v) ** 2, A[A != 0])
    transpose: _gradient(tf, lambda x: _dense(tf, tf.raw_ops.SparseMatrixTranspose(input=_csr(tf, x), type=tf.float64)) ** 2, A)
    twice: _gradient(tf, lambda x: _dense(tf, _csr(tf, x)) + _dense(tf, tf.raw_ops.SparseMatrixTranspose(input=tf.raw_ops.SparseMatrixTranspose(input=_csr(tf, x), type=tf.float64), type=tf.float64)), A)
    cholesky/plain: _cholesky(tf, POSITIVE, range(5))
    cholesky/order: _cholesky(tf, POSITIVE, [4, 2, 0, 1, 3])
    cholesky/not_positive: _cholesky(tf, -POSITIVE, range(5))  # raises
    cholesky/wrong_order: _cholesky(tf, POSITIVE, [0, 0, 1, 2, 3])  # raises
    cholesky/not_square: _cholesky(tf, A, range(3))  # raises
    ordering: _ordering(tf, POSITIVE)
    ordering/not_square: _ordering(tf, A)  # raises
""")
