"""Gradients of ops that have no rule: `jax.vjp` of the lowering, as an op of its own.

Being an op, it is recorded by tapes and has in turn the gradient `"vjp"`: any order works.
"""

from functools import lru_cache

from tapeflow.core.base.errors import UnimplementedError
from tapeflow.core.base.mode import current
from tapeflow.core.ops.lowering import jax, jnp, resolve
from tapeflow.core.ops.op import Op
from tapeflow.core.ops.sizes import is_static
from tapeflow.core.values.symbol import constant_value
from tapeflow.core.values.tensor import EagerTensor

# Ops whose gradient rules need all sizes as numbers: where those are not known yet, the lowering's own gradient
# is taken.
STATIC_RULES = frozenset(
    "Prod TopKV2 MatrixDiagPartV3 MatrixDiagPartV2 MatrixDiagV3 MatrixDiagV2 MatrixSetDiagV3 MatrixSetDiagV2 "
    "SegmentMean SegmentMax SegmentMin SegmentProd UnsortedSegmentMax UnsortedSegmentMin UnsortedSegmentProd "
    "UnsortedSegmentSum DynamicPartition DynamicStitch Cumprod Qr Svd SelfAdjointEigV2 MatrixSquareRoot MirrorPad "
    "GatherNd NthElement MatrixDeterminant LogMatrixDeterminant SparseSegmentMean SparseSegmentSqrtN SparseSegmentSum "
    "SparseSegmentMeanWithNumSegments SparseSegmentSqrtNWithNumSegments SparseSegmentSumWithNumSegments "
    "SparseSegmentMeanGrad SparseSegmentSqrtNGrad SparseSegmentSumGrad".split()
)
# Those of them that jax does not differentiate, or differentiates otherwise: their rules run once values are there.
_NOT_BY_JAX = frozenset(
    "SelfAdjointEigV2 UnsortedSegmentProd Eig Svd Prod Cumprod MatrixDiagPartV3 MatrixDiagV3 MatrixDiagPartV2 "
    "MatrixDiagV2 "
    "MatrixSetDiagV3 MatrixSetDiagV2".split()
)


def rule_for_unknown_sizes(op):
    """A gradient rule for a call in a graph that the op's own rule cannot do with."""
    if op.lower is not None and op.op_name not in _NOT_BY_JAX and not op.op_name.startswith("SparseSegment"):
        return vjp_rule(op)
    return lambda c, *dys: current.graph.gradient_later(op, c, dys)


def settled_inputs(op, inputs, outputs=()):
    """A call's inputs as gradient rules expect them in a graph: shapes and axes as eager tensors where they are known.

    Returns:
        The inputs, and whether the op's own rule can do with them.
    """
    settled, rule_fits = [], True
    for arg, one in zip(op.inputs, inputs, strict=True):
        if arg.const and type(one) is not tuple and not isinstance(one, EagerTensor):
            value = constant_value(one)
            if value is None:
                rule_fits = op.op_name in _TAKES_ANY
            else:
                one = EagerTensor(value, one.dtype)
        settled.append(one)
    if op.lower is None and op.kernel is not None and op.op_name not in STATIC_RULES:
        # Ops of the host have no rules for shapes, so that the ranks may be unknown as well, which few rules expect.
        flat = [x for one in (*settled, tuple(outputs)) for x in (one if type(one) is tuple else (one,))]
        rule_fits = rule_fits and all(x.dtype.is_opaque or x.shape.is_fully_defined() for x in flat)
    if rule_fits and op.op_name in STATIC_RULES:
        rule_fits = all(is_static(x) for one in settled for x in (one if type(one) is tuple else (one,)))
    return tuple(settled), rule_fits


# Their rules do not look at the numbers in their shapes.
_TAKES_ANY = frozenset("Reshape BroadcastTo Fill Slice StridedSlice Tile ConcatV2 ExpandDims Range".split())


def vjp_rule(record):
    """The gradient rule `(c, *dys)` of an op whose lowering jax can differentiate."""
    if record.lower is None:
        raise UnimplementedError(
            f"the gradient of {record.op_name}: it has no gradient rule and no lowering to derive one from",
            hint="tf.custom_gradient around the call",
        )

    def rule(c, *dys):
        flat = [
            (arg, x)
            for arg, one in zip(record.inputs, c.inputs, strict=True)
            for x in (one if type(one) is tuple else (one,))
        ]
        places = tuple(i for i, (arg, x) in enumerate(flat) if not arg.const and x.dtype.is_differentiable)
        kept = tuple(j for j, y in enumerate(c.outputs) if y.dtype.is_differentiable)
        sizes = tuple(len(x) if type(x) is tuple else None for x in c.inputs)
        derived = vjp_op(record, sizes, places, kept)
        found = derived.run((*(x for _, x in flat), *(dys[j] for j in kept)), dict(c.attrs))
        grads = [None] * len(flat)
        for place, grad in zip(places, found, strict=True):
            grads[place] = grad
        return tuple(_regroup(grads, sizes))

    return rule


@lru_cache(maxsize=1024)
def vjp_op(record, sizes, places, kept):
    """The op `(inputs…, dy…) -> gradients of the inputs at `places`` that jax derives from `record`.

    Args:
        record: The op to differentiate.
        sizes: For each input None, or the length of its list.
        places: Positions, lists opened, of the inputs to differentiate.
        kept: Positions of the differentiable outputs.
    """
    names, consts = [], []
    for arg, size in zip(record.inputs, sizes, strict=True):
        for k in range(1 if size is None else size):
            names.append(arg.name if size is None else f"{arg.name}_{k}")
            consts.append("const " if arg.const else "")
    # One more letter for each order, so that the names stay apart.
    prefix = "g" * (
        1 + max((len(n) - len(n.lstrip("g")) for n in names if n.endswith("_dy") or "_dy_" in n), default=0)
    )
    ins = [f"{n}: {const}X{k}" for k, (n, const) in enumerate(zip(names, consts, strict=True))]
    ins += [f"{prefix}_dy_{j}: Y{j}" for j in kept]
    outs = [f"d{names[i]}: X{i}" for i in places]
    attrs = ", ".join(f"{a.name}: {a.kind}" for a in record.attrs)

    def lowering(*values, **attributes):
        flat, dys = list(values[: len(names)]), values[len(names) :]

        def function(*chosen):
            args = list(flat)
            for place, x in zip(places, chosen, strict=True):
                args[place] = x
            result = resolve(record.lower)(*_regroup(args, sizes), **attributes)
            result = tuple(result) if isinstance(result, (tuple, list)) else (result,)
            return tuple(result[j] for j in kept)

        _, pull = jax.vjp(function, *(flat[i] for i in places))
        # jax's cotangents are the conjugates of TensorFlow's gradients.
        return tuple(jnp.conj(dx) for dx in pull(tuple(jnp.conj(dy) for dy in dys)))

    types = {f"X{k}": "any" for k in range(len(names))} | {f"Y{j}": "any" for j in kept}
    types |= dict.fromkeys(record.types, "any")
    text = f"{', '.join(ins)}{', *, ' + attrs if attrs else ''} -> {', '.join(outs)}"
    rules = dict.fromkeys(("kernel", "jvp", "shape", "samples"))
    return Op(
        f"{record.op_name}Grad", text, types, lower=lowering, grad="vjp", stateful=False, reentrant=False,
        elementwise=False, **rules,
    )  # fmt: skip


def _regroup(flat, sizes):
    values, rest = [], iter(flat)
    for size in sizes:
        values.append(next(rest) if size is None else tuple(next(rest) for _ in range(size)))
    return values
