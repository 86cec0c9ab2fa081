"""Checkpoint files, written: data files first, then the index, which makes the checkpoint exist.

    write("dir/ckpt-3", [Piece("step", array, dtypes.int64)])

Everything is written under temporary names, flushed to the disk and renamed; for another file system, on this machine
first and then uploaded. An earlier checkpoint of the same name
stays whole until the new index takes its place: its data files get other names (`-of-00002` instead of `-of-00001`).
"""

import contextlib
import os
import re
import tempfile
from dataclasses import dataclass

import numpy as np

from tapeflow.core.base import bundle_slices, dtypes, file_tree, local_files, remote_files, sorted_table
from tapeflow.core.base.bundle import Bundle, data_name, exists, index_name, lengths_bytes
from tapeflow.core.base.bundle_slices import Slice
from tapeflow.core.base.errors import InvalidArgumentError, NotFoundError, OpError, UnimplementedError
from tapeflow.core.base.messages import message
from tapeflow.core.base.record_file import extended, masked, masked_value


@dataclass(slots=True)
class Piece:
    """A tensor to write, or a slice of one.

    Attributes:
        name: The tensor's name.
        array: A NumPy array; of bytes for strings.
        dtype: A `DType`.
        shape: The full shape, if the array is a slice.
        part: The `Slice` that the array is, or None.
    """

    name: str
    array: np.ndarray
    dtype: dtypes.DType
    shape: tuple[int, ...] | None = None
    part: Slice | None = None


def write(prefix, pieces):
    """Writes a checkpoint of one data file.

    Args:
        prefix: The checkpoint's name.
        pieces: `Piece`s; the data file has them in this order.

    Raises:
        ResourceExhaustedError: The disk is full; the checkpoint of that name, if there was one, is still whole.
    """
    write_shards(prefix, [pieces])


def write_shards(prefix, shards):
    """Writes a checkpoint of several data files.

    Args:
        prefix: The checkpoint's name.
        shards: For each data file its `Piece`s.
    """
    prefix = os.fsdecode(prefix)
    with local_files.told(prefix):
        folder = _working_folder(prefix)
        before, shards = _data_files(prefix), _with_new_names(prefix, [*shards] or [[]])
        index = _Index(len(shards))
        temporaries = {}
        try:
            for number, pieces in enumerate(shards):
                with _temporary(folder) as file:
                    temporaries[data_name(prefix, number, len(shards))] = file.name
                    _write_data(file, pieces, number, index)
            with _temporary(folder) as file:
                temporaries[index_name(prefix)] = file.name
                file.write(index.bytes())
            for name in list(temporaries):  # data files, then the index
                local_files.publish(temporaries[name], name)
                del temporaries[name]
        finally:
            for left in temporaries.values():
                os.unlink(left)
        _sync_folder(folder)
        for old in before - _data_files(prefix, len(shards)):
            file_tree.remove(old)


def delete(prefix):
    """Deletes the files of a checkpoint, the index first: without it there is none."""
    for path in [index_name(prefix), *_data_files(os.fsdecode(prefix))]:
        with contextlib.suppress(NotFoundError):  # another process may be deleting, too
            file_tree.remove(path)


def _working_folder(prefix):
    """Where files are written before they get their names: beside these, if that is on this machine."""
    if remote_files.at(prefix) is not None:
        return os.fsencode(tempfile.gettempdir())
    folder = os.path.dirname(os.path.abspath(local_files.local(prefix)))
    os.makedirs(folder, exist_ok=True)
    return folder


def _temporary(folder):
    """A new file that is flushed to the disk when it is closed."""
    number, name = tempfile.mkstemp(dir=folder, prefix=b".tapeflow-")
    mask = os.umask(0)
    os.umask(mask)
    os.chmod(name, 0o666 & ~mask)
    return _Flushed(number, name)


class _Flushed:
    """An unbuffered file, flushed to the disk at the end."""

    def __init__(self, number, name):
        self._number, self.name = number, name

    def write(self, data):
        view = memoryview(data).cast("B") if len(data) else b""
        while len(view):
            view = view[os.write(self._number, view[: 1 << 30]) :]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            os.fsync(self._number)
        finally:
            os.close(self._number)


def _sync_folder(folder):
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    except OSError:  # some file systems cannot; the rename itself has happened
        pass
    finally:
        os.close(number)


def _data_files(prefix, shards=None):
    """The data files of a checkpoint that are there, of any number of shards or of one."""
    folder = remote_files.folder_of(prefix)
    count = "[0-9]{5}" if shards is None else f"{shards:05d}"
    wanted = re.compile(f"{re.escape(os.path.basename(prefix))}\\.data-[0-9]{{5}}-of-{count}")
    names = file_tree.listdir(folder or ".") if file_tree.isdir(folder or ".") else []
    return {os.path.join(folder, name) for name in names if wanted.fullmatch(name)}


def _with_new_names(prefix, shards):
    """The shards, one more and empty if data files of so many are those of a checkpoint that is there."""
    if not exists(prefix):
        return shards
    try:
        with Bundle(prefix) as bundle:
            taken = bundle.shards
    except OpError:  # damaged: nothing is lost by writing over it
        return shards
    return [*shards, []] if taken == len(shards) else shards


# -- data ----------------------------------------------------------------------------------------------


class _Index:
    """The entries, by key."""

    def __init__(self, shards):
        self._entries, self._shards, self._slices = {}, shards, {}

    def add(self, piece, shard, offset, size, crc):
        entry = message("BundleEntryProto")(
            dtype=piece.dtype.as_datatype_enum, shard_id=shard, offset=offset, size=size, crc32c=crc
        )
        entry.shape.SetInParent()
        for n in piece.array.shape:
            entry.shape.dim.add(size=n)
        key = piece.name.encode("utf-8", "surrogateescape")
        if piece.part is not None:
            self._add_slice(key, piece)
            key = bundle_slices.key(key, piece.part)
        if key in self._entries:
            raise InvalidArgumentError(f"the tensor {piece.name!r} is written twice")
        self._entries[key] = entry

    def _add_slice(self, key, piece):
        full = self._entries.get(key)
        if full is None:
            full = self._entries[key] = message("BundleEntryProto")(dtype=piece.dtype.as_datatype_enum)
            full.shape.SetInParent()
            for n in piece.shape:
                full.shape.dim.add(size=n)
        elif tuple(dim.size for dim in full.shape.dim) != piece.shape or full.dtype != piece.dtype.as_datatype_enum:
            raise InvalidArgumentError(f"the slices of {piece.name!r} disagree on its shape or dtype")
        stored = full.slices.add()
        for start, n in piece.part.extents:
            extent = stored.extent.add()
            if n >= 0:
                extent.start, extent.length = start, n

    def bytes(self):
        header = message("BundleHeaderProto")(num_shards=self._shards)
        header.version.producer = 1
        pairs = [(b"", header.SerializeToString())]
        pairs += ((key, self._entries[key].SerializeToString()) for key in sorted(self._entries))
        return sorted_table.table(pairs)


def _write_data(file, pieces, shard, index):
    offset = 0
    for piece in pieces:
        if piece.dtype.is_opaque:
            raise UnimplementedError(f"{piece.name}: a {piece.dtype.name} cannot be written to a checkpoint")
        if piece.dtype is dtypes.string:
            size, crc = _write_strings(file, piece.array)
        else:
            data = np.ascontiguousarray(piece.array).reshape(-1).view(np.uint8)
            file.write(data)
            size, crc = data.size, masked(data)
        index.add(piece, shard, offset, size, crc)
        offset += size


def _write_strings(file, array):
    texts = array.ravel().tolist()
    lengths = [len(text) for text in texts]
    crc = extended(0, lengths_bytes(lengths))
    middle = masked_value(crc).to_bytes(4, "little")
    body = b"".join(texts)
    head = b"".join(map(sorted_table.varint, lengths)) + middle
    file.write(head)
    file.write(body)
    return len(head) + len(body), masked_value(extended(extended(crc, middle), body))
