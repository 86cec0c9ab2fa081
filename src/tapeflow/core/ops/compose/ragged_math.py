"""Functions of ragged tensors that are not elementwise: products, softmax, counts, shapes, maps, text."""

import inspect

from tapeflow.core.base import dtypes
from tapeflow.core.base.errors import UnimplementedError
from tapeflow.core.ops.compose import array, creation, indexing, joining, linear, ragged_broadcast, reduce
from tapeflow.core.ops.compose.assertions import assert_equal
from tapeflow.core.ops.compose.ragged_array import as_ragged_or_dense, stack
from tapeflow.core.ops.compose.ragged_shape import DynamicRaggedShape
from tapeflow.core.ops.defs import math
from tapeflow.core.ops.defs.binary import maximum, minimum
from tapeflow.core.ops.defs.elementwise import is_finite
from tapeflow.core.ops.defs.sparse_count import ragged_bincount
from tapeflow.core.values.convert import convert
from tapeflow.core.values.ragged import RaggedTensor, is_ragged


def _given(function, args, kwargs):
    """The arguments by name."""
    return dict(zip(inspect.signature(function).parameters, args, strict=False)) | kwargs


def softmax(logits, axis=None, name=None):
    """`tf.nn.softmax` of a ragged tensor."""
    axis = -1 if axis is None else axis
    shifted = logits - reduce.reduce_max(logits, axis, keepdims=True)
    powers = shifted.with_flat_values(math.exp(shifted.flat_values))
    return powers / reduce.reduce_sum(powers, axis, keepdims=True)


def matmul(
    a, b, transpose_a=False, transpose_b=False, adjoint_a=False, adjoint_b=False, a_is_sparse=False, b_is_sparse=False,
    output_type=None, grad_a=False, grad_b=False, name=None,
):  # fmt: skip
    """`tf.matmul` of ragged matrices, one by one."""
    if transpose_a and adjoint_a:
        raise ValueError("Only one of `transpose_a` and `adjoint_a` can be True.")
    if transpose_b and adjoint_b:
        raise ValueError("Only one of `transpose_b` and `adjoint_b` can be True.")
    a, b = as_ragged_or_dense(a), as_ragged_or_dense(b)
    rank = a.shape.rank
    if rank != b.shape.rank:
        raise ValueError("`a` and `b` must have the same rank.")
    options = (transpose_a, transpose_b, adjoint_a, adjoint_b)
    if rank == 2:
        return linear.matmul(_matrix(a), _matrix(b), *options)
    if is_ragged(a) and is_ragged(b) and rank > 3 and a.ragged_rank > 1:
        assert_equal(a.row_splits, b.row_splits)
        return a.with_values(matmul(a.values, b.values, *options))
    if a.dtype is not b.dtype:
        raise ValueError("`a` and `b` must have the same dtype.")
    assert_equal(array.cast(_rows(a), dtypes.int64), array.cast(_rows(b), dtypes.int64))
    if is_ragged(a) and a.ragged_rank == 1 and not (is_ragged(b) or transpose_a or adjoint_a):
        # All rows of all matrices at once; what is filled up is cut off again.
        return RaggedTensor.from_tensor(linear.matmul(a.to_tensor(), b, *options), a.row_lengths())
    count = a.shape[0] if a.shape[0] is not None else b.shape[0]
    if count is None:
        raise UnimplementedError("matmul of ragged tensors needs a known number of matrices")
    products = [matmul_pair(a[i], b[i], options) for i in range(count)]
    if is_ragged(b) and (b.ragged_rank == 2 or transpose_b or adjoint_b):
        return stack(products)
    lengths = joining.stack([array.shape(one, out_type=dtypes.int64)[0] for one in products])
    result = RaggedTensor.from_row_lengths(joining.concat(products, 0), lengths, validate=False)
    return result.with_row_splits_dtype((a if is_ragged(a) else b).row_splits.dtype)


def matmul_pair(a, b, options):
    """The product of two of the matrices."""
    return linear.matmul(_matrix(a), _matrix(b), *options)


def logsumexp(input_tensor, axis=None, keepdims=False, name=None):
    """`tf.reduce_logsumexp` of a ragged tensor."""
    largest = reduce.reduce_max(input_tensor, axis, keepdims=True)
    finite = _flatly(lambda v: indexing.where(is_finite(v), v, creation.zeros_like(v)), largest)
    powers = _flatly(math.exp, input_tensor - _flatly(array.stop_gradient, finite))
    total = _flatly(math.log, reduce.reduce_sum(powers, axis, keepdims=True)) + finite
    return total if keepdims else reduce.reduce_max(total, axis)  # of one element each: takes the axes away


def _flatly(function, x):
    return x.with_flat_values(function(x.flat_values)) if is_ragged(x) else function(x)


def _rows(x):
    return x.nrows() if is_ragged(x) else array.shape(x)[0]


def _matrix(x):
    """The matrix, dense: its rows must have one length."""
    if not is_ragged(x):
        return x
    sizes = x.bounding_shape()
    whole = x.to_tensor()
    count = array.size(x.flat_values, out_type=sizes.dtype)
    assert_equal(
        array.reshape(count, [1]), array.reshape(reduce.reduce_prod(sizes), [1]),
        message="The matrices in `a` and `b` may not be ragged in their innermost dimension.",
    )  # fmt: skip
    return whole


def dropout(function, args, kwargs):
    """`tf.nn.dropout` of a ragged tensor."""
    given = _given(function, args, kwargs)
    if given.get("noise_shape") is not None:
        raise ValueError("noise_shape is not supported yet for RaggedTensor x")
    x = given["x"]
    return x.with_flat_values(function(**given | {"x": x.flat_values}))


def bincount(function, args, kwargs):
    """`tf.math.bincount` of a ragged tensor: of all values, or row by row."""
    given = _given(function, args, kwargs)
    x, weights, axis = given["arr"], given.get("weights"), given.get("axis")
    if axis not in (None, 0, -1):
        raise ValueError(f"Unsupported value for argument axis={axis}. Only 0 and -1 are currently supported.")
    if is_ragged(weights):
        weights = weights.flat_values
    if axis != -1:
        return function(**given | {"arr": x.flat_values, "weights": weights})
    values = x.flat_values
    minlength, maxlength = given.get("minlength"), given.get("maxlength")
    empty = not values.shape.num_elements()
    size = convert(0, dtype=values.dtype) if empty else reduce.reduce_max(values) + 1
    if minlength is not None:
        size = maximum(size, convert(minlength, dtype=values.dtype))
    if maxlength is not None:
        size = minimum(size, convert(maxlength, dtype=values.dtype))
    dtype = dtypes.as_dtype(given.get("dtype", dtypes.int32))
    weights = convert([], dtype=dtype) if weights is None else weights
    return ragged_bincount(
        array.cast(x.row_splits, dtypes.int64), values, size, weights, binary_output=given.get("binary_output", False)
    )


def embedding_lookup(function, args, kwargs):
    """`tf.nn.embedding_lookup` of ragged ids."""
    given = _given(function, args, kwargs)
    ids = given["ids"]
    if not is_ragged(ids):
        raise TypeError("params of embedding_lookup may not be ragged")
    return ids.with_flat_values(function(**given | {"ids": ids.flat_values}))


# -- shapes ----------------------------------------------------------------------------------------


def shape(input, out_type=None, name=None):
    """`tf.shape` of a ragged tensor: a `DynamicRaggedShape`."""
    return DynamicRaggedShape.from_tensor(input, dtypes.int32 if out_type is None else out_type)


def broadcast_to(input, shape, name=None):
    """`tf.broadcast_to` a ragged shape."""
    if not isinstance(shape, DynamicRaggedShape):
        raise ValueError("TypeError: object of type 'RaggedTensor' has no len()\n")
    if is_ragged(input) and input.row_splits.dtype is not shape.dtype:
        raise ValueError("Cannot coerce row_splits.dtype")
    return ragged_broadcast.broadcast_to(as_ragged_or_dense(input), shape)


def filled(function, args, kwargs):
    """`tf.zeros`, `tf.ones` or `tf.fill` of a ragged shape."""
    given = _given(function, args, kwargs)
    key = "dims" if "dims" in given else "shape"
    shape = given[key]
    return shape._add_row_partitions(function(**given | {key: shape.inner_shape}))


def broadcast_dynamic_shape(shape_x, shape_y):
    """`tf.broadcast_dynamic_shape` of ragged shapes."""
    if not isinstance(shape_x, DynamicRaggedShape) or not isinstance(shape_y, DynamicRaggedShape):
        raise TypeError("shape_x and shape_y must both be DynamicRaggedShapes")
    return ragged_broadcast.broadcast_shapes(shape_x, shape_y)


def reshape(tensor, shape, name=None):
    """`tf.reshape` of a ragged tensor, or to a ragged shape."""
    flat = tensor.flat_values if is_ragged(tensor) else convert(tensor)
    if isinstance(shape, DynamicRaggedShape):
        return shape._add_row_partitions(array.reshape(flat, shape.inner_shape))
    return array.reshape(flat, shape)


def resize(function, args, kwargs):
    """`tf.image.resize` of images of different sizes."""
    given = _given(function, args, kwargs)
    images = given["images"]
    if images.shape[0] is None:
        raise UnimplementedError("resize of ragged images needs a known number of images in a graph")
    dense = [images[i].to_tensor() if is_ragged(images[i]) else images[i] for i in range(images.shape[0])]
    return joining.stack([function(**given | {"images": image}) for image in dense])
