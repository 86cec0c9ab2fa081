"""Checkpoints of TensorFlow's first format: one sorted table of slices of tensors.

The empty key has what there is: names, shapes, dtypes, slices. The other keys, made of a name and a slice, have the
elements.
"""

import numpy as np

from tapeflow.core.base import bundle_slices, dtypes, local_files, sorted_table
from tapeflow.core.base.errors import DataLossError, InvalidArgumentError, NotFoundError
from tapeflow.core.base.messages import message, read_message
from tapeflow.core.base.tensor_message import array_of_message

# dtype -> the field of a message that its elements are written in.
_FIELDS = {
    "float32": "float_val", "float64": "double_val", "string": "string_val", "bool": "bool_val", "int64": "int64_val",
    "complex64": "scomplex_val", "complex128": "dcomplex_val", "float16": "half_val",
    **dict.fromkeys("int32 int16 uint16 int8 uint8 qint32 qint8 quint8".split(), "int_val"),
}  # fmt: skip


def write(path, pieces):
    """Writes a checkpoint.

    Args:
        path: The file.
        pieces: (name, array, dtype, whole shape, `Slice` or None for all of it).

    Raises:
        InvalidArgumentError: The format has no place for a dtype.
    """
    meta, rows = message("SavedTensorSlices")(), {}
    meta.meta.versions.producer = 1
    facts = {}
    for name, array, dtype, shape, part in pieces:
        extents = ((0, -1),) * len(shape) if part is None else part.extents
        if name not in facts:
            facts[name] = meta.meta.tensor.add(name=name, type=dtype.as_datatype_enum)
            for n in shape:
                facts[name].shape.dim.add(size=n)
        row = message("SavedTensorSlices")()
        row.data.name = name
        for place in (facts[name].slice.add(), row.data.slice):
            for start, length in extents:
                place.extent.add(**({} if length == -1 else {"start": start, "length": length}))
        _put(row.data.data, np.asarray(array), dtype)
        spot = bundle_slices.Slice((0,) * len(shape), tuple(shape), tuple(extents))
        rows[bundle_slices.key(name.encode(), spot)] = row.SerializeToString()
    pairs = [(b"", meta.SerializeToString()), *sorted(rows.items())]
    local_files.write(path, sorted_table.table(pairs))


def _put(proto, array, dtype):
    field = _FIELDS.get(dtype.name)
    if field is None:
        raise InvalidArgumentError(f"Tensor slice serialization not implemented for dtype {dtype.name}")
    flat = array.ravel()
    if dtype.is_complex:
        flat = flat.view(np.float32 if dtype is dtypes.complex64 else np.float64)
    elif dtype is dtypes.float16:
        flat = flat.view(np.uint16)
    getattr(proto, field).extend(flat.tolist())


class SliceFile:
    """Checkpoint files of the first format, for reading.

    Args:
        pattern: A path, or a pattern of paths: the parts of one checkpoint.

    Raises:
        NotFoundError: There is no such file.
        DataLossError: A file is damaged, or something else.
    """

    def __init__(self, pattern):
        self._facts, self._rows = {}, {}
        paths = sorted(local_files.matching(pattern))
        if not paths:
            raise NotFoundError(
                "Unsuccessful TensorSliceReader constructor: Failed to find any matching files for "
                f"{_text(pattern)}"
            )
        for path in paths:
            for key, value in sorted_table.entries(local_files.read(path), _text(path)):
                found = read_message("SavedTensorSlices", value)
                if found is None:
                    raise DataLossError(f"{_text(path)}: an entry is no message of a checkpoint")
                if key:
                    self._rows[key] = found.data
                    continue
                for fact in found.meta.tensor:
                    known = self._facts.setdefault(fact.name, fact)
                    if known is not fact:
                        known.slice.extend(fact.slice)
        self._pattern = pattern

    def fact(self, name):
        """The dtype and the shape of a tensor.

        Raises:
            NotFoundError: There is none of that name.
        """
        fact = self._facts.get(name)
        if fact is None:
            raise NotFoundError(f'Tensor name "{name}" not found in checkpoint files {_text(self._pattern)}')
        return dtypes.as_dtype(fact.type), tuple(dim.size for dim in fact.shape.dim)

    def read(self, name, part=None):
        """A tensor, or a `Slice` of it.

        Raises:
            InvalidArgumentError: The file has no such part of it.
            DataLossError: What the file has is damaged.
        """
        dtype, shape = self.fact(name)
        wanted = part or bundle_slices.whole(shape)
        result = np.zeros(wanted.sizes, dtype.np or object)
        seen = 0
        for proto in self._facts[name].slice:
            extents = tuple((e.start, e.length if e.WhichOneof("has_length") else -1) for e in proto.extent)
            here = bundle_slices.from_extents(extents, shape)
            if here is None:
                raise DataLossError(f"tensor {name!r} has a slice that does not lie in its shape")
            common = here.overlap(wanted) if shape else here
            if common is None:
                continue
            array = self._elements(name, here, dtype)
            result[common.within(wanted)] = array[common.within(here)]
            seen += int(np.prod(common.sizes, dtype=np.int64))
        if seen < result.size:
            raise InvalidArgumentError(f"Error copying slice data: the file lacks a part of tensor {name!r}")
        return result

    def _elements(self, name, here, dtype):
        row = self._rows.get(bundle_slices.key(name.encode(), here))
        if row is None:
            raise DataLossError(f"tensor {name!r} has a slice without elements")
        count = int(np.prod(here.sizes, dtype=np.int64))
        values = getattr(row.data, _FIELDS.get(dtype.name, "tensor_content"))
        if len(values) != count * (2 if dtype.is_complex else 1):
            raise DataLossError(f"tensor {name!r} has {len(values)} elements in a slice of {count}")
        proto = message("TensorProto")()
        proto.CopyFrom(row.data)
        proto.dtype = dtype.as_datatype_enum
        for n in here.sizes:
            proto.tensor_shape.dim.add(size=n)
        return np.asarray(array_of_message(proto))


def _text(path):
    return path.decode("utf-8", "replace") if isinstance(path, bytes) else str(path)
