"""`Dataset.save` and `load`, and `snapshot`."""

import os
import uuid

from tapeflow.core.base import dtypes, file_tree
from tapeflow.core.base.errors import DataLossError, InvalidArgumentError, NotFoundError
from tapeflow.core.base.mode import current
from tapeflow.core.base.specs import TensorSpec
from tapeflow.core.data import nodes
from tapeflow.core.data.cursor import Start
from tapeflow.core.data.dataset import UNKNOWN, DatasetSpec, DatasetV2, Derived
from tapeflow.core.data.function import DataFunction
from tapeflow.core.data.storage import Stored, Storing, Writer, read_json, spec_from_json, spec_to_json, write_json
from tapeflow.core.data.structure import Structure

_META = "tapeflow_dataset.json"


def _compression(name):
    """How files are compressed: gzip, or not."""
    if name in (None, "", "NONE"):
        return ""
    if name in ("GZIP", "AUTO", "SNAPPY"):
        return "" if name == "AUTO" else "GZIP"
    raise InvalidArgumentError(f"Unknown compression {name!r}", hint='None or "GZIP"')


def save(dataset, path, compression, shard_func, checkpoint_args):
    """See `Dataset.save`."""
    path = os.fsdecode(os.fspath(path))
    function = None
    if shard_func is not None:
        function = DataFunction(shard_func, dataset.element_spec, "Dataset.save()")
        if not TensorSpec([], dtypes.int64).is_compatible_with(function.spec):
            raise TypeError(
                f"Invalid `shard_func`. `shard_func` must return `tf.int64` scalar tensor but its return type is "
                f"{function.spec}."
            )
    kind = _compression(compression)
    if current.graph is not None:
        spec = dataset.element_spec
        call = lambda variant: _write(nodes.held_by(variant).cursor(), spec, path, kind, function, Start())
        return current.graph.defer("SaveDatasetV2", call, [dataset._variant_tensor])
    _write(dataset.run_cursor(), dataset.element_spec, path, kind, function, Start())
    del checkpoint_args
    return None


def _write(cursor, spec, path, compression, function, start):
    """Writes the elements of a run to a new set of files, then names it as the one that counts."""
    made, run = Structure(spec), uuid.uuid4().hex
    shard = function.bind(start) if function is not None else lambda row: (0,)
    writers, count = {}, 0
    file_tree.makedirs(path)
    described = spec_to_json(spec)
    try:
        while (row := cursor.next()) is not None:
            which = int(shard(row)[0])
            if which not in writers:
                writers[which] = Writer(os.path.join(path, run, f"{which:08d}", "00000000.snapshot"), made, compression)
            writers[which].write(row)
            count += 1
    except BaseException:
        for writer in writers.values():
            writer.discard()
        raise
    finally:
        cursor.close()
    for writer in writers.values():
        writer.close()
    write_json(os.path.join(path, _META), {
        "run": run, "compression": compression, "count": count, "shards": sorted(writers), "spec": described,
    })  # fmt: skip


def _read_meta(path):
    """What a saved dataset says of itself.

    Raises:
        NotFoundError: There is none.
        DataLossError: It is damaged.
    """
    meta = read_json(path)
    try:
        found = {
            "run": str(meta["run"]), "compression": str(meta["compression"]), "count": int(meta.get("count", UNKNOWN)),
            "shards": [int(k) for k in meta.get("shards", ())], "spec": spec_from_json(meta["spec"]),
        }  # fmt: skip
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise DataLossError(f"{path} is damaged: {type(error).__name__} {error}") from error
    if found["compression"] not in ("", "GZIP") or not found["run"].isalnum():
        raise DataLossError(f"{path} is damaged")
    return found


class _LoadDataset(DatasetV2):
    """The elements that `save` wrote."""

    __slots__ = ()

    def __init__(self, path, element_spec, reader_func):
        self._path = os.fsdecode(os.fspath(path))
        self._meta = meta = _read_meta(os.path.join(self._path, _META))
        stored = meta["spec"]
        self._spec = stored if element_spec is None else element_spec
        self._made = Structure(stored)
        folder = os.path.join(self._path, meta["run"])
        self._shards = [
            _ShardFile(os.path.join(folder, f"{k:08d}", "00000000.snapshot"), self._made, meta["compression"])
            for k in meta["shards"]
        ]
        self._read = None
        if reader_func is not None:
            spec = DatasetSpec(DatasetSpec(stored))
            self._read = DataFunction(reader_func, spec, "Dataset.load()")
            if not isinstance(self._read.spec, DatasetSpec):
                raise TypeError(f"`reader_func` must return a `Dataset` object. Got {type(self._read.spec)!r}.")
            self.functions = (self._read,)

    def make_cursor(self, start):
        if self._read is None:
            return Stored([shard.path for shard in self._shards], self._made, self._meta["compression"])
        from tapeflow.core.data.flat import cursor_of
        from tapeflow.core.data.windows import _GivenDataset

        shards = _GivenDataset([(one,) for one in self._shards], DatasetSpec(self._made.spec))
        return cursor_of(self._read.bind(start)((shards,))[0], start)

    def count(self, start):
        return int(self._meta["count"]) if self._read is None else UNKNOWN


class _ShardFile(DatasetV2):
    """One file of elements."""

    __slots__ = ()

    def __init__(self, path, made, compression):
        self.path, self._made, self._compression, self._spec = path, made, compression, made.spec

    def make_cursor(self, start):
        return Stored([self.path], self._made, self._compression)


# -- snapshot --------------------------------------------------------------------------------------


class _SnapshotDataset(Derived):
    """Elements that are written on the first complete run, and read on those that follow."""

    __slots__ = ()

    def __init__(self, dataset, path, compression):
        super().__init__(dataset)
        self._path, self._compression = os.fsdecode(os.fspath(path)), _compression(compression)

    def make_cursor(self, start):
        made = Structure(self._spec)
        meta = os.path.join(self._path, _META)
        if file_tree.exists(meta):
            known = _read_meta(meta)
            place = os.path.join(self._path, known["run"], "00000000.snapshot")
            if not file_tree.exists(place):
                raise NotFoundError(f"{place} is gone", hint=f"remove {self._path} to write it anew")
            return Stored([place], made, known["compression"])
        run = uuid.uuid4().hex
        place = os.path.join(self._path, run, "00000000.snapshot")
        described = {"run": run, "compression": self._compression, "spec": spec_to_json(self._spec)}
        return Storing(self._input_dataset.cursor(start), place, made, self._compression,
                       finished=lambda: write_json(meta, described))  # fmt: skip


def snapshot(dataset, path, compression, reader_func, shard_func):
    """See `Dataset.snapshot`."""
    for function in (reader_func, shard_func):
        if function is not None and not callable(function):
            raise TypeError(f"snapshot: {function!r} is not callable")
    return _SnapshotDataset(dataset, path, compression)
