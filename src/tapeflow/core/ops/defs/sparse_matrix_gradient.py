"""The gradients of ops on matrices kept by compressed rows. A matrix has gradients where it has elements."""

from tapeflow.core.ops import registry


def _op(name):
    return registry.get(name)


def _indices(matrix, dtype):
    return _op("CSRSparseMatrixToSparseTensor")(matrix, type=dtype).indices


def _of_values(matrix, values):
    """A matrix with the places of another."""
    parts = _op("CSRSparseMatrixToSparseTensor")(matrix, type=values.dtype)
    return _op("SparseTensorToCSRSparseMatrix")(parts.indices, values, parts.dense_shape)


def _conjugate(x):
    return _op("Conj")(x) if x.dtype.is_complex else x


def _turned(x):
    """The last two axes exchanged: [..., m, n] to [..., n, m]."""
    rank = _op("Rank")(x)
    order = _op("Range")(0, rank, 1)
    shift = _op("OneHot")(rank - 2, rank, 1, 0) - _op("OneHot")(rank - 1, rank, 1, 0)
    return _op("Transpose")(x, order + shift)


# -- in and out ----------------------------------------------------------------------------------------


def from_sparse(c, d):
    """SparseTensorToCSRSparseMatrix."""
    return None, _op("GatherNd")(_op("CSRSparseMatrixToDense")(d, type=c.values.dtype), c.indices), None


def from_dense(c, d):
    """DenseToCSRSparseMatrix."""
    return _op("CSRSparseMatrixToDense")(d, type=c.dense_input.dtype), None


def to_sparse(c, _, d_values, __):
    """CSRSparseMatrixToSparseTensor."""
    return None if d_values is None else _op("SparseTensorToCSRSparseMatrix")(c.indices, d_values, c.dense_shape)


def to_dense(c, d):
    """CSRSparseMatrixToDense."""
    return _op("DenseToCSRSparseMatrix")(d, _indices(c.sparse_input, c.type))


# -- element by element --------------------------------------------------------------------------------


def scaled(c, d):
    """SparseMatrixMul: by a number, or by one for each matrix of a batch."""
    parts = _op("CSRSparseMatrixToSparseTensor")(c.a, type=c.b.dtype)
    d_values = _op("CSRSparseMatrixToSparseTensor")(like(d, c.a), type=c.b.dtype).values
    products = d_values * _conjugate(parts.values)
    if c.b.shape.rank == 0:
        d_b = _op("Sum")(products, [0])
    else:
        batch = _op("StridedSlice")(parts.indices, [0, 0], [0, 1], [1, 1], begin_mask=3, end_mask=1, shrink_axis_mask=2)
        sums = _op("UnsortedSegmentSum")(products, batch, _op("Shape")(c.b)[0])
        d_b = _op("Reshape")(sums, _op("Shape")(c.b))
    return _op("SparseMatrixMul")(d, _conjugate(c.b)), d_b


def added(c, d):
    """SparseMatrixAdd."""
    mul = _op("SparseMatrixMul")
    return like(mul(d, _conjugate(c.alpha)), c.a), like(mul(d, _conjugate(c.beta)), c.b), None, None


def transposed(c, d):
    """SparseMatrixTranspose."""
    return _op("SparseMatrixTranspose")(d, conjugate=c.conjugate, type=c.type)


def softmax(c, d):
    """SparseMatrixSoftmax."""
    return _op("SparseMatrixSoftmaxGrad")(c.softmax, like(d, c.softmax), type=c.type)


def like(matrix, pattern):
    """A matrix with the places of another: zeros where it has no element, without those that the other lacks."""
    return _op("_SparseMatrixLike")(matrix, pattern)


def liked(c, d):
    """_SparseMatrixLike."""
    return like(d, c.matrix), None


# -- products ------------------------------------------------------------------------------------------


def times_dense(c, d):
    """SparseMatrixMatMul: A' B' of what the flags make of a and b."""
    if c.conjugate_output:
        d = _conjugate(d)
    if c.transpose_output:
        d = _turned(d)
    b = _turned(c.b) if c.transpose_b or c.adjoint_b else c.b
    b = _conjugate(b) if c.adjoint_b else b
    return _left_of_dense(c, d, b), _right_of_dense(c, d)


def _left_of_dense(c, d, b):
    """At each place of a, the product of a row of d and a row of b."""
    dtype = d.dtype
    indices = _indices(c.a, dtype)
    rows, columns = _without(indices, -1), _without(indices, -2)
    if c.transpose_a or c.adjoint_a:
        rows, columns = columns, rows
    values = _op("Sum")(_op("GatherNd")(d, rows) * _conjugate(_op("GatherNd")(b, columns)), [1])
    return _of_values(c.a, _conjugate(values) if c.adjoint_a else values)


def _without(indices, axis):
    """Index vectors [elements, rank] without the last of them, or the one before it."""
    rank = _op("Shape")(indices)[1]
    every = _op("Range")(0, rank, 1)
    left = rank - 1 if axis == -1 else rank - 2
    chosen = _op("ConcatV2")([_op("Slice")(every, [0], _op("Pack")([left])),
                              _op("Slice")(every, _op("Pack")([left + 1]), [-1])], 0)  # fmt: skip
    return _op("GatherV2")(indices, chosen, 1)


def _right_of_dense(c, d):
    multiply = _op("SparseMatrixMatMul")
    if c.transpose_a:  # of the conjugate: the conjugate of the product with the conjugate
        found = _conjugate(multiply(c.a, _conjugate(d)))
    else:
        found = multiply(c.a, d, adjoint_a=not c.adjoint_a)
    found = _turned(found) if c.transpose_b or c.adjoint_b else found
    return _conjugate(found) if c.adjoint_b else found


def times_sparse(c, d):
    """SparseMatrixSparseMatMul."""
    kind = c.type
    multiply, transpose = _op("SparseMatrixSparseMatMul"), _op("SparseMatrixTranspose")

    def adjoint(x):
        return transpose(x, conjugate=True, type=kind)

    def applied(x, transposes, adjoints):
        return adjoint(x) if adjoints else transpose(x, type=kind) if transposes else x

    a, b = applied(c.a, c.transpose_a, c.adjoint_a), applied(c.b, c.transpose_b, c.adjoint_b)
    d_a = applied(multiply(d, b, type=kind, adjoint_b=True), c.transpose_a, c.adjoint_a)
    d_b = applied(multiply(a, d, type=kind, adjoint_a=True), c.transpose_b, c.adjoint_b)
    return like(d_a, c.a), like(d_b, c.b)
