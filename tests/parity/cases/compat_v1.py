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
                f"{name}/{key}/{reduction}: tf.compat.v1.losses.{name}({A}, {B}, {weights}, reduction={reduction!r})"
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

V1 = "tf.compat.v1"
case.table(f"""
    array/argmin: {V1}.argmin([[3, 1], [0, 2]])
    array/argmin_dimension: {V1}.argmin([[3, 1], [0, 2]], dimension=1, output_type=tf.int32)
    array/arg_max: {V1}.arg_max([[3, 1], [0, 2]], 1)
    array/batch_gather: {V1}.batch_gather([[1, 2, 3], [4, 5, 6]], [[2, 0], [1, 1]])
    array/batch_to_space: {V1}.batch_to_space(tf.reshape(tf.range(8), [4, 1, 2, 1]), [[0, 0], [1, 1]], 2)
    array/space_to_batch: {V1}.space_to_batch(tf.reshape(tf.range(8), [1, 2, 4, 1]), [[0, 0], [0, 0]], 2)
    array/confusion: {V1}.confusion_matrix([0, 1, 1], [1, 1, 0], 3, tf.float32, None, [1.0, 2.0, 3.0])
    array/to_tensor: {V1}.convert_to_tensor_or_sparse_tensor([1, 2], tf.float64)
    array/to_sparse: {V1}.convert_to_tensor_or_sparse_tensor(tf.sparse.from_dense([0, 2]), tf.float64)  # raises: dtype
    array/count_nonzero: {V1}.count_nonzero([[0, 2], [0, 0]], reduction_indices=[1], keep_dims=True)
    array/decode_raw: {V1}.decode_raw(bytes=["ab"], out_type=tf.uint8)
    array/div: {V1}.div([7, -7], 2)
    array/div_float: {V1}.div([7.0, -7.0], 2.0)
    array/patches: {V1}.extract_image_patches(tf.reshape(tf.range(9.0), [1, 3, 3, 1]), [1, 2, 2, 1], [1, 1, 1, 1], [1, 1, 1, 1], "VALID")
    array/reduce_join: {V1}.reduce_join([["a", "b"], ["c", "d"]], reduction_indices=0, separator="-")
    array/reverse: {V1}.reverse_sequence([[1, 2, 3], [4, 5, 6]], [2, 3], seq_dim=1, batch_dim=0)
    array/setdiff1d: {V1}.setdiff1d([1, 2, 3, 4], [2, 4])
    array/setdiff1d_int64: {V1}.setdiff1d([1, 2], [1, 2], index_dtype=tf.int64)
    array/sparse_add: tf.sparse.to_dense({V1}.sparse_add(tf.sparse.from_dense([0, 2]), tf.sparse.from_dense([1, 0])))
    array/sparse_sum: {V1}.sparse_reduce_sum(tf.sparse.from_dense([[0, 2], [3, 1]]), axis=1, keep_dims=True)
    array/sparse_to_dense: {V1}.sparse_to_dense([[0, 1], [1, 0]], [2, 2], [5, 6], 9)
    array/string_split: {V1}.string_split(["a b", "", " c"]).values
    array/string_split_shape: {V1}.string_split(["a,b", "c"], ",").dense_shape
    array/string_split_empty: {V1}.string_split(["a  b"], skip_empty=False).values
    array/string_split_ragged: {V1}.string_split(["a b", "c"], result_type="RaggedTensor")
    array/string_split_type: {V1}.string_split(["a"], result_type="x")  # raises: result_type
    array/to_number: {V1}.string_to_number(input=["1.5"])
    array/to_hash_bucket: {V1}.string_to_hash_bucket(["a", "b"], 10)
    array/substr: {V1}.substr(["abc"], 1, 2)
    array/to_float: {V1}.to_float([1, 2])
    array/to_int64: {V1}.to_int64([1.9, -1.9])
    array/to_complex64: {V1}.to_complex64([1.0])
    array/finite: {V1}.verify_tensor_all_finite([1.0], "message")
    array/py_func: {V1}.py_func(lambda x: x + 1, [[1, 2]], tf.int32)
    nn/conv1d: {V1}.nn.conv1d(tf.ones([1, 4, 1]), tf.ones([2, 1, 1]), 1, "VALID")
    nn/conv2d: {V1}.nn.conv2d(tf.ones([1, 3, 3, 1]), filter=tf.ones([2, 2, 1, 1]), strides=[1, 1, 1, 1], padding="SAME")
    nn/crelu: {V1}.nn.crelu([[1.0, -2.0]], None, 0)
    nn/depthwise: {V1}.nn.depthwise_conv2d(tf.ones([1, 3, 3, 2]), tf.ones([2, 2, 2, 1]), [1, 1, 1, 1], "VALID", [1, 1])
    nn/dropout_keep: {V1}.nn.dropout([1.0, 2.0], keep_prob=1.0)
    nn/dropout_none: {V1}.nn.dropout([1.0, 2.0])  # raises: rate
    nn/embedding: {V1}.nn.embedding_lookup([[1.0], [2.0]], [1, 0, 1])
    nn/embedding_mod: {V1}.nn.embedding_lookup([tf.constant([[1.0], [2.0]]), tf.constant([[3.0]])], [[1, 0], [2, 1]])
    nn/embedding_norm: {V1}.nn.embedding_lookup(tf.constant({A}), [1, 0], max_norm=1.0)
    array/py_func_none: {V1}.py_func(lambda x: (x, None), [[1, 2]], tf.int32)
    array/py_func_dtype: {V1}.py_func(lambda x: 1.5, [[1, 2]], tf.int32)
    nn/in_top_k: {V1}.nn.in_top_k([[0.1, 0.9], [0.8, 0.2]], [1, 1], 1)
    nn/log_softmax: {V1}.nn.log_softmax({A}, dim=0)
    nn/moments: {V1}.nn.moments(tf.constant({A}), [0], keep_dims=True)
    nn/relu_layer: {V1}.nn.relu_layer({A}, {B}, [1.0, -20.0])
    nn/sigmoid_cross_entropy: {V1}.nn.sigmoid_cross_entropy_with_logits([1.0, 0.0], [0.5, -3.0])
    nn/space_to_depth: {V1}.space_to_depth(tf.reshape(tf.range(4), [1, 2, 2, 1]), 2)
    nn/weighted_cross_entropy: {V1}.nn.weighted_cross_entropy_with_logits([1.0, 0.0], [0.5, -3.0], 2.0)
    nn/xw_plus_b: {V1}.nn.xw_plus_b({A}, {B}, [1.0, 2.0])
    nn/top_k: {V1}.nn.top_k([3, 1, 2], 2)
    names/matrix_diag_part: {V1}.matrix_diag_part({A})
    names/matrix_solve_ls: {V1}.matrix_solve_ls([[1.0, 0.0], [0.0, 2.0]], {B})
    names/string_join: {V1}.string_join(["a", "b"], "-")
    names/manip: {V1}.manip.roll([1, 2, 3], 1, 0)
    names/spectral: {V1}.spectral.dct([1.0, 2.0])
    names/dimension_value: {V1}.compat.dimension_value({V1}.Dimension(3))
    behaviors/resource_variables: {V1}.resource_variables_enabled()
""")
for name in ("add", "sub", "mul", "div", "max", "min", "update"):
    case(
        f"variables/scatter_{name}",
        lambda tf, name: getattr(tf.compat.v1, f"scatter_{name}")(
            tf.Variable([[2.0, 4.0], [6.0, 8.0]]), [1], [[2.0, 16.0]]
        ),
        name,
    )
    case(
        f"variables/scatter_{name}_of_one_row",
        lambda tf, name: getattr(tf.compat.v1, f"scatter_{name}")(
            tf.Variable([[2.0, 4.0], [6.0, 8.0]]), 1, [2.0, 16.0]
        ),
        name,
    )
case("variables/scatter_of_a_number", lambda tf: tf.compat.v1.scatter_update(tf.Variable([1, 2, 3]), [0, 2], 9))
case("variables/scatter_of_a_row", lambda tf: tf.compat.v1.scatter_add(tf.Variable([[1, 2], [3, 4]]), [1], 9))
case("variables/scatter_nd_update", lambda tf: tf.compat.v1.scatter_nd_update(tf.Variable([1, 2, 3]), [[1]], [9]))
case("variables/is_initialized", lambda tf: tf.compat.v1.is_variable_initialized(tf.Variable(1)))


def entered(tf, *args):
    with tf.compat.v1.name_scope(*args) as scope:
        return scope


for key, args in {
    "name": ("a",), "default": (None, "b", [1]), "both": ("c", "b"), "neither": (None,), "path": ("a/b/",),
}.items():  # fmt: skip
    case(f"name_scope/{key}", entered, *args)
case.table("""
    name_scope/number: tf.compat.v1.name_scope(3)  # raises: string
    name_scope/default_number: tf.compat.v1.name_scope(None, 3)  # raises: string
    name_scope/its_name: tf.compat.v1.name_scope("a", "b").name
""")


def signature(tf):
    """A signature of a placeholder and a sparse one, as text."""
    with tf.Graph().as_default():
        x = tf.compat.v1.placeholder(tf.float32, [None, 2], name="x")
        s = tf.compat.v1.sparse_placeholder(tf.int64, [2, 3], name="s")
        return str(tf.compat.v1.saved_model.predict_signature_def({"x": x}, {"s": s}))


case("saved_model/signature", signature)
case.table("""
    saved_model/constants: tf.compat.v1.saved_model.SAVED_MODEL_FILENAME_PB
    saved_model/tags: tf.compat.v1.saved_model.tag_constants.SERVING
    saved_model/keys: tf.compat.v1.saved_model.signature_constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY
    saved_model/eager: tf.compat.v1.saved_model.utils.build_tensor_info(tf.constant(1))  # raises: eager
""")


def made(tf, **options):
    variable = tf.compat.v1.get_variable("made", **options)
    return variable.shape.as_list(), variable.dtype.name


case.table("""
    get_variable/of_zero: made(tf, initializer=0.0)
    get_variable/of_a_tensor: made(tf, initializer=tf.constant([1, 2]))
    get_variable/of_one_size: made(tf, shape=10)
    get_variable/of_a_value_and_a_shape: made(tf, shape=[2], initializer=tf.ones([2]))  # raises
""")
