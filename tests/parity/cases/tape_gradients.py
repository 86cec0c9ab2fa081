"""The gradient of everything differentiable: first and second order, several inputs, and at the edges."""

import ast

import numpy as np

from tests.parity.case import Family, attribute
from tests.parity.gradients import first_order, second_order
from tests.parity.values import INF, NAN, ramp

case = Family(__name__)


def single(name):
    return lambda tf, x: attribute(tf, name)(x)


def pair(name):
    return lambda tf, x, y: attribute(tf, name)(x, y)


UNARY = {
    "any": """
        abs negative sign square exp sin cos tanh sinh cosh atan asinh round floor math.ceil math.rint
        math.sigmoid math.log_sigmoid math.softplus math.erf math.erfc math.expm1 identity
        math.reciprocal_no_nan math.bessel_i0e math.bessel_i1e math.bessel_i0 math.bessel_i1
        math.special.dawsn reduce_sum reduce_mean reduce_prod reduce_max reduce_min math.reduce_logsumexp
        math.reduce_std math.reduce_variance math.reduce_euclidean_norm norm cumsum math.cumprod
        math.cumulative_logsumexp math.l2_normalize sort transpose zeros_like stop_gradient
    """,
    "positive": """
        sqrt math.log math.rsqrt math.reciprocal math.lgamma math.digamma math.special.fresnel_cos tan
        math.log1p math.special.fresnel_sin math.special.spence math.special.expint math.lbeta
        math.special.bessel_j0 math.special.bessel_j1 math.special.bessel_k0 math.special.bessel_k0e
        math.special.bessel_k1 math.special.bessel_k1e math.special.bessel_y0 math.special.bessel_y1
    """,
    "unit": "asin acos atanh math.erfinv math.ndtri math.erfcinv",
    "above_one": "acosh",
}
POINTS = {
    "any": [[0.3, -1.2, 2.0], [0.7, -0.4, 1.1]],
    "positive": [[0.3, 1.2, 2.0], [0.7, 0.4, 1.1]],
    "unit": [[0.3, 0.12, 0.2], [0.7, 0.4, 0.9]],
    "above_one": [[1.3, 2.5, 4.0]],
}
# Functions whose own values are only good to a few digits in single precision.
LOOSE = {"math.special.bessel_y0": 20, "math.special.bessel_y1": 20, "math.special.bessel_j0": 10}
for kind, names in UNARY.items():
    for name in names.split():
        f = single(name)
        for dtype in ("float32", "float64"):
            point = np.array(POINTS[kind], dtype)
            loose = LOOSE.get(name, 1)
            case(f"{name}/first_{dtype}", first_order, f, point, loose=loose)
            case.either(f"{name}/second_{dtype}", second_order, f, point, loose=10 * loose)

EDGES = """
    abs sign sqrt square math.log math.rsqrt math.reciprocal math.reciprocal_no_nan tanh math.sigmoid
    math.softplus atan exp asin acosh math.log1p
"""
for name in EDGES.split():
    case(
        f"{name}/edges",
        first_order,
        single(name),
        np.array([0.0, -0.0, 1.0, -1.0, 6.0, INF, -INF, NAN], "f4"),
    )

COMPLEX = """
    square exp sin cos tan tanh sinh cosh sqrt math.log math.reciprocal math.conj abs math.real math.imag
    math.angle reduce_sum reduce_prod negative math.sigmoid math.rsqrt transpose cumsum asinh atan
    math.log1p math.expm1
"""
for name in COMPLEX.split():
    f = single(name)
    case.either(
        f"{name}/complex",
        first_order,
        f,
        np.array([[0.3 + 0.4j, -1.2 + 0.5j], [0.7 - 0.2j, 1.1 + 0j]]),
        loose=4,
    )

A = np.array([[0.3, -1.2, 2.0], [0.7, -0.4, 1.1]], "f4")
B = np.array([[1.3, 0.8, -0.5], [-0.9, 2.2, 0.6]], "f4")
P = np.abs(A)
Q = np.abs(B)
ROW = B[0]
TWO = """
    add subtract multiply divide maximum minimum math.squared_difference math.atan2 math.floormod
    math.floordiv math.divide_no_nan math.multiply_no_nan math.nextafter truediv
""".split()
for name in TWO:
    f = pair(name)
    case(f"{name}/first", first_order, f, A, B)
    case.either(f"{name}/second", second_order, f, A, B, loose=4)
    case(f"{name}/broadcast", first_order, f, A, ROW)
    case(f"{name}/broadcast_scalar", first_order, f, np.float32(1.5), B)
for name in "pow math.xlogy math.xdivy math.xlog1py math.igamma math.igammac".split():
    f = pair(name)
    case.either(f"{name}/first", first_order, f, P, Q, loose=4)
    case.either(f"{name}/second", second_order, f, P, Q, loose=10)
    case.either(f"{name}/broadcast", first_order, f, P, np.abs(ROW), loose=4)
TIES = np.array([1.0, 2.0, 2.0, -0.0], "f4")
for name in (
    "maximum",
    "minimum",
    "math.atan2",
    "math.divide_no_nan",
    "math.xlogy",
    "pow",
    "math.multiply_no_nan",
):
    f = pair(name)
    case(f"{name}/ties_and_zeros", first_order, f, TIES, np.array([1.0, 3.0, 0.0, 0.0], "f4"))
case(
    "pow/zero_base",
    first_order,
    pair("pow"),
    np.array([0.0, 0.0, -2.0], "f4"),
    np.array([2.0, 0.0, 3.0], "f4"),
)
case("pow/python_exponent", first_order, lambda tf, x: x**3, A)
case("pow/negative_base", first_order, lambda tf, x: x**2.0, A)
case("reduce_max/ties", first_order, lambda tf, x: tf.reduce_max(x), np.array([1.0, 3.0, 3.0], "f4"))
case(
    "reduce_min/ties",
    first_order,
    lambda tf, x: tf.reduce_min(x, axis=1),
    np.array([[1.0, 1.0], [2.0, 3.0]], "f4"),
)
case("reduce_prod/zeros", first_order, lambda tf, x: tf.reduce_prod(x), np.array([2.0, 0.0, 3.0], "f4"))
case("reduce_prod/two_zeros", first_order, lambda tf, x: tf.reduce_prod(x), np.array([0.0, 0.0, 3.0], "f4"))
case("norm/at_zero", first_order, lambda tf, x: tf.norm(x), np.zeros(2, "f4"))
case("cumprod/zeros", first_order, lambda tf, x: tf.math.cumprod(x), np.array([2.0, 0.0, 3.0], "f4"))
case("reduce_std/constant", first_order, lambda tf, x: tf.math.reduce_std(x), np.ones(3, "f4"))
case("reduce_variance/one_element", first_order, lambda tf, x: tf.math.reduce_variance(x), np.ones(1, "f4"))
case("reduce_sum/empty", first_order, lambda tf, x: tf.reduce_sum(x), np.zeros((0, 2), "f4"))
case("reduce_mean/empty", first_order, lambda tf, x: tf.reduce_mean(x), np.zeros((0,), "f4"))
case("sqrt/second_at_zero", second_order, lambda tf, x: tf.sqrt(x), np.zeros(1, "f4"))
case(
    "where/nan_in_the_other_branch",
    first_order,
    lambda tf, x: tf.where(x > 0, tf.sqrt(x), 0.0),
    np.array([4.0, -1.0], "f4"),
)

ROWS = """
    reduce_sum_axis: tf.reduce_sum(x, 1)
    reduce_sum_keepdims: tf.reduce_sum(x, [0], keepdims=True)
    reduce_mean_axis: tf.reduce_mean(x, 0)
    reduce_max_axis: tf.reduce_max(x, 1)
    reduce_prod_axis: tf.reduce_prod(x, [1])
    reduce_logsumexp_axis: tf.reduce_logsumexp(x, 0, keepdims=True)
    cumsum_exclusive: tf.cumsum(x, 1, exclusive=True)
    cumsum_reverse: tf.cumsum(x, 0, reverse=True)
    cumprod_axis: tf.math.cumprod(x, 1, exclusive=True)
    reshape: tf.reshape(x, [3, 2])
    transpose_perm: tf.transpose(x[None], [2, 0, 1])
    expand_dims: tf.expand_dims(x, 1)
    squeeze: tf.squeeze(x[:1])
    concat: tf.concat([x, x * 2.0], 1)
    concat_axis_0: tf.concat([x, x[:1]], 0)
    stack: tf.stack([x, x * 3.0], 1)
    unstack: tf.unstack(x)
    split: tf.split(x, 3, axis=1)
    split_sizes: tf.split(x, [1, 2], axis=1)
    tile: tf.tile(x, [2, 1])
    repeat: tf.repeat(x, [2, 1], axis=0)
    broadcast_to: tf.broadcast_to(x, [2, 2, 3])
    pad: tf.pad(x, [[1, 0], [0, 2]])
    pad_reflect: tf.pad(x, [[1, 0], [1, 1]], "REFLECT")
    pad_symmetric: tf.pad(x, [[1, 0], [1, 2]], "SYMMETRIC")
    reverse: tf.reverse(x, [1])
    reverse_sequence: tf.reverse_sequence(x, [2, 3], seq_axis=1)
    roll: tf.roll(x, 1, 1)
    slice: tf.slice(x, [0, 1], [2, 2])
    getitem: x[1]
    getitem_column: x[:, 1:]
    getitem_reversed: x[::-1, ::2]
    getitem_newaxis: x[:, None, 0]
    getitem_element: x[0, 1]
    strided_slice: tf.strided_slice(x, [0, 2], [2, 0], [1, -1])
    boolean_mask: tf.boolean_mask(x, x > 0.0)
    gather: tf.gather(x, [1, 0, 1])
    gather_axis: tf.gather(x, [2, 0], axis=1)
    gather_batch: tf.gather(x, [[0, 2], [1, 1]], batch_dims=1)
    gather_scalar: tf.gather(x, 1)
    gather_nd: tf.gather_nd(x, [[0, 1], [1, 2], [0, 1]])
    scatter_nd: tf.scatter_nd([[2], [0]], x, [4, 3])
    tensor_scatter_nd_update: tf.tensor_scatter_nd_update(tf.ones([3, 3]), [[2], [0]], x)
    tensor_scatter_nd_update_into: tf.tensor_scatter_nd_update(x, [[0]], [[1.0, 2.0, 3.0]])
    tensor_scatter_nd_add: tf.tensor_scatter_nd_add(x, [[0], [0]], x * 2.0)
    tensor_scatter_nd_sub: tf.tensor_scatter_nd_sub(x, [[1]], x[:1])
    tensor_scatter_nd_max: tf.tensor_scatter_nd_max(x, [[1]], x[:1])
    tensor_scatter_nd_min: tf.tensor_scatter_nd_min(x, [[1]], x[:1])
    where: tf.where(x > 0.0, x * 2.0, x * 3.0)
    where_broadcast: tf.where([[True], [False]], x, 1.0)
    dynamic_partition: tf.dynamic_partition(x, [1, 0], 2)
    dynamic_stitch: tf.dynamic_stitch([[1], [0]], [x[:1], x[1:]])
    clip_by_value: tf.clip_by_value(x, -0.5, 1.0)
    clip_by_norm: tf.clip_by_norm(x, 1.0)
    clip_by_norm_axes: tf.clip_by_norm(x, 1.0, axes=[1])
    clip_by_global_norm: tf.clip_by_global_norm([x, x[0]], 1.0)
    global_norm: tf.linalg.global_norm([x, x[0]])
    add_n: tf.add_n([x, x, x * 2.0])
    meshgrid: tf.meshgrid(x[0], x[1])
    cast_to_double: tf.cast(x, tf.float64)
    cast_to_half: tf.cast(x, tf.half)
    segment_sum: tf.math.segment_sum(x, [0, 0])
    segment_mean: tf.math.segment_mean(x, [0, 1])
    segment_max: tf.math.segment_max(x, [0, 0])
    segment_min: tf.math.segment_min(x, [0, 0])
    segment_prod: tf.math.segment_prod(x, [0, 0])
    unsorted_segment_sum: tf.math.unsorted_segment_sum(x, [2, -1], 3)
    unsorted_segment_mean: tf.math.unsorted_segment_mean(x, [1, 1], 3)
    unsorted_segment_max: tf.math.unsorted_segment_max(x, [1, 1], 2)
    unsorted_segment_min: tf.math.unsorted_segment_min(x, [1, 1], 2)
    unsorted_segment_prod: tf.math.unsorted_segment_prod(x, [1, 1], 2)
    sparse_segment_sum: tf.sparse.segment_sum(x, [1, 0], [0, 0])
    sparse_segment_mean: tf.sparse.segment_mean(x, [1, 0], [0, 0])
    sort_axis: tf.sort(x, axis=0, direction="DESCENDING")
    top_k: tf.math.top_k(x, 2).values
    matmul: x @ tf.transpose(x)
    matmul_transposed: tf.matmul(x, x, transpose_a=True)
    matmul_adjoint: tf.matmul(x, x, adjoint_b=True)
    matmul_batch: tf.matmul(x[None], x[..., None])
    matvec: tf.linalg.matvec(x, x[0])
    tensordot: tf.tensordot(x, x, [[0, 1], [0, 1]])
    tensordot_one: tf.tensordot(x, tf.transpose(x), 1)
    einsum_matmul: tf.einsum("ij,kj->ik", x, x)
    einsum_trace: tf.einsum("ii->i", x @ tf.transpose(x))
    einsum_outer: tf.einsum("i,j->ij", x[0], x[1])
    einsum_sum: tf.einsum("ij->j", x)
    trace: tf.linalg.trace(x)
    diag: tf.linalg.diag(x)
    diag_part: tf.linalg.diag_part(x)
    set_diag: tf.linalg.set_diag(x, [1.0, 2.0])
    set_diag_values: tf.linalg.set_diag(tf.zeros([3, 3]), x[0])
    band_part: tf.linalg.band_part(x, 0, 1)
    tensor_diag: tf.linalg.tensor_diag(x)
    cross: tf.linalg.cross(x[0], x[1])
    norm_axis: tf.norm(x, axis=1)
    norm_one: tf.norm(x, ord=1)
    norm_infinity: tf.norm(x, ord=np.inf, axis=0)
    norm_p: tf.norm(x, ord=3, axis=1)
    normalize: tf.linalg.normalize(x, axis=1)
    det: tf.linalg.det(_square(tf, x))
    slogdet: tf.linalg.slogdet(_square(tf, x)).log_abs_determinant
    logdet: tf.linalg.logdet(_square(tf, x))
    inv: tf.linalg.inv(_square(tf, x))
    solve: tf.linalg.solve(_square(tf, x), x)
    triangular_solve: tf.linalg.triangular_solve(_square(tf, x), x)
    cholesky: tf.linalg.cholesky(_square(tf, x))
    cholesky_solve: tf.linalg.cholesky_solve(tf.linalg.cholesky(_square(tf, x)), x)
    eigh: tf.linalg.eigh(_square(tf, x))[0]
    eigvalsh: tf.linalg.eigvalsh(_square(tf, x))
    svd: tf.linalg.svd(x, compute_uv=False)
    qr: tf.linalg.qr(tf.transpose(x))[1]
    expm: tf.linalg.expm(_square(tf, x) * 0.1)
    lstsq: tf.linalg.lstsq(tf.transpose(x), tf.ones([3, 1]))
    pinv: tf.linalg.pinv(x)
    sqrtm: tf.linalg.sqrtm(_square(tf, x))
    complex: tf.complex(x, x * 2.0)
    betainc: tf.math.betainc(0.5, 0.7, tf.sigmoid(x))
    polygamma: tf.math.polygamma(1.0, tf.abs(x) + 0.5)
    zeta: tf.math.zeta(2.0, tf.abs(x) + 0.5)
    identity_n: tf.identity_n([x, x * 2.0])
    stop_gradient_half: x * tf.stop_gradient(x)
    map_fn: tf.map_fn(lambda row: row * row, x)
    scan: tf.scan(lambda a, row: a * row, x)
    foldl: tf.foldl(lambda a, row: a * row, x)
    cond: tf.cond(tf.reduce_sum(x) > 0.0, lambda: x * 2.0, lambda: x * 3.0)
    while_loop: tf.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, a * x), [0, x])[1]
    vectorized_map: tf.vectorized_map(lambda row: tf.reduce_sum(row * row), x)
    saturate_cast: tf.saturate_cast(x, tf.half)
    space_to_batch: tf.space_to_batch(tf.pad(x, [[0, 0], [0, 1]]), [2], [[0, 0]])
    linspace: tf.linspace(x[0, 0], x[0, 2], 4)
    fill: tf.fill([2, 2], x[0, 0])
    range: tf.range(3.0) * x
    ensure_shape: tf.ensure_shape(x, [2, 3])
    bitcast: tf.bitcast(x, tf.float32)
    polyval: tf.math.polyval([x, 2.0, 3.0], 1.5)
    scalar_mul: tf.math.scalar_mul(x[0, 0], x)
    accumulate: tf.math.accumulate_n([x, x])
    confusing_reuse: (lambda y: y * y + y)(tf.exp(x))
    cumulative_logsumexp: tf.math.cumulative_logsumexp(x, 1)
    reduce_any_path: tf.cast(tf.reduce_any(x > 0.0), tf.float32) * x
"""


def _square(tf, x):
    """A symmetric positive definite matrix made from x."""
    return x @ tf.transpose(x) + tf.constant([[2.0, 0.3], [0.3, 1.0]], x.dtype)


# Sums over many steps: the last digits depend on their order.
DECOMPOSITIONS = """
    det slogdet logdet inv solve cholesky cholesky_solve eigh eigvalsh svd qr expm lstsq pinv sqrtm betainc
""".split()
for row in filter(None, map(str.strip, ROWS.splitlines())):
    name, _, expression = row.partition(": ")
    f = eval(compile(ast.parse(f"lambda tf, x: {expression}", mode="eval"), __file__, "eval"), globals())
    loose = 20 if name in DECOMPOSITIONS else 2
    case.either(f"{name}/of_x", first_order, f, A, loose=loose)
    case.either(f"{name}/second_of_x", second_order, f, A, loose=10 * loose)

WITH_TWO = {
    "matmul": lambda tf, x, y: tf.matmul(x, y, transpose_b=True),
    "matmul_batch_broadcast": lambda tf, x, y: tf.matmul(tf.stack([x, x + 1.0]), tf.transpose(y)),
    "tensordot": lambda tf, x, y: tf.tensordot(x, y, axes=[[1], [1]]),
    "einsum": lambda tf, x, y: tf.einsum("ij,ik->jk", x, y),
    "einsum_ellipsis": lambda tf, x, y: tf.einsum("...j,j->...", x, y[0]),
    "solve": lambda tf, x, y: tf.linalg.solve(_square(tf, x), y),
    "where": lambda tf, x, y: tf.where(x > y, x, y),
    "concat": lambda tf, x, y: tf.concat([x, y], 0),
    "stack": lambda tf, x, y: tf.stack([x, y], 2),
    "complex": lambda tf, x, y: tf.complex(x, y) * tf.complex(y, x),
    "clip_by_value": lambda tf, x, y: tf.clip_by_value(x, y, y + 1.0),
    "cross": lambda tf, x, y: tf.linalg.cross(x, y),
    "mean_squared_error": lambda tf, x, y: tf.reduce_mean(tf.square(x - y)),
    "only_the_first": lambda tf, x, y: x * tf.stop_gradient(y),
    "unused_second": lambda tf, x, y: x * 2.0,
    "dropped_in_a_comparison": lambda tf, x, y: x * tf.cast(x > y, tf.float32),
    "addition_broadcast_columns": lambda tf, x, y: x[:, :1] + y,
    "division_broadcast": lambda tf, x, y: x / y[:1],
    "power_broadcast": lambda tf, x, y: tf.abs(x) ** y[0],
}
for name, f in WITH_TWO.items():
    case(f"{name}/of_two", first_order, f, A, B, loose=4)
    case.either(f"{name}/second_of_two", second_order, f, A, B, loose=10)

for dtype in ("float16", "bfloat16", "float32", "float64", "complex64", "complex128"):
    for name in ("multiply", "divide", "matmul", "pow"):
        case(
            f"{name}/dtype_{dtype}",
            lambda tf, name, dtype: first_order(
                tf,
                pair(name),
                tf.constant(ramp((2, 2), dtype, start=0.5, step=0.5), dtype),
                tf.constant(ramp((2, 2), dtype, start=1.5, step=0.25), dtype),
            ),
            name,
            dtype,
            loose=4,
        )
