"""Diagonals: reading them, writing them, making matrices of them, keeping bands.

Where an element comes from depends on shapes alone, so each op is one gather with indices that are known beforehand,
the same for NumPy and XLA.
"""

import numpy as np

from tapeflow.core.base.errors import FailedPreconditionError, InvalidArgumentError
from tapeflow.core.ops.lowering import jnp
from tapeflow.core.ops.op import op
from tapeflow.core.ops.sizes import counted

ALIGNMENTS = ("LEFT_RIGHT", "RIGHT_LEFT", "LEFT_LEFT", "RIGHT_RIGHT")


def band(k):
    """The lowest and highest diagonal of `k`: one number or two."""
    numbers = np.ravel(k).tolist()
    if len(numbers) not in (1, 2):
        raise InvalidArgumentError(f"diag_index must have only one or two elements, received {len(numbers)} elements.")
    lower, upper = numbers[0], numbers[-1]
    if lower > upper:
        raise InvalidArgumentError(f"lower_diag_index must not be larger than upper_diag_index: {lower} > {upper}")
    return lower, upper


def _check_band(lower, upper, rows, cols):
    for word, d in (("lower", lower), ("upper", upper)):
        if not (-rows < d < cols or d == 0):
            raise InvalidArgumentError(f"{word}_diag_index is out of bound: {d}. It must be between {-rows} and {cols}")


def _length(d, rows, cols):
    """How many elements the diagonal `d` of a matrix has."""
    return min(rows + np.minimum(d, 0), cols - np.maximum(d, 0)) if np.isscalar(d) else np.minimum(
        rows + np.minimum(d, 0), cols - np.maximum(d, 0)
    )  # fmt: skip


def _offset(d, rows, cols, longest, align):
    """How far right the elements of diagonal `d` begin in their row."""
    if align not in ALIGNMENTS:
        raise InvalidArgumentError(
            f"Value for attr 'align' of \"{align}\" is not in the list of allowed values: "
            + ", ".join(f'"{one}"' for one in ALIGNMENTS)
        )
    above, below = (word == "RIGHT" for word in align.split("_"))
    right = np.where(d >= 0, above, below)
    return np.where(right, longest - _length(d, rows, cols), 0)


def _written(rows, cols, lower, upper, longest, align):
    """For each element of a matrix: whether it lies in the band, and where it comes from in the diagonals."""
    i, j = np.arange(rows)[:, None], np.arange(cols)[None, :]
    d = j - i
    inside = (lower <= d) & (d <= upper)
    d = np.clip(d, lower, upper)
    place = np.where(d >= 0, i, j) + _offset(d, rows, cols, longest, align)
    return inside, np.where(inside, upper - d, 0), np.where(inside, place, 0)


def _part(xp, input, k, padding_value, align):
    if input.ndim < 2:
        raise InvalidArgumentError(f"input must be at least 2-dim, received shape: {list(input.shape)}")
    rows, cols = input.shape[-2:]
    lower, upper = band(k)
    _check_band(lower, upper, rows, cols)
    diagonals = np.arange(upper, lower - 1, -1)[:, None]
    longest = int(max(0, np.max(_length(diagonals, rows, cols))))
    t = np.arange(longest)[None, :] - _offset(diagonals, rows, cols, longest, align)
    valid = (t >= 0) & (t < _length(diagonals, rows, cols))
    i, j = np.where(valid, t - np.minimum(diagonals, 0), 0), np.where(valid, t + np.maximum(diagonals, 0), 0)
    result = xp.where(valid, input[..., i, j], padding_value) if valid.size else input[..., i, j]
    return result[..., 0, :] if lower == upper else result


def _matrix_size(longest, lower, upper, num_rows, num_cols):
    rows, cols = longest - min(upper, 0), longest + max(lower, 0)
    if num_rows == -1 and num_cols == -1:
        return max(rows, cols), max(rows, cols)
    num_rows, num_cols = rows if num_rows == -1 else num_rows, cols if num_cols == -1 else num_cols
    if num_rows < rows or num_cols < cols or (num_rows != rows and num_cols != cols):
        raise InvalidArgumentError(
            "The number of rows or columns is not consistent with the specified d_lower, d_upper, and diagonal."
        )
    return num_rows, num_cols


def _rows_of(diagonal, lower, upper):
    """The diagonals as [..., number, length]."""
    if lower == upper:
        return diagonal[..., None, :]
    if diagonal.ndim < 2 or diagonal.shape[-2] != upper - lower + 1:
        raise InvalidArgumentError(
            f"The number of diagonals provided in the input does not match the lower_diag_index and upper_diag_index "
            f"range: {list(diagonal.shape)} for {lower} to {upper}"
        )
    return diagonal


def _diag(xp, diagonal, k, num_rows, num_cols, padding_value, align):
    if diagonal.ndim < 1:
        raise InvalidArgumentError(f"diagonal must be at least 1-dim, received shape: {list(diagonal.shape)}")
    lower, upper = band(k)
    longest = diagonal.shape[-1]
    size = (int(np.ravel(n)[0]) for n in (num_rows, num_cols))
    rows, cols = _matrix_size(longest, lower, upper, *size)
    stacked = _rows_of(diagonal, lower, upper)
    np.empty((rows, cols))  # raises for sizes that no memory holds, before anything is computed
    inside, which, place = _written(rows, cols, lower, upper, longest, align)
    if not longest:
        return xp.full((*stacked.shape[:-2], rows, cols), padding_value, diagonal.dtype)
    return xp.where(inside, stacked[..., which, place], padding_value)


def _set_diag(xp, input, diagonal, k, align):
    if input.ndim < 2:
        raise InvalidArgumentError(f"input must be at least 2-dim, received shape: {list(input.shape)}")
    rows, cols = input.shape[-2:]
    lower, upper = band(k)
    _check_band(lower, upper, rows, cols)
    longest = int(max(0, max(_length(d, rows, cols) for d in range(lower, upper + 1))))
    expected = (*input.shape[:-2], *((upper - lower + 1,) if lower != upper else ()), longest)
    if tuple(diagonal.shape) != expected:
        raise InvalidArgumentError(
            "Either first dimensions of diagonal don't match input.shape[:-2], or diagonal.shape[:-1] is not equal to "
            f"the longest diagonal in range [lower_diag_index:upper_diag_index].\nInput shape: {list(input.shape)}\n"
            f"Diagonal shape: {list(diagonal.shape)}\nExpected diagonal shape: {list(expected)}"
        )
    inside, which, place = _written(rows, cols, lower, upper, longest, align)
    if not longest:
        return input
    return xp.where(inside, _rows_of(diagonal, lower, upper)[..., which, place], input)


def _of(function, xp):
    """The rule for one array library: NumPy as a kernel, jax.numpy as a lowering."""
    return lambda *args, align="RIGHT_LEFT": function(xp, *map(_array, args), align)


def _array(x):
    return np.asarray(x) if isinstance(x, np.generic) else x


_ALIGN = "*, align: string = 'RIGHT_LEFT'"

diag_part = op(
    "MatrixDiagPartV3", f"input: T, k: const int32, padding_value: T, {_ALIGN} -> diagonal: T", T="any",
    kernel=_of(_part, np), lower=_of(_part, jnp),
    grad=(lambda c, dy: _part_grad(c, dy), None, None),
    samples=[
        lambda draw: (draw.floats((2, 3, 4)), 0, draw.floats()),
        lambda draw: (draw.floats((3, 4)), [-1, 2], draw.floats()),
    ],
)  # fmt: skip
diag = op(
    "MatrixDiagV3",
    f"diagonal: T, k: const int32, num_rows: const int32, num_cols: const int32, padding_value: T, {_ALIGN} "
    "-> output: T",
    T="any", kernel=_of(_diag, np), lower=_of(_diag, jnp),
    grad=(lambda c, dy: diag_part(dy, c.k, _zero(dy), c.align), None, None, None, None),
    samples=[
        lambda draw: (draw.floats((2, 3)), 0, -1, -1, draw.floats() * 0),
        lambda draw: (draw.floats((2, 3)), [0, 1], -1, -1, draw.floats() * 0),
    ],
)  # fmt: skip
set_diag = op(
    "MatrixSetDiagV3", f"input: T, diagonal: T, k: const int32, {_ALIGN} -> output: T", T="any",
    kernel=_of(_set_diag, np), lower=_of(_set_diag, jnp),
    grad=(
        lambda c, dy: set_diag(dy, c.diagonal * 0, c.k, c.align),
        lambda c, dy: diag_part(dy, c.k, _zero(dy), c.align),
        None,
    ),
    samples=[
        lambda draw: (draw.floats((2, 3, 4)), draw.floats((2, 3)), 0),
        lambda draw: (draw.floats((3, 3)), draw.floats((2, 3)), [0, 1]),
    ],
)  # fmt: skip


def _zero(x):
    from tapeflow.core.values.convert import convert

    return convert(0, dtype=x.dtype)


def _part_grad(c, dy):
    rows, cols = c.input.shape.as_list()[-2:] if c.input.shape.rank is not None else (None, None)
    if rows and cols:
        return diag(dy, c.k, rows, cols, _zero(dy), c.align)
    return set_diag(c.input * 0, dy, c.k, c.align)


# -- of whole tensors ------------------------------------------------------------------------------


def _tensor_diag(xp, diagonal):
    if diagonal.ndim < 1:
        raise InvalidArgumentError(f"Input must be at least rank 1, got {diagonal.ndim}")
    flat = diagonal.reshape(-1)
    return (xp.eye(flat.size, dtype=flat.dtype) * flat).reshape(diagonal.shape * 2)


def _tensor_diag_part(xp, input):
    rank, shape = input.ndim, input.shape
    if rank == 0 or rank % 2:
        raise InvalidArgumentError(f"The rank of the tensor should be even and positive, got shape {list(shape)}")
    half = rank // 2
    for i in range(half):
        if shape[i] != shape[i + half]:
            raise InvalidArgumentError(f"Invalid shape {list(shape)}: dimensions {i} and {i + half} do not match.")
    count = int(np.prod(shape[:half]))
    return xp.diagonal(input.reshape(count, count)).reshape(shape[:half])


_NUMBERS = "floating | int32 | int64 | complex"
tensor_diag = op(
    "Diag", "diagonal: T -> output: T", T=_NUMBERS,
    elementwise=False, kernel=lambda diagonal: _tensor_diag(np, np.asarray(diagonal)),
    lower=lambda diagonal: _tensor_diag(jnp, diagonal),
    grad=lambda c, dy: tensor_diag_part(dy), samples=lambda draw: draw.floats((2, 3)),
)  # fmt: skip
tensor_diag_part = op(
    "DiagPart", "input: T -> diagonal: T", T=_NUMBERS,
    elementwise=False, kernel=lambda input: _tensor_diag_part(np, np.asarray(input)),
    lower=lambda input: _tensor_diag_part(jnp, input),
    grad=lambda c, dy: tensor_diag(dy), samples=lambda draw: draw.floats((2, 3, 2, 3)),
)  # fmt: skip


# -- bands -----------------------------------------------------------------------------------------


def _band_part(xp, input, num_lower, num_upper):
    if input.ndim < 2:
        raise InvalidArgumentError(f"input must be at least 2-dim, received shape: {list(input.shape)}")
    rows, cols = input.shape[-2:]
    low, high = int(np.ravel(num_lower)[0]), int(np.ravel(num_upper)[0])
    for word, what, n, most in (("lower", "rows", low, rows), ("upper", "columns", high, cols)):
        if n > most:
            raise InvalidArgumentError(
                f"num_{word} must be negative or less or equal to number of {what} ({most}) got: {n}"
            )
    d = counted(cols)[None, :] - counted(rows)[:, None]
    kept = ((low < 0) | (d >= -low)) & ((high < 0) | (d <= high))
    return xp.where(kept, input, xp.zeros((), input.dtype))


band_part = op(
    "MatrixBandPart", "input: T, num_lower: const Tindex, num_upper: const Tindex -> band: T", T="any",
    Tindex="int64 | int32",
    kernel=lambda input, low, high: _band_part(np, np.asarray(input), low, high),
    lower=lambda input, low, high: _band_part(jnp, input, low, high),
    grad=(lambda c, dy: band_part(dy, c.num_lower, c.num_upper), None, None),
    samples=lambda draw: (draw.floats((2, 3, 4)), 1, 0),
)  # fmt: skip


# -- cross products --------------------------------------------------------------------------------


def _cross(a, b):
    if np.shape(a) != np.shape(b):
        raise InvalidArgumentError(f"Both inputs must be of same shape: {list(np.shape(a))} vs. {list(np.shape(b))}")
    if np.ndim(a) < 1 or a.shape[-1] != 3:
        raise FailedPreconditionError("Cross-products are only defined for 3-element vectors.")
    return np.cross(a, b)


cross = op(
    "Cross", "a: T, b: T -> product: T", T="floating | integer", elementwise=False, kernel=_cross, lower="jnp.cross",
    grad=(lambda c, dy: cross(c.b, dy), lambda c, dy: cross(dy, c.a)),
    samples=lambda draw: (draw.floats((2, 3)), draw.floats((2, 3))),
)  # fmt: skip
