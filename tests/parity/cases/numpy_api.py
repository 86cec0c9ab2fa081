"""tf.experimental.numpy: dtypes, values and errors of its functions."""

import numpy as np

from tests.parity.case import attribute
from tests.parity.numpy_behavior import BehavingFamily

case = BehavingFamily(__name__)

# One argument of every dtype that programs use, edge values first.
ONE = {
    "bool": np.array([True, False]),
    "int8": np.array([-128, -1, 0, 3], "i1"),
    "int32": np.array([[-2, 0], [3, 7]], "i4"),
    "int64": np.array([-5, 0, 9]),
    "uint8": np.array([0, 1, 255], "u1"),
    "float16": np.array([-0.5, 0.25], "f2"),
    "float32": np.array([[0.5, -0.25, 0.75], [0.0, -1.0, 1.0]], "f4"),
    "float64": np.array([0.1, np.nan, np.inf, -np.inf]),
    "complex64": np.array([0.5 + 1j, -2.0], "c8"),
    "number": 3,
    "float": -2.5,
    "list": [1, 2.5],
    "empty": np.zeros((0, 2), "f4"),
}
# In TensorFlow these end in float64 and carry float32's error.
HALF_WAY = {"log2/complex64", "log10/complex64", "logaddexp2/float16_float32"}
UNARY = (
    "abs absolute angle arccos arccosh arcsin arcsinh arctan arctanh around bitwise_not cbrt ceil conj conjugate cos "
    "cosh deg2rad exp exp2 expm1 fabs fix floor imag iscomplex isfinite isnan isreal log log10 log1p log2 logical_not "
    "negative positive rad2deg real reciprocal sign signbit sin sinc sinh sqrt square tan tanh iscomplexobj isrealobj "
    "isscalar ndim shape size all any sum prod mean amax amin max min ptp var std nansum nanprod nanmean cumsum cumprod "
    "count_nonzero argmax argmin sort argsort average ravel flatten transpose copy array asarray zeros_like ones_like "
    "atleast_1d atleast_2d atleast_3d diff flip diagflat nonzero squeeze"
).split()
for _name in UNARY:
    for _kind, _x in ONE.items():
        if (_name, _kind) not in {("arange", "empty")}:
            case.either(
                f"{_name}/{_kind}",
                lambda tf, name, x: attribute(tf.experimental.numpy, name)(x),
                _name, _x, loose=1e6 if f"{_name}/{_kind}" in HALF_WAY else 4,
            )  # fmt: skip

TWO = {
    "int8_uint8": (np.array([1, 2], "i1"), np.array([3, 5], "u1")),
    "int32_float32": (np.array([[7], [-7]], "i4"), np.array([2.0, -3.0], "f4")),
    "int64_number": (np.array([7, -7, 0]), 3),
    "number_float32": (2.5, np.array([1.0, -2.0], "f4")),
    "float16_float32": (np.array([1.5], "f2"), np.array([0.5, 2.0], "f4")),
    "bool_bool": (np.array([True, False]), np.array([True, True])),
    "bool_int32": (np.array([True, False]), np.array([3, 2], "i4")),
    "uint8_int64": (np.array([200], "u1"), np.array([100])),
    "complex_float": (np.array([1 + 2j], "c8"), np.array([2.0, 3.0])),
    "numbers": (7, 2),
    "lists": ([1, 2, 3], [4.0, 5.0, 6.0]),
    "shapes": (np.ones((2, 3), "f4"), np.ones((2,), "f4")),
    "nan": (np.array([np.nan, 1.0]), np.array([1.0, np.nan])),
}
BINARY = (
    "add subtract multiply divide true_divide floor_divide mod remainder maximum minimum power float_power arctan2 "
    "heaviside hypot logaddexp logaddexp2 bitwise_and bitwise_or bitwise_xor equal not_equal greater greater_equal less "
    "less_equal logical_and logical_or logical_xor isclose allclose array_equal gcd lcm nextafter outer inner dot vdot "
    "kron append result_type divmod"
).split()
for _name in BINARY:
    for _kind, (_x, _y) in TWO.items():
        case.either(
            f"{_name}/{_kind}",
            lambda tf, name, x, y: attribute(tf.experimental.numpy, name)(x, y),
            _name, _x, _y, loose=1e6 if f"{_name}/{_kind}" in HALF_WAY else 8,
        )  # fmt: skip

M = np.arange(12.0).reshape(3, 4)
I = np.arange(6, dtype="i4").reshape(2, 3)
REDUCE = (
    "sum prod mean amax amin var std all any ptp nansum nanmean cumsum argmax argmin count_nonzero average sort".split()
)
for _name in REDUCE:
    for _axis in (0, 1, -1, None):
        case.either(
            f"axis/{_name}/{_axis}",
            lambda tf, name, axis: attribute(tf.experimental.numpy, name)(M, axis=axis),
            _name, _axis, loose=4,
        )  # fmt: skip
for _name in "sum prod mean amax amin var std all any ptp nansum nanmean".split():
    case.either(
        f"keepdims/{_name}",
        lambda tf, name: attribute(tf.experimental.numpy, name)(I, axis=1, keepdims=True),
        _name, loose=4,
    )  # fmt: skip
for _name in "sum prod mean var cumsum cumprod nansum".split():
    for _dtype in ("float32", "int8", "bool"):
        case.either(
            f"dtype/{_name}/{_dtype}",
            lambda tf, name, dtype: attribute(tf.experimental.numpy, name)(I, dtype=dtype),
            _name, _dtype, loose=4,
        )  # fmt: skip

case.table("""
    more/zeros/default: tf.experimental.numpy.zeros([2])
    more/zeros/none: tf.experimental.numpy.zeros([2], None)
    more/zeros/int: tf.experimental.numpy.zeros((2, 1), int)
    more/ones/default: tf.experimental.numpy.ones(3)
    more/ones/bool: tf.experimental.numpy.ones([2], bool)
    more/empty/default: tf.experimental.numpy.empty([2]).dtype
    more/eye/square: tf.experimental.numpy.eye(3)
    more/eye/wide: tf.experimental.numpy.eye(2, 4, 1, dtype="int32")
    more/eye/low: tf.experimental.numpy.eye(4, 2, -1)
    more/eye/outside: tf.experimental.numpy.eye(2, 2, 5)
    more/identity: tf.experimental.numpy.identity(2)
    more/full/number: tf.experimental.numpy.full([2, 2], 7)
    more/full/float: tf.experimental.numpy.full(2, 0.5)
    more/full/array: tf.experimental.numpy.full([2, 3], [1, 2, 3])
    more/full/dtype: tf.experimental.numpy.full([2], 1, "float32")
    more/full_like/default: tf.experimental.numpy.full_like(M, 2)
    more/full_like/dtype: tf.experimental.numpy.full_like(I, 2.5, "float32")
    more/full_like/order: tf.experimental.numpy.full_like(I, 2, order="C")  # raises: orders
    more/full_like/shape: tf.experimental.numpy.full_like(I, 2, shape=[2])  # raises: shape
    more/array/ndmin: tf.experimental.numpy.array([1, 2], ndmin=3)
    more/array/nested: tf.experimental.numpy.array([[1, 2], [3, 4]], "float32")
    more/array/string: tf.experimental.numpy.array("abc")
    more/array/bool: tf.experimental.numpy.array(True)
    more/array/complex: tf.experimental.numpy.array(1 + 2j)
    more/array/ragged: tf.experimental.numpy.array([[1], [2, 3]])  # raises
    more/array/large_int: tf.experimental.numpy.array(2**40)
    more/asarray/tensor: tf.experimental.numpy.asarray(tf.constant([1.0]))
    more/asarray/cast: tf.experimental.numpy.asarray(tf.constant([1.5]), "int32")
    more/ascontiguousarray/scalar: tf.experimental.numpy.ascontiguousarray(3.0)
    more/arange/stop: tf.experimental.numpy.arange(4)
    more/arange/float: tf.experimental.numpy.arange(0.0, 1.0, 0.25)
    more/arange/dtype: tf.experimental.numpy.arange(1, 4, dtype="float32")
    more/arange/down: tf.experimental.numpy.arange(5, 0, -2)
    more/arange/empty: tf.experimental.numpy.arange(5, 0)
    more/arange/negative: tf.experimental.numpy.arange(-3)
    more/arange/zero_step: tf.experimental.numpy.arange(0, 3, 0)  # raises: non-zero
    more/linspace/default: tf.experimental.numpy.linspace(0.0, 1.0, 5)
    more/linspace/ints: tf.experimental.numpy.linspace(0, 10, 3)
    more/linspace/no_end: tf.experimental.numpy.linspace(0.0, 1.0, 4, endpoint=False)
    more/linspace/step: tf.experimental.numpy.linspace(0.0, 1.0, 5, retstep=True)
    more/linspace/negative: tf.experimental.numpy.linspace(0.0, 1.0, -1)  # raises: non-negative
    more/logspace/default: tf.experimental.numpy.logspace(0.0, 2.0, 3)  # loose: 4
    more/logspace/base: tf.experimental.numpy.logspace(0.0, 3.0, 4, base=2.0)  # loose: 4
    more/geomspace/default: tf.experimental.numpy.geomspace(1.0, 8.0, 4)  # loose: 8
    more/geomspace/dtype: tf.experimental.numpy.geomspace(1.0, 100.0, 3, dtype="float32")  # loose: 8
    more/tri/default: tf.experimental.numpy.tri(3)
    more/tri/wide: tf.experimental.numpy.tri(2, 4, 1, "int32")
    more/tri/below: tf.experimental.numpy.tri(3, 3, -1)
    more/tri/far_below: tf.experimental.numpy.tri(2, 2, -5)
    more/tril: tf.experimental.numpy.tril(M)
    more/tril/up: tf.experimental.numpy.tril(M, 1)
    more/triu: tf.experimental.numpy.triu(M, -1)
    more/tril/vector: tf.experimental.numpy.tril([1, 2])  # raises: rank at least 2
    more/vander/default: tf.experimental.numpy.vander([1, 2, 3])
    more/vander/increasing: tf.experimental.numpy.vander([1.0, 2.0], 3, True)
    more/vander/matrix: tf.experimental.numpy.vander(M)  # raises: one-dimensional
    more/vander/negative: tf.experimental.numpy.vander([1.0], -1)  # raises: nonnegative
    more/meshgrid/xy: tf.experimental.numpy.meshgrid([1, 2], [3.0, 4.0, 5.0])
    more/meshgrid/ij: tf.experimental.numpy.meshgrid([1, 2], [3, 4, 5], indexing="ij")
    more/meshgrid/sparse: tf.experimental.numpy.meshgrid([1], sparse=True)  # raises: sparse
    more/diag/vector: tf.experimental.numpy.diag([1, 2])
    more/diag/vector_up: tf.experimental.numpy.diag([1, 2], 1)
    more/diag/matrix: tf.experimental.numpy.diag(M)
    more/diag/matrix_low: tf.experimental.numpy.diag(M, -1)
    more/diag/outside: tf.experimental.numpy.diag(M, 9)
    more/diag/empty: tf.experimental.numpy.diag(np.zeros(0), 2)
    more/diagonal/default: tf.experimental.numpy.diagonal(M)
    more/diagonal/offset: tf.experimental.numpy.diagonal(M, 1)
    more/diagonal/axes: tf.experimental.numpy.diagonal(np.arange(24).reshape(2, 3, 4), 0, 1, 2)
    more/diagonal/axes_turned: tf.experimental.numpy.diagonal(np.arange(24).reshape(2, 3, 4), 1, 2, 0)
    more/diag_indices: tf.experimental.numpy.diag_indices(3)
    more/diag_indices/wrong: tf.experimental.numpy.diag_indices(-1)  # raises: nonnegative
    more/trace/default: tf.experimental.numpy.trace(M)
    more/trace/offset: tf.experimental.numpy.trace(I, 1)
    more/trace/dtype: tf.experimental.numpy.trace(I, dtype="float32")
    more/trace/axes: tf.experimental.numpy.trace(np.arange(24).reshape(2, 3, 4), 0, 1, 2)
    more/reshape/default: tf.experimental.numpy.reshape(M, [4, 3])
    more/reshape/fortran: tf.experimental.numpy.reshape(I, [3, 2], order="F")
    more/reshape/number: tf.experimental.numpy.reshape(I, 6)
    more/reshape/order: tf.experimental.numpy.reshape(I, 6, order="K")  # raises: order
    more/flatten/fortran: tf.experimental.numpy.flatten(I, "F")
    more/flatten/order: tf.experimental.numpy.flatten(I, "Z")  # raises: order
    more/expand_dims: tf.experimental.numpy.expand_dims(I, 1)
    more/squeeze/axis: tf.experimental.numpy.squeeze(np.ones((1, 2, 1)), 0)
    more/transpose/axes: tf.experimental.numpy.transpose(np.arange(6).reshape(1, 2, 3), (2, 0, 1))
    more/swapaxes: tf.experimental.numpy.swapaxes(np.arange(6).reshape(1, 2, 3), 0, -1)
    more/moveaxis/one: tf.experimental.numpy.moveaxis(np.arange(6).reshape(1, 2, 3), 0, -1)
    more/moveaxis/two: tf.experimental.numpy.moveaxis(np.arange(6).reshape(1, 2, 3), (0, 1), (2, 0))
    more/moveaxis/lengths: tf.experimental.numpy.moveaxis(I, (0, 1), (0,))  # raises: lengths
    more/pad/constant: tf.experimental.numpy.pad(I, [[1, 0], [0, 1]], "constant", constant_values=9)
    more/pad/reflect: tf.experimental.numpy.pad(I, [[1, 0], [0, 1]], "reflect")
    more/pad/symmetric: tf.experimental.numpy.pad(I, [[1, 0], [0, 1]], "symmetric")
    more/pad/mode: tf.experimental.numpy.pad(I, [[1, 0], [0, 1]], "wrap")  # raises: padding mode
    more/take/flat: tf.experimental.numpy.take(M, [0, 5])
    more/take/axis: tf.experimental.numpy.take(M, [0, 2], axis=1)
    more/take/clip: tf.experimental.numpy.take(M, [-5, 50])
    more/take/wrap: tf.experimental.numpy.take(M, [-1, 13], mode="wrap")
    more/take/raise: tf.experimental.numpy.take(M, [0], mode="raise")  # raises: not supported
    more/take/mode: tf.experimental.numpy.take(M, [0], mode="other")  # raises: mode
    more/take_along_axis/last: tf.experimental.numpy.take_along_axis(M, [[3], [0], [1]], 1)
    more/take_along_axis/first: tf.experimental.numpy.take_along_axis(M, [[2, 0, 1, -1]], 0)
    more/take_along_axis/flat: tf.experimental.numpy.take_along_axis(tf.constant([3, 1]), [1, 0], 0)
    more/repeat/flat: tf.experimental.numpy.repeat(I, 2)
    more/repeat/axis: tf.experimental.numpy.repeat(I, 2, 1)
    more/repeat/each: tf.experimental.numpy.repeat(I, [1, 2], 0)
    more/repeat/scalar: tf.experimental.numpy.repeat(3, 4)
    more/tile/one: tf.experimental.numpy.tile([1, 2], 2)
    more/tile/more: tf.experimental.numpy.tile([1, 2], (2, 2))
    more/tile/fewer: tf.experimental.numpy.tile(I, 2)
    more/concatenate/default: tf.experimental.numpy.concatenate([I, M[:1, :3]])
    more/concatenate/axis: tf.experimental.numpy.concatenate([I, I], 1)
    more/concatenate/promotes: tf.experimental.numpy.concatenate([np.ones(1, "f4"), np.ones(1, "i8")])
    more/concatenate/empty: tf.experimental.numpy.concatenate([])  # raises: at least one
    more/stack/default: tf.experimental.numpy.stack([I, I])
    more/stack/axis: tf.experimental.numpy.stack([I, I], -1)
    more/stack/promotes: tf.experimental.numpy.stack([np.ones(1, "f4"), np.ones(1, "f8")])
    more/hstack/vectors: tf.experimental.numpy.hstack([[1, 2], [3.0]])
    more/hstack/matrices: tf.experimental.numpy.hstack([I, I])
    more/vstack: tf.experimental.numpy.vstack([[1, 2], [3, 4]])
    more/dstack: tf.experimental.numpy.dstack([[1, 2], [3, 4]])
    more/atleast/several: tf.experimental.numpy.atleast_2d(1, [2])
    more/atleast_3d/matrix: tf.experimental.numpy.atleast_3d(I)
    more/split/sections: tf.experimental.numpy.split(np.arange(6), 3)
    more/split/indices: tf.experimental.numpy.split(np.arange(6), [1, 4])
    more/split/indices_past: tf.experimental.numpy.split(np.arange(6), [3, 9])
    more/split/indices_back: tf.experimental.numpy.split(np.arange(6), [3, 1])  # raises: smaller than
    more/split/axis: tf.experimental.numpy.split(M, 2, axis=1)
    more/hsplit: tf.experimental.numpy.hsplit(tf.constant(M), 2)
    more/hsplit/vector: tf.experimental.numpy.hsplit(tf.range(4), 2)
    more/vsplit: tf.experimental.numpy.vsplit(tf.constant(M), [1])
    more/dsplit: tf.experimental.numpy.dsplit(tf.ones([1, 1, 4]), 2)
    more/vsplit/uneven: tf.experimental.numpy.vsplit(tf.constant(M), 2)  # raises: equal division
    more/broadcast_to: tf.experimental.numpy.broadcast_to([1, 2], [2, 2])
    more/broadcast_arrays: tf.experimental.numpy.broadcast_arrays([[1], [2]], [3, 4])
    more/broadcast_arrays/subok: tf.experimental.numpy.broadcast_arrays([1], subok=True)  # raises: subok
    more/flip/axis: tf.experimental.numpy.flip(I, 1)
    more/flipud: tf.experimental.numpy.flipud(I)
    more/fliplr: tf.experimental.numpy.fliplr(I)
    more/roll/flat: tf.experimental.numpy.roll(I, 1)
    more/roll/axis: tf.experimental.numpy.roll(I, 1, 1)
    more/rot90/1: tf.experimental.numpy.rot90(I)
    more/rot90/2: tf.experimental.numpy.rot90(I, 2)
    more/rot90/3: tf.experimental.numpy.rot90(I, -1)
    more/rot90/4: tf.experimental.numpy.rot90(I, 4)
    more/where/three: tf.experimental.numpy.where([True, False], 1, 2.5)
    more/where/one: tf.experimental.numpy.where([[True, False], [False, True]])
    more/where/half: tf.experimental.numpy.where([True], 1)  # raises: Both x and y
    more/select: tf.experimental.numpy.select([M[0] > 2, M[0] > 0], [M[0], M[0] * 10], -1)
    more/select/lengths: tf.experimental.numpy.select([M > 2], [])  # raises: equal to choicelist
    more/select/empty: tf.experimental.numpy.select([], [])  # raises: non-empty
    more/nonzero: tf.experimental.numpy.nonzero(I)
    more/compress: tf.experimental.numpy.compress([True, False, True], M, 0)
    more/compress/short: tf.experimental.numpy.compress([False, True], M, 1)
    more/compress/flat: tf.experimental.numpy.compress([False, True], M)
    more/compress/matrix: tf.experimental.numpy.compress(M > 1, M)  # raises: 1-d
    more/ix_: tf.experimental.numpy.ix_([0, 1], [True, False, True])
    more/ix_/floats: tf.experimental.numpy.ix_([0.5])  # raises: integer and bool
    more/ix_/matrix: tf.experimental.numpy.ix_(I)  # raises: 1-d
    more/append/axis: tf.experimental.numpy.append(I, I, 0)
    more/clip/both: tf.experimental.numpy.clip(I, 1, 4)
    more/clip/low: tf.experimental.numpy.clip(I, 2, None)
    more/clip/high: tf.experimental.numpy.clip(M, None, 2.5)
    more/clip/none: tf.experimental.numpy.clip(I, None, None)  # raises: Not more than one
    more/clip/promotes: tf.experimental.numpy.clip(I, 0.5, 3)
    more/matmul/matrices: tf.experimental.numpy.matmul(I, M)
    more/matmul/vector: tf.experimental.numpy.matmul(M, [1, 2, 3, 4])
    more/matmul/vector_left: tf.experimental.numpy.matmul([1, 2, 3], M)
    more/matmul/vectors: tf.experimental.numpy.matmul([1.0, 2.0], [3.0, 4.0])
    more/matmul/stacks: tf.experimental.numpy.matmul(np.ones((2, 1, 3, 2)), np.ones((4, 2, 3)))
    more/matmul/wrong: tf.experimental.numpy.matmul(I, I)  # raises
    more/dot/matrices: tf.experimental.numpy.dot(I, M)
    more/dot/scalar: tf.experimental.numpy.dot(2, I)
    more/dot/stacks: tf.experimental.numpy.dot(np.ones((2, 3)), np.ones((4, 3, 5))).shape
    more/tensordot: tf.experimental.numpy.tensordot(I, M, 1)
    more/tensordot/axes: tf.experimental.numpy.tensordot(I, M, [[1], [0]])
    more/inner/matrices: tf.experimental.numpy.inner(I, I)
    more/kron/matrices: tf.experimental.numpy.kron([[1, 2]], [[1], [3.0]])
    more/kron/ranks: tf.experimental.numpy.kron([1, 2], [[1, 2]])
    more/cross/three: tf.experimental.numpy.cross([1, 2, 3], [4, 5, 6])
    more/cross/two: tf.experimental.numpy.cross([1, 2], [4, 5])
    more/cross/mixed: tf.experimental.numpy.cross([1.0, 2.0, 3.0], [4.0, 5.0])
    more/cross/axis: tf.experimental.numpy.cross(M, M + 1, axis=0)
    more/vdot/complex: tf.experimental.numpy.vdot(np.array([1 + 1j, 2]), np.array([1j, 3]))
    more/einsum: tf.experimental.numpy.einsum("ij,jk->ik", I, M)
    more/einsum/no_casting: tf.experimental.numpy.einsum("ij->j", I, casting="no")
    more/einsum/casting: tf.experimental.numpy.einsum("ij->j", I, casting="x")  # raises: casting
    more/einsum/optimize: tf.experimental.numpy.einsum("ij->j", I, optimize="x")  # raises: optimize
    more/polyval: tf.experimental.numpy.polyval([1, 2, 3], [0.5, 2.0])
    more/polyval/constant: tf.experimental.numpy.polyval(4, [0.5, 2.0])
    more/isclose/nan: tf.experimental.numpy.isclose([np.nan, 1.0], [np.nan, 1.0], equal_nan=True)
    more/around/decimals: tf.experimental.numpy.around([1.25, 2.349], 1)
    more/around/ints: tf.experimental.numpy.around([15, 25], -1)
    more/round: tf.experimental.numpy.round([0.5, 1.5])
    more/angle/degrees: tf.experimental.numpy.angle([1j, -1], True)
    more/sign/out: tf.experimental.numpy.sign(I, out=True)  # raises: setting out
    more/diff/two: tf.experimental.numpy.diff([1, 4, 9, 16], 2)
    more/diff/axis: tf.experimental.numpy.diff(M, axis=0)
    more/diff/outside: tf.experimental.numpy.diff([1], axis=2)  # raises: out of bounds
    more/diff/negative: tf.experimental.numpy.diff([1], -1)  # raises: non-negative
    more/isinf: tf.experimental.numpy.isinf(tf.constant([np.inf, 1.0]))
    more/isposinf: tf.experimental.numpy.isposinf(tf.constant([np.inf, -np.inf]))
    more/isneginf: tf.experimental.numpy.isneginf(tf.constant([np.inf, -np.inf]))
    more/isneginf/ints: tf.experimental.numpy.isneginf(tf.constant([1]))
    more/var/ddof: tf.experimental.numpy.var(M, axis=0, ddof=1, dtype="float64")
    more/var/out: tf.experimental.numpy.var(M, out=M)  # raises: out
    more/mean/out: tf.experimental.numpy.mean(M, out=M)  # raises: out
    more/average/weights: tf.experimental.numpy.average([1, 2, 3], weights=[3.0, 2.0, 1.0])
    more/average/axis_weights: tf.experimental.numpy.average(M, axis=0, weights=[1, 2, 3])
    more/average/returned: tf.experimental.numpy.average(M, axis=1, returned=True)
    more/average/returned_weights: tf.experimental.numpy.average([1.0, 3.0], weights=[1.0, 3.0], returned=True)
    more/average/axis: tf.experimental.numpy.average(M, axis=(0, 1))  # raises: integer
    more/sort/descending_kind: tf.experimental.numpy.sort([2, 1], kind="mergesort")  # raises: kind
    more/sort/order: tf.experimental.numpy.sort([2, 1], order="x")  # raises: order
    more/sort/flat: tf.experimental.numpy.sort(M[::-1], axis=None)
    more/argsort/stable: tf.experimental.numpy.argsort([2, 1, 2, 1], kind="stable")
    more/argsort/flat: tf.experimental.numpy.argsort(I[::-1], axis=None)
    more/argsort/kind: tf.experimental.numpy.argsort([2, 1], kind="heapsort")  # raises: kind
    more/argmax/flat: tf.experimental.numpy.argmax(M)
    more/size/axis: tf.experimental.numpy.size(M, 0)  # raises: axis
    more/result_type/scalars: tf.experimental.numpy.result_type(np.float32, 1.5)
    more/result_type/none: tf.experimental.numpy.result_type()
    more/result_type/tensors: tf.experimental.numpy.result_type(tf.constant(1), tf.constant(1.0))
    more/result_type/dtypes: tf.experimental.numpy.result_type(tf.int8, "uint16")
    more/promote_types: tf.experimental.numpy.promote_types("int8", tf.uint8).name
    more/finfo: (tf.experimental.numpy.finfo(tf.float32).bits, tf.experimental.numpy.finfo("float16").bits)
    more/iinfo: tf.experimental.numpy.iinfo("int8").max
    more/issubdtype: tf.experimental.numpy.issubdtype(tf.experimental.numpy.float32, tf.experimental.numpy.inexact)
    more/constants: (tf.experimental.numpy.pi, tf.experimental.numpy.e, tf.experimental.numpy.inf, tf.experimental.numpy.newaxis)
    more/random/seeded: _seeded(tf, lambda r: r.randn(3))
    more/random/uniform_shape: tf.experimental.numpy.random.uniform(size=[2, 3]).shape
    more/random/rand: tf.experimental.numpy.random.rand(2, 2).dtype
    more/random/randint: tf.experimental.numpy.random.randint(3, size=[4]).dtype
    more/random/randint_dtype: tf.experimental.numpy.random.randint(3, dtype="int16")  # raises: dtype
    more/random/poisson: tf.experimental.numpy.random.poisson(2.0, [3]).dtype
    more/random/seed: tf.experimental.numpy.random.seed([1])  # raises
    more/function/unknown: _unknown(tf, lambda tnp, x: tnp.cumsum(tnp.sort(x, axis=-1), axis=1))
    more/function/matmul: _unknown(tf, lambda tnp, x: tnp.matmul(x, tnp.transpose(x)))
    more/function/where: _unknown(tf, lambda tnp, x: tnp.where(x > 2.0, x, 0))
    more/function/take: _unknown(tf, lambda tnp, x: tnp.take_along_axis(x, tnp.argsort(-x), 1))
    more/function/kron: _unknown(tf, lambda tnp, x: tnp.kron(x, tnp.ones([1, 2])))
    more/function/roll: _unknown(tf, lambda tnp, x: tnp.roll(x, 1))
    more/function/hstack: _unknown(tf, lambda tnp, x: tnp.hstack([x, x]))
    more/function/vander: tf.function(lambda x: tf.experimental.numpy.vander(x))(tf.constant([1.0, 2.0]))
    more/tape/tanh: _gradient(tf, lambda tnp, x: tnp.sum(tnp.tanh(x) * 2))
    more/tape/logaddexp: _gradient(tf, lambda tnp, x: tnp.logaddexp(x, 1.0))
    more/tape/var: _gradient(tf, lambda tnp, x: tnp.var(x))
    more/tape/kron: _gradient(tf, lambda tnp, x: tnp.kron(x, [1.0, 2.0]))
""")


def _seeded(tf, function):
    tf.experimental.numpy.random.seed(7)
    return function(tf.experimental.numpy.random)


def _unknown(tf, function):
    traced = tf.function(
        lambda x: function(tf.experimental.numpy, x), input_signature=[tf.TensorSpec([None, None], tf.float64)]
    )
    return traced(tf.constant(M))


def _gradient(tf, function):
    x = tf.constant([0.5, -1.0, 2.0])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = function(tf.experimental.numpy, x)
    return tape.gradient(y, x)
