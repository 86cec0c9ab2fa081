"""`Dataset.counter`: numbers without end."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.specs import TensorSpec
from tapeflow.core.data.cursor import ColumnCursor
from tapeflow.core.data.dataset import INFINITE, DatasetV2
from tapeflow.core.values.convert import convert


class _Counting(ColumnCursor):
    """start, start + step, …"""

    def __init__(self, start, step):
        super().__init__()
        self._start, self._step, self._place = start, step, 0

    def fetch(self, n):
        places = np.arange(self._place, self._place + n).astype(self._start.dtype)
        self._place += n
        return (self._start + self._step * places,)

    def mark(self):
        return self._place

    def reset(self, mark):
        self._place = int(mark)


class _CounterDataset(DatasetV2):
    """Numbers without end."""

    __slots__ = ()

    def __init__(self, start, step, dtype):
        dtype = dtypes.as_dtype(dtype)
        self.arguments = convert(start, dtype=dtype), convert(step, dtype=dtype)
        self._spec = TensorSpec([], dtype)

    def make_cursor(self, start):
        return _Counting(*map(start.host, self.arguments))

    def count(self, start):
        return INFINITE
