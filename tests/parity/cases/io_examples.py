"""Examples and sequences of examples, parsed."""

from tests.parity.case import Family

case = Family(__name__)

LISTS = {"int64": "Int64List", "float": "FloatList", "bytes": "BytesList"}


def feature(tf, kind, values):
    return tf.train.Feature(**{f"{kind}_list": getattr(tf.train, LISTS[kind])(value=values)})


def example(tf, **features):
    """The bytes of an example; a feature None is there without a kind."""
    made = {key: tf.train.Feature() if value is None else feature(tf, *value) for key, value in features.items()}
    return tf.train.Example(features=tf.train.Features(feature=made)).SerializeToString()


def sequence(tf, context, lists):
    steps = {
        key: tf.train.FeatureList(feature=[feature(tf, *one) for one in value]) for key, value in lists.items()
    }
    return tf.train.SequenceExample(
        context=tf.train.Features(feature={key: feature(tf, *value) for key, value in context.items()}),
        feature_lists=tf.train.FeatureLists(feature_list=steps),
    ).SerializeToString()


def some(tf, names):
    """Examples by letter."""
    kinds = {
        "a": {"x": ("int64", [1, 2]), "f": ("float", [0.5]), "s": ("bytes", [b"p", b"q"])},
        "b": {"x": ("int64", [3, 4]), "f": ("float", [1.5]), "s": ("bytes", [])},
        "e": {},
        "n": {"x": None},
        "w": {"x": ("float", [1.0])},
        "i": {"i": ("int64", [3, 1]), "j": ("int64", [0, 5]), "v": ("float", [0.25, 0.5])},
        "k": {"i": ("int64", [0]), "j": ("int64", [2]), "v": ("float", [1.0])},
    }
    return [example(tf, **kinds[name]) for name in names]


def batch(tf, names, **features):
    return tf.io.parse_example(some(tf, names), features)


def single(tf, name, **features):
    return tf.io.parse_single_example(some(tf, name)[0], features)


def parted(tf, how, *pairs):
    """Values parted in rows: pairs of values and what tells the rows."""
    texts = [example(tf, v=("int64", values), p=("int64", parts)) for values, parts in pairs]
    partition = getattr(tf.io.RaggedFeature, how)("p")
    kind = tf.io.RaggedFeature(tf.int64, value_key="v", partitions=[partition])
    return tf.io.parse_example(texts, {"r": kind})


def uniform(tf, names, length, parse=None):
    part = tf.io.RaggedFeature.UniformRowLength(length)
    kind = tf.io.RaggedFeature(tf.int64, value_key="x", partitions=[part])
    return batch(tf, names, r=kind) if len(names) > 1 else single(tf, names, r=kind)


def lists(tf, names):
    kinds = {
        "1": ({"c": ("int64", [5])}, {"d": [("int64", [1, 2]), ("int64", [3, 4])],
                                      "w": [("bytes", [b"a"]), ("bytes", [b"b", b"c"])]}),
        "2": ({"c": ("int64", [6])}, {"d": [("int64", [7, 8])], "w": []}),
        "3": ({}, {}),
    }  # fmt: skip
    return [sequence(tf, *kinds[name]) for name in names]


def sequences(tf, names, context, steps):
    return tf.io.parse_sequence_example(lists(tf, names), context, steps)


def one_sequence(tf, name, context, steps):
    return tf.io.parse_single_sequence_example(lists(tf, name)[0], context, steps)


case.table(r"""
    fixed/two: batch(tf, "ab", x=tf.io.FixedLenFeature([2], tf.int64))
    fixed/several: batch(tf, "ab", x=tf.io.FixedLenFeature((2,), tf.int64), f=tf.io.FixedLenFeature([], tf.float32))
    fixed/one: batch(tf, "ab", f=tf.io.FixedLenFeature([1], tf.float32))
    fixed/matrix: batch(tf, "ab", x=tf.io.FixedLenFeature([1, 2], tf.int64))
    fixed/text: batch(tf, "aa", s=tf.io.FixedLenFeature([2], tf.string))
    fixed/missing: batch(tf, "ae", x=tf.io.FixedLenFeature([2], tf.int64))  # raises: Feature: x (data type: int64) is required
    fixed/default: batch(tf, "ae", x=tf.io.FixedLenFeature([2], tf.int64, [8, 9]))
    fixed/default_text: batch(tf, "ae", s=tf.io.FixedLenFeature([2], tf.string, ["m", "n"]))
    fixed/default_scalar: batch(tf, "ae", x=tf.io.FixedLenFeature([2], tf.int64, 8))  # raises
    fixed/default_long: batch(tf, "a", x=tf.io.FixedLenFeature([2], tf.int64, [1, 2, 3]))  # raises
    fixed/default_float: batch(tf, "a", x=tf.io.FixedLenFeature([2], tf.int64, [1.5, 2]))  # raises
    fixed/without_kind: batch(tf, "an", x=tf.io.FixedLenFeature([2], tf.int64, [8, 9]))
    fixed/wrong_kind: batch(tf, "aw", x=tf.io.FixedLenFeature([2], tf.int64))  # raises: Key: x, Data types don't match
    fixed/wrong_dtype: batch(tf, "a", x=tf.io.FixedLenFeature([2], tf.float32))  # raises: Data types don't match
    fixed/too_few: batch(tf, "a", x=tf.io.FixedLenFeature([3], tf.int64))  # raises: Number of int64 values != expected
    fixed/empty_list: batch(tf, "b", s=tf.io.FixedLenFeature([1], tf.string, "z"))  # raises: Number of
    fixed/int32: batch(tf, "a", x=tf.io.FixedLenFeature([2], tf.int32))  # raises: int32 is not in the list of allowed values
    fixed/unknown: batch(tf, "a", x=tf.io.FixedLenFeature([None], tf.int64))  # raises: First dimension of shape for feature x
    fixed/no_shape: batch(tf, "a", x=tf.io.FixedLenFeature(None, tf.int64))  # raises: Missing shape for feature x
    fixed/no_type: batch(tf, "a", x=tf.io.FixedLenFeature([2], None))  # raises: Missing type for feature x
    fixed/no_features: batch(tf, "a")  # raises: Argument `features` cannot be None or falsy
    fixed/scalar: tf.io.parse_example(some(tf, "a")[0], {"x": tf.io.FixedLenFeature([2], tf.int64)})
    fixed/matrix_of_examples: tf.io.parse_example([some(tf, "a")], {"x": tf.io.FixedLenFeature([2], tf.int64)})  # raises
    fixed/no_examples: tf.io.parse_example(tf.constant([], tf.string), {"x": tf.io.FixedLenFeature([2], tf.int64)})
    fixed/empty_message: tf.io.parse_example([""], {"x": tf.io.FixedLenFeature([2], tf.int64, [0, 0])})
    fixed/list_of_floats: tf.io.parse_example([], {"x": tf.io.FixedLenFeature([2], tf.int64)})  # raises: requested dtype string
    variable/text: batch(tf, "ab", s=tf.io.VarLenFeature(tf.string))
    variable/two: batch(tf, "abe", s=tf.io.VarLenFeature(tf.string), f=tf.io.VarLenFeature(tf.float32))
    variable/wrong_kind: batch(tf, "w", x=tf.io.VarLenFeature(tf.int64))  # raises: Data types don't match
    variable/int32: batch(tf, "a", x=tf.io.VarLenFeature(tf.int32))  # raises: int32 is not in the list
    variable/no_type: batch(tf, "a", x=tf.io.VarLenFeature(None))  # raises: Missing type for feature x
    variable/scalar: tf.io.parse_example(some(tf, "a")[0], {"s": tf.io.VarLenFeature(tf.string)})
    variable/no_examples: tf.io.parse_example(tf.constant([], tf.string), {"s": tf.io.VarLenFeature(tf.string)})
    sequence/text: batch(tf, "abe", s=tf.io.FixedLenSequenceFeature([], tf.string, allow_missing=True))
    sequence/default: batch(tf, "abe", s=tf.io.FixedLenSequenceFeature([], tf.string, True, "z"))
    sequence/pairs: batch(tf, "abe", x=tf.io.FixedLenSequenceFeature([2], tf.int64, True))
    sequence/triples: batch(tf, "ab", x=tf.io.FixedLenSequenceFeature([3], tf.int64, True))  # raises: not a multiple of stride
    sequence/must_allow: batch(tf, "ab", x=tf.io.FixedLenSequenceFeature([2], tf.int64))  # raises: allow_missing to be True
    sequence/scalar: single(tf, "a", x=tf.io.FixedLenSequenceFeature([2], tf.int64, True))
    ragged/text: batch(tf, "abe", s=tf.io.RaggedFeature(tf.string))
    ragged/value_key: batch(tf, "abe", r=tf.io.RaggedFeature(tf.int64, value_key="x"))
    ragged/int64_splits: batch(tf, "abe", x=tf.io.RaggedFeature(tf.int64, row_splits_dtype=tf.int64))
    ragged/uniform: uniform(tf, "ab", 1)
    ragged/uniform_single: uniform(tf, "a", 2)
    ragged/lengths: parted(tf, "RowLengths", ([1, 2, 3], [2, 1]), ([4], [0, 1]))
    ragged/splits: parted(tf, "RowSplits", ([1, 2, 3], [0, 2, 3]), ([4], [0, 0, 1]))
    ragged/starts: parted(tf, "RowStarts", ([1, 2, 3], [0, 2]), ([4], [0, 0]))
    ragged/limits: parted(tf, "RowLimits", ([1, 2, 3], [2, 3]), ([4], [0, 1]))
    ragged/row_ids: parted(tf, "ValueRowIds", ([1, 2, 3], [0, 0, 2]), ([4], [1]))
    ragged/single: single(tf, "a", x=tf.io.RaggedFeature(tf.int64))
    sparse/indices: batch(tf, "ik", sp=tf.io.SparseFeature("i", "v", tf.float32, 10))
    sparse/sorted: batch(tf, "i", sp=tf.io.SparseFeature("i", "v", tf.float32, 10, already_sorted=True))
    sparse/two_keys: batch(tf, "ik", sp=tf.io.SparseFeature(["i", "j"], "v", tf.float32, [10, 6]))
    sparse/single: single(tf, "i", sp=tf.io.SparseFeature("i", "v", tf.float32, 10))
    sparse/of_itself: batch(tf, "ab", sp=tf.io.SparseFeature("x", "x", tf.int64, 10))
    single/fixed: single(tf, "a", x=tf.io.FixedLenFeature([2], tf.int64), f=tf.io.FixedLenFeature([], tf.float32))
    single/variable: single(tf, "a", s=tf.io.VarLenFeature(tf.string))
    single/list: tf.io.parse_single_example(some(tf, "a"), {"x": tf.io.FixedLenFeature([2], tf.int64)})  # raises: must be a scalar
    single/missing: single(tf, "e", x=tf.io.FixedLenFeature([3], tf.int64))  # raises: Feature: x (data type: int64) is required
    single/too_few: single(tf, "a", x=tf.io.FixedLenFeature([3], tf.int64))  # raises: Key: x
    config/fixed: repr(tf.io.FixedLenFeature([2], tf.int64))
    config/variable: repr(tf.io.VarLenFeature(tf.int64))
    config/sequence: repr(tf.io.FixedLenSequenceFeature([2], tf.int64))
    config/ragged: repr(tf.io.RaggedFeature(tf.int64, partitions=[tf.io.RaggedFeature.RowLengths("k")]))
    config/sparse: repr(tf.io.SparseFeature("a", "b", tf.int64, 3))
    config/partition: tf.io.RaggedFeature(tf.int64, partitions=[3])  # raises: `partitions` cannot be cast
    config/ragged_dtype: tf.io.RaggedFeature("x")  # raises
    config/ragged_splits: tf.io.RaggedFeature(tf.int64, row_splits_dtype=tf.float32)  # raises: must be int32 or int64
    config/ragged_key: tf.io.RaggedFeature(tf.int64, value_key=3)  # raises: must be a string
    names/used: tf.io.parse_example(some(tf, "e"), {"x": tf.io.FixedLenFeature([2], tf.int64)}, ["n"])  # raises: Name: n
    steps/sparse: sequences(tf, "12", {"c": tf.io.FixedLenFeature([], tf.int64)}, {"w": tf.io.VarLenFeature(tf.string)})
    steps/dense: sequences(tf, "12", None, {"d": tf.io.FixedLenSequenceFeature([2], tf.int64)})
    steps/ragged: sequences(tf, "12", None, {"w": tf.io.RaggedFeature(tf.string)})
    steps/missing: sequences(tf, "13", None, {"d": tf.io.FixedLenSequenceFeature([2], tf.int64, True)})
    steps/must_be: sequences(tf, "13", None, {"d": tf.io.FixedLenSequenceFeature([2], tf.int64)})  # raises
    steps/context_missing: sequences(tf, "13", {"c": tf.io.FixedLenFeature([], tf.int64)}, {})  # raises
    steps/wrong_size: sequences(tf, "1", None, {"d": tf.io.FixedLenSequenceFeature([3], tf.int64)})  # raises
    steps/wrong_kind: sequences(tf, "1", None, {"d": tf.io.FixedLenSequenceFeature([2], tf.float32)})  # raises
    steps/nothing: sequences(tf, "1", None, None)  # raises: Both `context_features` and `sequence_features`
    steps/context_only: sequences(tf, "12", {"c": tf.io.VarLenFeature(tf.int64)}, None)
    step/sparse: one_sequence(tf, "1", {"c": tf.io.FixedLenFeature([], tf.int64)}, {"w": tf.io.VarLenFeature(tf.string)})
    step/dense: one_sequence(tf, "1", None, {"d": tf.io.FixedLenSequenceFeature([2], tf.int64)})
    step/ragged: one_sequence(tf, "1", None, {"w": tf.io.RaggedFeature(tf.string)})
    step/missing: one_sequence(tf, "3", None, {"d": tf.io.FixedLenSequenceFeature([2], tf.int64, True)})
    message/text: str(tf.train.Feature(int64_list=tf.train.Int64List(value=[1, -1])))
    message/bytes: tf.train.Features(feature={"k": tf.train.Feature(float_list=tf.train.FloatList(value=[1.5]))}).SerializeToString()
    message/kind: tf.train.Feature(bytes_list=tf.train.BytesList(value=[b"a"])).WhichOneof("kind")
    message/name: tf.train.Example.DESCRIPTOR.full_name
    message/back: list(tf.train.Example.FromString(some(tf, "a")[0]).features.feature["x"].int64_list.value)
    json/features: tf.io.decode_json_example('{"features": {"feature": {"a": {"int64List": {"value": ["1"]}}}}}')
""")
