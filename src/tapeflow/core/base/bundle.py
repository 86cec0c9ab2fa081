"""Checkpoint files, read: a table of names beside raw bytes in one or more data files.

    bundle = Bundle("dir/ckpt-3")
    bundle.read("step")          # a NumPy array; strings are object arrays of bytes

Files are untrusted: what an entry claims is checked against the files before anything is allocated.
"""

import math
import os
from dataclasses import dataclass

import numpy as np

from tapeflow.core.base import bundle_slices, dtypes, local_files, remote_files, sorted_table
from tapeflow.core.base.bundle_slices import Slice
from tapeflow.core.base.errors import DataLossError, NotFoundError, UnimplementedError
from tapeflow.core.base.messages import message
from tapeflow.core.base.record_file import extended, masked, masked_value

_BIG = 1
_LARGEST_INDEX = 1 << 30
_CHUNK, _REMOTE_CHUNK = 1 << 30, 1 << 26


@dataclass(slots=True, frozen=True)
class Entry:
    """What the index says of a tensor.

    Attributes:
        dtype: A `DType`.
        shape: A tuple of sizes.
        shard, offset, size: Which data file holds the bytes, from where, how many.
        crc: The masked sum of the bytes.
        slices: The `Slice`s that the tensor is stored in; empty if it is stored whole.
    """

    dtype: dtypes.DType
    shape: tuple[int, ...]
    shard: int
    offset: int
    size: int
    crc: int
    slices: tuple[Slice, ...]


def index_name(prefix):
    """The name of the index file of a checkpoint."""
    return f"{prefix}.index"


def data_name(prefix, shard, shards):
    """The name of a data file of a checkpoint."""
    return f"{prefix}.data-{shard:05d}-of-{shards:05d}"


def exists(prefix):
    """Whether there is a checkpoint of this name."""
    return local_files.is_file(index_name(prefix))


class Bundle:
    """A checkpoint, opened for reading.

    Args:
        prefix: The checkpoint's name, without `.index`.

    Raises:
        NotFoundError: There is none.
        DataLossError: Its index is damaged.

    Attributes:
        entries: Name -> `Entry`, in the order of names.
        shards: How many data files there are.
    """

    def __init__(self, prefix):
        self.prefix = prefix = os.fsdecode(prefix)
        place = index_name(prefix)
        size = local_files.size(place)
        if size > _LARGEST_INDEX:
            raise DataLossError(f"{place}: an index of {size} bytes is too large to be one")
        self._parts = {}
        self.entries = {}
        pairs = sorted_table.entries(local_files.read(place), place)
        self.shards, self._swapped = self._header(next(pairs, None))
        for key, value in pairs:
            if key[:1] == b"\0":
                self._parts[key] = value
            else:
                name = key.decode("utf-8", "surrogateescape")
                self.entries[name] = _entry(value, name)
        self._files = {}

    def _header(self, first):
        if first is None or first[0] != b"":
            raise DataLossError(f"{self.prefix}: the index has no header")
        header = _parsed("BundleHeaderProto", first[1], f"{self.prefix}: the header")
        if not 0 < header.num_shards < 100_000 or header.endianness not in (0, _BIG):
            raise DataLossError(f"{self.prefix}: damaged header in the index")
        if header.version.min_consumer > 1:
            needed = header.version.min_consumer
            raise UnimplementedError(f"{self.prefix}: written for readers of version {needed}, this one is of 1")
        return header.num_shards, header.endianness == _BIG

    def entry(self, name):
        """The entry of a tensor.

        Raises:
            NotFoundError: There is no such tensor.
        """
        try:
            return self.entries[name]
        except KeyError:
            raise NotFoundError(f"Key {name} not found in checkpoint") from None

    def read(self, name):
        """The array of a tensor.

        Raises:
            NotFoundError: There is no such tensor.
            DataLossError: Its bytes are missing or damaged.
        """
        entry = self.entry(name)
        if entry.slices:
            return self.read_slice(name, bundle_slices.whole(entry.shape))
        return self._load(entry, name)

    def read_slice(self, name, part):
        """The array of a part of a tensor, however the tensor is cut in the file.

        Args:
            name: The tensor.
            part: A `Slice`.
        """
        entry = self.entry(name)
        if not entry.slices:
            return self._load(entry, name)[part.within(bundle_slices.whole(entry.shape))]
        pieces = self._pieces(entry, name, part)
        held = sum(math.prod(both.sizes) for _, _, both in pieces)
        if held < math.prod(part.sizes):
            raise DataLossError(f"{self.prefix}: the slices of {name!r} leave a part out")
        result = np.empty(part.sizes, entry.dtype.np)
        for stored, one, both in pieces:
            result[both.within(part)] = self._load(stored, name)[both.within(one)]
        return result

    def _pieces(self, entry, name, part):
        """(entry, slice, overlap) of every stored slice that has something of the part."""
        found = []
        for one in entry.slices:
            both = one.overlap(part)
            if both is None:
                continue
            value = self._parts.get(bundle_slices.key(name.encode("utf-8", "surrogateescape"), one))
            if value is None:
                raise DataLossError(f"{self.prefix}: a slice of {name!r} is missing in the index")
            stored = _entry(value, name)
            if stored.shape != one.sizes or stored.dtype is not entry.dtype:
                raise DataLossError(f"{self.prefix}: a slice of {name!r} has another shape or dtype than the tensor")
            self._check(stored, name)
            found.append((stored, one, both))
        return found

    def pieces(self):
        """Yields (name, array, dtype, full shape, slice) of all that is stored; whole tensors have None for both."""
        for name, entry in self.entries.items():
            for part in entry.slices or (None,):
                array = self.read(name) if part is None else self.read_slice(name, part)
                yield name, array, entry.dtype, None if part is None else entry.shape, part

    # -- bytes -----------------------------------------------------------------------------------------

    def _file(self, shard):
        """The descriptor of a data file, or its `RemotePath`, and its size."""
        if shard not in self._files:
            if not 0 <= shard < self.shards:
                raise DataLossError(f"{self.prefix}: data file {shard} of {self.shards}")
            place = data_name(self.prefix, shard, self.shards)
            with local_files.told(place):
                remote = remote_files.at(place)
                if remote is not None:
                    self._files[shard] = remote, remote.size()
                    return self._files[shard]
                number = os.open(local_files.local(place), os.O_RDONLY | getattr(os, "O_BINARY", 0))
            self._files[shard] = number, os.fstat(number).st_size
        return self._files[shard]

    def _check(self, entry, name):
        """Holds an entry against its dtype and its file."""
        if entry.dtype.is_opaque:
            raise UnimplementedError(f"{self.prefix}: {name!r} is a {entry.dtype.name}, which is not read")
        count, (_, length) = math.prod(entry.shape), self._file(entry.shard)
        if entry.offset < 0 or entry.size < 0 or entry.offset + entry.size > length:
            raise DataLossError(
                f"{self.prefix}: {name!r} lies outside of {data_name(self.prefix, entry.shard, self.shards)}"
            )
        if entry.dtype is dtypes.string:
            fits = count + 4 <= entry.size
        else:
            fits = count * entry.dtype.np.itemsize == entry.size
        if not fits:
            raise DataLossError(
                f"{self.prefix}: {name!r}, {entry.dtype.name} {list(entry.shape)}, cannot be {entry.size} bytes"
            )

    def _load(self, entry, name):
        self._check(entry, name)
        if entry.dtype is dtypes.string:
            data = np.empty(entry.size, np.uint8)
            self._fill(data, entry, name)
            return _strings(data.tobytes(), entry, f"{self.prefix}: {name!r}")
        result = np.empty(entry.shape, entry.dtype.np)
        data = result.reshape(-1).view(np.uint8)
        self._fill(data, entry, name)
        if masked(data) != entry.crc:
            raise _damaged(f"{self.prefix}: {name!r}")
        return _swapped(result) if self._swapped else result

    def _fill(self, data, entry, name):
        """Fills an array of bytes from the file."""
        file, _ = self._file(entry.shard)
        done = 0
        while done < entry.size:
            with local_files.told(self.prefix):
                piece = _read_into(file, data[done : done + _CHUNK], entry.offset + done)
            if not piece:
                raise DataLossError(f"{self.prefix}: the data of {name!r} is cut off")
            done += piece

    def close(self):
        """Closes the data files; reading opens them again."""
        files, self._files = self._files, {}
        for file, _ in files.values():
            if isinstance(file, int):
                os.close(file)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def __del__(self):
        if self.__dict__.get("_files"):
            self.close()


def _read_into(file, data, offset):
    """Reads bytes from a place of a file into an array; how many there were."""
    if isinstance(file, int):
        return os.preadv(file, [data], offset)
    found = file.read_at(offset, min(len(data), _REMOTE_CHUNK))
    data[: len(found)] = np.frombuffer(found, np.uint8)
    return len(found)


def _damaged(where):
    return DataLossError(f"{where}: checksum does not match, the file is damaged")


def _parsed(kind, data, where):
    from google.protobuf.message import DecodeError  # lazy: as in messages

    try:
        return message(kind).FromString(data)
    except DecodeError as error:
        raise DataLossError(f"{where}: not a {kind}: {error}") from error


def _entry(data, name):
    proto = _parsed("BundleEntryProto", data, name)
    try:
        dtype = dtypes.as_dtype(proto.dtype)
    except TypeError as error:
        raise DataLossError(f"{name}: {error}") from error
    shape = tuple(dim.size for dim in proto.shape.dim)
    if any(n < 0 for n in shape) or math.prod(shape) >= 1 << 62 or len(shape) > 254:
        raise DataLossError(f"{name}: a tensor in a file cannot have the shape {list(shape)}")
    slices = tuple(_slice(one, shape, name) for one in proto.slices)
    return Entry(dtype, shape, proto.shard_id, proto.offset, proto.size, proto.crc32c, slices)


def _slice(proto, shape, name):
    extents = [(extent.start, extent.length) if extent.HasField("length") else (0, -1) for extent in proto.extent]
    result = bundle_slices.from_extents(extents, shape)
    if result is None:
        raise DataLossError(f"{name}: a slice does not lie in the shape {list(shape)}")
    return result


def _strings(data, entry, where):
    """The object array of strings: lengths, the sum of the lengths, then the texts."""
    count, place, lengths = math.prod(entry.shape), 0, []
    for _ in range(count):
        length, place = sorted_table.read_varint(data, place)
        lengths.append(length)
    end = place + 4
    if sum(lengths) + end != len(data):
        raise DataLossError(f"{where}: the lengths of its strings do not fit")
    crc = extended(0, lengths_bytes(lengths))
    if masked_value(crc) != int.from_bytes(data[place:end], "little"):
        raise _damaged(where)
    # The sum of the texts goes on from the sum that stands in the file.
    if masked_value(extended(crc, data[place:])) != entry.crc:
        raise _damaged(where)
    result = np.empty(count, object)
    place = end
    for i, length in enumerate(lengths):
        result[i] = data[place : place + length]
        place += length
    return result.reshape(entry.shape)


def lengths_bytes(lengths):
    """The lengths of strings as their sum is made: four bytes each, eight if one needs them."""
    return b"".join(n.to_bytes(4 if n < 1 << 32 else 8, "little") for n in lengths)


def _swapped(array):
    """The array of numbers whose bytes stand in the other order."""
    if array.dtype.kind == "c":
        half = np.float32 if array.dtype.itemsize == 8 else np.float64
        return array.view(half).byteswap().view(array.dtype) if array.ndim else _swapped(array.reshape(1)).reshape(())
    return array.view(f"u{array.dtype.itemsize}").byteswap().view(array.dtype)
