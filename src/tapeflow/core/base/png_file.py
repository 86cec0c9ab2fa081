"""PNG files (ISO 15948), read and written: chunks and sums here, Pillow undoes the filters.

The pixels are inflated here, so that a file that ends too early or whose sum is wrong is found out; Pillow gets them
again as a stream that is stored, not packed, which costs it no time.
"""

import struct
import zlib

import numpy as np

MAGIC = b"\x89PNG\r\n\x1a\n"
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
# Column and row of the first pixel of each pass of an interlaced image, and the steps to the next.
_PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
# How Pillow reads rows of so many bits a pixel, as bytes: (mode, raw mode).
_BYTES = {8: ("L", "L"), 16: ("LA", "LA"), 24: ("RGB", "RGB"), 32: ("RGBA", "RGBA")}
_GRAYS = {1: ("1", "1"), 2: ("L", "L;2"), 4: ("L", "L;4")}
_INDICES = {1: ("P", "P;1"), 2: ("P", "P;2"), 4: ("P", "P;4")}


class BadPng(ValueError):
    """The bytes are no such file."""


class Png:
    """A file's chunks, checked, its pixels still packed.

    Attributes:
        width, height, depth, color: Of the header; `color` is the standard's color type.
        palette: uint8 [256, 3], or None.
        clear: The content of the chunk `tRNS`, or None.
    """

    def __init__(self, data):
        if len(data) < 33 or data[12:16] != b"IHDR":
            raise BadPng("no header")
        self.palette, self.clear, self._packed = None, None, []
        self._data, place, ended, last = data, len(MAGIC), False, b""
        while not ended:
            kind, content, place = self._chunk(place)
            if kind == b"IHDR":
                self._read_header(content, last)
            elif kind == b"IDAT":
                if last != b"IDAT" and self._packed:
                    raise BadPng("the pixels are in two places")
                self._packed.append(content)
            elif kind == b"PLTE":
                self._read_palette(content)
            elif kind == b"tRNS" and content is not None and not self._packed:
                self.clear = content if self.clear is None else self.clear
            elif kind == b"IEND":
                ended = True
            elif not kind[0] & 0x20:
                raise BadPng(f"an unknown critical chunk {kind!r}")
            last = kind
        self._check_transparency()

    def _chunk(self, place):
        """(kind, content, place of the next); the content of an optional chunk with a wrong sum is None."""
        data = self._data
        if place + 12 > len(data):
            raise BadPng("the file is cut off")
        length, kind = struct.unpack_from(">I4s", data, place)
        end = place + 8 + length
        if end + 4 > len(data):
            raise BadPng("the file is cut off")
        if not kind.isalpha():
            raise BadPng(f"a chunk is called {kind!r}")
        content = data[place + 8 : end]
        if zlib.crc32(content, zlib.crc32(kind)) != int.from_bytes(data[end : end + 4], "big"):
            if not kind[0] & 0x20:
                raise BadPng(f"chunk {kind.decode()}: wrong checksum")
            content = None
        return kind, content, end + 4

    def _read_header(self, content, last):
        if last or len(content) != 13:
            raise BadPng("a second header, or one of another size")
        self.width, self.height, self.depth, self.color, packing, filtering, interlaced = struct.unpack(
            ">IIBBBBB", content
        )
        if self.depth not in _DEPTHS.get(self.color, ()) or packing or filtering or interlaced > 1:
            raise BadPng(f"color type {self.color}, {self.depth} bits, methods {packing}, {filtering}, {interlaced}")
        self.channels, self.interlaced = _CHANNELS[self.color], bool(interlaced)

    def _read_palette(self, content):
        if self.palette is not None or self._packed or self.color in (0, 4):
            if self.color == 3:
                raise BadPng("a second palette, or one behind the pixels")
            return
        if not content or len(content) % 3 or len(content) > 768:
            if self.color == 3:
                raise BadPng("a palette without whole colours")
            return
        colors = content[: 3 << self.depth] if self.color == 3 else content
        self.palette = np.frombuffer(colors.ljust(768, b"\0"), np.uint8).reshape(256, 3)
        self._colors = len(colors) // 3

    def _check_transparency(self):
        if self.color == 3 and self.palette is None:
            raise BadPng("no palette")
        if self.clear is None:
            return
        if self.color == 3:
            is_right = 0 < len(self.clear) <= self._colors
        else:
            is_right = len(self.clear) == {0: 2, 2: 6}.get(self.color)
        self.clear = self.clear if is_right else None

    # -- pixels --------------------------------------------------------------------------------------

    def row_bytes(self, width):
        """How many bytes so many pixels of a row take, before packing."""
        return (width * self.channels * self.depth + 7) // 8

    def size(self):
        """How many bytes the rows take before packing, each with the number of its filter."""
        if not self.interlaced:
            return self.height * (1 + self.row_bytes(self.width))
        sizes = ((-(-(self.width - x) // dx), -(-(self.height - y) // dy)) for x, y, dx, dy in _PASSES)
        return sum(height * (1 + self.row_bytes(width)) for width, height in sizes if width > 0 and height > 0)

    def packed_bytes(self):
        """How many bytes the packed pixels are."""
        return sum(map(len, self._packed))

    def rows(self):
        """The filtered rows."""
        machine, need = zlib.decompressobj(), self.size()
        try:
            found = machine.decompress(b"".join(self._packed), need)
            # A sum is there only if the rows end where they should; more rows are left alone.
            more = b"" if machine.eof else machine.decompress(machine.unconsumed_tail, 1)
        except zlib.error as error:
            raise BadPng(str(error)) from error
        if len(found) < need or not (machine.eof or more):
            raise BadPng("the pixels end too early")
        return found

    def pixels(self, wide):
        """Channels as they stand in the file, [height, width, channels].

        uint8; of 16 bits the upper 8 unless `wide`, else uint16. Grey of fewer bits is scaled to 8, indices are not.
        """
        stored = zlib.compress(self.rows(), 0)
        if self.depth < 8:
            return self._read(stored, *(_GRAYS if self.color == 0 else _INDICES)[self.depth])[..., None]
        if self.depth == 8:
            return self._read(stored, *_BYTES[8 * self.channels]).reshape(self.height, self.width, self.channels)
        if self.channels < 3:
            both = self._read(stored, *_BYTES[16 * self.channels]).reshape(self.height, self.width, self.channels, 2)
            return both.view(">u2")[..., 0].astype(np.uint16) if wide else both[..., 0]
        mode = "RGB" if self.channels == 3 else "RGBA"
        upper = self._read(stored, mode, f"{mode};16B")
        if not wide:
            return upper
        return upper.astype(np.uint16) << 8 | self._read(stored, mode, f"{mode};16L")

    def _read(self, stored, mode, raw_mode):
        from PIL import Image  # lazy: Pillow is only needed by those who read images

        try:
            image = Image.frombytes(mode, (self.width, self.height), stored, "zip", (raw_mode, self.interlaced))
        except ValueError as error:
            raise BadPng(f"a row has no known filter ({error})") from error
        if mode == "1":
            image = image.convert("L")
        shape = (self.height, self.width, len(mode)) if mode in ("LA", "RGB", "RGBA") else (self.height, self.width)
        return np.frombuffer(image.tobytes(), np.uint8).reshape(shape)

    def alpha(self, pixels):
        """What the chunk `tRNS` says of grey or coloured pixels of the file's full depth: alpha of their dtype."""
        clear = np.array(struct.unpack(f">{self.channels}H", self.clear), np.int64) & ((1 << self.depth) - 1)
        if self.depth < 8:
            clear = clear * 255 // ((1 << self.depth) - 1)
        full = np.iinfo(pixels.dtype).max
        return np.where((pixels == clear).all(-1, keepdims=True), 0, full).astype(pixels.dtype)

    def colors_of(self, indices):
        """The colours [..., 3], or with alpha [..., 4], of indices [height, width, 1]."""
        table = self.palette
        if self.clear is not None:
            alpha = np.full((256, 1), 255, np.uint8)
            alpha[: len(self.clear), 0] = np.frombuffer(self.clear, np.uint8)
            table = np.concatenate([table, alpha], 1)
        return table[indices[..., 0]]


def encode(pixels, compression):
    """The file of uint8 or uint16 pixels [height, width, 1 to 4]."""
    height, width, channels = pixels.shape
    depth = 8 * pixels.dtype.itemsize
    rows = np.ascontiguousarray(pixels.astype(">u2") if depth == 16 else pixels).reshape(height, -1).view(np.uint8)
    step = channels * depth // 8
    lines = np.empty((height, rows.shape[1] + 1), np.uint8)
    lines[:, 0] = 1  # filter Sub: differences to the pixel before
    lines[:, 1:] = rows
    lines[:, 1 + step :] -= rows[:, :-step]

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    color = {1: 0, 2: 4, 3: 2, 4: 6}[channels]
    header = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, 0)
    packed = zlib.compress(lines.tobytes(), compression)
    return MAGIC + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
