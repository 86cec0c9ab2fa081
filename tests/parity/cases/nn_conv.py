"""tf.nn's convolutions: sizes, strides, paddings, dilations, layouts, groups, dtypes; gradients of both orders."""

import numpy as np

from tests.parity.case import Family
from tests.parity.gradients import first_order, second_order
from tests.parity.values import FLOATS

case = Family(__name__)


def drawn(*shape, seed=0):
    return np.random.default_rng(seed).uniform(-1, 1, shape).astype("f4")


def conv2d(tf, x, w, strides, padding, layout="NHWC", dilations=None):
    return tf.nn.conv2d(x, w, strides, padding, layout, dilations)


X, X_FIRST = drawn(2, 7, 6, 4), drawn(2, 4, 7, 6)
EXPLICIT = [[0, 0], [1, 2], [0, 1], [0, 0]]
for size in (1, 2, 3, 4):
    for stride in (1, 2, 3):
        for padding in ("SAME", "VALID"):
            for name, inner in (("plain", 4), ("groups", 2)):
                w = drawn(size, size, inner, 4, seed=size)
                at = f"conv2d/{name}/{size}/{stride}/{padding}"
                f = lambda tf, x, w, s=stride, p=padding: conv2d(tf, x, w, s, p)
                case(f"{at}/value", lambda tf, f, w: f(tf, tf.constant(X), tf.constant(w)), f, w, loose=10)
                if name == "plain":  # TensorFlow has no gradient of grouped convolutions on CPU
                    case(f"{at}/gradient", first_order, f, X, w, loose=20)
        first = drawn(size, size, 4, 3, seed=size)
        case.either(
            f"conv2d/channels_first/{size}/{stride}",
            lambda tf, w, s: conv2d(tf, tf.constant(X_FIRST), w, s, "SAME", "NCHW"), first, stride, loose=10,
        )  # fmt: skip
for dilation in (2, 3, [1, 2], [1, 2, 1, 1]):
    for padding in ("SAME", "VALID", EXPLICIT):
        if dilation == 3 and padding == "VALID":
            continue  # nothing is left, which TensorFlow's kernel does not survive
        w = drawn(2, 3, 4, 3, seed=4)
        at = f"conv2d/dilated/{str(dilation).replace(' ', '')}/{padding if isinstance(padding, str) else 'EXPLICIT'}"
        f = lambda tf, x, w, d=dilation, p=padding: conv2d(tf, x, w, 1, p, dilations=d)
        case.either(f"{at}/value", lambda tf, f, w: f(tf, tf.constant(X), tf.constant(w)), f, w, loose=10)
        if padding != EXPLICIT:  # TensorFlow has no gradient of both on CPU
            case(f"{at}/gradient", first_order, f, X, w, loose=20)
for dtype in (*FLOATS, "int32"):
    case.either(
        f"conv2d/dtype/{dtype}",
        lambda tf, dtype: conv2d(
            tf, tf.cast(np.round(X * 4), dtype), tf.cast(np.round(drawn(3, 3, 4, 2) * 4), dtype), 1, "SAME"
        ), dtype, loose=2,
    )  # fmt: skip
for at, strides in (("wide", [1, 2]), ("whole", [1, 2, 1, 1])):
    f = lambda tf, x, w, s=strides: conv2d(tf, x, w, s, "SAME")
    case(f"conv2d/strides/{at}", first_order, f, X, drawn(3, 2, 4, 3), loose=20)
f = lambda tf, x, w: conv2d(tf, x, w, 2, EXPLICIT)
case("conv2d/explicit/value", lambda tf, f: f(tf, tf.constant(X), drawn(3, 3, 4, 2)), f, loose=10)
case("conv2d/explicit/gradient", first_order, f, X, drawn(3, 3, 4, 2), loose=20)
SMALL, SMALL_W = drawn(1, 4, 4, 2), drawn(2, 2, 2, 2)
for stride in (1, 2):
    for padding in ("SAME", "VALID"):
        f = lambda tf, x, w, s=stride, p=padding: conv2d(tf, x, w, s, p)
        case(f"conv2d/second/{stride}/{padding}", second_order, f, SMALL, SMALL_W, loose=40)
case("conv2d/batches", lambda tf: conv2d(tf, X[None, None], drawn(3, 3, 4, 2), 1, "SAME"), loose=10)
case("conv2d/nan", lambda tf: conv2d(tf, tf.constant([[[[1.0], [float("nan")]]]]), tf.ones([1, 2, 1, 1]), 1, "SAME"))
case("conv2d/variable", lambda tf: conv2d(tf, X, tf.Variable(drawn(3, 3, 4, 2)), 1, "SAME"), loose=10)

case.table("""
    conv2d/empty/space_valid: tf.nn.conv2d(tf.zeros([1, 0, 6, 4]), tf.zeros([3, 3, 4, 2]), 1, "VALID")  # raises: Computed output size would be negative
    conv2d/empty/out: tf.nn.conv2d(X, tf.zeros([3, 3, 4, 0]), 1, "SAME")  # raises: filter must not have zero elements
    conv2d/empty/size: tf.nn.conv2d(X, tf.zeros([0, 3, 4, 2]), 1, "SAME")  # raises: filter must not have zero elements
    conv2d/wrong/filter_rank: tf.nn.conv2d(X, tf.zeros([3, 4, 2]), 1, "SAME")  # raises: filter must be 4-dimensional
    conv2d/wrong/depth: tf.nn.conv2d(X, tf.zeros([3, 3, 3, 2]), 1, "SAME")  # raises: input depth must be evenly divisible by filter depth: 4 vs 3
    conv2d/wrong/out_groups: tf.nn.conv2d(X, tf.zeros([3, 3, 2, 5]), 1, "SAME")  # raises: output depth must be evenly divisible by number of groups
    conv2d/wrong/padding: tf.nn.conv2d(X, tf.zeros([3, 3, 4, 2]), 1, "FOO")  # raises: 'padding', FOO
    conv2d/wrong/small_letters: tf.nn.conv2d(X, tf.zeros([3, 3, 4, 2]), 1, "same")  # raises: 'padding', same
    conv2d/wrong/batch_stride: tf.nn.conv2d(X, tf.zeros([3, 3, 4, 2]), [2, 2, 2, 1], "SAME")  # raises: strides in the batch and depth dimensions
    conv2d/wrong/stride_count: tf.nn.conv2d(X, tf.zeros([3, 3, 4, 2]), [1, 2, 3], "SAME")  # raises: strides should be of length 1, 2 or 4
    conv2d/wrong/stride_zero: tf.nn.conv2d(X, tf.zeros([3, 3, 4, 2]), 0, "SAME")  # raises: Stride must be > 0
    conv2d/wrong/stride_negative: tf.nn.conv2d(X, tf.zeros([3, 3, 4, 2]), -1, "SAME")  # raises: Stride must be > 0
    conv2d/wrong/too_dilated: tf.nn.conv2d(X, tf.zeros([3, 3, 4, 2]), 1, "VALID", dilations=4)  # raises: Computed output size would be negative: -1
    conv2d/wrong/dilation_zero: tf.nn.conv2d(X, tf.zeros([3, 3, 4, 2]), 1, "VALID", dilations=0)  # raises: Dilated rates should be larger than 0
    conv2d/wrong/dilation_batch: tf.nn.conv2d(X, tf.zeros([3, 3, 4, 2]), 1, "VALID", dilations=[2, 1, 1, 1])  # raises: dilations in the batch and depth dimensions
    conv2d/wrong/explicit_count: tf.nn.conv2d(X, tf.zeros([3, 3, 4, 2]), 1, [[1, 1], [2, 0]])  # raises: When padding is a list, it must be of size 4
    conv2d/wrong/layout: tf.nn.conv2d(X, tf.zeros([3, 3, 4, 2]), 1, "SAME", data_format="XX")  # raises: 'data_format', XX
    conv2d/wrong/layout_depth: tf.nn.conv2d(X, tf.zeros([3, 3, 4, 2]), 1, "SAME", data_format="NCHW")  # raises: input depth must be evenly divisible
    conv2d/wrong/dtype: tf.nn.conv2d(tf.constant(X), tf.zeros([3, 3, 4, 2], "float64"), 1, "SAME")  # raises: expected to be a float tensor but is a double tensor
    conv2d/wrong/int64: tf.nn.conv2d(tf.cast(X, "int64"), tf.zeros([3, 3, 4, 2], "int64"), 1, "SAME")  # raises: int64 is not in the list of allowed values: half, bfloat16, float, double, int32
    conv1d/wrong/stride_count: tf.nn.conv1d(X[:, 0], tf.zeros([3, 4, 2]), [1, 2], "SAME")  # raises: stride should be of length 1, 1 or 3
    conv1d/wrong/causal: tf.nn.conv1d(X[:, 0], tf.zeros([3, 4, 2]), 2, "CAUSAL")  # raises: CAUSAL
    conv1d/wrong/explicit: tf.nn.conv1d(X[:, 0], tf.zeros([3, 4, 2]), 2, [[1, 1]])  # raises: Expected string for argument 'padding'
    conv1d/wrong/layout: tf.nn.conv1d(X[:, 0], tf.zeros([3, 4, 2]), 2, "VALID", "FOO")  # raises: `data_format` must be 'NWC' or 'NCW'
    conv1d/wrong/depth: tf.nn.conv1d(X[:, 0], tf.zeros([3, 4, 2]), 2, "VALID", "NCW")  # raises: input depth must be evenly divisible
    conv1d/layout_of_images: tf.nn.conv1d(X[:, 0], drawn(3, 4, 2), 2, "VALID", "NHWC")  # loose: 10
    conv1d/batches: tf.nn.conv1d(X, drawn(3, 4, 2), 1, "SAME")  # loose: 10
    conv3d/wrong/stride: tf.nn.conv3d(X[None], tf.zeros([2, 2, 2, 4, 3]), 1, "SAME")  # raises: Expected list for 'strides'
    conv3d/wrong/depth: tf.nn.conv3d(X[None], tf.zeros([2, 2, 2, 2, 4]), [1, 1, 1, 1, 1], "SAME")  # raises: input and filter must have the same depth: 4 vs 2
    conv3d/wrong/explicit: tf.nn.conv3d(X[None], tf.zeros([2, 2, 2, 4, 3]), [1, 1, 1, 1, 1], [[0, 0], [1, 1], [1, 1], [1, 1], [0, 0]])  # raises: Expected string for argument 'padding'
    convolution/default: tf.nn.convolution(X, drawn(3, 3, 4, 2))  # loose: 10
    convolution/strides: tf.nn.convolution(X, drawn(3, 3, 4, 2), strides=2, padding="SAME")  # loose: 10
    convolution/dilations: tf.nn.convolution(X, drawn(3, 3, 4, 2), dilations=2, padding="SAME")  # loose: 10
    convolution/lists: tf.nn.convolution(X, drawn(3, 3, 4, 2), strides=[1, 2], padding="SAME")  # loose: 10
    convolution/one_axis: tf.nn.convolution(X[:, 0], drawn(3, 4, 2), padding="SAME", data_format="NWC")  # loose: 10
    convolution/batches: tf.nn.convolution(X, drawn(3, 4, 2), padding="SAME")  # loose: 10
    convolution/three_axes: tf.nn.convolution(X[None], drawn(2, 2, 2, 4, 2), padding="SAME")  # loose: 10
    convolution/more_batches: tf.nn.convolution(X[None], drawn(3, 3, 4, 2), padding="SAME")  # loose: 10
    convolution/channels_first: tf.nn.convolution(X_FIRST, drawn(3, 3, 4, 2), data_format="NCHW")  # loose: 10
    convolution/wrong/both: tf.nn.convolution(X, drawn(3, 3, 4, 2), strides=[2, 2], dilations=[2, 2])  # raises: `strides > 1` not supported in conjunction with `dilation_rate > 1`
    convolution/wrong/explicit: tf.nn.convolution(X, drawn(3, 3, 4, 2), padding=[[1, 1], [1, 1]])  # raises: Expected string for argument 'padding'
    convolution/wrong/layout: tf.nn.convolution(X, drawn(3, 3, 4, 2), data_format="NWC")  # raises: 'data_format', NWC
    transpose/wrong/channels: tf.nn.conv2d_transpose(X, tf.zeros([3, 3, 8, 4]), [2, 14, 12, 7], 2)  # raises: input depth must be evenly divisible by filter depth: 7 vs 8
    transpose/wrong/padding: tf.nn.conv2d_transpose(X, tf.zeros([3, 3, 8, 4]), [2, 14, 12, 8], 2, "FOO")  # raises: 'padding', FOO
    transpose/space_only: tf.nn.conv2d_transpose(X, drawn(3, 3, 8, 4), [14, 12], 2)  # loose: 10
    transpose/two_strides: tf.nn.conv2d_transpose(X, drawn(3, 3, 8, 4), [2, 14, 12, 8], [2, 2])  # loose: 10
    transpose/dilated: tf.nn.conv2d_transpose(X, drawn(3, 3, 8, 4), [2, 11, 10, 8], 1, "VALID", dilations=2)  # loose: 10
    transpose/any/wrong: tf.nn.conv_transpose(X, drawn(3, 3, 8, 4), [14, 12], 2)  # raises: `output_shape` must be of length 3, 4 or 5
    transpose/any/one: tf.nn.conv_transpose(X[:, 0], drawn(3, 8, 4), [2, 12, 8], 2)  # loose: 10
    transpose/any/two: tf.nn.conv_transpose(X, drawn(3, 3, 8, 4), tf.constant([2, 14, 12, 8]), 2)  # loose: 10
    transpose/any/three: tf.nn.conv_transpose(X[None], drawn(2, 2, 2, 3, 4), [1, 4, 14, 12, 3], 2)  # loose: 10
    depthwise/wrong/stride: tf.nn.depthwise_conv2d(X, drawn(3, 3, 4, 2), 1, "SAME")  # raises: Expected list for 'strides'
    depthwise/wrong/dilation: tf.nn.depthwise_conv2d(X, drawn(3, 3, 4, 2), [1, 1, 1, 1], "SAME", dilations=2)  # raises: 'int' object is not iterable
    depthwise/wrong/depth: tf.nn.depthwise_conv2d(X, drawn(3, 3, 3, 2), [1, 1, 1, 1], "SAME")  # raises: input depth must be evenly divisible by filter depth: 4 vs 3
    depthwise/explicit: tf.nn.depthwise_conv2d(X, drawn(3, 3, 4, 2), [1, 1, 1, 1], EXPLICIT)  # loose: 10
    depthwise/both: tf.nn.depthwise_conv2d(X, drawn(3, 3, 4, 2), [1, 2, 2, 1], "SAME", dilations=[2, 2])  # loose: 10
    depthwise/both_valid: tf.nn.depthwise_conv2d(X, drawn(2, 2, 4, 2), [1, 2, 2, 1], "VALID", dilations=[2, 1])  # loose: 10
    separable/value: tf.nn.separable_conv2d(X, drawn(3, 3, 4, 2), drawn(1, 1, 8, 3), [1, 1, 1, 1], "SAME")  # loose: 20
    separable/strides: tf.nn.separable_conv2d(X, drawn(3, 3, 4, 2), drawn(1, 1, 8, 3), [1, 2, 2, 1], "VALID")  # loose: 20
    separable/dilated: tf.nn.separable_conv2d(X, drawn(2, 2, 4, 2), drawn(1, 1, 8, 3), [1, 1, 1, 1], "SAME", dilations=[2, 2])  # loose: 20
    separable/wrong/channels: tf.nn.separable_conv2d(X, drawn(3, 3, 4, 2), drawn(1, 1, 7, 3), [1, 1, 1, 1], "SAME")  # raises: input depth must be evenly divisible by filter depth: 8 vs 7
    separable/wrong/size: tf.nn.separable_conv2d(X, drawn(3, 3, 4, 2), drawn(2, 1, 8, 3), [1, 1, 1, 1], "SAME")  # raises: Dimensions 2 and 1 are not compatible
    atrous/same: tf.nn.atrous_conv2d(X, drawn(3, 3, 4, 2), 2, "SAME")  # loose: 10
    atrous/valid: tf.nn.atrous_conv2d(X, drawn(2, 2, 4, 2), 2, "VALID")  # loose: 10
    atrous/one: tf.nn.atrous_conv2d(X, drawn(3, 3, 4, 2), 1, "VALID")  # loose: 10
    atrous/wrong/rate: tf.nn.atrous_conv2d(X, drawn(3, 3, 4, 2), 0, "SAME")  # raises: all values of `dilation_rate` must be positive
    atrous/transpose: tf.nn.atrous_conv2d_transpose(X, drawn(3, 3, 8, 4), [2, 7, 6, 8], 2, "SAME")  # loose: 10
    atrous/transpose_valid: tf.nn.atrous_conv2d_transpose(X, drawn(3, 3, 8, 4), [2, 11, 10, 8], 2, "VALID")  # loose: 10
    bias/value: tf.nn.bias_add(X, [1.0, 2.0, 3.0, 4.0])
    bias/channels_first: tf.nn.bias_add(X, tf.range(7.0), "NCHW")
    bias/dots: tf.nn.bias_add(X, tf.range(7.0), "NC...")
    bias/dots_last: tf.nn.bias_add(X, tf.range(4.0), "N...C")
    bias/any_layout: tf.nn.bias_add(X, tf.range(4.0), "NWC")
    bias/matrix: tf.nn.bias_add([[1, 2], [3, 4]], [1, 2])
    bias/matrix_first: tf.nn.bias_add([[1, 2], [3, 4]], [1, 2], "NCHW")
    bias/complex: tf.nn.bias_add(tf.constant([[1j, 2]]), tf.constant([1j, 1]))
    bias/wrong/count: tf.nn.bias_add(X, [1.0, 2.0, 3.0])  # raises: Must provide as many biases as the last dimension of the input tensor
    bias/wrong/rank: tf.nn.bias_add(X, [[1.0, 2.0, 3.0]])  # raises: Biases must be 1D
    bias/wrong/vector: tf.nn.bias_add([1.0, 2.0], [1.0, 2.0])  # raises: Input tensor must be at least 2D
    bias/wrong/layout: tf.nn.bias_add(X, tf.range(4.0), "foo")  # raises: `data_format` must be of the form
    bias/wrong/dtype: tf.nn.bias_add(tf.ones([2, 3], "bool"), [True, False, False])  # raises: bool is not in the list of allowed values: float, double
    bias/grad/first: tf.raw_ops.BiasAddGrad(out_backprop=X, data_format="NCHW")  # loose: 10
    bias/grad/wrong: tf.raw_ops.BiasAddGrad(out_backprop=[1.0, 2.0])  # raises: Input tensor must be at least 2D
    raw/conv: tf.raw_ops.Conv(input=X, filter=drawn(3, 3, 4, 2), strides=[1, 1, 1, 1], padding="SAME")  # loose: 10
    raw/conv_wrong: tf.raw_ops.Conv(input=X, filter=drawn(3, 3, 4, 2), strides=[1, 1], padding="SAME")  # raises: must specify 4 dimensions
    raw/filter_sizes: tf.raw_ops.Conv2DBackpropFilter(input=X, filter_sizes=[3, 3, 4], out_backprop=tf.zeros([2, 7, 6, 8]), strides=[1, 1, 1, 1], padding="SAME")  # raises: filter must be 4-dimensional
""")

for stride in (1, 2, 3):
    for padding in ("SAME", "VALID"):
        for dilation in (1, 2) if stride == 1 else (1,):
            at = f"conv1d/{stride}/{padding}/{dilation}"
            f = lambda tf, x, w, s=stride, p=padding, d=dilation: tf.nn.conv1d(x, w, s, p, dilations=d)
            case(f"{at}/value", lambda tf, f: f(tf, X[:, 0], drawn(3, 4, 2)), f, loose=10)
            case(f"{at}/gradient", first_order, f, X[:, 0], drawn(3, 4, 2), loose=20)
        for channels in ("last", "first"):
            x = drawn(2, 9, 4) if channels == "last" else drawn(2, 4, 9)
            case.either(
                f"conv1d/channels_{channels}/{stride}/{padding}",
                lambda tf, x, s, p, layout: tf.nn.conv1d(x, drawn(3, 4, 2), s, p, layout),
                x, stride, padding, "NWC" if channels == "last" else "NCW", loose=10,
            )  # fmt: skip
        at = f"conv3d/{stride}/{padding}"
        f = lambda tf, x, w, s=stride, p=padding: tf.nn.conv3d(x, w, [1, s, s, s, 1], p)
        volume, kernel = drawn(1, 5, 4, 5, 2), drawn(2, 3, 2, 2, 3)
        case(f"{at}/value", lambda tf, f, x, w: f(tf, x, w), f, volume, kernel, loose=10)
        case(f"{at}/gradient", first_order, f, volume, kernel, loose=20)
        case(f"{at}/second", second_order, f, drawn(1, 3, 3, 3, 1), drawn(2, 2, 2, 1, 1), loose=60)
        at = f"depthwise/{stride}/{padding}"
        f = lambda tf, x, w, s=stride, p=padding: tf.nn.depthwise_conv2d(x, w, [1, s, s, 1], p)
        case(f"{at}/value", lambda tf, f: f(tf, X, drawn(3, 2, 4, 2)), f, loose=10)
        case(f"{at}/gradient", first_order, f, X, drawn(3, 2, 4, 2), loose=20)
        case(f"{at}/one", first_order, f, X, drawn(3, 3, 4, 1), loose=20)
        case(f"{at}/second", second_order, f, SMALL, drawn(2, 2, 2, 1), loose=60)
        at = f"transpose/{stride}/{padding}"
        size = [4 * stride, 3 * stride] if padding == "SAME" else [3 * stride + 3, 2 * stride + 3]
        f = lambda tf, x, w, s=stride, p=padding, n=size: tf.nn.conv2d_transpose(x, w, [2, *n, 3], s, p)
        case(f"{at}/value", lambda tf, f: f(tf, drawn(2, 4, 3, 2), drawn(3, 3, 3, 2)), f, loose=10)
        case(f"{at}/gradient", first_order, f, drawn(2, 4, 3, 2), drawn(3, 3, 3, 2), loose=20)
        case(f"{at}/second", second_order, f, drawn(2, 4, 3, 1), drawn(3, 3, 3, 1), loose=100)
        f = lambda tf, x, w, s=stride, p=padding, n=size[0]: tf.nn.conv1d_transpose(x, w, [2, n, 3], s, p)
        case(f"transpose1d/{stride}/{padding}", first_order, f, drawn(2, 4, 2), drawn(3, 3, 2), loose=20)
        f = lambda tf, x, w, s=stride, p=padding, n=size: tf.nn.conv3d_transpose(
            x, w, [1, n[0], *n, 3], s, p
        )
        case(f"transpose3d/{stride}/{padding}", first_order, f, drawn(1, 4, 4, 3, 2), drawn(3, 3, 3, 3, 2), loose=20)
for dtype in FLOATS:
    for name, f in {
        "conv1d": lambda tf, d: tf.nn.conv1d(tf.cast(X[:, 0], d), tf.cast(drawn(2, 4, 2), d), 1, "SAME"),
        "conv3d": lambda tf, d: tf.nn.conv3d(
            tf.cast(X[None], d), tf.cast(drawn(2, 2, 2, 4, 2), d), [1, 1, 1, 1, 1], "SAME"
        ),
        "depthwise": lambda tf, d: tf.nn.depthwise_conv2d(
            tf.cast(X, d), tf.cast(drawn(2, 2, 4, 2), d), [1, 1, 1, 1], "SAME"
        ),
        "transpose": lambda tf, d: tf.nn.conv2d_transpose(
            tf.cast(X, d), tf.cast(drawn(2, 2, 3, 4), d), [2, 14, 12, 3], 2
        ),
    }.items():
        case.either(f"{name}/dtype/{dtype}", f, dtype, loose=10)
for rate in ([2, 1], [1, 3], [2, 2]):
    for padding in ("SAME", "VALID"):
        f = lambda tf, x, w, r=rate, p=padding: tf.nn.depthwise_conv2d(
            x, w, [1, 1, 1, 1], p, dilations=r
        )
        case(f"depthwise/dilated/{rate[0]}{rate[1]}/{padding}", first_order, f, X, drawn(2, 2, 4, 2), loose=20)
f = lambda tf, x, w, p: tf.nn.separable_conv2d(x, w, p, [1, 1, 1, 1], "SAME")
case("separable/gradient", first_order, f, X, drawn(3, 3, 4, 2), drawn(1, 1, 8, 3), loose=40)
case("atrous/gradient", first_order, lambda tf, x, w: tf.nn.atrous_conv2d(x, w, 2, "SAME"), X, drawn(3, 3, 4, 2), loose=20)
case("bias/gradient", first_order, lambda tf, x, b: tf.nn.bias_add(x, b), X, drawn(4), loose=10)
case("bias/gradient_first", first_order, lambda tf, x, b: tf.nn.bias_add(x, b, "NCHW"), X, drawn(7), loose=10)
case("bias/second", second_order, lambda tf, x, b: tf.nn.bias_add(x, b) ** 3, X[0], drawn(4), loose=20)
