"""Reductions, cumulative functions, sorting, searching and counting."""

from tests.parity.case import Family, attribute
from tests.parity.values import COMPLEX, EVERY, FLOATS, INF, NAN, edges, ramp_tensor, tensor

case = Family(__name__)

SUMS = """
    reduce_sum reduce_prod reduce_mean reduce_max reduce_min reduce_all reduce_any math.reduce_logsumexp
    math.reduce_std math.reduce_variance math.reduce_euclidean_norm
""".split()
LOGICAL = ("reduce_all", "reduce_any")


def x(tf, *shape, dtype="float32"):
    return ramp_tensor(tf, shape, dtype)


def of(tf, name, shape):
    """An argument that `name` takes."""
    return x(tf, *shape, dtype="bool" if name in LOGICAL else "float32")


AXES = {
    "all": None,
    "first": 0,
    "last": -1,
    "two": [0, 2],
    "negative": [-1, -2],
    "none": [],
    "tuple": (1,),
}
for name in SUMS:
    f = name.rpartition(".")[2]
    for dtype in EVERY:
        case.either(
            f"{f}/dtype_{dtype}",
            lambda tf, name, dtype: attribute(tf, name)(x(tf, 2, 3, dtype=dtype), 1),
            name,
            dtype,
        )
    for label, axis in AXES.items():
        for keep in (False, True):
            case(
                f"{f}/axis_{label}{'_keepdims' if keep else ''}",
                lambda tf, name, axis, keep: attribute(tf, name)(
                    of(tf, name, (2, 3, 2)), axis=axis, keepdims=keep
                ),
                name,
                axis,
                keep,
            )
    for shape in [(), (0,), (2, 0), (0, 2)]:
        for axis in [None, -1] if shape else [None]:
            case(
                f"{f}/shape_{shape}_axis_{axis}".replace(" ", ""),
                lambda tf, name, shape, axis: attribute(tf, name)(of(tf, name, shape), axis=axis),
                name,
                shape,
                axis,
            )
    case(
        f"{f}/tensor_axis", lambda tf, name: attribute(tf, name)(of(tf, name, (2, 3)), tf.constant([0])), name
    )
    case(
        f"{f}/int64_axis",
        lambda tf, name: attribute(tf, name)(of(tf, name, (2, 3)), tf.constant(1, tf.int64)),
        name,
    )
    for label, axis in {"out_of_range": 2, "too_low": -3, "float": 0.5, "text": "a"}.items():
        case.raises(
            f"{f}/axis_{label}",
            lambda tf, name, axis: attribute(tf, name)(of(tf, name, (2, 3)), axis),
            name,
            axis,
        )
    case.raises(
        f"{f}/axis_repeated", lambda tf, name: attribute(tf, name)(of(tf, name, (2, 3)), [0, 0]), name
    )
    case.raises(f"{f}/text", lambda tf, name: attribute(tf, name)("a"), name)
    if name not in LOGICAL:
        for label, values in {
            "nan": [1.0, NAN, 2.0],
            "inf": [1.0, INF],
            "both": [INF, -INF],
            "low": [-INF, -INF],
        }.items():
            case(f"{f}/{label}", lambda tf, name, values: attribute(tf, name)(values), name, values)

case.table("""
    reduce_sum/int_overflow: tf.reduce_sum([2**31 - 1, 1])
    reduce_sum/uint8_overflow: tf.reduce_sum(tf.constant([200, 100], tf.uint8))
    reduce_sum/keywords: tf.reduce_sum(input_tensor=[1, 2], axis=0, keepdims=True)
    reduce_sum/python_list: tf.reduce_sum([[1, 2], [3, 4]], 0)
    reduce_sum/slices: tf.reduce_sum(tf.IndexedSlices(tf.ones([1, 2]), tf.constant([2]), tf.constant([3, 2])))
    reduce_mean/integers_round_down: tf.reduce_mean([1, 2, 2])
    reduce_mean/negative_integers: tf.reduce_mean([-1, -2, -2])
    reduce_mean/int8: tf.reduce_mean(tf.constant([100, 100, 100], tf.int8))
    reduce_max/empty_int: tf.reduce_max(tf.zeros([0], tf.int32))
    reduce_min/empty_int: tf.reduce_min(tf.zeros([0], tf.int32))
    reduce_max/empty_uint8: tf.reduce_max(tf.zeros([0], tf.uint8))
    reduce_std/integers: tf.math.reduce_std([1, 2])  # raises
    reduce_variance/complex: tf.math.reduce_variance(tf.constant([1 + 1j, 2 - 1j]))
    reduce_logsumexp/large: tf.reduce_logsumexp([1000.0, 1000.0])
    reduce_logsumexp/very_negative: tf.reduce_logsumexp([-1000.0, -1000.0])
    reduce_all/numbers: tf.reduce_all([1, 0])  # raises: bool
    count_nonzero/all: tf.math.count_nonzero([[0, 1], [2, 0]])
    count_nonzero/axis: tf.math.count_nonzero([[0, 1], [2, 0]], axis=1, keepdims=True)
    count_nonzero/dtype: tf.math.count_nonzero([0.0, -0.0, 1.0], dtype=tf.int32)
    count_nonzero/nan: tf.math.count_nonzero([0.0, NAN])
    count_nonzero/bool: tf.math.count_nonzero([True, False])
    count_nonzero/text: tf.math.count_nonzero(["", "a"])
    cumsum/vector: tf.cumsum([1.0, 2.0, 3.0])
    cumsum/exclusive: tf.cumsum([1, 2, 3], exclusive=True)
    cumsum/reverse: tf.cumsum([1, 2, 3], reverse=True)
    cumsum/both: tf.cumsum([1, 2, 3], exclusive=True, reverse=True)
    cumsum/axis: tf.cumsum([[1, 2], [3, 4]], axis=1)
    cumsum/negative_axis: tf.cumsum([[1, 2], [3, 4]], -1)
    cumsum/empty: tf.cumsum(tf.zeros([0]))
    cumsum/nan: tf.cumsum([1.0, NAN, 2.0])
    cumsum/scalar: tf.cumsum(1.0)  # raises
    cumsum/out_of_range: tf.cumsum([1.0], 1)  # raises: 1
    cumsum/bool: tf.cumsum([True])  # raises
    cumprod/vector: tf.math.cumprod([1.0, 2.0, 3.0])
    cumprod/exclusive: tf.math.cumprod([2, 3, 4], exclusive=True)
    cumprod/reverse: tf.math.cumprod([2, 3, 4], reverse=True)
    cumprod/both: tf.math.cumprod([2, 3, 4], exclusive=True, reverse=True)
    cumprod/zero: tf.math.cumprod([2.0, 0.0, 3.0])
    cumulative_logsumexp/vector: tf.math.cumulative_logsumexp([1.0, 2.0, 3.0])
    cumulative_logsumexp/exclusive: tf.math.cumulative_logsumexp([1.0, 2.0], exclusive=True)
    cumulative_logsumexp/reverse: tf.math.cumulative_logsumexp([1.0, 2.0, 3.0], reverse=True)
    cumulative_logsumexp/inf: tf.math.cumulative_logsumexp([-INF, 0.0, INF])
    cumulative_logsumexp/axis: tf.math.cumulative_logsumexp([[1.0, 2.0], [3.0, 4.0]], axis=0)
    argmax/default_axis: tf.argmax([[1, 5], [3, 2]])
    argmax/axis: tf.argmax([[1, 5], [3, 2]], axis=1)
    argmax/negative_axis: tf.argmax([[1, 5], [3, 2]], axis=-1)
    argmax/ties_give_the_first: tf.argmax([2, 3, 3, 1])
    argmax/int32: tf.argmax([1.0, 2.0], output_type=tf.int32)
    argmax/nan: tf.argmax([1.0, NAN, 3.0])
    argmax/inf: tf.argmax([-INF, -INF])
    argmax/bool: tf.argmax([False, True, True])
    argmax/scalar: tf.argmax(5)  # raises
    argmax/empty: tf.argmax(tf.zeros([0]))  # raises
    argmax/empty_other_axis: tf.argmax(tf.zeros([2, 0]), axis=0)
    argmax/out_of_range: tf.argmax([1, 2], axis=1)  # raises: 1
    argmax/text: tf.argmax(["a"])  # raises
    argmax/output_type: tf.argmax([1, 2], output_type=tf.float32)  # raises
    argmin/default_axis: tf.argmin([[1, 5], [3, 2]])
    argmin/axis: tf.argmin([[1, 5], [3, 2]], axis=1)
    argmin/ties_give_the_first: tf.argmin([2, 1, 1, 3])
    argmin/nan: tf.argmin([1.0, NAN, 0.0])
    argmin/bool: tf.argmin([True, False])
    sort/ascending: tf.sort([3.0, 1.0, 2.0])
    sort/descending: tf.sort([3, 1, 2], direction="DESCENDING")
    sort/axis: tf.sort([[3, 1], [2, 4]], axis=0)
    sort/last_axis: tf.sort([[3, 1], [2, 4]])
    sort/negative_axis: tf.sort([[3, 1], [2, 4]], axis=-2, direction="DESCENDING")
    sort/empty: tf.sort(tf.zeros([0]))
    sort/int_min: tf.sort([0, -(2**31), 2**31 - 1])
    sort/int_min_descending: tf.sort([0, -(2**31), 2**31 - 1], direction="DESCENDING")
    sort/uint8: tf.sort(tf.constant([3, 0, 255], tf.uint8))
    sort/bfloat16: tf.sort(tf.constant([3, 0, -1], tf.bfloat16))
    sort/inf: tf.sort([INF, 1.0, -INF])
    sort/scalar: tf.sort(1.0)  # raises
    sort/unknown_direction: tf.sort([1], direction="UP")  # raises: UP
    sort/axis_out_of_range: tf.sort([1, 2], axis=3)  # raises
    sort/text: tf.sort(["b", "a"])  # raises
    sort/complex: tf.sort(tf.constant([1j, 0j]))  # raises
    argsort/ascending: tf.argsort([3.0, 1.0, 2.0])
    argsort/descending: tf.argsort([3, 1, 2], direction="DESCENDING")
    argsort/ties_keep_their_order: tf.argsort([2, 1, 2, 1], stable=True)
    argsort/ties_descending: tf.argsort([2, 1, 2, 1], direction="DESCENDING", stable=True)
    argsort/axis: tf.argsort([[3, 1], [2, 4]], axis=0)
    top_k/two: tf.math.top_k([1.0, 3.0, 2.0], 2)
    top_k/default: tf.math.top_k([1, 3, 2])
    top_k/matrix: tf.math.top_k([[1, 3, 2], [6, 5, 4]], 2)
    top_k/ties: tf.math.top_k([1, 3, 3, 3], 2)
    top_k/all: tf.math.top_k([5, 7], 2, sorted=True)
    top_k/zero: tf.math.top_k([5, 7], 0)
    top_k/index_type: tf.math.top_k([1, 3], 1, index_type=tf.int64)
    top_k/fields: tf.math.top_k([1.0, 3.0, 2.0], 2).indices
    top_k/too_many: tf.math.top_k([1, 2], 3)  # raises: 3
    top_k/negative: tf.math.top_k([1, 2], -1)  # raises
    top_k/scalar: tf.math.top_k(1)  # raises
    in_top_k/rows: tf.math.in_top_k([0, 1], [[0.1, 0.9], [0.2, 0.8]], 1)
    in_top_k/ties: tf.math.in_top_k([0, 1], [[0.5, 0.5], [0.5, 0.5]], 1)
    in_top_k/nan: tf.math.in_top_k([0], [[NAN, 0.5]], 1)
    in_top_k/out_of_range: tf.math.in_top_k([5], [[0.1, 0.5]], 1)
    in_top_k/sizes: tf.math.in_top_k([0], [[0.1, 0.9], [0.2, 0.8]], 1)  # raises
    searchsorted/left: tf.searchsorted([1, 3, 5], [0, 1, 2, 5, 6])
    searchsorted/right: tf.searchsorted([1, 3, 5], [0, 1, 2, 5, 6], side="right")
    searchsorted/rows: tf.searchsorted([[1, 3], [2, 4]], [[2], [4]])
    searchsorted/int64: tf.searchsorted([1.0, 2.0], [1.5], out_type=tf.int64)
    searchsorted/empty: tf.searchsorted(tf.zeros([0]), [1.0])
    searchsorted/empty_values: tf.searchsorted([1.0], tf.zeros([0]))
    searchsorted/nan: tf.searchsorted([1.0, 2.0], [NAN])
    searchsorted/unknown_side: tf.searchsorted([1], [1], side="middle")  # raises: side
    searchsorted/rows_differ: tf.searchsorted([[1, 3], [2, 4]], [[2]])  # raises
    bincount/vector: tf.math.bincount([1, 1, 3])
    bincount/minlength: tf.math.bincount([1], minlength=4)
    bincount/maxlength: tf.math.bincount([1, 5], maxlength=3)
    bincount/weights: tf.math.bincount([1, 1, 3], weights=[0.5, 0.25, 2.0])
    bincount/dtype: tf.math.bincount([1], dtype=tf.int64)
    bincount/empty: tf.math.bincount(tf.zeros([0], tf.int32))
    bincount/axis: tf.math.bincount([[1, 2], [0, 1]], axis=-1)
    bincount/binary: tf.math.bincount([[1, 1], [0, 1]], axis=-1, binary_output=True)
    bincount/matrix: tf.math.bincount([[1, 2], [0, 1]])
    bincount/negative: tf.math.bincount([-1])  # raises
    bincount/weights_shape: tf.math.bincount([1, 2], weights=[1.0])  # raises
    bincount/binary_with_weights: tf.math.bincount([1], weights=[1.0], binary_output=True, axis=-1)  # raises
    histogram_fixed_width/values: tf.histogram_fixed_width([-1.0, 0.0, 1.5, 5.0, 15.0], [0.0, 5.0], nbins=5)
    histogram_fixed_width/int64: tf.histogram_fixed_width([1.0], [0.0, 5.0], 2, dtype=tf.int64)
    histogram_fixed_width/range: tf.histogram_fixed_width([1.0], [5.0, 0.0], 2)  # raises
    histogram_fixed_width/nbins: tf.histogram_fixed_width([1.0], [0.0, 5.0], 0)  # raises
    histogram_fixed_width_bins/values: tf.histogram_fixed_width_bins([-1.0, 0.0, 1.5, 15.0], [0.0, 5.0], 5)
    histogram_fixed_width_bins/nbins: tf.histogram_fixed_width_bins([1.0], [0.0, 5.0], -1)  # raises
    confusion_matrix/classes: tf.math.confusion_matrix([1, 2, 2], [1, 2, 0])
    confusion_matrix/num_classes: tf.math.confusion_matrix([0, 1], [0, 1], num_classes=3)
    confusion_matrix/weights: tf.math.confusion_matrix([0, 1], [0, 1], weights=[2, 3])
    confusion_matrix/dtype: tf.math.confusion_matrix([0, 1], [1, 1], dtype=tf.float32)
    confusion_matrix/column: tf.math.confusion_matrix([[0], [1]], [1, 1])
    confusion_matrix/too_large: tf.math.confusion_matrix([5], [0], num_classes=2)  # raises
    confusion_matrix/negative: tf.math.confusion_matrix([-1], [0])  # raises
    confusion_matrix/lengths: tf.math.confusion_matrix([0, 1], [0])  # raises
    zero_fraction/some: tf.math.zero_fraction([0.0, 1.0, 0.0, 2.0])
    zero_fraction/empty: tf.math.zero_fraction(tf.zeros([0]))
    zero_fraction/int: tf.math.zero_fraction([0, 1])
    l2_normalize/vector: tf.math.l2_normalize([3.0, 4.0])
    l2_normalize/axis: tf.math.l2_normalize([[3.0, 4.0], [0.0, 0.0]], axis=1)
    l2_normalize/axes: tf.math.l2_normalize(x(tf, 2, 2, 2), axis=[0, 2])
    l2_normalize/epsilon: tf.math.l2_normalize([0.1, 0.1], epsilon=1.0)
    is_non_decreasing/yes: tf.math.is_non_decreasing([1, 1, 2])
    is_non_decreasing/no: tf.math.is_non_decreasing([2, 1])
    is_non_decreasing/empty: tf.math.is_non_decreasing(tf.zeros([0]))
    is_strictly_increasing/no: tf.math.is_strictly_increasing([1, 1, 2])
    is_strictly_increasing/yes: tf.math.is_strictly_increasing([1, 2])
    approx_max_k/two: tf.math.approx_max_k([1.0, 3.0, 2.0], 2)
    invert_permutation/three: tf.math.invert_permutation([2, 0, 1])
    invert_permutation/repeated: tf.math.invert_permutation([0, 0])  # raises
    invert_permutation/out_of_range: tf.math.invert_permutation([0, 5])  # raises
    invert_permutation/int64: tf.math.invert_permutation(tf.constant([1, 0], tf.int64))
""")


@case("argsort/is_stable_for_many_ties")
def _(tf):
    return tf.argsort([i % 3 for i in range(20)], stable=True)


@case("searchsorted/rows_of_a_cube")
def _(tf):
    rows = [[[1.0, 3.0, 5.0], [2.0, 2.0, 2.0]]]
    return tf.searchsorted(rows, [[[3.0], [2.0]]], side="right")


FOR_DTYPES = {
    "cumsum": lambda tf, t: tf.cumsum(t),
    "cumprod": lambda tf, t: tf.math.cumprod(t),
    "cumulative_logsumexp": lambda tf, t: tf.math.cumulative_logsumexp(t),
    "argmax": lambda tf, t: tf.argmax(t),
    "argmin": lambda tf, t: tf.argmin(t),
    "sort": lambda tf, t: tf.sort(t),
    "argsort": lambda tf, t: tf.argsort(t),
    "top_k": lambda tf, t: tf.math.top_k(t, 2),
    "count_nonzero": lambda tf, t: tf.math.count_nonzero(t),
}
for name, f in FOR_DTYPES.items():
    for dtype in EVERY:
        if dtype not in FLOATS + COMPLEX:
            case.either(
                f"{name}/dtype_{dtype}", lambda tf, f, dtype: f(tf, tensor(tf, edges(dtype), dtype)), f, dtype
            )
        else:
            case.either(f"{name}/dtype_{dtype}", lambda tf, f, dtype: f(tf, x(tf, 4, dtype=dtype)), f, dtype)
