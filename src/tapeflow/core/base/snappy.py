"""Snappy's block format, read only: old tables may be compressed with it."""

from tapeflow.core.base.errors import DataLossError

_MOST = 64  # bytes that one byte of input can stand for, and a little more


def uncompress(data):
    """The uncompressed bytes.

    Raises:
        DataLossError: The data is damaged.
    """
    size, place = _length(data)
    if size > _MOST * len(data):
        raise DataLossError(f"snappy: {len(data)} bytes cannot stand for {size}")
    result = bytearray()
    while place < len(data):
        tag = data[place]
        kind, place = tag & 3, place + 1
        if kind == 0:
            count, place = _literal(data, tag >> 2, place)
            result += data[place : place + count]
            place += count
        else:
            extra = (0, 1, 2, 4)[kind]
            offset = int.from_bytes(data[place : place + extra], "little") | (tag >> 5 << 8 if kind == 1 else 0)
            count = (tag >> 2 & 7) + 4 if kind == 1 else (tag >> 2) + 1
            place += extra
            _copy(result, offset, count)
        if len(result) > size:
            break
    if len(result) != size or place > len(data):
        raise DataLossError("snappy: damaged block")
    return bytes(result)


def _length(data):
    size = 0
    for place in range(min(5, len(data))):
        size |= (data[place] & 127) << 7 * place
        if data[place] < 128:
            return size, place + 1
    raise DataLossError("snappy: damaged length")


def _literal(data, count, place):
    if count < 60:
        return count + 1, place
    extra = count - 59
    return int.from_bytes(data[place : place + extra], "little") + 1, place + extra


def _copy(result, offset, count):
    if not 0 < offset <= len(result):
        raise DataLossError("snappy: copy from outside of the block")
    start = len(result) - offset
    if offset >= count:
        result += result[start : start + count]
        return
    piece = bytes(result[start:])  # the copy repeats itself
    result += (piece * (count // offset + 1))[:count]
