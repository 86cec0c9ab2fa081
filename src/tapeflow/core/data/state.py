"""Where an iterator is, as bytes for checkpoints and back. No code is run by reading them."""

import json
import struct
import zlib

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.errors import DataLossError, UnimplementedError
from tapeflow.core.base.messages import message
from tapeflow.core.base.tensor_message import array_of_message, serialized
from tapeflow.core.data.storage import spec_from_json, spec_to_json
from tapeflow.core.data.structure import composite_of, tensors_of
from tapeflow.core.values.tensor import EagerTensor

_HEAD = struct.Struct("<I")


def to_bytes(state):
    """A cursor's state as bytes."""
    blobs = []
    text = json.dumps(_plain(state, blobs)).encode()
    parts = [_HEAD.pack(len(text)), text]
    for blob in blobs:
        parts += [_HEAD.pack(len(blob)), blob]
    body = b"".join(parts)
    return _HEAD.pack(zlib.crc32(body)) + body


def _plain(x, blobs):
    """The state with arrays and composites replaced by their places among the blobs."""
    if x is None or isinstance(x, (bool, int, float, str)):
        return x
    if isinstance(x, dict):
        return {"d": {key: _plain(value, blobs) for key, value in x.items()}}
    if isinstance(x, (list, tuple)):
        return {"l": [_plain(value, blobs) for value in x]}
    if isinstance(x, bytes):
        blobs.append(x)
        return {"b": len(blobs) - 1}
    if isinstance(x, (np.ndarray, np.generic)):
        dtype = dtypes.string if x.dtype == object else dtypes.from_numpy(x.dtype)
        blobs.append(serialized(np.asarray(x), dtype))
        return {"a": len(blobs) - 1}
    if isinstance(x, EagerTensor) and not x.dtype.is_opaque:
        return {"t": [_plain(x.host, blobs), x.dtype.name]}
    if hasattr(x, "_type_spec") and not hasattr(x, "inputs"):
        return {"c": [spec_to_json(x._type_spec), [_plain(t.host, blobs) for t in tensors_of(x)]]}
    raise UnimplementedError(
        f"saving an iterator that holds a {type(x).__name__} between elements",
        hint="save where no window or group is open, or shuffle before windows are made",
    )


def from_bytes(data):
    """The state of bytes.

    Raises:
        DataLossError: They are no state.
    """
    if len(data) < 8 or _HEAD.unpack_from(data)[0] != zlib.crc32(data[4:]):
        raise DataLossError("this is no state of an iterator, or a damaged one: its checksum does not match")
    try:
        pieces, place = [], 4
        while place < len(data):
            (size,) = _HEAD.unpack_from(data, place)
            pieces.append(data[place + 4 : place + 4 + size])
            if len(pieces[-1]) != size:
                raise DataLossError("an iterator's state is cut off")
            place += 4 + size
        return _rebuilt(json.loads(pieces[0]), pieces[1:])
    except (struct.error, ValueError, IndexError, KeyError, TypeError) as error:
        raise DataLossError(f"this is no state of an iterator: {error}") from error


def _rebuilt(x, blobs):
    if not isinstance(x, dict):
        return x
    ((kind, value),) = x.items()
    if kind == "d":
        return {key: _rebuilt(one, blobs) for key, one in value.items()}
    if kind == "l":
        return [_rebuilt(one, blobs) for one in value]
    if kind == "b":
        return blobs[value]
    if kind == "a":
        array = array_of_message(message("TensorProto").FromString(blobs[value]))
        return array[()] if array.ndim == 0 and array.dtype != object else array
    if kind == "t":
        return EagerTensor(_rebuilt(value[0], blobs), dtypes.as_dtype(value[1]))
    spec, parts = value
    return composite_of(spec_from_json(spec), [_rebuilt(one, blobs) for one in parts])
