"""For each class of datasets the op that TensorFlow has for it."""

from tapeflow.core.base import dtypes
from tapeflow.core.data import (
    batches,
    choosing,
    counter,
    csv,
    files,
    flat,
    interleave,
    joining,
    mapping,
    padded,
    simple,
    slicing,
    sources,
    windows,
)
from tapeflow.core.data.as_raw import Function, announced, emits
from tapeflow.core.data.cache import CacheDataset
from tapeflow.core.data.dataset import _VariantDataset
from tapeflow.core.data.lists import SqlDatasetV2, _ListDataset
from tapeflow.core.data.options import _OptionsDataset
from tapeflow.core.data.options_message import message_of
from tapeflow.core.data.prefetch import _PrefetchDataset
from tapeflow.core.data.raw import Reshaped
from tapeflow.core.data.raw_sources import MatchingFilesDataset, SampledDataset
from tapeflow.core.data.reducing import _GroupByReducerDataset
from tapeflow.core.data.shuffle import _ShuffleDataset
from tapeflow.core.data.structure import Structure
from tapeflow.core.ops import registry
from tapeflow.core.trace.tracing import FuncGraph
from tapeflow.core.values.convert import convert
from tapeflow.core.values.symbol import Symbol
from tapeflow.core.values.tensor import EagerTensor

# -- an input and numbers: class -> the op, and for each of the dataset's arguments the op's input and its kind ------

_NUMBER, _FLAG, _TEXT = "number", "flag", "text"
_BY_ARGUMENTS = {
    batches._BatchDataset: ("BatchDatasetV2", {"batch_size": _NUMBER, "drop_remainder": _FLAG}),
    CacheDataset: ("CacheDataset", {"filename": _TEXT}),
    _PrefetchDataset: ("PrefetchDataset", {"buffer_size": _NUMBER}),
    joining._RepeatDataset: ("RepeatDataset", {"count": _NUMBER}),
    simple._AssertCardinalityDataset: ("AssertCardinalityDataset", {"cardinality": _NUMBER}),
    simple._RebatchDataset: ("RebatchDatasetV2", {"batch_sizes": _NUMBER, "drop_remainder": _FLAG}),
    simple._UniqueDataset: ("UniqueDataset", {}),
    slicing._ShardDataset: ("ShardDataset", {"num_shards": _NUMBER, "index": _NUMBER}),
    slicing._SkipDataset: ("SkipDataset", {"count": _NUMBER}),
    slicing._TakeDataset: ("TakeDataset", {"count": _NUMBER}),
    windows._UnbatchDataset: ("UnbatchDataset", {}),
    windows._WindowDataset: (
        "WindowDataset", {"size": _NUMBER, "shift": _NUMBER, "stride": _NUMBER, "drop_remainder": _FLAG}
    ),
}  # fmt: skip


@emits(*_BY_ARGUMENTS)
def _by_arguments(e, dataset):
    kind = next(kind for kind in type(dataset).__mro__ if kind in _BY_ARGUMENTS)
    op_name, inputs = _BY_ARGUMENTS[kind]
    values = {
        name: getattr(e, form)(x) for (name, form), x in zip(inputs.items(), dataset.arguments, strict=True)
    }  # fmt: skip
    return e.over(op_name, dataset, **values)


# -- sources ---------------------------------------------------------------------------------------


@emits(sources._RangeDataset)
def _range(e, dataset):
    start, stop, step = map(e.number, dataset.arguments)
    return e.run("RangeDataset", dataset, start=start, stop=stop, step=step)


@emits(counter._CounterDataset)
def _counter(e, dataset):
    start, step = dataset.arguments
    end = dtypes.int64.max if step.host.item() >= 0 else dtypes.int64.min
    first, by = (convert(x.host.astype("int64"), dtype=dtypes.int64) for x in (start, step))
    return e.run("RangeDataset", dataset, start=first, stop=e.number(end), step=by)


@emits(sources._TensorDataset)
def _tensor(e, dataset):
    return _of_tensors(e, "TensorDataset", dataset)


@emits(sources._TensorSliceDataset)
def _slices(e, dataset):
    return _of_tensors(e, "TensorSliceDataset", dataset)


def _of_tensors(e, op_name, dataset):
    if dataset.inputs:  # some of the tensors are datasets
        tensors = [e.dataset(x) if x in dataset.inputs else e.tensor(x) for x in dataset._leaves]
    else:
        tensors = [e.tensor(x) for x in dataset.arguments]
    shapes = announced(dataset.element_spec)["output_shapes"]
    return e.run(op_name, components=tensors, output_shapes=shapes)


@emits(_ListDataset)
def _list(e, dataset):
    made = Structure(dataset.element_spec)
    tensors = [EagerTensor(x, s.dtype) for row in dataset._rows for x, s in zip(row, made.specs, strict=True)]
    return e.run("ListDataset", dataset, tensors=tensors)


@emits(_VariantDataset)
def _variant(e, dataset):
    return e.tensor(dataset.variant)


@emits(choosing._RandomDataset)
def _random(e, dataset):
    seed, seed2 = map(e.number, dataset._seeds)
    return e.run("RandomDatasetV2", dataset, seed=seed, seed2=seed2, seed_generator=e.run("DummySeedGenerator"),
                 rerandomize_each_iteration=dataset._again)  # fmt: skip


@emits(MatchingFilesDataset)
def _matching(e, dataset):
    return e.run("MatchingFilesDataset", patterns=convert(dataset._patterns, hint=dtypes.string))


@emits(SqlDatasetV2)
def _sql(e, dataset):
    driver, path, query = map(e.text, dataset.arguments)
    return e.run("SqlDataset", dataset, driver_name=driver, data_source_name=path, query=query)


# -- files -----------------------------------------------------------------------------------------

_BUFFER = 256 * 1024


def _of_files(e, dataset, op_name, **inputs):
    """A dataset of files: of a tensor of names at once, of a dataset of names by `flat_map`."""
    names = dataset.inputs[0]
    if isinstance(names, (sources._TensorSliceDataset, sources._TensorDataset)):
        return e.run(op_name, filenames=e.tensor(names.arguments[0]), **inputs)
    graph = FuncGraph(op_name, None)
    graph.outer = None
    with graph:
        name = graph.placeholder(dtypes.string, [])
        others = [graph.placeholder(x.dtype, x.shape) for x in inputs.values()]
        graph.inputs = [name, *others]
        graph.outputs = [registry.get(op_name)(filenames=name, **dict(zip(inputs, others, strict=True)))]
    return e.run("FlatMapDataset", dataset, input_dataset=e.dataset(names), f=Function(graph, 1, list(inputs.values())),
                 other_arguments=list(inputs.values()))  # fmt: skip


@emits(files._TextLineDataset)
def _text_lines(e, dataset):
    kind = e.text(dataset.arguments[0])
    return _of_files(e, dataset, "TextLineDataset", compression_type=kind, buffer_size=e.number(_BUFFER))


@emits(files._TFRecordDataset)
def _records(e, dataset):
    kind = e.text(dataset.arguments[0])
    return _of_files(e, dataset, "TFRecordDataset", compression_type=kind, buffer_size=e.number(_BUFFER))


@emits(files._FixedLengthRecordDataset)
def _fixed_length(e, dataset):
    kind = e.text(dataset.arguments[0])
    size, header, footer = map(e.number, dataset.arguments[1:])
    return _of_files(e, dataset, "FixedLengthRecordDatasetV2", header_bytes=header, record_bytes=size,
                     footer_bytes=footer, buffer_size=e.number(_BUFFER), compression_type=kind)  # fmt: skip


@emits(files._Reader, Reshaped)
def _shell(e, dataset):
    return e.dataset(dataset.inputs[0])


@emits(csv.CsvDatasetV2)
def _csv(e, dataset):
    kind, header, quotes, delimiter, missing = dataset.arguments
    columns = lambda x: convert(list(x or ()), dtype=dtypes.int64)
    return e.run(
        "CSVDatasetV2", filenames=e.tensor(dataset.inputs[0].arguments[0]), compression_type=e.text(kind),
        buffer_size=e.number(_BUFFER), header=e.flag(header), field_delim=e.text(delimiter),
        use_quote_delim=e.flag(quotes), na_value=e.text(missing), select_cols=columns(dataset._select),
        record_defaults=list(dataset._defaults), exclude_cols=columns(dataset._exclude),
        output_shapes=announced(dataset.element_spec)["output_shapes"],
    )  # fmt: skip


# -- several inputs, options, chance -----------------------------------------------------------------


@emits(joining._ZipDataset)
def _zip(e, dataset):
    return e.run("ZipDataset", dataset, input_datasets=[e.dataset(d) for d in dataset.inputs])


@emits(joining._ConcatenateDataset)
def _concatenate(e, dataset):
    first, second = map(e.dataset, dataset.inputs)
    return e.run("ConcatenateDataset", dataset, input_dataset=first, another_dataset=second)


@emits(choosing._DirectedInterleaveDataset)
def _directed(e, dataset):
    selector, *rest = map(e.dataset, dataset.inputs)
    return e.run("DirectedInterleaveDataset", dataset, selector_input_dataset=selector, data_input_datasets=rest,
                 stop_on_empty_dataset=dataset._stop)  # fmt: skip


@emits(_OptionsDataset)
def _options(e, dataset):
    return e.over("OptionsDataset", dataset, serialized_options=message_of(dataset._options).SerializeToString())


@emits(simple._IgnoreErrorsDataset)
def _ignore_errors(e, dataset):
    return e.over("IgnoreErrorsDataset", dataset, log_warning=dataset._log)


@emits(_ShuffleDataset)
def _shuffle(e, dataset):
    return e.over(
        "ShuffleDatasetV3", dataset, buffer_size=e.number(dataset.arguments[0]), seed=e.number(dataset._seed),
        seed2=e.number(dataset._seed2), seed_generator=e.run("DummySeedGenerator"),
        reshuffle_each_iteration=dataset._reshuffle_each_iteration,
    )  # fmt: skip


@emits(SampledDataset)
def _sampled(e, dataset):
    seed, seed2 = map(e.number, dataset._seeds)
    return e.over("SamplingDataset", dataset, rate=convert(dataset._rate), seed=seed, seed2=seed2)


@emits(padded._PaddedBatchDataset)
def _padded(e, dataset):
    size, drop = dataset.arguments[:2]
    shapes = [_shape(e, shape) for shape in dataset._shapes]
    return e.run(
        "PaddedBatchDatasetV2", input_dataset=e.dataset(dataset.inputs[0]), batch_size=e.number(size),
        padded_shapes=shapes, padding_values=[e.tensor(f) for f in dataset._fillers], drop_remainder=e.flag(drop),
        output_shapes=announced(dataset.element_spec)["output_shapes"],
    )  # fmt: skip


def _shape(e, shape):
    if isinstance(shape, Symbol):
        shape = e.tensor(shape)
        return shape if shape.dtype is dtypes.int64 else registry.get("Cast")(shape, dtypes.int64)
    if any(isinstance(n, Symbol) for n in shape):
        cast = registry.get("Cast")
        return registry.get("Pack")([cast(e.number(n), dtypes.int64) for n in shape])
    return convert([int(n) for n in shape], dtype=dtypes.int64)


# -- functions -------------------------------------------------------------------------------------


@emits(mapping._MapDataset)
def _map(e, dataset):
    return e.by("MapDataset", dataset, preserve_cardinality=dataset.keeps_count)


@emits(mapping._ParallelMapDataset)
def _parallel_map(e, dataset):
    order = {None: "default", True: "true", False: "false"}[dataset.deterministic]
    return e.by("ParallelMapDatasetV2", dataset, num_parallel_calls=e.number(dataset.threads), deterministic=order,
                preserve_cardinality=dataset.keeps_count)  # fmt: skip


@emits(mapping._FilterDataset)
def _filter(e, dataset):
    return e.by("FilterDataset", dataset, "predicate")


@emits(simple._TakeWhileDataset)
def _take_while(e, dataset):
    return e.by("TakeWhileDataset", dataset, "predicate")


@emits(flat._FlatMapDataset)
def _flat_map(e, dataset):
    return e.by("FlatMapDataset", dataset)


@emits(interleave._InterleaveDataset)
def _interleave(e, dataset):
    cycle, block = map(e.number, dataset.arguments[:2])
    return e.by("InterleaveDataset", dataset, cycle_length=cycle, block_length=block)


@emits(interleave._ParallelInterleaveDataset)
def _parallel_interleave(e, dataset):
    cycle, block, threads = map(e.number, dataset.arguments)
    any_number = e.number(-1)
    return e.by("ParallelInterleaveDatasetV4", dataset, cycle_length=cycle, block_length=block,
                buffer_output_elements=any_number, prefetch_input_elements=any_number,
                num_parallel_calls=threads)  # fmt: skip


@emits(simple._ScanDataset)
def _scan(e, dataset):
    state = [e.tensor(x) for x in dataset.arguments]
    return e.by("ScanDataset", dataset, initial_state=state, preserve_cardinality=dataset.keeps_count)


def _functions(e, names, functions):
    """The attributes and inputs of several functions."""
    found = {}
    for name, function in zip(names, map(e.function, functions), strict=True):
        found[f"{name}_func"], found[f"{name}_func_other_arguments"] = function, function.others
    return found


@emits(windows._GroupByWindowDataset)
def _group_by_window(e, dataset):
    key, size, reduce = dataset.functions
    parts = _functions(e, ("key", "window_size", "reduce"), (key, size, reduce))
    return e.over("GroupByWindowDataset", dataset, **parts)


@emits(_GroupByReducerDataset)
def _group_by_reducer(e, dataset):
    parts = _functions(e, ("key", "init", "reduce", "finalize"), dataset.functions)
    return e.over("GroupByReducerDataset", dataset, **parts)

