"""tf.compat.v1: losses with their reductions, and initializers with their seeds."""

from tests.parity.case import Family

case = Family(__name__)

A, B = "[[1.0, 2.0], [3.0, 4.0]]", "[[1.5, 1.0], [2.0, 5.0]]"
WEIGHTS = {"one": "1.0", "zero": "0.0", "rows": "[[1.0], [0.0]]", "all": "[[0.5, 1.0], [0.0, 2.0]]", "int": "2"}
for name in ("mean_squared_error", "absolute_difference", "huber_loss"):
    for key, weights in WEIGHTS.items():
        for reduction in ("none", "weighted_sum", "weighted_mean", "weighted_sum_over_batch_size",
                          "weighted_sum_by_nonzero_weights"):  # fmt: skip
            case.table(
                f"{name}/{key}/{reduction}: "
                f"tf.compat.v1.losses.{name}({A}, {B}, {weights}, reduction={reduction!r})"
            )
case.table(f"""
    log_loss/plain: tf.compat.v1.losses.log_loss([[0.1, 0.9]], [[0.2, 0.8]])
    log_loss/edge: tf.compat.v1.losses.log_loss([[0.0, 1.0]], [[0.0, 1.0]])
    hinge_loss/plain: tf.compat.v1.losses.hinge_loss([[1.0, 0.0], [1.0, 1.0]], {B})
    cosine_distance/plain: tf.compat.v1.losses.cosine_distance([[0.6, 0.8]], [[0.8, 0.6]], axis=1)
    cosine_distance/no_axis: tf.compat.v1.losses.cosine_distance({A}, {B})  # raises: axis
    pairwise/scalar: tf.compat.v1.losses.mean_pairwise_squared_error({A}, {B})
    pairwise/zero: tf.compat.v1.losses.mean_pairwise_squared_error({A}, {B}, 0.0)
    pairwise/rows: tf.compat.v1.losses.mean_pairwise_squared_error({A}, {B}, [[1.0], [2.0]])
    sigmoid/smooth: tf.compat.v1.losses.sigmoid_cross_entropy([[1.0, 0.0], [0.0, 1.0]], {B}, label_smoothing=0.1)
    softmax/smooth: tf.compat.v1.losses.softmax_cross_entropy([[1.0, 0.0], [0.0, 1.0]], {B}, label_smoothing=0.1)
    softmax/weights: tf.compat.v1.losses.softmax_cross_entropy([[1.0, 0.0], [0.0, 1.0]], {B}, [1.0, 0.0])
    sparse/plain: tf.compat.v1.losses.sparse_softmax_cross_entropy([1, 0], {B})
    weighted/wrong_rank: tf.compat.v1.losses.compute_weighted_loss({A}, [1.0, 2.0])  # raises: weights
    weighted/wrong_size: tf.compat.v1.losses.compute_weighted_loss({A}, [[1.0, 2.0, 3.0]])  # raises: weights
    weighted/unknown: tf.compat.v1.losses.compute_weighted_loss({A}, reduction="x")  # raises: Invalid Reduction Key
    weighted/empty: tf.compat.v1.losses.compute_weighted_loss(tf.zeros([0, 2]))
    mse/none: tf.compat.v1.losses.mean_squared_error(None, {B})  # raises: labels
    mse/shapes: tf.compat.v1.losses.mean_squared_error({A}, [1.0, 2.0])  # raises: incompatible
    mse/integers: tf.compat.v1.losses.mean_squared_error([1, 2], [2, 4])
    reduction/all: tf.compat.v1.losses.Reduction.all()
    get_losses/eager: tf.compat.v1.losses.get_losses()
""")
SEEDED = ("glorot_uniform", "glorot_normal", "variance_scaling", "random_normal", "random_uniform", "truncated_normal",
          "uniform_unit_scaling")  # fmt: skip
for name in SEEDED:
    for shape in ([2, 3], [3, 3, 2, 4], [5]):
        case(
            f"{name}/{'x'.join(map(str, shape))}",
            lambda tf, name, shape: (
                tf.random.set_seed(7),
                getattr(tf.compat.v1.initializers, name)(seed=3)(shape),
            )[1],
            name,
            shape,
        )
    case(f"{name}/config", lambda tf, name: getattr(tf.compat.v1.initializers, name)(seed=3).get_config(), name)
case.table("""
    initializer/zeros: tf.compat.v1.zeros_initializer()([2])
    initializer/ones: tf.compat.v1.ones_initializer(tf.int32)([2])
    initializer/constant: tf.compat.v1.constant_initializer([1, 2])([2])
    initializer/identity: tf.compat.v1.initializers.identity(2.0)([2, 3])
    initializer/identity_rank: tf.compat.v1.initializers.identity()([2])  # raises: two-dimensional
    initializer/scale: tf.compat.v1.variance_scaling_initializer(scale=0.0)  # raises: positive
    initializer/mode: tf.compat.v1.variance_scaling_initializer(mode="x")  # raises: mode
""")
