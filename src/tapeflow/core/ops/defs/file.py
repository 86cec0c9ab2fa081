"""Whole files: reading, writing, finding."""

import os
import random
import tempfile
import threading

import numpy as np

from tapeflow.core.base import local_files
from tapeflow.core.base.byte_strings import arranged, listed
from tapeflow.core.base.errors import InvalidArgumentError, NotFoundError
from tapeflow.core.base.record_file import records
from tapeflow.core.base.shared import Shared
from tapeflow.core.ops.op import op


def _scalar(x, what):
    if isinstance(x, bytes):
        return x
    if x.ndim:
        shape = str(list(x.shape)).replace(" ", "")
        raise InvalidArgumentError(f"{what} tensor must be scalar, but had shape: {shape}")
    return x[()]


def _read(filename):
    return arranged([local_files.read(_scalar(filename, "Input filename"))], ())


def _write(filename, contents):
    local_files.write(_scalar(filename, "Input filename"), _scalar(contents, "Contents"))
    return ()


def _matching(pattern):
    if np.ndim(pattern) > 1:
        shape = str(list(pattern.shape)).replace(" ", "")
        raise InvalidArgumentError(f"Input patterns tensor must be scalar or vector, but had shape: {shape}")
    found = sorted(path for one in listed(pattern) for path in local_files.matching(one))
    return arranged(found, (len(found),))


read_file = op(
    "ReadFile", "filename: string -> contents: string", kernel=_read, grad=None, elementwise=False, stateful=True,
    shape=lambda shapes, attrs: [()], samples=lambda draw: (os.devnull,), doc="The bytes of a file.",
)  # fmt: skip
write_file = op(
    "WriteFile", "filename: string, contents: string ->", kernel=_write, grad=None, stateful=True,
    shape=lambda shapes, attrs: [], samples=lambda draw: (os.path.join(tempfile.gettempdir(), "tapeflow-sample"), "a"),
    doc="Writes a file; makes its directory if there is none.",
)  # fmt: skip
matching_files = op(
    "MatchingFiles", "pattern: string -> filenames: string", kernel=_matching, grad=None, elementwise=False,
    stateful=True, shape=lambda shapes, attrs: [(None,)], samples=lambda draw: ([os.devnull],),
    doc="The files that a pattern, or any of several, matches, sorted.",
)  # fmt: skip


# -- names of files in pieces --------------------------------------------------------------------------


def _number(x, what):
    if np.ndim(x):
        raise InvalidArgumentError(f"{what} must be a scalar, got shape {list(np.shape(x))}")
    return int(x)


sharded_filename = op(
    "ShardedFilename", "basename: string, shard: int32, num_shards: int32 -> filename: string", grad=None,
    kernel=lambda basename, shard, num_shards: arranged(
        [b"%b-%05d-of-%05d" % (_scalar(basename, "Name"), _number(shard, "Shard"), _number(num_shards, "Count"))], ()
    ),
    shape=lambda shapes, attrs: [()], samples=lambda draw: ("model", 1, 2),
)  # fmt: skip
sharded_filespec = op(
    "ShardedFilespec", "basename: string, num_shards: int32 -> filename: string", grad=None,
    kernel=lambda basename, num_shards: arranged(
        [b"%b-?????-of-%05d" % (_scalar(basename, "Basename"), _number(num_shards, "num_shards"))], ()
    ),
    shape=lambda shapes, attrs: [()], samples=lambda draw: ("model", 2),
)  # fmt: skip


# -- records -------------------------------------------------------------------------------------------


class _Records:
    """The records of some files over and over, each time in another order, as many at a time as are asked for."""

    def __init__(self, pattern, seed, compression):
        self._pattern, self._random, self._compression = pattern, random.Random(seed), compression
        self._waiting, self._lock = [], threading.Lock()

    def take(self, count):
        """The next records."""
        with self._lock:
            while len(self._waiting) < count:
                self._waiting += self._epoch()
            found, self._waiting = self._waiting[:count], self._waiting[count:]
        return found

    def _epoch(self):
        paths = sorted(local_files.matching(self._pattern))
        found = [one for path in paths for one in records(path, self._compression)]
        if not found:
            raise NotFoundError(f"Found no records in files that match {self._pattern!r}")
        self._random.shuffle(found)
        return found


_inputs = Shared()


def _record_input(*, batch_size, file_pattern, file_random_seed, compression_type, **attrs):
    key = repr((file_pattern, file_random_seed, batch_size, compression_type))
    source = _inputs.always("", key, lambda: _Records(file_pattern, file_random_seed, compression_type))
    return arranged(source.take(batch_size), (batch_size,))


record_input = op(
    "RecordInput",
    "*, file_pattern: string, file_random_seed: int = 301, file_shuffle_shift_ratio: float = 0.0, "
    "file_buffer_size: int = 10000, file_parallelism: int = 16, batch_size: int = 32, compression_type: string = '' "
    "-> records: string",
    kernel=_record_input, grad=None, stateful=True, shape=lambda shapes, attrs: [(attrs["batch_size"],)], samples=[],
    doc="Records of files in random order, over and over; the order is not TensorFlow's.",
)  # fmt: skip
