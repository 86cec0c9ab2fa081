"""tf.tpu: embedding tables, as far as they work without a TPU."""

from tests.parity.case import Family

case = Family(__name__)

E = "tf.tpu.experimental.embedding"
TABLE = [[1.0, 2.0], [3.0, 4.0], [5.0, -6.0]]


def looked_up(tf, inputs, weights=None, combiner="mean", **feature):
    """The vectors of one feature in a table of three rows."""
    space = tf.tpu.experimental.embedding
    config = space.FeatureConfig(space.TableConfig(3, 2, combiner=combiner), **feature)

    def look_up(inputs, weights):
        weights = None if weights is None else {"f": weights}
        return space.serving_embedding_lookup({"f": inputs}, weights, {config.table: tf.Variable(TABLE)}, {"f": config})

    return look_up(inputs(tf), weights and weights(tf))["f"]


def sparse(tf):
    return tf.sparse.SparseTensor([[0, 0], [0, 2], [2, 0]], tf.constant([1, 2, 0]), [3, 4])


def sparse_weights(tf):
    return tf.sparse.SparseTensor([[0, 0], [0, 2], [2, 0]], [0.5, 2.0, 3.0], [3, 4])


def ragged(tf):
    return tf.ragged.constant([[1, 2], [], [0]])


def ragged_weights(tf):
    return tf.ragged.constant([[0.5, 2.0], [], [-3.0]])


case("lookup/dense", looked_up, lambda tf: tf.constant([[0, 2], [1, 1]]))
case.raises(
    "lookup/dense_weights", looked_up, lambda tf: tf.constant([0]), lambda tf: tf.constant([1.0]), says=["dense"]
)
case.raises(
    "lookup/dense_sequence",
    lambda tf: looked_up(tf, lambda tf: tf.constant([0]), max_sequence_length=2),
    says=["sequence"],
)
case.raises("lookup/list", looked_up, lambda tf: [0, 1], says=["subset"])
for combiner in ("mean", "sum", "sqrtn"):
    case(f"lookup/sparse_{combiner}", looked_up, sparse, None, combiner)
    case(f"lookup/sparse_weights_{combiner}", looked_up, sparse, sparse_weights, combiner)
    case(f"lookup/ragged_{combiner}", looked_up, ragged, None, combiner)
    case(f"lookup/ragged_weights_{combiner}", looked_up, ragged, ragged_weights, combiner)
for kind, ids in (("sparse", sparse), ("ragged", ragged)):
    case(f"lookup/{kind}_sequence", lambda tf, ids: looked_up(tf, ids, max_sequence_length=3), ids)
    case(f"lookup/{kind}_short_sequence", lambda tf, ids: looked_up(tf, ids, max_sequence_length=1), ids)
case("lookup/sparse_trusted", lambda tf: looked_up(tf, sparse, validate_weights_and_indices=False))
case("lookup/ragged_shape", lambda tf: looked_up(tf, ragged, output_shape=[3, 1]))
case("lookup/ragged_long_shape", lambda tf: looked_up(tf, ragged, output_shape=[3, 2]))
case.raises("lookup/mixed", looked_up, sparse, ragged_weights, says=["does not match"])
case.table(f"""
    table/repr: repr({E}.TableConfig(4, 2, name="t"))
    table/no_rows: {E}.TableConfig(0, 2)  # raises: vocabulary_size
    table/no_columns: {E}.TableConfig(2, 0)  # raises: dim
    table/combiner: {E}.TableConfig(2, 2, combiner="max")  # raises: combiner
    table/initializer: {E}.TableConfig(2, 2, initializer=1)  # raises: initializer
    table/dtype: {E}.TableConfig(2, 2, dtype=tf.float16)  # raises: dtype
    feature/repr: repr({E}.FeatureConfig({E}.TableConfig(4, 2), max_sequence_length=3, name="f"))
    feature/table: {E}.FeatureConfig(1)  # raises: table
    feature/sequence: {E}.FeatureConfig({E}.TableConfig(4, 2), max_sequence_length=-1)  # raises: max_sequence_length
    feature/validate: {E}.FeatureConfig({E}.TableConfig(4, 2), validate_weights_and_indices=1)  # raises: boolean
    quantization/repr: repr({E}.QuantizationConfig(2, 0.0, 1.0))
    quantization/one: {E}.QuantizationConfig(1, 0.0, 1.0)  # raises: num_buckets
    rows/numbers: {E}.RowIdInitializer(3)((2, 2), tf.float32)
    sparse_core/repr: repr({E}.SparseCoreEmbeddingConfig())
    options/repr: repr(tf.tpu.XLAOptions())
    options/fields: tf.tpu.experimental.TPUSystemMetadata._fields
    hardware/members: [one.value for one in tf.tpu.experimental.HardwareFeature.EmbeddingFeature]
    order/members: [one.name for one in tf.tpu.experimental.DeviceOrderMode]
    sgd/equal: [{E}.SGD() == {E}.SGD(), {E}.SGD(0.1) == {E}.SGD()]
    sgd/clip: {E}.SGD(use_gradient_accumulation=False, clipvalue=1.0)  # raises: clipvalue
    sgd/clip_both: [{E}.SGD(clipvalue=1.0).clip_gradient_min, {E}.SGD(clipvalue=(0.0, 2.0)).clip_gradient_max]
    adam/beta: {E}.Adam(beta_1=1.0)  # raises: beta_1
    adam/epsilon: {E}.Adam(epsilon=0.0)  # raises: epsilon
    adam/lazy: {E}.Adam(lazy_adam=False, use_gradient_accumulation=False)  # raises: lazy
    adam/slots: {E}.Adam(slot_variable_creation_fn=1)  # raises: slot_variable_creation_fn
    adagrad/start: {E}.Adagrad(initial_accumulator_value=0.0)  # raises: initial_accumulator_value
    momentum/exponent: {E}.AdagradMomentum(exponent=0)  # raises: exponent
""")
for name in ("SGD", "Adagrad", "AdagradMomentum", "FTRL", "Adam"):
    case(f"optimizer/{name}", lambda tf, name: vars(getattr(tf.tpu.experimental.embedding, name)()), name)


def slots(tf, name):
    """The variables of one table and its optimizer's."""
    space = tf.tpu.experimental.embedding
    table = space.TableConfig(2, 3, initializer=tf.ones_initializer(), name="t")
    tables = space.TPUEmbeddingForServing({"f": space.FeatureConfig(table)}, getattr(space, name)())
    return {key: (v.name, v.trainable, v.numpy()) for key, v in tables.variables["t"].items()}


for name in ("SGD", "Adagrad", "AdagradMomentum", "FTRL", "Adam"):
    case(f"slots/{name}", slots, name)
case.table(f"""
    tables/one_name: {E}.TPUEmbeddingForServing([{E}.FeatureConfig({E}.TableConfig(2, 2, name="t")) for _ in range(2)], None)  # raises: unique
    tables/optimizer: {E}.TPUEmbeddingForServing({E}.FeatureConfig({E}.TableConfig(2, 2)), 1)  # raises: unsupported
    tables/names: [v.name for v in {E}.TPUEmbedding([{E}.FeatureConfig({E}.TableConfig(2, 2)) for _ in range(2)], None).embedding_tables.values()]
""")
