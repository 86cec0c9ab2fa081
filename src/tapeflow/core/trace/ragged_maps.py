"""`map_fn` where rows or results are ragged tensors, or other composites."""

from tapeflow.core.base import dtypes, nest
from tapeflow.core.base.composite import CompositeTensor
from tapeflow.core.base.errors import InvalidArgumentError, UnimplementedError
from tapeflow.core.base.mode import current
from tapeflow.core.base.specs import TensorSpec
from tapeflow.core.base.type_spec import TypeSpec
from tapeflow.core.ops.compose import array, creation, joining
from tapeflow.core.ops.compose.ragged_array import as_ragged_or_dense
from tapeflow.core.ops.compose.ragged_array import stack as ragged_stack
from tapeflow.core.trace.tracing import FuncGraph
from tapeflow.core.values.convert import convert
from tapeflow.core.values.extension_type import batch_encoder
from tapeflow.core.values.ragged import RaggedTensor, RaggedTensorSpec, is_ragged
from tapeflow.core.values.tensor import Tensor


def takes(leaves, signature):
    """Whether there are composites among the elements or the results."""
    if any(isinstance(x, CompositeTensor) for x in leaves):
        return True
    return any(isinstance(x, TypeSpec) and not isinstance(x, TensorSpec) for x in nest.flatten(signature))


def map_rows(fn, elems, signature):
    """`map_fn` row by row: at once if their number is known, else in a loop of the graph."""
    leaves = [x if isinstance(x, CompositeTensor) else convert(x) for x in nest.flatten(elems)]
    if signature is None:
        signature = nest.pack_sequence_as(elems, [_spec_of_rows(x) for x in leaves])
    specs = [_as_spec(one) for one in nest.flatten(signature)]
    counts = {_rows_of(x) for x in leaves} - {None}
    if len(counts) > 1:
        raise ValueError(f"Dimensions {' and '.join(map(str, sorted(counts)))} are not compatible")
    if not counts:
        return nest.pack_sequence_as(signature, _looped(fn, elems, leaves, signature, specs))
    rows = []
    for i in range(counts.pop()):
        result = fn(nest.pack_sequence_as(elems, [_row(x, i) for x in leaves]))
        nest.assert_same_structure(signature, result, check_types=False)
        rows.append(nest.flatten(result))
    columns = zip(*rows, strict=True) if rows else [[] for _ in specs]
    return nest.pack_sequence_as(signature, [_stacked(list(c), s) for c, s in zip(columns, specs, strict=True)])


def _is_extension(x):
    return isinstance(x, CompositeTensor) and not is_ragged(x)


def _parts(x):
    """The tensors and ragged tensors that a batch of an extension type is encoded as."""
    spec = x._type_spec
    return batch_encoder(spec).encode(spec, x, minimum_rank=1)


def _rows_of(x):
    return _rows_of(nest.flatten(_parts(x))[0]) if _is_extension(x) else x.shape[0]


def _row(x, i):
    """Row `i` of a tensor or a composite."""
    if not _is_extension(x):
        return x[i]
    spec = x._type_spec._unbatch()
    return batch_encoder(spec).decode(spec, nest.map_structure(lambda one: _row(one, i), _parts(x)))


def _spec_of_rows(x):
    if is_ragged(x):
        return RaggedTensorSpec(x.shape[1:], x.dtype, x.ragged_rank - 1, x.row_splits.dtype)
    return x._type_spec._unbatch() if isinstance(x, CompositeTensor) else TensorSpec(x.shape[1:], x.dtype)


def _as_spec(signature):
    return signature if isinstance(signature, TypeSpec) else TensorSpec(None, dtypes.as_dtype(signature))


def _checked(value, spec):
    """A row of the result, of the dtype that was announced."""
    value = as_ragged_or_dense(value) if hasattr(value, "dtype") else convert(value, hint=spec.dtype)
    if value.dtype is not spec.dtype:
        raise InvalidArgumentError(
            f"TensorArray dtype is {spec.dtype.name} but Op is trying to write dtype {value.dtype.name}",
            hint="fn_output_signature= says the dtypes that fn returns",
        )
    if isinstance(spec, RaggedTensorSpec) and value.shape.rank == 0:
        raise InvalidArgumentError("Ragged values must have rank >= 1; encoded scalar element at index 0")
    return value


def _stacked(column, spec):
    """The rows of one output together."""
    if not isinstance(spec, (RaggedTensorSpec, TensorSpec)):
        return _stacked_composite(column, spec)
    column = [_checked(one, spec) for one in column]
    if isinstance(spec, TensorSpec):
        sizes = [0 if n is None else n for n in (spec.shape.as_list() if spec.shape.rank is not None else [])]
        return joining.stack(column) if column else creation.zeros([0, *sizes], spec.dtype)
    if not column:
        return _empty(spec)
    result = ragged_stack(column)
    return result.with_row_splits_dtype(spec.row_splits_dtype) if is_ragged(result) else result


def _stacked_composite(column, spec):
    """The rows of a composite, what it is encoded as stacked part by part."""
    encoder = batch_encoder(spec)
    kinds = encoder.encoding_specs(spec)
    rows = [encoder.encode(spec, one) for one in column]
    columns = zip(*map(nest.flatten, rows), strict=True) if rows else [[] for _ in nest.flatten(kinds)]
    parts = [_stacked(list(one), kind) for one, kind in zip(columns, nest.flatten(kinds), strict=True)]
    return encoder.decode(spec._batch(len(column)), nest.pack_sequence_as(kinds, parts))


def _inner(spec):
    """The shape below the ragged dimensions of a row."""
    sizes = spec.shape.as_list()[spec.ragged_rank + 1 :] if spec.shape.rank is not None else []
    if None in sizes:
        raise UnimplementedError(
            "map_fn of ragged rows needs to know the inner sizes", got={"fn_output_signature": spec},
            hint="give them in fn_output_signature=tf.RaggedTensorSpec(shape, ...)",
        )  # fmt: skip
    return sizes


def _empty(spec):
    """No rows."""
    result = creation.zeros([0, *_inner(spec)], spec.dtype)
    for _ in range(spec.ragged_rank + 1):
        result = RaggedTensor.from_row_splits(result, convert([0], dtype=spec.row_splits_dtype), validate=False)
    return result


def _looped(fn, elems, leaves, signature, specs):
    """The columns of the result, of an unknown number of rows: what each row adds is joined on, round by round."""
    from tapeflow.core.trace.control import while_loop

    specs = _with_shapes(fn, elems, leaves, specs)
    first = leaves[0]
    count = first.nrows(dtypes.int32) if is_ragged(first) else array.shape(first)[0]
    starts, invariants = [], []
    for spec in specs:
        begin, shapes = _begin(spec)
        starts.append(begin)
        invariants.append(shapes)

    def body(i, sums):
        result = fn(nest.pack_sequence_as(elems, [_row(x, i) for x in leaves]))
        nest.assert_same_structure(signature, result, check_types=False)
        rows = [_checked(one, spec) for one, spec in zip(nest.flatten(result), specs, strict=True)]
        return i + 1, [_joined(a, row, spec) for a, row, spec in zip(sums, rows, specs, strict=True)]

    zero = convert(0, dtype=dtypes.int32)
    _, sums = while_loop(
        lambda i, sums: i < count, body, [zero, starts], shape_invariants=[zero.shape, invariants]
    )  # fmt: skip
    return [_finished(a, spec) for a, spec in zip(sums, specs, strict=True)]


def _is_open(spec):
    return isinstance(spec, TensorSpec) and not spec.shape.is_fully_defined()


def _with_shapes(fn, elems, leaves, specs):
    """The specs with the shapes that `fn` gives, found by capturing it once, where the signature leaves them out."""
    if not any(map(_is_open, specs)):
        return specs
    with FuncGraph("map_fn_result", current.graph):
        result = nest.flatten(fn(nest.pack_sequence_as(elems, [_row(x, convert(0)) for x in leaves])))
    return [
        TensorSpec(spec.shape.merge_with(one.shape), spec.dtype) if _is_open(spec) and isinstance(one, Tensor) else spec
        for one, spec in zip(result, specs, strict=True)
    ]


def _begin(spec):
    """What is there before the first row, and the shapes that it may grow to."""
    if isinstance(spec, TensorSpec):
        if spec.shape.rank is None or None in spec.shape.as_list():
            raise UnimplementedError(
                "map_fn over an unknown number of ragged rows needs the shape of a row of the result",
                hint="fn_output_signature=tf.TensorSpec(shape, dtype)",
            )  # fmt: skip
        sizes = spec.shape.as_list()
        return [creation.zeros([0, *sizes], spec.dtype)], [_grows(sizes)]
    levels = spec.ragged_rank + 1
    lengths = [convert([], dtype=spec.row_splits_dtype) for _ in range(levels)]
    return [creation.zeros([0, *_inner(spec)], spec.dtype), *lengths], [_grows(_inner(spec)), *[_grows([])] * levels]


def _grows(sizes):
    from tapeflow.core.base.shapes import TensorShape

    return TensorShape([None, *sizes])


def _joined(before, row, spec):
    if isinstance(spec, TensorSpec):
        return [joining.concat([before[0], array.expand_dims(row, 0)], 0)]
    flat = row.flat_values if is_ragged(row) else row
    dtype = spec.row_splits_dtype
    outer = row.nrows(dtype) if is_ragged(row) else array.shape(row, out_type=dtype)[0]
    inner = [array.cast(one, dtype) for one in row.nested_row_lengths()] if is_ragged(row) else []
    added = [flat, array.reshape(outer, [1]), *inner]
    return [joining.concat([a, b], 0) for a, b in zip(before, added, strict=True)]


def _finished(parts, spec):
    if isinstance(spec, TensorSpec):
        return parts[0]
    return RaggedTensor.from_nested_row_lengths(parts[0], parts[1:], validate=False)
