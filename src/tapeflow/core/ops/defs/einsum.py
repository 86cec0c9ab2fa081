"""Einstein sums."""

import numpy as np

from tapeflow.core.base.errors import InvalidArgumentError
from tapeflow.core.ops.defs.array import broadcast_to, reshape
from tapeflow.core.ops.defs.matmul import conj
from tapeflow.core.ops.lowering import jnp
from tapeflow.core.ops.op import op
from tapeflow.core.ops.vjp import vjp_rule

# np.einsum's own loop below this many multiplications, BLAS by way of a path above.
SMALL_PRODUCT = 4096


def _checked_sizes(equation, inputs):
    """TensorFlow's checks: ranks, and equal sizes for equal labels (no broadcasting of 1)."""
    sizes = {}
    for i, (labels, x) in enumerate(zip(equation.split("->")[0].split(","), inputs, strict=True)):
        shape = np.shape(x)
        before, ellipsis, behind = labels.partition("...")
        named = len(before) + len(behind)
        if len(shape) < named or (not ellipsis and len(shape) != named):
            raise InvalidArgumentError(
                f"Expected input {i} to have rank {'at least ' if ellipsis else ''}{named} but got: {len(shape)}"
            )
        places = [*enumerate(before), *((len(shape) - len(behind) + k, label) for k, label in enumerate(behind))]
        for axis, label in places:
            known = sizes.setdefault(label, shape[axis])
            if known != shape[axis]:
                raise InvalidArgumentError(
                    f"Expected dimension {known} at axis {axis} of the input shaped {list(shape)} but got dimension "
                    f"{shape[axis]}"
                )
    return sizes


def _einsum(inputs, equation):
    sizes = _checked_sizes(equation, inputs)
    dtype = inputs[0].dtype
    if dtype.itemsize == 2 and dtype.kind not in "iu":
        inputs = [x.astype(np.float32) for x in inputs]
    work = float(np.prod([float(n) for n in sizes.values()]))
    return np.asarray(np.einsum(equation, *inputs, optimize=work > SMALL_PRODUCT)).astype(dtype, copy=False)[()]


def _grad(c, dy):
    left, out = c.equation.split("->")
    terms = left.split(",")
    if len(terms) == 1 and _is_sum(left, out) and c.inputs[0][0].shape.is_fully_defined():
        return [_spread(dy, left, out, c.inputs[0][0].shape.as_list())]
    if len(terms) != 2 or "." in c.equation or not _is_plain(terms, out):
        return list(vjp_rule(einsum_op)(c, dy)[0])
    (a, b), (x, y) = terms, c.inputs[0]
    return [
        einsum_op([dy, conj(y)], f"{out},{b}->{a}"),
        einsum_op([conj(x), dy], f"{a},{out}->{b}"),
    ]


def _is_sum(left, out):
    """Whether the equation sums along axes and transposes, no more."""
    return "." not in left + out and len(set(left)) == len(left) and len(set(out)) == len(out)


def _spread(dy, left, out, shape):
    """The gradient of such a sum: `dy` repeated along the axes that were summed."""
    kept = "".join(label for label in left if label in out)
    dy = einsum_op([dy], f"{out}->{kept}") if kept != out else dy
    return broadcast_to(reshape(dy, [n if label in out else 1 for label, n in zip(left, shape, strict=True)]), shape)


def _is_plain(terms, out):
    """Whether every label of an operand is in the other one or in the output, once each."""
    a, b = terms
    once = all(len(set(labels)) == len(labels) for labels in (a, b))
    return once and set(a) <= set(b) | set(out) and set(b) <= set(a) | set(out)


einsum_op = op(
    "Einsum", "inputs: N*T, *, equation: string -> output: T", T="any",
    kernel=_einsum, lower=lambda inputs, equation: jnp.einsum(equation, *inputs), grad=_grad,
    samples=[
        lambda draw: ([draw.floats((2, 3)), draw.floats((3, 4))], "ij,jk->ik"),
        lambda draw: ([draw.floats((2, 3))], "ij->j"),
        lambda draw: ([draw.floats((3, 3))], "ii->i"),
        lambda draw: ([draw.floats((2, 2, 3)), draw.floats((3, 4))], "...ij,jk->...ik"),
    ],
)  # fmt: skip
