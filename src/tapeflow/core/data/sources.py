"""Datasets of tensors and of numbers."""


from tapeflow.core.base import dtypes, nest
from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.base.specs import TensorSpec
from tapeflow.core.data import structure
from tapeflow.core.data.cursor import Access, Cursor, indices
from tapeflow.core.data.dataset import INFINITE, UNKNOWN, DatasetV2, known, number
from tapeflow.core.values.extension_type import BatchableExtensionTypeSpec, batch_encoder
from tapeflow.core.values.symbol import Symbol
from tapeflow.core.values.tensor import Tensor


class Once(Cursor):
    """One element."""

    def __init__(self, leaves):
        self._leaves, self._done = leaves, False

    def next(self):
        if self._done:
            return None
        self._done = True
        return self._leaves

    def save(self):
        return {"done": self._done}

    def restore(self, state):
        self._done = bool(state["done"])


class _Source(DatasetV2):
    """A dataset that holds tensors."""

    __slots__ = ()

    def __init__(self, tensors):
        value = structure.normalized(tensors)
        self._value = value
        self._leaves = structure.flatten(value)
        self.arguments = tuple(t for leaf in self._leaves for t in structure.tensors_of(leaf))
        self.inputs = tuple(x for x in self._leaves if isinstance(x, DatasetV2))

    def leaves(self, start):
        """The leaves with the values of one run."""
        return tuple([self._leaf(x, start) for x in self._leaves])

    @staticmethod
    def _leaf(x, start):
        if isinstance(x, Tensor):
            return start.host(x)
        parts = structure.tensors_of(x)
        if not any(type(t) is Symbol for t in parts):
            return x
        spec = x._type_spec
        return structure.composite_of(spec, [start.host(t) for t in parts])


class _TensorDataset(_Source):
    """One element."""

    __slots__ = ()

    def __init__(self, tensors):
        super().__init__(tensors)
        if not self._leaves:
            raise InvalidArgumentError(
                "from_tensors: Length for attr 'Toutput_types' of 0 must be at least minimum 1: there are no tensors"
            )
        self._spec = structure.spec_of(self._value)

    def make_cursor(self, start):
        return Once(self.leaves(start))

    def count(self, start):
        return 1


class _TensorSliceDataset(_Source):
    """The rows of tensors."""

    __slots__ = ()

    def __init__(self, tensors):
        super().__init__(tensors)
        if not self._leaves:
            raise ValueError("Invalid `tensors`. Empty structure.")
        spec = structure.spec_of(self._value)
        self._spec = structure.map_leaves(lambda s: s._unbatch(), spec)
        sizes = [_rows(x) for x in self._leaves]
        for size in sizes:
            if size is not None and sizes[0] is not None and size != sizes[0]:
                raise ValueError(f"Dimensions {sizes[0]} and {size} are not compatible")
        self._size = next((n for n in sizes if n is not None), None)
        self._is_dense = all(isinstance(x, Tensor) for x in self._leaves)

    def access(self, start):
        if not self._is_dense:
            return None
        columns = self.leaves(start)
        size = len(columns[0])
        if any(len(c) != size for c in columns):
            raise InvalidArgumentError(f"from_tensor_slices: first sizes differ: {[len(c) for c in columns]}")
        return Access(size, lambda index: tuple([c[index] for c in columns]))

    def make_cursor(self, start):
        from tapeflow.core.data.batches import Rows

        return Rows(self.leaves(start), structure.flatten(structure.spec_of(self._value)))

    def count(self, start):
        if self._size is not None:
            return self._size
        leaf = self.leaves(start)[0]
        return len(leaf) if hasattr(leaf, "__len__") else _rows(leaf) or UNKNOWN


def _rows(x):
    """The first size of a leaf, None if it is not known."""
    if x is None:
        return None
    spec = getattr(x, "_type_spec", None)
    if isinstance(spec, BatchableExtensionTypeSpec):
        return _rows(nest.flatten(batch_encoder(spec).encode(spec, x, minimum_rank=1))[0])
    shape = x.shape
    return shape[0] if shape.rank else None


class _RangeDataset(DatasetV2):
    """The numbers of a range."""

    __slots__ = ()

    def __init__(self, *args, **kwargs):
        output_type = dtypes.as_dtype(kwargs.pop("output_type", dtypes.int64))
        kwargs.pop("name", None)
        if kwargs:
            raise TypeError(f"Dataset.range() got an unexpected keyword argument '{next(iter(kwargs))}'")
        if not 1 <= len(args) <= 3:
            raise ValueError(f"Invalid `args`. The length of `args` should be between 1 and 3 but was {len(args)}.")
        first, *rest = args
        start, stop, step = (0, first, 1) if not rest else (first, rest[0], rest[1] if len(rest) > 1 else 1)
        self.arguments = tuple(map(number, (start, stop, step)))
        if known(self.arguments[2]) == 0:
            raise InvalidArgumentError("step must be a non-zero integer. [Op:RangeDataset]")
        self._dtype = output_type
        self._spec = TensorSpec([], output_type)

    def _limits(self, start):
        first, stop, step = map(start.number, self.arguments)
        return first, step, max(0, -((first - stop) // step))

    def access(self, start):
        first, step, count = self._limits(start)
        if self._dtype is dtypes.int64:
            return Access(count, lambda index: (first + step * indices(index),))
        kind = self._dtype.as_numpy_dtype
        return Access(count, lambda index: ((first + step * indices(index)).astype(kind),))

    def count(self, start):
        count = self._limits(start)[2]
        return INFINITE if start.number(self.arguments[1]) == dtypes.int64.max and count > 0 else count

