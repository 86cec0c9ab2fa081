"""Datasets of files: lines, records of a fixed length, TFRecord files, and the names of files themselves."""

import os

import numpy as np

from tapeflow.core.base import dtypes, local_files, record_file
from tapeflow.core.base.errors import DataLossError, InvalidArgumentError
from tapeflow.core.base.specs import TensorSpec
from tapeflow.core.data import structure
from tapeflow.core.data.cursor import ColumnCursor
from tapeflow.core.data.dataset import UNKNOWN, DatasetV2, Derived, number
from tapeflow.core.values.convert import convert
from tapeflow.core.values.tensor import EagerTensor


def _bytes_of(path, kind):
    """The pieces of a file, decompressed."""
    pieces = record_file._pieces(path)
    return record_file._inflated(pieces, record_file._BITS[kind], path) if kind else pieces


def lines(path, kind):
    """The lines of a file, without their ends."""
    rest = b""
    for piece in _bytes_of(path, kind):
        parts = (rest + piece).split(b"\n")
        rest = parts.pop()
        for line in parts:
            yield line.replace(b"\r", b"") if b"\r" in line else line
    if rest:
        yield rest.replace(b"\r", b"")


def fixed_records(path, kind, size, header, footer):
    """The records of a file that have one length each."""
    if not kind:
        total = local_files.size(path)
        body = total - header - footer
        if body % size:
            raise InvalidArgumentError(
                f"Excluding the header ({header} bytes) and footer ({footer} bytes), input file "
                f"{local_files.shown(path)} has body length {body} bytes, which is not an exact multiple of the record "
                f"length ({size} bytes)."
            )
    held, skipped = b"", 0
    for piece in _bytes_of(path, kind):
        held += piece
        if skipped < header:
            cut = min(header - skipped, len(held))
            held, skipped = held[cut:], skipped + cut
        place = 0
        while len(held) - place - footer >= size:
            yield held[place : place + size]
            place += size
        held = held[place:]
    if len(held) > footer:
        left = len(held) - footer
        raise DataLossError(f"the last record of {local_files.shown(path)} is cut off: {left} of {size} bytes")


class FileCursor(ColumnCursor):
    """What is in files, one after the other. After an error it goes on with the next file.

    Args:
        names: The cursor of their names.
        opened: path -> iterator of bytes.
    """

    def __init__(self, names, opened):
        super().__init__()
        self._names, self._opened = names, opened
        self._path, self._items, self._count, self._error = None, None, 0, None

    def fetch(self, n):
        if self._error is not None:
            error, self._error = self._error, None
            self._path = self._items = None
            raise error
        found = []
        while True:
            if self._items is None and not self._next_file():
                break
            try:
                for item in self._items:
                    found.append(item)
                    if len(found) == n:
                        self._count += len(found)
                        return (_vector(found),)
            except Exception as error:  # raised at once, or after the elements before it
                if not found:
                    self._path = self._items = None
                    raise
                self._error = error
                self._count += len(found)
                return (_vector(found),)
            if found:
                self._count += len(found)
                self._path, self._items = None, None
                return (_vector(found),)
            self._path = self._items = None
        return (_vector(found),) if found else None

    def _next_file(self):
        row = self._names.next()
        if row is None:
            return False
        self._path, self._count = row[0].item(), 0
        self._items = self._opened(self._path)
        return True

    def mark(self):
        return {"names": self._names.save(), "path": self._path, "count": self._count}

    def reset(self, mark):
        self._names.restore(mark["names"])
        self._path, self._count, self._error = mark["path"], int(mark["count"]), None
        self._items = None
        if self._path is not None:
            self._items = self._opened(self._path)
            for _ in range(self._count):
                next(self._items)

    def close(self):
        if hasattr(self._items, "close"):
            self._items.close()


def _vector(items):
    out = np.empty(len(items), object)
    out[:] = items
    return out


class _FilesDataset(Derived):
    """What is in files."""

    __slots__ = ()
    waits = False  # reading files of this machine goes through the page cache: a thread costs more than it saves

    def __init__(self, names, *arguments):
        super().__init__(names, TensorSpec([], dtypes.string))
        self.arguments = arguments

    def make_cursor(self, start):
        return FileCursor(self._input_dataset.cursor(start), self.opener(start))

    def opener(self, start):
        """The function from a path to its items."""
        raise NotImplementedError

    def count(self, start):
        return UNKNOWN


def _compression(start, x):
    kind = x if isinstance(x, bytes) else start.host(x).item()
    kind = kind.decode()
    if kind not in ("", "GZIP", "ZLIB"):
        raise InvalidArgumentError(f"Unsupported compression_type: {kind}.", hint='"", "GZIP" or "ZLIB"')
    return kind


class _TextLineDataset(_FilesDataset):
    """The lines of files."""

    __slots__ = ()

    def opener(self, start):
        kind = _compression(start, self.arguments[0])
        return lambda path: lines(path, kind)


class _TFRecordDataset(_FilesDataset):
    """The records of TFRecord files."""

    __slots__ = ()

    def opener(self, start):
        kind, offset = _compression(start, self.arguments[0]), start.number(self.arguments[1])
        if offset:
            return lambda path: _from_offset(path, offset)
        return lambda path: record_file.records(path, kind)


def _from_offset(path, offset):
    """The records from a place in the file on."""
    place = 0
    for record in record_file.records(path, ""):
        if place >= offset:
            yield record
        place += len(record) + 16


class _FixedLengthRecordDataset(_FilesDataset):
    """Records of one length."""

    __slots__ = ()

    def opener(self, start):
        kind = _compression(start, self.arguments[0])
        size, header, footer = map(start.number, self.arguments[1:])
        return lambda path: fixed_records(path, kind, size, header, footer)


def names_of(filenames):
    """A dataset of file names."""
    if isinstance(filenames, DatasetV2):
        spec = filenames.element_spec
        if getattr(spec, "dtype", None) is not dtypes.string:
            raise TypeError(
                "The `filenames` argument must contain `tf.string` elements. Got a dataset of "
                f"`{getattr(spec, 'dtype', spec)!r}` elements."
            )
        if not spec.shape.is_compatible_with([]):
            raise TypeError(
                "The `filenames` argument must contain `tf.string` elements of shape [] (i.e. scalars). Got a dataset "
                f"of element shape {spec.shape!r}."
            )
        return filenames
    filenames = structure.map_leaves(lambda x: [_path(p) for p in x] if isinstance(x, list) else _path(x), filenames)
    tensor = convert(list(filenames) if isinstance(filenames, tuple) else filenames, hint=dtypes.string)
    if tensor.dtype is not dtypes.string:
        raise TypeError(f"The `filenames` argument must contain `tf.string` elements. Got `{tensor.dtype!r}` elements.")
    if isinstance(tensor, EagerTensor):
        tensor = EagerTensor(np.reshape(tensor.host, -1), dtypes.string)
    else:
        from tapeflow.core.ops.defs.array import reshape

        tensor = reshape(tensor, [-1])
    return DatasetV2.from_tensor_slices(tensor)


def _path(x):
    return os.fspath(x) if isinstance(x, os.PathLike) else x


def of_files(kind, filenames, num_parallel_reads, *arguments):
    """The dataset over files: one after the other, or several in turn."""
    names = names_of(filenames)
    if num_parallel_reads is None or num_parallel_reads == 1:
        return kind(names, *arguments)
    cycle = None if num_parallel_reads == -1 else num_parallel_reads
    return names.interleave(
        lambda name: kind(DatasetV2.from_tensors(name), *arguments), cycle_length=cycle, block_length=1,
        num_parallel_calls=num_parallel_reads,
    )  # fmt: skip


class _Reader(DatasetV2):
    """A public class of datasets over files: a shell around what reads them."""

    __slots__ = ()

    def _wrap(self, kind, filenames, num_parallel_reads, *arguments):
        self._impl = of_files(kind, filenames, num_parallel_reads, *arguments)
        self.inputs = (self._impl,)
        self._spec = self._impl.element_spec

    def access(self, start):
        return self._impl.access(start)

    def make_cursor(self, start):
        return self._impl.cursor(start)

    def count(self, start):
        return self._impl.count(start)


def _kind(compression_type):
    return number("" if compression_type is None else compression_type, dtypes.string)


class TextLineDatasetV2(_Reader):
    """The lines of text files, without their ends.

    Args:
        filenames: A name, a list of names, a string tensor or a dataset of names.
        compression_type: `"GZIP"`, `"ZLIB"`, or `""` for none.
        buffer_size: Accepted.
        num_parallel_reads: How many files are read in turn; None: one after the other.
        name: Optional name.
    """

    __slots__ = ()

    def __init__(self, filenames, compression_type=None, buffer_size=None, num_parallel_reads=None, name=None):
        self._wrap(_TextLineDataset, filenames, num_parallel_reads, _kind(compression_type))


class TFRecordDatasetV2(_Reader):
    """The records of TFRecord files, as scalar strings.

    Args:
        filenames: A name, a list of names, a string tensor or a dataset of names.
        compression_type: `"GZIP"`, `"ZLIB"`, or `""` for none.
        buffer_size: Accepted.
        num_parallel_reads: How many files are read in turn; None: one after the other.
        name: Optional name.

    Raises:
        DataLossError: When read: a file is damaged or cut off; the records before come first.
    """

    __slots__ = ()

    def __init__(self, filenames, compression_type=None, buffer_size=None, num_parallel_reads=None, name=None):
        self._wrap(_TFRecordDataset, filenames, num_parallel_reads, _kind(compression_type), 0)


class FixedLengthRecordDatasetV2(_Reader):
    """Records of one length each.

    Args:
        filenames: A name, a list of names, a string tensor or a dataset of names.
        record_bytes: The length of a record.
        header_bytes, footer_bytes: What is left out at the start and the end of each file.
        buffer_size: Accepted.
        compression_type: `"GZIP"`, `"ZLIB"`, or `""` for none.
        num_parallel_reads: How many files are read in turn; None: one after the other.
        name: Optional name.
    """

    __slots__ = ()

    def __init__(
        self, filenames, record_bytes, header_bytes=None, footer_bytes=None, buffer_size=None, compression_type=None,
        num_parallel_reads=None, name=None,
    ):  # fmt: skip
        sizes = [number(0 if n is None else n) for n in (record_bytes, header_bytes, footer_bytes)]
        if isinstance(sizes[0], int) and sizes[0] < 1:
            raise InvalidArgumentError("`record_bytes` must be > 0 [Op:FixedLengthRecordDatasetV2]")
        self._wrap(_FixedLengthRecordDataset, filenames, num_parallel_reads, _kind(compression_type), *sizes)


def list_files(file_pattern, shuffle, seed):
    """See `Dataset.list_files`."""
    from tapeflow.core.ops.defs.file import matching_files

    pattern = convert(structure.map_leaves(_path, file_pattern), dtype=dtypes.string)
    found = matching_files(pattern)
    if isinstance(found, EagerTensor) and not len(found.host):
        shown = ", ".join(p.decode() for p in np.atleast_1d(pattern.host))
        raise InvalidArgumentError(f"assertion failed: [No files matched pattern: {shown}]")
    dataset = DatasetV2.from_tensor_slices(found)
    if shuffle or shuffle is None:
        size = max(1, len(found.host)) if isinstance(found, EagerTensor) else 1 << 20
        dataset = dataset.shuffle(size, seed=seed)
    return dataset
