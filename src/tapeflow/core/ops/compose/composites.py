"""The functions that ragged and sparse tensors are made with, and that their methods are: one flat list of names."""

import importlib

from tapeflow.core.base.errors import OpError
from tapeflow.core.ops.compose import math
from tapeflow.core.ops.compose.array import cast, expand_dims, reshape, shape
from tapeflow.core.ops.compose.assertions import (
    Assert,
    assert_equal,
    assert_less,
    assert_less_equal,
    assert_non_negative,
)
from tapeflow.core.ops.compose.creation import range, zeros
from tapeflow.core.ops.compose.indexing import gather
from tapeflow.core.ops.compose.joining import concat, stack
from tapeflow.core.ops.compose.math import cumsum, floordiv
from tapeflow.core.ops.compose.order import searchsorted
from tapeflow.core.ops.compose.ragged_convert import (
    ragged_bounding_shape,
    ragged_from_sparse,
    ragged_from_tensor,
    ragged_merge_dims,
    ragged_row_lengths,
    ragged_to_sparse,
    ragged_to_tensor,
)
from tapeflow.core.ops.compose.ragged_getitem import ragged_getitem
from tapeflow.core.ops.compose.rearranging import repeat
from tapeflow.core.ops.compose.reduce import reduce_all
from tapeflow.core.ops.compose.sparse_basic import sparse_dense_cwise, sparse_to_dense
from tapeflow.core.ops.defs import logic
from tapeflow.core.ops.defs import math as math_ops
from tapeflow.core.ops.defs.binary import maximum
from tapeflow.core.ops.defs.ragged import rows_of
from tapeflow.core.ops.op import out_of_memory
from tapeflow.core.values.convert import convert
from tapeflow.core.values.tensor import EagerTensor

__all__ = [
    "Assert",
    "all_equal",
    "assert_equal",
    "assert_less",
    "assert_less_equal",
    "assert_non_negative",
    "cast",
    "concat",
    "convert",
    "cumsum",
    "expand_dims",
    "floordiv",
    "gather",
    "maximum",
    "operator",
    "ragged_bounding_shape",
    "ragged_from_sparse",
    "ragged_from_tensor",
    "ragged_getitem",
    "ragged_merge_dims",
    "ragged_row_lengths",
    "ragged_to_sparse",
    "ragged_to_tensor",
    "range",
    "reduce_all",
    "repeat",
    "reshape",
    "rowids_to_splits",
    "shape",
    "sparse_dense_cwise",
    "sparse_to_dense",
    "splits_to_rowids",
    "stack",
    "teach",
    "zeros",
]


def splits_to_rowids(splits):
    """The row of each value, of row splits: `[0, 2, 2, 3]` is `[0, 0, 2]`."""
    if isinstance(splits, EagerTensor):
        try:
            return convert(rows_of(splits.host).astype(splits.dtype.np, copy=False))
        except (MemoryError, ValueError) as error:  # NumPy has the second for sizes that no machine holds
            if isinstance(error, OpError):
                raise
            raise out_of_memory("RowSplitsToSegmentIds", error, {"splits": splits}) from error
    rows = range(shape(splits, out_type=splits.dtype)[0] - 1)
    return repeat(rows, splits[1:] - splits[:-1])


def rowids_to_splits(rowids, nrows):
    """The row splits of ascending row ids."""
    return searchsorted(rowids, range(nrows + 1), side="left", out_type=rowids.dtype)


def all_equal(a, b):
    """Whether two tensors have one shape and the same elements: a bool scalar; of unlike shapes, False."""
    if not a.shape.is_compatible_with(b.shape):
        return convert(False)
    if a.shape.is_fully_defined() and b.shape.is_fully_defined():
        return reduce_all(math_ops.equal(a, b))
    return reduce_all(math_ops.equal(a, b)) if a.shape.rank == b.shape.rank else convert(False)


def teach(kind):
    """Has functions like `tf.concat` take composites of a kind."""
    importlib.import_module(f"tapeflow.core.ops.compose.{kind}_dispatch")


_OPERATORS = {
    "add": math.add, "subtract": math.subtract, "multiply": math.multiply, "truediv": math.truediv,
    "floordiv": math.floordiv, "floormod": math_ops.floor_mod, "pow": math.pow, "logical_and": logic.logical_and,
    "logical_or": logic.logical_or, "logical_xor": math.logical_xor, "less": math_ops.less,
    "less_equal": math_ops.less_equal, "greater": math_ops.greater, "greater_equal": math_ops.greater_equal,
    "negative": math_ops.negative, "abs": math.abs, "logical_not": logic.logical_not,
    "equals": math.equal, "not_equals": math.not_equal,
}  # fmt: skip


def operator(name):
    """The function behind an operator of ragged tensors."""
    return _OPERATORS[name]
