"""Elements in files: for `cache(filename)`, `snapshot`, `save` and `load`.

An element is a TFRecord of its tensors' messages, each with its length before it. A file is written under another name
and gets its own when it is complete, so that what is there is whole.
"""

import json
import os
import struct
import tempfile
import uuid

from tapeflow.core.base import dtypes, file_tree, local_files, record_file, remote_files
from tapeflow.core.base.errors import DataLossError, NotFoundError, UnimplementedError
from tapeflow.core.base.messages import message
from tapeflow.core.base.specs import NoneTensorSpec, TensorSpec
from tapeflow.core.base.tensor_message import array_of_message, serialized
from tapeflow.core.data.cursor import Cursor
from tapeflow.core.values.ragged import RaggedTensorSpec
from tapeflow.core.values.sparse import SparseTensorSpec

_LENGTH = struct.Struct("<Q")


def encoded(made, leaves):
    """An element as bytes."""
    parts = []
    for value, spec in zip(made.to_flat(leaves), made.flat_specs, strict=True):
        if spec.dtype in (dtypes.variant, dtypes.resource):
            raise UnimplementedError(f"writing a {spec.dtype.name} to a file", hint="map it to tensors first")
        text = serialized(value, spec.dtype)
        parts += [_LENGTH.pack(len(text)), text]
    return b"".join(parts)


def decoded(made, record, path):
    """The leaves of an element.

    Raises:
        DataLossError: The bytes are no such element.
    """
    flat, place = [], 0
    proto = message("TensorProto")
    for _ in made.flat_specs:
        if place + 8 > len(record):
            raise DataLossError(f"{path}: an element has fewer tensors than its dataset")
        (size,) = _LENGTH.unpack_from(record, place)
        array = array_of_message(proto.FromString(record[place + 8 : place + 8 + size]))
        flat.append(array[()] if array.ndim == 0 and array.dtype != object else array)
        place += 8 + size
    return made.from_flat(flat)


def _partial_name(path):
    """The name of a file until it is complete: beside its own, or on this machine if that is elsewhere."""
    name = f"{path}.{uuid.uuid4().hex}.partial"
    if remote_files.at(path) is not None:
        return os.path.join(tempfile.gettempdir(), f"tapeflow-{os.path.basename(name)}")
    file_tree.makedirs(os.path.dirname(path) or ".")
    return name


class Writer:
    """A file of elements, under another name until it is closed."""

    def __init__(self, path, made, compression=""):
        self.path, self._made = path, made
        self._partial = _partial_name(path)
        self._file = record_file.TFRecordWriter(self._partial, compression)

    def write(self, leaves):
        """Adds an element."""
        self._file.write(encoded(self._made, leaves))

    def close(self):
        """Gives the file its name."""
        self._file.flush()
        self._file.close()
        with open(self._partial, "rb") as file:
            os.fsync(file.fileno())
        with local_files.told(self.path):
            local_files.publish(self._partial, self.path)

    def discard(self):
        """Removes what was written."""
        self._file.close()
        if os.path.exists(self._partial):
            os.remove(self._partial)


class Stored(Cursor):
    """The elements of files."""

    def __init__(self, paths, made, compression=""):
        self._paths, self._made, self._compression = paths, made, compression
        self._place, self._rows = 0, self._read()

    def _read(self):
        for path in self._paths:
            for record in record_file.records(path, self._compression):
                yield decoded(self._made, record, path)

    def next(self):
        row = next(self._rows, None)
        self._place += row is not None
        return row

    def save(self):
        return {"place": self._place}

    def restore(self, state):
        self._rows, self._place = self._read(), 0
        while self._place < int(state["place"]):
            self.next()

    def close(self):
        self._rows.close()


class Storing(Cursor):
    """A run that writes what it reads; the file is complete when the run is."""

    def __init__(self, source, path, made, compression="", finished=None):
        self._source, self._path, self._made, self._compression = source, path, made, compression
        self._writer, self._finished, self._place = None, finished, 0

    def next(self):
        if self._writer is None:
            self._writer = Writer(self._path, self._made, self._compression)
        if self._writer is False:
            return None
        row = self._source.next()
        if row is None:
            self._writer.close()
            self._writer = False
            if self._finished:
                self._finished()
            return None
        self._writer.write(row)
        self._place += 1
        return row

    def save(self):
        return {"place": self._place}

    def restore(self, state):
        while self._place < int(state["place"]):
            self.next()

    def close(self):
        if self._writer:
            self._writer.discard()
            self._writer = False
        self._source.close()

    def __del__(self):
        if self._writer:
            self._writer.discard()


# -- specs -----------------------------------------------------------------------------------------


def spec_to_json(spec):
    """An element's spec as plain values."""
    if isinstance(spec, TensorSpec):
        return {"tensor": [_sizes(spec.shape), spec.dtype.name]}
    if isinstance(spec, RaggedTensorSpec):
        return {"ragged": [_sizes(spec.shape), spec.dtype.name, spec.ragged_rank, spec.row_splits_dtype.name]}
    if isinstance(spec, SparseTensorSpec):
        return {"sparse": [_sizes(spec.shape), spec.dtype.name]}
    if isinstance(spec, NoneTensorSpec):
        return {"none": []}
    if isinstance(spec, dict):
        return {"dict": [[key, spec_to_json(spec[key])] for key in spec]}
    if isinstance(spec, tuple):
        return {"tuple": [spec_to_json(one) for one in spec]}
    raise UnimplementedError(f"writing elements with {spec!r} to a file", hint="map them to tensors first")


def spec_from_json(value):
    """The spec of plain values."""
    ((kind, parts),) = value.items()
    if kind == "tensor":
        return TensorSpec(parts[0], parts[1])
    if kind == "ragged":
        return RaggedTensorSpec(parts[0], dtypes.as_dtype(parts[1]), parts[2], dtypes.as_dtype(parts[3]))
    if kind == "sparse":
        return SparseTensorSpec(parts[0], dtypes.as_dtype(parts[1]))
    if kind == "none":
        return NoneTensorSpec()
    if kind == "dict":
        return {key: spec_from_json(one) for key, one in parts}
    if kind == "tuple":
        return tuple(spec_from_json(one) for one in parts)
    raise DataLossError(f"no kind of spec is called {kind!r}")


def _sizes(shape):
    return None if shape.rank is None else shape.as_list()


def write_json(path, value):
    """Writes plain values under another name, then renames the file."""
    partial = _partial_name(path)
    with open(partial, "w", encoding="utf-8") as file:
        json.dump(value, file)
        file.flush()
        os.fsync(file.fileno())
    local_files.publish(partial, path)


def read_json(path):
    """Plain values of a file.

    Raises:
        NotFoundError: There is none.
        DataLossError: It holds something else.
    """
    try:
        return json.loads(local_files.read(path))
    except NotFoundError as error:
        raise NotFoundError(f"{path} does not exist", hint="is it the folder that Dataset.save wrote?") from error
    except (ValueError, RecursionError) as error:
        raise DataLossError(f"{path} is damaged: {error}") from error
