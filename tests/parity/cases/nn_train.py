"""tf.nn's losses, normalizations, dropout, embeddings and CTC: values, edges, errors, gradients of both orders."""

import numpy as np

from tests.parity.case import Family
from tests.parity.gradients import first_order, second_order
from tests.parity.values import FLOATS, HALVES

case = Family(__name__)
NAN, INF = float("nan"), float("inf")


def drawn(*shape, seed=0):
    return np.random.default_rng(seed).uniform(-1, 1, shape).astype("f4")


X, IMAGES = drawn(3, 4), drawn(2, 3, 4, 3)
LABELS = np.array([[0.2, 0.3, 0.5, 0.0], [1, 0, 0, 0], [0.25, 0.25, 0.25, 0.25]], "f4")
LARGE = np.array([[1e4, -1e4, 0], [INF, 0, 0], [NAN, 0, 0], [-INF, -INF, 0]], "f4")

# -- cross entropies -------------------------------------------------------------------------------
for dtype in FLOATS:
    case(
        f"softmax/{dtype}",
        lambda tf, d: tf.nn.softmax_cross_entropy_with_logits(tf.cast(LABELS, d), tf.cast(X * 4, d)), dtype, loose=2,
    )  # fmt: skip
    case(
        f"sparse/{dtype}",
        lambda tf, d: tf.nn.sparse_softmax_cross_entropy_with_logits([0, 3, 1], tf.cast(X * 4, d)), dtype, loose=2,
    )  # fmt: skip
    case(
        f"sigmoid/{dtype}",
        lambda tf, d: tf.nn.sigmoid_cross_entropy_with_logits(tf.cast(LABELS, d), tf.cast(X * 4, d)), dtype, loose=2,
    )  # fmt: skip
    case(
        f"weighted/{dtype}",
        lambda tf, d: tf.nn.weighted_cross_entropy_with_logits(tf.cast(LABELS, d), tf.cast(X * 4, d), tf.cast(3, d)),
        dtype, loose=2,
    )  # fmt: skip
    case(
        f"poisson/{dtype}",
        lambda tf, d: tf.nn.log_poisson_loss(tf.cast(LABELS * 9, d), tf.cast(X, d), True), dtype, loose=4,
    )  # fmt: skip
    case(f"l2/{dtype}", lambda tf, d: tf.nn.l2_loss(tf.cast(X, d)), dtype, loose=4)
    case(f"moments/{dtype}", lambda tf, d: tf.nn.moments(tf.cast(IMAGES, d), [0, 1]), dtype, loose=4)
    case.either(
        f"weighted_moments/{dtype}",
        lambda tf, d: tf.nn.weighted_moments(tf.cast(IMAGES, d), [0, 1], tf.cast([1, 2, 3], d)), dtype, loose=4,
    )  # fmt: skip
    case.either(f"lrn/{dtype}", lambda tf, d: tf.nn.lrn(tf.cast(IMAGES, d), 1), dtype, loose=4)
    case.either(
        f"dropout/{dtype}", lambda tf, d: tf.nn.experimental.stateless_dropout(tf.ones([3, 4], d), 0.4, [1, 2]), dtype
    )
    case(
        f"batch_normalization/{dtype}",
        lambda tf, d: tf.nn.batch_normalization(
            tf.cast(IMAGES, d), *(tf.cast(v, d) for v in ([0.1, 0.2, 0.3], [1, 2, 3], [0, 1, 2], [1, 2, 1])), 1e-3
        ), dtype, loose=4,
    )  # fmt: skip
for name, f, y in (
    ("softmax", lambda tf, x, p: tf.nn.softmax_cross_entropy_with_logits(p, x), LABELS),
    ("softmax_axis0", lambda tf, x, p: tf.nn.softmax_cross_entropy_with_logits(p, x, axis=0), LABELS),
    ("sigmoid", lambda tf, x, p: tf.nn.sigmoid_cross_entropy_with_logits(p, x), LABELS),
    ("weighted", lambda tf, x, p: tf.nn.weighted_cross_entropy_with_logits(p, x, 3.0), LABELS),
    ("poisson", lambda tf, x, p: tf.nn.log_poisson_loss(p, x), LABELS * 3),
    ("poisson_full", lambda tf, x, p: tf.nn.log_poisson_loss(p, x, True), LABELS * 3 + 1.5),
):
    case(f"{name}/gradient", first_order, f, X, y, loose=10)
    case(f"{name}/second_of_logits", second_order, lambda tf, x, f=f, y=y: f(tf, x, tf.constant(y)), X, loose=20)
for name, f in (
    ("sparse", lambda tf, x: tf.nn.sparse_softmax_cross_entropy_with_logits([0, 3, 1], x)),
    ("l2", lambda tf, x: tf.nn.l2_loss(x)),
    ("crelu", lambda tf, x: tf.nn.crelu(x)),
    ("moments", lambda tf, x: tf.nn.moments(x, [0])),
    ("moments_kept", lambda tf, x: tf.nn.moments(x, [1], keepdims=True)),
    ("weighted_moments", lambda tf, x: tf.nn.weighted_moments(x, [0], [[1.0], [2.0], [0.5]])),
    ("sufficient", lambda tf, x: tf.nn.sufficient_statistics(x, [0])[1:3]),
    ("normalize", lambda tf, x: tf.nn.normalize_moments(4.0, x, x * x + 1, 0.5)),
    ("dropout", lambda tf, x: tf.nn.experimental.stateless_dropout(x, 0.4, [1, 2])),
    ("embedding", lambda tf, x: tf.nn.embedding_lookup(x, [[0, 2], [1, 0]])),
    ("embedding_norm", lambda tf, x: tf.nn.embedding_lookup(x, [0, 2, 0], max_norm=0.5)),
):
    case(f"{name}/gradient", first_order, f, X, loose=10)
    case.either(f"{name}/second", second_order, f, X, loose=20)
case("softmax/edges", lambda tf: tf.nn.softmax_cross_entropy_with_logits([[0.5, 0.25, 0.25]] * 4, LARGE))
case("sparse/edges", lambda tf: tf.nn.sparse_softmax_cross_entropy_with_logits([0, 1, 2, 0], LARGE))
case("sigmoid/edges", lambda tf: tf.nn.sigmoid_cross_entropy_with_logits(tf.fill([4, 3], 0.5), LARGE))
case("weighted/edges", lambda tf: tf.nn.weighted_cross_entropy_with_logits(tf.fill([4, 3], 0.5), LARGE, 2.0))


def of_unknown_rank(tf, f, labels):
    """A loss of logits of any rank, in a function."""
    spec = [tf.TensorSpec(None, labels.dtype), tf.TensorSpec(None)]
    return tf.function(f, input_signature=spec)(labels[None], X[None])


for axis in (-1, 1, 2):
    case(
        f"softmax/unknown_rank/{axis}",
        lambda tf, axis: of_unknown_rank(
            tf, lambda y, x: tf.nn.softmax_cross_entropy_with_logits(y, x, axis=axis), tf.constant(LABELS)
        ), axis, loose=2,
    )  # fmt: skip
case(
    "sparse/unknown_rank",
    lambda tf: of_unknown_rank(tf, tf.nn.sparse_softmax_cross_entropy_with_logits, tf.constant([0, 3, 1])), loose=2,
)  # fmt: skip
case.table("""
    softmax/broadcast: tf.nn.softmax_cross_entropy_with_logits([[0.2, 0.3, 0.5, 0.0]], X)  # loose: 2
    softmax/vector: tf.nn.softmax_cross_entropy_with_logits([0.5, 0.5], [1.0, 2.0])
    softmax/three_axes: tf.nn.softmax_cross_entropy_with_logits(LABELS[None], X[None])  # loose: 2
    softmax/middle_axis: tf.nn.softmax_cross_entropy_with_logits(LABELS[None], X[None], axis=1)  # loose: 2
    softmax/integer_labels: tf.nn.softmax_cross_entropy_with_logits([[1, 0]], [[1.0, 2.0]])
    softmax/empty: tf.nn.softmax_cross_entropy_with_logits(tf.zeros([0, 3]), tf.zeros([0, 3]))
    softmax/no_class: tf.nn.softmax_cross_entropy_with_logits(tf.zeros([2, 0]), tf.zeros([2, 0]))
    softmax/wrong/classes: tf.nn.softmax_cross_entropy_with_logits([[0.5, 0.5]], [[1.0, 2.0, 3.0]])  # raises: logits and labels must be broadcastable
    softmax/wrong/none: tf.nn.softmax_cross_entropy_with_logits(labels=None, logits=X)  # raises: None
    softmax/wrong/integers: tf.nn.softmax_cross_entropy_with_logits([[1, 0]], [[1, 2]])  # raises: int32 is not in the list of allowed values: half, bfloat16, float, double
    softmax/wrong/axis: tf.nn.softmax_cross_entropy_with_logits(LABELS, X, axis=3)  # raises
    sparse/scalar: tf.nn.sparse_softmax_cross_entropy_with_logits(1, [1.0, 2.0])
    sparse/matrix: tf.nn.sparse_softmax_cross_entropy_with_logits([[0, 3, 1]], X[None])  # loose: 2
    sparse/int64: tf.nn.sparse_softmax_cross_entropy_with_logits(tf.constant([0, 3, 1], tf.int64), X)  # loose: 2
    sparse/empty: tf.nn.sparse_softmax_cross_entropy_with_logits(tf.zeros([0], tf.int32), tf.zeros([0, 3]))
    sparse/wrong/large: tf.nn.sparse_softmax_cross_entropy_with_logits([0, 4, 1], X)  # raises: Received a label value of 4 which is outside the valid range of [0, 4)
    sparse/wrong/negative: tf.nn.sparse_softmax_cross_entropy_with_logits([0, -1, 1], X)  # raises: Received a label value of -1 which is outside the valid range
    sparse/wrong/count: tf.nn.sparse_softmax_cross_entropy_with_logits([0, 1], X)  # raises: `labels.shape` must equal `logits.shape` except for the last dimension
    sparse/wrong/rank: tf.nn.sparse_softmax_cross_entropy_with_logits([[0], [1], [2]], X)  # raises: `labels.shape.rank` must equal `logits.shape.rank - 1`
    sparse/wrong/scalar: tf.nn.sparse_softmax_cross_entropy_with_logits(1, 1.0)  # raises: `logits` cannot be a scalar
    sparse/wrong/floats: tf.nn.sparse_softmax_cross_entropy_with_logits([1.0, 2.0, 0.0], X)  # raises: float is not in the list of allowed values: int32, int64
    sparse/wrong/uint8: tf.nn.sparse_softmax_cross_entropy_with_logits(tf.constant([1, 2, 0], tf.uint8), X)  # raises: uint8 is not in the list of allowed values: int32, int64
    raw/softmax: tf.raw_ops.SoftmaxCrossEntropyWithLogits(features=X, labels=LABELS)  # loose: 2
    raw/softmax_vector: tf.raw_ops.SoftmaxCrossEntropyWithLogits(features=[1.0, 2.0], labels=[1.0, 2.0])  # raises: logits and labels must be either 2-dimensional
    raw/sparse: tf.raw_ops.SparseSoftmaxCrossEntropyWithLogits(features=X, labels=[0, 1, 2])  # loose: 2
    raw/sparse_count: tf.raw_ops.SparseSoftmaxCrossEntropyWithLogits(features=X, labels=[0])  # raises: logits and labels must have the same first dimension
    raw/sparse_rank: tf.raw_ops.SparseSoftmaxCrossEntropyWithLogits(features=[1.0, 2.0], labels=[0])  # raises: logits must be 2-D
    raw/sparse_classes: tf.raw_ops.SparseSoftmaxCrossEntropyWithLogits(features=tf.zeros([2, 0]), labels=[0, 0])  # raises: Must have at least one class
    sigmoid/wrong/shape: tf.nn.sigmoid_cross_entropy_with_logits([1.0], [2.0, 3.0])  # raises: `logits` and `labels` must have the same shape
    sigmoid/wrong/none: tf.nn.sigmoid_cross_entropy_with_logits(None, [2.0, 3.0])  # raises: Both `labels` and `logits` must be provided
    sigmoid/wrong/integers: tf.nn.sigmoid_cross_entropy_with_logits([1, 2], [2.0, 3.0])  # raises
    sigmoid/empty: tf.nn.sigmoid_cross_entropy_with_logits(tf.zeros([0]), tf.zeros([0]))
    weighted/wrong/shape: tf.nn.weighted_cross_entropy_with_logits([1.0], [2.0, 3.0], 2.0)  # raises: `logits` and `labels` must have the same shape
    weighted/tensor: tf.nn.weighted_cross_entropy_with_logits(LABELS, X, tf.constant([1.0, 2.0, 3.0, 4.0]))  # loose: 2
    poisson/plain: tf.nn.log_poisson_loss([0.0, 1.0, 2.0, 0.5], [2.0, 3.0, 1.0, 1.0])  # loose: 2
    poisson/wrong: tf.nn.log_poisson_loss([1.0], [2.0, 3.0])  # raises: `log_input` and `targets` must have the same shape
    l2/wrong: tf.nn.l2_loss([1, 2])  # raises: int32 is not in the list of allowed values: half, bfloat16, float, double
    l2/empty: tf.nn.l2_loss(tf.zeros([0]))
    l2/scalar: tf.nn.l2_loss(3.0)
    crelu/axis: tf.nn.crelu(X, axis=0)
    crelu/integers: tf.nn.crelu([1, -2])
    average/plain: tf.nn.compute_average_loss([1.0, 2.0])
    average/weights: tf.nn.compute_average_loss([1.0, 2.0], sample_weight=[0.5, 1.0])
    average/size: tf.nn.compute_average_loss([1.0, 2.0], global_batch_size=4)
    average/size_tensor: tf.nn.compute_average_loss([1.0, 2.0], global_batch_size=tf.constant(4))
    average/zero: tf.nn.compute_average_loss([1.0, 2.0], global_batch_size=0)
    average/empty: tf.nn.compute_average_loss(tf.zeros([0]))
    average/integers: tf.nn.compute_average_loss([1, 2])
    average/half: tf.nn.compute_average_loss(tf.constant([1.0, 2.0], tf.float16), sample_weight=[0.5, 1.0])
    average/matrix: tf.nn.compute_average_loss([[1.0, 2.0], [3.0, 4.0]], sample_weight=[0.5, 1.0])
    average/matrix_column: tf.nn.compute_average_loss([[1.0, 2.0], [3.0, 4.0]], sample_weight=[[0.5], [1.0]])
    average/scalar_weight: tf.nn.compute_average_loss([1.0, 2.0], sample_weight=3.0)
    average/squeezed: tf.nn.compute_average_loss([1.0, 2.0], sample_weight=[[0.5], [1.0]])
    average/wrong/scalar: tf.nn.compute_average_loss(1.0)  # raises: Expected a tensor with at least rank 1
    average/wrong/float: tf.nn.compute_average_loss([1.0, 2.0], global_batch_size=1.5)  # raises: global_batch_size must be an integer
    average/wrong/vector: tf.nn.compute_average_loss([1.0, 2.0], global_batch_size=tf.constant([2]))  # raises: global_batch_size must be scalar
    average/wrong/negative: tf.nn.compute_average_loss([1.0, 2.0], global_batch_size=-1)  # raises: global_batch_size must be non-negative
    scale/scalar: tf.nn.scale_regularization_loss(2.0)
    scale/vector: tf.nn.scale_regularization_loss([2.0, 3.0])
    moments/all: tf.nn.moments(tf.constant(X), None)  # loose: 4
    moments/none: tf.nn.moments(tf.constant(X), [])
    moments/empty: tf.nn.moments(tf.zeros([0, 3]), [0])
    moments/integers: tf.nn.moments(tf.range(5), [0])
    moments/complex: tf.nn.moments(tf.constant([1 + 2j, 2]), [0])
    moments/negative_axis: tf.nn.moments(tf.constant(IMAGES), [-1, 0])  # loose: 4
    moments/shift: tf.nn.moments(tf.constant(X), [0], shift=1.0, keepdims=True)  # loose: 4
    moments/nan: tf.nn.moments(tf.constant(LARGE), [1])
    moments/wrong/axis: tf.nn.moments(tf.constant(X), [7])  # raises: Invalid reduction dimension
    moments/wrong/bool: tf.nn.moments(tf.constant([True]), [0])  # raises: bool is not in the list of allowed values
    weighted_moments/scalar: tf.nn.weighted_moments(tf.constant(IMAGES), [0, 2], 2.0)  # loose: 4
    weighted_moments/kept: tf.nn.weighted_moments(tf.constant(IMAGES), [0], tf.ones([2, 1, 1, 1]), keepdims=True)  # loose: 4
    weighted_moments/integer_weights: tf.nn.weighted_moments(tf.constant(IMAGES), [0], 2)  # loose: 4
    sufficient/plain: tf.nn.sufficient_statistics(tf.constant(IMAGES), [0, 1])[:3]  # loose: 4
    sufficient/shift: tf.nn.sufficient_statistics(tf.constant(IMAGES), [0, -1], shift=1.0)  # loose: 4
    sufficient/kept: tf.nn.sufficient_statistics(tf.constant(IMAGES), [0], keepdims=True)[:3]  # loose: 4
    sufficient/wrong: tf.nn.sufficient_statistics(tf.constant(IMAGES), 1)  # raises: 'int' object is not iterable
    normalize/plain: tf.nn.normalize_moments(4.0, [1.0, 2.0], [3.0, 4.0], None)
    normalize/shift: tf.nn.normalize_moments(4.0, [1.0, 2.0], [3.0, 4.0], 1.0)
    batch_normalization/bare: tf.nn.batch_normalization(IMAGES, tf.constant([0.1, 0.2, 0.3]), tf.constant([1.0, 2.0, 3.0]), None, None, 1e-3)  # loose: 4
    batch_normalization/scale: tf.nn.batch_normalization(IMAGES, tf.constant([0.1, 0.2, 0.3]), tf.constant([1.0, 2.0, 3.0]), None, [1.0, 2.0, 3.0], 1e-3)  # loose: 4
    batch_normalization/offset: tf.nn.batch_normalization(IMAGES, tf.constant([0.1, 0.2, 0.3]), tf.constant([1.0, 2.0, 3.0]), [1.0, 2.0, 3.0], None, 1e-3)  # loose: 4
    batch_normalization/mixed: tf.nn.batch_normalization(tf.cast(IMAGES, "float16"), tf.zeros([3]), tf.ones([3]), None, None, 1e-3)
    batch_normalization/wrong: tf.nn.batch_normalization(IMAGES, tf.zeros([2]), tf.ones([3]), None, None, 1e-3)  # raises: Incompatible shapes: [2] vs. [3]
    global_normalization/plain: tf.nn.batch_norm_with_global_normalization(IMAGES, tf.zeros([3]), tf.ones([3]), tf.ones([3]), tf.fill([3], 2.0), 1e-3, True)  # loose: 4
    global_normalization/unscaled: tf.nn.batch_norm_with_global_normalization(IMAGES, tf.zeros([3]), tf.ones([3]), tf.ones([3]), tf.fill([3], 2.0), 1e-3, False)  # loose: 4
    lrn/default: tf.nn.lrn(IMAGES)  # loose: 4
    lrn/all: tf.nn.local_response_normalization(drawn(1, 2, 2, 9), 2, 0.5, 2.0, 0.75)  # loose: 4
    lrn/wrong: tf.nn.lrn(IMAGES[0], 2)  # raises: in must be 4-dimensional
    dropout/zero: tf.nn.dropout([1.0, 2.0], 0.0)
    dropout/zero_integer: tf.nn.dropout([1.0, 2.0], 0)
    dropout/stateless_noise: tf.nn.experimental.stateless_dropout(tf.ones([2, 3]), 0.5, [1, 2], noise_shape=[2, 1])
    dropout/stateless_noise_none: tf.nn.experimental.stateless_dropout(tf.ones([2, 3]), 0.5, [1, 2], noise_shape=[None, 1])
    dropout/stateless_noise_short: tf.nn.experimental.stateless_dropout(tf.ones([2, 3]), 0.5, [1, 2], noise_shape=[1])
    dropout/stateless_philox: tf.nn.experimental.stateless_dropout(tf.ones([2, 3]), 0.5, [1, 2], rng_alg="philox")
    dropout/stateless_tensor_rate: tf.nn.experimental.stateless_dropout(tf.ones([2, 3]), tf.constant(0.3), [1, 2])
    dropout/stateless_zero: tf.nn.experimental.stateless_dropout(tf.ones([2, 3]), 0.0, [1, 2])
    dropout/empty: tf.nn.experimental.stateless_dropout(tf.ones([0, 3]), 0.5, [1, 2])
    dropout/general: tf.nn.experimental.general_dropout(tf.constant([1.0, 2.0, 3.0]), 0.5, lambda shape, dtype: tf.constant([0.4, 0.5, 0.6], dtype))
    dropout/nan: tf.nn.experimental.general_dropout(tf.constant([NAN, INF, NAN]), 0.5, lambda shape, dtype: tf.constant([0.4, 0.4, 0.6], dtype))
    dropout/wrong/one: tf.nn.dropout([1.0, 2.0], 1.0)  # raises: `rate` must be a scalar tensor or a float in the range [0, 1)
    dropout/wrong/negative: tf.nn.dropout([1.0, 2.0], -0.1)  # raises: `rate` must be a scalar tensor or a float in the range [0, 1)
    dropout/wrong/text: tf.nn.dropout([1.0, 2.0], "a")  # raises: `rate` must be a scalar or scalar tensor
    dropout/wrong/integers: tf.nn.dropout([1, 2], 0.5)  # raises: `x.dtype` must be a floating point tensor as `x` will be scaled
    dropout/wrong/rate_dtype: tf.nn.dropout([1.0, 2.0], tf.constant(0.5, tf.float64))  # raises: `x.dtype` must be compatible with `rate.dtype`
    dropout/wrong/rate_rank: tf.nn.dropout([1.0, 2.0], tf.constant([0.5]))  # raises: must have rank 0
    dropout/wrong/noise: tf.nn.dropout(tf.ones([2, 3]), 0.5, noise_shape=[2, 2])  # raises: must be broadcastable
    dropout/wrong/algorithm: tf.nn.experimental.stateless_dropout(tf.ones([2, 3]), 0.5, [1, 2], rng_alg="foo")  # raises: unsupported value foo
    embedding/rows: tf.nn.embedding_lookup(X, [0, 2, 1])
    embedding/matrix: tf.nn.embedding_lookup(X, [[0, 2], [1, 1]])
    embedding/scalar: tf.nn.embedding_lookup(X, 1)
    embedding/empty: tf.nn.embedding_lookup(X, tf.zeros([0, 2], tf.int32))
    embedding/norm: tf.nn.embedding_lookup(X, [[0, 2], [1, 1]], max_norm=0.5)  # loose: 2
    embedding/variable: tf.nn.embedding_lookup(tf.Variable(X), [0, 2])
    embedding/parts: tf.nn.embedding_lookup([X, X + 1], [[0, 5], [2, 3]])
    embedding/uneven_parts: tf.nn.embedding_lookup([tf.constant(X), tf.constant(X[:2] + 1)], [0, 3, 2, 4])
    embedding/three_parts: tf.nn.embedding_lookup([X, X + 1, X + 2], tf.range(9))
    embedding/parts_norm: tf.nn.embedding_lookup([X, X + 1], [0, 5, 2], max_norm=0.5)  # loose: 2
    embedding/one_part: tf.nn.embedding_lookup([X], [0, 2])
    embedding/wrong/large: tf.nn.embedding_lookup(tf.constant(X), [0, 3])  # raises: indices[1] = 3 is not in [0, 3)
    embedding/wrong/negative: tf.nn.embedding_lookup(tf.constant(X), [0, -1])  # raises: indices[1] = -1 is not in [0, 3)
    embedding/wrong/part: tf.nn.embedding_lookup([X, X], [0, 6])  # raises: partitions[1] = 2 is not in [0, 2)
    embedding/wrong/floats: tf.nn.embedding_lookup(tf.constant(X), [0.0])  # raises: float is not in the list of allowed values: int16, int32, int64
    embedding/wrong/none: tf.nn.embedding_lookup(None, [0])  # raises: params must be specified
    embedding/wrong/no_parts: tf.nn.embedding_lookup([], [0])  # raises: Need at least one param
    hits/plain: tf.nn.compute_accidental_hits([[1, 2], [3, 4]], [4, 2, 1, 7], 2)
    hits/none: tf.nn.compute_accidental_hits([[1, 2], [3, 4]], [5, 6], 2)
    ctc/unique: tf.nn.ctc_unique_labels([[1, 2, 2, 1], [3, 3, 0, 0]])
    ctc/unique_order: tf.nn.ctc_unique_labels([[3, 1, 3, 1, 2]])
    ctc/collapse: tf.nn.collapse_repeated([[1, 1, 2, 2, 1], [3, 3, 3, 0, 0]], [5, 3])
    ctc/collapse_long: tf.nn.collapse_repeated([[1, 1]], [5])
    ctc/collapse_short: tf.nn.collapse_repeated([[1, 1, 2]], [2])
    ctc/wrong/rank: tf.nn.ctc_loss([[1, 2]], drawn(4, 5), [2], [4])  # raises: index out of range
    ctc/wrong/time: tf.raw_ops.CTCLoss(inputs=drawn(4, 1, 5), labels_indices=[[0, 0], [0, 1]], labels_values=[1, 2], sequence_length=[1])  # raises: Not enough time for target transition sequence (required: 2, available: 1)
    ctc/wrong/negative: tf.raw_ops.CTCLoss(inputs=drawn(4, 1, 5), labels_indices=[[0, 0], [0, 1]], labels_values=[1, -1], sequence_length=[4])  # raises: All labels must be nonnegative integers, batch: 0
    ctc/wrong/empty: tf.raw_ops.CTCLoss(inputs=drawn(4, 2, 5), labels_indices=[[0, 0]], labels_values=[1], sequence_length=[3, 3])  # raises: Labels length is zero in batch 1
    ctc/wrong/lengths: tf.raw_ops.CTCLoss(inputs=drawn(4, 2, 5), labels_indices=[[0, 0]], labels_values=[1], sequence_length=[3])  # raises: len(sequence_length) != batch_size
    ctc/wrong/length: tf.raw_ops.CTCLoss(inputs=drawn(4, 2, 5), labels_indices=[[0, 0], [1, 0]], labels_values=[1, 1], sequence_length=[3, 9])  # raises: sequence_length(1) <= 4
    ctc/wrong/greedy_length: tf.nn.ctc_greedy_decoder(drawn(4, 2, 3), [4, 5])  # raises: sequence_length(1) <= 4
    ctc/wrong/greedy_lengths: tf.nn.ctc_greedy_decoder(drawn(4, 2, 3), [4])  # raises: len(sequence_length) != batch_size
    ctc/wrong/beam: tf.nn.ctc_beam_search_decoder(drawn(4, 2, 3), [4, 3], beam_width=1, top_paths=2)  # raises: requested more paths than the beam width
    space_to_batch/same: tf.nn.with_space_to_batch(IMAGES, [2, 2], "SAME", lambda a, n, p: tf.nn.avg_pool2d(a, 2, 1, p), filter_shape=[2, 2])  # loose: 4
    space_to_batch/valid: tf.nn.with_space_to_batch(IMAGES, [1, 2], "VALID", lambda a, n, p: tf.nn.avg_pool2d(a, 2, 1, p))  # loose: 4
    space_to_batch/dims: tf.nn.with_space_to_batch(IMAGES, [2], "VALID", lambda a, n, p: a * 2, spatial_dims=[2])
    space_to_batch/first: tf.nn.with_space_to_batch(IMAGES, [2, 2], "VALID", lambda a, n, p: a * 2, data_format="NCHW")
    space_to_batch/ones: tf.nn.with_space_to_batch(IMAGES, [1, 1], "SAME", lambda a, n, p: a * n)
    space_to_batch/wrong/filter: tf.nn.with_space_to_batch(IMAGES, [2, 2], "SAME", lambda a, n, p: a)  # raises: `filter_shape` must be specified for `padding='SAME'`
    space_to_batch/wrong/padding: tf.nn.with_space_to_batch(IMAGES, [2, 2], "FOO", lambda a, n, p: a)  # raises: `padding` must be one of 'SAME' or 'VALID'
    space_to_batch/wrong/rate: tf.nn.with_space_to_batch(IMAGES, [2, 0], "SAME", lambda a, n, p: a)  # raises: `dilation_rate` must be positive
    space_to_batch/wrong/dims: tf.nn.with_space_to_batch(IMAGES, [2, 2], "VALID", lambda a, n, p: a, spatial_dims=[2, 1])  # raises: must be a monotonically increasing sequence
    space_to_batch/wrong/rank: tf.nn.with_space_to_batch(IMAGES, 2, "VALID", lambda a, n, p: a)  # raises: `dilation_rate.shape.rank` must be 1
""")

# -- fused batch normalization ---------------------------------------------------------------------
SCALE, OFFSET, MEAN, VARIANCE = (drawn(3, seed=i) + i for i in (1, 2, 0, 2))


def fused(tf, x, scale, offset, training=True, version="V3", **attrs):
    mean, variance = (tf.zeros([0]), tf.zeros([0])) if training else (MEAN, VARIANCE)
    if attrs.get("exponential_avg_factor", 1.0) != 1.0:
        mean, variance = MEAN, VARIANCE
    op = getattr(tf.raw_ops, f"FusedBatchNorm{version}")
    return op(x=x, scale=scale, offset=offset, mean=mean, variance=variance, is_training=training, **attrs)


for version in ("", "V2", "V3"):
    for training in (True, False):
        f = lambda tf, x, s, o, t=training, v=version: fused(tf, x, s, o, t, v)[0]
        at = f"fused{version}/{'training' if training else 'inference'}"
        case(
            f"{at}/value", lambda tf, t, v: fused(tf, IMAGES, SCALE, OFFSET, t, v)[:3], training, version, loose=20,
        )  # fmt: skip
        case(f"{at}/gradient", first_order, f, IMAGES, SCALE, OFFSET, loose=40)
        if version == "V3":
            case(f"{at}/second", second_order, f, IMAGES[:, :2, :2], SCALE, OFFSET, loose=200)
for dtype in HALVES:
    case.either(f"fusedV3/{dtype}", lambda tf, d: fused(tf, tf.cast(IMAGES, d), SCALE, OFFSET)[:3], dtype, loose=20)
case.either("fusedV3/factor", lambda tf: fused(tf, IMAGES, SCALE, OFFSET, exponential_avg_factor=0.5)[:3], loose=20)
case.either("fusedV3/epsilon", lambda tf: fused(tf, IMAGES, SCALE, OFFSET, epsilon=0.1)[:3], loose=20)
case.either(
    "fusedV3/channels_first",
    lambda tf: fused(tf, np.transpose(IMAGES, [0, 3, 1, 2]), SCALE, OFFSET, data_format="NCHW")[:3], loose=20,
)  # fmt: skip
case.either("fusedV3/volume", lambda tf: fused(tf, IMAGES[:, None], SCALE, OFFSET, data_format="NDHWC")[:3], loose=20)
case.raises("fusedV3/wrong/rank", lambda tf: fused(tf, IMAGES[0], SCALE, OFFSET), says=["must be 4-dimensional"])
case.raises(
    "fusedV3/wrong/scale", lambda tf: fused(tf, IMAGES, SCALE[:2], OFFSET),
    says=["scale must have the same number of elements as the channels of x, got 2 and 3"],
)  # fmt: skip
case.raises(
    "fusedV3/wrong/mean",
    lambda tf: tf.raw_ops.FusedBatchNormV3(
        x=IMAGES, scale=SCALE, offset=OFFSET, mean=[], variance=[], is_training=False
    ), says=["mean must have the same number of elements as the channels of x"],
)  # fmt: skip
f = lambda tf, x: tf.nn.lrn(x, 1, 0.5, 2.0, 0.75)
case("lrn/gradient", first_order, f, drawn(1, 2, 2, 5), loose=20)
f = lambda tf, x, m, v, o, s: tf.nn.batch_normalization(x, m, v, o, s, 1e-3)
case("batch_normalization/gradient", first_order, f, IMAGES, MEAN, VARIANCE, OFFSET, SCALE, loose=20)
case("batch_normalization/second", second_order, f, IMAGES[:1, :1], MEAN, VARIANCE, OFFSET, SCALE, loose=100)

# -- sampled classes -------------------------------------------------------------------------------
SAMPLED = (
    np.array([0, 3, 5, 1]), np.array([[0.1], [0.2], [0.3]], "f4"), np.array([0.1, 0.2, 0.3, 0.4], "f4"),
)  # fmt: skip
TRUE = np.array([[1], [2], [3]])


def sampled(name, **options):
    return lambda tf, w, b, x: getattr(tf.nn, name)(
        w, b, tf.constant(TRUE), x, 4, 10, sampled_values=tuple(map(tf.constant, SAMPLED)), **options
    )


for name in ("nce_loss", "sampled_softmax_loss"):
    for hits in (True, False):
        f = sampled(name, remove_accidental_hits=hits)
        case(f"{name}/{hits}/value", lambda tf, f: f(tf, *map(tf.constant, (drawn(10, 4), drawn(10), X))), f, loose=10)
        case(f"{name}/{hits}/gradient", first_order, f, drawn(10, 4), drawn(10), X, loose=40)
    case(
        f"{name}/parts", lambda tf, n: sampled(n)(
            tf, [tf.constant(drawn(5, 4)), tf.constant(drawn(5, 4, seed=1))], tf.constant(drawn(10)), tf.constant(X)
        ), name, loose=10,
    )  # fmt: skip

# -- CTC -------------------------------------------------------------------------------------------
FRAMES = drawn(6, 3, 5) * 3


def ctc(tf, x, labels, lengths, frames, **options):
    return tf.nn.ctc_loss(labels, x, lengths, frames, **options)


for name, labels, lengths in (
    ("plain", [[1, 2, 0], [3, 0, 0], [4, 1, 2]], [2, 1, 3]),
    ("repeated", [[1, 1, 0], [2, 2, 2], [4, 1, 1]], [2, 3, 3]),
    ("no_label", [[0, 0, 0], [3, 0, 0], [4, 1, 2]], [0, 1, 3]),
):
    for frames in ([6, 6, 6], [6, 5, 4]):
        at = f"ctc/{name}/{''.join(map(str, frames))}"
        f = lambda tf, x, a=labels, n=lengths, m=frames: ctc(tf, x, a, n, m)
        case(f"{at}/value", lambda tf, f: f(tf, tf.constant(FRAMES)), f, loose=4)
        case(f"{at}/gradient", first_order, f, FRAMES, loose=20)
        f = lambda tf, x, a=labels, n=lengths, m=frames: ctc(
            tf, x, [[k - 1 if k else 0 for k in row] for row in a], n, m, blank_index=-1
        )
        case(f"{at}/blank_last", first_order, f, FRAMES, loose=20)
    f = lambda tf, x, a=labels, n=lengths: ctc(tf, x, a, n, [6, 6, 6], logits_time_major=False)
    case(f"ctc/{name}/batch_major", first_order, f, np.transpose(FRAMES, [1, 0, 2]).copy(), loose=20)
case(
    "ctc/unique_given",
    lambda tf: tf.nn.ctc_loss(
        [[1, 2, 0]] * 3, tf.constant(FRAMES), [2] * 3, [6] * 3, unique=tf.nn.ctc_unique_labels(tf.constant([[1, 2, 0]] * 3))
    ), loose=4,
)  # fmt: skip
INDICES, VALUES = [[0, 0], [0, 1], [1, 0], [1, 1], [2, 0]], [1, 1, 2, 3, 0]


def raw(tf, x, **attrs):
    return tf.raw_ops.CTCLoss(
        inputs=x, labels_indices=INDICES, labels_values=VALUES, sequence_length=[6, 5, 3], **attrs
    )


for name, attrs in (
    ("default", {}), ("collapsed", {"preprocess_collapse_repeated": True}), ("unmerged", {"ctc_merge_repeated": False}),
    ("longer", {"ignore_longer_outputs_than_inputs": True}),
):  # fmt: skip
    case(f"ctc/raw/{name}", lambda tf, a: raw(tf, FRAMES, **a), attrs, loose=20)
    case(f"ctc/raw/{name}/gradient", first_order, lambda tf, x, a=attrs: raw(tf, x, **a)[0], FRAMES, loose=20)
case(
    "ctc/raw/double", lambda tf: raw(tf, tf.constant(FRAMES, tf.float64)), loose=1e6,
)  # fmt: skip
for merge in (True, False):
    case(
        f"ctc/greedy/{merge}",
        lambda tf, m: tf.raw_ops.CTCGreedyDecoder(inputs=FRAMES, sequence_length=[6, 5, 0], merge_repeated=m), merge,
        loose=4,
    )  # fmt: skip
    for blank in (0, -1):
        case(
            f"ctc/greedy/{merge}/{blank}",
            lambda tf, m, b: tf.nn.ctc_greedy_decoder(FRAMES, [6, 5, 3], m, b)[1], merge, blank, loose=4,
        )  # fmt: skip
    for width, paths in ((1, 1), (4, 2), (50, 3)):
        case(
            f"ctc/beam/{merge}/{width}/{paths}",
            lambda tf, m, w, k: tf.raw_ops.CTCBeamSearchDecoder(
                inputs=FRAMES, sequence_length=[6, 5, 3], beam_width=w, top_paths=k, merge_repeated=m
            ), merge, width, paths, loose=10,
        )  # fmt: skip
