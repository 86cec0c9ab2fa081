"""Which functions take sparse tensors, and what they do with them. Loaded when a program makes its first one."""

import inspect

from tapeflow.core.base import dtypes, nest
from tapeflow.core.ops import dispatch
from tapeflow.core.ops.compose import array, reduce
from tapeflow.core.ops.compose.sparse_count import bincount_of_sparse
from tapeflow.core.values.sparse import SparseTensor

_WATCHED = {
    "ops.compose.array": "cast identity rank shape shape_n size",
    "ops.compose.creation": "ones_like zeros_like",
    "ops.compose.counting": "bincount",
    "ops.compose.math": "abs erf sign square",
}


def _mapped(function, args, kwargs):
    """Calls the function on the values; the indices stay."""
    given = dict(zip(inspect.signature(function).parameters, args, strict=False)) | kwargs
    first = next(iter(inspect.signature(function).parameters))
    x = given[first]
    return SparseTensor(x.indices, function(**given | {first: x.values}), x.dense_shape)


def _identity(input, name=None):
    return nest.map_structure(array.identity, input, expand_composites=True)


def _shape(input, out_type=None, name=None):
    return array.cast(input.dense_shape, dtypes.int32 if out_type is None else out_type)


def _size(input, out_type=dtypes.int32, name=None):
    return array.cast(reduce.reduce_prod(input.dense_shape), dtypes.int32 if out_type is None else out_type)


def _rank(input, name=None):
    return array.size(input.dense_shape)


def _plain(replacement):
    return lambda function, args, kwargs: replacement(*args, **kwargs)


def _shapes(input, out_type=None, name=None):
    return [array.shape(one, out_type) for one in input]


def _bincount(function, args, kwargs):
    return bincount_of_sparse(*args, **kwargs)


# TensorFlow's list of functions that keep zero at zero.
_MAPPED = (
    "cast abs sign square Neg Asinh Sin Tan Atan Asin Atanh Sqrt Erf Tanh BesselI0e BesselI1e erf negative bessel_i0e "
    "bessel_i1e"
).split()
_HANDLERS = {
    **dict.fromkeys(_MAPPED, _mapped), "identity": _plain(_identity), "shape": _plain(_shape), "size": _plain(_size),
    "rank": _plain(_rank), "shape_n": _plain(_shapes), "bincount": _bincount,
}  # fmt: skip

dispatch.family(SparseTensor, _HANDLERS, None)
dispatch.watch(_WATCHED)
