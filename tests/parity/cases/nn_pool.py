"""tf.nn's pools: windows, strides, paddings, layouts, ties, NaN; gradients of both orders."""

import numpy as np

from tests.parity.case import Family
from tests.parity.gradients import first_order, second_order
from tests.parity.values import FLOATS, INTS

case = Family(__name__)
NAN = float("nan")


def drawn(*shape, seed=0):
    return np.random.default_rng(seed).uniform(-1, 1, shape).astype("f4")


X = drawn(2, 7, 6, 3)
TIES = np.round(drawn(1, 6, 5, 2) * 1.4).astype("f4")
EDGES = np.array([[1, 3, 3, 2], [3, 3, NAN, 0], [NAN, 1, 2, 2], [0, 0, 0, -1]], "f4")[None, :, :, None]
VOLUME, FLAT = drawn(1, 4, 5, 4, 2), drawn(2, 9, 3)
EXPLICIT = [[0, 0], [1, 0], [0, 1], [0, 0]]
KINDS = ("max", "avg")

for kind in KINDS:
    for size in (1, 2, 3, 4, [2, 3]):
        for stride in (1, 2, 3, [1, 2]):
            for padding in ("SAME", "VALID"):
                at = f"{kind}/{str(size).replace(' ', '')}/{str(stride).replace(' ', '')}/{padding}"
                f = lambda tf, x, k=kind, n=size, s=stride, p=padding: getattr(tf.nn, f"{k}_pool2d")(
                    x, n, s, p
                )
                case(f"{at}/value", lambda tf, f: f(tf, X), f, loose=4)
                case(f"{at}/gradient", first_order, f, X, loose=10)
                if isinstance(size, int) and isinstance(stride, int) and size > 1:
                    case(f"{at}/ties", first_order, f, TIES, loose=10)
                    case(f"{at}/second", second_order, lambda tf, x, f=f: f(tf, x) ** 3, X[:1], loose=20)
    for size, stride in ((2, 1), (2, 2), (3, 2)):
        for padding in ("SAME", "VALID"):
            at = f"{size}/{stride}/{padding}"
            f = lambda tf, x, k=kind, n=size, s=stride, p=padding: getattr(tf.nn, f"{k}_pool")(x, n, s, p)
            case(f"{kind}1d/{at}", first_order, f, FLAT, loose=10)
            f = lambda tf, x, k=kind, n=size, s=stride, p=padding: getattr(tf.nn, f"{k}_pool3d")(
                x, n, s, p
            )
            case(f"{kind}3d/{at}/value", lambda tf, f: f(tf, VOLUME), f, loose=4)
            case(f"{kind}3d/{at}/gradient", first_order, f, VOLUME, loose=10)
            case(f"{kind}3d/{at}/ties", first_order, f, np.round(VOLUME * 1.4), loose=10)
            case(f"{kind}3d/{at}/second", second_order, lambda tf, x, f=f: f(tf, x) ** 3, VOLUME, loose=20)
            case.either(
                f"{kind}/channels_first/{at}",
                lambda tf, k, n, s, p: getattr(tf.nn, f"{k}_pool")(X, n, s, p, "NCHW"), kind, size, stride, padding,
                loose=4,
            )  # fmt: skip
            case.either(
                f"{kind}1d/channels_first/{at}",
                lambda tf, k, n, s, p: getattr(tf.nn, f"{k}_pool")(FLAT, n, s, p, "NCW"), kind, size, stride, padding,
                loose=4,
            )  # fmt: skip
    for dtype in (*FLOATS, *INTS, "bool", "string"):
        case.either(
            f"{kind}/dtype/{dtype}",
            lambda tf, k, d: getattr(tf.nn, f"{k}_pool2d")(
                tf.zeros([1, 2, 2, 1], d) if d == "string" else tf.cast([[[[1], [5]], [[3], [2]]]], d), 2, 1, "SAME"
            ), kind, dtype, loose=2,
        )  # fmt: skip
        case.either(
            f"{kind}3d/dtype/{dtype}",
            lambda tf, k, d: getattr(tf.nn, f"{k}_pool3d")(
                tf.zeros([1, 1, 2, 2, 1], d) if d == "string" else tf.cast([[[[[1], [5]], [[3], [2]]]]], d), 2, 1, "SAME"
            ), kind, dtype, loose=2,
        )  # fmt: skip
    for size in (2, 3):
        for padding in ("SAME", "VALID"):
            case(
                f"{kind}/nan/{size}/{padding}",
                lambda tf, k, n, p: getattr(tf.nn, f"{k}_pool2d")(EDGES, n, 1, p), kind, size, padding,
            )  # fmt: skip
            case(
                f"{kind}/infinite/{size}/{padding}",
                lambda tf, k, n, p: getattr(tf.nn, f"{k}_pool2d")(
                    np.where(np.isnan(EDGES), np.float32(-np.inf), EDGES), n, 1, p
                ),
                kind, size, padding,
            )  # fmt: skip
    case(f"{kind}/empty/batch", lambda tf, k: getattr(tf.nn, f"{k}_pool")(tf.zeros([0, 4, 4, 1]), 2, 2, "SAME"), kind)
    case(f"{kind}/whole", first_order, lambda tf, x, k=kind: getattr(tf.nn, f"{k}_pool2d")(x, [7, 6], 1, "VALID"), X, loose=10)

for size, stride in ((2, 1), (2, 2), (3, 2)):
    for padding in ("SAME", "VALID"):
        for whole in (False, True):
            case(
                f"argmax/{size}/{stride}/{padding}/{whole}",
                lambda tf, n, s, p, w: tf.nn.max_pool_with_argmax(TIES, n, s, p, include_batch_in_index=w),
                size, stride, padding, whole,
            )  # fmt: skip
        f = lambda tf, x, n=size, s=stride, p=padding: tf.nn.max_pool_with_argmax(x, n, s, p)[0]
        case(f"argmax/{size}/{stride}/{padding}/gradient", first_order, f, X)
        case(f"argmax/{size}/{stride}/{padding}/batch", first_order, lambda tf, x, n=size, s=stride, p=padding: (
            tf.nn.max_pool_with_argmax(x, n, s, p, include_batch_in_index=True)[0]), X)  # fmt: skip
        case(
            f"argmax/{size}/{stride}/{padding}/nan", lambda tf, n, s, p: tf.nn.max_pool_with_argmax(EDGES, n, s, p),
            size, stride, padding,
        )  # fmt: skip
for size in (2, 3):
    f = lambda tf, x, n=size: tf.nn.max_pool2d(x, n, 2, EXPLICIT)
    case(f"explicit/{size}", first_order, f, X)
    f1 = lambda tf, x, n=size: tf.nn.max_pool1d(x, n, 2, [[0, 0], [1, 1], [0, 0]])
    case(f"explicit1d/{size}", first_order, f1, FLAT)
    for window in ([size], [size, size], [size] * 3):
        x = (None, FLAT, X, VOLUME)[len(window)]
        for kind in ("MAX", "AVG"):
            at = f"pool/{kind}/{len(window)}/{size}"
            case(f"{at}/default", lambda tf, x, w, k: tf.nn.pool(x, w, k), x, window, kind, loose=4)
            case(
                f"{at}/dilated", lambda tf, x, w, k: tf.nn.pool(x, w, k, dilations=[2] * len(w))
                if len(w) < 3 or w[0] == 2 else tf.nn.pool(x, w, k), x, window, kind, loose=4,
            )  # fmt: skip
            case(
                f"{at}/strides", lambda tf, x, w, k: tf.nn.pool(x, w, k, [2] * len(w), "SAME"), x, window, kind, loose=4
            )
case("pool/gradient", first_order, lambda tf, x: tf.nn.pool(x, [2, 2], "AVG", dilations=[2, 1]), X, loose=10)

case.table("""
    deep/value: tf.nn.max_pool(drawn(1, 2, 2, 4), [1, 1, 1, 2], [1, 1, 1, 2], "SAME")
    deep/wrong: tf.nn.max_pool(X, [1, 2, 2, 2], 2, "SAME")  # raises: MaxPooling supports exactly one of pooling across depth or pooling across width/height
    wrong/batch: tf.nn.max_pool(X, [2, 1, 1, 1], [2, 1, 1, 1], "SAME")  # raises: Pooling is not yet supported on the batch dimension
    wrong/size: tf.nn.max_pool(X, 0, 2, "VALID")  # raises: Sliding window ksize must be positive. The specified or inferred ksize is: 1,0,0,1
    wrong/stride: tf.nn.max_pool(X, 2, 0, "VALID")  # raises: Stride must be > 0, but got 0
    wrong/padding: tf.nn.max_pool(X, 2, 2, "FOO")  # raises: 'padding', FOO
    wrong/explicit_word: tf.nn.max_pool(X, 2, 2, "EXPLICIT")  # raises: 'EXPLICIT' is not a valid value for `padding`
    wrong/rank: tf.nn.max_pool(X[0, 0], 2, 2, "SAME")  # raises: `input.shape.rank` must be 3, 4 or 5
    wrong/rank_of_avg: tf.nn.avg_pool(X[0, 0], 2, 2, "SAME")  # raises: `input.shape.rank` must be 3, 4 or 5
    wrong/rank2d: tf.nn.max_pool2d(X[0], 2, 2, "SAME")  # raises: Input must be 4 or 5-dimensional
    wrong/rank2d_avg: tf.nn.avg_pool2d(X[0], 2, 2, "SAME")  # raises: Input must be 4 or 5-dimensional
    wrong/list: tf.nn.max_pool(X, [1, 2, 3], 2, "SAME")  # raises: ksize should be of length 1, 2 or 4
    wrong/stride_list: tf.nn.avg_pool(X, 2, [1, 2, 3], "SAME")  # raises: strides should be of length 1, 2 or 4
    wrong/explicit_avg: tf.nn.avg_pool(X, 2, 2, EXPLICIT)  # raises: Expected string for argument 'padding'
    wrong/explicit_wide: tf.nn.max_pool2d(tf.ones([1, 2, 2, 1]), 2, 2, [[0, 0], [0, 1], [3, 0], [0, 0]])  # raises: Left padding 3 needs to be smaller than the window size 2
    wrong/deep3d: tf.nn.max_pool3d(X[None], [1, 2, 2, 2, 2], [1, 2, 2, 2, 1], "SAME")  # raises: Pooling is not yet supported on the depth dimension
    wrong/too_large3d: tf.nn.max_pool3d(VOLUME, 9, 2, "VALID")  # raises: Computed output size would be negative
    wrong/layout_of_argmax: tf.nn.max_pool_with_argmax(X, 2, 2, "SAME", data_format="NCHW")  # raises: `data_format` values other
    wrong/pool_kind: tf.nn.pool(X, [2, 2], "FOO")  # raises: 2-D FOO pooling is not supported
    wrong/pool_window: tf.nn.pool(X, 2, "MAX")  # raises: object of type 'int' has no len()
    wrong/pool_rank: tf.nn.pool(X, [2], "MAX")  # raises: must have rank 3
    wrong/pool_padding: tf.nn.pool(X, [2, 2], "MAX", padding="SAME", dilations=[2, 2])  # raises: pooling with 'SAME' padding is not implemented for `dilation_rate` > 1
    wrong/pool_both: tf.nn.pool(X, [2, 2], "MAX", strides=[2, 2], dilations=[2, 2])  # raises: `strides > 1` not supported in conjunction
    too_large/double: tf.nn.max_pool2d(tf.cast(X, "float64"), 8, 2, "VALID")
    too_large/avg: tf.nn.avg_pool2d(X, 8, 2, "VALID")
    argmax/int32: tf.nn.max_pool_with_argmax(X, 2, 2, "SAME", output_dtype=tf.int32)
    argmax/integers: tf.nn.max_pool_with_argmax(tf.cast(X * 9, "int32"), 2, 2, "SAME")
    argmax/too_large: tf.nn.max_pool_with_argmax(X, 8, 2, "VALID")
    raw/v2: tf.raw_ops.MaxPoolV2(input=X, ksize=[1, 2, 2, 1], strides=[1, 1, 1, 1], padding="VALID")
    raw/grad_shape: tf.raw_ops.MaxPoolGrad(orig_input=X, orig_output=X, grad=X, ksize=[1, 2, 2, 1], strides=[1, 1, 1, 1], padding="VALID")  # raises: Expected orig_output shape to be [2,6,5,3]
    fractional/ratio: tf.nn.fractional_max_pool(X, [1.0, 0.5, 1.5, 1.0])  # raises: `pooling_ratio` elements should be >= 1.0
    fractional/ends: tf.nn.fractional_max_pool(X, [1.1, 1.5, 1.5, 1.0])  # raises: `pooling_ratio` should have first and last elements with value 1.0
    fractional/list: tf.nn.fractional_avg_pool(X, 1.5)  # raises: Expected list for 'pooling_ratio'
    fractional/even: tf.nn.fractional_max_pool(X[:, :6], [1.0, 2.0, 3.0, 1.0], seed=1)
    fractional/even_avg: tf.nn.fractional_avg_pool(X[:, :6], [1.0, 2.0, 3.0, 1.0], seed=1)  # loose: 4
    fractional/overlapping: tf.nn.fractional_max_pool(X[:, :6], [1.0, 2.0, 3.0, 1.0], overlapping=True, seed=1)
    fractional/overlapping_avg: tf.nn.fractional_avg_pool(X[:, :6], [1.0, 2.0, 3.0, 1.0], overlapping=True, seed=1)  # loose: 4
    fractional/shape: tf.shape(tf.nn.fractional_max_pool(X, 1.44, pseudo_random=True)[0])
    fractional/integers: tf.nn.fractional_max_pool(tf.cast(X[:, :6] * 9, "int32"), [1.0, 2.0, 3.0, 1.0])
    blocks/to_depth: tf.nn.space_to_depth(X[:, :6], 2)
    blocks/to_space: tf.nn.depth_to_space(drawn(1, 2, 3, 8), 2)
    blocks/to_space_empty: tf.nn.depth_to_space(tf.zeros([0, 2, 3, 8]), 2)
    blocks/wrong/size: tf.nn.space_to_depth(X, 2)  # raises: Image width 6 and height 7 should be divisible by block_size: 2
    blocks/wrong/depth: tf.nn.depth_to_space(X, 2)  # raises: Input depth dimension 3 should be divisible by: 4
    blocks/wrong/one: tf.nn.space_to_depth(X, 1)  # raises: must be at least minimum 2
    blocks/wrong/rank: tf.nn.space_to_depth(X[0], 2)  # raises: Input rank should be
    blocks/wrong/layout: tf.nn.depth_to_space(X, 2, "FOO")  # raises: 'data_format', FOO
""")
case("blocks/to_depth_gradient", first_order, lambda tf, x: tf.nn.space_to_depth(x, 2), X[:, :6])
case("blocks/to_space_gradient", first_order, lambda tf, x: tf.nn.depth_to_space(x, 2), drawn(1, 2, 3, 8))
f = lambda tf, x: tf.nn.fractional_max_pool(x, [1.0, 2.0, 3.0, 1.0], overlapping=True, seed=1)[0]
case("fractional/gradient", first_order, f, X[:, :6])
f = lambda tf, x: tf.nn.fractional_avg_pool(x, [1.0, 2.0, 3.0, 1.0], overlapping=True, seed=1)[0]
case("fractional/gradient_avg", first_order, f, X[:, :6], loose=10)
for name, w in (("flat", np.zeros((2, 2, 3), "f4")), ("filter", drawn(2, 3, 3))):
    for padding in ("SAME", "VALID"):
        for stride, rate in ((1, 1), (2, 1), (1, 2)):
            at = f"{name}/{padding}/{stride}{rate}"
            args = ([1, stride, stride, 1], padding, "NHWC", [1, rate, rate, 1])
            f = lambda tf, x, w, a=args: tf.nn.dilation2d(x, w, *a)
            case(f"dilation/{at}", first_order, f, X, w)
            f = lambda tf, x, w, a=args: tf.nn.erosion2d(x, w, *a)
            case(f"erosion/{at}", first_order, f, X, w)
            case(f"dilation/{at}/value", lambda tf, w, a: tf.nn.dilation2d(X, w, *a), w, args)
            case(f"erosion/{at}/value", lambda tf, w, a: tf.nn.erosion2d(X, w, *a), w, args)
case.table("""
    dilation/nan: tf.nn.dilation2d(EDGES, tf.zeros([2, 2, 1]), [1, 1, 1, 1], "SAME", "NHWC", [1, 1, 1, 1])
    erosion/nan: tf.nn.erosion2d(EDGES, tf.zeros([2, 2, 1]), [1, 1, 1, 1], "SAME", "NHWC", [1, 1, 1, 1])
    dilation/integers: tf.nn.dilation2d(tf.cast(X * 9, "int32"), tf.ones([2, 2, 3], "int32"), [1, 1, 1, 1], "VALID", "NHWC", [1, 1, 1, 1])
    dilation/wrong/layout: tf.nn.dilation2d(X, drawn(2, 2, 3), [1, 1, 1, 1], "SAME", "NCHW", [1, 1, 1, 1])  # raises: `data_format` values other
    dilation/wrong/rank: tf.nn.dilation2d(X, drawn(2, 2, 3, 1), [1, 1, 1, 1], "SAME", "NHWC", [1, 1, 1, 1])  # raises: filter must be 3-dimensional
    dilation/wrong/depth: tf.nn.dilation2d(X, drawn(2, 2, 2), [1, 1, 1, 1], "SAME", "NHWC", [1, 1, 1, 1])  # raises: input and filter must have the same depth: 3 vs 2
    dilation/wrong/padding: tf.nn.dilation2d(X, drawn(2, 2, 3), [1, 1, 1, 1], "FOO", "NHWC", [1, 1, 1, 1])  # raises: 'padding', FOO
    dilation/wrong/count: tf.nn.dilation2d(X, drawn(2, 2, 3), [1, 1, 1], "SAME", "NHWC", [1, 1, 1, 1])  # raises: must be at least minimum 4
    dilation/wrong/batch: tf.nn.dilation2d(X, drawn(2, 2, 3), [2, 1, 1, 1], "SAME", "NHWC", [1, 1, 1, 1])  # raises: Stride is only supported across spatial dimensions
    dilation/wrong/large: tf.nn.dilation2d(X, drawn(3, 3, 3), [1, 1, 1, 1], "VALID", "NHWC", [1, 4, 4, 1])  # raises: Computed output size would be negative
    isotonic/plain: tf.nn.isotonic_regression([[3.0, 1.0, 2.0], [1.0, 5.0, 2.0]])
    isotonic/rising: tf.nn.isotonic_regression([[3.0, 1.0, 2.0], [1.0, 5.0, 2.0]], decreasing=False)
    isotonic/axis: tf.nn.isotonic_regression([[3.0, 1.0, 2.0], [1.0, 5.0, 2.0]], axis=0)
    isotonic/rising_axis: tf.nn.isotonic_regression(drawn(3, 2, 4), decreasing=False, axis=1)  # loose: 2
    isotonic/vector: tf.nn.isotonic_regression([3.0, 1.0, 2.0])
    isotonic/scalar: tf.nn.isotonic_regression(1.0)
    isotonic/empty: tf.nn.isotonic_regression(tf.ones([2, 0]))
    isotonic/integers: tf.nn.isotonic_regression([[3, 1, 2]])
    isotonic/double: tf.nn.isotonic_regression(tf.constant([[3.0, 1.0, 2.0]], tf.float64))
    isotonic/half: tf.nn.isotonic_regression(tf.constant([[3.0, 1.0, 2.0]], tf.float16))
    isotonic/ties: tf.nn.isotonic_regression([[1.0, 1.0, 2.0, 2.0, 0.0, 0.0]])
""")
case("isotonic/gradient", first_order, lambda tf, x: tf.nn.isotonic_regression(x)[0], drawn(3, 6), loose=4)
case("isotonic/gradient_rising", first_order, lambda tf, x: tf.nn.isotonic_regression(x, False)[0], drawn(3, 6), loose=4)
