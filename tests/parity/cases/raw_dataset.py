"""The raw ops of datasets, iterators and optionals: each dataset eagerly and made inside a function."""

import os
import tempfile

import numpy as np

from tests.parity.case import Family
from tests.parity.pipelines import text, unseeded

case = Family(__name__)


class Raw:
    """Raw ops with the dtypes and shapes of elements filled in.

    A dataset is the pair of its variant tensor and the specs of an element's tensors.
    """

    def __init__(self, tf):
        self.tf, self.ops = tf, tf.raw_ops

    def specs(self, *pairs):
        return [self.tf.TensorSpec(shape, dtype) for dtype, shape in pairs]

    def make(self, op, specs, **inputs):
        """A dataset of `specs` by an op."""
        return getattr(self.ops, op)(**inputs, **kinds(specs)), specs

    def on(self, op, dataset, specs=None, **inputs):
        """A dataset by an op of another dataset."""
        return self.make(op, dataset[1] if specs is None else specs, input_dataset=dataset[0], **inputs)

    def function(self, python, *specs):
        return self.tf.function(python).get_concrete_function(*specs)

    def by(self, op, dataset, python, specs=None, attr="f", takes=None, **inputs):
        """A dataset by an op with a function."""
        f = self.function(python, *(dataset[1] if takes is None else takes))
        return self.on(op, dataset, specs, other_arguments=f.captured_inputs, **{attr: f}, **inputs)

    def range(self, n, start=0, step=1, dtype=None):
        return self.make("RangeDataset", self.specs((dtype or self.tf.int64, [])), start=start, stop=n, step=step)

    def slices(self, *tensors):
        tensors = [self.tf.convert_to_tensor(t) for t in tensors]
        specs = self.specs(*[(t.dtype, t.shape[1:]) for t in tensors])
        v = self.ops.TensorSliceDataset(components=tensors, output_shapes=[s.shape for s in specs])
        return v, specs

    def names(self, *lines):
        return self.tf.constant([str(x) for x in lines])

    def read(self, dataset, limit=24):
        v, specs = dataset
        ds = self.tf.data.experimental.from_variant(v, specs[0] if len(specs) == 1 else tuple(specs))
        elements = " ".join(text(x) for _, x in zip(range(limit), ds, strict=False))
        return int(self.ops.DatasetCardinality(input_dataset=v)), elements


def kinds(specs):
    return {"output_types": [s.dtype for s in specs], "output_shapes": [s.shape for s in specs]}


def eager(tf, make):
    r = Raw(tf)
    return r.read(make(r))


def in_a_function(tf, make):
    r, found = Raw(tf), []

    @tf.function
    def build():
        v, specs = make(r)
        found.append(specs)
        return v

    return r.read((build(), found[0]))


def file_of(data, suffix=""):
    handle, path = tempfile.mkstemp(suffix)
    os.write(handle, data)
    os.close(handle)
    return path


def with_shapes(r, dataset, *shapes):
    return r.specs(*[(s.dtype, shape) for s, shape in zip(dataset[1], shapes, strict=True)])


def batched(r, dataset, op="BatchDatasetV2", **inputs):
    specs = with_shapes(r, dataset, *[[None, *s.shape] for s in dataset[1]])
    return r.on(op, dataset, specs, **inputs)


def ragged_rows(r):
    """Vectors of 0, 1, 2 and 3 numbers."""
    fill = lambda n: r.tf.fill([n], n)
    return r.by("MapDataset", r.range(4), fill, r.specs((r.tf.int64, [None])))


def nested(r, op="FlatMapDataset", **inputs):
    """For each n below 4 the numbers below n."""
    return r.by(op, r.range(4, 1), lambda n: r.range(n)[0], r.specs((r.tf.int64, [])), **inputs)


def windows(r, **inputs):
    return r.on("WindowDataset", r.range(7), r.specs((r.tf.variant, [])), **inputs)


def of_windows(r, **inputs):
    stack = lambda w: batched(r, (w, r.specs((r.tf.int64, []))), batch_size=9, drop_remainder=False)[0]
    return r.by("FlatMapDataset", windows(r, **inputs), stack, r.specs((r.tf.int64, [None])))


def shuffled(r, op, again=None, seed=5, **inputs):
    if op != "ShuffleDatasetV2":
        inputs["reshuffle_each_iteration"] = bool(again)
    seeds = {} if op == "ShuffleDatasetV2" else {"seed": seed, "seed2": 7}
    if op == "ShuffleAndRepeatDataset":
        inputs["count"] = 2
    return r.on(op, r.range(9), buffer_size=4, **seeds, **inputs)


def grouped(r, n=3):
    stack = lambda key, w: batched(r, (w, r.specs((r.tf.int64, []))), batch_size=9, drop_remainder=False)[0]
    int64 = r.specs((r.tf.int64, []))
    return r.on(
        "GroupByWindowDataset", r.range(11), r.specs((r.tf.int64, [None])),
        key_func=r.function(lambda x: x % 3, *int64), key_func_other_arguments=[],
        reduce_func=r.function(stack, *int64, r.tf.TensorSpec([], r.tf.variant)), reduce_func_other_arguments=[],
        window_size_func=r.function(lambda key: r.tf.constant(n, r.tf.int64) + key, *int64),
        window_size_func_other_arguments=[],
    )  # fmt: skip


def reducer(r):
    int64 = r.specs((r.tf.int64, []))[0]
    f = r.function
    parts = {
        "key": f(lambda x: x % 3, int64), "init": f(lambda key: (key * 0, key * 100), int64),
        "reduce": f(lambda n, total, x: (n + 1, total + x), int64, int64, int64),
        "finalize": f(lambda n, total: (n, total), int64, int64),
    }  # fmt: skip
    functions = {f"{name}_func": function for name, function in parts.items()}
    others = {f"{name}_func_other_arguments": [] for name in parts}
    return r.on("GroupByReducerDataset", r.range(11), [int64, int64], **functions, **others)


def generated(r):
    tf, int64 = r.tf, r.specs((r.tf.int64, []))[0]

    def after(n):
        with tf.control_dependencies([tf.debugging.assert_greater_equal(n, tf.constant(0, tf.int64))]):
            it = r.ops.AnonymousIteratorV3(**kinds([int64]))
            with tf.control_dependencies([r.ops.MakeIterator(dataset=r.range(0)[0], iterator=it)]):
                return r.ops.IteratorGetNext(iterator=it, **kinds([int64]))[0]

    return r.make(
        "GeneratorDataset", [int64], init_func_other_args=[], next_func_other_args=[], finalize_func_other_args=[],
        init_func=r.function(lambda: tf.constant(3, tf.int64)), next_func=r.function(after, int64),
        finalize_func=r.function(lambda n: n, int64),
    )  # fmt: skip


def scanned(r):
    specs = r.specs((r.tf.int64, []), (r.tf.float32, []))
    step = lambda total, x: (total + x, x * x, r.tf.cast(total, r.tf.float32) / 2)
    takes = [specs[0], specs[0]]
    return r.by("ScanDataset", r.range(6), step, specs, takes=takes, initial_state=[r.tf.constant(10, r.tf.int64)])


def outside(r):
    """A function with what it captures among its arguments."""
    big = r.tf.constant(np.arange(200))
    return r.by("MapDataset", r.range(4), lambda x: x + big[199])


def padded(r, shape=(-1,), op="PaddedBatchDatasetV2", **inputs):
    specs = ragged_rows(r)
    v = getattr(r.ops, op)(
        input_dataset=specs[0], batch_size=3, padded_shapes=[list(shape)], padding_values=[r.tf.constant(9, r.tf.int64)],
        output_shapes=[[None, None]], **inputs,
    )  # fmt: skip
    return v, r.specs((r.tf.int64, [None, None]))


def of_files(r, op, data, suffix="", lines=None, **inputs):
    v = getattr(r.ops, op)(filenames=[file_of(data, suffix)], **inputs)
    return v, r.specs((r.tf.string, []))


def records(r, *items):
    path = file_of(b"")
    with r.tf.io.TFRecordWriter(path) as writer:
        for one in items:
            writer.write(one)
    return path


def csv(r, op="CSVDatasetV2", **inputs):
    settings = {
        "compression_type": "", "buffer_size": 1000, "header": True, "field_delim": ",", "use_quote_delim": True,
        "na_value": "", "select_cols": np.zeros(0, np.int64), "exclude_cols": np.zeros(0, np.int64),
        "record_defaults": [r.tf.constant([7]), r.tf.constant([], r.tf.float32), r.tf.constant([], r.tf.string)],
    }  # fmt: skip
    settings.update(inputs)
    if op == "CSVDataset":
        del settings["exclude_cols"]
    path = file_of(b"a,b,c\n1,2.5,x\n,3.5,\"y,z\"\n")
    specs = r.specs(*[(d.dtype, []) for d in settings["record_defaults"]])
    return getattr(r.ops, op)(filenames=[path], output_shapes=[[]] * len(specs), **settings), specs


def sliced_sparse(r):
    tf = r.tf
    v = r.ops.SparseTensorSliceDataset(
        indices=np.array([[0, 0], [2, 1], [2, 2]]), values=[1.0, 2.0, 3.0], dense_shape=np.array([4, 3])
    )
    return v, r.specs((tf.int64, [None, 1]), (tf.float32, [None]), (tf.int64, [1]))


def zipped(r, *datasets):
    specs = [s for _, parts in datasets for s in parts]
    return r.make("ZipDataset", specs, input_datasets=[v for v, _ in datasets])


def directed(r, stop=False):
    choice = r.slices(np.array([0, 1, 1, 0, 0, 1, 1, 1]))
    two = [r.range(2)[0], r.range(13, 10)[0]]
    return r.make("DirectedInterleaveDataset", r.range(1)[1], selector_input_dataset=choice[0],
                  data_input_datasets=two, stop_on_empty_dataset=stop)  # fmt: skip


def listed(r):
    tensors = [r.tf.constant(1), r.tf.constant("a"), r.tf.constant(2), r.tf.constant("b")]
    specs = r.specs((r.tf.int32, []), (r.tf.string, []))
    return r.make("ListDataset", specs, tensors=tensors)


def failing(r, message=""):
    """The third element cannot be made."""
    check = lambda x: r.tf.debugging.check_numerics(1.0 / r.tf.cast(x - 2, r.tf.float32), "bad")
    return r.by("MapDataset", r.range(5), check, r.specs((r.tf.float32, [])))


def interleaved(r, op, **inputs):
    deterministic = {} if op == "InterleaveDataset" else inputs
    return nested(r, op, cycle_length=2, block_length=1, **deterministic)


DATASETS = {
    "RangeDataset": lambda r: r.range(7),
    "RangeDataset/down": lambda r: r.range(-5, 4, -3),
    "RangeDataset/none": lambda r: r.range(0, 5),
    "RangeDataset/int32": lambda r: r.range(4, dtype=r.tf.int32),
    "RangeDataset/float": lambda r: r.range(4, dtype=r.tf.float32),
    "TensorDataset": lambda r: (
        r.ops.TensorDataset(components=[[1, 2], "x"], output_shapes=[[2], []]), r.specs((r.tf.int32, [2]), (r.tf.string, []))
    ),
    "TensorSliceDataset": lambda r: r.slices([[1, 2], [3, 4]], ["x", "y"]),
    "TensorSliceDataset/none": lambda r: r.slices(np.zeros([0, 2])),
    "ListDataset": listed,
    "RandomDataset": lambda r: r.on("TakeDataset", r.make("RandomDataset", r.range(1)[1], seed=3, seed2=4), count=5),
    "RandomDatasetV2": lambda r: r.on("TakeDataset", r.make(
        "RandomDatasetV2", r.range(1)[1], seed=3, seed2=4, seed_generator=r.ops.DummySeedGenerator(),
        rerandomize_each_iteration=True), count=5),
    "SparseTensorSliceDataset": sliced_sparse,
    "BatchDatasetV2": lambda r: batched(r, r.range(5), batch_size=2, drop_remainder=False),
    "BatchDatasetV2/drop": lambda r: batched(r, r.slices([1, 2, 3], ["a", "b", "c"]), batch_size=2, drop_remainder=True),
    "ParallelBatchDataset": lambda r: batched(
        r, r.range(5), "ParallelBatchDataset", batch_size=2, num_parallel_calls=2, drop_remainder=False),
    "PaddedBatchDatasetV2": lambda r: padded(r, drop_remainder=False),
    "PaddedBatchDatasetV2/fixed": lambda r: padded(r, (4,), drop_remainder=True),
    "UnbatchDataset": lambda r: r.on("UnbatchDataset", r.slices([[1, 2], [3, 4]]), r.specs((r.tf.int32, []))),
    "RebatchDatasetV2": lambda r: r.on("RebatchDatasetV2", batched(
        r, r.range(8), batch_size=4, drop_remainder=False), batch_sizes=[1, 3], drop_remainder=False),
    "TakeDataset": lambda r: r.on("TakeDataset", r.range(7), count=3),
    "TakeDataset/all": lambda r: r.on("TakeDataset", r.range(3), count=-1),
    "SkipDataset": lambda r: r.on("SkipDataset", r.range(7), count=3),
    "SkipDataset/all": lambda r: r.on("SkipDataset", r.range(7), count=-1),
    "RepeatDataset": lambda r: r.on("RepeatDataset", r.range(3), count=2),
    "RepeatDataset/endless": lambda r: r.on("RepeatDataset", r.range(3), count=-1),
    "ShardDataset": lambda r: r.on("ShardDataset", r.range(7), num_shards=3, index=1),
    "ConcatenateDataset": lambda r: r.on("ConcatenateDataset", r.range(2), another_dataset=r.range(9, 7)[0]),
    "ZipDataset": lambda r: zipped(r, r.range(3), r.slices([[1.0], [2.0]], ["a", "b"])),
    "CacheDataset": lambda r: r.on("RepeatDataset", r.on("CacheDataset", r.range(3), filename=""), count=2),
    "CacheDatasetV2": lambda r: r.on("CacheDatasetV2", r.range(3), filename="", cache=r.ops.DummyMemoryCache()),
    "PrefetchDataset": lambda r: r.on("PrefetchDataset", r.range(3), buffer_size=2),
    "OptionsDataset": lambda r: r.on("OptionsDataset", r.range(3), serialized_options=b"\x08\x00"),
    "WindowDataset": lambda r: of_windows(r, size=3, shift=2, stride=1, drop_remainder=False),
    "WindowDataset/drop": lambda r: of_windows(r, size=3, shift=1, stride=2, drop_remainder=True),
    "SlidingWindowDataset": lambda r: r.on(
        "SlidingWindowDataset", r.range(6), r.specs((r.tf.int64, [None])), window_size=3, window_shift=2,
        window_stride=1),
    "UniqueDataset": lambda r: r.on("UniqueDataset", r.slices([1, 2, 1, 3, 2])),
    "IgnoreErrorsDataset": lambda r: r.on("IgnoreErrorsDataset", failing(r)),
    "AssertCardinalityDataset": lambda r: r.on("AssertCardinalityDataset", r.range(3), cardinality=3),
    "DirectedInterleaveDataset": directed,
    "DirectedInterleaveDataset/stop": lambda r: directed(r, True),
    "SamplingDataset": lambda r: r.on("SamplingDataset", r.range(20), rate=0.4, seed=5, seed2=9),
    "ShuffleDataset": lambda r: shuffled(r, "ShuffleDataset"),
    "ShuffleDataset/again": lambda r: r.on("RepeatDataset", shuffled(r, "ShuffleDataset", True), count=2),
    "ShuffleDatasetV2": lambda r: shuffled(r, "ShuffleDatasetV2", seed_generator=r.ops.AnonymousSeedGenerator(
        seed=3, seed2=4, reshuffle=True)[0]),
    "ShuffleDatasetV3": lambda r: shuffled(r, "ShuffleDatasetV3", seed_generator=r.ops.DummySeedGenerator()),
    "ShuffleDatasetV3/again": lambda r: r.on("RepeatDataset", shuffled(
        r, "ShuffleDatasetV3", True, seed_generator=r.ops.DummySeedGenerator()), count=2),
    "ShuffleAndRepeatDataset": lambda r: shuffled(r, "ShuffleAndRepeatDataset", True),
    "AutoShardDataset": lambda r: r.on("AutoShardDataset", r.range(7), num_workers=3, index=1, auto_shard_policy=2),
    "ModelDataset": lambda r: r.on("ModelDataset", r.range(3)),
    "OptimizeDatasetV2": lambda r: r.on(
        "OptimizeDatasetV2", r.range(3), optimizations_enabled=np.zeros(0, str), optimizations_disabled=np.zeros(0, str),
        optimizations_default=np.zeros(0, str)),
    "FinalizeDataset": lambda r: r.on("FinalizeDataset", r.range(3)),
    "MaxIntraOpParallelismDataset": lambda r: r.on(
        "MaxIntraOpParallelismDataset", r.range(3), max_intra_op_parallelism=1),
    "PrivateThreadPoolDataset": lambda r: r.on("PrivateThreadPoolDataset", r.range(3), num_threads=1),
    "NonSerializableDataset": lambda r: r.on("NonSerializableDataset", r.range(3)),
    "SleepDataset": lambda r: r.on("SleepDataset", r.range(3), sleep_microseconds=1),
    "TextLineDataset": lambda r: of_files(
        r, "TextLineDataset", b"to\nbe\r\n\nor", compression_type="", buffer_size=9),
    "FixedLengthRecordDatasetV2": lambda r: of_files(
        r, "FixedLengthRecordDatasetV2", b"hAABBCCf", header_bytes=1, record_bytes=2, footer_bytes=1, buffer_size=9,
        compression_type=""),
    "TFRecordDataset": lambda r: (r.ops.TFRecordDataset(
        filenames=[records(r, b"one", b"two", b"")], compression_type="", buffer_size=9), r.specs((r.tf.string, []))),
    "CSVDataset": lambda r: csv(r, "CSVDataset"),
    "CSVDatasetV2": csv,
    "CSVDatasetV2/selected": lambda r: csv(
        r, select_cols=[0, 2], record_defaults=[r.tf.constant([7]), r.tf.constant([], r.tf.string)]),
    "MapDataset": lambda r: r.by("MapDataset", r.range(4), lambda x: x * x),
    "MapDataset/kept": lambda r: r.by("MapDataset", r.range(4), lambda x: x * x, preserve_cardinality=True),
    "MapDataset/two": lambda r: r.by(
        "MapDataset", r.range(4), lambda x: (x + 1, r.tf.strings.as_string(x)),
        r.specs((r.tf.int64, []), (r.tf.string, []))),
    "MapDataset/outside": outside,
    "ParallelMapDataset": lambda r: r.by("ParallelMapDataset", r.range(4), lambda x: x * x, num_parallel_calls=2),
    "ParallelMapDatasetV2": lambda r: r.by(
        "ParallelMapDatasetV2", r.range(4), lambda x: x * x, num_parallel_calls=2, deterministic="true"),
    "MapAndBatchDataset": lambda r: r.by(
        "MapAndBatchDataset", r.range(5), lambda x: x * x, r.specs((r.tf.int64, [None])), batch_size=2,
        num_parallel_calls=1, drop_remainder=False),
    "FilterDataset": lambda r: r.by("FilterDataset", r.range(7), lambda x: x % 3 != 1, attr="predicate"),
    "TakeWhileDataset": lambda r: r.by("TakeWhileDataset", r.range(7), lambda x: x < 3, attr="predicate"),
    "FlatMapDataset": nested,
    "InterleaveDataset": lambda r: interleaved(r, "InterleaveDataset"),
    "ParallelInterleaveDatasetV2": lambda r: interleaved(r, "ParallelInterleaveDatasetV2", num_parallel_calls=2),
    "ParallelInterleaveDatasetV3": lambda r: interleaved(
        r, "ParallelInterleaveDatasetV3", num_parallel_calls=2, deterministic="true"),
    "ParallelInterleaveDatasetV4": lambda r: interleaved(
        r, "ParallelInterleaveDatasetV4", num_parallel_calls=2, deterministic="true", buffer_output_elements=1,
        prefetch_input_elements=1),
    "LegacyParallelInterleaveDatasetV2": lambda r: interleaved(
        r, "LegacyParallelInterleaveDatasetV2", deterministic="true", buffer_output_elements=1,
        prefetch_input_elements=1),
    "ScanDataset": scanned,
    "GroupByWindowDataset": grouped,
    "GroupByReducerDataset": reducer,
    "GeneratorDataset": generated,
}  # fmt: skip

for _name, _make in DATASETS.items():
    case(f"eager/{_name}", eager, _make)
    case(f"function/{_name}", in_a_function, _make)

# -- wrong arguments -----------------------------------------------------------------------------------

WRONG = {
    "RangeDataset/step": lambda r: r.range(4, step=0),
    "BatchDatasetV2": lambda r: batched(r, r.range(4), batch_size=0, drop_remainder=False),
    "ShardDataset/index": lambda r: r.on("ShardDataset", r.range(4), num_shards=2, index=2),
    "ShardDataset/size": lambda r: r.on("ShardDataset", r.range(4), num_shards=0, index=0),
    "WindowDataset": lambda r: of_windows(r, size=0, shift=1, stride=1, drop_remainder=True),
    "ShuffleDataset": lambda r: r.on("ShuffleDataset", r.range(4), buffer_size=0, seed=1, seed2=1),
    "PrefetchDataset": lambda r: r.on("PrefetchDataset", r.range(4), buffer_size=-3),
    "TensorSliceDataset/sizes": lambda r: r.slices([1, 2], [1, 2, 3]),
    "InterleaveDataset": lambda r: nested(r, "InterleaveDataset", cycle_length=0, block_length=1),
    "ParallelMapDatasetV2": lambda r: r.by(
        "ParallelMapDatasetV2", r.range(4), lambda x: x, num_parallel_calls=0),
    "AssertCardinalityDataset": lambda r: r.on("AssertCardinalityDataset", r.range(3), cardinality=4),
    "MapDataset/bad": failing,
    "FixedLengthRecordDataset": lambda r: of_files(
        r, "FixedLengthRecordDatasetV2", b"", header_bytes=0, record_bytes=0, footer_bytes=0, buffer_size=1,
        compression_type=""),
    "PaddedBatchDatasetV2": lambda r: padded(r, (2,), drop_remainder=False),
    "MatchingFilesDataset": lambda r: (
        r.ops.MatchingFilesDataset(patterns=[file_of(b"", "nothing") + "x"]), r.specs((r.tf.string, []))),
    "no types": lambda r: r.make("RangeDataset", [], start=0, stop=1, step=1),
}  # fmt: skip
for _name, _make in WRONG.items():
    case.raises(f"wrong/{_name}", eager, _make)


# -- iterators and optionals -----------------------------------------------------------------------------


def iterator(r, dataset, op="AnonymousIteratorV3"):
    it = getattr(r.ops, op)(**kinds(dataset[1]))
    it = it if op != "AnonymousIteratorV2" else it[0]
    r.ops.MakeIterator(dataset=dataset[0], iterator=it)
    return it


def next_of(r, it, op="IteratorGetNext"):
    return getattr(r.ops, op)(iterator=it, **kinds(r.range(1)[1]))


@case("iterator/next")
def _(tf):
    r = Raw(tf)
    it = iterator(r, r.range(3))
    return [next_of(r, it)[0] for _ in range(3)]


@case.raises("iterator/end", says=["End of sequence"])
def _(tf):
    r = Raw(tf)
    it = iterator(r, r.range(1))
    return next_of(r, it), next_of(r, it)


@case("iterator/v2")
def _(tf):
    r = Raw(tf)
    it = iterator(r, r.range(3), "AnonymousIteratorV2")
    return next_of(r, it, "IteratorGetNextSync"), next_of(r, it)


@case.raises("iterator/before it is made", says=["has not been initialized"])
def _(tf):
    r = Raw(tf)
    return next_of(r, r.ops.AnonymousIteratorV3(**kinds(r.range(1)[1])))


@case("iterator/made again")
def _(tf):
    r = Raw(tf)
    it = iterator(r, r.range(3))
    first = next_of(r, it)
    r.ops.MakeIterator(dataset=r.range(9, 5)[0], iterator=it)
    return first, next_of(r, it)


@case.raises("iterator/of another kind")
def _(tf):
    r = Raw(tf)
    it = r.ops.AnonymousIteratorV3(**kinds(r.specs((tf.string, []))))
    r.ops.MakeIterator(dataset=r.range(9)[0], iterator=it)


@case("iterator/serialized")
def _(tf):
    r = Raw(tf)
    it, other = iterator(r, r.range(5)), iterator(r, r.range(5))
    next_of(r, it), next_of(r, it)
    r.ops.DeserializeIterator(resource_handle=other, serialized=r.ops.SerializeIterator(resource_handle=it))
    return next_of(r, other)


@case("iterator/function")
def _(tf):
    r = Raw(tf)

    @tf.function
    def run(n):
        it = r.ops.AnonymousIteratorV3(**kinds(r.range(1)[1]))
        r.ops.MakeIterator(dataset=r.range(n)[0], iterator=it)
        return next_of(r, it)[0] + 10 * next_of(r, it)[0]

    return run(tf.constant(5, tf.int64))


@case("optional/next")
def _(tf):
    r = Raw(tf)
    it = iterator(r, r.range(1))
    found = [next_of(r, it, "IteratorGetNextAsOptional") for _ in range(2)]
    first = r.ops.OptionalGetValue(optional=found[0], **kinds(r.range(1)[1]))
    return [r.ops.OptionalHasValue(optional=x) for x in found], first


@case("optional/value")
def _(tf):
    r = Raw(tf)
    some = r.ops.OptionalFromValue(components=[[1, 2], "x"])
    none = r.ops.OptionalNone()
    specs = r.specs((tf.int32, [2]), (tf.string, []))
    value = r.ops.OptionalGetValue(optional=some, **kinds(specs))
    return value, [r.ops.OptionalHasValue(optional=x) for x in (some, none)]


@case.raises("optional/none", says=["does not have a value"])
def _(tf):
    r = Raw(tf)
    return r.ops.OptionalGetValue(optional=r.ops.OptionalNone(), **kinds(r.range(1)[1]))


@case("devices/in turn")
def _(tf):
    r = Raw(tf)
    numbers = r.range(5)
    it = r.ops.AnonymousMultiDeviceIteratorV3(devices=["/cpu:0", "/cpu:1"], **kinds(numbers[1]))
    run = r.ops.MultiDeviceIteratorInit(dataset=numbers[0], multi_device_iterator=it, max_buffer_size=2)
    get = lambda shard: r.ops.MultiDeviceIteratorGetNextFromShard(
        multi_device_iterator=it, shard_num=shard, incarnation_id=run, **kinds(numbers[1])
    )[0]
    return [get(k) for k in (0, 0, 1, 1, 0)]


# -- whole datasets --------------------------------------------------------------------------------------


@case("whole/reduce")
def _(tf):
    r = Raw(tf)
    f = r.function(lambda n, s, x: (n + 1, s + x), *r.specs((tf.int64, []), (tf.int64, []), (tf.int64, [])))
    first = [tf.constant(0, tf.int64), tf.constant(100, tf.int64)]
    return r.ops.ReduceDataset(
        input_dataset=r.range(5)[0], initial_state=first, other_arguments=[], f=f, **kinds(r.range(1)[1] * 2)
    )


@case("whole/single")
def _(tf):
    r = Raw(tf)
    return r.ops.DatasetToSingleElement(dataset=r.range(4, 3)[0], **kinds(r.range(1)[1]))


@case.raises("whole/single of none", says=["Dataset was empty"])
def _(tf):
    r = Raw(tf)
    return r.ops.DatasetToSingleElement(dataset=r.range(0)[0], **kinds(r.range(1)[1]))


@case.raises("whole/single of two", says=["more than one element"])
def _(tf):
    r = Raw(tf)
    return r.ops.DatasetToSingleElement(dataset=r.range(2)[0], **kinds(r.range(1)[1]))


@case("whole/element")
def _(tf):
    r = Raw(tf)
    return r.ops.GetElementAtIndex(dataset=r.range(7)[0], index=4, **kinds(r.range(1)[1]))


@case("whole/batch size")
def _(tf):
    r = Raw(tf)
    batches = batched(r, r.range(9), batch_size=4, drop_remainder=False)
    again = r.on("TakeDataset", batches, count=1)
    return [r.ops.ComputeBatchSize(input_dataset=d[0]) for d in (r.range(3), batches, again)]


@case("whole/options")
def _(tf):
    r = Raw(tf)
    options = tf.data.Options()
    options.deterministic, options.experimental_slack = False, True
    options.threading.private_threadpool_size = 3
    options.autotune.autotune_algorithm = tf.data.experimental.AutotuneAlgorithm.HILL_CLIMB
    options.experimental_distribute.auto_shard_policy = tf.data.experimental.AutoShardPolicy.OFF
    options.experimental_optimization.map_fusion = True
    dataset = tf.data.Dataset.range(3).with_options(options)
    return [r.ops.GetOptions(input_dataset=d._variant_tensor) for d in (dataset, tf.data.Dataset.range(3))]


@case("whole/compressed")
def _(tf):
    r = Raw(tf)
    packed = r.ops.CompressElement(components=[[1.5, 2.5], "x"])
    return r.ops.UncompressElement(compressed=packed, **kinds(r.specs((tf.float32, [2]), (tf.string, []))))


@case("whole/records")
def _(tf):
    r, path = Raw(tf), file_of(b"")
    r.ops.DatasetToTFRecord(input_dataset=r.slices(["a", "bc"])[0], filename=path, compression_type="")
    return [x.numpy() for x in tf.data.TFRecordDataset(path)]


@case("whole/table")
def _(tf):
    r = Raw(tf)
    table = r.ops.AnonymousHashTable(key_dtype=tf.string, value_dtype=tf.int64)
    r.ops.InitializeTableFromDataset(table_handle=table, dataset=zipped(r, r.slices(["a", "b"]), r.range(2))[0])
    default = tf.constant(-1, tf.int64)
    return r.ops.LookupTableFindV2(table_handle=table, keys=["b", "c"], default_value=default)


@case("whole/graph")
def _(tf):
    r = Raw(tf)
    dataset = batched(r, r.by("MapDataset", shuffled(r, "ShuffleDataset"), lambda x: x * 3), batch_size=2,
                      drop_remainder=False)  # fmt: skip
    graphs = [
        r.ops.DatasetToGraph(input_dataset=dataset[0]), r.ops.DatasetToGraphV2(input_dataset=dataset[0]),
    ]  # fmt: skip
    return [r.read((r.ops.DatasetFromGraph(graph_def=g), dataset[1])) for g in graphs]


@case.raises("whole/graph with a variable")
def _(tf):
    r, weight = Raw(tf), tf.Variable(3, dtype=tf.int64)
    dataset = tf.data.Dataset.range(3).map(lambda x: x * weight)
    return r.ops.DatasetToGraphV2(input_dataset=dataset._variant_tensor, external_state_policy=2)


@case("whole/fingerprint")
def _(tf):
    r = Raw(tf)
    datasets = [r.range(3), r.range(4), r.on("TakeDataset", r.range(4), count=2), r.range(3)]
    prints = [int(r.ops.DatasetFingerprint(input_dataset=d[0])) for d in datasets]
    return [a == b for a in prints for b in prints]


@case("whole/saved and loaded")
def _(tf):
    r, path = Raw(tf), tempfile.mkdtemp()
    numbers = r.range(5)
    shard = r.function(lambda x: x % 2, *numbers[1])
    saved = r.on("SaveDatasetV2", numbers, path=path, shard_func_other_args=[], shard_func=shard)
    written = r.read(saved)[1]
    join = r.function(
        lambda shards: r.by("FlatMapDataset", (shards, r.specs((tf.variant, []))), lambda one: one, numbers[1])[0],
        tf.TensorSpec([], tf.variant),
    )
    loaded = r.make("LoadDataset", numbers[1], path=path, reader_func_other_args=[], reader_func=join)
    return written, r.read(loaded)[1]


@case("whole/snapshot")
def _(tf):
    r, path = Raw(tf), tempfile.mkdtemp()
    numbers, int64 = r.range(5), tf.TensorSpec([], tf.int64)
    join = r.function(
        lambda shards: r.by("FlatMapDataset", (shards, r.specs((tf.variant, []))), lambda one: one, numbers[1])[0],
        tf.TensorSpec([], tf.variant),
    )
    snapshot = r.on("SnapshotDatasetV2", numbers, path=path, reader_func_other_args=[], shard_func_other_args=[],
                    reader_func=join, shard_func=r.function(lambda x: x * 0, int64))  # fmt: skip
    return r.read(snapshot)[1], r.read(snapshot)[1]


@case("iterator/by its name")
def _(tf):
    r = Raw(tf)
    it = iterator(r, r.range(5))
    next_of(r, it)
    name = r.ops.IteratorToStringHandle(resource_handle=it)
    again = [getattr(r.ops, op)(string_handle=name, **kinds(r.range(1)[1]))
             for op in ("IteratorFromStringHandle", "IteratorFromStringHandleV2")]  # fmt: skip
    return [next_of(r, one) for one in (*again, it)]


@case("iterator/shared")
def _(tf):
    r = Raw(tf)
    name = {"shared_name": "raw_dataset_numbers", "container": ""}
    one, two = (r.ops.IteratorV2(**name, **kinds(r.range(1)[1])) for _ in range(2))
    r.ops.MakeIterator(dataset=r.range(5)[0], iterator=one)
    return next_of(r, one), next_of(r, two)


@case("iterator/cache")
def _(tf):
    r = Raw(tf)
    cache = r.ops.AnonymousMemoryCache()
    dataset = r.on("CacheDatasetV2", r.range(3), filename="", cache=cache.handle)
    return r.read(dataset), r.read(dataset)


@case("more/sparse batches")
def _(tf):
    r = Raw(tf)
    rows = ragged_rows(r)
    sparse = r.on("DenseToSparseBatchDataset", rows, r.specs((tf.variant, [3])), batch_size=2, row_shape=[5])
    spec = tf.SparseTensorSpec([None, 5], tf.int64)
    return [text(x) for x in tf.data.experimental.from_variant(sparse[0], spec)]


def parsed(r, *keys):
    tf, types = r.tf, {"output_types": [], "output_shapes": []}
    specs = {
        "a": tf.TensorSpec([None, 1], tf.int64), "r": tf.RaggedTensorSpec([None, None], tf.int64, 1, tf.int32),
        "s": tf.SparseTensorSpec([None, None], tf.float32),
    }  # fmt: skip
    feature = tf.train.Feature
    examples = [tf.train.Example(features=tf.train.Features(feature={
        "a": feature(int64_list=tf.train.Int64List(value=[n])), "r": feature(int64_list=tf.train.Int64List(value=[n] * n)),
        "s": feature(float_list=tf.train.FloatList(value=[1.5] * (3 - n))),
    })).SerializeToString() for n in range(4)]  # fmt: skip
    for key in keys:
        types["output_types"].append(tf.int64 if key == "a" else tf.variant)
        types["output_shapes"].append([None, 1] if key == "a" else [] if key == "r" else [3])
    batches = batched(r, r.slices(examples), batch_size=2, drop_remainder=False)
    has = {key: [key] if key in keys else [] for key in "ars"}
    v = r.ops.ParseExampleDatasetV2(
        input_dataset=batches[0], num_parallel_calls=1, dense_defaults=[tf.constant([7], tf.int64)] * len(has["a"]),
        dense_keys=has["a"], dense_shapes=[[1]] * len(has["a"]), sparse_keys=has["s"],
        sparse_types=[tf.float32] * len(has["s"]), ragged_keys=has["r"], ragged_value_types=[tf.int64] * len(has["r"]),
        ragged_split_types=[tf.int32] * len(has["r"]), **types,
    )  # fmt: skip
    return [text(x) for x in tf.data.experimental.from_variant(v, {key: specs[key] for key in keys})]


for _keys in ("a", "s", "r", "ars"):
    case(f"more/examples/{_keys}", lambda tf, keys: parsed(Raw(tf), *keys), _keys)


@case("more/sparse batches as one variant")
def _(tf):
    r = Raw(tf)
    rows = tf.data.Dataset.from_tensor_slices(tf.sparse.from_dense([[1, 0, 2], [0, 0, 0], [0, 3, 0]]))
    specs = r.specs((tf.variant, [3]))
    v = r.on("SkipDataset", (tf.data.experimental.to_variant(rows), specs), count=1)
    batches = r.on("BatchDatasetV2", v, r.specs((tf.variant, [None, 3])), batch_size=2, drop_remainder=False)
    spec = tf.SparseTensorSpec([None, 3], tf.int32)
    return [text(x) for x in tf.data.experimental.from_variant(batches[0], spec)]


@case("more/ragged rows as variants")
def _(tf):
    r = Raw(tf)
    rows = tf.data.Dataset.from_tensor_slices(tf.ragged.constant([[[1], [2, 3]], [], [[4]]]))
    v = r.on("RepeatDataset", (tf.data.experimental.to_variant(rows), r.specs((tf.variant, []))), count=2)
    return [text(x) for x in tf.data.experimental.from_variant(v[0], rows.element_spec)]


@case("more/fastest")
def _(tf):
    r = Raw(tf)
    return r.read(r.make("ChooseFastestDataset", r.range(1)[1], input_datasets=[r.range(4)[0], r.range(4)[0]],
                         num_experiments=1))[1]  # fmt: skip


@case("more/parallel interleave")
def _(tf):
    r = Raw(tf)
    return r.read(nested(r, "ParallelInterleaveDataset", cycle_length=2, block_length=1, sloppy=False,
                         buffer_output_elements=1, prefetch_input_elements=0))  # fmt: skip


@case("more/rebatch")
def _(tf):
    r = Raw(tf)
    fours = r.on("BatchDatasetV2", r.range(10), r.specs((tf.int64, [4])), batch_size=4, drop_remainder=True)
    return r.read(r.on("RebatchDataset", fours, r.specs((tf.int64, [None])), num_replicas=2))[1]


@case("more/thread pool")
def _(tf):
    r = Raw(tf)
    pool = r.ops.ThreadPoolHandle(num_threads=1, display_name="pool")
    return r.read(r.on("ThreadPoolDataset", r.range(3), thread_pool=pool))


@case("more/devices in an older form")
def _(tf):
    r = Raw(tf)
    numbers = r.range(5)
    it, deleter = r.ops.AnonymousMultiDeviceIterator(devices=["/cpu:0", "/cpu:0"], **kinds(numbers[1]))
    run = r.ops.MultiDeviceIteratorInit(dataset=numbers[0], multi_device_iterator=it, max_buffer_size=2)
    found = [r.ops.MultiDeviceIteratorGetNextFromShard(
        multi_device_iterator=it, shard_num=k, incarnation_id=run, **kinds(numbers[1])) for k in (0, 1)]  # fmt: skip
    r.ops.DeleteMultiDeviceIterator(multi_device_iterator=it, iterators=[], deleter=deleter)
    return found


# -- both ways between raw ops and datasets ----------------------------------------------------------------


@case("variant/dataset to raw op")
def _(tf):
    r = Raw(tf)
    ds = tf.data.Dataset.from_tensor_slices({"a": [1, 2, 3], "b": [1.0, 2.0, 3.0]}).map(lambda x: x)
    v = r.ops.SkipDataset(input_dataset=tf.data.experimental.to_variant(ds), count=1,
                          **kinds(r.specs((tf.int32, []), (tf.float32, []))))  # fmt: skip
    back = tf.data.experimental.from_variant(v, ds.element_spec)
    return [text(x) for x in back.batch(2)]


@case("variant/raw op to dataset")
def _(tf):
    r = Raw(tf)
    ds = tf.data.experimental.from_variant(r.range(6)[0], tf.TensorSpec([], tf.int64))
    return [text(x) for x in ds.map(lambda x: x + 1).window(2).flat_map(lambda w: w.batch(2))]


@case("variant/in a function")
def _(tf):
    r = Raw(tf)

    @tf.function
    def run(n):
        ds = tf.data.experimental.from_variant(r.range(n)[0], tf.TensorSpec([], tf.int64))
        total = tf.constant(0, tf.int64)
        for x in ds.map(lambda x: x * n):
            total += x
        return total

    return run(tf.constant(4, tf.int64))


unseeded(case)
