"""tf.linalg.LinearOperator*: what each answers without its matrix being written out."""

import numpy as np

from tests.parity.case import Family

case = Family(__name__)

GENERAL = np.array([[2.0, -1.0, 0.5], [0.25, 3.0, 1.0], [-0.75, 0.5, 4.0]], "f4")
SYMMETRIC = np.array([[4.0, 1.0, 0.5], [1.0, 3.0, -0.25], [0.5, -0.25, 2.0]], "f4")
SPECTRUM = np.array([4.0, 1.0 + 0.5j, 1.0 - 0.5j], "c8")
U = np.array([[1.0], [0.5], [-0.5]], "f4")
PARTS = [np.array([[1.0, 2.0], [0.0, 3.0]], "f4"), np.array([[4.0]], "f4")]


def full(L, matrix, **options):
    return L.LinearOperatorFullMatrix(matrix, **options)


MAKE = {
    "FullMatrix": lambda L: full(L, GENERAL),
    "FullMatrix_symmetric": lambda L: full(L, SYMMETRIC, is_self_adjoint=True, is_positive_definite=True),
    "FullMatrix_batch": lambda L: full(L, np.stack([GENERAL, SYMMETRIC])),
    "FullMatrix_wide": lambda L: full(L, GENERAL[:2]),
    "Diag": lambda L: L.LinearOperatorDiag([1.0, 2.0, -3.0]),
    "Identity": lambda L: L.LinearOperatorIdentity(3),
    "ScaledIdentity": lambda L: L.LinearOperatorScaledIdentity(3, 2.5),
    "Zeros": lambda L: L.LinearOperatorZeros(3),
    "LowerTriangular": lambda L: L.LinearOperatorLowerTriangular(GENERAL),
    "Householder": lambda L: L.LinearOperatorHouseholder([0.6, 0.0, 0.8]),
    "Permutation": lambda L: L.LinearOperatorPermutation([2, 0, 1]),
    "Tridiag": lambda L: L.LinearOperatorTridiag(
        [[1.0, 1, 0], [4, 4, 4], [0, 1, 1]], diagonals_format="compact"
    ),
    "Toeplitz": lambda L: L.LinearOperatorToeplitz([3.0, 1.0, 0.5], [3.0, -1.0, 0.25]),
    "Circulant": lambda L: L.LinearOperatorCirculant(SPECTRUM, input_output_dtype="complex64"),
    "LowRankUpdate": lambda L: L.LinearOperatorLowRankUpdate(L.LinearOperatorIdentity(3), U, [2.0]),
    "BlockDiag": lambda L: L.LinearOperatorBlockDiag([full(L, part) for part in PARTS]),
    "Kronecker": lambda L: L.LinearOperatorKronecker([full(L, PARTS[0]), full(L, PARTS[0])]),
    "Composition": lambda L: L.LinearOperatorComposition([full(L, GENERAL), full(L, SYMMETRIC)]),
    "Adjoint": lambda L: L.LinearOperatorAdjoint(full(L, GENERAL)),
    "Inversion": lambda L: L.LinearOperatorInversion(full(L, GENERAL)),
    "BlockLowerTriangular": lambda L: L.LinearOperatorBlockLowerTriangular(
        [[full(L, PARTS[0])], [full(L, np.ones((1, 2), "f4")), full(L, PARTS[1])]]
    ),
}


def ones(tf, operator):
    """A right-hand side that fits."""
    return tf.cast(np.linspace(1.0, 2.0, int(operator.domain_dimension)), operator.dtype)


ASK = {
    "to_dense": lambda tf, op: op.to_dense(),
    "shape": lambda tf, op: op.shape,
    "dtype": lambda tf, op: op.dtype,
    "rank": lambda tf, op: op.tensor_rank,
    "shape_tensor": lambda tf, op: op.shape_tensor(),
    "matvec": lambda tf, op: op.matvec(ones(tf, op)),
    "matmul": lambda tf, op: op.matmul(ones(tf, op)[:, None]),
    "operator_matmul": lambda tf, op: op @ ones(tf, op)[:, None],
    "solvevec": lambda tf, op: op.solvevec(ones(tf, op)),
    "solve": lambda tf, op: op.solve(ones(tf, op)[:, None], adjoint=True),
    "determinant": lambda tf, op: op.determinant(),
    "log_abs_determinant": lambda tf, op: op.log_abs_determinant(),
    "trace": lambda tf, op: op.trace(),
    "diag_part": lambda tf, op: op.diag_part(),
    "adjoint": lambda tf, op: op.adjoint().to_dense(),
    "H": lambda tf, op: op.H.to_dense(),
    "inverse": lambda tf, op: op.inverse().to_dense(),
    "add_to_tensor": lambda tf, op: op.add_to_tensor(tf.zeros_like(op.to_dense())),
    "cholesky": lambda tf, op: op.cholesky().to_dense(),
    "cond": lambda tf, op: op.cond(),
    "eigvals": lambda tf, op: op.eigvals(),
    "is_square": lambda tf, op: op.is_square,
    "is_self_adjoint": lambda tf, op: op.is_self_adjoint,
    "is_positive_definite": lambda tf, op: op.is_positive_definite,
    "is_non_singular": lambda tf, op: op.is_non_singular,
    "name": lambda tf, op: op.name,
}
for kind, make in MAKE.items():
    for question, ask in ASK.items():
        if (kind, question) != ("FullMatrix_wide", "solvevec"):
            case.either(
                f"{kind}/{question}", lambda tf, make, ask: ask(tf, make(tf.linalg)), make, ask, loose=20
            )

case.table("""
    conjugate_gradient/symmetric: _conjugate_gradient(tf)  # loose: 20
    wrong/matmul_size: MAKE["Diag"](tf.linalg).matmul([[1.0], [2.0]])  # raises
    wrong/dtype: MAKE["Diag"](tf.linalg).matmul(np.ones((3, 1)))  # raises
    wrong/not_a_matrix: tf.linalg.LinearOperatorFullMatrix([1.0])  # raises
    wrong/identity_size: tf.linalg.LinearOperatorIdentity(-1)  # raises
    assert/non_singular: MAKE["Zeros"](tf.linalg).assert_non_singular()  # raises
    assert/positive_definite: MAKE["Diag"](tf.linalg).assert_positive_definite()  # raises
    assert/self_adjoint: MAKE["Diag"](tf.linalg).assert_self_adjoint()
    product/of_operators: (MAKE["Diag"](tf.linalg) @ MAKE["FullMatrix"](tf.linalg)).to_dense()
    product/is_simplified: type(MAKE["Diag"](tf.linalg) @ MAKE["Identity"](tf.linalg)).__name__
    tape/gradient: _gradient(tf)
""")


def _conjugate_gradient(tf):
    operator = MAKE["FullMatrix_symmetric"](tf.linalg)
    return tf.linalg.experimental.conjugate_gradient(operator, tf.constant([1.0, 2.0, 3.0])).x


def _gradient(tf):
    x = tf.Variable([1.0, 2.0, -3.0])
    with tf.GradientTape() as tape:
        y = tf.linalg.LinearOperatorDiag(x).solvevec([1.0, 1.0, 1.0])
    return tape.gradient(y, x)
