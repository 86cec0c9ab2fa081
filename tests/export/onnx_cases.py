"""Functions that are exported as ONNX: name -> (function, specs of its arguments).

An open size is tried at two values. Each function stands for the ops of one family, edge cases among them.
"""

import numpy as np

import tapeflow as tf

CASES = {}
F, I, B = tf.float32, tf.int32, tf.bool
R = tf.raw_ops


def case(*specs):
    """Registers a function with the shapes and dtypes that it takes."""
    specs = [tf.TensorSpec(shape, dtype) for shape, dtype in specs]

    def register(function):
        assert function.__name__ not in CASES
        CASES[function.__name__] = function, specs
        return function

    return register


def row(name, function, *specs):
    """Registers a function of one line."""
    assert name not in CASES
    CASES[name] = function, [tf.TensorSpec(shape, dtype) for shape, dtype in specs]


X = ((None, 4), F)
N = ((None, 4), I)
IMAGE = ((None, 6, 5, 3), F)

# -- elementwise -----------------------------------------------------------------------------------

for _name in (
    "abs negative sign square exp sin cos tan atan sinh cosh asinh tanh sigmoid ceil floor round reciprocal "
    "erf erfc expm1 softplus relu relu6 elu selu leaky_relu gelu silu softsign".split()
):
    _function = getattr(tf.math, _name, None) or getattr(tf.nn, _name)
    row(f"of_one_{_name}", _function, X)
for _name in "sqrt log log1p rsqrt acosh".split():
    row(f"of_positive_{_name}", lambda x, name=_name: getattr(tf.math, name)(tf.abs(x) + 1.5), X)
for _name in "asin acos atanh".split():
    row(f"of_small_{_name}", lambda x, name=_name: getattr(tf.math, name)(tf.tanh(x) * 0.9), X)
row("near_zero_log1p", lambda x: tf.math.log1p(x * 1e-6) * 1e6, X)
row("near_zero_expm1", lambda x: tf.math.expm1(x * 1e-6) * 1e6, X)
for _name in (
    "add subtract multiply divide maximum minimum squared_difference floordiv floormod divide_no_nan multiply_no_nan "
    "xlogy xdivy xlog1py atan2 less less_equal greater greater_equal equal not_equal truncatemod".split()
):
    _function = getattr(tf, _name, None) or getattr(tf.math, _name)
    if _name.startswith("xlog"):
        row(f"of_two_{_name}", lambda x, y, f=_function: f(tf.nn.relu(x), tf.abs(y) + 0.1), X, X)
    else:
        row(f"of_two_{_name}", _function, X, X)
for _name in "add subtract multiply floordiv floormod truncatediv maximum minimum less equal".split():
    _function = getattr(tf, _name, None) or getattr(tf.math, _name)
    row(f"of_whole_{_name}", lambda x, y, f=_function: f(x * 2 - 5, y * 2 - 5), N, N)
row("power", lambda x: tf.abs(x) ** 2.5 + x**3.0, X)
row("axes_of_atan2", lambda x: tf.atan2(tf.constant([0.0, 0.0, 2.0, -2.0]), tf.constant([1.0, -1.0, 0.0, 0.0])) + 0 * x, X)
row("small_whole_numbers", lambda x: (x + 100) * 3 - x, ((None, 3), tf.int8))
row("unsigned", lambda x, y: tf.maximum(x, y) + tf.minimum(x, y) * 3, ((None, 3), tf.uint8), ((None, 3), tf.uint8))
row("logic", lambda a, b: (a & b) | (~a & ~b) ^ a, ((None, 4), B), ((None, 4), B))
row("casts", lambda x: (tf.cast(x * 3, I), tf.cast(x, tf.float64), tf.cast(x > 0, F), tf.cast(x, B)), X)
row("cast_to_a_byte", lambda x: tf.cast(x * 10, tf.int8), X)
row("choices", lambda x: (tf.where(x > 0, x, -1.0), tf.where(x > 0, [1, 2, 3, 4], 0), tf.where(x > 0, x > 1, x < -1)), X)
row("clipped", lambda x: tf.clip_by_value(x, -0.5, tf.constant([0.1, 0.2, 0.3, 0.4])), X)
row("not_finite", lambda x: (tf.math.is_nan(tf.sqrt(x)), tf.math.is_inf(x / 0.0), tf.math.is_finite(tf.math.log(x))), X)
row("bits", lambda x, y: (tf.bitwise.bitwise_and(x, y), tf.bitwise.bitwise_or(x, y), tf.bitwise.bitwise_xor(x, y),
                          tf.bitwise.invert(x)), N, N)  # fmt: skip
row("shifts", lambda x: (tf.bitwise.left_shift(x, 2), tf.bitwise.right_shift(x * 4 - 9, 1)), N)
row("several_added", lambda x, y: tf.add_n([x, y, x]), X, X)
row("buckets", lambda x: tf.raw_ops.Bucketize(input=x, boundaries=[-1.0, 0.0, 0.5]), X)
row("doubles", lambda x: tf.exp(x) / (1 + tf.exp(x)) + tf.matmul(x, tf.ones([4, 2], tf.float64))[:, :1], ((None, 4), tf.float64))
row("brain_floats", lambda x: tf.cast(tf.cast(tf.round(x * 8), tf.bfloat16) * 2 + 1, F), X)
row("half_floats", lambda x: tf.cast(tf.nn.relu(tf.cast(tf.round(x * 8), tf.float16) * 2), F), X)
row("close", lambda x, y: tf.raw_ops.ApproximateEqual(x=x, y=y, tolerance=0.5), X, X)

# -- reductions ------------------------------------------------------------------------------------

for _name in "sum mean max min prod logsumexp euclidean_norm std variance".split():
    _function = getattr(tf.math, f"reduce_{_name}")
    row(f"reduce_{_name}", lambda x, f=_function: (f(x), f(x, 1), f(x, [0, 2], keepdims=True)), ((None, 3, 4), F))
row("reduce_whole", lambda x: (tf.reduce_sum(x, 1), tf.reduce_max(x), tf.reduce_prod(x, 0)), N)
row("reduce_truth", lambda x: (tf.reduce_all(x > 0, 1), tf.reduce_any(x > 1, 0), tf.reduce_any(x > 0)), X)
row("reduce_nothing", lambda x: tf.reduce_sum(x, axis=[]), X)
row("extremes", lambda x: (tf.argmax(x, 1), tf.argmin(x, 0, output_type=I), tf.argmax(x, -1)), X)
row("extremes_with_ties", lambda x: tf.argmax(tf.round(x * 0.5), 1), X)
row("running_sums", lambda x: (tf.cumsum(x, 1), tf.cumsum(x, 0, exclusive=True), tf.cumsum(x, -1, reverse=True)), X)
row("running_products", lambda x: (tf.math.cumprod(x, 1), tf.math.cumprod(x, 0, exclusive=True, reverse=True)), X)
row("running_logs_of_sums", lambda x: tf.math.cumulative_logsumexp(x, 1, reverse=True), X)
row("histograms", lambda x: (tf.math.bincount(x, minlength=6, maxlength=6, axis=-1), tf.math.bincount(x, minlength=6, maxlength=6, axis=-1, binary_output=True)), N)
row("top_classes", lambda x: tf.math.in_top_k(tf.zeros([tf.shape(x)[0]], I), x, 2), X)
row("counted", lambda x: tf.math.count_nonzero(x > 0, axis=1), X)

# -- shapes ----------------------------------------------------------------------------------------

row("sizes", lambda x: (tf.shape(x), tf.size(x), tf.rank(x), tf.shape(x, out_type=tf.int64)[0]), X)
row("flattened", lambda x: tf.reshape(x, [tf.shape(x)[0], -1]), ((None, 2, 3), F))
row("reshaped_by_another", lambda x, y: tf.reshape(x, tf.shape(y)), ((None, 4), F), ((None, 2, 2), F))
row("reshaped_unknown", lambda x: tf.reshape(x, [tf.shape(x)[1], tf.shape(x)[0]]), ((None, None), F))
row("squeezed", lambda x: (tf.squeeze(x, 1), tf.squeeze(x[:1], [0, 1])), ((None, 1, 3), F))
row("expanded", lambda x: (x[:, None], x[..., None], tf.expand_dims(x, -2)), X)
row("transposed", lambda x: (tf.transpose(x, [1, 0, 2]), tf.transpose(tf.transpose(x, [2, 0, 1]), [1, 2, 0])), ((None, 2, 3), F))
row("broadcast", lambda x: (tf.broadcast_to(x, [2, tf.shape(x)[0], 4]), tf.fill(tf.shape(x), 3)), X)
row("broadcast_shapes", lambda x, y: tf.broadcast_to(x, tf.broadcast_dynamic_shape(tf.shape(x), tf.shape(y))), ((None, 1), F), ((2, 1, 4), F))
row("repeated", lambda x: (tf.tile(x, [2, 1]), tf.repeat(x, 2, axis=1)), X)
row("like", lambda x: (tf.zeros_like(x), tf.ones_like(x, dtype=I)), X)
row("ranges", lambda x: (tf.range(tf.shape(x)[0]), tf.range(0.0, 2.0, 0.5) + x, tf.linspace(0.0, x[0, 0], 5)), X)
row("joined", lambda x, y: (tf.concat([x, y, x], 1), tf.concat([x, [[1.0, 2, 3, 4]]], 0), tf.stack([x, y], 1)), X, X)
row("parted", lambda x: (*tf.split(x, 2, 1), *tf.split(x, [1, -1], 1), *tf.unstack(x, axis=1)), X)
row("split_by_sizes_of_the_batch", lambda x: tf.split(tf.concat([x, x, x], 0), 3), X)
row("reversed", lambda x: (tf.reverse(x, [0]), tf.reverse(x, [1, -3])), ((None, 2, 3), F))
row("reversed_sequences", lambda x, n: tf.reverse_sequence(x, n, seq_axis=1), ((None, 5, 2), F), ((None,), I))
row("rolled", lambda x: (tf.roll(x, 1, 0), tf.roll(x, [1, -2], [0, 1])), X)
row("meshes", lambda x: tf.meshgrid(x[0], tf.range(3.0)), X)
row("identities", lambda x: (tf.identity(x), tf.stop_gradient(x) + 1, tf.ensure_shape(x, [None, 4])), X)
row("partitioned", lambda x: (*tf.dynamic_partition(x, tf.range(tf.shape(x)[0]) % 2, 3), tf.dynamic_stitch([[0, 2], [3, 1]], [x[:2], x[:2] * 2])), X)
row("set_differences", lambda x: tf.raw_ops.ListDiff(x=tf.reshape(x, [-1]), y=[1, 3]), N)
row("made_dense", lambda x: (tf.sparse.to_dense(tf.SparseTensor([[0, 1], [2, 3]], x[0, :2], [3, 4]), -1.0), tf.raw_ops.Empty(shape=[2, 0], dtype=F)), X)
row("permutation", lambda x: tf.math.invert_permutation(tf.constant([2, 0, 1])) + tf.cast(tf.shape(x)[0], I), X)

# -- slices ----------------------------------------------------------------------------------------

row("sliced", lambda x: (x[:, 1:3], x[1:], x[..., ::2], x[:, -1], x[0], x[::-1, 3:0:-1], x[:, tf.newaxis, 1]), X)
row("sliced_by_values", lambda x: (x[: tf.shape(x)[0] - 1], x[tf.shape(x)[0] - 1], tf.slice(x, [0, 1], [tf.shape(x)[0], 2])), X)
row("gathered", lambda x: (tf.gather(x, [2, 0], axis=1), tf.gather(x, [[0, 1], [1, 0]]), tf.gather(x, 1, axis=1)), X)
row("gathered_in_batches", lambda x, i: (tf.gather(x, i, batch_dims=1), tf.gather(x, i % 2, axis=2, batch_dims=1)), ((None, 5, 2), F), ((None, 3), I))
row("gathered_by_places", lambda x: tf.gather_nd(x, [[0, 1], [1, 3]]), X)
row("gathered_by_places_in_batches", lambda x: tf.gather_nd(x, tf.tile([[[1], [0]]], [tf.shape(x)[0], 1, 1]), batch_dims=1), X)
row("one_hot", lambda i: (tf.one_hot(i, 3), tf.one_hot(i - 1, 4, axis=1), tf.one_hot(i, 3, on_value=5, off_value=2, axis=0)), N)
row("scattered", lambda x: (tf.tensor_scatter_nd_update(x, [[1], [0]], tf.ones([2, 4])), tf.tensor_scatter_nd_add(x, [[0, 1], [0, 1]], [1.0, 2.0]),
                            tf.tensor_scatter_nd_sub(x, [[1, 1]], [3.0])), X)  # fmt: skip
row("scattered_extremes", lambda x: (tf.tensor_scatter_nd_max(x, [[0]], tf.zeros([1, 4])), tf.tensor_scatter_nd_min(x, [[0]], tf.zeros([1, 4]))), X)
row("scattered_into_zeros", lambda x: tf.scatter_nd([[1], [3], [1]], tf.tile(x[:1], [3, 1]), [5, 4]), X)
row("segments", lambda x: (tf.math.unsorted_segment_sum(x, tf.range(tf.shape(x)[0]) % 2, 3), tf.math.unsorted_segment_max(x, tf.range(tf.shape(x)[0]) - 1, 3)), X)
row("sorted_segments", lambda x: (tf.math.segment_sum(x, tf.range(tf.shape(x)[0]) // 2), tf.math.segment_mean(x, tf.range(tf.shape(x)[0]) // 2)), X)
row("padded", lambda x: (tf.pad(x, [[1, 0], [2, 1]]), tf.pad(x, [[0, 0], [1, 1]], constant_values=7.0), tf.pad(x, [[0, 0], [2, 3]], "REFLECT"),
                         tf.pad(x, [[1, 1], [2, 0]], "SYMMETRIC")), X)  # fmt: skip
row("padded_small_numbers", lambda x: (tf.pad(tf.cast(x, tf.int16), [[1, 0], [0, 2]]), tf.pad(x > 2, [[0, 1], [0, 0]], constant_values=True)), N)
row("padded_by_values", lambda x: tf.pad(x, [[0, 6 - tf.shape(x)[0]], [0, 0]]), X)
row("masked", lambda x: tf.boolean_mask(x, x[:, 0] > 0), X)

# -- matrices --------------------------------------------------------------------------------------

row("products", lambda x: (tf.matmul(x, x, transpose_b=True), tf.matmul(x, x, transpose_a=True), tf.linalg.matvec(x, [1.0, 2, 3, 4])), X)
row("batches_of_products", lambda x: (tf.matmul(x, x, transpose_b=True), tf.matmul(x, tf.ones([3, 2]))), ((None, 4, 3), F))
row("einsums", lambda x: (tf.einsum("bij,bkj->bik", x, x), tf.einsum("BIJ->BJI", x), tf.einsum("bii->bi", x[:, :3])), ((None, 4, 3), F))
row("einsum_with_ellipsis", lambda x: (tf.einsum("...ij,...jk->...ik", x, tf.ones([3, 2])), tf.einsum("...i->...", x)), ((None, 4, 3), F))
row("bands", lambda x: (tf.linalg.band_part(x, 1, 0), tf.linalg.band_part(x, -1, 1), tf.linalg.band_part(x > 0, 0, -1)), ((None, 4, 4), F))
row("diagonals", lambda x: (tf.linalg.diag(x), tf.linalg.diag_part(tf.linalg.diag(x) + 1), tf.linalg.trace(tf.linalg.diag(x))), X)
row("diagonals_set", lambda x: tf.linalg.set_diag(tf.ones([tf.shape(x)[0], 4, 4]), x), X)
row("determinants", lambda x: tf.linalg.det(x + 3 * tf.eye(3)), ((None, 3, 3), F))
row("crossed", lambda x: tf.linalg.cross(x, x[:, ::-1]), ((None, 3), F))
row("softmaxes", lambda x: (tf.nn.softmax(x), tf.nn.log_softmax(x), tf.nn.softmax(x, axis=0)), X)
row("losses", lambda x: (tf.nn.softmax_cross_entropy_with_logits(tf.nn.softmax(x), x), tf.nn.l2_loss(x),
                         tf.nn.sparse_softmax_cross_entropy_with_logits(tf.zeros([tf.shape(x)[0]], I), x),
                         tf.nn.sigmoid_cross_entropy_with_logits(tf.nn.sigmoid(x), x)), X)  # fmt: skip
row("normalized", lambda x: (tf.linalg.l2_normalize(x, 1), tf.norm(x, axis=1), tf.nn.moments(x, [0])[1]), X)
row("polynomials", lambda x: tf.math.polyval([1.0, 2.0, 3.0], x), X)

# -- windows ---------------------------------------------------------------------------------------

K = np.linspace(-1, 1, 3 * 3 * 3 * 4, dtype=np.float32).reshape(3, 3, 3, 4)
for _padding in ("SAME", "VALID"):
    row(f"convolved_{_padding}", lambda x, p=_padding: (tf.nn.conv2d(x, K, 1, p), tf.nn.conv2d(x, K, 2, p), tf.nn.conv2d(x, K, 1, p, dilations=2)), IMAGE)
    row(f"convolved_in_depth_{_padding}", lambda x, p=_padding: tf.nn.depthwise_conv2d(x, K[..., :2], [1, 1, 1, 1], p), IMAGE)
    row(f"pooled_{_padding}", lambda x, p=_padding: (tf.nn.max_pool2d(x, 3, 2, p), tf.nn.avg_pool2d(x, 3, 2, p), tf.nn.avg_pool2d(x, 2, 1, p)), IMAGE)
row("pooled_with_places", lambda x: (*tf.nn.max_pool_with_argmax(x, 2, 2, "SAME"), tf.nn.max_pool_with_argmax(x, 3, 1, "VALID", include_batch_in_index=True)[1]), IMAGE)
row("convolved_any_size", lambda x: (tf.nn.conv2d(x, K, 2, "SAME"), tf.nn.max_pool2d(x, 2, 2, "SAME")), ((None, None, None, 3), F))
row("convolved_explicitly", lambda x: tf.nn.conv2d(x, K, 1, [[0, 0], [2, 1], [0, 3], [0, 0]]), IMAGE)
row("convolved_by_values", lambda x, k: tf.nn.conv2d(x, k, 1, "SAME"), IMAGE, ((2, 2, 3, 2), F))
row("convolved_channels_first", lambda x: tf.nn.relu(tf.nn.bias_add(tf.nn.conv2d(x, K, 1, "VALID", data_format="NCHW"), [1.0, 2, 3, 4], data_format="NCHW")), ((None, 3, 6, 6), F))
row("convolved_1d", lambda x: tf.nn.conv1d(x, K[0], 2, "SAME"), ((None, 7, 3), F))
row("convolved_3d", lambda x: (tf.nn.conv3d(x, np.stack([K, K]), [1, 1, 1, 1, 1], "SAME"), tf.nn.max_pool3d(x, 2, 2, "VALID")), ((None, 4, 4, 4, 3), F))
for _padding, _size in (("SAME", 12), ("SAME", 11), ("VALID", 13), ("VALID", 14)):
    row(f"convolved_back_{_padding}_{_size}", lambda x, p=_padding, n=_size: tf.nn.conv2d_transpose(x, np.swapaxes(K, 2, 3), [tf.shape(x)[0], n, n, 4], 2, p), ((None, 6, 6, 3), F))  # fmt: skip
row("layout_kept", lambda x: tf.nn.conv2d(tf.pad(tf.concat([tf.nn.relu(tf.nn.conv2d(x, K, 1, "SAME") * [1.0, 2, 3, 4] + 1), x], 3)[:, 1:], [[0, 0], [1, 1], [2, 0], [0, 0]]),
                                          np.ones([2, 2, 7, 3], np.float32), 1, "SAME"), IMAGE)  # fmt: skip
row("layout_left", lambda x: (tf.reduce_mean(tf.nn.conv2d(x, K, 1, "SAME"), [1, 2]), tf.reduce_sum(tf.nn.conv2d(x, K, 1, "SAME"), 3, keepdims=True),
                              tf.reduce_max(tf.nn.conv2d(x, K, 1, "SAME"), 0), tf.shape(tf.nn.conv2d(x, K, 1, "SAME"))), IMAGE)  # fmt: skip
row("batch_normed", lambda x: tf.raw_ops.FusedBatchNormV3(x=x, scale=[1.0, 2, 3], offset=[0.0, 1, 2], mean=[0.1, 0.2, 0.3], variance=[1.0, 2, 3], is_training=False)[0], IMAGE)
row("batch_normed_by_itself", lambda x: tf.raw_ops.FusedBatchNormV3(x=x, scale=[1.0, 2, 3], offset=[0.0, 1, 2], mean=[], variance=[], is_training=True)[:3], IMAGE)
row("locally_normed", lambda x: tf.nn.local_response_normalization(x, 2, 1.0, 0.5, 0.6), IMAGE)
row("depth_and_space", lambda x: (tf.nn.depth_to_space(x, 2), tf.nn.space_to_depth(x, 2)), ((None, 4, 6, 8), F))
row("space_and_batch", lambda x: tf.batch_to_space(tf.space_to_batch(x, [2, 3], [[0, 0], [1, 0]]), [2, 3], [[0, 0], [1, 0]]) + tf.reduce_sum(tf.space_to_batch(x, [2, 1], [[0, 0], [0, 0]])), ((None, 4, 5, 2), F))
row("patches", lambda x: tf.image.extract_patches(x, [1, 2, 3, 1], [1, 2, 1, 1], [1, 1, 2, 1], "SAME"), IMAGE)

# -- images ----------------------------------------------------------------------------------------

for _method in ("bilinear", "nearest", "bicubic", "area", "lanczos3"):
    row(f"resized_{_method}", lambda x, m=_method: (tf.image.resize(x, [9, 4], m), tf.image.resize(x, [3, 10], m)), IMAGE)
row("resized_antialiased", lambda x: tf.image.resize(x, [3, 2], antialias=True), IMAGE)
row("resized_as_of_old", lambda x: (tf.raw_ops.ResizeBilinear(images=x, size=[9, 4]), tf.raw_ops.ResizeNearestNeighbor(images=x, size=[9, 4]),
                                    tf.raw_ops.ResizeBilinear(images=x, size=[9, 4], align_corners=True)), IMAGE)  # fmt: skip
row("flipped", lambda x: (tf.image.flip_left_right(x), tf.image.rot90(x), tf.image.central_crop(x, 0.5)), IMAGE)
row("boxes_cut_out", lambda x: (tf.image.crop_and_resize(x, [[0.1, 0.2, 0.7, 0.9], [0.0, 0.5, 1.3, 1.0], [0.9, 0.1, 0.2, 0.6]], [0, 1, 0], [3, 4], extrapolation_value=2.0),
                                tf.image.crop_and_resize(x, [[0.1, 0.2, 0.7, 0.9]], [0], [1, 1])), IMAGE)  # fmt: skip
row("boxes_kept_with_scores", lambda x: (*tf.image.non_max_suppression_with_scores(tf.concat([x, x + 1.0 + tf.abs(x)], 1), x[:, 0], 3, 0.4),
                                         *tf.raw_ops.NonMaxSuppressionV4(boxes=tf.concat([x, x + 1.0 + tf.abs(x)], 1), scores=x[:, 0], max_output_size=4, iou_threshold=0.4,
                                                                         score_threshold=-9.0, pad_to_max_output_size=True)), ((None, 2), F))  # fmt: skip
row("boxes_of_classes", lambda x, y: (*R.CombinedNonMaxSuppression(boxes=tf.concat([x, x + tf.abs(y)], 2)[:, :, None], scores=y, max_output_size_per_class=2, max_total_size=5,
                                                                   iou_threshold=0.3, score_threshold=-0.5),
                                      *R.CombinedNonMaxSuppression(boxes=tf.stack([tf.concat([x, x + tf.abs(y)], 2), tf.concat([x, x + 1], 2)], 2), scores=y, max_output_size_per_class=3, max_total_size=30,
                                                                   iou_threshold=0.5, score_threshold=-9.0, clip_boxes=False, pad_per_class=True)), ((None, 6, 2), F), ((None, 6, 2), F))  # fmt: skip
row("colours", lambda x: (tf.image.rgb_to_grayscale(x), tf.image.adjust_brightness(x, 0.2), tf.image.per_image_standardization(x)), IMAGE)
row("boxes_kept", lambda x: tf.image.non_max_suppression(tf.concat([x, x + 1.0 + tf.abs(x)], 1), x[:, 0], 3, 0.4), ((None, 2), F))

row("hues", lambda x: (tf.image.rgb_to_hsv(tf.nn.sigmoid(x)), tf.image.hsv_to_rgb(tf.nn.sigmoid(x))), IMAGE)
row("adjusted", lambda x: (tf.image.adjust_contrast(x, 1.5), tf.image.adjust_saturation(tf.nn.sigmoid(x), 1.7),
                           tf.image.adjust_hue(tf.nn.sigmoid(x), 0.3)), IMAGE)  # fmt: skip
row("quantized", lambda x: (tf.quantization.fake_quant_with_min_max_args(x, -1.0, 2.0, 4), tf.quantization.fake_quant_with_min_max_vars(x, -0.7, 1.3),
                            tf.quantization.fake_quant_with_min_max_vars_per_channel(x, [-1.0, -2, -3, 0], [1.0, 2, 1, 4], 5, True)), X)  # fmt: skip

# -- special functions -----------------------------------------------------------------------------

row("gammas", lambda x: (tf.math.lgamma(x * 3), tf.math.lgamma(tf.abs(x) * 50), tf.math.digamma(tf.abs(x) * 5 + 0.1), tf.math.digamma(x)), X)
row("poles_of_gammas", lambda x: (tf.math.lgamma(tf.constant([-2.0, 0.0, 1.0, 2.0]) + 0 * x), tf.math.digamma(tf.constant([-2.0, 3.0, 1.0, 2.0]) + 0 * x)), X)
row("normal_quantiles", lambda x: (tf.math.erfinv(tf.tanh(x)), tf.math.ndtri(tf.sigmoid(x * 2)), tf.math.erfinv(tf.constant([-1.0, 1.0, 0.0, 0.999999]) + 0 * x)), X)
row("slopes", lambda x, y: (tf.raw_ops.ReluGrad(gradients=y, features=x), tf.raw_ops.Relu6Grad(gradients=y, features=x * 5), tf.raw_ops.TanhGrad(y=x, dy=y),
                            tf.raw_ops.SigmoidGrad(y=x, dy=y), tf.raw_ops.SqrtGrad(y=x, dy=y), tf.raw_ops.RsqrtGrad(y=x, dy=y),
                            tf.raw_ops.ReciprocalGrad(y=x, dy=y), tf.raw_ops.SoftplusGrad(gradients=y, features=x),
                            tf.raw_ops.EluGrad(gradients=y, outputs=x)), X, X)  # fmt: skip

# -- complex numbers -------------------------------------------------------------------------------

row("complex_arithmetic", lambda x, y: (lambda z: (tf.abs(z * z - 2j), tf.math.real(z / (z + 1.0)), tf.math.angle(z), tf.math.imag(tf.math.conj(z)[:, 1:] * 1j),
                                                   tf.abs(tf.reduce_sum(tf.exp(z * 0.1), 1)), tf.cast(tf.reshape(z, [-1]), F)))(tf.complex(x, y)), X, X)  # fmt: skip
row("spectra", lambda x: (tf.abs(tf.signal.rfft(x)), tf.math.real(tf.signal.rfft(x, [12])), tf.signal.irfft(tf.signal.rfft(x)),
                          tf.signal.irfft(tf.signal.rfft(x[:, :7]), [7]), tf.math.imag(tf.signal.fft(tf.cast(x, tf.complex64))),
                          tf.math.real(tf.signal.ifft(tf.signal.fft(tf.complex(x, x * 2))))), ((None, 8), F))  # fmt: skip
row("spectra_of_images", lambda x: (tf.abs(tf.signal.rfft2d(x)), tf.abs(tf.signal.fft2d(tf.cast(x, tf.complex64)))), ((None, 4, 6), F))
row("spectrograms", lambda x: tf.abs(tf.signal.stft(x, 16, 8, 16)), ((None, 64), F))
row("mel_spectrograms", lambda x: tf.math.log(tf.tensordot(tf.abs(tf.signal.stft(x, 32, 16)) ** 2, tf.signal.linear_to_mel_weight_matrix(5, 17, 8000, 100.0, 3800.0), 1) + 1e-3), ((None, 128), F))
row("cosine_transforms", lambda x: tf.signal.dct(x, 2, norm="ortho"), ((None, 8), F))

# -- order -----------------------------------------------------------------------------------------

row("largest", lambda x: (*tf.math.top_k(x, 2), *tf.math.top_k(tf.cast(x * 3, I), 3)), X)
row("sorted", lambda x: (tf.sort(x), tf.argsort(x, direction="DESCENDING"), tf.sort(x, axis=0)), X)
row("different", lambda x: (*tf.unique(tf.reshape(x, [-1])), *tf.unique_with_counts(tf.reshape(x, [-1]))), N)
row("places_where", lambda x: (tf.where(x > 0), tf.where(x[:, 0] > 5)), X)
row("searched", lambda x: (tf.searchsorted([0.0, 1.0, 2.0], tf.reshape(x, [-1])), tf.searchsorted([0, 1, 1, 2], [1, 3], side="right") + tf.cast(x[0, 0] * 0, I)), X)

# -- ops that functions of the public API no longer use, or seldom --------------------------------

row("raw_sums", lambda x, y: (R.AccumulateNV2(inputs=[x, y], shape=[None, 4]), R.Add(x=x, y=y), R.Div(x=x, y=y), R.Mod(x=x, y=y), R.Inv(x=x), R.Rint(x=x)), X, X)
row("raw_choices", lambda x, y: (R.Select(condition=x[:, 0] > 0, t=x, e=y), R.ClipByValue(t=x, clip_value_min=-0.5, clip_value_max=0.5)), X, X)
row("raw_products", lambda x: (R.BatchMatMul(x=x, y=x, adj_x=True), R.BatchMatMulV3(x=x, y=x, Tout=F, adj_y=True)), ((None, 2, 3), F))
row("raw_identities", lambda x: (R.CheckNumerics(tensor=x, message=""), R.CheckNumericsV2(tensor=x, message=""), R.PreventGradient(input=x), R.Snapshot(input=x),
                                 R.OnesLike(x=x), *R.ShapeN(input=[x, x[0]])), X)  # fmt: skip
row("raw_joining", lambda x: (R.Concat(concat_dim=1, values=[x, x]), R.ParallelConcat(values=[x[:1], x[1:2]], shape=[2, 4]), *R.ConcatOffset(concat_dim=0, shape=[tf.shape(x), tf.shape(x)]),
                              R.ParallelDynamicStitch(indices=[[1], [0]], data=[x[:1], x[1:2]])), X)  # fmt: skip
row("raw_rows", lambda x: (R.Gather(params=x, indices=[1, 0]), R.ConjugateTranspose(x=x, perm=[1, 0]), *R.UniqueV2(x=x[:, 0], axis=[0])), X)
row("raw_diagonals", lambda x: (R.MatrixDiag(diagonal=x), R.MatrixDiagPart(input=R.MatrixDiag(diagonal=x) + 1), R.Diag(diagonal=x[0]), R.DiagPart(input=R.Diag(diagonal=x[0])),
                                R.MatrixSetDiag(input=R.MatrixDiag(diagonal=x), diagonal=x + 1)), X)  # fmt: skip
row("raw_diagonals_2", lambda x: (R.MatrixDiagV2(diagonal=x, k=0, num_rows=-1, num_cols=-1, padding_value=7.0), R.MatrixDiagPartV2(input=tf.linalg.diag(x), k=0, padding_value=0.0),
                                  R.MatrixSetDiagV2(input=tf.linalg.diag(x), diagonal=x + 1, k=0), *R.UniqueWithCountsV2(x=tf.round(x[:, 0]), axis=[0])), X)  # fmt: skip
row("raw_windows", lambda x: (R.BiasAddV1(value=x, bias=[1.0, 2, 3]), R.FusedBatchNorm(x=x, scale=[1.0, 2, 3], offset=[0.0, 1, 2], mean=[0.1, 0.2, 0.3], variance=[1.0, 2, 3], is_training=False)[0],
                              R.FusedBatchNormV2(x=x, scale=[1.0, 2, 3], offset=[0.0, 1, 2], mean=[0.1, 0.2, 0.3], variance=[1.0, 2, 3], is_training=False)[0],
                              R.Conv2DBackpropInputV2(input=tf.zeros([2, 12, 10, 4])[: tf.shape(x)[0]], filter=np.swapaxes(K, 2, 3), out_backprop=x[:2], strides=[1, 2, 2, 1], padding="SAME"),
                              R.DepthwiseConv2dNativeBackpropInput(input_sizes=[tf.shape(x)[0], 12, 10, 3], filter=K[..., :1], out_backprop=x, strides=[1, 2, 2, 1], padding="SAME")), IMAGE)  # fmt: skip
row("raw_segments", lambda x: (tf.math.unsorted_segment_min(x, tf.range(tf.shape(x)[0]) % 2, 3), tf.math.unsorted_segment_prod(x, tf.range(tf.shape(x)[0]) % 2, 3)), X)
row("raw_spectra", lambda x: tf.abs(tf.signal.ifft2d(tf.cast(x[0], tf.complex64))) + tf.abs(tf.signal.ifft3d(tf.signal.fft3d(tf.cast(x, tf.complex64)))), ((None, 4, 6), F))
row("raw_numbers_of_lists", lambda x: (R.LinSpace(start=0.0, stop=x[0, 0], num=4), R.InvertPermutation(x=tf.argsort(x[0])), R.UpperBound(sorted_inputs=tf.sort(x), values=x)), X)
row("bits_of_one_dtype", lambda x: R.Bitcast(input=x, type=F) + 1, X)


@case(X)
def lists_of_tensors(x):
    handle = R.EmptyTensorList(element_shape=[2], max_num_elements=9, element_dtype=F)
    handle = R.TensorListPushBack(input_handle=handle, tensor=x[0, :2])
    handle = R.TensorListPushBack(input_handle=handle, tensor=x[1, 2:])
    rest, last = R.TensorListPopBack(input_handle=handle, element_shape=[2], element_dtype=F)
    joined = R.TensorListConcatV2(input_handle=handle, element_shape=[2], leading_dims=tf.zeros([0], tf.int64), element_dtype=F)
    return (
        last, R.TensorListLength(input_handle=rest), joined[0], joined[1],
        R.TensorListGather(input_handle=handle, indices=[1, 0, 1], element_shape=[2], element_dtype=F),
        R.TensorListElementShape(input_handle=handle, shape_type=I),
        R.TensorListStack(input_handle=handle, element_shape=[2], element_dtype=F),
    )  # fmt: skip


@case(X)
def list_that_grows_in_a_loop(x):
    handle = R.EmptyTensorList(element_shape=-1, max_num_elements=-1, element_dtype=F)

    def body(i, handle):
        return i + 1, R.TensorListPushBack(input_handle=handle, tensor=x[i] * 2)

    _, handle = tf.while_loop(lambda i, _: i < tf.shape(x)[0], body, [0, handle])
    return R.TensorListStack(input_handle=handle, element_shape=[4], element_dtype=F)


@case(X)
def array_written_at_places(x):
    n = tf.shape(x)[0]
    array = tf.TensorArray(F, n).scatter(tf.range(n)[::-1], x)
    return array.stack(), array.gather([1, 0]), tf.reshape(array.concat(), [-1])


# -- tables ----------------------------------------------------------------------------------------

WORDS = tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(["b", "a", "c"], tf.constant([5, 6, 7], tf.int64)), -1)
NUMBERS = tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(tf.constant([3, 0, 4], tf.int64), [0.5, 1.5, 2.5]), -1.0)


@case(N)
def looked_up(x):
    words = tf.gather(tf.constant(["a", "b", "c", "d", "e"]), x)
    return WORDS.lookup(words), NUMBERS.lookup(tf.cast(x, tf.int64)), NUMBERS.size()


# -- branches and loops ----------------------------------------------------------------------------


@case(X)
def branches(x):
    return tf.cond(tf.reduce_sum(x) > 0, lambda: x * 2, lambda: tf.nn.relu(x) - 1)


@case(X, ((), I))
def chosen_of_three(x, i):
    return tf.switch_case(i - 1, [lambda: x, lambda: x * 2, lambda: tf.zeros_like(x)])


@case(X)
def branches_inside_branches(x):
    if tf.reduce_sum(x) > 0:
        if tf.reduce_max(x) > 1:
            y = x * 3
        else:
            y = x - 1
    else:
        y = -x
    return y


@case(X)
def loop_until_large(x):
    while tf.reduce_sum(tf.abs(x)) < 100:
        x = x * 2
    return x


@case(X)
def loop_over_the_batch(x):
    total = tf.zeros([4])
    for i in tf.range(tf.shape(x)[0]):
        total = total * 0.5 + x[i]
    return total


@case(X)
def loop_that_breaks(x):
    total = 0.0
    for i in tf.range(10):
        if tf.reduce_sum(x) + total > 5:
            break
        total += tf.cast(i, tf.float32)
    return total


@case(X)
def loop_inside_a_loop(x):
    total = 0.0
    for i in tf.range(3):
        for j in tf.range(i + 1):
            total += tf.reduce_sum(x) * tf.cast(j, tf.float32)
    return total


@case(X)
def loop_that_never_runs(x):
    i = 0
    while tf.reduce_sum(x) < -1e9:
        x = x + 1
        i += 1
    return x, i


@case(X)
def growing_variable(x):
    i = tf.constant(0)
    return tf.while_loop(
        lambda i, y: i < 3, lambda i, y: (i + 1, tf.concat([y, x[:1]], 0)), [i, x],
        shape_invariants=[tf.TensorShape([]), tf.TensorShape([None, 4])],
    )[1]  # fmt: skip


@case(X)
def mapped(x):
    return tf.map_fn(lambda r: tf.reduce_sum(r) * r, x)


@case(X)
def scanned(x):
    return tf.scan(lambda a, r: a * 0.5 + r, x, reverse=False)


@case(X)
def folded(x):
    return tf.foldl(lambda a, r: a + r * r, x)


@case(X)
def array_written_backwards(x):
    n = tf.shape(x)[0]
    array = tf.TensorArray(tf.float32, n)
    for i in tf.range(n):
        array = array.write(n - 1 - i, x[i] * 2)
    return array.stack()


@case(X)
def array_that_is_read(x):
    n = tf.shape(x)[0]
    array = tf.TensorArray(tf.float32, n, clear_after_read=False).unstack(x)
    for i in tf.range(1, n):
        array = array.write(i, array.read(i) + array.read(i - 1))
    return array.stack()


@case(X)
def branch_in_a_loop(x):
    total = tf.zeros([4])
    for i in tf.range(tf.shape(x)[0]):
        if x[i, 0] > 0:
            total += x[i]
        else:
            total -= 1
    return total


@case(X)
def calls_of_functions(x):
    @tf.function
    def inner(y):
        return y * 2 + tf.cast(tf.shape(y)[0], tf.float32)

    return inner(inner(x)) + inner(x[:1])


@case(X)
def own_gradient(x):
    @tf.custom_gradient
    def clipped(y):
        return tf.minimum(y, 1.0), lambda dy: dy

    return clipped(x)


@case(X)
def checks_left_out(x):
    tf.debugging.assert_less(x, 1e9)
    tf.print("not in the file", tf.shape(x))
    return x + 1
