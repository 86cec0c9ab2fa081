"""`tf.io.parse_example` and its like."""

import numpy as np

from tapeflow.core.base import dtypes
from tapeflow.core.ops.compose.array import reshape
from tapeflow.core.ops.compose.array import shape as shape_of
from tapeflow.core.ops.compose.feature_config import Plan, RaggedFeature, SparseFeature
from tapeflow.core.ops.defs import parse as ops
from tapeflow.core.ops.registry import get
from tapeflow.core.values.convert import convert
from tapeflow.core.values.tensor import EagerTensor, Tensor


def _ragged():
    from tapeflow.core.values.ragged import RaggedTensor  # lazy: only some features need it

    return RaggedTensor


def _sparse():
    from tapeflow.core.values.sparse import SparseTensor  # lazy: only some features need it

    return SparseTensor


def _strings(values):
    values = [] if values is None else list(values)
    return EagerTensor(np.fromiter((v.encode() if isinstance(v, str) else v for v in values), object, len(values)),
                       dtypes.string)  # fmt: skip


def _text(serialized):
    """The serialized messages as a string tensor."""
    tensor = serialized if isinstance(serialized, Tensor) else convert(serialized)
    if tensor.dtype is not dtypes.string:
        raise ValueError(
            f"Tensor conversion requested dtype string for Tensor with dtype {tensor.dtype.name}: {tensor!r}"
        )
    return tensor


def _names(names):
    return names if isinstance(names, Tensor) else _strings(names)


def _defaults(plan):
    """The default of each dense feature as a tensor; an empty one for none."""
    result = []
    for dtype, shape, default, _ in plan.dense.values():
        if default is None:
            result.append(convert([], dtypes.as_dtype(dtype)))
            continue
        default = convert(default, dtypes.as_dtype(dtype))
        known = None not in shape
        result.append(reshape(default, shape) if known else reshape(default, []))
    return result


def _put_together(plan, sparse, dense, ragged, scalar):
    """Key -> tensor, of what the parsing op gave."""
    found = {}
    for key, indices, values, shape in zip(plan.sparse, *sparse, strict=True):
        found[key] = _sparse()(indices, values, shape)
    found.update(zip(plan.dense, dense, strict=True))
    for key, values, *splits in zip(plan.ragged, *ragged, strict=True):
        for one in reversed(splits[1:] if scalar else splits):  # a single sequence has its steps for rows
            values = _ragged().from_row_splits(values, one, validate=False)
        found[key] = values
    return found


def parse_example(serialized, features, example_names=None, name=None):
    """Parses examples, one feature after the other, into tensors.

    Args:
        serialized: A vector of strings, an example each; or a scalar.
        features: Key -> `FixedLenFeature`, `VarLenFeature`, `FixedLenSequenceFeature`, `SparseFeature` or
            `RaggedFeature`.
        example_names: A name for each example, for messages.
        name: Optional name.

    Returns:
        Key -> tensor, sparse tensor or ragged tensor.

    Raises:
        ValueError: A feature is not described whole.
        InvalidArgumentError: An example does not fit the description.
    """
    if not features:
        raise ValueError(f"Argument `features` cannot be None or falsy. Got {features}")
    plan, serialized = Plan(features), _text(serialized)
    scalar = serialized.shape.rank == 0
    outputs = ops.parse_example_v2(
        serialized, _names(example_names), _strings(plan.sparse), _strings(plan.dense), _strings(plan.ragged),
        _defaults(plan), len(plan.sparse), list(plan.sparse.values()), [one[0] for one in plan.ragged.values()],
        [one[1] for one in plan.ragged.values()], [one[1] for one in plan.dense.values()],
    )  # fmt: skip
    ragged = (outputs.ragged_values,) if scalar else (outputs.ragged_values, outputs.ragged_row_splits)
    sparse = outputs.sparse_indices, outputs.sparse_values, outputs.sparse_shapes
    return _composed(features, _put_together(plan, sparse, outputs.dense_values, ragged, False))


def parse_single_example(serialized, features, example_names=None, name=None):
    """Parses one example: `parse_example` without the batch dimension.

    Args:
        serialized: A scalar string.
        features, example_names, name: See `parse_example`.

    Raises:
        ValueError: `serialized` is not a scalar.
    """
    if not features:
        raise ValueError("Invalid argument: 'features' cannot be empty.")
    return parse_example(_scalar(serialized), features, example_names)


def _scalar(serialized):
    serialized = _text(serialized)
    if serialized.shape.rank not in (0, None):
        raise ValueError("Input serialized must be a scalar")
    return reshape(serialized, []) if serialized.shape.rank is None else serialized


def parse_sequence_example(serialized, context_features=None, sequence_features=None, example_names=None, name=None):
    """Parses sequences of examples.

    Args:
        serialized: A vector of strings, a `SequenceExample` each.
        context_features: Key -> feature, of what each sequence has once.
        sequence_features: Key -> feature, of what each step has.
        example_names: A name for each sequence, for messages.
        name: Optional name.

    Returns:
        Three dictionaries: the context, the sequences, and the lengths of the dense features of the sequences.

    Raises:
        ValueError: There are no features.
        InvalidArgumentError: A sequence does not fit the description.
    """
    if not (context_features or sequence_features):
        raise ValueError(
            "Both `context_features` and `sequence_features` argument are None, but at least one should have values."
        )
    return _sequences(_text(serialized), context_features or {}, sequence_features or {}, example_names)


def parse_single_sequence_example(
    serialized, context_features=None, sequence_features=None, example_name=None, name=None
):
    """Parses one sequence of examples: `parse_sequence_example` without the batch dimension.

    Args:
        serialized: A scalar string.
        context_features, sequence_features, name: See `parse_sequence_example`.
        example_name: A name, for messages.

    Returns:
        Two dictionaries: the context and the sequence.
    """
    if not (context_features or sequence_features):
        raise ValueError("Missing context_features or sequence_features.")
    names = None if example_name is None else [example_name]
    return _sequences(_scalar(serialized), context_features or {}, sequence_features or {}, names)[:2]


def _sequences(serialized, context_features, sequence_features, names):
    context, steps = Plan(context_features), Plan(sequence_features, sequence=True)
    scalar = serialized.shape.rank == 0
    outputs = ops.parse_sequence_example_v2(
        serialized, _names(names), _strings(context.sparse), _strings(context.dense), _strings(context.ragged),
        _strings(steps.sparse), _strings(steps.dense), _strings(steps.ragged),
        EagerTensor(np.array([one[3] for one in steps.dense.values()], bool), dtypes.bool), _defaults(context),
        len(context.sparse), list(context.sparse.values()), [one[0] for one in context.ragged.values()],
        [one[1] for one in context.ragged.values()], [one[1] for one in context.dense.values()],
        len(steps.sparse), len(steps.dense), [one[0] for one in steps.dense.values()], list(steps.sparse.values()),
        [one[0] for one in steps.ragged.values()], [one[1] for one in steps.ragged.values()],
        [one[1] for one in steps.dense.values()],
    )  # fmt: skip
    ragged = (outputs.context_ragged_values,) if scalar else (
        outputs.context_ragged_values, outputs.context_ragged_row_splits)  # fmt: skip
    sparse = outputs.context_sparse_indices, outputs.context_sparse_values, outputs.context_sparse_shapes
    found = _put_together(context, sparse, outputs.context_dense_values, ragged, False)
    sparse = outputs.feature_list_sparse_indices, outputs.feature_list_sparse_values, outputs.feature_list_sparse_shapes
    ragged = (outputs.feature_list_ragged_values, outputs.feature_list_ragged_outer_splits,
              outputs.feature_list_ragged_inner_splits)  # fmt: skip
    sequence = _put_together(steps, sparse, outputs.feature_list_dense_values, ragged, scalar)
    lengths = dict(zip(steps.dense, outputs.feature_list_dense_lengths, strict=True))
    return _composed(context_features, found), _composed(sequence_features, sequence), lengths


# -- features made of several --------------------------------------------------------------------------


def _composed(features, found):
    """The features asked for, of those found."""
    made = {}
    for key in sorted(features):
        feature = features[key]
        if isinstance(feature, SparseFeature):
            made[key] = _merged(feature, found)
        elif isinstance(feature, RaggedFeature):
            made[key] = _partitioned(feature, found[feature.value_key or key], found)
    found = {**found, **made}
    return {key: value for key, value in found.items() if key in features}


def _merged(feature, found):
    """The sparse tensor of a feature of indices and a feature of values."""
    keys = [feature.index_key] if isinstance(feature.index_key, str) else feature.index_key
    sizes = [feature.size] if isinstance(feature.size, int) else list(feature.size)
    values = found[feature.value_key]
    batch = values.indices[:, :-1]
    columns = [get("ExpandDims")(found[key].values, 1) for key in keys]
    indices = get("ConcatV2")([batch, *columns], 1)
    shape = get("ConcatV2")([values.dense_shape[:-1], convert(sizes, dtypes.int64)], 0)
    merged = _sparse()(indices, values.values, shape)
    if feature.already_sorted:
        return merged
    indices, ordered = get("SparseReorder")(merged.indices, merged.values, merged.dense_shape)
    return _sparse()(indices, ordered, shape)


def _partitioned(feature, values, found):
    """The values with their partitions around them, from the innermost."""
    if not feature.partitions:
        return values
    if isinstance(values, Tensor):
        for partition in reversed(feature.partitions):
            values = _one_partition(feature, partition, values, found)
        return values
    outer = None
    if values.ragged_rank > 1:
        outer, values = values.row_splits, values.values
    for partition in reversed(feature.partitions):
        values = _batched_partition(feature, partition, values, found, outer)
    return values if outer is None else _ragged().from_row_splits(values, outer, validate=feature.validate)


_MAKERS = {"RowSplits": "from_row_splits", "RowLengths": "from_row_lengths", "RowStarts": "from_row_starts",
           "RowLimits": "from_row_limits", "ValueRowIds": "from_value_rowids"}  # fmt: skip


def _one_partition(feature, partition, values, found):
    """Of a single example."""
    ragged = _ragged()
    if isinstance(partition, RaggedFeature.UniformRowLength):
        if isinstance(values, ragged):
            length = convert(partition.length, feature.row_splits_dtype)
            return ragged.from_uniform_row_length(values, length, validate=feature.validate)
        inner = shape_of(values)[1:]
        return reshape(values, get("ConcatV2")([[-1, partition.length], inner], 0))
    numbers = get("Cast")(found[partition.key], feature.row_splits_dtype)
    return getattr(ragged, _MAKERS[type(partition).__name__])(values, numbers, validate=feature.validate)


def _batched_partition(feature, partition, values, found, outer):
    """Of a batch: the partitions of all examples one after the other, and theirs around them."""
    ragged, check = _ragged(), feature.validate
    if isinstance(partition, RaggedFeature.UniformRowLength):
        length = convert(partition.length, values.row_splits.dtype)
        rows = get("FloorDiv")(values.row_splits, length)
        if values.ragged_rank > 1:
            inner = ragged.from_uniform_row_length(values.values, length, validate=check)
        else:
            inner = reshape(values.values, get("ConcatV2")([[-1, partition.length], shape_of(values.values)[1:]], 0))
        return ragged.from_row_splits(inner, rows, validate=check)
    numbers = found[partition.key]
    numbers = numbers if outer is None else numbers.values
    lengths, rows = _lengths(type(partition).__name__, numbers, values)
    inner = ragged.from_row_lengths(values.values, lengths, validate=check)
    return ragged.from_row_splits(inner, rows, validate=check)


def _lengths(kind, numbers, values):
    """The length of every inner row, and the splits of the outer ones, of a batch's partitions.

    Args:
        kind: How the numbers tell the rows.
        numbers: A ragged tensor: each example's numbers.
        values: A ragged tensor: each example's values.
    """
    dtype = values.row_splits.dtype
    flat, splits = get("Cast")(numbers.values, dtype), get("Cast")(numbers.row_splits, dtype)
    if kind == "RowLengths":
        return flat, splits
    sizes = values.row_splits[1:] - values.row_splits[:-1]
    counts = splits[1:] - splits[:-1]
    if kind == "RowSplits":  # one more number than rows
        first = get("GatherV2")(splits, numbers.value_rowids(), 0)
        keep = get("NotEqual")(_positions(flat, dtype), first)
        steps = get("ConcatV2")([flat[:1] * 0, flat[1:] - flat[:-1]], 0)
        return _where(steps, keep), _running(counts - 1, dtype)
    if kind == "RowLimits":
        before = get("ConcatV2")([flat[:1] * 0, flat[:-1]], 0)
        first = get("Equal")(_positions(flat, dtype), get("GatherV2")(splits, numbers.value_rowids(), 0))
        return flat - get("SelectV2")(first, before * 0, before), splits
    if kind == "RowStarts":
        after = get("ConcatV2")([flat[1:], flat[:1] * 0], 0)
        ids = numbers.value_rowids()
        last = get("Equal")(_positions(flat, dtype) + 1, get("GatherV2")(splits[1:], ids, 0))
        return get("SelectV2")(last, get("GatherV2")(sizes, ids, 0), after) - flat, splits
    # ValueRowIds: an example has as many rows as its largest number says.
    ids = numbers.value_rowids()
    rows = get("Maximum")(get("UnsortedSegmentMax")(flat, ids, numbers.nrows()) + 1, sizes * 0)
    ends = _running(rows, dtype)
    place = flat + get("GatherV2")(ends, ids, 0)
    ones = get("OnesLike")(flat)
    return get("UnsortedSegmentSum")(ones, place, ends[-1]), ends


def _positions(flat, dtype):
    return get("Range")(convert(0, dtype), get("Cast")(get("Size")(flat), dtype), convert(1, dtype))


def _running(counts, dtype):
    """The splits of rows of so many values."""
    return get("ConcatV2")([convert([0], dtype), get("Cumsum")(counts, 0)], 0)


def _where(values, keep):
    return get("GatherV2")(values, reshape(get("Where")(keep), [-1]), 0)
