"""`tf.nn`'s embeddings with TensorFlow's signatures."""

from tapeflow.core.base import dtypes
from tapeflow.core.ops import registry
from tapeflow.core.ops.compose.clip import clip_by_norm
from tapeflow.core.ops.compose.creation import ones_like
from tapeflow.core.ops.compose.indexing import dynamic_partition, dynamic_stitch, gather, where
from tapeflow.core.ops.compose.joining import concat
from tapeflow.core.ops.compose.math import cumprod
from tapeflow.core.ops.compose.reduce import reduce_prod, reduce_sum
from tapeflow.core.ops.compose.segment import sparse_segment_mean, sparse_segment_sqrt_n, sparse_segment_sum
from tapeflow.core.ops.defs.array import cast, reshape
from tapeflow.core.ops.defs.binary import maximum
from tapeflow.core.ops.defs.math import greater_equal, less, sqrt
from tapeflow.core.ops.defs.shape import expand_dims, shape
from tapeflow.core.ops.sizes import joined, tail
from tapeflow.core.values.convert import convert


def embedding_lookup(params, ids, max_norm=None, name=None):
    """Rows of an embedding, by number.

    Args:
        params: Tensor or variable [rows, …], or a list of parts: the rows dealt out evenly, in order.
        ids: Integer tensor.
        max_norm: Longer rows are scaled to this length; None for as they are.
        name: Optional name.

    Returns:
        A tensor of shape `ids.shape + params.shape[1:]`.

    Raises:
        InvalidArgumentError: There is no such row.
        ValueError: There are no parameters.

    >>> tf.nn.embedding_lookup(tf.constant([[1.0, 2.0], [3.0, 4.0]]), [1, 0, 1])[:, 0].numpy()
    array([3., 1., 3.], dtype=float32)
    """
    if params is None:
        raise ValueError("params must be specified")
    if isinstance(params, (list, tuple)):
        if not params:
            raise ValueError("Length of params is currently 0. Need at least one param.")
        if len(params) > 1:
            return _of_parts([_table(p) for p in params], ids, max_norm)
        params = params[0]
    ids, params = convert(ids), _table(params)
    return _clipped(gather(params, ids), ids, max_norm)


def _table(params):
    from tapeflow.core.values.variable import Variable

    return params if isinstance(params, Variable) else convert(params)


def _clipped(rows, ids, max_norm):
    if max_norm is None:
        return rows
    return clip_by_norm(rows, max_norm, list(range(ids.shape.rank, rows.shape.rank)))


def _of_parts(params, ids, max_norm):
    """Rows that are dealt out in order, the first parts having one more if they do not come out even."""
    ids = convert(ids)
    flat = reshape(ids, [-1])
    total = sum(p.shape.as_list()[0] for p in params)
    each, extras = divmod(total, len(params))
    part = maximum(flat // (each + 1), (flat - extras) // max(each, 1))
    place = where(less(part, convert(extras, dtype=flat.dtype)), flat % (each + 1), (flat - extras) % max(each, 1))
    part = cast(part, dtypes.int32)
    count = len(params)
    places = dynamic_partition(place, part, count)
    from tapeflow.core.ops.compose.creation import range as numbers
    from tapeflow.core.ops.sizes import count as size

    where_from = dynamic_partition(numbers(size(flat)), part, count)
    rows = [gather(p, one) for p, one in zip(params, places, strict=True)]
    result = dynamic_stitch(where_from, rows)
    leading = list(ids.static_shape) if None not in ids.static_shape else shape(ids)
    result = reshape(result, joined(leading, list(params[0].shape.as_list()[1:])))
    return _clipped(result, ids, max_norm)


# -- sparse ids ------------------------------------------------------------------------------------


def _is_sparse(x):
    return all(hasattr(x, name) for name in ("indices", "values", "dense_shape"))


def _is_ragged(x):
    return hasattr(x, "value_rowids") and hasattr(x, "flat_values")


def _combiner(combiner):
    combiner = "mean" if combiner is None else combiner
    if combiner not in ("mean", "sqrtn", "sum"):
        raise ValueError(f"combiner must be one of 'mean', 'sqrtn' or 'sum', got {combiner}")
    return combiner


def embedding_lookup_sparse(
    params, sp_ids, sp_weights, combiner=None, max_norm=None, name=None, allow_fast_lookup=False
):
    """For each row of sparse ids the combined rows of an embedding.

    Args:
        params: As for `embedding_lookup`.
        sp_ids: SparseTensor or RaggedTensor [rows, …] of ids.
        sp_weights: Likewise, a weight for each id; None for ones.
        combiner: `"mean"` (the default), `"sum"`, or `"sqrtn"`: the sum over the length of the weights.
        max_norm: As for `embedding_lookup`.
        name: Optional name.
        allow_fast_lookup: Accepted.

    Returns:
        A tensor [last row that has ids + 1, …]; rows without ids are 0.

    Raises:
        TypeError: Ids or weights are not sparse.
        ValueError: The combiner is unknown, or there are not as many weights as ids.
    """
    combiner = _combiner(combiner)
    if params is None:
        raise ValueError("Attempt to convert a value (None) with an unsupported type (<class 'NoneType'>) to a Tensor.")
    if _is_ragged(sp_ids):
        rows, ids = sp_ids.value_rowids(), sp_ids.flat_values
        weights = None if sp_weights is None else convert(sp_weights.flat_values)
    elif _is_sparse(sp_ids):
        if sp_weights is not None and not _is_sparse(sp_weights):
            raise TypeError(f"sp_weights must be either None or SparseTensor,got {type(sp_weights)}")
        rows, ids = sp_ids.indices[:, 0], sp_ids.values
        weights = None if sp_weights is None else convert(sp_weights.values)
    else:
        raise TypeError(f"sp_ids must be SparseTensor, got {type(sp_ids)}")
    if weights is not None and not weights.shape.is_compatible_with(ids.shape):
        raise ValueError(f"Shapes {ids.shape} and {weights.shape} are incompatible")
    rows = rows if rows.dtype is dtypes.int32 else cast(rows, dtypes.int32)
    found = embedding_lookup(params, ids, max_norm)
    if weights is None:
        return _combined(found, rows, combiner)
    return _weighted(found, rows, weights, combiner)


def _combined(found, rows, combiner):
    from tapeflow.core.ops.compose.creation import range as numbers
    from tapeflow.core.ops.sizes import count

    function = {"sum": sparse_segment_sum, "mean": sparse_segment_mean, "sqrtn": sparse_segment_sqrt_n}[combiner]
    return function(found, numbers(count(rows)), rows)


def _along(weights, found):
    """Weights with as many axes as the rows they count for."""
    for _ in range(found.shape.rank - 1):
        weights = expand_dims(weights, -1)
    return weights


def _weighted(found, rows, weights, combiner):
    segment_sum = registry.get("SegmentSum")
    weights = _along(cast(weights, found.dtype) if weights.dtype is not found.dtype else weights, found)
    total = segment_sum(found * weights, rows)
    if combiner == "sum":
        return total
    divide_no_nan = registry.get("DivNoNan")
    if combiner == "mean":
        return divide_no_nan(total, segment_sum(weights, rows))
    return divide_no_nan(total, sqrt(segment_sum(weights * weights, rows)))


def safe_embedding_lookup_sparse(
    embedding_weights, sparse_ids, sparse_weights=None, combiner="mean", default_id=None, max_norm=None, name=None,
    allow_fast_lookup=False,
):  # fmt: skip
    """`embedding_lookup_sparse` that leaves out negative ids and weights that are not positive, and knows empty rows.

    Args:
        embedding_weights: As `params` of `embedding_lookup`.
        sparse_ids: SparseTensor [d0, d1, …] of ids.
        sparse_weights: SparseTensor of weights, or None.
        combiner: As for `embedding_lookup_sparse`.
        default_id: What rows without ids mean; zeros if None.
        max_norm: As for `embedding_lookup`.
        name: Optional name.
        allow_fast_lookup: Accepted.

    Returns:
        A tensor [d0, …, d(n-2), …], one combined row for each.

    Raises:
        ValueError: There are no embeddings.
    """
    if embedding_weights is None or (isinstance(embedding_weights, (list, tuple)) and not embedding_weights):
        raise ValueError(f"Missing embedding_weights {embedding_weights}.")
    if isinstance(embedding_weights, (list, tuple)) and len(embedding_weights) == 1:
        embedding_weights = embedding_weights[0]
    combiner = _combiner(combiner)
    if _is_ragged(sparse_ids):
        rows, ids, leading = sparse_ids.value_rowids(), sparse_ids.flat_values, [sparse_ids.nrows()]
        weights = None if sparse_weights is None else sparse_weights.flat_values
    else:
        rows, ids, leading = _rows_of(sparse_ids)
        weights = None if sparse_weights is None else sparse_weights.values
    valid = greater_equal(ids, convert(0, dtype=ids.dtype))
    if weights is not None and combiner != "sum":
        valid = valid & registry.get("Greater")(weights, convert(0, dtype=weights.dtype))
    found = embedding_lookup(embedding_weights, maximum(ids, convert(0, dtype=ids.dtype)), max_norm)
    weights = ones_like(ids, dtype=found.dtype) if weights is None else cast(weights, found.dtype)
    result, count = _over_rows(found, weights, valid, rows, reduce_prod(convert(leading, hint=dtypes.int64)), combiner)
    if default_id is not None:
        fallback = embedding_lookup(embedding_weights, [default_id], max_norm)
        result = where(_along(count, result) > 0, result, fallback)
    if isinstance(leading, list) and len(leading) == 1:
        return result
    return reshape(result, joined_sizes(leading, result))


def joined_sizes(leading, result):
    """The sizes before the last of the ids, and those of a row."""
    leading = cast(convert(leading, hint=dtypes.int64), dtypes.int32)
    return concat([leading, convert(tail(result, 1), hint=dtypes.int32)], 0)


def _rows_of(sparse_ids):
    """For each id its row with all axes but the last flattened, the ids, and those axes' sizes."""
    indices, sizes = convert(sparse_ids.indices), convert(sparse_ids.dense_shape)
    rank = indices.shape[1] if indices.shape.rank == 2 else None
    if rank is None:
        steps = cumprod(sizes[:-1], exclusive=True, reverse=True)
        return reduce_sum(indices[:, :-1] * steps, 1), convert(sparse_ids.values), sizes[:-1]
    rows = indices[:, 0]
    for axis in range(1, rank - 1):
        rows = rows * sizes[axis] + indices[:, axis]
    return rows, convert(sparse_ids.values), ([sizes[0]] if rank == 2 else sizes[: rank - 1])


def _over_rows(found, weights, valid, rows, count, combiner):
    """The combined rows, and for each how many ids it has."""
    total_of = registry.get("UnsortedSegmentSum")
    zero, used = convert(0, dtype=found.dtype), valid
    for _ in range(found.shape.rank - 1):
        used = expand_dims(used, -1)
    products = where(used, found * _along(weights, found), zero)
    total = total_of(products, rows, count)
    weights = where(valid, weights, zero)
    number = total_of(cast(valid, dtypes.int32), rows, count)
    if combiner == "sum":
        return total, number
    divide_no_nan = registry.get("DivNoNan")
    over = total_of(weights, rows, count) if combiner == "mean" else sqrt(total_of(weights * weights, rows, count))
    return divide_no_nan(total, _along(over, total)), number
