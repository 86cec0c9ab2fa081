"""The kernels of the raw ops that do not make datasets: iterators, optionals, what a whole dataset is asked for.

Op name -> function of the `Call` that returns host values.
"""

import itertools
import threading
import weakref
import zlib

import numpy as np

from tapeflow.core.base import record_file
from tapeflow.core.base.errors import FailedPreconditionError, InvalidArgumentError, NotFoundError, OutOfRangeError
from tapeflow.core.data import nodes
from tapeflow.core.data.batch_sizes import batch_size
from tapeflow.core.data.cache import Kept
from tapeflow.core.data.captured import packed
from tapeflow.core.data.cursor import Start
from tapeflow.core.data.lists import at
from tapeflow.core.data.nodes import Pulled
from tapeflow.core.data.options import merged_options
from tapeflow.core.data.options_message import message_of
from tapeflow.core.data.reduce import _folded, stateful_function
from tapeflow.core.data.saving import save
from tapeflow.core.data.shuffle import SeedSource
from tapeflow.core.data.simple import _only
from tapeflow.core.data.state import from_bytes, to_bytes
from tapeflow.core.data.structure import Structure
from tapeflow.core.values.late import pipeline_files
from tapeflow.core.values.variable import _box

_DEVICE = b"/job:localhost/replica:0/task:0/device:CPU:0"
kernels = {}


def kernel(*names):
    """Decorates the kernel of some ops."""

    def registered(function):
        kernels.update(dict.fromkeys(names, function))
        return function

    return registered


# -- optionals -------------------------------------------------------------------------------------

kernel("OptionalFromValue")(lambda c: _box(c.components))
kernel("OptionalNone")(lambda c: _box(nodes.missing))
kernel("OptionalHasValue")(lambda c: np.bool_(c.optional is not nodes.missing))
kernel("OptionalGetValue")(lambda c: [x.host for x in nodes.value_in(c.optional)])


# -- iterators -------------------------------------------------------------------------------------

_named, _numbers, _lock = weakref.WeakValueDictionary(), itertools.count(1), threading.Lock()


@kernel("AnonymousIterator", "AnonymousIteratorV3")
def _anonymous(c):
    return _box(Pulled(wanted=c.spec))


@kernel("AnonymousIteratorV2")
def _with_deleter(c):
    return _anonymous(c), _box(None)


_shared = {}  # (container, name) -> the iterator of that name: TensorFlow keeps them until they are deleted


@kernel("Iterator", "IteratorV2")
def _shared_iterator(c):
    if not c.shared_name:
        return _anonymous(c)
    with _lock:
        return _box(_shared.setdefault((c.container, c.shared_name), Pulled(wanted=c.spec)))


@kernel("OneShotIterator")
def _one_shot(c):
    from tapeflow.core.data.function import DataFunction
    from tapeflow.core.data.raw import dataset_of

    made = DataFunction(c.function("dataset_factory", None), (), "OneShotIterator")
    pulled = Pulled(wanted=c.spec)
    pulled.begin(dataset_of(made.bind(Start())(())[0]))
    return _box(pulled)


@kernel("MakeIterator")
def _make(c):
    c.iterator.begin(c.dataset)
    return ()


@kernel("IteratorGetNext", "IteratorGetNextSync")
def _next(c):
    leaves = c.iterator.next()
    if leaves is None:
        raise OutOfRangeError("End of sequence")
    return tuple(c.iterator.made.to_flat(leaves))


@kernel("IteratorGetNextAsOptional")
def _next_optional(c):
    leaves = c.iterator.next()
    return _box(nodes.missing if leaves is None else tuple(c.iterator.flat(leaves)))


@kernel("IteratorToStringHandle", "MultiDeviceIteratorToStringHandle")
def _to_name(c):
    thing = next(iter(c._inputs.values()))[1].item()
    with _lock:
        if thing.name is None:
            thing.name = f"iterator_{next(_numbers)}".encode()
        _named[thing.name] = thing
    return _box(thing.name)


@kernel("IteratorFromStringHandle", "IteratorFromStringHandleV2", "MultiDeviceIteratorFromStringHandle")
def _from_name(c):
    thing = _named.get(c.string_handle)
    if thing is None:
        raise NotFoundError(f"there is no iterator of the name {c.string_handle!r}")
    return _box(thing)


@kernel("SerializeIterator")
def _serialize(c):
    return _box(to_bytes(c.resource_handle.save()))


@kernel("DeserializeIterator")
def _deserialize(c):
    c.resource_handle.restore(from_bytes(c.serialized))
    return ()


kernel("IteratorGetDevice")(lambda c: _box(_DEVICE))


@kernel("DeleteIterator", "DeleteMultiDeviceIterator")
def _delete(c):
    thing = next(iter(c._inputs.values()))[1].item()
    thing.end()
    for key in [key for key, other in _shared.items() if other is thing]:
        del _shared[key]
    return ()


kernel("DeleteMemoryCache", "DeleteRandomSeedGenerator", "DeleteSeedGenerator")(lambda c: ())


# -- one iterator for several devices ----------------------------------------------------------------


class Shards:
    """An iterator whose elements go to several devices in turn.

    Args:
        count: How many devices there are.
        wanted: The spec of the elements.
    """

    def __init__(self, count, wanted):
        self.count, self.wanted, self.name = count, wanted, None
        self._pulled, self._incarnation = None, 0
        self._waiting, self._place = [], 0
        self._lock = threading.Lock()

    def begin(self, dataset):
        """Starts anew; returns the number of this run."""
        self.end()
        self._pulled = Pulled(wanted=self.wanted)
        self._pulled.begin(dataset)
        self._waiting, self._place = [[] for _ in range(self.count)], 0
        self._incarnation += 1
        return self._incarnation

    def next(self, shard, incarnation):
        """The tensors of a device's next element."""
        if self._pulled is None:
            raise FailedPreconditionError("the iterator for several devices was not initialized: "
                                          "MultiDeviceIteratorInit comes first")  # fmt: skip
        if not 0 <= shard < self.count:
            raise InvalidArgumentError(f"there is no shard {shard}: there are {self.count}")
        if incarnation != self._incarnation:
            raise InvalidArgumentError(
                f"Invalid incarnation id. Provided: {incarnation}; Expected: {self._incarnation}"
            )
        with self._lock:
            while not self._waiting[shard]:
                leaves = self._pulled.next()
                if leaves is None:
                    raise OutOfRangeError("End of sequence")
                self._waiting[self._place].append(tuple(self._pulled.made.to_flat(leaves)))
                self._place = (self._place + 1) % self.count
            return self._waiting[shard].pop(0)

    def end(self):
        """Closes what is open."""
        if self._pulled is not None:
            self._pulled.end()


@kernel("AnonymousMultiDeviceIteratorV3")
def _shards(c):
    return _box(Shards(len(c.devices), c.spec))


@kernel("AnonymousMultiDeviceIterator")
def _shards_with_deleter(c):
    return _shards(c), _box(None)


@kernel("MultiDeviceIterator")
def _shared_shards(c):
    if not c.shared_name:
        return _shards(c)
    with _lock:
        return _box(_shared.setdefault((c.container, c.shared_name), Shards(len(c.devices), c.spec)))


kernel("MultiDeviceIteratorInit")(lambda c: np.int64(c.multi_device_iterator.begin(c.dataset)))
kernel("MultiDeviceIteratorGetNextFromShard")(
    lambda c: c.multi_device_iterator.next(c.shard_num, c.incarnation_id)
)


# -- a whole dataset ---------------------------------------------------------------------------------

kernel("DatasetCardinality")(lambda c: np.int64(c.input_dataset.count(Start())))
kernel("DatasetFingerprint")(lambda c: np.uint64(pipeline_files.fingerprint_of(c.input_dataset)))
kernel("DatasetToGraph", "DatasetToGraphV2")(lambda c: _box(pipeline_files.graph_of(c.input_dataset)))
kernel("GetOptions")(lambda c: _box(_options(c.input_dataset)))
kernel("WrapDatasetVariant", "UnwrapDatasetVariant")(lambda c: c._inputs["input_handle"][1])


def _options(dataset):
    options = merged_options(dataset)
    return message_of(options).SerializeToString() if options._options else b""


kernel("ComputeBatchSize")(lambda c: np.int64(batch_size(c.input_dataset)))


@kernel("DatasetToSingleElement")
def _single(c):
    made = Structure(c.dataset.element_spec)
    return tuple(made.to_flat(_only(c.dataset.run_cursor())))


@kernel("GetElementAtIndex")
def _at(c):
    found = at(c.dataset, c.index)
    return tuple([x.host for x in (found if isinstance(found, tuple) else (found,))])


@kernel("ReduceDataset")
def _reduce(c):
    dataset = c.input_dataset
    function = stateful_function(c.function(), packed(c.initial_state), dataset.element_spec, "reduce()")[0]
    leaves = tuple([x.host for x in c.initial_state])
    return tuple(_folded(dataset.run_cursor(), function.bind(Start()), leaves))


@kernel("DatasetToTFRecord")
def _to_records(c):
    with record_file.TFRecordWriter(c.filename, c.compression_type.decode()) as writer:
        for (record,) in iter(c.input_dataset.run_cursor().next, None):
            writer.write(record.item())
    return ()


@kernel("InitializeTableFromDataset")
def _fill_table(c):
    rows = list(iter(c.dataset.run_cursor().next, None))
    keys, values = ([row[i] for row in rows] for i in (0, 1))
    c.table_handle.fill(_column(keys, c.table_handle.key_dtype), _column(values, c.table_handle.value_dtype))
    return ()


def _column(items, dtype):
    out = np.empty(len(items), dtype.as_numpy_dtype)
    for i, x in enumerate(items):
        out[i] = x.item()
    return out


@kernel("SaveDataset")
def _save(c):
    shard = c.function("shard_func", "shard_func_other_args") if c.use_shard_func else None
    save(c.input_dataset, c.path, c.compression or None, shard, None)
    return ()


# -- elements as bytes -------------------------------------------------------------------------------


class Compressed:
    """An element as compressed bytes."""

    def __init__(self, tensors):
        self._bytes = zlib.compress(to_bytes({"parts": list(tensors)}), 1)

    def tensors(self):
        """The element's tensors."""
        return from_bytes(zlib.decompress(self._bytes))["parts"]


kernel("CompressElement")(lambda c: _box(Compressed(c.components)))


@kernel("UncompressElement")
def _uncompress(c):
    if not isinstance(c.compressed, Compressed):
        raise InvalidArgumentError("Tensor does not contain a compressed element.")
    return tuple([x.host for x in c.compressed.tensors()])


# -- what datasets share -----------------------------------------------------------------------------


class _Dummy:
    """A resource that says: none."""


kernel("DummySeedGenerator", "DummyMemoryCache", "ThreadPoolHandle")(lambda c: _box(_Dummy()))
kernel("AnonymousMemoryCache")(lambda c: (_box(Kept()), _box(None)))
kernel("AnonymousSeedGenerator")(lambda c: (_box(SeedSource(c.seed, c.seed2, c.reshuffle)), _box(None)))
kernel("AnonymousRandomSeedGenerator")(lambda c: (_box(SeedSource(c.seed, c.seed2, True)), _box(None)))
