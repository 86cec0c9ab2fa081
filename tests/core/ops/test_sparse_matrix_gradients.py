"""Gradients of products, sums and softmaxes of sparse matrices, which TensorFlow computes on GPUs or in graphs only."""

import itertools

import numpy as np
import pytest

import tapeflow as tf

raw = tf.raw_ops
A = np.array([[1.0, 0, 2, 0], [0, 0, 3, 0], [4, 5, 0, 6]])
S = np.array([[0, 1.0, 0], [2, 0, 0], [0, 3, 4.0], [1, 0, 0]])
Z = np.array([[1.0 + 2j, 0, 2j], [0, 3.0, -1j]])


def csr(x, pattern):
    return raw.DenseToCSRSparseMatrix(dense_input=x, indices=np.argwhere(pattern))


def dense(matrix, dtype=tf.float64):
    return raw.CSRSparseMatrixToDense(sparse_input=matrix, type=dtype)


def check(function, *arrays):
    """Compares the tape's gradients, at the places of elements, with differences."""

    def loss(*tensors):
        y = function(*tensors)
        return tf.reduce_sum(y * tf.reshape(tf.cast(tf.range(1, tf.size(y) + 1), y.dtype), tf.shape(y)))

    tensors = [tf.constant(one) for one in arrays]
    with tf.GradientTape() as tape:
        tape.watch(tensors)
        value = loss(*tensors)
    for k, found in enumerate(tape.gradient(value, tensors)):
        expected = np.zeros_like(arrays[k])
        for place in map(tuple, np.argwhere(arrays[k])):
            ends = []
            for step in (1e-6, -1e-6):
                moved = [np.array(one) for one in arrays]
                moved[k][place] += step
                ends.append(float(loss(*map(tf.constant, moved))))
            expected[place] = (ends[0] - ends[1]) / 2e-6
        np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-6)


FLAGS = list(itertools.product(("", "transpose_a", "adjoint_a"), ("", "transpose_b", "adjoint_b")))


@pytest.mark.parametrize("flags", FLAGS)
def test_a_product_of_sparse_matrices(flags):
    a, b = (np.ascontiguousarray(x.T if flag else x) for x, flag in zip((A, S), flags, strict=True))
    options = dict.fromkeys(filter(None, flags), True)
    check(lambda x, y: dense(raw.SparseMatrixSparseMatMul(a=csr(x, a), b=csr(y, b), type=tf.float64, **options)), a, b)


def test_a_sum():
    b, alpha, beta = np.ascontiguousarray(S.T), tf.constant(2.0, tf.float64), tf.constant(-3.0, tf.float64)
    check(lambda x, y: dense(raw.SparseMatrixAdd(a=csr(x, A), b=csr(y, b), alpha=alpha, beta=beta)), A, b)


def test_a_multiple():
    check(lambda x, f: dense(raw.SparseMatrixMul(a=csr(x, A), b=tf.reshape(f, []))), A, np.array([2.5]))


def test_multiples_of_a_batch():
    batch = np.stack([A, A[::-1]])
    check(lambda x, f: dense(raw.SparseMatrixMul(a=csr(x, batch), b=f)), batch, np.array([2.5, -1.0]).reshape(2, 1, 1))


def test_a_softmax():
    check(lambda x: dense(raw.SparseMatrixSoftmax(logits=csr(x, A), type=tf.float64)), A)


def test_a_matrix_that_is_used_twice():
    def twice(x):
        matrix = csr(x, A)
        return raw.SparseMatrixMatMul(a=matrix, b=S) + raw.SparseMatrixMatMul(a=matrix, b=2.0 * S)

    check(twice, A)


def test_complex_products_have_the_gradients_of_dense_ones():
    b = np.array([[1j, 2.0], [3.0 - 1j, 0.5], [1.0, 1j]])
    for flags in ({}, {"adjoint_a": True}, {"transpose_a": True}, {"conjugate_output": True}):
        right = b if len(flags) == 0 or "conjugate_output" in flags else b[:2]
        x, y = tf.constant(Z), tf.constant(right)
        with tf.GradientTape(persistent=True) as tape:
            tape.watch([x, y])
            ours = raw.SparseMatrixMatMul(a=csr(x, Z), b=y, **flags)
            left = {k: v for k, v in flags.items() if k != "conjugate_output"}
            theirs = tf.matmul(x, y, **left)
            theirs = tf.math.conj(theirs) if "conjugate_output" in flags else theirs
            weights = tf.constant(np.arange(1, 1 + int(tf.size(ours))).reshape(ours.shape) * (1 + 1j))
            sums = [tf.math.real(tf.reduce_sum(one * weights)) for one in (ours, theirs)]
        np.testing.assert_allclose(ours, theirs)
        np.testing.assert_allclose(tape.gradient(sums[0], y), tape.gradient(sums[1], y))
        np.testing.assert_allclose(tape.gradient(sums[0], x), np.where(Z != 0, tape.gradient(sums[1], x), 0))


def test_gradients_in_a_function_are_those_outside():
    def gradient(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.reduce_sum(raw.SparseMatrixMatMul(a=csr(x, A), b=S) ** 2)
        return tape.gradient(y, x)

    x = tf.constant(A)
    np.testing.assert_allclose(tf.function(gradient)(x), gradient(x))
