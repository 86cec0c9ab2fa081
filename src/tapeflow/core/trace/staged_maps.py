"""`map_fn`, folds and scans in a graph: loops over the rows of tensors, with lists of what each repetition gives."""

from tapeflow.core.base import dtypes, nest
from tapeflow.core.base.mode import current
from tapeflow.core.base.shapes import TensorShape
from tapeflow.core.base.specs import TypeSpec
from tapeflow.core.ops.defs.gather import gather_v2
from tapeflow.core.ops.defs.shape import shape
from tapeflow.core.run.backward import backward
from tapeflow.core.trace.entering import entering
from tapeflow.core.trace.functional import LIKE_RESULT
from tapeflow.core.trace.staged import while_loop
from tapeflow.core.trace.symbolic_array import SymbolicTensorArray
from tapeflow.core.trace.tracing import FuncGraph
from tapeflow.core.values.convert import convert
from tapeflow.core.values.tensor import Tensor


def _rows(elems):
    """The elements as flat symbols, and how many there are: an int if it is known."""
    flat = [entering(convert(x)) for x in nest.flatten(elems)]
    if not flat:
        raise ValueError("elems must not be empty")
    if any(x.shape.rank == 0 for x in flat):
        raise ValueError("Elements in elems must be 1+ dimensional Tensors, not scalars")
    known = {x.shape[0] for x in flat if x.shape.rank is not None and x.shape[0] is not None}
    if len(known) > 1:
        raise ValueError(f"Dimensions {' and '.join(map(str, sorted(known)))} are not compatible")
    return flat, known.pop() if known else shape(flat[0])[0]


def _row(elems, flat, i):
    rows = []
    for x in flat:
        row = gather_v2(x, i, 0)
        if x.shape.rank is not None:
            row.set_shape(x.shape[1:])
        rows.append(row)
    return nest.pack_sequence_as(elems, rows)


def _signature_of(fn, elems, flat):
    """What `fn` returns, found by capturing it once."""
    graph = FuncGraph("map_fn_result", current.graph)
    with graph:
        result = fn(_row(elems, flat, convert(0)))
        return nest.map_structure(lambda x: x.dtype if isinstance(x, Tensor) else convert(x).dtype, result)


def _dtype_of(one):
    # A class of NumPy's scalars is a dtype, though it has an attribute of that name for its objects.
    is_spec = hasattr(one, "dtype") and not isinstance(one, type)
    return one.dtype if is_spec else dtypes.as_dtype(one)


def _shape_of(one):
    return one.shape if isinstance(one, TypeSpec) else TensorShape(None)


def map_fn(fn, elems, signature):
    """`tf.map_fn` in a graph."""
    if not callable(fn):
        raise TypeError(f"The provided function {getattr(fn, '__name__', fn)} is not callable. fn must be callable.")
    flat, count = _rows(elems)
    if signature is LIKE_RESULT:
        signature = _signature_of(fn, elems, flat)
    elif signature is None:
        signature = nest.pack_sequence_as(elems, [x.dtype for x in flat])
    kinds = nest.flatten(signature)
    arrays = [SymbolicTensorArray(_dtype_of(k), count, element_shape=_shape_of(k)) for k in kinds]

    def body(i, arrays):
        result = fn(_row(elems, flat, i))
        nest.assert_same_structure(signature, result, check_types=False)
        values = [convert(x, hint=_dtype_of(k)) for x, k in zip(nest.flatten(result), kinds, strict=True)]
        return i + 1, [array.write(i, x) for array, x in zip(arrays, values, strict=True)]

    _, arrays = while_loop(lambda i, arrays: i < count, body, (convert(0), arrays))
    return nest.pack_sequence_as(signature, [_stacked(a, count) for a in arrays])


def _stacked(array, count):
    found = array.stack()
    if isinstance(count, int) and found.shape.rank is not None:
        found.set_shape([count, *found.shape.as_list()[1:]])
    return found


def _start(fn, elems, initializer, reverse):
    """The first accumulator, the rows, how many rows, how many are used up, and the row of a repetition."""
    if not callable(fn):
        raise TypeError(f"{fn} is not callable")
    flat, count = _rows(elems)
    last = count - 1
    if initializer is None:
        first, used = _row(elems, flat, convert(last) if reverse else convert(0)), 1
    else:
        first, used = nest.map_structure(convert, initializer), 0
    return first, flat, count, used, (lambda i: last - i) if reverse else (lambda i: i)


def fold(fn, elems, initializer, reverse):
    """`tf.foldl` and `tf.foldr` in a graph."""
    first, flat, count, used, row = _start(fn, elems, initializer, reverse)

    def body(i, accumulator):
        after = fn(accumulator, _row(elems, flat, row(i)))
        nest.assert_same_structure(accumulator, after)
        return i + 1, after

    return while_loop(lambda i, a: i < count, body, (convert(used), first))[1]


def scan(fn, elems, initializer, reverse):
    """`tf.scan` in a graph."""
    first, flat, count, used, row = _start(fn, elems, initializer, reverse)
    kinds = [convert(x).dtype for x in nest.flatten(first)]
    arrays = [SymbolicTensorArray(kind, count) for kind in kinds]
    if used:
        place = convert(0) if not reverse else convert(count - 1)
        arrays = [a.write(place, x) for a, x in zip(arrays, nest.flatten(first), strict=True)]

    def body(i, accumulator, arrays):
        after = fn(accumulator, _row(elems, flat, row(i)))
        nest.assert_same_structure(accumulator, after)
        values = [convert(x) for x in nest.flatten(after)]
        return i + 1, after, [a.write(row(i), x) for a, x in zip(arrays, values, strict=True)]

    _, _, arrays = while_loop(lambda i, a, arrays: i < count, body, (convert(used), first, arrays))
    return nest.pack_sequence_as(first, [_stacked(a, count) for a in arrays])


def gradient_rows(entries, target, sources, seeds):
    """What `core.run.jacobian.rows` gives, in a graph: one playback of the tape, captured as the body of a loop."""
    seeds = current.graph.symbol(convert(seeds))
    count = seeds.shape[0] if seeds.shape[0] is not None else shape(seeds)[0]
    connected = []

    def one(seed):
        found = backward(entries, [target], sources, [seed])
        found = [None if g is None else convert(g) for g in found]
        connected[:] = [g is not None for g in found]
        return [g for g in found if g is not None]

    graph = FuncGraph("jacobian_row", current.graph)
    with graph:
        kinds = [x.dtype for x in one(_row(seeds, [seeds], convert(0)))]
    arrays = [SymbolicTensorArray(kind, count) for kind in kinds]

    def body(i, arrays):
        return i + 1, [a.write(i, x) for a, x in zip(arrays, one(_row(seeds, [seeds], i)), strict=True)]

    if kinds:
        _, arrays = while_loop(lambda i, arrays: i < count, body, (convert(0), arrays))
    found = iter([_stacked(a, count) for a in arrays])
    return [next(found) if there else None for there in connected]
