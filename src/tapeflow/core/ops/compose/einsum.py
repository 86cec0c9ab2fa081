"""`tf.einsum`, `tf.tensordot`, `tf.linalg.matvec`: contractions."""

import math
import re

from tapeflow.core.ops.compose.linear import matmul
from tapeflow.core.ops.compose.reduce import reduce_prod
from tapeflow.core.ops.defs.array import pack, reshape, transpose
from tapeflow.core.ops.defs.einsum import einsum_op
from tapeflow.core.ops.defs.shape import expand_dims, shape, squeeze
from tapeflow.core.values.convert import convert

_TERM = r"[a-zA-Z]*(?:\.\.\.)?[a-zA-Z]*"
_EQUATION = re.compile(f"^{_TERM}(?:,{_TERM})*(?:->{_TERM})?$")


def einsum(equation, *inputs, **kwargs):
    """Sums products of elements, as an equation over the axes says.

    Args:
        equation: Such as `"ij,jk->ik"`: a letter an axis, `...` for leading axes that broadcast; without `->`, the
            letters that occur once are kept, in alphabetical order.
        *inputs: A tensor for each term.
        **kwargs: `optimize` (accepted: paths are always chosen), `name`.

    Raises:
        InvalidArgumentError: Ranks or sizes do not fit the equation.
        TypeError: A keyword is unknown.
        ValueError: The equation is malformed, or the number of inputs is not that of its terms.

    >>> tf.einsum("ij->j", [[1.0, 2.0], [3.0, 4.0]]).numpy()
    array([4., 6.], dtype=float32)
    """
    unknown = [key for key in kwargs if key not in ("name", "optimize")]
    if unknown:
        raise TypeError(
            f"Invalid keyword arguments for einsum: {', '.join(unknown)}. Valid arguments: name, optimize, greedy."
        )
    equation = resolved(equation, len(inputs))
    tensors = [convert(inputs[0])] if inputs else []
    tensors += [convert(x, hint=tensors[0].dtype) for x in inputs[1:]]
    while len(tensors) > 2:
        equation, tensors = _first_two(equation, tensors)
    return einsum_op(tensors, equation)


def resolved(equation, count):
    """The equation without spaces and with its output, checked."""
    if not isinstance(equation, str):
        raise TypeError(f"The equation of einsum must be a string such as 'ij,jk->ik', got {equation!r}")
    text = equation.replace(" ", "")
    if not _EQUATION.match(text):
        raise ValueError(f"Subscripts have incorrect format: {equation}")
    left, arrow, out = text.partition("->")
    terms = left.split(",")
    if len(terms) != count:
        raise ValueError(f'Got {count} inputs for equation "{equation}", expecting {len(terms)}')
    letters = [c for c in left if c.isalpha()]
    if not arrow:
        out = ("..." if "..." in left else "") + "".join(sorted(c for c in set(letters) if letters.count(c) == 1))
    for label in out.replace(".", ""):
        if label not in letters:
            raise ValueError(f"Output subscripts contain the label {label} not present in the input subscripts.")
        if out.count(label) > 1:
            raise ValueError(f"Output subscripts contain a label appearing more than once: {text}")
    return f"{left}->{out}"


def _first_two(equation, tensors):
    """The equation with its first two operands contracted."""
    left, out = equation.split("->")
    a, b, *rest = left.split(",")
    kept = set("".join(rest) + out)
    labels = "".join(dict.fromkeys(c for c in a + b if c.isalpha() and c in kept))
    middle = ("..." if "..." in a + b else "") + labels
    product = einsum_op(tensors[:2], f"{a},{b}->{middle}")
    return f"{','.join([middle, *rest])}->{out}", [product, *tensors[2:]]


def tensordot(a, b, axes, name=None):
    """Sums products over pairs of axes.

    Args:
        a, b: Tensors of one dtype.
        axes: How many of the last axes of `a` to pair with the first of `b`; or a pair of axes or lists of axes.
        name: Optional name.

    Returns:
        A tensor of the remaining axes of `a`, then those of `b`.

    Raises:
        InvalidArgumentError: Paired sizes differ.
        ValueError: `axes` is malformed.
    """
    a = convert(a)
    b = convert(b, hint=a.dtype)
    axes_a, axes_b = _contracted(a, axes)
    axes_a = [_axis(i, a) for i in axes_a]
    axes_b = [_axis(i, b) for i in axes_b]
    x, free_a = _as_matrix(a, axes_a, last=True)
    y, free_b = _as_matrix(b, axes_b, last=False)
    return reshape(matmul(x, y), _joined([*free_a, *free_b]))


def _contracted(a, axes):
    if isinstance(axes, int) or getattr(axes, "shape", None) == ():
        count = int(axes)
        if count < 0:
            raise ValueError(f"`axes` must be at least 0.  Received: {count}.")
        if count > a.shape.rank:
            raise ValueError(
                f"`axes` must not be larger than the number of dimensions of tensor {a}.  Received {count}, vs tensor "
                f"dimensions {a.shape.rank}."
            )
        return range(a.shape.rank - count, a.shape.rank), range(count)
    if not hasattr(axes, "__len__") or len(axes) != 2:
        raise ValueError(f"`axes` must be an integer or have length 2.  Received {axes}.")
    pair = [[int(one)] if not hasattr(one, "__len__") else [int(i) for i in one] for one in axes]
    if len(pair[0]) != len(pair[1]):
        raise ValueError(f"Different number of contraction axes `a` and `b`, {len(pair[0])} != {len(pair[1])}.")
    return pair


def _axis(i, x):
    rank = x.shape.rank
    if not -rank <= i < rank:
        raise IndexError(f"`axes` holds {i}, which is no axis of a tensor of rank {rank}")
    return i % rank


def _as_matrix(x, axes, last):
    """`x` as a matrix with the contracted axes last or first, and the sizes of the others."""
    free = [i for i in range(x.shape.rank) if i not in axes]
    sizes = x.shape.as_list()
    count, rest = _product([sizes[i] for i in axes]), _product([sizes[i] for i in free])
    if None in sizes:
        known = shape(x)
        sizes = [known[i] if n is None else n for i, n in enumerate(sizes)]
        if count == rest == -1:
            count = reduce_prod(_joined([sizes[i] for i in axes]))
    order = [*free, *axes] if last else [*axes, *free]
    moved = x if order == list(range(x.shape.rank)) else transpose(x, order)
    return reshape(moved, _joined([rest, count] if last else [count, rest])), [sizes[i] for i in free]


def _product(sizes):
    """The product of sizes, -1 if it is not known."""
    return -1 if None in sizes else math.prod(sizes)


def _joined(sizes):
    """Sizes, some of them tensors, as one argument of `reshape`."""
    return sizes if all(isinstance(n, int) for n in sizes) else pack(sizes)


def matvec(a, b, transpose_a=False, adjoint_a=False, a_is_sparse=False, b_is_sparse=False, name=None):
    """Multiplies matrices by vectors.

    Args:
        a: Tensor of shape [..., m, n].
        b: Tensor of shape [..., n].
        transpose_a, adjoint_a: Whether to transpose, or transpose and conjugate, `a` first.
        a_is_sparse, b_is_sparse: Accepted hints.
        name: Optional name.

    Returns:
        A tensor of shape [..., m].
    """
    a = convert(a)
    b = convert(b, hint=a.dtype)
    product = matmul(a, expand_dims(b, -1), transpose_a=transpose_a, adjoint_a=adjoint_a)
    return squeeze(product, [-1])
