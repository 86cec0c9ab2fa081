"""tf.feature_column: what columns say of themselves."""

from tests.parity.case import Family

case = Family(__name__)


def age(tf):
    return tf.feature_column.numeric_column("age")


def color(tf):
    return tf.feature_column.categorical_column_with_vocabulary_list("color", ["red", "blue"])


case.table("""
    numeric: repr(age(tf))
    numeric/shape: repr(tf.feature_column.numeric_column("x", shape=[2, 3]))
    numeric/default: repr(tf.feature_column.numeric_column("x", shape=2, default_value=1.5))
    numeric/dtype: repr(tf.feature_column.numeric_column("x", dtype=tf.int64))
    numeric/spec: repr(tf.feature_column.numeric_column("x", shape=2).parse_example_spec)
    numeric/key: tf.feature_column.numeric_column(3)  # raises: key must be a string
    numeric/zero: tf.feature_column.numeric_column("x", shape=0)  # raises: greater than 0
    numeric/string: tf.feature_column.numeric_column("x", dtype=tf.string)  # raises: convertible to float
    numeric/normalizer: tf.feature_column.numeric_column("x", normalizer_fn=3)  # raises: callable
    bucketized: repr(tf.feature_column.bucketized_column(age(tf), [1, 2.5]))
    bucketized/name: tf.feature_column.bucketized_column(age(tf), [1, 2.5]).name
    bucketized/count: tf.feature_column.bucketized_column(age(tf), [1, 2.5]).num_buckets
    bucketized/unsorted: tf.feature_column.bucketized_column(age(tf), [2, 1])  # raises: sorted
    bucketized/empty: tf.feature_column.bucketized_column(age(tf), [])  # raises: not be empty
    bucketized/source: tf.feature_column.bucketized_column(color(tf), [1])  # raises: numeric_column
    vocabulary: repr(color(tf))
    vocabulary/ints: repr(tf.feature_column.categorical_column_with_vocabulary_list("x", [1, 2], num_oov_buckets=2))
    vocabulary/count: tf.feature_column.categorical_column_with_vocabulary_list("x", [1, 2], num_oov_buckets=2).num_buckets
    vocabulary/spec: repr(color(tf).parse_example_spec)
    vocabulary/twice: tf.feature_column.categorical_column_with_vocabulary_list("x", [1, 1])  # raises: Duplicate
    vocabulary/none: tf.feature_column.categorical_column_with_vocabulary_list("x", [])  # raises: non-empty
    vocabulary/both: tf.feature_column.categorical_column_with_vocabulary_list("x", [1], default_value=0, num_oov_buckets=1)  # raises: both
    vocabulary/dtype: tf.feature_column.categorical_column_with_vocabulary_list("x", ["a"], dtype=tf.int64)  # raises: do not match
    hash: repr(tf.feature_column.categorical_column_with_hash_bucket("x", 10))
    hash/zero: tf.feature_column.categorical_column_with_hash_bucket("x", 0)  # raises: at least 1
    hash/float: tf.feature_column.categorical_column_with_hash_bucket("x", 3, tf.float32)  # raises: string or integer
    identity: repr(tf.feature_column.categorical_column_with_identity("x", 5))
    identity/spec: repr(tf.feature_column.categorical_column_with_identity("x", 5).parse_example_spec)
    identity/default: tf.feature_column.categorical_column_with_identity("x", 5, 9)  # raises: not in range
    weighted: repr(tf.feature_column.weighted_categorical_column(color(tf), "w"))
    weighted/name: tf.feature_column.weighted_categorical_column(color(tf), "w").name
    weighted/spec: repr(tf.feature_column.weighted_categorical_column(color(tf), "w").parse_example_spec)
    crossed/name: tf.feature_column.crossed_column(["b", color(tf), "a"], 100).name
    crossed/spec: repr(tf.feature_column.crossed_column(["b", color(tf)], 100).parse_example_spec)
    crossed/one: tf.feature_column.crossed_column(["b"], 100)  # raises: length > 1
    crossed/size: tf.feature_column.crossed_column(["b", "a"], 0)  # raises: hash_bucket_size
    crossed/hashed: tf.feature_column.crossed_column(["b", tf.feature_column.categorical_column_with_hash_bucket("x", 10)], 10)  # raises: not supported for crossing
    indicator: repr(tf.feature_column.indicator_column(color(tf)))
    indicator/name: tf.feature_column.indicator_column(color(tf)).name
    embedding/name: tf.feature_column.embedding_column(color(tf), 3).name
    embedding/dimension: tf.feature_column.embedding_column(color(tf), 0)  # raises: dimension
    embedding/checkpoint: tf.feature_column.embedding_column(color(tf), 2, ckpt_to_load_from="x")  # raises: both
    spec/several: repr(tf.feature_column.make_parse_example_spec([age(tf), tf.feature_column.indicator_column(color(tf)), tf.feature_column.crossed_column(["p", color(tf)], 9)]))
    spec/wrong: tf.feature_column.make_parse_example_spec(["x"])  # raises: FeatureColumn
    spec/conflict: tf.feature_column.make_parse_example_spec([age(tf), tf.feature_column.numeric_column("age", shape=2)])  # raises: different parse_spec
""")
