"""The sorted table that the index of a checkpoint is: blocks of keys and values, each with its sum.

    file     = data block*, metaindex block, index block, footer
    block    = contents, compression (1 byte), masked CRC-32C of both
    contents = entries, restart offsets (uint32 each), number of restarts (uint32)
    entry    = varint shared, varint unshared, varint value length, key suffix, value

Files are untrusted: every offset is checked, and what a file may unfold to is bounded by its size.
"""

import struct

from tapeflow.core.base import snappy
from tapeflow.core.base.errors import DataLossError
from tapeflow.core.base.record_file import masked

MAGIC = bytes.fromhex("57FB808B247547DB")
_FOOTER, _TRAILER = 48, 5
_BLOCK_BYTES = 1 << 18  # a data block ends when it is this long
_RESTART = 16  # entries between two restart points
_LARGEST_KEYS = 1 << 28  # bytes of all keys together: prefixes unfold, and must not without end
_UINT32 = struct.Struct("<I")


def varint(number):
    """A number in groups of seven bits, lowest first."""
    result = bytearray()
    while number > 127:
        result.append(number & 127 | 128)
        number >>= 7
    result.append(number)
    return bytes(result)


def read_varint(data, place):
    """The number at a place, and the place behind it.

    Raises:
        DataLossError: There is none, or it has more than 64 bits.
    """
    number = shift = 0
    while True:
        if place >= len(data) or shift > 63:
            raise DataLossError(f"bad variable-length integer at {place}")
        byte = data[place]
        place += 1
        number |= (byte & 127) << shift
        if byte < 128:
            return number, place
        shift += 7


# -- reading -------------------------------------------------------------------------------------------


def entries(data, where):
    """Yields the (key, value) pairs of a table in order.

    Args:
        data: The bytes of the file.
        where: What errors call it.

    Raises:
        DataLossError: The file is cut off or damaged.
    """
    if len(data) < _FOOTER or data[-8:] != MAGIC:
        raise DataLossError(f"{where}: not an index of a checkpoint (bad magic number), or cut off")
    place = len(data) - _FOOTER
    _, _, place = _handle(data, place)
    offset, size, _ = _handle(data, place)
    behind, last, budget = 0, None, _LARGEST_KEYS
    for _, handle in _block_entries(_block(data, offset, size, where), where):
        offset, size, _ = _handle(handle, 0)
        if offset < behind:  # blocks that overlap would let a small file unfold to a large one
            raise DataLossError(f"{where}: blocks overlap at {offset}")
        behind = offset + size
        for key, value in _block_entries(_block(data, offset, size, where), where):
            budget -= len(key)
            if (last is not None and key <= last) or budget < 0:
                raise DataLossError(f"{where}: keys out of order or too long in the block at {offset}")
            last = key
            yield key, value


def _handle(data, place):
    offset, place = read_varint(data, place)
    size, place = read_varint(data, place)
    return offset, size, place


def _block(data, offset, size, where):
    """The contents of a block."""
    end = offset + size
    if end + _TRAILER > len(data):
        raise DataLossError(f"{where}: block at {offset} of {size} bytes lies outside of the file")
    if masked(bytes(data[offset : end + 1])) != _UINT32.unpack_from(data, end + 1)[0]:
        raise DataLossError(f"{where}: block checksum mismatch at {offset}")
    contents = bytes(data[offset:end])
    if data[end] == 1:
        return snappy.uncompress(contents)
    if data[end]:
        raise DataLossError(f"{where}: block at {offset} has unknown compression {data[end]}")
    return contents


def _block_entries(contents, where):
    if len(contents) < 4:
        raise DataLossError(f"{where}: block of {len(contents)} bytes")
    end = len(contents) - 4 * (1 + _UINT32.unpack_from(contents, len(contents) - 4)[0])
    if end < 0:
        raise DataLossError(f"{where}: block with impossible restarts")
    place, key, budget = 0, b"", _LARGEST_KEYS
    while place < end:
        shared, place = read_varint(contents, place)
        unshared, place = read_varint(contents, place)
        length, place = read_varint(contents, place)
        value = place + unshared
        budget -= shared + unshared
        if shared > len(key) or value + length > end or budget < 0:
            raise DataLossError(f"{where}: bad entry in block")
        key = key[:shared] + contents[place:value]
        place = value + length
        yield key, contents[value:place]


# -- writing -------------------------------------------------------------------------------------------


def table(pairs):
    """The bytes of a table.

    Args:
        pairs: (key, value) pairs of bytes, keys ascending.
    """
    result, handles, block = bytearray(), [], _Block(_RESTART)
    for key, value in pairs:
        block.add(key, value)
        if block.size() >= _BLOCK_BYTES:
            handles.append((key, _store(result, block)))
            block = _Block(_RESTART)
    if not block.empty() or not handles:
        last = block.last
        handles.append((_successor(last), _store(result, block)))
    metaindex = _store(result, _Block(_RESTART))
    index = _Block(1)
    for key, handle in handles:
        index.add(key, handle)
    footer = metaindex + _store(result, index)
    result += footer + bytes(40 - len(footer)) + MAGIC
    return bytes(result)


class _Block:
    """A block being written."""

    def __init__(self, interval):
        self._interval, self._data, self._restarts = interval, bytearray(), [0]
        self._count, self.last = 0, b""

    def add(self, key, value):
        shared = 0
        if self._count == self._interval:
            self._restarts.append(len(self._data))
            self._count = 0
        elif self._data:
            shared = _common(self.last, key)
        self._count += 1
        self._data += varint(shared) + varint(len(key) - shared) + varint(len(value)) + key[shared:] + value
        self.last = key

    def empty(self):
        return not self._data

    def size(self):
        return len(self._data) + 4 * (len(self._restarts) + 1)

    def contents(self):
        restarts = [*self._restarts, len(self._restarts)]
        return bytes(self._data) + struct.pack(f"<{len(restarts)}I", *restarts)


def _common(a, b):
    size = min(len(a), len(b))
    if a[:size] == b[:size]:
        return size
    return next(i for i in range(size) if a[i] != b[i])


def _successor(key):
    """The shortest key that is not before `key`."""
    for i, byte in enumerate(key):
        if byte != 0xFF:
            return key[:i] + bytes([byte + 1])
    return key


def _store(result, block):
    """Appends a block; its handle."""
    contents = block.contents()
    handle = varint(len(result)) + varint(len(contents))
    stored = contents + b"\0"
    result += stored + _UINT32.pack(masked(stored))
    return handle
