"""tf.linalg and the matrix functions of the top level; einsum, tensordot, norms, decompositions."""

import numpy as np

from tests.parity.case import Family, attribute
from tests.parity.values import COMPLEX, EVERY, FLOATS, INF, NAN, ramp_tensor

case = Family(__name__)

SYMMETRIC = [[4.0, 1.0, 0.5], [1.0, 3.0, -0.25], [0.5, -0.25, 2.0]]
GENERAL = [[2.0, -1.0, 0.5], [0.25, 3.0, 1.0], [-0.75, 0.5, 4.0]]
HERMITIAN = np.array([[2.0, 0.5 - 0.25j], [0.5 + 0.25j, 3.0]])
BANDS = [[1.0, 1.0, 0.0], [4.0, 4.0, 4.0], [0.0, 1.0, 1.0]]
SINGULAR = [[1.0, 2.0], [2.0, 4.0]]


def x(tf, *shape, dtype="float32"):
    return ramp_tensor(tf, shape, dtype)


def z(tf):
    return x(tf, 2, 2, dtype="complex64")


def twice(tf, matrix):
    """A batch of two different matrices."""
    return tf.stack([tf.constant(matrix), tf.constant(matrix) * 2.0])


case.table("""
    matmul/matrices: tf.matmul([[1, 2], [3, 4]], [[5], [6]])
    matmul/batch: tf.matmul(x(tf, 2, 2, 3), x(tf, 2, 3, 1))
    matmul/broadcast_batch: tf.matmul(x(tf, 2, 1, 2, 3), x(tf, 3, 3, 1))
    matmul/matrix_and_batch: tf.matmul(x(tf, 2, 3), x(tf, 2, 3, 2))
    matmul/transpose_a: tf.matmul(x(tf, 3, 2), x(tf, 3, 2), transpose_a=True)
    matmul/transpose_b: tf.matmul(x(tf, 2, 3), x(tf, 2, 3), transpose_b=True)
    matmul/both: tf.matmul(x(tf, 2, 3), x(tf, 2, 2), transpose_a=True, transpose_b=True)
    matmul/adjoint: tf.matmul(z(tf), z(tf), adjoint_a=True)
    matmul/adjoint_b: tf.matmul(z(tf), z(tf), adjoint_b=True)
    matmul/sparse_flags: tf.matmul(x(tf, 2, 2), x(tf, 2, 2), a_is_sparse=True)
    matmul/int8_to_int32: tf.matmul(*[x(tf, 2, 2, dtype="int8")] * 2, output_type=tf.int32)
    matmul/empty: tf.matmul(tf.zeros([0, 2]), tf.zeros([2, 3]))
    matmul/empty_inner: tf.matmul(tf.zeros([2, 0]), tf.zeros([0, 3]))
    matmul/empty_batch: tf.matmul(tf.zeros([0, 2, 2]), tf.zeros([0, 2, 1]))
    matmul/nan: tf.matmul([[NAN, 0.0]], [[0.0], [1.0]])
    matmul/inf_times_zero: tf.matmul([[INF]], [[0.0]])
    matmul/lists: tf.matmul([[1.0, 2.0]], [[3.0], [4.0]])
    matmul/inner_sizes: tf.matmul(x(tf, 2, 3), x(tf, 2, 3))  # raises: [2,3]
    matmul/batch_sizes: tf.matmul(x(tf, 2, 2, 2), x(tf, 3, 2, 2))  # raises
    matmul/vectors: tf.matmul([1.0], [1.0])  # raises
    matmul/scalars: tf.matmul(1.0, 1.0)  # raises
    matmul/dtypes: tf.matmul(tf.constant([[1.0]]), tf.constant([[1]]))  # raises
    matmul/transpose_and_adjoint: tf.matmul(z(tf), z(tf), transpose_a=True, adjoint_a=True)  # raises
    matmul/bool: tf.matmul([[True]], [[True]])  # raises
    matmul/text: tf.matmul([["a"]], [["b"]])  # raises
    matvec/one: tf.linalg.matvec([[1, 2], [3, 4]], [5, 6])
    matvec/transpose: tf.linalg.matvec(x(tf, 3, 2), [1.0, 2.0, 3.0], transpose_a=True)
    matvec/batch: tf.linalg.matvec(x(tf, 2, 2, 3), x(tf, 2, 3))
    matvec/sizes: tf.linalg.matvec(x(tf, 2, 3), [1.0, 2.0])  # raises
    tensordot/one: tf.tensordot([[1, 2], [3, 4]], [[5, 6], [7, 8]], 1)
    tensordot/two: tf.tensordot(x(tf, 2, 3), x(tf, 2, 3), 2)
    tensordot/axes: tf.tensordot(x(tf, 2, 3), x(tf, 2, 3), axes=[[0, 1], [0, 1]])
    tensordot/crossed: tf.tensordot(x(tf, 2, 3, 2), x(tf, 3, 2), axes=[[1, 0], [0, 1]])
    tensordot/zero: tf.tensordot([1, 2], [3, 4, 5], 0)
    tensordot/vectors: tf.tensordot([1, 2], [3, 4], 1)
    tensordot/negative_axes: tf.tensordot(x(tf, 2, 3), x(tf, 3, 2), axes=[[-1], [0]])
    tensordot/integer_axes_pair: tf.tensordot(x(tf, 2, 3), x(tf, 2, 3), axes=[1, 1])
    tensordot/sizes: tf.tensordot(x(tf, 2, 3), x(tf, 2, 3), 1)  # raises
    tensordot/axes_lengths: tf.tensordot(x(tf, 2, 3), x(tf, 2, 3), axes=[[0, 1], [0]])  # raises
    tensordot/negative_number: tf.tensordot(x(tf, 2, 3), x(tf, 3, 2), axes=-1)  # raises
    tensordot/too_many: tf.tensordot([1.0], [1.0], axes=2)  # raises
    einsum/matmul: tf.einsum("ij,jk->ik", tf.constant([[1, 2], [3, 4]]), tf.constant([[5], [6]]))
    einsum/implicit: tf.einsum("ij,jk", x(tf, 2, 2), x(tf, 2, 3))
    einsum/transpose: tf.einsum("ij->ji", x(tf, 2, 3))
    einsum/trace: tf.einsum("ii", x(tf, 2, 2))
    einsum/diagonal: tf.einsum("ii->i", x(tf, 2, 2))
    einsum/sum: tf.einsum("ij->", x(tf, 2, 3))
    einsum/outer: tf.einsum("i,j->ij", tf.constant([1, 2]), tf.constant([3, 4]))
    einsum/dot: tf.einsum("i,i->", tf.constant([1.0, 2.0]), tf.constant([3.0, 4.0]))
    einsum/batch: tf.einsum("bij,bjk->bik", x(tf, 2, 2, 3), x(tf, 2, 3, 2))
    einsum/ellipsis: tf.einsum("...ij,jk->...ik", x(tf, 2, 2, 3), x(tf, 3, 2))
    einsum/ellipsis_broadcast: tf.einsum("...i,...i->...", x(tf, 2, 3), x(tf, 3))
    einsum/three: tf.einsum("ij,jk,kl->il", x(tf, 2, 2), x(tf, 2, 2), x(tf, 2, 2))
    einsum/spaces: tf.einsum(" i j , j k -> i k ", x(tf, 2, 2), x(tf, 2, 2))
    einsum/optimize: tf.einsum("ij,jk,kl->il", x(tf, 2, 2), x(tf, 2, 2), x(tf, 2, 2), optimize="optimal")
    einsum/complex: tf.einsum("ij,jk->ik", z(tf), z(tf))
    einsum/capital_letters: tf.einsum("Ab,bC->AC", x(tf, 2, 2), x(tf, 2, 2))
    einsum/repeated_in_two: tf.einsum("ii,ij->j", x(tf, 2, 2), x(tf, 2, 3))
    einsum/sizes: tf.einsum("ij,jk->ik", x(tf, 2, 3), x(tf, 2, 3))  # raises
    einsum/unknown_output: tf.einsum("ij->ik", x(tf, 2, 2))  # raises
    einsum/number_of_inputs: tf.einsum("ij,jk->ik", x(tf, 2, 2))  # raises
    einsum/rank: tf.einsum("ijk->i", x(tf, 2, 2))  # raises
    einsum/not_an_equation: tf.einsum("i1->i", x(tf, 2, 2))  # raises
    einsum/two_arrows: tf.einsum("ij->i->j", x(tf, 2, 2))  # raises
    einsum/repeated_output: tf.einsum("ij->ii", x(tf, 2, 2))  # raises
    einsum/unknown_keyword: tf.einsum("ij->i", x(tf, 2, 2), order="C")  # raises
    norm/vector: tf.norm([3.0, 4.0])
    norm/matrix: tf.norm([[3.0, 4.0], [0.0, 0.0]])
    norm/axis: tf.norm([[3.0, 4.0], [1.0, 0.0]], axis=1)
    norm/keepdims: tf.norm([[3.0, 4.0], [1.0, 0.0]], axis=0, keepdims=True)
    norm/one: tf.norm([3.0, -4.0], ord=1)
    norm/infinity: tf.norm([3.0, -4.0], ord=np.inf)
    norm/three: tf.norm([3.0, -4.0], ord=3)
    norm/fro: tf.norm([[1.0, 2.0], [3.0, 4.0]], ord="fro", axis=(0, 1))
    norm/euclidean_two_axes: tf.norm(x(tf, 2, 2, 2), axis=[0, 1])
    norm/matrix_one: tf.norm([[1.0, -2.0], [3.0, 4.0]], ord=1, axis=[0, 1])
    norm/matrix_infinity: tf.norm([[1.0, -2.0], [3.0, 4.0]], ord=np.inf, axis=[0, 1])
    norm/matrix_two: tf.norm([[1.0, -2.0], [3.0, 4.0]], ord=2, axis=[0, 1])
    norm/empty: tf.norm(tf.zeros([0]))
    norm/complex: tf.norm(tf.constant([3 + 4j, 0j]))
    norm/int: tf.norm([3, 4])  # raises
    norm/unknown_ord: tf.norm([1.0], ord="max")  # raises
    norm/negative_ord: tf.norm([1.0], ord=-1)  # raises
    norm/three_axes: tf.norm(x(tf, 2, 2, 2), axis=[0, 1, 2])  # raises
    norm/fro_one_axis: tf.norm([1.0, 2.0], ord="fro", axis=0)  # raises
    normalize/vector: tf.linalg.normalize([3.0, 4.0])
    normalize/axis: tf.linalg.normalize([[3.0, 4.0], [0.0, 2.0]], axis=1)
    normalize/one: tf.linalg.normalize([3.0, 4.0], ord=1)
    clip_by_norm/longer: tf.clip_by_norm([3.0, 4.0], 1.0)
    clip_by_norm/shorter: tf.clip_by_norm([0.3, 0.4], 1.0)
    clip_by_norm/zero: tf.clip_by_norm([0.0, 0.0], 1.0)
    clip_by_norm/axes: tf.clip_by_norm([[3.0, 4.0], [0.3, 0.4]], 1.0, axes=[1])
    clip_by_norm/slices: tf.clip_by_norm(tf.IndexedSlices(tf.constant([[3.0, 4.0]]), tf.constant([0])), 1.0)
    clip_by_global_norm/two: tf.clip_by_global_norm([tf.constant([3.0]), tf.constant([4.0])], 1.0)
    clip_by_global_norm/below: tf.clip_by_global_norm([tf.constant([0.3]), tf.constant([0.4])], 1.0)
    clip_by_global_norm/none: tf.clip_by_global_norm([tf.constant([3.0]), None], 1.0)
    clip_by_global_norm/use_norm: tf.clip_by_global_norm([tf.constant([3.0])], 1.0, use_norm=tf.constant(6.0))
    clip_by_global_norm/nan: tf.clip_by_global_norm([tf.constant([NAN])], 1.0)
    clip_by_global_norm/inf: tf.clip_by_global_norm([tf.constant([INF, 1.0])], 1.0)
    clip_by_global_norm/not_a_list: tf.clip_by_global_norm(tf.constant([1.0]), 1.0)  # raises
    global_norm/two: tf.linalg.global_norm([tf.constant([3.0]), None, tf.constant([[4.0]])])
    global_norm/not_a_list: tf.linalg.global_norm(tf.constant(1.0))  # raises
    det/general: tf.linalg.det(GENERAL)
    det/singular: tf.linalg.det(SINGULAR)
    det/batch: tf.linalg.det(twice(tf, GENERAL))
    det/empty: tf.linalg.det(tf.zeros([0, 0]))
    det/empty_batch: tf.linalg.det(tf.zeros([0, 2, 2]))
    det/complex: tf.linalg.det(tf.constant(HERMITIAN))
    det/not_square: tf.linalg.det(x(tf, 2, 3))  # raises
    det/vector: tf.linalg.det([1.0])  # raises
    det/int: tf.linalg.det([[1, 2], [3, 4]])  # raises
    slogdet/general: tf.linalg.slogdet(GENERAL)
    slogdet/negative: tf.linalg.slogdet([[0.0, 1.0], [1.0, 0.0]])
    slogdet/singular: tf.linalg.slogdet(SINGULAR)
    logdet/symmetric: tf.linalg.logdet(SYMMETRIC)
    inv/general: tf.linalg.inv(GENERAL)
    inv/adjoint: tf.linalg.inv(GENERAL, adjoint=True)
    inv/batch: tf.linalg.inv(twice(tf, GENERAL))
    inv/complex: tf.linalg.inv(tf.constant(HERMITIAN))
    inv/empty: tf.linalg.inv(tf.zeros([0, 0]))
    inv/singular: tf.linalg.inv(SINGULAR)  # raises: invertible
    inv/not_square: tf.linalg.inv(x(tf, 2, 3))  # raises
    solve/vector_column: tf.linalg.solve(GENERAL, [[1.0], [2.0], [3.0]])
    solve/adjoint: tf.linalg.solve(GENERAL, [[1.0], [2.0], [3.0]], adjoint=True)
    solve/batch: tf.linalg.solve(twice(tf, GENERAL), x(tf, 2, 3, 2))
    solve/singular: tf.linalg.solve(SINGULAR, [[1.0], [2.0]])  # raises: invertible
    solve/sizes: tf.linalg.solve(GENERAL, [[1.0], [2.0]])  # raises
    solve/vector: tf.linalg.solve(GENERAL, [1.0, 2.0, 3.0])  # raises
    triangular_solve/lower: tf.linalg.triangular_solve(GENERAL, [[1.0], [2.0], [3.0]])
    triangular_solve/upper: tf.linalg.triangular_solve(GENERAL, [[1.0], [2.0], [3.0]], lower=False)
    triangular_solve/adjoint: tf.linalg.triangular_solve(GENERAL, [[1.0], [2.0], [3.0]], adjoint=True)
    triangular_solve/singular: tf.linalg.triangular_solve([[0.0]], [[1.0]])
    cholesky/symmetric: tf.linalg.cholesky(SYMMETRIC)
    cholesky/batch: tf.linalg.cholesky(twice(tf, SYMMETRIC))
    cholesky/complex: tf.linalg.cholesky(tf.constant(HERMITIAN))
    cholesky/reads_the_lower_half: tf.linalg.cholesky([[4.0, 99.0], [1.0, 3.0]])
    cholesky/empty: tf.linalg.cholesky(tf.zeros([0, 0]))
    cholesky/not_positive: tf.math.is_nan(tf.linalg.cholesky([[1.0, 2.0], [2.0, 1.0]]))[1, 1]
    cholesky/not_square: tf.linalg.cholesky(x(tf, 2, 3))  # raises
    cholesky_solve/one: tf.linalg.cholesky_solve(tf.linalg.cholesky(SYMMETRIC), [[1.0], [2.0], [3.0]])
    lu/general: tf.linalg.lu(GENERAL)
    lu/with_pivots: tf.linalg.lu([[0.0, 1.0], [2.0, 3.0]])
    lu/int64: tf.linalg.lu(GENERAL, output_idx_type=tf.int64)
    lu/batch: tf.linalg.lu(twice(tf, GENERAL))
    lu/singular: tf.linalg.lu([[0.0, 0.0], [0.0, 1.0]])  # raises
    lu_solve/one: tf.linalg.lu_solve(*tf.linalg.lu(GENERAL), [[1.0], [2.0], [3.0]])
    lu_reconstruct/one: tf.linalg.lu_reconstruct(*tf.linalg.lu(GENERAL))
    lu_matrix_inverse/one: tf.linalg.lu_matrix_inverse(*tf.linalg.lu(GENERAL))
    qr/r_is_triangular: tf.linalg.qr(GENERAL)
    qr/tall: tf.linalg.qr(x(tf, 3, 2) + tf.eye(3, 2))
    qr/full: tf.abs(tf.linalg.qr(x(tf, 3, 2) + tf.eye(3, 2), full_matrices=True)[1])
    qr/wide: tf.linalg.qr(x(tf, 2, 3))
    qr/empty: tf.linalg.qr(tf.zeros([0, 2]))
    svd/values: tf.linalg.svd(GENERAL, compute_uv=False)
    svd/absolute_vectors: [tf.abs(part) for part in tf.linalg.svd(GENERAL)]
    svd/tall: [tf.abs(part) for part in tf.linalg.svd(x(tf, 3, 2) + tf.eye(3, 2))]
    svd/full: [part.shape for part in tf.linalg.svd(x(tf, 3, 2), full_matrices=True)]
    svd/complex: tf.linalg.svd(tf.constant(HERMITIAN), compute_uv=False)
    svd/empty: [part.shape for part in tf.linalg.svd(tf.zeros([0, 2]))]
    eigh/values: tf.linalg.eigh(SYMMETRIC)[0]
    eigh/absolute_vectors: tf.abs(tf.linalg.eigh(SYMMETRIC)[1])
    eigh/complex: tf.linalg.eigh(tf.constant(HERMITIAN))[0]
    eigh/batch: tf.linalg.eigh(twice(tf, SYMMETRIC))[0]
    eigvalsh/values: tf.linalg.eigvalsh(SYMMETRIC)
    eigvalsh/not_square: tf.linalg.eigvalsh(x(tf, 2, 3))  # raises
    eig/values: tf.sort(tf.math.real(tf.linalg.eigvals(tf.constant(GENERAL))))
    eig/dtype: tf.linalg.eigvals(tf.constant(GENERAL)).dtype
    eig/of_a_triangle: tf.linalg.eig(tf.constant([[1.0, 2.0], [0.0, 3.0]]))[0]
    eigvals/rotation: tf.sort(tf.math.imag(tf.linalg.eigvals(tf.constant([[0.0, -1.0], [1.0, 0.0]]))))
    eigh_tridiagonal/values: tf.linalg.eigh_tridiagonal([2.0, 3.0, 1.0], [0.5, -0.25])
    eigh_tridiagonal/select: tf.linalg.eigh_tridiagonal([2.0, 3.0, 1.0], [0.5, -0.25], True, "i", (0, 1))
    expm/general: tf.linalg.expm(GENERAL)  # loose: 20
    expm/zero: tf.linalg.expm(tf.zeros([2, 2]))
    expm/batch: tf.linalg.expm(twice(tf, GENERAL) * 0.1)
    expm/large: tf.linalg.expm([[10.0, 1.0], [0.0, 10.0]])  # loose: 20
    logm/complex: tf.linalg.logm(tf.constant(HERMITIAN))
    logm/real: tf.linalg.logm(SYMMETRIC)  # raises
    sqrtm/symmetric: tf.linalg.sqrtm(SYMMETRIC)
    lstsq/tall: tf.linalg.lstsq([[1.0, 1.0], [1.0, 2.0], [1.0, 3.0]], [[1.0], [2.0], [2.0]])
    lstsq/wide: tf.linalg.lstsq([[1.0, 2.0, 0.5]], [[3.0]])
    lstsq/regularized: tf.linalg.lstsq([[1.0, 1.0], [1.0, 2.0]], [[1.0], [2.0]], l2_regularizer=0.5)
    lstsq/regularized_by_a_tensor: tf.linalg.lstsq(tf.constant([[1.0, 1.0], [1.0, 2.0]]), tf.constant([[1.0], [2.0]]), tf.constant(0.5))
    lstsq/slow: tf.linalg.lstsq([[1.0, 1.0], [1.0, 2.0], [1.0, 3.0]], [[1.0], [2.0], [2.0]], fast=False)
    pinv/tall: tf.linalg.pinv([[1.0, 1.0], [1.0, 2.0], [1.0, 3.0]])
    pinv/singular: tf.linalg.pinv(tf.constant(SINGULAR, tf.float64))
    pinv/int: tf.linalg.pinv([[1]])  # raises
    matrix_rank/full: tf.linalg.matrix_rank(GENERAL)
    matrix_rank/singular: tf.linalg.matrix_rank(SINGULAR)
    matrix_rank/tolerance: tf.linalg.matrix_rank([[1.0, 0.0], [0.0, 1e-3]], tol=0.1)
    trace/matrix: tf.linalg.trace([[1, 2], [3, 4]])
    trace/batch: tf.linalg.trace(x(tf, 2, 2, 3))
    trace/vector: tf.linalg.trace([1.0])  # raises
    adjoint/complex: tf.linalg.adjoint(tf.constant([[1 + 2j, 3j]]))
    matrix_transpose/batch: tf.linalg.matrix_transpose(x(tf, 2, 1, 3))
    matrix_transpose/conjugate: tf.linalg.matrix_transpose(tf.constant([[1 + 2j]]), conjugate=True)
    matrix_transpose/vector: tf.linalg.matrix_transpose([1.0])  # raises
    cross/one: tf.linalg.cross([1.0, 0.0, 0.0], [0.0, 1.0, 0.0])
    cross/rows: tf.linalg.cross(x(tf, 2, 3), x(tf, 2, 3) * 2.0 + 1.0)
    cross/int: tf.linalg.cross([1, 2, 3], [3, 2, 1])
    cross/two: tf.linalg.cross([1.0, 0.0], [0.0, 1.0])  # raises: 3
    diag/vector: tf.linalg.diag([1, 2])
    diag/matrix: tf.linalg.diag([[1, 2], [3, 4]])
    diag/above: tf.linalg.diag([1, 2], k=1)
    diag/below: tf.linalg.diag([1, 2], k=-1)
    diag/band: tf.linalg.diag([[0, 8, 9], [1, 2, 3], [4, 5, 0]], k=(-1, 1))
    diag/band_left: tf.linalg.diag([[8, 9, 0], [1, 2, 3], [0, 4, 5]], k=(-1, 1), align="LEFT_RIGHT")
    diag/sizes: tf.linalg.diag([1, 2], k=1, num_rows=2, num_cols=4)
    diag/padding: tf.linalg.diag([1, 2], padding_value=9)
    diag/empty: tf.linalg.diag(tf.zeros([0]))
    diag/scalar: tf.linalg.diag(1)  # raises
    diag/unknown_align: tf.linalg.diag([1], align="LEFT")  # raises
    diag_part/matrix: tf.linalg.diag_part([[1, 2], [3, 4]])
    diag_part/batch: tf.linalg.diag_part(x(tf, 2, 2, 3))
    diag_part/above: tf.linalg.diag_part(x(tf, 3, 3), k=1)
    diag_part/band: tf.linalg.diag_part(x(tf, 3, 3), k=(-1, 1))
    diag_part/band_left: tf.linalg.diag_part(x(tf, 3, 3), k=(-1, 1), align="LEFT_LEFT")
    diag_part/padding: tf.linalg.diag_part(x(tf, 3, 3), k=(-1, 0), padding_value=9.0)
    diag_part/out_of_range: tf.linalg.diag_part(x(tf, 2, 2), k=5)  # raises
    diag_part/vector: tf.linalg.diag_part([1.0])  # raises
    set_diag/matrix: tf.linalg.set_diag(x(tf, 2, 3), [7.0, 8.0])
    set_diag/above: tf.linalg.set_diag(x(tf, 3, 3), [7.0, 8.0], k=1)
    set_diag/band: tf.linalg.set_diag(tf.zeros([3, 3]), [[0.0, 8, 9], [1, 2, 3], [4, 5, 0]], k=(-1, 1))
    set_diag/batch: tf.linalg.set_diag(tf.zeros([2, 2, 2]), [[1.0, 2.0], [3.0, 4.0]])
    set_diag/sizes: tf.linalg.set_diag(x(tf, 2, 3), [7.0])  # raises
    tensor_diag/vector: tf.linalg.tensor_diag([1, 2])
    tensor_diag/matrix: tf.linalg.tensor_diag([[1, 2], [3, 4]])
    tensor_diag/scalar: tf.linalg.tensor_diag(1)  # raises
    tensor_diag_part/matrix: tf.linalg.tensor_diag_part([[1, 2], [3, 4]])
    tensor_diag_part/not_square: tf.linalg.tensor_diag_part(x(tf, 2, 3))  # raises
    band_part/lower: tf.linalg.band_part(x(tf, 3, 3), -1, 0)
    band_part/upper: tf.linalg.band_part(x(tf, 3, 3), 0, -1)
    band_part/diagonal: tf.linalg.band_part(x(tf, 3, 3), 0, 0)
    band_part/wide: tf.linalg.band_part(x(tf, 2, 4), 1, 1)
    band_part/all: tf.linalg.band_part(x(tf, 2, 2), -1, -1)
    band_part/batch: tf.linalg.band_part(x(tf, 2, 2, 2), 0, 1)
    band_part/int64: tf.linalg.band_part(x(tf, 2, 2), tf.constant(0, tf.int64), tf.constant(1, tf.int64))
    band_part/too_many: tf.linalg.band_part(x(tf, 2, 2), 5, 0)  # raises
    band_part/vector: tf.linalg.band_part([1.0], 0, 0)  # raises
    tridiagonal_solve/compact: tf.linalg.tridiagonal_solve(tf.constant(BANDS), tf.constant([1.0, 2.0, 3.0]))
    tridiagonal_solve/matrix: tf.linalg.tridiagonal_solve(tf.constant(SYMMETRIC), x(tf, 3, 1), "matrix")
    tridiagonal_matmul/compact: tf.linalg.tridiagonal_matmul(tf.constant(BANDS), x(tf, 3, 2))
    banded_triangular_solve/lower: tf.linalg.banded_triangular_solve([[2.0, 3.0], [0.0, 1.0]], [[1.0], [2.0]])
""")


PRODUCTS = {
    "matmul": lambda tf, a, b: tf.matmul(a, b),
    "matvec": lambda tf, a, b: tf.linalg.matvec(a, b[0]),
    "tensordot": lambda tf, a, b: tf.tensordot(a, b, 1),
    "einsum": lambda tf, a, b: tf.einsum("ij,jk->ik", a, b),
}
for name, f in PRODUCTS.items():
    for dtype in EVERY:
        case.either(
            f"{name}/dtype_{dtype}",
            lambda tf, f, dtype: f(tf, x(tf, 2, 2, dtype=dtype), x(tf, 2, 2, dtype=dtype)),
            f,
            dtype,
        )
PARTS = "diag diag_part tensor_diag tensor_diag_part trace band_part matrix_transpose"
for name in PARTS.split():
    more = (0, 1) if name == "band_part" else ()
    for dtype in EVERY:
        case.either(
            f"{name}/dtype_{dtype}",
            lambda tf, name, more, dtype: attribute(tf.linalg, name)(x(tf, 2, 2, dtype=dtype), *more),
            name,
            more,
            dtype,
        )
for name in "det inv cholesky sqrtm eigvalsh slogdet lu".split():
    for dtype in EVERY:
        case.either(
            f"{name}/dtype_{dtype}",
            lambda tf, name, dtype: attribute(tf.linalg, name)(
                tf.cast([[4.0, 1.0], [1.0, 3.0]], dtype) if dtype != "string" else tf.constant([["a"]])
            ),
            name,
            dtype,
            loose=4,
        )
for dtype in FLOATS + COMPLEX:
    case.either(
        f"expm/dtype_{dtype}",
        lambda tf, dtype: tf.linalg.expm(tf.cast([[4.0, 1.0], [1.0, 3.0]], dtype)),
        dtype,
        loose=20,
    )
for dtype in COMPLEX:
    case(
        f"eig/{dtype}",
        lambda tf, dtype: tf.sort(tf.math.real(tf.linalg.eigvals(tf.constant(HERMITIAN, dtype)))),
        dtype,
        loose=4,
    )
