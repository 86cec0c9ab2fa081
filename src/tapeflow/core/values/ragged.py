"""`tf.RaggedTensor`: rows of different lengths, kept as their values one after another and where they are cut."""

from itertools import pairwise

import numpy as np

from tapeflow.core.base import dtypes, specs
from tapeflow.core.base.composite import CompositeTensor, WithValues
from tapeflow.core.base.shapes import TensorShape
from tapeflow.core.base.tensor_spec import TensorSpec
from tapeflow.core.base.type_spec import BatchableTypeSpec
from tapeflow.core.values.convert import convert
from tapeflow.core.values.late import meet, ops, unmet
from tapeflow.core.values.ragged_operators import RaggedOperators
from tapeflow.core.values.row_partition import RowPartition, of_splits
from tapeflow.core.values.symbol import Symbol
from tapeflow.core.values.tensor import EagerTensor, Tensor


class RaggedTensor(RaggedOperators, CompositeTensor):
    """A tensor some of whose dimensions have rows of different lengths.

    Not built directly: `tf.ragged.constant`, `from_row_splits`, `from_tensor`, … make one.

    >>> tf.RaggedTensor.from_row_splits([3, 1, 4, 1, 5], [0, 2, 2, 5])
    <tf.RaggedTensor [[3, 1], [], [4, 1, 5]]>
    """

    is_tensor_value = True  # for `tf.is_tensor`

    __module__ = "tensorflow.python.ops.ragged.ragged_tensor"
    __slots__ = ("__dict__", "__weakref__")
    __array_priority__ = 100
    __composite_gradient__ = WithValues()

    def __init__(self, values, row_partition, internal=False):
        if internal is not _INTERNAL:
            raise ValueError(
                "RaggedTensor constructor is private; please use one of the factory methods instead "
                "(e.g., RaggedTensor.from_row_lengths())"
            )
        self._values, self._row_partition = values, row_partition
        if unmet:
            meet("ragged")

    # -- making one --------------------------------------------------------------------------------

    @classmethod
    def _from_row_partition(cls, values, row_partition, validate=True):
        """The ragged tensor of a partition; `validate` compares the number of values."""
        if not isinstance(row_partition, RowPartition):
            raise TypeError(f"Argument `row_partition` must be a RowPartition. Received {row_partition}.")
        values, row_partition = _matching(values, row_partition)
        count = row_partition.static_nvals
        if values.shape.rank is None or values.shape.rank > 0:
            known = _first_size(values)
            if count is not None and known is not None and row_partition._value_rowids is not None and count != known:
                raise ValueError(f"Shapes ({known},) and ({count},) are incompatible")
        if validate:
            if values.shape.rank == 0:
                raise ValueError("Shape () must have rank at least 1")
            ops.assert_equal(
                row_partition.nvals(), _count_of(values, row_partition.dtype),
                message="Arguments to _from_row_partition do not form a valid RaggedTensor",
            )  # fmt: skip
        return cls(values, row_partition, internal=_INTERNAL)

    @classmethod
    def from_row_splits(cls, values, row_splits, name=None, validate=True):
        """Returns the ragged tensor whose row `i` is `values[row_splits[i]:row_splits[i + 1]]`.

        Args:
            values: Tensor or ragged tensor of shape [nvals, ...].
            row_splits: int32 or int64, 1-D, ascending, from 0 to nvals.
            name: Optional name.
            validate: Whether the arguments are checked.

        Raises:
            ValueError, InvalidArgumentError: They form no ragged tensor.
        """
        partition = RowPartition.from_row_splits(row_splits, validate=validate, dtype_hint=_hint(values))
        return cls._from_row_partition(values, partition, validate)

    @classmethod
    def from_row_lengths(cls, values, row_lengths, name=None, validate=True):
        """Returns the ragged tensor whose rows have these lengths.

        Args:
            values: Tensor or ragged tensor of shape [nvals, ...].
            row_lengths: int32 or int64, 1-D, with sum nvals.
            name, validate: As for `from_row_splits`.

        >>> tf.RaggedTensor.from_row_lengths([3, 1, 4], [2, 0, 1])
        <tf.RaggedTensor [[3, 1], [], [4]]>
        """
        partition = RowPartition.from_row_lengths(row_lengths, validate=validate, dtype_hint=_hint(values))
        return cls._from_row_partition(values, partition, validate)

    @classmethod
    def from_value_rowids(cls, values, value_rowids, nrows=None, name=None, validate=True):
        """Returns the ragged tensor that has value `i` in row `value_rowids[i]`.

        Args:
            values: Tensor or ragged tensor of shape [nvals, ...].
            value_rowids: int32 or int64, shape [nvals], ascending.
            nrows: The number of rows; one more than the last row id by default.
            name, validate: As for `from_row_splits`.

        >>> tf.RaggedTensor.from_value_rowids([3, 1, 4], [0, 0, 2])
        <tf.RaggedTensor [[3, 1], [], [4]]>
        """
        partition = RowPartition.from_value_rowids(value_rowids, nrows, validate=validate, dtype_hint=_hint(values))
        return cls._from_row_partition(values, partition, validate)

    @classmethod
    def from_row_starts(cls, values, row_starts, name=None, validate=True):
        """Returns the ragged tensor whose rows start at these places of `values`.

        Args:
            values: Tensor or ragged tensor of shape [nvals, ...].
            row_starts: int32 or int64, 1-D, ascending, from 0.
            name, validate: As for `from_row_splits`.
        """
        values = _as_values(values)
        count = _count_of(values, dtypes.int64)
        if isinstance(row_starts, Tensor):
            count = ops.cast(count, row_starts.dtype)
        partition = RowPartition.from_row_starts(row_starts, count, validate=validate, dtype_hint=_hint(values))
        return cls._from_row_partition(values, partition, validate)

    @classmethod
    def from_row_limits(cls, values, row_limits, name=None, validate=True):
        """Returns the ragged tensor whose rows end at these places of `values`.

        Args:
            values: Tensor or ragged tensor of shape [nvals, ...].
            row_limits: int32 or int64, 1-D, ascending, to nvals.
            name, validate: As for `from_row_splits`.
        """
        partition = RowPartition.from_row_limits(row_limits, validate=validate, dtype_hint=_hint(values))
        return cls._from_row_partition(values, partition, validate)

    @classmethod
    def from_uniform_row_length(cls, values, uniform_row_length, nrows=None, validate=True, name=None):
        """Returns the ragged tensor whose rows all have one length.

        Args:
            values: Tensor or ragged tensor of shape [nvals, ...].
            uniform_row_length: Scalar integer; nvals must be a multiple of it.
            nrows: The number of rows: needed if the length is 0.
            validate, name: As for `from_row_splits`.
        """
        values = _as_values(values)
        if values.shape.rank == 0:
            raise ValueError("Shape () must have rank at least 1")
        count = _count_of(values, _hint(values) or dtypes.int64)
        if isinstance(uniform_row_length, Tensor) and _hint(values) is None:
            count = ops.cast(count, uniform_row_length.dtype)
        partition = RowPartition.from_uniform_row_length(
            uniform_row_length, nvals=count, nrows=nrows, validate=validate, dtype_hint=_hint(values)
        )
        return cls._from_row_partition(values, partition, validate)

    @classmethod
    def from_nested_row_splits(cls, flat_values, nested_row_splits, name=None, validate=True):
        """Returns the ragged tensor of several row splits, outermost first.

        Args:
            flat_values: Tensor of shape [nvals, ...].
            nested_row_splits: A list of 1-D integer tensors.
            name, validate: As for `from_row_splits`.
        """
        return cls._nested(cls.from_row_splits, flat_values, nested_row_splits, "nested_row_splits", validate)

    @classmethod
    def from_nested_row_lengths(cls, flat_values, nested_row_lengths, name=None, validate=True):
        """Returns the ragged tensor of several row lengths, outermost first.

        Args:
            flat_values: Tensor of shape [nvals, ...].
            nested_row_lengths: A list of 1-D integer tensors.
            name, validate: As for `from_row_splits`.
        """
        return cls._nested(cls.from_row_lengths, flat_values, nested_row_lengths, "nested_row_lengths", validate)

    @classmethod
    def from_nested_value_rowids(cls, flat_values, nested_value_rowids, nested_nrows=None, name=None, validate=True):
        """Returns the ragged tensor of several row ids, outermost first.

        Args:
            flat_values: Tensor of shape [nvals, ...].
            nested_value_rowids: A list of 1-D integer tensors.
            nested_nrows: The number of rows of each, or None.
            name, validate: As for `from_row_splits`.
        """
        _not_a_tensor(nested_value_rowids, "nested_value_rowids")
        if nested_nrows is None:
            nested_nrows = [None] * len(nested_value_rowids)
        else:
            _not_a_tensor(nested_nrows, "nested_nrows")
            if len(nested_nrows) != len(nested_value_rowids):
                raise ValueError(
                    "Argument `nested_nrows` must have the same length as argument `nested_value_rowids`. "
                    f"len(nested_nrows) = {len(nested_nrows)} vs. len(nested_values_rowids) = "
                    f"{len(nested_value_rowids)}."
                )
        result = flat_values
        for rowids, nrows in zip(reversed(nested_value_rowids), reversed(nested_nrows), strict=True):
            result = cls.from_value_rowids(result, rowids, nrows, validate=validate)
        return result

    @classmethod
    def _nested(cls, make, flat_values, nested, name, validate):
        _not_a_tensor(nested, name)
        nested = list(nested)
        result = flat_values
        for one in reversed(nested):
            result = make(result, one, validate=validate)
        return result

    @classmethod
    def from_tensor(
        cls, tensor, lengths=None, padding=None, ragged_rank=1, name=None, row_splits_dtype=dtypes.int64
    ):
        """Returns a tensor as a ragged tensor.

        Args:
            tensor: A tensor of rank above `ragged_rank`.
            lengths: The length of each row, the rest is left out; or a tuple of them, outermost first.
            padding: A value that is left out where it fills the end of a row. Not together with `lengths`.
            ragged_rank: How many dimensions can be ragged.
            name: Optional name.
            row_splits_dtype: int32 or int64.

        >>> tf.RaggedTensor.from_tensor([[5, 7, 0], [0, 3, 0], [6, 0, 0]], padding=0)
        <tf.RaggedTensor [[5, 7], [0, 3], [6]]>
        """
        return ops.ragged_from_tensor(tensor, lengths, padding, ragged_rank, dtypes.as_dtype(row_splits_dtype))

    @classmethod
    def from_sparse(cls, st_input, name=None, row_splits_dtype=dtypes.int64):
        """Returns a 2-D sparse tensor, whose rows have no gaps, as a ragged tensor.

        Args:
            st_input: A `tf.SparseTensor` of rank 2.
            name: Optional name.
            row_splits_dtype: int32 or int64.

        Raises:
            InvalidArgumentError: A row has a gap.
        """
        return ops.ragged_from_sparse(st_input, dtypes.as_dtype(row_splits_dtype))

    # -- what it is made of ------------------------------------------------------------------------

    @property
    def dtype(self):
        """The `tf.DType` of the values."""
        return self._values.dtype

    @property
    def shape(self):
        """The `tf.TensorShape`: None for a ragged dimension."""
        values = self._values.shape
        inner = values[1:] if values.rank is not None else values
        part = self._row_partition
        return TensorShape([part.static_nrows, part.static_uniform_row_length]).concatenate(inner)

    def get_shape(self):
        """Returns `shape`."""
        return self.shape

    def _set_shape(self, shape):
        """Notes sizes that are known: a ragged dimension of known size is uniform."""
        shape = TensorShape(shape)
        if shape.rank is None:
            return
        length = shape[1] if shape.rank > 1 else None
        if length is not None:
            self._row_partition = self._row_partition._with_uniform(length)
        if isinstance(self._values, RaggedTensor):
            self._values._set_shape(TensorShape([None]).concatenate(shape[2:]))
        elif isinstance(self._values, Symbol):
            self._values.set_shape(TensorShape([None]).concatenate(shape[2:]))

    @property
    def ragged_rank(self):
        """How many dimensions are cut into rows."""
        return self._values.ragged_rank + 1 if isinstance(self._values, RaggedTensor) else 1

    @property
    def values(self):
        """The rows, one after another: a tensor or ragged tensor of shape [nvals, ...]."""
        return self._values

    @property
    def flat_values(self):
        """The innermost values, a tensor."""
        values = self._values
        while isinstance(values, RaggedTensor):
            values = values._values
        return values

    @property
    def row_splits(self):
        """Where `values` is cut into rows: shape [nrows + 1]."""
        return self._row_partition.row_splits()

    @property
    def uniform_row_length(self):
        """The length of every row, a scalar; None if rows may differ."""
        return self._row_partition.uniform_row_length()

    @property
    def nested_row_splits(self):
        """The row splits of all ragged dimensions, outermost first."""
        return tuple(part.row_splits() for part in self._nested_row_partitions)

    @property
    def _nested_row_partitions(self):
        parts, value = [], self
        while isinstance(value, RaggedTensor):
            parts.append(value._row_partition)
            value = value._values
        return tuple(parts)

    def value_rowids(self, name=None):
        """Returns the row of each value: shape [nvals]."""
        return self._row_partition.value_rowids()

    def nested_value_rowids(self, name=None):
        """Returns the row ids of all ragged dimensions, outermost first."""
        return tuple(part.value_rowids() for part in self._nested_row_partitions)

    def nrows(self, out_type=None, name=None):
        """Returns the number of rows.

        Args:
            out_type: Its dtype; that of the row splits by default.
            name: Optional name.
        """
        return ops.cast(self._row_partition.nrows(), out_type or self._row_partition.dtype)

    def row_starts(self, name=None):
        """Returns where each row starts in `values`."""
        return self._row_partition.row_starts()

    def row_limits(self, name=None):
        """Returns where each row ends in `values`."""
        return self._row_partition.row_limits()

    def row_lengths(self, axis=1, name=None):
        """Returns the lengths of the rows of a dimension.

        Args:
            axis: The dimension.
            name: Optional name.

        Returns:
            A scalar for axis 0, a vector for 1, a ragged tensor below.

        >>> tf.ragged.constant([[3, 1], [], [4]]).row_lengths().numpy()
        array([2, 0, 1])
        """
        if axis == 0:
            return self._row_partition.nrows()
        if axis == 1:
            return self._row_partition.row_lengths()
        return ops.ragged_row_lengths(self, axis)

    def nested_row_lengths(self, name=None):
        """Returns the row lengths of all ragged dimensions, outermost first."""
        return tuple(part.row_lengths() for part in self._nested_row_partitions)

    def bounding_shape(self, axis=None, name=None, out_type=None):
        """Returns the shape of the smallest dense tensor that holds this one.

        Args:
            axis: A dimension, or several; all by default.
            name: Optional name.
            out_type: int32 or int64; that of the row splits by default.
        """
        return ops.ragged_bounding_shape(self, axis, out_type)

    # -- made into something else ------------------------------------------------------------------

    def with_values(self, new_values):
        """Returns a ragged tensor with the same rows of other values.

        Args:
            new_values: Tensor or ragged tensor of shape [nvals, ...].
        """
        new_values = _as_values(new_values)
        new_values.shape.with_rank_at_least(1)
        if isinstance(self._values.shape, TensorShape):
            TensorShape(self._values.shape[:1]).assert_is_compatible_with(new_values.shape[:1])
        new_values, partition = _matching(new_values, self._row_partition)
        return RaggedTensor(new_values, partition, internal=_INTERNAL)

    def with_flat_values(self, new_values):
        """Returns a ragged tensor with the same rows of other innermost values.

        Args:
            new_values: Tensor of shape [nvals, ...].
        """
        if isinstance(self._values, RaggedTensor):
            return self.with_values(self._values.with_flat_values(new_values))
        return self.with_values(new_values)

    def with_row_splits_dtype(self, dtype):
        """Returns this tensor with row splits of int32 or int64.

        Args:
            dtype: The dtype.

        Raises:
            ValueError: It is another.
        """
        dtype = dtypes.as_dtype(dtype)
        if dtype not in (dtypes.int32, dtypes.int64):
            raise ValueError(f"Argument `row_splits` dtype must be int32 or int64. Received {dtype!r}.")
        if self._row_partition.dtype is dtype:
            return self
        values = self._values
        if isinstance(values, RaggedTensor):
            values = values.with_row_splits_dtype(dtype)
        return RaggedTensor(values, self._row_partition.with_dtype(dtype), internal=_INTERNAL)

    def merge_dims(self, outer_axis, inner_axis):
        """Returns this tensor with a range of dimensions made one.

        Args:
            outer_axis: The first dimension.
            inner_axis: The last.

        >>> tf.ragged.constant([[[1, 2], [3]], [[4]]]).merge_dims(1, 2)
        <tf.RaggedTensor [[1, 2, 3], [4]]>
        """
        return ops.ragged_merge_dims(self, outer_axis, inner_axis)

    def to_tensor(self, default_value=None, name=None, shape=None):
        """Returns a dense tensor, short rows filled up.

        Args:
            default_value: What fills them: zero or an empty string by default.
            name: Optional name.
            shape: The shape, None for sizes to find out; longer rows are cut.

        >>> tf.ragged.constant([[9, 8, 7], [], [6, 5]]).to_tensor().numpy()
        array([[9, 8, 7],
               [0, 0, 0],
               [6, 5, 0]], dtype=int32)
        """
        return ops.ragged_to_tensor(self, default_value, shape)

    def to_sparse(self, name=None):
        """Returns a `tf.SparseTensor` with the same elements."""
        return ops.ragged_to_sparse(self)

    def numpy(self):
        """Returns a NumPy array; of arrays where rows differ in length."""
        values, splits = _numpy(self._values), _numpy(self.row_splits)
        rows = np.split(values, splits[1:-1])
        if all(len(row) == len(rows[0]) for row in rows):
            return np.array(rows)
        result = np.empty(len(rows), object)
        result[:] = rows
        return result

    def to_list(self):
        """Returns nested lists of the values.

        Raises:
            ValueError: In a graph, where there are no values.
        """
        if isinstance(self.flat_values, Symbol):
            raise ValueError("to_list can only be used in eager mode.")
        flat = np.asarray(self.flat_values.numpy())
        rows = flat.tolist()
        for part in reversed(self._nested_row_partitions):
            splits = part.row_splits().numpy().tolist()
            rows = [rows[a:b] for a, b in pairwise(splits)]
        return rows

    def consumers(self):
        """Of TensorFlow 1's graphs."""
        return self._values.consumers()

    def __getitem__(self, key):
        """Indexes: integers only into outer or uniform dimensions, slices and `tf.newaxis` anywhere."""
        return ops.ragged_getitem(self, key)

    def __iter__(self):
        rows = self._row_partition.static_nrows
        if rows is None:
            raise TypeError("Cannot iterate over a RaggedTensor with an unknown number of rows in a graph")
        return (self[i] for i in range(rows))

    def __bool__(self):
        raise TypeError("RaggedTensor may not be used as a boolean.")

    __nonzero__ = __bool__

    def __hash__(self):
        raise TypeError("RaggedTensor is unhashable.")

    def __reduce__(self):
        return _of_parts, (self.flat_values, self.nested_row_splits)

    def __repr__(self):
        if isinstance(self.flat_values, Symbol) or not all(isinstance(x, EagerTensor) for x in self.nested_row_splits):
            return f"tf.RaggedTensor(values={self._values}, row_splits={self.row_splits})"
        return f"<tf.RaggedTensor {_text(self.numpy())}>"

    __str__ = __repr__

    @property
    def _type_spec(self):
        return RaggedTensorSpec.from_value(self)

    def _shape_invariant_to_type_spec(self, shape):
        return RaggedTensorSpec(shape, self.dtype, self.ragged_rank, self.row_splits.dtype)

    @property
    def op(self):
        """The operation that made the values, in a graph."""
        return self._values.op

    @property
    def graph(self):
        """The graph of the values."""
        return self._values.graph


_INTERNAL = object()


def ragged_of(values, row_splits, uniform=None):
    """The ragged tensor of parts that are known to fit."""
    return RaggedTensor(values, of_splits(row_splits, uniform), internal=_INTERNAL)


def ragged_of_partition(values, partition):
    """The ragged tensor of a partition that is known to fit."""
    return RaggedTensor(values, partition, internal=_INTERNAL)


def _of_parts(flat_values, nested_row_splits):
    """For pickle."""
    return RaggedTensor.from_nested_row_splits(flat_values, nested_row_splits, validate=False)


def is_ragged(value):
    """Whether a value is a ragged tensor."""
    return isinstance(value, RaggedTensor)


def _numpy(x):
    if isinstance(x, Symbol):
        raise ValueError("RaggedTensor.numpy() is only supported in eager mode.")
    return x.numpy()


def _text(x):
    if isinstance(x, np.ndarray) and not x.size:
        return repr(x.tolist())  # NumPy writes [] whatever the shape
    if isinstance(x, np.ndarray) and x.ndim:
        return np.array2string(x, separator=", ", formatter={"all": _text})
    return repr(x) if isinstance(x, bytes) else str(x)


def _not_a_tensor(value, name):
    if isinstance(value, Tensor):
        raise TypeError(f"Argument `{name}` must be a list of Tensors. Received {value}.")


def _as_values(values):
    return values if isinstance(values, (RaggedTensor, Tensor)) or hasattr(values, "_type_spec") else convert(values)


def _hint(values):
    return values.row_splits.dtype if isinstance(values, RaggedTensor) else None


def _first_size(values):
    return values.shape[0] if values.shape.rank else None


def _count_of(values, dtype):
    """The number of values, a scalar of `dtype`."""
    if isinstance(values, RaggedTensor):
        return values.nrows(dtype)
    known = _first_size(values)
    return convert(known, dtype=dtype) if known is not None else ops.shape(values, out_type=dtype)[0]


def _matching(values, partition):
    """Both, once it is sure that their row splits have one dtype."""
    values = _as_values(values)
    if isinstance(values, RaggedTensor) and values.row_splits.dtype is not partition.dtype:
        raise ValueError(
            "Argument `row_partition` of RaggedTensor with name: partition must have same dtype as Argument `values`. "
            f"({partition.dtype} vs. {values.row_splits.dtype})."
        )
    return values, partition


class RaggedTensorSpec(BatchableTypeSpec):
    """The type of a `tf.RaggedTensor`.

    Args:
        shape: The shape, None for ragged dimensions; or None.
        dtype: The dtype of the values.
        ragged_rank: How many dimensions are ragged; all but the outermost by default.
        row_splits_dtype: int32 or int64.
        flat_values_spec: The spec of the innermost values if they are no tensor.

    Raises:
        ValueError: The ragged rank is not below the rank, or cannot be told.
    """

    __slots__ = ("_dtype", "_flat_values_spec", "_ragged_rank", "_row_splits_dtype", "_shape")

    def __init__(
        self, shape=None, dtype=dtypes.float32, ragged_rank=None, row_splits_dtype=dtypes.int64, flat_values_spec=None
    ):
        self._shape = TensorShape(shape)
        self._row_splits_dtype = dtypes.as_dtype(row_splits_dtype)
        if flat_values_spec is not None:
            dtype = flat_values_spec.dtype if dtype is None else dtype
        elif dtype is None:
            raise ValueError(
                "At least one of `dtype` or `flat_values_spec` must be provided, Received dtype=None, "
                "flat_values_spec=None"
            )
        self._dtype = dtypes.as_dtype(dtype)
        self._flat_values_spec = flat_values_spec
        rank = self._shape.rank
        if ragged_rank is None:
            if rank is None:
                raise ValueError("Must specify ragged_rank or a shape with a known rank.")
            ragged_rank = rank - 1
        if not isinstance(ragged_rank, int):
            raise TypeError(
                f"Argument `ragged_rank` must be an int. Received {ragged_rank} of type {type(ragged_rank).__name__}."
            )
        if rank is not None and ragged_rank >= rank:
            raise ValueError(f"Argument `ragged_rank` ({ragged_rank}) must be less than rank ({rank}).")
        self._ragged_rank = ragged_rank

    @property
    def shape(self):
        """The `tf.TensorShape`."""
        return self._shape

    @property
    def dtype(self):
        """The `tf.DType` of the values."""
        return self._dtype

    @property
    def ragged_rank(self):
        """How many dimensions are ragged."""
        return self._ragged_rank

    @property
    def row_splits_dtype(self):
        """int32 or int64."""
        return self._row_splits_dtype

    @property
    def flat_values_spec(self):
        """The spec of the innermost values if they are no tensor, else None."""
        return self._flat_values_spec

    @property
    def rank(self):
        """The number of dimensions, or None."""
        return self._shape.rank

    @property
    def value_type(self):
        """`tf.RaggedTensor`, or `tf.Tensor` if no dimension is ragged."""
        return RaggedTensor if self._ragged_rank > 0 else Tensor

    @classmethod
    def from_value(cls, value):
        """Returns the spec of a ragged tensor.

        Args:
            value: The ragged tensor.
        """
        if not isinstance(value, RaggedTensor):
            raise TypeError(f"Expected a RaggedTensor, got {type(value).__name__}")
        flat = value.flat_values
        spec = None if isinstance(flat, Tensor) else specs.type_spec_from_value(flat)
        return cls(value.shape, flat.dtype, value.ragged_rank, value.row_splits.dtype, spec)

    def is_compatible_with(self, spec_or_value):
        """Returns whether a value, or every value of a spec, can be used as one of this spec."""
        if self._ragged_rank == 0:
            dense = self._flat_values_spec or TensorSpec(self._shape, self._dtype)
            if not isinstance(spec_or_value, (Tensor, TensorSpec)):
                return False
            return dense.is_compatible_with(spec_or_value)
        return super().is_compatible_with(spec_or_value)

    def _serialize(self):
        base = (self._shape, self._dtype, self._ragged_rank, self._row_splits_dtype)
        return base if self._flat_values_spec is None else (*base, self._flat_values_spec)

    def __reduce__(self):
        return RaggedTensorSpec, self._serialize()

    @property
    def _component_specs(self):
        if self._ragged_rank <= 0:
            return [self._flat_values_spec or TensorSpec(self._shape, self._dtype)]
        flat = self._flat_values_spec
        if flat is None:
            inner = self._shape[self._ragged_rank + 1 :] if self._shape.rank is not None else TensorShape(None)
            flat = TensorSpec(TensorShape([None]).concatenate(inner), self._dtype)
        rows = self._shape[0] if self._shape.rank else None
        outer = TensorSpec([None if rows is None else rows + 1], self._row_splits_dtype)
        return [flat, outer] + [TensorSpec([None], self._row_splits_dtype)] * (self._ragged_rank - 1)

    def _to_components(self, value):
        if isinstance(value, RaggedTensor):
            return [value.flat_values, *value.nested_row_splits]
        return [value]

    def _from_components(self, components):
        result = components[0]
        if isinstance(result, np.ndarray):
            result = convert(result)
        for splits in reversed(components[1:]):
            splits = splits if isinstance(splits, Tensor) else convert(splits)
            result = ragged_of(result, splits)
        if isinstance(result, RaggedTensor):
            result._set_shape(self._shape)
        return result

    def _batch(self, batch_size):
        if self._flat_values_spec is not None:
            raise ValueError("Customized flat_values_spec is not supported.")
        shape = TensorShape([batch_size]).concatenate(self._shape)
        return RaggedTensorSpec(shape, self._dtype, self._ragged_rank + 1, self._row_splits_dtype)

    def _unbatch(self):
        if self._flat_values_spec is not None:
            raise ValueError("Customized flat_values_spec is not supported.")
        return RaggedTensorSpec(
            self._shape[1:] if self._shape.rank is not None else None,
            self._dtype, max(self._ragged_rank - 1, 0) if self._ragged_rank > 0 else -1, self._row_splits_dtype,
        )  # fmt: skip


specs.register("tf.RaggedTensorSpec")(RaggedTensorSpec)
