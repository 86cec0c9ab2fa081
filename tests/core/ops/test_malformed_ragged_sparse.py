"""Whatever integers partitions, indices and shapes are made of: a result or a TensorFlow error, soon and in bounds."""

import numpy as np
import pytest

import tapeflow as tf

ALLOWED = (tf.errors.OpError, ValueError, TypeError, IndexError)
# No sizes that a machine might have the memory for, and a test should not ask for.
FAR = np.array([-(2**63), -(2**31), -5, 100, 2**45, 2**62, 2**63 - 1])


class Draw:
    """Arguments that are wrong in most ways that there are."""

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)

    def shape(self):
        return tuple(self.rng.integers(0, 5, size=self.rng.choice([0, 1, 1, 1, 2, 3])))

    def ints(self, shape=None):
        shape = self.shape() if shape is None else shape
        near = self.rng.integers(-1, 5, size=shape)
        x = np.asarray(near if self.rng.random() < 0.85 else self.rng.choice(FAR, size=shape), np.int64)
        x = np.sort(x, axis=-1) if x.ndim and self.rng.random() < 0.5 else x
        return x if self.rng.random() < 0.7 else x.astype(np.int32)

    def number(self, low=-4, high=4):
        return int(self.rng.integers(low, high))

    def floats(self, count=None):
        shape = self.shape() if count is None or self.rng.random() < 0.3 else (count,)
        return self.rng.normal(size=shape).astype(np.float32)

    def splits(self):
        if self.rng.random() < 0.4:
            return np.concatenate([[0], np.cumsum(self.rng.integers(0, 3, size=self.rng.integers(0, 5)))])
        return self.ints()

    def ragged(self):
        splits = self.splits()
        count = int(splits[-1]) if splits.ndim == 1 and len(splits) and 0 <= splits[-1] < 1000 else 3
        return tf.RaggedTensor.from_row_splits(self.floats(count), splits, validate=bool(self.rng.random() < 0.5))

    def sparse(self):
        rank, count = self.number(0), self.number(0, 5)
        indices = self.ints((count, rank)) if self.rng.random() < 0.8 else self.ints()
        shape = self.ints((rank,)) if self.rng.random() < 0.8 else self.ints()
        return tf.SparseTensor(indices, self.floats(count), shape)


CALLS = {
    "from_row_splits": lambda d: tf.RaggedTensor.from_row_splits(d.floats(), d.splits()),
    "from_row_lengths": lambda d: tf.RaggedTensor.from_row_lengths(d.floats(), d.ints()),
    "from_value_rowids": lambda d: tf.RaggedTensor.from_value_rowids(d.floats(), d.ints(), d.ints(())),
    "from_row_starts": lambda d: tf.RaggedTensor.from_row_starts(d.floats(), d.ints()),
    "from_row_limits": lambda d: tf.RaggedTensor.from_row_limits(d.floats(), d.ints()),
    "from_uniform": lambda d: tf.RaggedTensor.from_uniform_row_length(d.floats(), d.ints(()), d.ints(())),
    "from_nested": lambda d: tf.RaggedTensor.from_nested_row_splits(d.floats(), [d.splits(), d.splits()]),
    "from_tensor": lambda d: tf.RaggedTensor.from_tensor(d.floats(), lengths=d.ints()),
    "from_sparse": lambda d: tf.RaggedTensor.from_sparse(d.sparse()),
    "to_tensor": lambda d: d.ragged().to_tensor(),
    "to_tensor_shape": lambda d: d.ragged().to_tensor(shape=[abs(d.number()), None]),
    "to_sparse": lambda d: d.ragged().to_sparse(),
    "index": lambda d: d.ragged()[d.ints(())],
    "slice": lambda d: d.ragged()[:, d.number() : d.number() : d.number()],
    "gather": lambda d: tf.gather(d.ragged(), d.ints()),
    "concat": lambda d: tf.concat([d.ragged(), d.ragged()], d.number()),
    "add": lambda d: d.ragged() + d.ragged(),
    "reduce": lambda d: tf.reduce_sum(d.ragged(), d.number()),
    "tile": lambda d: tf.tile(d.ragged(), d.ints((2,))),
    "range": lambda d: tf.ragged.range(d.ints(), d.ints(), d.ints()),
    "partitions": lambda d: tf.ragged.stack_dynamic_partitions(d.floats(), d.ints(), d.ints(())),
    "segment_ids": lambda d: tf.ragged.row_splits_to_segment_ids(d.ints()),
    "row_splits": lambda d: tf.ragged.segment_ids_to_row_splits(d.ints(), d.ints(())),
    "boolean_mask": lambda d: tf.ragged.boolean_mask(d.ragged(), d.ints() > 1),
    "raw_gather": lambda d: tf.raw_ops.RaggedGather(
        params_nested_splits=[d.splits(), d.splits()], params_dense_values=d.floats(), indices=d.ints(),
        OUTPUT_RAGGED_RANK=abs(d.number()),
    ),
    "raw_to_tensor": lambda d: tf.raw_ops.RaggedTensorToTensor(
        shape=d.ints(), values=d.floats(), default_value=np.float32(0), row_partition_tensors=[d.ints(), d.ints()],
        row_partition_types=["FIRST_DIM_SIZE", "VALUE_ROWIDS"],
    ),
    "raw_bincount": lambda d: tf.raw_ops.RaggedBincount(
        splits=d.splits(), values=d.ints(), size=d.ints(()), weights=d.floats()
    ),
    "to_dense": lambda d: tf.sparse.to_dense(d.sparse()),
    "reorder": lambda d: tf.sparse.reorder(d.sparse()),
    "reshape": lambda d: tf.sparse.reshape(d.sparse(), d.ints((abs(d.number()),))),
    "sparse_concat": lambda d: tf.sparse.concat(d.number(), [d.sparse(), d.sparse()]),
    "sparse_split": lambda d: tf.sparse.split(d.sparse(), d.number(), d.number()),
    "sparse_slice": lambda d: tf.sparse.slice(d.sparse(), d.ints((2,)), d.ints((2,))),
    "sparse_add": lambda d: tf.sparse.add(d.sparse(), d.sparse()),
    "sparse_reduce": lambda d: tf.sparse.reduce_sum(d.sparse(), d.number()),
    "sparse_softmax": lambda d: tf.sparse.softmax(d.sparse()),
    "sparse_matmul": lambda d: tf.sparse.sparse_dense_matmul(d.sparse(), d.floats()),
    "fill_empty_rows": lambda d: tf.sparse.fill_empty_rows(d.sparse(), 0.0),
    "transpose": lambda d: tf.sparse.transpose(d.sparse()),
    "times": lambda d: d.sparse() * d.floats(),
    "set_union": lambda d: tf.sets.union(d.ints(), d.ints()),
}  # fmt: skip


@pytest.mark.parametrize("name", CALLS)
def test_malformed_arguments_end_in_an_error_of_tensorflow(name):
    draw = Draw(sum(map(ord, name)))
    for _ in range(25):
        try:
            CALLS[name](draw)
        except ALLOWED:
            continue
