"""Stacks of matrices: their leading sizes broadcast, vectors and blocks are cut from them."""

import collections.abc

import numpy as np

from tapeflow.core.base import nest
from tapeflow.core.base.dimension import Dimension
from tapeflow.core.base.shapes import broadcast_static_shape
from tapeflow.core.ops.compose.array import (
    broadcast_dynamic_shape,
    broadcast_to,
    get_static_value,
    reshape,
    shape,
    transpose,
)
from tapeflow.core.ops.compose.creation import ones, ones_like
from tapeflow.core.ops.compose.indexing import where
from tapeflow.core.ops.compose.joining import concat, split
from tapeflow.core.ops.compose.linalg import adjoint as adjoint_of
from tapeflow.core.ops.defs import decompositions
from tapeflow.core.values.convert import convert


def broadcast_batches(matrices):
    """The matrices, all with the same leading sizes.

    Raises:
        ValueError: One is no matrix, or the sizes do not broadcast.
    """
    matrices = [convert(one) for one in matrices]
    for one in matrices:
        if one.shape.rank is not None and one.shape.rank < 2:
            raise ValueError(f"Expected [batch] matrix to have at least two dimensions. Found: {one}.")
    if len(matrices) < 2:
        return matrices
    batch = matrices[0].shape[:-2]
    for one in matrices[1:]:
        batch = broadcast_static_shape(batch, one.shape[:-2])
    if batch.is_fully_defined():
        return [
            one if one.shape[:-2] == batch else broadcast_to(one, concat([ints(batch.as_list()), shape(one)[-2:]], 0))
            for one in matrices
        ]
    batch = shape(matrices[0])[:-2]
    for one in matrices[1:]:
        batch = broadcast_dynamic_shape(batch, shape(one)[:-2])
    return [broadcast_to(one, concat([batch, shape(one)[-2:]], 0)) for one in matrices]


def ints(sizes):
    """Sizes as an int32 tensor; an empty list, too."""
    return convert(np.array(sizes, np.int32))


def solve_with_broadcast(matrix, rhs, adjoint=False):
    """Solves `matrix @ x = rhs`, the leading sizes broadcast; many right-hand sides of one matrix go side by side."""
    matrix = convert(matrix)
    rhs = convert(rhs, dtype=matrix.dtype)
    if (matrix.shape.rank or 0) < (rhs.shape.rank or 0) and rhs.shape.is_fully_defined():
        extra = rhs.shape.rank - matrix.shape.rank
        count = int(np.prod(rhs.shape.as_list()[:extra]))
        if count >= 2 and matrix.shape[-1] is not None and matrix.shape[-1] > rhs.shape[-1]:
            return _side_by_side(adjoint_of(matrix) if adjoint else matrix, rhs, extra)
    matrix, rhs = broadcast_batches([matrix, rhs])
    return decompositions.solve(matrix, rhs, adjoint)


def _side_by_side(matrix, rhs, extra):
    sizes = rhs.shape.as_list()
    order = [*range(extra, len(sizes)), *range(extra)]
    columns = reshape(transpose(rhs, order), [*sizes[extra:-1], -1])
    matrix, columns = broadcast_batches([matrix, columns])
    solution = decompositions.solve(matrix, columns)
    whole = reshape(solution, [*solution.shape.as_list()[:-1], sizes[-1], *sizes[:extra]])
    return transpose(whole, np.argsort(order).tolist())


# -- blocks ----------------------------------------------------------------------------------------


def is_blockwise(sizes, argument, axis):
    """Whether an argument is a list of one tensor for each block; `sizes` are the blocks' dimensions.

    Raises:
        ValueError: It fits neither as blocks nor as one tensor.
    """
    if not isinstance(argument, (tuple, list)) or len(argument) != len(sizes):
        return False
    if not any(nest.is_nested(one) for one in argument):
        return True
    given = [convert(one).shape[axis] for one in argument]
    own = [size.value for size in sizes]
    if all(size is None for size in own):
        if len(given) == 1:
            return False
        if any(size != given[0] for size in given):
            return True
        raise ValueError(
            "Parsing of the input structure is ambiguous. Please input a blockwise iterable of `Tensor`s or a single "
            "`Tensor`."
        )
    if all(mine is None or mine == theirs for mine, theirs in zip(own, given, strict=True)):
        return True
    if all(size == given[0] for size in given) and given[0] >= sum(size for size in own if size is not None):
        return False
    raise ValueError("Input dimension does not match operator dimension.")


def split_into_blocks(sizes, sizes_as_tensors, argument, axis):
    """The parts of a tensor that belong to the blocks."""
    known = [size.value for size in sizes]
    return split(argument, sizes_as_tensors() if None in known else known, axis=axis)


# -- slicing of the leading sizes ------------------------------------------------------------------


def sliced(operator, slices):
    """The operators of a part of the batch: `operator[slices]`."""
    slices = slices if isinstance(slices, collections.abc.Sequence) else (slices,)
    changed = {}
    if not (len(slices) == 1 and slices[0] is Ellipsis):
        batch = operator.batch_shape_tensor()
        for name, ndims in operator._experimental_parameter_ndims_to_matrix_ndims.items():
            parameter = getattr(operator, name)
            if parameter is not None:
                changed[name] = _mapped(ndims, parameter, lambda p, n: _sliced_parameter(p, n, slices, batch))
    return type(operator)(**dict(operator.parameters, **changed))


def _mapped(ndims, parameter, function):
    """`function(parameter, ndims)` for each part of a parameter that is a list, or a list of lists."""
    if isinstance(ndims, (list, tuple)):
        return [_mapped(n, p, function) for n, p in zip(ndims, parameter, strict=True)]
    return function(parameter, ndims)


def _broadcast_parameter(parameter, ndims, batch):
    if hasattr(parameter, "batch_shape_tensor"):
        inner = {
            name: _mapped(n, getattr(parameter, name), lambda p, k: _broadcast_parameter(p, k, batch))
            for name, n in parameter._experimental_parameter_ndims_to_matrix_ndims.items()
            if getattr(parameter, name) is not None
        }
        return type(parameter)(**dict(parameter.parameters, **inner))
    base = concat([batch, ones([ndims], dtype=batch.dtype)], 0)
    return broadcast_to(parameter, broadcast_dynamic_shape(base, shape(parameter)))


def _sliced_parameter(parameter, ndims, slices, batch):
    parameter = _broadcast_parameter(parameter, ndims, ones_like(batch))
    own = parameter.batch_shape_tensor() if hasattr(parameter, "batch_shape_tensor") else shape(parameter)
    own = own[: own.shape[0] - ndims]
    if batch.shape[0] != 0 and own.shape[0] == 0:
        return parameter
    chosen = _narrowed(slices, batch, own)
    if ndims > 0:
        if not any(one is Ellipsis for one in slices):
            chosen.append(Ellipsis)
        chosen += [slice(None)] * ndims
    return parameter[tuple(chosen)]


def _narrowed(slices, wanted, own):
    """The slices for a parameter with size 1 where the operator's batch is larger."""
    result, i = [], 0
    for k, one in enumerate(slices):
        if one is Ellipsis:
            if i < 0:
                raise ValueError(f"Found multiple `...` in slices {slices}")
            i = -sum(later is not None for later in slices[k + 1 :])
        elif one is not None:
            stretched = wanted[i] > own[i]
            if isinstance(one, slice):
                start = None if one.start is None else _either(stretched, 0, one.start)
                stop = None if one.stop is None else _either(stretched, 1, one.stop)
                step = None if one.step is None else _either(stretched, 1, one.step)
                one = slice(start, stop, step)
            else:
                one = _either(stretched, 0, one)
            i += 1
        result.append(one)
    return result


def _either(condition, x, y):
    known = get_static_value(condition)
    return where(condition, x, y) if known is None else (x if known else y)


def dimension(size):
    """A `Dimension` of a number or None."""
    return Dimension(size)
