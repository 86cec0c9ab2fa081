"""Functions of ragged tensors that are not elementwise: products, softmax, counts, shapes, maps, text."""

import inspect

import numpy as np

from tapeflow.core.base import dtypes, nest
from tapeflow.core.base.errors import UnimplementedError
from tapeflow.core.ops.compose import array, linear, ragged_broadcast, reduce
from tapeflow.core.ops.compose.assertions import assert_equal
from tapeflow.core.ops.compose.ragged_array import as_ragged_or_dense, stack
from tapeflow.core.ops.compose.ragged_shape import DynamicRaggedShape
from tapeflow.core.ops.defs import math
from tapeflow.core.ops.defs.binary import maximum, minimum
from tapeflow.core.ops.defs.sparse_count import ragged_bincount
from tapeflow.core.values.convert import convert
from tapeflow.core.values.ragged import RaggedTensorSpec, is_ragged


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
    count = a.shape[0] if a.shape[0] is not None else b.shape[0]
    if count is None:
        raise UnimplementedError("matmul of ragged tensors needs a known number of matrices")
    assert_equal(array.cast(_rows(a), dtypes.int64), array.cast(_rows(b), dtypes.int64))
    return stack([matmul_pair(a[i], b[i], options) for i in range(count)])


def matmul_pair(a, b, options):
    """The product of two of the matrices."""
    return linear.matmul(_matrix(a), _matrix(b), *options)


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
    return ragged_broadcast.broadcast_to(as_ragged_or_dense(input), shape)


def reshape(tensor, shape, name=None):
    """`tf.reshape` of a ragged tensor, or to a ragged shape."""
    flat = tensor.flat_values if is_ragged(tensor) else convert(tensor)
    if isinstance(shape, DynamicRaggedShape):
        return shape._add_row_partitions(flat)
    return array.reshape(flat, shape)


# -- maps ------------------------------------------------------------------------------------------


def map_fn(function, args, kwargs):
    """`tf.map_fn` over the rows of ragged tensors."""
    given = _given(function, args, kwargs)
    fn, elems = given["fn"], given["elems"]
    given_signature = given.get("fn_output_signature")
    signature = given_signature if given_signature is not None else given.get("dtype")
    rows = [as_ragged_or_dense(one) for one in nest.flatten(elems)]
    count = rows[0].shape[0]
    if count is None:
        raise UnimplementedError("map_fn over ragged tensors needs a known number of rows in a graph")
    results = [fn(nest.pack_sequence_as(elems, [one[i] for one in rows])) for i in range(count)]
    if signature is None:
        signature = nest.map_structure(lambda one: one.dtype if not is_ragged(one) else one._type_spec, elems)
        if is_ragged(elems):
            signature = RaggedTensorSpec(elems.shape[1:], elems.dtype, elems.ragged_rank - 1, elems.row_splits.dtype)
    if not results:
        raise UnimplementedError("map_fn over a ragged tensor without rows")
    columns = zip(*(nest.flatten(one) for one in results), strict=True)
    specs = nest.flatten(signature)
    return nest.pack_sequence_as(
        results[0], [_stacked(list(column), spec) for column, spec in zip(columns, specs, strict=True)]
    )


def _stacked(column, spec):
    if isinstance(spec, RaggedTensorSpec):
        column = [as_ragged_or_dense(one) for one in column]
        if any(one.shape.rank == 0 for one in column):
            from tapeflow.core.base.errors import InvalidArgumentError

            raise InvalidArgumentError("Ragged values must have rank >= 1; encoded scalar element at index 0")
        return stack(column)
    return array.stack([convert(one) for one in column])


def resize(function, args, kwargs):
    """`tf.image.resize` of images of different sizes."""
    given = _given(function, args, kwargs)
    images = given["images"]
    if images.shape[0] is None:
        raise UnimplementedError("resize of ragged images needs a known number of images in a graph")
    dense = [images[i].to_tensor() if is_ragged(images[i]) else images[i] for i in range(images.shape[0])]
    return array.stack([function(**given | {"images": image}) for image in dense])


# -- text ------------------------------------------------------------------------------------------


def ragged_text(x, summarize=3):
    """The rows as `tf.print` shows them."""
    return _spelled(x.to_list(), summarize)


def _spelled(value, count):
    if isinstance(value, list):
        if count >= 0 and len(value) > 2 * count:
            parts = [_spelled(one, count) for one in value[:count]]
            return "[" + ", ".join([*parts, "..."] + [_spelled(one, count) for one in value[-count:]]) + "]"
        return "[" + ", ".join(_spelled(one, count) for one in value) + "]"
    if isinstance(value, bytes):
        return "'" + value.decode(errors="replace") + "'"
    if isinstance(value, bool):
        return str(value)
    return f"{np.float32(value):g}" if isinstance(value, float) else str(value)


def string_format(function, args, kwargs):
    """`tf.strings.format` of ragged tensors."""
    given = _given(function, args, kwargs)
    inputs = given["inputs"] if isinstance(given["inputs"], (list, tuple)) else [given["inputs"]]
    placeholder, summarize = given.get("placeholder", "{}"), given.get("summarize", 3)
    template, rest = "", given["template"]
    kept = []
    for one in inputs:
        before, found, rest = rest.partition(placeholder)
        template += before
        if is_ragged(one):
            template += ragged_text(one, summarize)
        else:
            template += found
            kept.append(one)
    return function(**given | {"template": template + rest, "inputs": kept}) if kept else convert(template + rest)


def printed(function, args, kwargs):
    """`tf.print` of ragged tensors."""
    summarize = kwargs.get("summarize", 3)
    return function(*[ragged_text(one, summarize) if is_ragged(one) else one for one in args], **kwargs)
