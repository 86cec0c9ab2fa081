"""Ragged tensors as single values of dtype variant, whole or row by row; and empty rows filled."""

import numpy as np

from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.ops.defs.sparse_dense import spelled
from tapeflow.core.ops.defs.sparse_shape import fill_empty_rows
from tapeflow.core.ops.op import op


class RaggedVariant:
    """A ragged tensor as one value: its row splits, outermost first, and its values."""

    __slots__ = ("splits", "values")

    def __init__(self, splits, values):
        self.splits, self.values = splits, values


def _row(splits, values, i):
    """Row `i` of a ragged tensor with row splits, as one of a ragged rank less."""
    if not splits:
        return RaggedVariant([], np.asarray(values[i]))
    start, stop, inner = splits[0][i], splits[0][i + 1], []
    for split in splits[1:]:
        part = split[start : stop + 1]
        inner.append(part - part[0])
        start, stop = part[0], part[-1]
    return RaggedVariant(inner, values[start:stop])


def _to_variant(rt_nested_splits, rt_dense_values, *, batched_input):
    splits, values = [np.asarray(s) for s in rt_nested_splits], np.asarray(rt_dense_values)
    for split in splits:
        if split.ndim != 1 or not len(split) or split[0] != 0 or np.any(np.diff(split) < 0):
            raise InvalidArgumentError("Ragged splits must be vectors that start with 0 and do not fall")
    counts = [*(len(s) - 1 for s in splits[1:]), len(values) if values.ndim else 0]
    for outer, count in zip(splits, counts, strict=False):
        if outer[-1] != count:
            raise InvalidArgumentError(f"The last of the row splits is {outer[-1]}, and there are {count} values")
    if not batched_input:
        box = np.empty((), object)
        box[()] = RaggedVariant(splits, values)
        return box
    if not splits and values.ndim == 0:
        raise InvalidArgumentError("a batched input needs rank 1 or more")
    result = np.empty(len(splits[0]) - 1 if splits else len(values), object)
    for i in range(len(result)):
        result[i] = _row(splits, values, i)
    return result


def _to_variant_grad(c, d_encoded):
    from tapeflow.core.ops.compose.array import shape
    from tapeflow.core.ops.compose.creation import range
    from tapeflow.core.ops.compose.indexing import gather

    splits = list(c.rt_nested_splits)
    flat = splits[0] if splits else range(shape(c.rt_dense_values)[0] + 1)
    for split in splits[1:]:  # where the values of each row are cut
        flat = gather(split, flat)
    d_values = to_variant_gradient(d_encoded, flat, shape(c.rt_dense_values), Tvalues=c.rt_dense_values.dtype)
    return [None] * len(splits), d_values


to_variant = op(
    "RaggedTensorToVariant",
    "rt_nested_splits: RAGGED_RANK*Tsplits, rt_dense_values: Tvalues, *, batched_input: bool -> "
    "encoded_ragged: variant",
    Tvalues="any", Tsplits="int32 | int64", kernel=_to_variant, grad=_to_variant_grad,
    shape=lambda shapes, attrs: [(None,) if attrs["batched_input"] else ()], samples=(),  # a variant: no walk for it
)  # fmt: skip


def _read(one, rank, Tvalues, Tsplits):
    if not isinstance(one, RaggedVariant):
        raise InvalidArgumentError(f"Input Variant element doesn't hold a RaggedTensorVariant: {type(one).__name__}")
    if len(one.splits) != rank:
        raise InvalidArgumentError(
            f"Encoded input RaggedTensorVariant has ragged_rank={len(one.splits)}.  Expected ragged_rank={rank}."
        )
    found = Tvalues.np if Tvalues.np is not None else np.dtype(object)
    if one.values.dtype != found:
        raise InvalidArgumentError(f"Expected values Tensor dtype: {Tvalues.name}, found: {one.values.dtype}")
    for split in one.splits:
        if split.dtype != Tsplits.np:
            raise InvalidArgumentError(f"Expected row_splits Tensor dtype: {Tsplits.name}, found: {split.dtype}")
    return one


def _from_variant(encoded_ragged, *, input_ragged_rank, output_ragged_rank, Tvalues, Tsplits):
    encoded = np.asarray(encoded_ragged, object)
    rank = output_ragged_rank - encoded.ndim if input_ragged_rank == -1 else input_ragged_rank
    if rank < 0:
        raise InvalidArgumentError(
            "Inferred input_ragged_rank (output_ragged_rank - encoded_variant.dims()) must be >= 0, found "
            f"output_ragged_rank: {output_ragged_rank}, encoded_variant.dims(): {encoded.ndim}"
        )
    if rank + encoded.ndim != output_ragged_rank:
        raise InvalidArgumentError(
            "output_ragged_rank must be equal to input_ragged_rank + encoded_ragged.dims(); output_ragged_rank: "
            f"{output_ragged_rank}, input_ragged_rank: {rank}, encoded_variant.dims(): {encoded.ndim}."
        )
    parts = [_read(one, rank, Tvalues, Tsplits) for one in encoded.reshape(-1)]
    if not encoded.ndim:
        return [*parts[0].splits, parts[0].values]
    splits, count = [], 1
    for size in encoded.shape[:-1]:  # the outer dimensions are uniform
        count *= size
        splits.append(np.arange(count + 1) * encoded.shape[len(splits) + 1])
    heights = [len(one.splits[0]) - 1 if rank else len(np.atleast_1d(one.values)) for one in parts]
    splits.append(np.concatenate([[0], np.cumsum(heights)]))
    for level in range(rank):
        ends = np.concatenate([[0], np.cumsum([one.splits[level][-1] for one in parts])])
        splits.append(np.concatenate([[0], *(one.splits[level][1:] + e for one, e in zip(parts, ends, strict=False))]))
    dtype = Tvalues.np if Tvalues.np is not None else object
    values = np.concatenate([np.atleast_1d(one.values) for one in parts]) if parts else np.zeros((0,), dtype)
    return [*(np.asarray(one).astype(Tsplits.np) for one in splits), values]


def _from_variant_grad(c, *grads):
    """The gradient of each value goes back into the variant it came from."""
    splits, d_values = list(c.outputs[:-1]), grads[-1]
    if c.encoded_ragged.shape.rank == 0:
        return to_variant(splits, d_values, batched_input=False)
    return to_variant(splits, d_values, batched_input=True)


from_variant = op(
    "RaggedTensorFromVariant",
    "encoded_ragged: variant, *, input_ragged_rank: int, output_ragged_rank: int, Tvalues: type, Tsplits: type = int64 "
    "-> output_nested_splits: output_ragged_rank*Tsplits, output_dense_values: Tvalues",
    Tvalues="any", Tsplits="int32 | int64", kernel=_from_variant, grad=_from_variant_grad,
    shape=lambda shapes, attrs: [*[(None,)] * attrs["output_ragged_rank"], None], samples=(),
)  # fmt: skip


def _to_variant_gradient(encoded_ragged_grad, row_splits, dense_values_shape, *, Tvalues):
    shape = tuple(np.ravel(dense_values_shape).tolist())
    result = np.zeros(shape, Tvalues.np)
    for one, start, stop in zip(np.ravel(encoded_ragged_grad), row_splits[:-1], row_splits[1:], strict=False):
        if isinstance(one, RaggedVariant) and stop > start:
            result[start:stop] = one.values
    if np.ndim(encoded_ragged_grad) == 0 and isinstance(encoded_ragged_grad[()], RaggedVariant):
        result[...] = encoded_ragged_grad[()].values
    return result


to_variant_gradient = op(
    "RaggedTensorToVariantGradient",
    "encoded_ragged_grad: variant, row_splits: Tsplits, dense_values_shape: int32, *, Tvalues: type -> "
    "dense_values_grad: Tvalues",
    Tvalues="any", Tsplits="int32 | int64", kernel=_to_variant_gradient, grad=None,
    samples=(),
)  # fmt: skip


# -- empty rows ------------------------------------------------------------------------------------


def _fill(value_rowids, values, nrows, default_value):
    for name, x, rank, kind in (
        ("value_rowids", value_rowids, 1, "vector"), ("values", values, 1, "vector"), ("nrows", nrows, 0, "scalar"),
        ("default_value", default_value, 0, "scalar"),
    ):  # fmt: skip
        if np.ndim(x) != rank:
            raise InvalidArgumentError(f"{name} must be a {kind}, saw: {spelled(np.shape(x))}")
    if len(values) != len(value_rowids):
        raise InvalidArgumentError(
            f"The length of `values` ({len(values)}) must match the first dimension of `value_rowids` "
            f"({len(value_rowids)})."
        )
    indices, filled, empty, where = fill_empty_rows.kernel(
        np.reshape(value_rowids, (-1, 1)), values, np.array([nrows]), default_value
    )
    return indices[:, 0], filled, empty, where


def _fill_grad(c, d_rowids, d_values, d_empty, d_map):
    back = ragged_fill_empty_rows_grad(c.reverse_index_map, d_values)
    return None, back.d_values, None, back.d_default_value


def _rows(shapes, attrs):
    return [(None,), (None,), (None,), shapes[0]]


ragged_fill_empty_rows = op(
    "RaggedFillEmptyRows",
    "value_rowids: int64, values: T, nrows: int64, default_value: T -> output_value_rowids: int64, output_values: T, "
    "empty_row_indicator: bool, reverse_index_map: int64",
    T="any", kernel=_fill, grad=_fill_grad, shape=_rows,
    samples=lambda draw: ([0, 2], draw.floats((2,)), 4, draw.floats(())),
)  # fmt: skip


def _fill_grad_kernel(reverse_index_map, grad_values):
    from tapeflow.core.ops.defs.sparse_shape import fill_empty_rows_grad

    return fill_empty_rows_grad.kernel(reverse_index_map, grad_values)


def _fill_grad_grad(c, d_values, d_default):
    from tapeflow.core.ops.defs.sparse_shape import fill_empty_rows_grad

    return fill_empty_rows_grad.grad(c, d_values, d_default)


ragged_fill_empty_rows_grad = op(
    "RaggedFillEmptyRowsGrad", "reverse_index_map: int64, grad_values: T -> d_values: T, d_default_value: T",
    T="numeric", kernel=_fill_grad_kernel, grad=_fill_grad_grad, shape=lambda shapes, attrs: [shapes[0], ()],
    samples=lambda draw: ([0, 2], draw.floats((4,))),
)  # fmt: skip
