"""tf.raw_ops of files: checkpoints of the first format, vocabularies, matrices out of checkpoints, records, messages."""

import os
import tempfile

import numpy as np

from tests.parity.case import Family

case = Family(__name__)

VALUE = "v/.ATTRIBUTES/VARIABLE_VALUE"


def _place():
    return os.path.join(tempfile.mkdtemp(), "file")


def _there_and_back(tf, value, dtype, asked=None, name="a"):
    place = _place()
    tf.raw_ops.Save(filename=place, tensor_names=["b", "a"], data=[tf.constant([7]), tf.cast(value, dtype)])
    return tf.raw_ops.Restore(file_pattern=place, tensor_name=name, dt=asked or dtype)


def _slices(tf, spec, asked=""):
    place = _place()
    tf.raw_ops.SaveSlices(
        filename=place, tensor_names=["a", "a"], shapes_and_slices=["4 3 0,2:-", "4 3 2,2:-"],
        data=[np.arange(6, dtype="f4").reshape(2, 3), 10 + np.arange(6, dtype="f4").reshape(2, 3)],
    )  # fmt: skip
    return tf.raw_ops.RestoreSlice(file_pattern=place, tensor_name="a", shape_and_slice=spec, dt=tf.float32)


def _shards(tf):
    folder = tempfile.mkdtemp()
    for i in range(2):
        tf.raw_ops.SaveSlices(filename=f"{folder}/part{i}", tensor_names=["a"], shapes_and_slices=[f"4 {2 * i},2"],
                              data=[np.float32([i, i + 0.5])])  # fmt: skip
    return tf.raw_ops.RestoreSlice(file_pattern=f"{folder}/part*", tensor_name="a", shape_and_slice="4 -", dt=tf.float32)


def _lines(*lines):
    place = _place()
    with open(place, "w") as file:
        file.write("".join(f"{line}\n" for line in lines))
    return place


def _remapped(tf, offset, count, size=-1, new=("a", "b", "c", "d"), old=("c", "x", "a")):
    return tf.raw_ops.GenerateVocabRemapping(
        new_vocab_file=_lines(*new), old_vocab_file=_lines(*old), new_vocab_offset=offset, num_new_vocab=count,
        old_vocab_size=size,
    )  # fmt: skip


def _loaded(tf, rows, columns, values, count, name=VALUE, width=3, **attrs):
    place = _place()
    tf.train.Checkpoint(v=tf.Variable(np.arange(12, dtype="f4").reshape(4, 3))).write(place)
    return tf.raw_ops.LoadAndRemapMatrix(
        ckpt_path=place, old_tensor_name=name, row_remapping=np.array(rows, "i8"), col_remapping=np.array(columns, "i8"),
        initializing_values=np.array(values, "f4"), num_rows=count, num_cols=width, **attrs,
    )  # fmt: skip


for _dtype in "bool uint8 int8 int16 uint16 int32 int64 float16 float32 float64 complex64 complex128".split():
    case(f"first/{_dtype}", lambda tf, d: _there_and_back(tf, [[1, 0], [0, 1]], getattr(tf, d)), _dtype)
for _dtype in ("bfloat16", "uint32", "uint64"):
    case.either(f"first/{_dtype}", lambda tf, d: _there_and_back(tf, [1, 0], getattr(tf, d)), _dtype)

case.table("""
    first/text: _there_and_back(tf, [["a"], ["bc"]], tf.string)
    first/scalar: _there_and_back(tf, 3.0, tf.float32)
    first/empty: _there_and_back(tf, np.zeros((0, 2)), tf.float32)
    first/wrong_dtype: _there_and_back(tf, [1.0], tf.float32, tf.int32)  # raises: of type int32, got a tensor of type float
    first/wrong_name: _there_and_back(tf, [1.0], tf.float32, name="c")  # raises: Tensor name "c" not found
    first/no_file: tf.raw_ops.Restore(file_pattern=_place(), tensor_name="a", dt=tf.float32)  # raises: any matching files
    first/too_few: tf.raw_ops.Save(filename=_place(), tensor_names=["a", "b"], data=[1.0])  # raises
    first/slice: _slices(tf, "4 3 1,2:0,2")
    first/slice_all: _slices(tf, "4 3 -:-")
    first/slice_one: _slices(tf, "4 3 3,1:-")
    first/slice_shape: _slices(tf, "5 3 1,2:-")  # raises: does not match the shape in the save file
    first/shards: _shards(tf)
    vocabulary/some: _remapped(tf, 1, 3)
    vocabulary/size: _remapped(tf, 0, 4, 1)
    vocabulary/none: _remapped(tf, 0, 0)
    vocabulary/too_many: _remapped(tf, 2, 4)  # raises: lookup table size
    matrix/both: _loaded(tf, [1, 0, -1], [0, 2, -1], [9, 8, 7, 6, 5], 3)
    matrix/rows: _loaded(tf, [3, 1], [], [], 2)
    matrix/new_row: _loaded(tf, [-1, 1], [], [5, 6, 7], 2)
    matrix/in_parts: _loaded(tf, [1, 0], [], [], 2, max_rows_in_memory=1)
    matrix/twice: _loaded(tf, [1, 1], [], [], 2)  # raises: Old ID 1 is mapped to both new ID 0 and 1
    matrix/too_few: _loaded(tf, [1, -1], [], [1], 2)  # raises: contained 1 elements, but more missing values remain
    matrix/too_many: _loaded(tf, [1, 0], [], [1], 2)  # raises
    matrix/outside: _loaded(tf, [9], [], [], 1)  # raises
    matrix/count: _loaded(tf, [1], [], [], 2)  # raises: Size of row_remapping is 1 instead of being equal to num_rows=2
    matrix/missing: _loaded(tf, [1], [], [], 1, name="q")  # raises: not found in checkpoint
""")


# -- examples ----------------------------------------------------------------------------------------


def _feature(tf, values):
    if isinstance(values[0], int):
        return tf.train.Feature(int64_list=tf.train.Int64List(value=values))
    if isinstance(values[0], float):
        return tf.train.Feature(float_list=tf.train.FloatList(value=values))
    return tf.train.Feature(bytes_list=tf.train.BytesList(value=[v.encode() for v in values]))


def _features(tf, values):
    return tf.train.Features(feature={key: _feature(tf, one) for key, one in values.items()})


def _example(tf, **values):
    return tf.train.Example(features=_features(tf, values)).SerializeToString()


def _steps(tf, context, **lists):
    return tf.train.SequenceExample(
        context=_features(tf, context), feature_lists=tf.train.FeatureLists(feature_list={
            key: tf.train.FeatureList(feature=[_feature(tf, step) for step in steps]) for key, steps in lists.items()
        })).SerializeToString()  # fmt: skip


def _one_example(tf, dense="a", shape=(2,), default=None):
    return tf.raw_ops.ParseSingleExample(
        serialized=_example(tf, a=[1, 2], s=["x"], f=[1.5]),
        dense_defaults=[np.zeros(0, "i8") if default is None else np.array(default, "i8")], num_sparse=2,
        sparse_keys=["s", "f"], dense_keys=[dense], sparse_types=[tf.string, tf.float32], dense_shapes=[shape],
    )  # fmt: skip


def _sequences(tf, missing=(), dense="l"):
    one = _steps(tf, {"c": [1, 2], "d": ["q"]}, l=[[1], [2]], v=[["a", "b"], ["c"]])
    two = _steps(tf, {"c": [3, 4]}, l=[[5]], v=[["d"]])
    return tf.raw_ops.ParseSequenceExample(
        serialized=[one, two], debug_name=tf.constant([], tf.string), context_dense_defaults=[np.zeros(0, "i8")],
        feature_list_dense_missing_assumed_empty=list(missing), context_sparse_keys=["d"], context_dense_keys=["c"],
        feature_list_sparse_keys=["v"], feature_list_dense_keys=[dense], Ncontext_sparse=1, Ncontext_dense=1,
        Nfeature_list_sparse=1, Nfeature_list_dense=1, context_sparse_types=[tf.string],
        feature_list_dense_types=[tf.int64], context_dense_shapes=[[2]], feature_list_sparse_types=[tf.string],
        feature_list_dense_shapes=[[1]],
    )  # fmt: skip


def _one_sequence(tf, missing=(), dense="l"):
    return tf.raw_ops.ParseSingleSequenceExample(
        serialized=_steps(tf, {"c": [1, 2], "d": ["q"]}, l=[[1], [2]], v=[["a", "b"], ["c"]]),
        feature_list_dense_missing_assumed_empty=tf.constant(list(missing), tf.string), context_sparse_keys=["d"],
        context_dense_keys=["c"], feature_list_sparse_keys=["v"], feature_list_dense_keys=[dense],
        context_dense_defaults=[np.zeros(0, "i8")], debug_name="", context_sparse_types=[tf.string],
        feature_list_dense_types=[tf.int64], context_dense_shapes=[[2]], feature_list_sparse_types=[tf.string],
        feature_list_dense_shapes=[[1]],
    )  # fmt: skip


case.table("""
    examples/one: _one_example(tf)
    examples/one_default: _one_example(tf, "q", (1,), [7])
    examples/one_missing: _one_example(tf, "q", (1,))  # raises: could not be found
    examples/one_shape: _one_example(tf, "a", (3,))  # raises
    examples/one_function: tf.function(lambda: _one_example(tf))()
    examples/old: tf.raw_ops.ParseExample(serialized=[_example(tf, a=[1, 2], s=["x"])], names=tf.constant([], tf.string), sparse_keys=["s"], dense_keys=["a"], dense_defaults=[np.zeros(0, "i8")], sparse_types=[tf.string], dense_shapes=[[2]])
    examples/steps: _sequences(tf)
    examples/steps_function: tf.function(lambda: _sequences(tf))()
    examples/steps_missing: _sequences(tf, dense="m")  # raises: is required but could not be found
    examples/steps_may_miss: _sequences(tf, missing=["m"], dense="m")
    examples/one_steps: _one_sequence(tf)
    examples/one_steps_missing: _one_sequence(tf, dense="m")  # raises
    examples/one_steps_may_miss: _one_sequence(tf, missing=["m"], dense="m")
""")
