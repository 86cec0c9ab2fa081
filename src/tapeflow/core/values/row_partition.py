"""`tf.experimental.RowPartition`: how a sequence is cut into consecutive rows, in whichever form is at hand."""

import numpy as np

from tapeflow.core.base import dtypes, specs
from tapeflow.core.base.composite import CompositeTensor
from tapeflow.core.base.errors import ResourceExhaustedError
from tapeflow.core.base.shapes import TensorShape
from tapeflow.core.base.tensor_spec import TensorSpec
from tapeflow.core.base.type_spec import TypeSpec
from tapeflow.core.values.convert import convert
from tapeflow.core.values.late import ops
from tapeflow.core.values.symbol import constant_value
from tapeflow.core.values.tensor import Tensor

_INDEX = (dtypes.int32, dtypes.int64)


class RowPartition(CompositeTensor):
    """Cuts `nvals` values into `nrows` consecutive rows: row `i` is `values[row_splits[i]:row_splits[i + 1]]`.

    Not built directly: `from_row_splits`, `from_row_lengths`, `from_value_rowids`, … make one.
    """

    __slots__ = ("_nrows", "_nvals", "_row_lengths", "_row_splits", "_uniform", "_value_rowids")

    def __init__(
        self, row_splits, row_lengths=None, value_rowids=None, nrows=None, uniform_row_length=None, nvals=None,
        internal=False,
    ):  # fmt: skip
        if internal is not _INTERNAL:
            raise ValueError(
                "RowPartition constructor is private; please use one of the factory methods instead "
                "(e.g., RowPartition.from_row_lengths())"
            )
        self._row_splits, self._row_lengths, self._value_rowids = row_splits, row_lengths, value_rowids
        self._nrows, self._uniform, self._nvals = nrows, uniform_row_length, nvals

    # -- making one --------------------------------------------------------------------------------

    @classmethod
    def from_row_splits(cls, row_splits, validate=True, dtype=None, dtype_hint=None):
        """Returns the partition whose row `i` is `values[row_splits[i]:row_splits[i + 1]]`.

        Args:
            row_splits: int32 or int64, 1-D, ascending, starting with 0.
            validate: Whether that is checked.
            dtype: The dtype to convert to.
            dtype_hint: The dtype of Python lists; int64 by default.

        Raises:
            ValueError, InvalidArgumentError: These are no row splits.
        """
        if isinstance(row_splits, (list, tuple)) and len(row_splits) == 0:
            raise ValueError("row_splits tensor may not be empty.")
        row_splits = _index_tensor(row_splits, "row_splits", dtype, dtype_hint)
        row_splits.shape.assert_has_rank(1)
        if validate and row_splits.shape[0] == 0:
            raise ValueError("row_splits tensor may not be empty.")
        if validate:
            message = "Arguments to from_row_splits do not form a valid RaggedTensor:"
            ops.assert_equal(row_splits[0], _like(0, row_splits), message=message + "zero")
            _assert_rising(row_splits, message + "monotonic")
        return cls(row_splits, internal=_INTERNAL)

    @classmethod
    def from_row_lengths(cls, row_lengths, validate=True, dtype=None, dtype_hint=None):
        """Returns the partition with rows of these lengths.

        Args:
            row_lengths: int32 or int64, 1-D, not negative.
            validate, dtype, dtype_hint: As for `from_row_splits`.
        """
        row_lengths = _index_tensor(row_lengths, "row_lengths", dtype, dtype_hint)
        row_lengths.shape.assert_has_rank(1)
        if validate:
            ops.assert_non_negative(
                row_lengths, message="Arguments to from_row_lengths do not form a valid RowPartition"
            )
        return cls(_splits_of(row_lengths), row_lengths=row_lengths, internal=_INTERNAL)

    @classmethod
    def from_value_rowids(cls, value_rowids, nrows=None, validate=True, dtype=None, dtype_hint=None):
        """Returns the partition that puts value `i` into row `value_rowids[i]`.

        Args:
            value_rowids: int32 or int64, 1-D, ascending.
            nrows: The number of rows; one more than the last row id by default.
            validate, dtype, dtype_hint: As for `from_row_splits`.
        """
        value_rowids = _index_tensor(value_rowids, "value_rowids", dtype, dtype_hint)
        value_rowids.shape.assert_has_rank(1)
        message = "Arguments to from_value_rowids do not form a valid RowPartition"
        if nrows is None:
            nrows = ops.concat([_like([-1], value_rowids), value_rowids], 0)[-1] + 1
            _check_rows(constant_value(nrows))
        else:
            nrows = _as(nrows, value_rowids)
            known = constant_value(nrows)
            if known is not None and known.ndim == 0:
                if known < 0:
                    raise ValueError(f"Expected nrows >= 0; got {known}")
                ids = constant_value(value_rowids)
                if ids is not None and ids.ndim and ids.size and int(known) < int(ids[-1]) + 1:
                    raise ValueError(
                        f"Expected nrows >= value_rowids[-1] + 1; got nrows={known}, value_rowids[-1]={ids[-1]}"
                    )
        nrows.shape.assert_has_rank(0)
        if validate:
            ops.assert_non_negative(value_rowids[:1], message=message)
            _assert_rising(value_rowids, message)
            ops.assert_less(ops.concat([value_rowids[-1:], _like([-1], value_rowids)], 0)[:1], nrows, message=message)
        splits = ops.rowids_to_splits(value_rowids, nrows)
        return cls(splits, value_rowids=value_rowids, nrows=nrows, internal=_INTERNAL)

    @classmethod
    def from_row_starts(cls, row_starts, nvals, validate=True, dtype=None, dtype_hint=None):
        """Returns the partition whose rows start at these places.

        Args:
            row_starts: int32 or int64, 1-D, ascending, starting with 0; may be empty.
            nvals: The number of values.
            validate, dtype, dtype_hint: As for `from_row_splits`.
        """
        row_starts = _index_tensor(row_starts, "row_starts", dtype, dtype_hint)
        row_starts.shape.assert_has_rank(1)
        nvals = _as(nvals, row_starts)
        if validate:
            message = "Arguments to from_row_starts do not form a valid RaggedTensor"
            ops.assert_equal(row_starts[:1], _like(0, row_starts), message=message)
            _assert_rising(row_starts, message)
            ops.assert_less_equal(row_starts[-1:], nvals, message=message)
        return cls(ops.concat([row_starts, ops.reshape(nvals, [1])], 0), nvals=nvals, internal=_INTERNAL)

    @classmethod
    def from_row_limits(cls, row_limits, validate=True, dtype=None, dtype_hint=None):
        """Returns the partition whose rows end at these places.

        Args:
            row_limits: int32 or int64, 1-D, ascending, not negative.
            validate, dtype, dtype_hint: As for `from_row_splits`.
        """
        row_limits = _index_tensor(row_limits, "row_limits", dtype, dtype_hint)
        row_limits.shape.assert_has_rank(1)
        if validate:
            message = "Arguments to from_row_limits do not form a valid RaggedTensor"
            ops.assert_non_negative(row_limits[:1], message=message)
            _assert_rising(row_limits, message)
        return cls(ops.concat([_like([0], row_limits), row_limits], 0), internal=_INTERNAL)

    @classmethod
    def from_uniform_row_length(
        cls, uniform_row_length, nvals=None, nrows=None, validate=True, dtype=None, dtype_hint=None
    ):
        """Returns the partition into rows that all have the same length.

        Args:
            uniform_row_length: Scalar integer, not negative.
            nvals: The number of values.
            nrows: The number of rows. One of the two must be given, `nrows` if the length is 0.
            validate, dtype, dtype_hint: As for `from_row_splits`.

        Raises:
            ValueError, InvalidArgumentError: Length times rows is not the number of values.
        """
        if nvals is None and nrows is None:
            raise ValueError("Either (or both) of nvals and nrows must be specified")
        if dtype is None and dtype_hint is None:
            for one in (nvals, nrows, uniform_row_length):
                if isinstance(one, Tensor):
                    dtype_hint = one.dtype
        length = _index_tensor(uniform_row_length, "uniform_row_length", dtype, dtype_hint)
        length.shape.assert_has_rank(0)
        known = constant_value(length)
        if known is not None and known < 0:
            raise ValueError("uniform_row_length must be >= 0.")
        if nvals is not None:
            nvals = _as(nvals, length)
        if nrows is None:
            if known is None:
                nrows = ops.floordiv(nvals, ops.maximum(length, _like(1, length)))
            else:
                nrows = ops.floordiv(nvals, length) if known else _like(0, length)
        else:
            nrows = _as(nrows, length)
        if nvals is None:
            nvals = nrows * length
        k, n, m = constant_value(length), constant_value(nrows), constant_value(nvals)
        if k is not None and n is not None and m is not None:
            if n * k != m:
                raise ValueError(f"uniform_row_length={k} times nrows={n} must equal nvals={m}")
        elif validate:
            ops.assert_equal(nrows * length, nvals, message="uniform_row_length times nrows must equal nvals")
        splits = ops.range(nrows + 1) * length
        return cls(splits, nrows=nrows, uniform_row_length=length, nvals=nvals, internal=_INTERNAL)

    # -- its forms ---------------------------------------------------------------------------------

    @property
    def dtype(self):
        """int32 or int64."""
        return self._row_splits.dtype

    def row_splits(self):
        """Returns where the rows are cut: shape [nrows + 1]."""
        return self._row_splits

    def row_starts(self):
        """Returns where each row starts."""
        return self._row_splits[:-1]

    def row_limits(self):
        """Returns where each row ends."""
        return self._row_splits[1:]

    def row_lengths(self):
        """Returns the length of each row."""
        if self._row_lengths is None:
            splits = self._row_splits
            return splits[1:] - splits[:-1]
        return self._row_lengths

    def value_rowids(self):
        """Returns the row of each value."""
        if self._value_rowids is None:
            return ops.splits_to_rowids(self._row_splits)
        return self._value_rowids

    def nrows(self):
        """Returns the number of rows."""
        if self._nrows is not None:
            return self._nrows
        return ops.shape(self._row_splits, out_type=self.dtype)[0] - 1

    def nvals(self):
        """Returns the number of values."""
        return self._row_splits[-1] if self._nvals is None else self._nvals

    def offsets_in_rows(self):
        """Returns the place of each value in its row."""
        starts = ops.gather(self._row_splits, self.value_rowids())
        return ops.range(self.nvals()) - starts

    def uniform_row_length(self):
        """Returns the length of every row, None if the rows may differ."""
        return self._uniform

    def is_uniform(self):
        """Returns whether all rows are known to have one length."""
        return self._uniform is not None

    @property
    def static_nrows(self):
        """The number of rows as a Python int, None if it is not known."""
        size = self._row_splits.shape[0] if self._row_splits.shape.rank == 1 else None
        if size is not None:
            return size - 1
        return _known_int(self._nrows)

    @property
    def static_nvals(self):
        """The number of values as a Python int, None if it is not known."""
        if self._nvals is not None and _known_int(self._nvals) is not None:
            return _known_int(self._nvals)
        if self._value_rowids is not None and self._value_rowids.shape.rank == 1:
            return self._value_rowids.shape[0]
        return None  # the last of the row splits may be known: TensorFlow does not look

    @property
    def static_uniform_row_length(self):
        """The length of every row as a Python int, None if it is not known or rows may differ."""
        return _known_int(self._uniform)

    def with_dtype(self, dtype):
        """Returns this partition in int32 or int64.

        Raises:
            ValueError: It is another dtype.
        """
        dtype = dtypes.as_dtype(dtype)
        if dtype not in _INDEX:
            raise ValueError("Argument `dtype` must be int32 or int64. Received: dtype=" + repr(dtype) + ".")
        if dtype is self.dtype:
            return self
        parts = [self._row_splits, self._row_lengths, self._value_rowids, self._nrows, self._uniform, self._nvals]
        return RowPartition(*[None if x is None else ops.cast(x, dtype) for x in parts], internal=_INTERNAL)

    def _with_uniform(self, length):
        """This partition, all of whose rows are known to have `length` values."""
        if self._uniform is not None:
            return self
        return RowPartition(
            self._row_splits, self._row_lengths, self._value_rowids, self._nrows, _like(length, self._row_splits),
            self._nvals, internal=_INTERNAL,
        )  # fmt: skip

    def __repr__(self):
        if self._uniform is not None:
            k, n = constant_value(self._uniform), constant_value(self.nrows())
            if k is not None and n is not None:
                return f"tf.RowPartition(nrows={n}, uniform_row_length={k})"
            return f"tf.RowPartition(nrows={self.nrows()}, uniform_row_length={self._uniform})"
        splits = constant_value(self._row_splits)
        return f"tf.RowPartition(row_splits={self._row_splits if splits is None else splits})"

    def __reduce__(self):
        return RowPartition.from_row_splits, (self._row_splits, False)

    @property
    def _type_spec(self):
        return RowPartitionSpec(
            self.static_nrows, self.static_nvals, self.static_uniform_row_length, self._row_splits.dtype
        )


_INTERNAL = object()


class RowPartitionSpec(TypeSpec):
    """The type of a `RowPartition`.

    Args:
        nrows, nvals, uniform_row_length: What is known of it, or None.
        dtype: int32 or int64.
    """

    __slots__ = ("_dtype", "_nrows", "_nvals", "_uniform_row_length")

    value_type = RowPartition

    def __init__(self, nrows=None, nvals=None, uniform_row_length=None, dtype=dtypes.int64):
        self._nrows = TensorShape([nrows])
        self._nvals = TensorShape([nvals])
        self._uniform_row_length = TensorShape([uniform_row_length])
        self._dtype = dtypes.as_dtype(dtype)
        if self._dtype not in _INDEX:
            raise ValueError("dtype must be tf.int32 or tf.int64")

    nrows = property(lambda self: self._nrows[0], doc="The number of rows, or None.")
    nvals = property(lambda self: self._nvals[0], doc="The number of values, or None.")
    uniform_row_length = property(lambda self: self._uniform_row_length[0], doc="The length of all rows, or None.")
    dtype = property(lambda self: self._dtype, doc="int32 or int64.")

    @classmethod
    def from_value(cls, value):
        """Returns the spec of a row partition."""
        return value._type_spec

    def _serialize(self):
        return self._nrows, self._nvals, self._uniform_row_length, self._dtype

    @classmethod
    def _deserialize(cls, serialization):
        nrows, nvals, length, dtype = serialization
        return cls(nrows[0], nvals[0], length[0], dtype)

    @property
    def _component_specs(self):
        size = None if self.nrows is None else self.nrows + 1
        return TensorSpec([size], self._dtype)

    def _to_components(self, value):
        return value.row_splits()

    def _from_components(self, components):
        if self.uniform_row_length is not None and not isinstance(components, Tensor):
            components = convert(components)
        result = RowPartition(components, internal=_INTERNAL)
        return result if self.uniform_row_length is None else result._with_uniform(self.uniform_row_length)

    def __reduce__(self):
        return RowPartitionSpec, (self.nrows, self.nvals, self.uniform_row_length, self._dtype)

    def __repr__(self):
        return (
            f"RowPartitionSpec(nrows={self.nrows}, nvals={self.nvals}, "
            f"uniform_row_length={self.uniform_row_length}, dtype={self._dtype!r})"
        )


specs.register("tf.RowPartitionSpec")(RowPartitionSpec)


def of_splits(row_splits, uniform=None):
    """The partition of row splits that are known to be good."""
    result = RowPartition(row_splits, internal=_INTERNAL)
    return result if uniform is None else result._with_uniform(uniform)


# Rows that a last row id alone may ask for: their splits take 2 GiB.
_MOST_ROWS = 1 << 28


def _check_rows(nrows):
    """Row ids are data: a damaged one must not fill the memory with empty rows."""
    if nrows is not None and nrows.ndim == 0 and nrows > _MOST_ROWS:
        raise ResourceExhaustedError(
            f"from_value_rowids: the last row id asks for {nrows} rows", hint="pass nrows if that is meant"
        )


def _index_tensor(value, name, dtype, hint):
    if isinstance(value, Tensor) and dtype is None:
        tensor = value
    elif dtype is None and isinstance(value, np.ndarray) and value.dtype.kind in "iu":
        tensor = convert(value)
    elif dtype is not None:
        tensor = convert(value, dtype=dtypes.as_dtype(dtype))
    else:
        tensor = convert(value, hint=dtypes.int64 if hint is None else dtypes.as_dtype(hint))
    if tensor.dtype not in _INDEX:
        raise ValueError(f"{name} must have dtype int32 or int64")
    return tensor


def _as(value, like):
    return ops.cast(value, like.dtype) if isinstance(value, Tensor) else convert(value, dtype=like.dtype)


def _like(value, tensor):
    return convert(value, dtype=tensor.dtype)


def _known_int(x):
    known = None if x is None else constant_value(x)
    return None if known is None else int(known)


def _splits_of(lengths):
    return ops.concat([_like([0], lengths), ops.cumsum(lengths)], 0)


def _assert_rising(x, message):
    ops.assert_non_negative(x[1:] - x[:-1], message=message)
