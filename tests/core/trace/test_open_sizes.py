"""Functions over ragged, sparse and string tensors of open sizes: the same results as eagerly."""

import numpy as np
import pytest

import tapeflow as tf

RAGGED = ([[3, 1, 2], [], [5, 4]], tf.int32)
FLOATS = ([[3.0, 1.0, 2.0], [], [5.0, 4.0]], tf.float32)
DEEP = ([[[1, 2], [3]], [], [[4, 5, 6]]], tf.int32)
WORDS = ([["a", "bc"], [], ["d e"]], tf.string)
PLACES = ([[0], [], [1, 0]], tf.int32)
TEXTS = ["hello world", "a b c", "", "Über x"]
TABLE = [["ab cd", "e"], ["", "fgh i j"]]
MATRIX = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]


def ragged(x):
    return tf.ragged.constant(x[0], dtype=x[1])


def rows_of_pairs():
    return tf.RaggedTensor.from_row_splits(tf.constant([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]), [0, 1, 1, 3])


def sparse(values=(1.0, 2.0, 3.0), places=((0, 1), (1, 0), (1, 2)), dtype=tf.float32):
    return tf.SparseTensor(places, tf.constant(values, dtype), [2, 3])


def other():
    return sparse((4.0, 5.0, 6.0), ((0, 0), (1, 0), (1, 2)))


def ids():
    return sparse((1, 2, 3), dtype=tf.int64)


def words():
    return sparse(("a", "b", "c"), ((0, 0), (0, 1), (1, 0)), tf.string)


numpy = tf.experimental.numpy
s, r, p = tf.strings, tf.ragged, tf.sparse

# Of tensors whose sizes and rank are unknown.
ANY_RANK = {
    "length": (s.length, TABLE), "lower": (s.lower, TABLE), "upper": (s.upper, TABLE), "strip": (s.strip, TABLE),
    "length_utf8": (lambda x: s.length(x, unit="UTF8_CHAR"), TEXTS),
    "split": (s.split, TEXTS), "split_max": (lambda x: s.split(x, maxsplit=1), TEXTS),
    "substr": (lambda x: s.substr(x, 0, 2), TABLE), "join": (lambda x: s.join([x, x], "-"), TABLE),
    "reduce_join": (s.reduce_join, TABLE), "reduce_join_first": (lambda x: s.reduce_join(x, 0, separator=","), TABLE),
    "replace": (lambda x: s.regex_replace(x, "[aeiou]", "_"), TABLE), "as_string": (s.as_string, MATRIX),
    "match": (lambda x: s.regex_full_match(x, "[a-z ]+"), TABLE), "number": (s.to_number, [["1", "2.5"]]),
    "hash": (lambda x: s.to_hash_bucket_fast(x, 10), TABLE), "base64": (tf.io.encode_base64, TABLE),
    "format": (lambda x: s.format("{} !", x), MATRIX), "equal": (lambda x: x == "e", TABLE),
    "transcode": (lambda x: s.unicode_transcode(x, "UTF-8", "UTF-16-BE"), TABLE),
    "raw": (lambda x: tf.io.decode_raw(x, tf.uint8), ["abc", "def"]),
    "csv": (lambda x: tf.io.decode_csv(x, [0.0, ""]), ["1,a", "2,b"]),
    "from_tensor": (tf.RaggedTensor.from_tensor, MATRIX),
    "from_tensor_padded": (lambda x: tf.RaggedTensor.from_tensor(x, padding=0), [[1, 2, 0], [0, 3, 0]]),
    "from_tensor_deep": (lambda x: tf.RaggedTensor.from_tensor(x, ragged_rank=2), [[[1, 2], [3, 4]], [[5, 6], [7, 8]]]),
    "from_splits": (lambda x: tf.RaggedTensor.from_row_splits([1, 2, 3], x), [0, 2, 3]),
    "from_lengths": (lambda x: tf.RaggedTensor.from_row_lengths([1, 2, 3], x), [2, 0, 1]),
    "from_rows": (lambda x: tf.RaggedTensor.from_value_rowids([1, 2, 3], x), [0, 0, 2]),
    "from_starts": (lambda x: tf.RaggedTensor.from_row_starts([1, 2, 3], x), [0, 2, 3]),
    "from_uniform": (lambda x: tf.RaggedTensor.from_uniform_row_length(x, 2), [1, 2, 3, 4]),
    "ranges": (r.range, [3, 1]), "splits_of_ids": (r.segment_ids_to_row_splits, [0, 0, 2]),
    "ids_of_splits": (r.row_splits_to_segment_ids, [0, 2, 2, 3]),
    "concat_dense": (lambda x: tf.concat([ragged(FLOATS), x], 0), MATRIX),
    "segment_mean": (lambda x: tf.math.unsorted_segment_mean(x, [1, 0], 2), MATRIX),
    "from_dense": (p.from_dense, MATRIX), "counted": (p.bincount, [1, 2, 1]),
    "transpose": (numpy.transpose, MATRIX), "swap": (lambda x: numpy.swapaxes(x, 0, 1), MATRIX),
    "move": (lambda x: numpy.moveaxis(x, 0, -1), MATRIX), "tile": (lambda x: numpy.tile(x, [2, 1]), MATRIX),
    "tile_more": (lambda x: numpy.tile(x, [2, 1, 1]), MATRIX), "tile_less": (lambda x: numpy.tile(x, 2), MATRIX),
    "vstack": (lambda x: numpy.vstack([x, x]), MATRIX), "vstack_vectors": (lambda x: numpy.vstack([x, x]), [1, 2]),
    "hstack": (lambda x: numpy.hstack([x, x]), MATRIX), "hstack_vectors": (lambda x: numpy.hstack([x, x]), [1, 2]),
    "atleast_3d": (numpy.atleast_3d, MATRIX), "atleast_3d_vector": (numpy.atleast_3d, [1, 2]),
    "atleast_3d_scalar": (numpy.atleast_3d, 1), "repeat": (lambda x: numpy.repeat(x, 2, -1), MATRIX),
    "clip": (lambda x: numpy.clip(x, 2, 4), MATRIX), "diagonal": (numpy.diag, MATRIX),
    "diagonal_of": (numpy.diag, [1, 2]),
    "trace": (numpy.trace, MATRIX), "vander": (numpy.vander, [1.0, 2.0]), "sum": (lambda x: numpy.sum(x, 0), MATRIX),
    "std": (lambda x: numpy.std(x, -1), MATRIX), "sort": (numpy.sort, MATRIX), "cumsum": (numpy.cumsum, MATRIX),
}  # fmt: skip

# Of tensors whose sizes are unknown; their rank has to be known.
ANY_SIZE = {
    "bytes": (s.bytes_split, TABLE), "characters": (lambda x: s.unicode_split(x, "UTF-8"), TABLE),
    "codes": (lambda x: s.unicode_decode(x, "UTF-8"), TEXTS), "ngrams": (lambda x: s.ngrams(x, 2), TABLE),
    "code_places": (lambda x: s.unicode_decode_with_offsets(x, "UTF-8"), TABLE),
    "encode": (lambda x: s.unicode_encode(x, "UTF-8"), [[72, 105], [111, 33]]),
    "mask": (lambda x: r.boolean_mask(x, x > 2), MATRIX), "nonzero": (numpy.nonzero, MATRIX),
    "dot": (lambda x: numpy.dot(x, numpy.transpose(x)), MATRIX),
    "set": (lambda x: tf.sets.union(x, x), [[1, 2], [3, 4]]),
}  # fmt: skip

# Of ragged tensors.
OF_RAGGED = {
    "split": (s.split, WORDS), "bytes": (s.bytes_split, WORDS), "join": (lambda x: s.reduce_join(x, -1), WORDS),
    "ngrams": (lambda x: s.ngrams(x, 2), WORDS), "codes": (lambda x: s.unicode_decode(x, "UTF-8"), WORDS),
    "cross": (lambda x: r.cross([x, x]), WORDS), "cross_hashed": (lambda x: r.cross_hashed([x, x], 9), WORDS),
    "format": (lambda x: s.format("{}", x), RAGGED), "dense": (lambda x: x.to_tensor(), DEEP),
    "dense_wide": (lambda x: x.to_tensor(-1, shape=[None, 4]), RAGGED), "sparse": (lambda x: x.to_sparse(), DEEP),
    "lengths": (lambda x: x.row_lengths(), RAGGED), "lengths_below": (lambda x: x.row_lengths(axis=2), DEEP),
    "rows": (lambda x: x.value_rowids(), RAGGED), "bounds": (lambda x: x.bounding_shape(), DEEP),
    "merge": (lambda x: x.merge_dims(0, 1), DEEP), "merge_inner": (lambda x: x.merge_dims(1, 2), DEEP),
    "row": (lambda x: x[0], RAGGED), "later_rows": (lambda x: x[1:], RAGGED), "columns": (lambda x: x[:, :2], RAGGED),
    "last": (lambda x: x[:, -1:], RAGGED), "every_second": (lambda x: x[:, ::2], RAGGED),
    "one": (lambda x: x[0, 1], RAGGED),
    "deep_columns": (lambda x: x[:, 0:1, :1], DEEP), "dots": (lambda x: x[..., :1], DEEP),
    "concat": (lambda x: tf.concat([x, x], 0), RAGGED), "concat_rows": (lambda x: tf.concat([x, x], 1), RAGGED),
    "concat_inner": (lambda x: tf.concat([x, x], -1), DEEP), "stack": (lambda x: tf.stack([x, x]), RAGGED),
    "mask": (lambda x: r.boolean_mask(x, x > 2), RAGGED), "gather": (lambda x: tf.gather(x, [2, 0]), DEEP),
    "gather_in_rows": (lambda x: tf.gather(x, ragged(PLACES), batch_dims=1), RAGGED),
    "gather_by": (lambda x: tf.gather([5, 6, 7], x), PLACES), "add": (lambda x: x + x, RAGGED),
    "broadcast": (lambda x: x * [[1.0], [2.0], [3.0]], FLOATS), "negate": (lambda x: -x, FLOATS),
    "sum": (tf.reduce_sum, FLOATS), "sum_rows": (lambda x: tf.reduce_sum(x, 1), FLOATS),
    "sum_columns": (lambda x: tf.reduce_sum(x, 0), FLOATS), "mean": (lambda x: tf.reduce_mean(x, -1), FLOATS),
    "max": (lambda x: tf.reduce_max(x, 1, keepdims=True), FLOATS), "any": (lambda x: tf.reduce_any(x > 2, 1), RAGGED),
    "variance": (lambda x: tf.math.reduce_variance(x, 1), FLOATS), "softmax": (tf.nn.softmax, FLOATS),
    "tile": (lambda x: tf.tile(x, [2, 2, 1]), DEEP), "expand": (lambda x: tf.expand_dims(x, 1), RAGGED),
    "reverse": (lambda x: tf.reverse(x, [1, 2]), DEEP), "one_hot": (lambda x: tf.one_hot(x, 6), RAGGED),
    "where": (lambda x: tf.where(x > 2), DEEP), "select": (lambda x: tf.where(x > 2, x, -x), RAGGED),
    "zeros": (tf.zeros_like, DEEP), "size": (tf.size, DEEP),
    "partition": (lambda x: tf.dynamic_partition(x, [1, 0, 1], 2), DEEP),
    "segments": (lambda x: tf.math.unsorted_segment_mean(tf.cast(x, tf.float32), [1, 0, 1], 2), RAGGED),
    "map": (lambda x: tf.map_fn(tf.reduce_sum, x, fn_output_signature=tf.int32), RAGGED),
    "map_rows": (lambda x: tf.map_fn(lambda row: row * 2, x), RAGGED),
    "clip": (lambda x: tf.clip_by_value(x, 1, 2), RAGGED),
    "embed": (lambda x: tf.nn.embedding_lookup(tf.reshape(tf.range(12.0), [6, 2]), x), RAGGED),
    "count": (lambda x: tf.math.bincount(x, axis=-1, minlength=6), RAGGED),
}  # fmt: skip

# Of sparse tensors.
OF_SPARSE = {
    "dense": (p.to_dense, sparse), "dense_words": (lambda x: p.to_dense(x, "-"), words),
    "add": (lambda x: p.add(x, other()), sparse), "add_dense": (lambda x: p.add(x, MATRIX), sparse),
    "scale": (lambda x: x * 2.0, sparse), "times_dense": (lambda x: x * MATRIX, sparse),
    "sum": (p.reduce_sum, sparse), "sum_rows": (lambda x: p.reduce_sum(x, 1, keepdims=True), sparse),
    "max": (lambda x: p.reduce_max(x, 1, output_is_sparse=True), sparse), "transpose": (p.transpose, sparse),
    "product": (lambda x: p.sparse_dense_matmul(x, tf.ones([3, 2])), sparse), "order": (p.reorder, sparse),
    "reshape": (lambda x: p.reshape(x, [3, -1]), sparse), "concat": (lambda x: p.concat(1, [x, x]), sparse),
    "slice": (lambda x: p.slice(x, [0, 0], [1, 3]), sparse), "split": (lambda x: p.split(x, 3, 1), sparse),
    "retain": (lambda x: p.retain(x, x.values > 1.5), sparse), "fill": (lambda x: p.fill_empty_rows(x, 0.0), sparse),
    "reset": (p.reset_shape, sparse), "expand": (lambda x: p.expand_dims(x, 1), sparse),
    "expand_last": (lambda x: p.expand_dims(x, -1), sparse), "softmax": (p.softmax, sparse),
    "maximum": (lambda x: p.maximum(x, other()), sparse), "map": (lambda x: p.map_values(tf.square, x), sparse),
    "indicator": (lambda x: p.to_indicator(x, 5), ids), "count": (lambda x: p.bincount(x, axis=-1), ids),
    "cross": (lambda x: p.cross([x, x]), words), "abs": (tf.abs, sparse),
    "cast": (lambda x: tf.cast(x, tf.int32), sparse),
    "embed": (lambda x: tf.nn.embedding_lookup_sparse(tf.ones([6, 2]), x, None, combiner="mean"), ids),
    "safe_embed": (lambda x: tf.nn.safe_embedding_lookup_sparse(tf.ones([6, 2]), x), ids),
    "to_ragged": (lambda x: tf.RaggedTensor.from_sparse(x), words), "set": (lambda x: tf.sets.difference(x, x), ids),
}  # fmt: skip


def parts(result):
    return [np.asarray(x) for x in tf.nest.flatten(result, expand_composites=True)]


def compare(function, argument, spec):
    traced = tf.function(lambda x: function(x), input_signature=[spec], autograph=False)
    found, expected = parts(traced(argument)), parts(function(argument))
    assert len(found) == len(expected)
    for x, y in zip(found, expected, strict=True):
        assert (x.dtype, x.shape) == (y.dtype, y.shape)
        (np.testing.assert_allclose if x.dtype.kind == "f" else np.testing.assert_array_equal)(x, y)


@pytest.mark.parametrize("name", ANY_RANK)
def test_tensors_of_unknown_rank(name):
    function, value = ANY_RANK[name]
    compare(function, tf.constant(value), tf.TensorSpec(None, tf.constant(value).dtype))


@pytest.mark.parametrize("name", ANY_SIZE)
def test_tensors_of_unknown_sizes(name):
    function, value = ANY_SIZE[name]
    value = tf.constant(value)
    compare(function, value, tf.TensorSpec([None] * value.shape.rank, value.dtype))


@pytest.mark.parametrize("name", OF_RAGGED)
def test_ragged_tensors_of_unknown_sizes(name):
    function, value = OF_RAGGED[name]
    value = ragged(value)
    compare(function, value, tf.RaggedTensorSpec([None] * value.shape.rank, value.dtype, value.ragged_rank))


@pytest.mark.parametrize("shape", [[None, None], None], ids=["sizes", "rank"])
@pytest.mark.parametrize("name", OF_SPARSE)
def test_sparse_tensors_of_unknown_sizes(name, shape):
    function, make = OF_SPARSE[name]
    compare(function, make(), tf.SparseTensorSpec(shape, make().dtype))


# A size that may be 1 is broadcast if it is.
@pytest.mark.parametrize("dense", [[[10.0]], [[10.0], [20.0], [30.0]], [[10.0, 20.0]]])
@pytest.mark.parametrize("rows", [[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], [[1.0, 2.0]]])
def test_ragged_tensors_meet_dense_ones_of_unknown_sizes(dense, rows):
    specs = [tf.RaggedTensorSpec([None, None], tf.float32), tf.TensorSpec([None, None])]
    add = tf.function(lambda x, y: x + y, input_signature=specs)
    for i in range(4):
        found = add(tf.ragged.constant(rows), tf.constant(dense))
        np.testing.assert_array_equal(found.to_tensor(), np.array(rows) + np.array(dense), err_msg=f"call {i}")


def test_a_dense_tensor_that_does_not_fit_is_refused_when_it_comes():
    specs = [tf.RaggedTensorSpec([None, None], tf.float32), tf.TensorSpec([None, None])]
    add = tf.function(lambda x, y: x + y, input_signature=specs)
    with pytest.raises(tf.errors.InvalidArgumentError):
        add(tf.ragged.constant([[1.0, 2.0], [3.0, 4.0]]), tf.ones([3, 1]))
    with pytest.raises(tf.errors.InvalidArgumentError):
        add(tf.ragged.constant([[1.0, 2.0], [3.0, 4.0]]), tf.ones([2, 3]))


# -- values that are known while tracing ------------------------------------------------------------


@pytest.mark.parametrize(
    "check",
    [
        lambda: tf.debugging.assert_equal(1, 1),
        lambda: tf.debugging.assert_less([1, 2], 3),
        lambda: tf.debugging.assert_near(1.0, 1.0),
        lambda: tf.debugging.assert_positive(1.0),
    ],
)
def test_assertions_on_values_that_are_known_while_tracing(check):
    assert tf.function(check)() is None


def test_a_false_assertion_on_known_values_fails_while_tracing():
    with pytest.raises(tf.errors.InvalidArgumentError, match="Condition x < y did not hold"):
        tf.function(lambda: tf.debugging.assert_less(2, 1))()


@pytest.mark.parametrize(
    "make",
    [
        lambda: tf.strings.format("{}", tf.ragged.constant([[1, 2], [3]])),
        lambda: tf.strings.ngrams(tf.strings.as_string([1, 2, 3]), 2),
        lambda: tf.strings.length(tf.strings.as_string(tf.range(3))) + tf.size(tf.strings.as_string(tf.range(3))),
    ],
)
def test_strings_that_are_known_stay_on_the_host_once_compiled(make):
    function = tf.function(make, autograph=False)
    results = [np.asarray(function().numpy()).tolist() for _ in range(4)]
    assert results == [np.asarray(make().numpy()).tolist()] * 4


# -- arguments that are tensors --------------------------------------------------------------------


@pytest.mark.parametrize(
    "function",
    [
        lambda i: tf.strided_slice([1, 2, 3, 4], i[:1], i[1:]),
        lambda i: tf.gather_nd([1, 2, 3], i[:, None] * 2, bad_indices_policy="IGNORE"),
        lambda i: tf.gather_nd([[1, 2], [3, 4]], i[:, None] * 2, bad_indices_policy="IGNORE"),
        lambda i: tf.scatter_nd(i[:, None] * 2, [1.0, 2.0], [3], bad_indices_policy="IGNORE"),
        lambda i: tf.scatter_nd(i[:, None] * 2, [[1.0], [2.0]], tf.stack([i[1] + 1, 1]), bad_indices_policy="IGNORE"),
        lambda i: tf.linspace(1.0, 2.0, i[1]), lambda i: tf.linspace([1.0, 2.0], [2.0, 5.0], i[1], axis=-1),
        lambda i: tf.linspace(1.0, 2.0, i[0]), lambda i: tf.linspace(1.0, 2.0, i[1] - 1),
    ],
)  # fmt: skip
def test_arguments_that_are_tensors(function):
    compare(function, tf.constant([0, 2]), tf.TensorSpec([2], tf.int32))
    compare(function, tf.constant([0, 2]), tf.TensorSpec([None], tf.int32))


def test_updates_of_batches_of_rows():
    def update(variable, rows):
        return variable.batch_scatter_update(tf.IndexedSlices([[10.0], [20.0]], rows))

    eager, traced = (tf.Variable([[1.0, 2.0], [3.0, 4.0]]) for _ in range(2))
    update(eager, tf.constant([[1], [0]]))
    tf.function(lambda rows: update(traced, rows))(tf.constant([[1], [0]]))
    np.testing.assert_array_equal(eager, traced)
    assert traced.numpy().tolist() == [[1.0, 10.0], [20.0, 4.0]]


def test_a_message_of_a_tensor_without_a_value_is_refused():
    with pytest.raises(TypeError, match="Expected any non-tensor type"):
        tf.function(lambda x: tf.make_tensor_proto(x) and x)(tf.constant(1))


def test_softmax_runs_along_the_last_axis_of_a_tensor_of_unknown_rank():
    @tf.function(input_signature=[tf.TensorSpec(None)])
    def f(x):
        return tf.nn.softmax(x), tf.nn.log_softmax(x, axis=-1)

    x = np.float32([[1, 2], [3, 5]])
    for one, other in zip(f(x), (tf.nn.softmax(x), tf.nn.log_softmax(x)), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-6)


@pytest.mark.parametrize("i", [0, -1, 2])
def test_an_index_after_an_ellipsis_picks_from_a_tensor_of_unknown_rank(i):
    @tf.function(input_signature=[tf.TensorSpec(None), tf.TensorSpec([], tf.int32)])
    def f(x, i):
        return x[..., i], x[..., i, :], x[1, ..., i], x[..., i, 1:3], x[..., i:, i]

    x = np.arange(24.0, dtype=np.float32).reshape(2, 3, 4)
    wanted = x[..., i], x[..., i, :], x[1, ..., i], x[..., i, 1:3], x[..., i:, i]
    for _ in range(3):
        for one, other in zip(f(x, i), wanted, strict=True):
            np.testing.assert_array_equal(one, other)


def test_windows_may_be_larger_than_the_sizes_that_stand_for_unknown_ones():
    @tf.function(input_signature=[tf.TensorSpec([None, None, 2])])
    def f(x):
        convolved = tf.nn.conv1d(x, tf.ones([500, 2, 3]), stride=25, padding="VALID")
        pooled = tf.nn.max_pool1d(x, 700, 100, "VALID")
        assert (convolved.shape.as_list(), pooled.shape.as_list()) == ([None, None, 3], [None, None, 2])
        return convolved, pooled

    convolved, pooled = f(np.ones((2, 1000, 2), np.float32))
    assert convolved.shape == (2, 21, 3) and pooled.shape == (2, 4, 2)


@pytest.mark.parametrize("axis", [-1, 0, [0, -1], [-1, -3], [1]])
@pytest.mark.parametrize("name", ["reduce_sum", "reduce_mean", "reduce_max"])
def test_gradients_of_reductions_of_unknown_rank(name, axis):
    def gradient(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.reduce_sum(getattr(tf, name)(x, axis=axis) ** 2)
        return tape.gradient(y, x)

    x = tf.reshape(tf.range(24.0), [2, 3, 4])
    traced = tf.function(gradient, input_signature=[tf.TensorSpec(None)])
    for _ in range(3):
        np.testing.assert_allclose(traced(x), gradient(x), rtol=1e-6)
