"""`tf.experimental.DynamicRaggedShape`: the shape of a ragged tensor, row lengths included."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.base.shapes import TensorShape
from tapeflow.core.ops.compose import array, creation, joining
from tapeflow.core.ops.compose.assertions import assert_equal
from tapeflow.core.ops.compose.ragged_shape_spec import DynamicRaggedShapeSpec
from tapeflow.core.ops.compose.reduce import reduce_all, reduce_prod
from tapeflow.core.ops.defs.logic import logical_not
from tapeflow.core.values.convert import convert
from tapeflow.core.values.extension_type import BatchableExtensionType
from tapeflow.core.values.ragged import is_ragged, ragged_of_partition
from tapeflow.core.values.row_partition import RowPartition
from tapeflow.core.values.symbol import constant_value
from tapeflow.core.values.tensor import Tensor


class DynamicRaggedShape(BatchableExtensionType):
    """The shape of a ragged or dense tensor: row partitions, and the shape of the flat values.

    Args:
        row_partitions: A list of `tf.experimental.RowPartition`s, outermost first; empty for a dense shape.
        inner_shape: The shape of the flat values; the whole shape if there are no partitions.
        dtype: int32 or int64; that of the arguments by default.
        validate: Whether the parts are compared with each other where that needs their values.
        static_inner_shape: What is known of `inner_shape` besides.

    Raises:
        ValueError: The parts do not fit one another.

    >>> tf.shape(tf.ragged.constant([[1, 2], [3]]))
    <DynamicRaggedShape lengths=[2, (2, 1)] num_row_partitions=1>
    """

    # Its fields are not annotated: constructor and spec are its own.
    _tf_extension_type_do_not_transform_this_class = True
    __setattr__, __delattr__ = object.__setattr__, object.__delattr__

    def __init__(self, row_partitions, inner_shape, dtype=None, validate=False, static_inner_shape=None):
        if not hasattr(row_partitions, "__iter__"):
            raise TypeError(f"row_partitions should be a list of row partitions. Instead, got {row_partitions}")
        row_partitions = tuple(row_partitions)
        for one in row_partitions:
            if not isinstance(one, RowPartition):
                raise TypeError(f"row_partitions contains {one} which is not a RowPartition")
        dtype = _common_dtype(row_partitions, inner_shape, dtype)
        self._row_partitions = tuple(one.with_dtype(dtype) for one in row_partitions)
        inner_shape = convert(inner_shape, hint=dtype)
        self._inner_shape = array.cast(inner_shape, dtype)
        self._inner_shape.shape.assert_has_rank(1)
        self._static = _static_shape(self._inner_shape)
        if static_inner_shape is not None:
            self._static = self._static.merge_with(static_inner_shape)
        self._check_parts(validate)

    def _check_parts(self, validate):
        parts = self._row_partitions
        for axis in range(1, len(parts)):
            message = f"RowPartitions in DynamicRaggedShape do not align between {axis - 1} and {axis}"
            _same_count(parts[axis - 1], parts[axis].static_nrows, parts[axis].nrows, validate, message)
        if parts:
            first = self._static[0] if self._static.rank else None
            message = "Last row partition does not match inner_shape."
            _same_count(parts[-1], first, lambda: self._inner_shape[0], validate, message)

    @classmethod
    def from_lengths(cls, lengths, num_row_partitions=None, dtype=dtypes.int64):
        """Returns the shape with these lengths.

        Args:
            lengths: For each axis a number, or a tuple with the length of each row.
            num_row_partitions: How many axes after the first are kept as row partitions; as few as can be by default.
            dtype: int32 or int64.

        >>> tf.experimental.DynamicRaggedShape.from_lengths([2, (2, 1), 3])
        <DynamicRaggedShape lengths=[2, (2, 1), 3] num_row_partitions=1>
        """
        if not isinstance(lengths, list):
            raise ValueError("lengths should be a list")
        for one in lengths:
            if not (isinstance(one, int) or (isinstance(one, tuple) and all(isinstance(n, int) for n in one))):
                raise ValueError(f"element of lengths should be int or tuple of ints: instead {one!r}")
        if num_row_partitions is None:
            num_row_partitions = max([i for i, one in enumerate(lengths) if isinstance(one, tuple)] or [0])
        if not isinstance(num_row_partitions, int):
            raise ValueError("num_row_partitions should be an int or None")
        if not lengths:
            if num_row_partitions > 0:
                raise ValueError("num_row_partitions==0 for a scalar shape")
            return cls([], [], dtype)
        if num_row_partitions >= len(lengths):
            raise ValueError("num_row_partitions should be less than `len(lengths)` if shape is not scalar.")
        if num_row_partitions <= 0:
            return cls([], lengths, dtype)
        parts, count = [], lengths[0]
        for one in lengths[1 : num_row_partitions + 1]:
            if isinstance(one, int):
                parts.append(RowPartition.from_uniform_row_length(one, one * count, nrows=count))
                count *= one
            else:
                if count != len(one):
                    raise ValueError("Shape not consistent.")
                parts.append(RowPartition.from_row_lengths(one))
                count = sum(one)
        return cls(parts, [count, *lengths[num_row_partitions + 1 :]], dtype)

    @classmethod
    def from_row_partitions(cls, row_partitions, dtype=None):
        """Returns the shape of row partitions over flat values of rank 1.

        Args:
            row_partitions: A list of `tf.experimental.RowPartition`s, not empty.
            dtype: int32 or int64; that of the partitions by default.
        """
        if not row_partitions:
            raise ValueError("row_partitions cannot be empty")
        return cls(row_partitions, joining.stack([row_partitions[-1].nvals()]), dtype)

    @classmethod
    def from_tensor(cls, t, dtype=None):
        """Returns the shape of a tensor or ragged tensor.

        Args:
            t: The tensor.
            dtype: int32 or int64; that of its row splits by default.
        """
        if not is_ragged(t):
            t = convert(t)
            return cls([], array.shape(t), dtype, static_inner_shape=t.shape)
        flat = t.flat_values
        inner = array.shape(flat, out_type=t.row_splits.dtype)
        return cls(t._nested_row_partitions, inner, dtype, static_inner_shape=flat.shape)

    # -- what it is made of ------------------------------------------------------------------------

    @property
    def row_partitions(self):
        """The row partitions, outermost first."""
        return self._row_partitions

    @property
    def num_row_partitions(self):
        """The number of row partitions."""
        return len(self._row_partitions)

    @property
    def dtype(self):
        """int32 or int64."""
        return self._inner_shape.dtype

    @property
    def rank(self):
        """The number of axes, None if it is not known."""
        inner = self.inner_rank
        return None if inner is None else self.num_row_partitions + inner

    @property
    def inner_shape(self):
        """The shape of the flat values, a 1-D tensor."""
        return self._inner_shape

    @property
    def inner_rank(self):
        """The rank of the flat values, None if it is not known."""
        return self._static.rank

    def with_dtype(self, dtype):
        """Returns this shape in int32 or int64.

        Args:
            dtype: The dtype.
        """
        if self.dtype is dtypes.as_dtype(dtype):
            return self
        return DynamicRaggedShape(self._row_partitions, array.cast(self._inner_shape, dtype), dtype,
                                  static_inner_shape=self._static)  # fmt: skip

    def is_uniform(self, axis):
        """Returns whether all rows of an axis are known to have one length.

        Args:
            axis: The axis, not negative.

        Raises:
            IndexError: There is no such axis.
        """
        if not isinstance(axis, int):
            raise TypeError("axis must be an integer")
        if axis < 0:
            raise IndexError("Negative axis values are not supported")
        if self.rank is not None and axis >= self.rank:
            raise IndexError(f"Expected axis={axis} < rank={self.rank}")
        return axis == 0 or axis > self.num_row_partitions or self._row_partitions[axis - 1].is_uniform()

    def static_lengths(self, ragged_lengths=True):
        """Returns what is known of the lengths: for each axis a number, a tuple of row lengths, or None.

        Args:
            ragged_lengths: Whether row lengths are given; None instead of them if not.

        Returns:
            A list; its last element is `...` if the rank is not known.
        """
        inner = [...] if self._static.rank is None else self._static.as_list()
        if not self._row_partitions:
            return inner
        lengths = [self._row_partitions[0].static_nrows]
        for part in self._row_partitions:
            if part.is_uniform():
                lengths.append(part.static_uniform_row_length)
            else:
                known = constant_value(part.row_lengths()) if ragged_lengths else None
                lengths.append(None if known is None else tuple(known.tolist()))
        return lengths + (inner[1:] if self._static.rank is not None else inner)

    def _to_tensor_shape(self):
        lengths = self.static_lengths(ragged_lengths=False)
        return TensorShape(None) if lengths and lengths[-1] is ... else TensorShape(lengths)

    def __getitem__(self, index):
        """The length of a uniform axis, or the shape of some axes."""
        if isinstance(index, slice):
            return self._slice(index)
        if not isinstance(index, int):
            raise TypeError("Argument is not an int or a slice")
        if index < 0:
            if self.rank is None:
                raise ValueError("Rank must be known to use __getitem__ with a negative index.")
            index += self.rank
        return self._length(index)

    def _length(self, axis):
        count = self.num_row_partitions
        if (count == 0 or axis > count + 1) and self.rank is None:
            raise ValueError("Rank must be known to use __getitem__ on a large index.")
        if (count == 0 or axis > count + 1) and axis >= self.rank:
            raise IndexError(f"Index is too big: {axis}>={self.rank}")
        if axis < 0:
            raise IndexError(f"Index must be non-negative: {axis}")
        if not self.is_uniform(axis):
            raise ValueError(f"Index {axis} is not uniform")
        if axis == 0 and count:
            return self._row_partitions[0].nrows()
        if 0 < axis <= count:
            return self._row_partitions[axis - 1].uniform_row_length()
        known = self._static[axis - count] if self._static.rank is not None else None
        return self._inner_shape[axis - count] if known is None else convert(known, dtype=self.dtype)

    def _slice(self, index):
        if index.step not in (None, 1):
            raise IndexError("Cannot stride through a shape")
        rank = self.rank
        if rank is None and (index.stop is None or index.stop < 0 or (index.start or 0) < 0):
            what = "without a stop" if index.stop is None else "on a negative index"
            raise ValueError(f"Rank must be known to use __getitem__ {what}.")
        start, stop = index.start or 0, rank if index.stop is None else index.stop
        if rank is not None:
            start, stop, _ = slice(start, stop).indices(rank)
        if stop <= start:
            return DynamicRaggedShape([], [])
        if start == 0:
            return self._first(stop)
        leading = self if rank is not None and stop >= rank else self._first(stop)
        if not all(part.is_uniform() for part in leading._row_partitions):
            raise ValueError("All relevant dimensions must be uniform")
        if leading.rank is None:
            raise NotImplementedError("__getitem__[start:stop] where start > 0 not implemented")
        lengths = joining.stack([leading._length(axis) for axis in range(leading.rank)])
        return DynamicRaggedShape([], lengths[start:])

    def _first(self, stop):
        """The shape of the first `stop` axes."""
        parts, count = self._row_partitions, self.num_row_partitions
        if self.rank is not None and self.rank <= stop:
            return self
        if stop > count:
            return DynamicRaggedShape(parts, self._inner_shape[: stop - count])
        if stop == 1:
            return DynamicRaggedShape([], joining.stack([parts[0].nrows()]))
        return DynamicRaggedShape(parts[: stop - 1], joining.stack([parts[stop - 2].nvals()]))

    def _num_elements(self):
        return reduce_prod(self._inner_shape)

    # -- tensors of this shape ---------------------------------------------------------------------

    def _add_row_partitions(self, flat_values, validate=False):
        """The tensor of this shape with these flat values."""
        if validate and self._row_partitions:
            count = flat_values.shape[0] if flat_values.shape.rank else None
            message = "Last row partition does not match flat_values."
            dynamic = lambda: array.shape(flat_values, out_type=self.dtype)[0]
            _same_count(self._row_partitions[-1], count, dynamic, True, message)
        for part in reversed(self._row_partitions):
            flat_values = ragged_of_partition(flat_values, part)
        return flat_values

    def _filled(self, value, dtype):
        """A tensor of this shape, all of one value."""
        return self._add_row_partitions(creation.fill(self._inner_shape, convert(value, dtype=dtype)))

    def __eq__(self, other):
        if not isinstance(other, DynamicRaggedShape) or self._type_spec != other._type_spec:
            return False
        pairs = zip(self._type_spec._to_tensor_list(self), other._type_spec._to_tensor_list(other), strict=True)
        return reduce_all(joining.stack([reduce_all(a == b) for a, b in pairs]))

    def __ne__(self, other):
        equal = self == other
        return not equal if equal is False else logical_not(equal)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self):
        lengths = ", ".join("..." if one is ... else str(one) for one in self.static_lengths())
        return f"<DynamicRaggedShape lengths=[{lengths}] num_row_partitions={self.num_row_partitions}>"

    @property
    def _type_spec(self):
        return DynamicRaggedShapeSpec(
            tuple(part._type_spec for part in self._row_partitions), self._static, self.dtype
        )


DynamicRaggedShape.Spec = DynamicRaggedShapeSpec  # type: ignore[attr-defined]
DynamicRaggedShapeSpec.shape_class = DynamicRaggedShape


def _common_dtype(row_partitions, inner_shape, dtype):
    """int32 or int64: what was asked for, else what the parts have."""
    if dtype is not None:
        return dtypes.as_dtype(dtype)
    found = {part.dtype for part in row_partitions}
    if isinstance(inner_shape, Tensor):
        found.add(inner_shape.dtype)
    elif isinstance(inner_shape, np.ndarray) and inner_shape.dtype == np.int32 and not found:
        return dtypes.int32
    if len(found) > 1:
        raise ValueError(f"Illegal dtype: the parts have {', '.join(sorted(one.name for one in found))}")
    return found.pop() if found else dtypes.int64


def _static_shape(sizes):
    """What is known of the shape that a 1-D tensor holds."""
    known = constant_value(sizes)
    if known is None:
        return TensorShape(None if sizes.shape[0] is None else [None] * sizes.shape[0])
    return TensorShape([None if n < 0 else n for n in known.tolist()])


def _same_count(part, known, dynamic, validate, message):
    """Checks that a partition has as many values as what follows has rows."""
    count = part.static_nvals
    if count is not None and known is not None:
        if count != known:
            raise ValueError(message)
    elif validate:
        assert_equal(part.nvals(), dynamic(), message=message)
