"""Safetensors files: tensors by name, mapped into memory instead of read.

    file = uint64 length of the header, header (JSON: name -> dtype, shape, data_offsets), data

The `safetensors` package checks what is read; values are mapped from the file.
"""

import json
import os
import tempfile
from dataclasses import dataclass

import ml_dtypes
import numpy as np

from tapeflow.core.base import dtypes, local_files
from tapeflow.core.base.errors import DataLossError, InvalidArgumentError, NotFoundError, UnimplementedError

ENDING = ".safetensors"
_DTYPES = {
    "F64": np.float64, "F32": np.float32, "F16": np.float16, "BF16": ml_dtypes.bfloat16, "I64": np.int64,
    "I32": np.int32, "I16": np.int16, "I8": np.int8, "U64": np.uint64, "U32": np.uint32, "U16": np.uint16,
    "U8": np.uint8, "BOOL": np.bool_, "C64": np.complex64, "F8_E4M3": ml_dtypes.float8_e4m3fn,
    "F8_E5M2": ml_dtypes.float8_e5m2,
}  # fmt: skip
_NAMES = {np.dtype(kind): name for name, kind in _DTYPES.items()}


def _package():
    try:
        import safetensors  # lazy: an extra
    except ModuleNotFoundError:
        raise UnimplementedError(
            "safetensors files need the package safetensors", hint="pip install tapeflow[safetensors]"
        ) from None
    return safetensors


@dataclass(slots=True, frozen=True)
class Entry:
    """Where a tensor is.

    Attributes:
        dtype: A `DType`.
        shape: A tuple of sizes.
        offset: The place of its first byte in the file.
    """

    dtype: dtypes.DType
    shape: tuple[int, ...]
    offset: int


class SafetensorsFile:
    """A safetensors file, opened for reading. Has the methods of a `Bundle` that readers use.

    Args:
        path: The file.

    Raises:
        NotFoundError: There is none.
        DataLossError: It is damaged.

    Attributes:
        entries: Name -> `Entry`, sorted by name.
    """

    def __init__(self, path):
        package = _package()
        self.prefix = path = os.fsdecode(local_files.local(path))
        with local_files.told(path):
            os.stat(path)
        try:
            with package.safe_open(path, framework="numpy"):  # checks the whole header
                pass
        except package.SafetensorError as error:
            raise DataLossError(f"{path}: {error}") from error
        with local_files.told(path), open(path, "rb") as file:
            size = int.from_bytes(file.read(8), "little")
            header = json.loads(file.read(size))
        header.pop("__metadata__", None)
        self.entries = {name: self._entry(name, header[name], 8 + size) for name in sorted(header)}

    def _entry(self, name, facts, start):
        kind = _DTYPES.get(facts["dtype"])
        if kind is None:
            raise UnimplementedError(f"{self.prefix}: {name} has the dtype {facts['dtype']}, which is not read")
        return Entry(dtypes.as_dtype(np.dtype(kind)), tuple(facts["shape"]), start + facts["data_offsets"][0])

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
        """The array of a tensor: a part of the file, which is read when it is looked at."""
        entry = self.entry(name)
        if 0 in entry.shape:
            return np.empty(entry.shape, entry.dtype.np)
        mapped = np.memmap(self.prefix, entry.dtype.np, "r", entry.offset, entry.shape or (1,))
        return mapped.view(np.ndarray).reshape(entry.shape)

    def close(self):
        """Does nothing: the file is open as long as arrays of it live."""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass


def write(path, tensors):
    """Writes a safetensors file, under another name first.

    Args:
        path: The file.
        tensors: Name -> tensor.

    Raises:
        InvalidArgumentError: A tensor is of strings or of another dtype that the format does not have.
    """
    place, header, offset = os.fsdecode(local_files.local(path)), {"__metadata__": {"format": "tf"}}, 0
    arrays = {name: np.ascontiguousarray(tensor.host).reshape(tensor.host.shape) for name, tensor in tensors.items()}
    # Wide elements first, so that all lie where their size asks for.
    for name in sorted(arrays, key=lambda name: (-arrays[name].dtype.itemsize, name)):
        kind = _NAMES.get(arrays[name].dtype)
        if kind is None:
            raise InvalidArgumentError(
                f"{name}: a safetensors file cannot hold {tensors[name].dtype.name}",
                hint="write a checkpoint of TensorFlow's format: a name without .safetensors",
            )
        end = offset + arrays[name].nbytes
        header[name] = {"dtype": kind, "shape": list(arrays[name].shape), "data_offsets": [offset, end]}
        offset = end
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    order = [name for name in header if name in arrays]
    with local_files.told(path):
        folder = os.path.dirname(os.path.abspath(place))
        os.makedirs(folder, exist_ok=True)
        number, temporary = tempfile.mkstemp(dir=folder, prefix=".tapeflow-")
        try:
            with os.fdopen(number, "wb") as file:
                file.write(len(text).to_bytes(8, "little") + text)
                for name in order:
                    file.write(arrays[name].reshape(-1).view(np.uint8))
                file.flush()
                os.fsync(file.fileno())
            mask = os.umask(0)
            os.umask(mask)
            os.chmod(temporary, 0o666 & ~mask)
            os.replace(temporary, place)
        except BaseException:
            os.unlink(temporary)
            raise
