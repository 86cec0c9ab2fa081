"""tf.lookup: tables of every kind."""

import tempfile
from functools import cache
from pathlib import Path

from tests.parity.case import Family

case = Family(__name__)

FILES = {
    "words": b"emerson\nlake\npalmer\n", "pairs": b"a\t1\nb\t2\nc\t3\n", "crlf": b"a\r\nb\r\n", "no_end": b"a\nb",
    "twice": b"a\na\n", "empty": b"", "blank": b"a\n\nb\n", "commas": b"1,x\n2,y\n", "words_int": b"5\n6\n7\n", "letters": b"a\t1\n",
}  # fmt: skip


@cache
def folder():
    """A directory with the files, there until the process ends."""
    place = tempfile.TemporaryDirectory()
    for name, content in FILES.items():
        (Path(place.name) / name).write_bytes(content)
    return place


def path(name):
    return str(Path(folder().name) / name)


def static(tf, keys, values, default, **options):
    return tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(keys, values), default, **options)


def letters(tf):
    return static(tf, ["a", "b"], [1, 2], -1)


def from_file(tf, name, kd, ki, vd, vi, default=-1, **options):
    init = tf.lookup.TextFileInitializer(path(name), kd, ki, vd, vi, **options)
    return tf.lookup.StaticHashTable(init, default)


def words(tf, name="words", **options):
    line, number = tf.lookup.TextFileIndex.WHOLE_LINE, tf.lookup.TextFileIndex.LINE_NUMBER
    return from_file(tf, name, tf.string, line, tf.int64, number, **options)


def exported(tf, table):
    """The content in the order of the keys."""
    keys, values = table.export()
    order = sorted(range(len(keys)), key=lambda i: keys.numpy().tolist()[i])
    return tf.gather(keys, order), tf.gather(values, order)


def vocabulary(tf, buckets=3, keys=("a", "b"), **options):
    init = tf.lookup.KeyValueTensorInitializer(list(keys), tf.range(len(keys), dtype=tf.int64))
    return tf.lookup.StaticVocabularyTable(init, buckets, **options)


def mutable(tf, keys=None, values=None, default=-1, key_dtype="string", value_dtype="int64"):
    table = tf.lookup.experimental.MutableHashTable(tf.as_dtype(key_dtype), tf.as_dtype(value_dtype), default)
    if keys is not None:
        table.insert(keys, values)
    return table


def dense(tf, **options):
    return tf.lookup.experimental.DenseHashTable(tf.string, tf.int64, -1, empty_key="", deleted_key="$", **options)


case.table(r"""
    static/lookup: letters(tf).lookup(tf.constant(["a", "c"]))
    static/getitem: letters(tf)[tf.constant(["a", "c"])]
    static/scalar: letters(tf).lookup(tf.constant("b"))
    static/matrix: letters(tf).lookup(tf.constant([["a"], ["c"]]))
    static/empty: letters(tf).lookup(tf.constant([], tf.string))
    static/size: letters(tf).size()
    static/export: exported(tf, letters(tf))
    static/twice_the_same: static(tf, ["a", "a"], [1, 1], -1).lookup(tf.constant("a"))
    static/twice_not_the_same: static(tf, ["a", "a"], [1, 2], -1)  # raises: HashTable has different value for same key
    static/wrong_keys: letters(tf).lookup(tf.constant([1]))  # raises: Dtype of argument `keys` must be <dtype: 'string'>
    static/wrong_keys_int: static(tf, [1], ["x"], "n").lookup(tf.constant([2], tf.int64))  # raises: Dtype of argument
    static/wrong_default: static(tf, ["a", "b"], [1, 2], "x")  # raises: Cannot convert 'x'
    static/vector_default: static(tf, ["a", "b"], [1, 2], [1, 2])  # raises
    static/fewer_values: static(tf, ["a", "b"], [1], 0)  # raises: Expected shape [2] for value, got [1]
    static/float_keys: static(tf, [1.0, 2.0], [1, 2], 0)  # raises: Could not find device
    static/bool_keys: static(tf, [True, False], [1, 2], 0)  # raises
    static/int_keys: static(tf, [1, 2], ["x", "y"], "n").lookup(tf.constant([2, 3]))
    static/float_values: static(tf, ["a", "b"], [1.0, 2.0], 0).lookup(tf.constant(["b", "c"]))
    static/double_values: static(tf, ["a"], tf.constant([1.5], tf.float64), 0).lookup(tf.constant(["a", "c"]))
    static/int64: static(tf, ["a"], tf.constant([1], tf.int64), 0).lookup(tf.constant("a"))
    static/matrix_of_keys: static(tf, [["a", "b"]], [[1, 2]], 0).lookup(tf.constant("b"))
    static/dtypes: (letters(tf).key_dtype, letters(tf).value_dtype, letters(tf).default_value)
    static/name: static(tf, ["a"], [1], 0, name="tab").name
    static/handle: letters(tf).resource_handle.dtype
    static/sparse: letters(tf).lookup(tf.SparseTensor([[0], [1]], ["b", "c"], [2]))
    static/ragged: letters(tf).lookup(tf.ragged.constant([["b"], [], ["a", "c"]]))
    static/bytes: static(tf, [b"\xff", b""], [1, 2], 0).lookup(tf.constant([b"\xff", b"", b"\x00"]))
    initializer/value_dtype: tf.lookup.KeyValueTensorInitializer(["a"], [1], value_dtype=tf.int64).value_dtype
    initializer/not_that_dtype: tf.lookup.KeyValueTensorInitializer(["a"], [1.5], value_dtype=tf.int64)  # raises
    initializer/key_dtype: tf.lookup.KeyValueTensorInitializer(["a"], [1]).key_dtype
    initializer/nothing: tf.lookup.KeyValueTensorInitializer([], [], tf.string, tf.int64).key_dtype
    file/words: words(tf).lookup(tf.constant(["lake", "x"]))
    file/words_size: words(tf).size()
    file/lines: from_file(tf, "words", tf.int64, -1, tf.string, -2, "?").lookup(tf.range(4, dtype=tf.int64))
    file/pairs: from_file(tf, "pairs", tf.string, 0, tf.int64, 1).lookup(tf.constant(["a", "c", "d"]))
    file/pairs_back: from_file(tf, "pairs", tf.int64, 1, tf.string, 0, "-").lookup(tf.constant([1, 9], tf.int64))
    file/commas: from_file(tf, "commas", tf.int64, 0, tf.string, 1, "-", delimiter=",").size()
    file/no_such_column: from_file(tf, "pairs", tf.string, 0, tf.int64, 2)  # raises: Invalid number of columns
    file/no_number: from_file(tf, "letters", tf.string, 1, tf.int64, 0)  # raises: Field a in line 0 is not a valid int64.
    file/no_file: words(tf, "none")  # raises: No such file or directory
    file/vocab_size: words(tf, vocab_size=2).size()
    file/vocab_size_large: words(tf, vocab_size=5)  # raises: Invalid vocab_size, expected 5 but got 3
    file/vocab_size_zero: words(tf, vocab_size=0)  # raises: `vocab_size` should be > 0
    file/vocab_size_negative: words(tf, vocab_size=-2)  # raises: `vocab_size` should be > 0
    file/offset: words(tf, value_index_offset=5).lookup(tf.constant("lake"))
    file/crlf: words(tf, "crlf").lookup(tf.constant(["a", "a\r"]))
    file/no_end: exported(tf, words(tf, "no_end"))
    file/twice: words(tf, "twice")  # raises: HashTable has different value for same key. Key a has 0
    file/empty: words(tf, "empty")  # raises
    file/blank: words(tf, "blank")  # raises: empty line found
    file/int_lines: from_file(tf, "words_int", tf.int64, -2, tf.int64, -1).lookup(tf.constant([6, 9], tf.int64))
    file/string_line_number: from_file(tf, "words", tf.string, -2, tf.string, -1, "")  # raises: must be int64
    file/key_index: from_file(tf, "words", tf.string, -3, tf.int64, -1)  # raises: `key_index` should be >= -2
    file/value_index: from_file(tf, "words", tf.string, -2, tf.int64, -3)  # raises: `value_index` should be >= -2
    file/no_name: tf.lookup.TextFileInitializer("", tf.string, -2, tf.int64, -1)  # raises: `filename` argument required
    file/constants: (tf.lookup.TextFileIndex.WHOLE_LINE, tf.lookup.TextFileIndex.LINE_NUMBER)
    vocabulary/lookup: vocabulary(tf).lookup(tf.constant(["a", "b", "x", "y", "z"]))
    vocabulary/one_bucket: vocabulary(tf, 1).lookup(tf.constant(["a", "b", "x", "y"]))
    vocabulary/many_buckets: vocabulary(tf, 1000).lookup(tf.constant(["a", "q", "", "long string", "ü"]))
    vocabulary/size: vocabulary(tf).size()
    vocabulary/int32_values: tf.lookup.StaticVocabularyTable(letters(tf)._initializer, 3)  # raises: Invalid `value_dtype`
    vocabulary/no_buckets: vocabulary(tf, 0)  # raises: `num_oov_buckets` must be > 0
    vocabulary/negative_buckets: vocabulary(tf, -1)  # raises: `num_oov_buckets` must be > 0
    vocabulary/none: tf.lookup.StaticVocabularyTable(None, 3).lookup(tf.constant(["a", "b"]))
    vocabulary/none_size: tf.lookup.StaticVocabularyTable(None, 3).size()
    vocabulary/wrong_keys: vocabulary(tf).lookup(tf.constant([1]))  # raises: Dtype of argument `keys` must be
    vocabulary/getitem: vocabulary(tf)[tf.constant(["a", "q"])]
    vocabulary/dtypes: (vocabulary(tf).key_dtype, vocabulary(tf).value_dtype, vocabulary(tf).name)
    vocabulary/ragged: vocabulary(tf).lookup(tf.ragged.constant([["a"], ["q"]]))
    vocabulary/sparse: vocabulary(tf).lookup(tf.SparseTensor([[0]], ["b"], [2]))
    mutable/empty: mutable(tf, None).lookup(tf.constant(["a"]))
    mutable/insert: mutable(tf, ["a", "b"], [1, 2]).lookup(tf.constant(["b", "z"]))
    mutable/insert_returns: mutable(tf, None).insert(["a"], [1])
    mutable/insert_scalar: mutable(tf, "a", 1).lookup(tf.constant("a"))
    mutable/insert_twice: mutable(tf, ["a", "a"], [1, 2]).lookup(tf.constant("a"))
    mutable/insert_matrix: mutable(tf, [["a", "b"]], [[1, 2]]).lookup(tf.constant("b"))
    mutable/size: mutable(tf, ["a", "b"], [1, 2]).size()
    mutable/export: exported(tf, mutable(tf, ["b", "a"], [2, 1]))
    mutable/list: mutable(tf, ["b", "a"], [2, 1]).lookup(["a"])
    mutable/values_short: mutable(tf, ["a"], [1, 2])  # raises: Expected shape [1] for value, got [2]
    mutable/wrong_keys: mutable(tf, [1], [1])  # raises
    mutable/wrong_values: mutable(tf, ["a"], [1.5])  # raises
    mutable/wrong_tensor: mutable(tf, ["a"], tf.constant([1]))  # raises: values: Tensor conversion requested dtype int64
    mutable/lookup_wrong: mutable(tf, None).lookup(tf.constant(4))  # raises: keys: Tensor conversion requested dtype
    mutable/remove_wrong: mutable(tf, None).remove(tf.constant([1]))  # raises: Dtype of argument `keys` must be
    mutable/defaults: mutable(tf, ["a"], [1]).lookup(["a", "b"], tf.constant([7, 8], tf.int64))
    mutable/one_default: mutable(tf, ["a"], [1]).lookup(["a", "b"], tf.constant(7, tf.int64))
    mutable/other_defaults: mutable(tf, None).lookup(["a"], tf.constant([7, 8], tf.int64))  # raises: for default value
    mutable/vectors: mutable(tf, ["a"], [[1, 2]], [0, 0]).lookup(tf.constant([["a", "z"]]))
    mutable/vectors_wrong: mutable(tf, ["a"], [[1, 2, 3]], [0, 0])  # raises: Expected shape [1,2] for value, got [1,3]
    mutable/matrix_default: mutable(tf, None, None, [[0, 1]])  # raises: Default value must be a vector, got shape [1,2]
    mutable/int_keys: mutable(tf, [3], ["x"], "z", "int64", "string").lookup(tf.constant([3, 4], tf.int64))
    mutable/double: mutable(tf, [3], [1.5], 0, "int32", "float64").lookup([3, 4])
    mutable/float_keys: mutable(tf, None, None, 0, "float32", "float32")  # raises: Could not find device
    mutable/text_default: mutable(tf, None, None, "a", "string", "float32")  # raises: Cannot convert 'a'
    dense/empty: dense(tf).lookup(tf.constant(["a"]))
    dense/empty_key: dense(tf).lookup(tf.constant([""]))  # raises: Using the empty_key as a table key is not allowed
    dense/deleted_key: dense(tf).lookup(tf.constant(["$"]))  # raises: Using the deleted_key as a table key
    dense/insert_empty_key: dense(tf).insert(["", "a"], [1, 2])  # raises: Using the empty_key as a table key
    dense/insert_deleted_key: dense(tf).insert(["$", "a"], [1, 2])  # raises: Using the deleted_key
    dense/remove_empty_key: dense(tf).remove(tf.constant([""]))  # raises: Using the empty_key
    dense/buckets: dense(tf, initial_num_buckets=3)  # raises: Number of buckets must be at least 4 and a power of 2
    dense/insert_returns: dense(tf, initial_num_buckets=4).insert(["a"], [2])
""")


@case("dense/comes_and_goes")
def work(tf):
    table = dense(tf, initial_num_buckets=4)
    table.insert(["a", "b", "c"], [1, 2, 3])
    answers = [table.lookup(tf.constant(["a", "z"])), table.size()]
    table.erase(tf.constant(["a"]))
    table.remove(tf.constant(["b"]))
    table.insert_or_assign(["c"], [9])
    return [*answers, table.size(), table.lookup(tf.constant(["a", "b", "c"]))]


@case("dense/vectors")
def vectors(tf):
    table = tf.lookup.experimental.DenseHashTable(
        tf.int64, tf.float32, [0.0, 0.0], empty_key=[0, 0], deleted_key=[-1, -1]
    )
    table.insert(tf.constant([[1, 2]], tf.int64), [[3.0, 4.0]])
    return table.lookup(tf.constant([[1, 2], [2, 1]], tf.int64)), table.size()


@case("mutable/comes_and_goes")
def comes_and_goes(tf):
    table = mutable(tf, ["a", "b"], [1, 2])
    table.insert("b", 5)
    table.remove(tf.constant(["a", "never"]))
    table.insert(["c", "d", "e"], [6, 7, 8])
    return table.lookup(["a", "b", "c", "d", "e"]), table.size(), exported(tf, table)


@case("function/static")
def in_a_function(tf):
    table = letters(tf)

    @tf.function
    def plus_one(x):
        return table.lookup(x) + 1

    return plus_one(tf.constant(["a", "q"]))


@case("function/mutable")
def mutable_in_a_function(tf):
    table = mutable(tf, None)

    @tf.function
    def count(x):
        table.insert(x, table.lookup(x) + 2)
        return table.size()

    return count(tf.constant(["a", "b"])), count(tf.constant(["a", "c"])), exported(tf, table)


def raw(tf, name, *values, **options):
    names = {"Find": ("keys", "default_value"), "Insert": ("keys", "values"), "Remove": ("keys",), "Size": ()}[name]
    call = getattr(tf.raw_ops, f"LookupTable{name}V2")
    return call(table_handle=letters(tf).resource_handle, **dict(zip(names, values, strict=True)))


case.table(r"""
    raw/find: raw(tf, "Find", ["a", "q"], 7)
    raw/find_each: raw(tf, "Find", ["a", "q"], [7, 8])
    raw/find_wrong_keys: raw(tf, "Find", [1], 7)  # raises: Signature mismatch
    raw/find_wrong_default: raw(tf, "Find", ["q"], 7.0)  # raises: Signature mismatch
    raw/find_wrong_shape: raw(tf, "Find", ["q"], [7, 8])  # raises: for default value, got [2]
    raw/size: raw(tf, "Size")
    raw/insert: raw(tf, "Insert", ["c"], [3])  # raises: Insert not supported by InitializableLookupTable
    raw/remove: raw(tf, "Remove", ["c"])  # raises: Remove not supported by InitializableLookupTable
    raw/of_a_variable: tf.raw_ops.LookupTableSizeV2(table_handle=tf.Variable(1).handle)  # raises: using the wrong type
""")


def made(tf):
    return tf.raw_ops.HashTableV2(key_dtype=tf.string, value_dtype=tf.int64)


case("raw/new_size", lambda tf: tf.raw_ops.LookupTableSizeV2(table_handle=made(tf)))
case.raises(
    "raw/not_initialized",
    lambda tf: tf.raw_ops.LookupTableFindV2(table_handle=made(tf), keys=["a"], default_value=tf.constant(1, tf.int64)),
    says=["Table not initialized."],
)
case.raises(
    "raw/initialize_other",
    lambda tf: tf.raw_ops.InitializeTableV2(table_handle=made(tf), keys=["a"], values=[1]),
    says=["Signature mismatch"],
)
case.raises(
    "raw/initialize_sizes",
    lambda tf: tf.raw_ops.InitializeTableV2(table_handle=made(tf), keys=["a", "b"], values=tf.constant([1], tf.int64)),
    says=["Keys and values must have the same size 2 vs 1"],
)
