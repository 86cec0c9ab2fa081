"""TFRecord files: records one after the other, each with its length and two masked CRC-32C sums.

    uint64 length, uint32 sum of the length, the data, uint32 sum of the data       (little-endian)
"""

import struct
import zlib
from functools import cache

from tapeflow.core.base import local_files
from tapeflow.core.base.errors import DataLossError, FailedPreconditionError

_HEAD, _SUM = struct.Struct("<QI"), struct.Struct("<I")
_LENGTH = struct.Struct("<Q")
CHUNK = 1 << 18
LARGEST = 1 << 31  # a length beyond this is damage, whatever its sum says


@cache
def _crc():
    import google_crc32c  # lazy: only record files and checkpoints need checksums

    return google_crc32c.value


def masked(data):
    """The CRC-32C of bytes, rotated and shifted as record files have it."""
    return masked_value(_crc()(data))


def masked_value(crc):
    """A sum, rotated and shifted."""
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def extended(crc, data):
    """The CRC-32C of what `crc` is the sum of and of `data` behind it."""
    import google_crc32c  # lazy: as above

    return google_crc32c.extend(crc, data)


def framed(data):
    """One record as it stands in a file."""
    length = _LENGTH.pack(len(data))
    return b"".join((length, _SUM.pack(masked(length)), data, _SUM.pack(masked(data))))


_BITS = {"GZIP": 31, "ZLIB": 15}


class TFRecordOptions:
    """How a record file is compressed.

    Args:
        compression_type: `"GZIP"`, `"ZLIB"`, or `""` or None for not at all.
        compression_level: From 0 to 9; -1 for zlib's own choice.
        flush_mode, input_buffer_size, output_buffer_size, window_bits, compression_method, mem_level,
            compression_strategy: Of zlib; accepted.

    Raises:
        ValueError: There is no such compression.
    """

    compression_type_map = {1: "ZLIB", 2: "GZIP", 0: ""}

    def __init__(
        self, compression_type=None, flush_mode=None, input_buffer_size=None, output_buffer_size=None, window_bits=None,
        compression_level=None, compression_method=None, mem_level=None, compression_strategy=None,
    ):  # fmt: skip
        self.get_compression_type_string(compression_type)
        self.compression_type = compression_type
        self.flush_mode, self.window_bits, self.compression_level = flush_mode, window_bits, compression_level
        self.input_buffer_size, self.output_buffer_size = input_buffer_size, output_buffer_size
        self.compression_method, self.mem_level = compression_method, mem_level
        self.compression_strategy = compression_strategy

    @classmethod
    def get_compression_type_string(cls, options):
        """Returns the name of the compression that options, its name or its number stand for."""
        if not options:
            return ""
        if isinstance(options, TFRecordOptions):
            return cls.get_compression_type_string(options.compression_type)
        if options in cls.compression_type_map:
            return cls.compression_type_map[options]
        if options in cls.compression_type_map.values():
            return options
        raise ValueError(f'Not a valid compression_type: "{options}"')


class TFRecordWriter:
    """Writes a record file.

    Args:
        path: The file; what was there is lost.
        options: A `TFRecordOptions` or the name of a compression.

    >>> import os, tempfile
    >>> path = os.path.join(tempfile.mkdtemp(), "a.tfrecord")
    >>> with tf.io.TFRecordWriter(path) as writer:
    ...     writer.write(b"one record")
    """

    def __init__(self, path, options=None):
        kind = TFRecordOptions.get_compression_type_string(options)
        level = getattr(options, "compression_level", None)
        self._path = path
        with local_files.told(path):
            self._file = local_files.opened(path, "wb")
        self._machine = zlib.compressobj(-1 if level is None else level, zlib.DEFLATED, _BITS[kind]) if kind else None

    def write(self, record):
        """Adds a record: bytes, or text."""
        if self._file is None:
            raise FailedPreconditionError("Writer is closed.")
        if not isinstance(record, (bytes, str)):
            raise TypeError(f"write(): a record is bytes, not {type(record).__name__}")
        frame = framed(record.encode() if isinstance(record, str) else record)
        with local_files.told(self._path):
            self._file.write(frame if self._machine is None else self._machine.compress(frame))

    def flush(self):
        """Hands what was written to the operating system."""
        if self._file is None:
            raise FailedPreconditionError("Writer is closed.")
        with local_files.told(self._path):
            if self._machine is not None:
                self._file.write(self._machine.flush(zlib.Z_SYNC_FLUSH))
            self._file.flush()

    def close(self):
        """Ends the file; a second time does nothing."""
        if self._file is None:
            return
        file, self._file = self._file, None
        with local_files.told(self._path), file:
            if self._machine is not None:
                file.write(self._machine.flush())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


# -- reading -------------------------------------------------------------------------------------------


def records(path, compression_type=""):
    """Yields the records of a file.

    Args:
        path: The file.
        compression_type: `"GZIP"`, `"ZLIB"` or `""`.

    Raises:
        DataLossError: The file is cut off or damaged; the records before come first.
    """
    kind = TFRecordOptions.get_compression_type_string(compression_type)
    pieces = _pieces(path) if not kind else _inflated(_pieces(path), _BITS[kind], path)
    held, place, offset, size = b"", 0, 0, _HEAD.size
    for piece in pieces:
        held, offset, place = held[place:] + piece, offset + place, 0
        while len(held) - place >= size:
            length, check = _HEAD.unpack_from(held, place)
            if masked(held[place : place + 8]) != check or length > LARGEST:
                raise _damaged(path, offset + place)
            end = place + size + length
            if len(held) < end + 4:
                break
            data = held[place + size : end]
            if masked(data) != _SUM.unpack_from(held, end)[0]:
                raise _damaged(path, offset + place)
            yield data
            place = end + 4
    if place < len(held):
        raise DataLossError(f"truncated record at {offset + place}", hint=f"{local_files.shown(path)} is cut off")


def _damaged(path, place):
    return DataLossError(f"corrupted record at {place}", hint=f"{local_files.shown(path)} is damaged")


def _pieces(path):
    with local_files.told(path), local_files.opened(path, "rb") as file:
        size = CHUNK
        while piece := file.read(size):
            yield piece
            size = min(2 * size, 1 << 24)  # a long record is not copied over and over


def _inflated(pieces, bits, path):
    """The decompressed bytes; a gzip file of several members reads as one."""
    machine = zlib.decompressobj(bits)
    for piece in pieces:
        while piece:
            try:
                data = machine.decompress(piece, 1 << 22)
            except zlib.error as error:
                words = str(error).rpartition(": ")[2]
                raise DataLossError(f"inflate() failed with error -3: {words}", hint=local_files.shown(path)) from error
            if data:
                yield data
            piece = machine.unconsumed_tail
            if machine.eof:
                piece = machine.unused_data
                machine = zlib.decompressobj(bits)
