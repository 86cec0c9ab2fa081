"""Running a function once for a block of elements: each op by a rule that gives the same as one by one.

Values are held as (array, whether it has the block's axis). An op without a rule is called on each element in turn if
it is a pure kernel; if its results then differ in shape, the block is given up and runs element by element.
"""

import numpy as np

from tapeflow.core.base.quiet import quiet
from tapeflow.core.base.shapes import TensorShape
from tapeflow.core.data.cursor import stacked

# Ops that work on each number by itself, besides those whose record says so.
_ELEMENTWISE = frozenset(
    """Add AddV2 Sub Mul Div RealDiv FloorDiv FloorMod Mod TruncateDiv TruncateMod Maximum Minimum Pow SquaredDifference
    Cast Select SelectV2 ClipByValue Identity StopGradient PreventGradient Neg Abs Square Sqrt Rsqrt Exp Log Sin Cos
    Tanh Relu Relu6 Sigmoid Round Rint Floor Ceil Sign Equal NotEqual Less LessEqual Greater GreaterEqual LogicalAnd
    LogicalOr LogicalNot BitwiseAnd BitwiseOr BitwiseXor Invert LeftShift RightShift IsNan IsInf IsFinite
    ZerosLike OnesLike
    StringLower StringUpper StringLength StringStrip StringToNumber AsString RegexFullMatch StaticRegexFullMatch
    RegexReplace StaticRegexReplace StringToHashBucketFast StringToHashBucketStrong StringToHashBucket DecodeBase64
    EncodeBase64""".split()
)
_REDUCTIONS = frozenset("Sum Mean Prod Max Min All Any".split())
# Cheap to call, and as a rule of one size: a loop over them still saves the rest.
_ROW_BY_ROW = frozenset(
    """MatMul BatchMatMulV2 OneHot Fill Range StridedSlice Slice Transpose Tile Pad PadV2 MirrorPad ReverseV2 Roll
    ConcatV2 Pack Unpack Split SplitV GatherV2 GatherNd Reshape ExpandDims Squeeze Shape Size Rank BroadcastTo ArgMax
    ArgMin Cumsum Cumprod TopKV2 DecodeRaw Einsum Softmax LogSoftmax MatrixDiagV3 StringJoin Substr UnicodeDecode
    ParseSingleExample ParseExampleV2 ParseTensor L2Loss""".split()
)


class GivenUp(Exception):
    """The elements of this block do not go together."""


def vectorized(program):
    """The function over blocks that does what a program does to elements, None if an op stands against it.

    Returns:
        `function(columns, outside) -> columns`.
    """
    rules = []
    for step in program.steps:
        rule = _rule(step)
        if rule is None:
            return None
        rules.append((step, rule))
    takes, gives, blank = program.takes, program.gives, program._blank

    def run(columns, outside=()):
        size = len(columns[0])
        slots = [(x, False) for x in blank]
        for place, column in zip(takes, columns, strict=False):
            slots[place] = column, True
        for place, value in zip(takes[len(columns) :], outside, strict=True):
            slots[place] = value, False
        quiet.run(_go, rules, slots, size)
        return tuple([x if has else _repeated(x, size) for x, has in (slots[i] for i in gives)])

    return run


def _repeated(x, size):
    """A value that is the same for every element."""
    out = np.empty((size, *np.shape(x)), x.dtype)
    out[...] = x
    return out


def _go(rules, slots, size):
    for step, rule in rules:
        pairs = [slots[i] if type(i) is int else tuple([slots[j] for j in i]) for i in step.layout]
        if not any(p[1] if type(p[0]) is not tuple else any(q[1] for q in p) for p in pairs if p):
            found = step.kernel(*[_bare(p) for p in pairs], **step.attrs)
            found, has = found if type(found) in (tuple, list) else (found,), False
        else:
            found, has = rule(step, pairs, size), True
        for place, x in zip(step.outs, found, strict=False):
            slots[place] = x, has


def _bare(pair):
    return tuple([x for x, _ in pair]) if pair and type(pair[0]) is tuple else (() if pair == () else pair[0])


def _rule(step):
    name = step.node.type
    if step.kernel is None:
        return None
    if name in _RULES:
        return _RULES[name]
    if (step.node.record.elementwise or name in _ELEMENTWISE) and step.plain:
        return _elementwise
    if name in _REDUCTIONS:
        return _reduction
    if name in _ROW_BY_ROW:
        return _row_by_row
    return None


def _elementwise(step, pairs, size):
    rank = max(np.ndim(x) - has for x, has in pairs)
    values = []
    for x, has in pairs:
        if has and x.ndim - 1 < rank:
            x = x.reshape(x.shape[:1] + (1,) * (rank + 1 - x.ndim) + x.shape[1:])
        values.append(x)
    out = step.kernel(*values, **step.attrs)
    if np.ndim(out) != rank + 1 or len(out) != size:
        raise GivenUp
    return (out,)


def _row_by_row(step, pairs, size):
    """The kernel on each element in turn."""
    kernel, attrs = step.kernel, step.attrs
    rows, several = [], None
    for k in range(size):
        values = [_row(p, k) for p in pairs]
        found = kernel(*values, **attrs)
        several = type(found) is tuple or type(found) is list
        rows.append(found if several else (found,))
    columns = []
    for column in zip(*rows, strict=True):
        if not isinstance(column[0], (np.ndarray, np.generic)):
            if not step.strings:
                raise GivenUp
            out = np.empty(len(column), object)
            out[:] = column
            columns.append(out)
            continue
        if any(x.shape != column[0].shape for x in column):
            raise GivenUp
        columns.append(stacked(column))
    return tuple(columns)


def _row(pair, k):
    if type(pair) is tuple and (not pair or type(pair[0]) is tuple):
        return tuple([_row(p, k) for p in pair])
    x, has = pair
    if not has:
        return x
    return x[k : k + 1].reshape(()) if x.dtype == object and x.ndim == 1 else x[k]


def _reduction(step, pairs, size):
    (x, has), (axis, axis_has) = pairs
    if axis_has or not has:
        return _row_by_row(step, pairs, size)
    rank = x.ndim - 1
    axes = np.asarray([int(a) + 1 if a >= 0 else int(a) + rank + 1 for a in np.atleast_1d(axis)], np.int32)
    if rank == 0 or len(axes) == 0:
        return _row_by_row(step, pairs, size)
    if x.dtype.kind in "fcV":
        # Sums of floats depend on how NumPy walks through memory: only the row's own order gives the row's own sum.
        return _row_by_row(step, pairs, size)
    return (step.kernel(x, axes, **step.attrs),)


def _reshape(step, pairs, size):
    (x, has), (shape, shape_has) = pairs
    if shape_has or not has:
        return _row_by_row(step, pairs, size)
    shape = [int(n) for n in shape]
    if -1 in shape and (0 in shape or x.size == 0):
        return _row_by_row(step, pairs, size)
    return (x.reshape(size, *shape),)


def _expand_dims(step, pairs, size):
    (x, has), (axis, axis_has) = pairs
    if axis_has or not has:
        return _row_by_row(step, pairs, size)
    axis = int(np.reshape(axis, ()))
    return (np.expand_dims(x, axis + 1 if axis >= 0 else axis),)


def _squeeze(step, pairs, size):
    ((x, _),) = pairs
    axes = step.attrs.get("squeeze_dims") or step.attrs.get("axis") or ()
    axes = [a % max(x.ndim - 1, 1) + 1 for a in axes] or [i for i in range(1, x.ndim) if x.shape[i] == 1]
    return (np.squeeze(x, tuple(axes)),)


def _transpose(step, pairs, size):
    (x, has), (perm, perm_has) = pairs
    if perm_has or not has:
        return _row_by_row(step, pairs, size)
    rank = x.ndim - 1
    return (np.transpose(x, (0, *[int(p) % max(rank, 1) + 1 for p in perm])),)


def _pack(step, pairs, size):
    (parts,) = pairs[:1]
    axis = step.attrs.get("axis", 0)
    values = [x if has else _repeated(x, size) for x, has in parts]
    return (np.stack(values, axis + 1 if axis >= 0 else axis),)


def _concat(step, pairs, size):
    parts, (axis, axis_has) = pairs
    if axis_has:
        return _row_by_row(step, pairs, size)
    axis = int(axis)
    values = [x if has else _repeated(x, size) for x, has in parts]
    return (np.concatenate(values, axis + 1 if axis >= 0 else axis),)


def _gather(step, pairs, size):
    (params, params_has), (places, places_has), (axis, axis_has) = pairs
    if params_has or axis_has or not places_has or int(axis) != 0 or step.attrs.get("batch_dims", 0):
        return _row_by_row(step, pairs, size)
    return (step.kernel(params, places, axis, **step.attrs),)


def _decode_raw(step, pairs, size):
    ((x, has),) = pairs
    if not has or x.ndim != 1 or len({len(one) for one in x}) != 1:
        return _row_by_row(step, pairs, size)
    return (step.kernel(x, **step.attrs),)


def _parse_examples(step, pairs, size):
    """Serialized examples, one string each, as a batch: where every feature has a fixed number of values."""
    attrs = step.attrs
    (texts, has), *rest = pairs
    fixed = not attrs["num_sparse"] and not attrs["ragged_value_types"]
    fixed = fixed and all(None not in TensorShape(shape).as_list() for shape in attrs["dense_shapes"])
    if not fixed or not has or texts.ndim != 1 or any(_has(p) for p in rest):
        return _row_by_row(step, pairs, size)
    return step.kernel(texts, *[_bare(p) for p in rest], **attrs)


def _one_hot(step, pairs, size):
    (places, has), *rest = pairs
    if not has or any(h for _, h in rest) or step.attrs.get("axis", -1) != -1:
        return _row_by_row(step, pairs, size)
    return (step.kernel(places, *[x for x, _ in rest], **step.attrs),)


def _has(pair):
    return any(has for _, has in pair) if not pair or type(pair[0]) is tuple else pair[1]


_RULES = {
    "ParseExampleV2": _parse_examples, "OneHot": _one_hot,
    "Reshape": _reshape, "ExpandDims": _expand_dims, "Squeeze": _squeeze, "Transpose": _transpose, "Pack": _pack,
    "ConcatV2": _concat, "GatherV2": _gather, "DecodeRaw": _decode_raw,
}  # fmt: skip
