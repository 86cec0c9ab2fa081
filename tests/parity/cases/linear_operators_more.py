"""tf.linalg.LinearOperator*: stacks, slices, blocks, hints, products of kinds, functions of tf.linalg, errors."""

import numpy as np

from tests.parity.case import Family
from tests.parity.cases.linear_operators import GENERAL, MAKE, PARTS, SYMMETRIC, U, full

case = Family(__name__)

COMPLEX = (GENERAL + 1j * SYMMETRIC).astype("c8")
STACK = np.stack([GENERAL, SYMMETRIC])
RHS = np.linspace(-1.0, 2.0, 6).astype("f4").reshape(3, 2)
MANY = np.linspace(-1.0, 2.0, 24).astype("f4").reshape(4, 3, 2)
SPECTRUM_2D = np.array([[4.0, 1.0], [0.5, 2.0]], "f4")

# Stacks of every kind that has them, 2 matrices of 3 x 3.
BATCH = {
    "FullMatrix": lambda L: full(L, STACK),
    "Diag": lambda L: L.LinearOperatorDiag([[1.0, 2.0, -3.0], [4.0, 5.0, 6.0]]),
    "Identity": lambda L: L.LinearOperatorIdentity(3, batch_shape=[2]),
    "ScaledIdentity": lambda L: L.LinearOperatorScaledIdentity(3, [2.0, -1.5]),
    "Zeros": lambda L: L.LinearOperatorZeros(3, batch_shape=[2]),
    "LowerTriangular": lambda L: L.LinearOperatorLowerTriangular(STACK),
    "Householder": lambda L: L.LinearOperatorHouseholder([[0.6, 0.0, 0.8], [1.0, 2.0, 2.0]]),
    "Permutation": lambda L: L.LinearOperatorPermutation([[2, 0, 1], [0, 2, 1]]),
    "Tridiag": lambda L: L.LinearOperatorTridiag(
        [[[1.0, 1, 0], [4, 4, 4], [0, 1, 1]], [[2.0, 1, 0], [5, 4, 6], [0, 3, 1]]]
    ),
    "Tridiag_matrix": lambda L: L.LinearOperatorTridiag(
        np.stack([np.diag([4.0, 5, 6]), np.eye(3)]).astype("f4"), "matrix"
    ),
    "Tridiag_sequence": lambda L: L.LinearOperatorTridiag(
        [np.array([[1.0, 2, 0]], "f4"), np.full((2, 3), 5, "f4"), np.array([0.0, 1, 2], "f4")], "sequence"
    ),
    "Toeplitz": lambda L: L.LinearOperatorToeplitz([[3.0, 1.0, 0.5], [4.0, 0.0, 1.0]], [3.0, -1.0, 0.25]),
    "Circulant": lambda L: L.LinearOperatorCirculant([[4.0, 1.0, 1.0], [2.0, 3.0, 3.0]], input_output_dtype="float32"),
    "LowRankUpdate": lambda L: L.LinearOperatorLowRankUpdate(
        L.LinearOperatorDiag([1.0, 2.0, 3.0]), np.stack([U, -2 * U])
    ),
    "LowRankUpdate_v": lambda L: L.LinearOperatorLowRankUpdate(
        L.LinearOperatorDiag([1.0, 2.0, 3.0]), U, [[2.0], [-1.0]], v=U + 1
    ),
    "LowRankUpdate_cholesky": lambda L: L.LinearOperatorLowRankUpdate(
        L.LinearOperatorDiag([1.0, 2.0, 3.0], is_positive_definite=True), np.stack([U, -2 * U])
    ),
    "BlockDiag": lambda L: L.LinearOperatorBlockDiag([full(L, np.stack(2 * [PARTS[0]])), full(L, PARTS[1])]),
    "Kronecker": lambda L: L.LinearOperatorKronecker([full(L, PARTS[1]), full(L, STACK)]),
    "Composition": lambda L: L.LinearOperatorComposition([full(L, STACK), L.LinearOperatorDiag([1.0, 2.0, 3.0])]),
    "BlockLowerTriangular": lambda L: L.LinearOperatorBlockLowerTriangular(
        [[full(L, PARTS[0])], [full(L, np.ones((2, 1, 2), "f4")), full(L, PARTS[1])]]
    ),
}
ASK_BATCH = {
    "to_dense": lambda tf, op: op.to_dense(),
    "shape": lambda tf, op: (op.shape.as_list(), op.batch_shape.as_list(), op.tensor_rank),
    "matmul": lambda tf, op: op.matmul(RHS),
    "matmul_many": lambda tf, op: op.matmul(MANY[:2]),
    "matmul_adjoint": lambda tf, op: op.matmul(RHS, adjoint=True),
    "matmul_adjoint_arg": lambda tf, op: op.matmul(RHS.T, adjoint_arg=True),
    "matvec": lambda tf, op: op.matvec(MANY[0, :, 0]),
    "solve": lambda tf, op: op.solve(RHS),
    "solve_adjoint": lambda tf, op: op.solve(RHS, adjoint=True),
    "solve_adjoint_arg": lambda tf, op: op.solve(MANY[:2].transpose(0, 2, 1), adjoint_arg=True),
    "solvevec": lambda tf, op: op.solvevec(MANY[0, :, 0]),
    "determinant": lambda tf, op: op.determinant(),
    "log_abs_determinant": lambda tf, op: op.log_abs_determinant(),
    "trace": lambda tf, op: op.trace(),
    "diag_part": lambda tf, op: op.diag_part(),
    "adjoint": lambda tf, op: op.adjoint().to_dense(),
    "inverse": lambda tf, op: op.inverse().to_dense(),
    "add_to_tensor": lambda tf, op: op.add_to_tensor(STACK),
    "slice": lambda tf, op: op[1].to_dense(),
    "slice_range": lambda tf, op: op[:1].to_dense(),
    "slice_ellipsis": lambda tf, op: op[...].to_dense(),
    "slice_new_axis": lambda tf, op: op[None, ::-1].to_dense() if "Identity" in op.name else op[0:2].shape,
    "cond": lambda tf, op: op.cond(),
    "spec": lambda tf, op: len(tf.nest.flatten(op, expand_composites=True)),
}
for _kind, _make in BATCH.items():
    for _question, _ask in ASK_BATCH.items():
        if (_kind, _question) == ("Zeros", "add_to_tensor"):
            continue  # TensorFlow stumbles over a NumPy array there
        if "Tridiag" in _kind and _question.startswith("mat"):
            continue  # TensorFlow's op does not broadcast the leading sizes; TapeFlow's does
        case.either(f"batch/{_kind}/{_question}", lambda tf, make, ask: ask(tf, make(tf.linalg)), _make, _ask, loose=40)

# Products, quotients and properties of pairs of kinds: which kind comes out, what is known of it, and its values.
SMALL = {
    "Diag": lambda L: L.LinearOperatorDiag([1.0, 2.0, 3.0], is_positive_definite=True),
    "Identity": lambda L: L.LinearOperatorIdentity(3),
    "ScaledIdentity": lambda L: L.LinearOperatorScaledIdentity(3, 2.5, is_non_singular=True),
    "Zeros": lambda L: L.LinearOperatorZeros(3),
    "LowerTriangular": lambda L: L.LinearOperatorLowerTriangular(GENERAL, is_non_singular=True),
    "FullMatrix": lambda L: full(L, SYMMETRIC, is_self_adjoint=True, is_positive_definite=True),
    "Circulant": lambda L: L.LinearOperatorCirculant([4.0, 1.0, 1.0], input_output_dtype="float32"),
    "Householder": lambda L: L.LinearOperatorHouseholder([0.6, 0.0, 0.8]),
    "BlockDiag": lambda L: L.LinearOperatorBlockDiag([full(L, PARTS[0]), full(L, PARTS[1])]),
    "Inversion": lambda L: full(L, GENERAL).inverse(),
}


def known(operator):
    return (
        type(operator).__name__, operator.is_non_singular, operator.is_self_adjoint, operator.is_positive_definite,
        operator.is_square, operator.name,
    )  # fmt: skip


for _left, _a in SMALL.items():
    for _right, _b in SMALL.items():
        case.either(f"product/{_left}/{_right}/kind", lambda tf, a, b: known(a(tf.linalg) @ b(tf.linalg)), _a, _b)
        case.either(f"quotient/{_left}/{_right}/kind", lambda tf, a, b: known(a(tf.linalg).solve(b(tf.linalg))), _a, _b)
        if "Circulant" not in (_left, _right):  # TensorFlow makes complex ones of real ones there
            case.either(
                f"product/{_left}/{_right}/dense", lambda tf, a, b: (a(tf.linalg) @ b(tf.linalg)).to_dense(), _a, _b,
                loose=40,
            )  # fmt: skip
            case.either(
                f"quotient/{_left}/{_right}/dense", lambda tf, a, b: a(tf.linalg).solve(b(tf.linalg)).to_dense(), _a, _b,
                loose=40,
            )  # fmt: skip
for _kind, _make in SMALL.items():
    case.either(f"kind/{_kind}/adjoint", lambda tf, make: known(make(tf.linalg).adjoint()), _make)
    case.either(f"kind/{_kind}/inverse", lambda tf, make: known(make(tf.linalg).inverse()), _make)
    case.either(f"kind/{_kind}/cholesky", lambda tf, make: known(make(tf.linalg).cholesky()), _make)

FUNCTIONS = {
    "adjoint": lambda tf, op: tf.linalg.adjoint(op).to_dense(),
    "cholesky": lambda tf, op: tf.linalg.cholesky(op).to_dense(),
    "det": lambda tf, op: tf.linalg.det(op),
    "diag_part": lambda tf, op: tf.linalg.diag_part(op),
    "inv": lambda tf, op: tf.linalg.inv(op).to_dense(),
    "inv_adjoint": lambda tf, op: tf.linalg.inv(op, adjoint=True).to_dense(),
    "logdet": lambda tf, op: tf.linalg.logdet(op),
    "trace": lambda tf, op: tf.linalg.trace(op),
    "matmul": lambda tf, op: tf.matmul(op, RHS),
    "matmul_left": lambda tf, op: tf.matmul(RHS.T, op),
    "matmul_adjoint": lambda tf, op: tf.matmul(op, RHS.T, adjoint_a=True, adjoint_b=True),
    "matmul_transpose": lambda tf, op: tf.matmul(op, RHS, transpose_a=True),
    "solve": lambda tf, op: tf.linalg.solve(op, RHS),
    "solve_wrong_side": lambda tf, op: tf.linalg.solve(tf.constant(GENERAL), op),
}
for _kind in ("Diag", "FullMatrix", "LowerTriangular", "Householder"):
    for _name, _ask in FUNCTIONS.items():
        case.either(
            f"function/{_name}/{_kind}", lambda tf, make, ask: ask(tf, make(tf.linalg)), SMALL[_kind], _ask, loose=40
        )

case.table("""
    complex/diag_adjoint: tf.linalg.LinearOperatorDiag([1 + 2j, 3 - 1j]).adjoint().diag_part()
    complex/diag_hint: tf.linalg.LinearOperatorDiag([1 + 2j, 3 - 1j]).is_self_adjoint
    complex/full_solve: full(tf.linalg, COMPLEX).solve(np.ones((3, 1), "c8"))  # loose: 40
    complex/full_matmul_adjoint: full(tf.linalg, COMPLEX).matmul(COMPLEX, adjoint=True, adjoint_arg=True)  # loose: 40
    complex/kronecker: tf.linalg.LinearOperatorKronecker([full(tf.linalg, COMPLEX)] * 2).matvec(np.arange(9).astype("c8"))  # loose: 40
    complex/kronecker_adjoint: tf.linalg.LinearOperatorKronecker([full(tf.linalg, COMPLEX)] * 2).matvec(np.arange(9).astype("c8"), adjoint=True)  # loose: 40
    complex/low_rank: tf.linalg.LinearOperatorLowRankUpdate(full(tf.linalg, COMPLEX), U + 1j).log_abs_determinant()  # loose: 40
    complex/not_self_adjoint: tf.linalg.LinearOperatorDiag([1 + 2j]).assert_self_adjoint()  # raises
    complex/scaled_trace: tf.linalg.LinearOperatorScaledIdentity(3, 1 + 2j).trace()
    circulant/2d_dense: tf.linalg.LinearOperatorCirculant2D(SPECTRUM_2D, input_output_dtype="float32").to_dense()  # loose: 20
    circulant/2d_solve: tf.linalg.LinearOperatorCirculant2D(SPECTRUM_2D, input_output_dtype="float32").solvevec(np.arange(4, dtype="f4"))  # loose: 20
    circulant/2d_block_shape: tf.linalg.LinearOperatorCirculant2D(SPECTRUM_2D).block_shape
    circulant/2d_block_shape_tensor: tf.linalg.LinearOperatorCirculant2D(SPECTRUM_2D).block_shape_tensor()
    circulant/3d_dense: tf.linalg.LinearOperatorCirculant3D(np.arange(1, 9, dtype="f4").reshape(2, 2, 2)).to_dense()  # loose: 20
    circulant/3d_depth: tf.linalg.LinearOperatorCirculant3D(np.ones((2, 2, 2), "f4")).block_depth
    circulant/kernel: tf.linalg.LinearOperatorCirculant([4.0, 1.0, 1.0]).convolution_kernel()  # loose: 20
    circulant/not_hermitian: tf.linalg.LinearOperatorCirculant([4.0, 1.0, 2.0], input_output_dtype="complex64").assert_hermitian_spectrum()  # raises
    circulant/eigvals: tf.linalg.LinearOperatorCirculant([4.0, 1.0, 1.0]).eigvals()
    circulant/singular: tf.linalg.LinearOperatorCirculant([4.0, 0.0, 1.0]).assert_non_singular()  # raises: spectrum contained zero
    circulant/short: tf.linalg.LinearOperatorCirculant2D([1.0, 2.0])  # raises: at least 2 dimensions
    blocks/matmul_list: MAKE["BlockDiag"](tf.linalg).matmul([np.ones((2, 1), "f4"), np.ones((1, 1), "f4")])
    blocks/matvec_list: MAKE["BlockDiag"](tf.linalg).matvec([np.ones(2, "f4"), np.ones(1, "f4")])
    blocks/solve_list: MAKE["BlockDiag"](tf.linalg).solve([np.ones((2, 1), "f4"), np.ones((1, 1), "f4")])  # loose: 10
    blocks/solvevec_list: MAKE["BlockDiag"](tf.linalg).solvevec([np.ones(2, "f4"), np.ones(1, "f4")])  # loose: 10
    blocks/wrong_list: MAKE["BlockDiag"](tf.linalg).matmul([np.ones((1, 1), "f4"), np.ones((1, 1), "f4")])  # raises
    blocks/triangular_matmul_list: MAKE["BlockLowerTriangular"](tf.linalg).matmul([np.ones((2, 1), "f4"), np.ones((1, 1), "f4")])
    blocks/triangular_matmul_adjoint: MAKE["BlockLowerTriangular"](tf.linalg).matmul(RHS, adjoint=True)
    blocks/triangular_solve_list: MAKE["BlockLowerTriangular"](tf.linalg).solve([np.ones((2, 1), "f4"), np.ones((1, 1), "f4")])  # loose: 10
    blocks/triangular_solve_adjoint: MAKE["BlockLowerTriangular"](tf.linalg).solve(RHS, adjoint=True)  # loose: 10
    blocks/triangular_inverse_kind: type(MAKE["BlockLowerTriangular"](tf.linalg).inverse()).__name__
    blocks/operators: len(MAKE["BlockLowerTriangular"](tf.linalg).operators[1])
    blocks/row_lengths: tf.linalg.LinearOperatorBlockLowerTriangular([[full(tf.linalg, PARTS[0])], [full(tf.linalg, PARTS[1])]])  # raises: must contain
    blocks/none: tf.linalg.LinearOperatorBlockDiag([])  # raises: non-empty
    blocks/dtypes: tf.linalg.LinearOperatorBlockDiag([full(tf.linalg, PARTS[0]), tf.linalg.LinearOperatorIdentity(2, dtype="float64")])  # raises: same dtype
    blocks/hint: tf.linalg.LinearOperatorBlockDiag([tf.linalg.LinearOperatorIdentity(2)], is_non_singular=False)  # raises: always non-singular
    blocks/not_square: tf.linalg.LinearOperatorBlockDiag([full(tf.linalg, GENERAL[:2])], is_square=False).diag_part()  # raises: not square
    low_rank/diag_hint: tf.linalg.LinearOperatorLowRankUpdate(tf.linalg.LinearOperatorIdentity(3), U, is_diag_update_positive=False)  # raises: identity
    low_rank/hints: known(MAKE["LowRankUpdate"](tf.linalg))
    low_rank/diag_operator: type(MAKE["LowRankUpdate"](tf.linalg).diag_operator).__name__
    low_rank/identity_update: type(tf.linalg.LinearOperatorLowRankUpdate(tf.linalg.LinearOperatorIdentity(3), U).diag_operator).__name__
    low_rank/wrong_size: tf.linalg.LinearOperatorLowRankUpdate(tf.linalg.LinearOperatorIdentity(2), U)  # raises
    wrong/positive_singular: full(tf.linalg, GENERAL, is_positive_definite=True, is_non_singular=False)  # raises: always non-singular
    wrong/self_adjoint_not_square: full(tf.linalg, GENERAL, is_self_adjoint=True, is_square=False)  # raises: always square
    wrong/non_singular_not_square: full(tf.linalg, GENERAL, is_non_singular=True, is_square=False)  # raises: always square
    wrong/square_said_not: full(tf.linalg, GENERAL, is_square=False).is_square  # raises: operator was square
    wrong/integer_matrix: full(tf.linalg, [[1, 2], [3, 4]])  # raises: must have dtype
    wrong/diag_scalar: tf.linalg.LinearOperatorDiag(1.0)  # raises: at least 1 dimension
    wrong/tril_vector: tf.linalg.LinearOperatorLowerTriangular([1.0])  # raises: at least 2 dimensions
    wrong/permutation_repeated: tf.linalg.LinearOperatorPermutation([0, 0, 1])  # raises: unique integers
    wrong/permutation_floats: tf.linalg.LinearOperatorPermutation([0.0, 1.0])  # raises: integer dtype
    wrong/toeplitz_sizes: tf.linalg.LinearOperatorToeplitz([1.0, 2.0], [1.0, 2.0, 3.0])  # raises: mismatched
    wrong/householder_definite: tf.linalg.LinearOperatorHouseholder([1.0], is_positive_definite=True)  # raises: non-positive definite
    wrong/identity_hint: tf.linalg.LinearOperatorIdentity(2, is_self_adjoint=False)  # raises: always self adjoint
    wrong/identity_float: tf.linalg.LinearOperatorIdentity(2.5)  # raises: integer type
    wrong/identity_vector: tf.linalg.LinearOperatorIdentity([2, 3])  # raises: 0-D
    wrong/identity_batch: tf.linalg.LinearOperatorIdentity(2, batch_shape=3)  # raises: 1-D
    wrong/zeros_shape: tf.linalg.LinearOperatorZeros(2, 3)  # raises: is_square=True
    wrong/zeros_hint: tf.linalg.LinearOperatorZeros(2, is_non_singular=True)  # raises: always singular
    wrong/tridiag_format: tf.linalg.LinearOperatorTridiag([1.0], "rows")  # raises: diagonals_format
    wrong/solve_not_square: full(tf.linalg, GENERAL[:2]).solve(RHS[:2])  # raises: not be square
    wrong/det_not_square: full(tf.linalg, GENERAL[:2]).determinant()  # raises: not be square
    wrong/inverse_not_square: full(tf.linalg, GENERAL[:2]).inverse()  # raises: non square
    wrong/inverse_singular: tf.linalg.LinearOperatorZeros(2).inverse()  # raises: singular
    wrong/solve_singular: tf.linalg.LinearOperatorZeros(2).solve(RHS[:2])  # raises: singular
    wrong/cholesky: full(tf.linalg, GENERAL).cholesky()  # raises: positive definite
    wrong/eigvals: full(tf.linalg, GENERAL).eigvals()  # raises: self-adjoint
    wrong/composition_sizes: (full(tf.linalg, GENERAL) @ full(tf.linalg, PARTS[0]))  # raises: incompatible
    wrong/composition_empty: tf.linalg.LinearOperatorComposition([])  # raises: non-empty
    wrong/adjoint_hint: tf.linalg.LinearOperatorAdjoint(tf.linalg.LinearOperatorIdentity(2), is_self_adjoint=False)  # raises: self-adjoint
    wrong/inversion_singular: tf.linalg.LinearOperatorInversion(tf.linalg.LinearOperatorZeros(2))  # raises: is_non_singular
    wrong/proper_shapes: tf.linalg.LinearOperatorIdentity(3, assert_proper_shapes=True).matmul(np.ones((2, 1), "f4"))  # raises
    zeros/not_square: tf.linalg.LinearOperatorZeros(2, 3, is_square=False, is_self_adjoint=False).matmul(RHS)
    zeros/not_square_adjoint: tf.linalg.LinearOperatorZeros(2, 3, is_square=False, is_self_adjoint=False).matmul(RHS[:2], adjoint=True)
    zeros/assert: tf.linalg.LinearOperatorZeros(2).assert_positive_definite()  # raises: non-positive definite
    composition/aat: known(tf.linalg.LinearOperatorComposition([MAKE["LowerTriangular"](tf.linalg)] * 2))
    composition/llt_cholesky: _llt(tf).cholesky().to_dense()  # loose: 10
    composition/llt_hints: known(_llt(tf))
    parameters: sorted(MAKE["Diag"](tf.linalg).parameters)
    dimension: (int(MAKE["FullMatrix_wide"](tf.linalg).domain_dimension), int(MAKE["FullMatrix_wide"](tf.linalg).range_dimension))
    dimension_tensor: MAKE["FullMatrix_wide"](tf.linalg).range_dimension_tensor()
    rank_tensor: MAKE["FullMatrix_batch"](tf.linalg).tensor_rank_tensor()
    batch_shape_tensor: MAKE["FullMatrix_batch"](tf.linalg).batch_shape_tensor()
    conjugate_gradient/steps: _cg(tf).i
    conjugate_gradient/residual: _cg(tf).r  # loose: 1000
    conjugate_gradient/wrong: tf.linalg.experimental.conjugate_gradient(MAKE["FullMatrix"](tf.linalg), [1.0, 2.0, 3.0])  # raises: self-adjoint
    function/in: tf.function(lambda op, x: op.matmul(x))(MAKE["Tridiag"](tf.linalg), RHS)
    function/out: tf.function(lambda x: tf.linalg.LinearOperatorDiag(x))(tf.constant([1.0, 2.0])).to_dense()
    nest/types: [x.shape.as_list() for x in tf.nest.flatten(MAKE["LowRankUpdate"](tf.linalg), expand_composites=True)]
    tape/solve: _gradient(tf, lambda x: tf.linalg.LinearOperatorFullMatrix(x).solve(RHS))  # loose: 100
    tape/log_det: _gradient(tf, lambda x: tf.linalg.LinearOperatorLowerTriangular(x).log_abs_determinant())  # loose: 100
    tape/kronecker: _gradient(tf, lambda x: tf.linalg.LinearOperatorKronecker([full(tf.linalg, x), full(tf.linalg, PARTS[0])]).to_dense())
    tape/circulant: _gradient(tf, lambda x: tf.linalg.LinearOperatorCirculant(x[0], input_output_dtype="float32").matmul(RHS))  # loose: 100
""")


def _llt(tf):
    lower = tf.linalg.LinearOperatorLowerTriangular(-GENERAL, is_non_singular=True)
    return tf.linalg.LinearOperatorComposition([lower, lower.H])


def _cg(tf):
    return tf.linalg.experimental.conjugate_gradient(
        MAKE["FullMatrix_symmetric"](tf.linalg),
        tf.constant([1.0, 2.0, 3.0]),
        tf.linalg.LinearOperatorIdentity(3),
        tol=1e-3,
    )


def _gradient(tf, function):
    x = tf.constant(GENERAL)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = function(x)
    return tape.gradient(y, x)
