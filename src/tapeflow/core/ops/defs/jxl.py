"""JPEG XL pictures: told from others, and refused."""

import numpy as np

from tapeflow.core.base.byte_strings import listed
from tapeflow.core.base.errors import InvalidArgumentError, UnimplementedError
from tapeflow.core.ops.op import op

_STARTS = (b"\xff\x0a", b"\0\0\0\x0cJXL \r\n\x87\n")


def _decode(contents, *, channels, dtype):
    data = listed(np.asarray(contents, object))[0]
    if not data.startswith(_STARTS):
        raise InvalidArgumentError(
            "Unknown image file format. One of JPEG, JPEG XL, PNG, GIF, BMP, WebP required."
        )
    raise UnimplementedError(
        "JPEG XL pictures are not decoded: no library for them is part of TapeFlow", hint="convert them to PNG or WebP"
    )


decode_jxl = op(
    "DecodeJxl", "contents: string, *, channels: int = 0, dtype: type = uint8 -> image: dtype", dtype="uint8",
    kernel=_decode, grad=None, shape=lambda shapes, attrs: [(None, None, attrs["channels"] or None)], samples=[],
    doc="Refuses JPEG XL pictures.",
)  # fmt: skip
