"""Slices of tensors in a checkpoint: the keys they are stored under, and their text, `100 4 0,30:-`."""

from dataclasses import dataclass

from tapeflow.core.base.errors import InvalidArgumentError


@dataclass(slots=True, frozen=True)
class Slice:
    """A part of a tensor.

    Attributes:
        starts, sizes: Where the part begins and how long it is, a number for each dimension.
        extents: A (start, length) for each dimension as it is written in files; a full one may be (0, -1).
    """

    starts: tuple[int, ...]
    sizes: tuple[int, ...]
    extents: tuple[tuple[int, int], ...] = ()

    def overlap(self, other):
        """The part that both have, or None."""
        starts = tuple(map(max, self.starts, other.starts))
        ends = map(min, self.ends(), other.ends())
        sizes = tuple(end - start for end, start in zip(ends, starts, strict=True))
        return Slice(starts, sizes) if all(n > 0 for n in sizes) else None

    def ends(self):
        """Where the part ends, in each dimension."""
        return tuple(start + n for start, n in zip(self.starts, self.sizes, strict=True))

    def within(self, outer):
        """The Python slices that cut this part out of the array of `outer`."""
        return tuple(
            slice(start - base, start - base + n)
            for start, base, n in zip(self.starts, outer.starts, self.sizes, strict=True)
        )


def whole(shape):
    """The slice that is all of a tensor."""
    return Slice((0,) * len(shape), tuple(shape))


def from_extents(extents, shape):
    """The slice of (start, length) pairs; length -1 is all of a dimension. None if it lies outside of the shape."""
    if len(extents) != len(shape):
        return None
    starts = tuple(0 if n == -1 else start for start, n in extents)
    sizes = tuple(size if n == -1 else n for (_, n), size in zip(extents, shape, strict=True))
    result = Slice(starts, sizes, tuple(extents))
    fits = all(start >= 0 and n >= 0 for start, n in zip(starts, sizes, strict=True))
    return result if fits and all(map(int.__le__, result.ends(), shape)) else None


def from_text(text):
    """The full shape and the slice that text of an op stands for.

    Raises:
        InvalidArgumentError: The text says something else.

    >>> from_text("100 4 0,30:-")[1].sizes
    (30, 4)
    """
    try:
        *sizes, spec = text.split(" ")
        shape = tuple(int(n) for n in sizes)
        result = from_extents([_extent(part) for part in spec.split(":")], shape)
    except ValueError as error:
        raise InvalidArgumentError(f"Expected a shape and a slice such as '100 4 0,30:-', got {text!r}") from error
    if result is None:
        raise InvalidArgumentError(f"{text!r}: the slice does not lie in the shape")
    return shape, result


def _extent(text):
    if text == "-":
        return 0, -1
    start, n = text.split(",")
    return int(start), int(n)


_ESCAPES = {0: b"\0\xff", 255: b"\xff\0"}


# -- keys ----------------------------------------------------------------------------------------------


def key(name, part):
    """The key of a slice's own entry.

    Args:
        name: The tensor's name, bytes.
        part: The `Slice`.
    """
    extents = b"".join(_signed(start) + _signed(n) for start, n in part.extents)
    return _number(0) + _string(name) + _number(len(part.extents)) + extents


def _number(value):
    size = (value.bit_length() + 7) // 8
    return bytes([size]) + value.to_bytes(size, "big")


def _string(text):
    return b"".join(_ESCAPES.get(byte, bytes([byte])) for byte in text) + b"\0\1"


def _signed(value):
    size = 1
    while not -(1 << 7 * size - 1) <= value < 1 << 7 * size - 1:
        size += 1
    header = ((1 << size) - 1) << (8 * size - size)
    return ((value & (1 << 8 * size) - 1) ^ header).to_bytes(size, "big")
