"""`tf.compat.v1`: functions of arrays whose arguments version 2 named or ordered otherwise."""

import functools

from tapeflow.compat.v1.reductions import _one
from tapeflow.core.base import dtypes
from tapeflow.core.ops.compose import (
    counting,
    decode,
    image_geometry,
    order,
    random_stateful,
    rearranging,
    sparse_math,
    string_ragged,
    string_text,
)
from tapeflow.core.ops.compose.array import cast
from tapeflow.core.ops.compose.indexing import gather
from tapeflow.core.ops.registry import get
from tapeflow.core.values.convert import convert
from tapeflow.core.values.sparse import SparseTensor, SparseTensorValue
from tapeflow.debugging import assert_all_finite


def _to(dtype, name):
    def to_dtype(x, name=name):
        return cast(x, dtype, name)

    to_dtype.__name__ = to_dtype.__qualname__ = f"to_{name.removeprefix('To').lower()}"
    to_dtype.__doc__ = f"`tf.cast` to {dtype.name}."
    return to_dtype


to_float, to_double, to_bfloat16 = (
    _to(dtypes.float32, "ToFloat"), _to(dtypes.float64, "ToDouble"), _to(dtypes.bfloat16, "ToBFloat16"),
)  # fmt: skip
to_int32, to_int64 = _to(dtypes.int32, "ToInt32"), _to(dtypes.int64, "ToInt64")
to_complex64, to_complex128 = _to(dtypes.complex64, "ToComplex64"), _to(dtypes.complex128, "ToComplex128")


def argmin(input, axis=None, name=None, dimension=None, output_type=dtypes.int64):
    """`tf.argmin`; `dimension` is the old name of `axis`."""
    axis = _one("axis", axis, "dimension", dimension)
    return order.argmin(input, 0 if axis is None else axis, output_type, name)


def arg_max(input, dimension, output_type=dtypes.int64, name=None):
    """`tf.argmax` of a given dimension."""
    return order.argmax(input, dimension, output_type, name)


def arg_min(input, dimension, output_type=dtypes.int64, name=None):
    """`tf.argmin` of a given dimension."""
    return order.argmin(input, dimension, output_type, name)


def batch_gather(params, indices, name=None):
    """`tf.gather` along the last axis of `indices`, with all before it as batch dimensions."""
    indices = convert(indices)
    return gather(params, indices, batch_dims=indices.shape.rank - 1, axis=indices.shape.rank - 1, name=name)


def batch_to_space(input, crops, block_size, name=None, block_shape=None):
    """`tf.batch_to_space` with blocks as high as wide."""
    size = _one("block_shape", block_shape, "block_size", block_size)
    return rearranging.batch_to_space(input, [size, size], crops, name)


def space_to_batch(input, paddings, block_size=None, name=None, block_shape=None):
    """`tf.space_to_batch`; `block_size` stands for blocks as high as wide."""
    shape = _one("block_shape", block_shape, "block_size", None if block_size is None else [block_size] * 2)
    return rearranging.space_to_batch(input, shape, paddings, name)


def confusion_matrix(labels, predictions, num_classes=None, dtype=dtypes.int32, name=None, weights=None):
    """`tf.math.confusion_matrix`, its arguments in version 1's order."""
    return counting.confusion_matrix(labels, predictions, num_classes, weights, dtype, name)


def convert_to_tensor_or_sparse_tensor(value, dtype=None, name=None):
    """Returns a sparse tensor as it is, anything else as a tensor.

    Raises:
        RuntimeError: A sparse tensor is of another dtype than `dtype`.
    """
    if isinstance(value, SparseTensorValue):
        value = SparseTensor(*value)
    if not isinstance(value, SparseTensor):
        return convert(value, dtype=dtype, name=name)
    if dtype is not None and not dtypes.as_dtype(dtype).is_compatible_with(value.dtype):
        raise RuntimeError(
            f"Sparse dtype mismatch. Requested: {dtypes.as_dtype(dtype).name},  Actual: {value.dtype.name}"
        )
    return value


def count_nonzero(
    input_tensor=None, axis=None, keepdims=None, dtype=dtypes.int64, name=None, reduction_indices=None, keep_dims=None,
    input=None,
):  # fmt: skip
    """`tf.math.count_nonzero`, with version 1's names as well."""
    return counting.count_nonzero(
        _one("input", input, "input_tensor", input_tensor), _one("axis", axis, "reduction_indices", reduction_indices),
        bool(_one("keepdims", keepdims, "keep_dims", keep_dims)), dtype, name,
    )  # fmt: skip


def decode_raw(input_bytes=None, out_type=None, little_endian=True, name=None, bytes=None):
    """`tf.io.decode_raw`; `bytes` is the old name of `input_bytes`."""
    return decode.decode_raw(_one("input_bytes", input_bytes, "bytes", bytes), out_type, little_endian, name=name)


def div(x, y, name=None):
    """Divides as Python 2 did: integers are rounded down."""
    x, y = convert(x), convert(y)
    return get("FloorDiv" if x.dtype.is_integer else "RealDiv")(x, y, name=name)


def extract_image_patches(images, ksizes=None, strides=None, rates=None, padding=None, name=None, sizes=None):
    """`tf.image.extract_patches`; `ksizes` is the old name of `sizes`."""
    sizes = _one("sizes", sizes, "ksizes", ksizes)
    return image_geometry.extract_patches(images, sizes, strides, rates, padding, name)


def multinomial(logits, num_samples, seed=None, name=None, output_dtype=None):
    """`tf.random.categorical`, its arguments in version 1's order."""
    return random_stateful.categorical(logits, num_samples, output_dtype or dtypes.int64, seed, name)


def random_poisson(lam, shape, dtype=dtypes.float32, seed=None, name=None):
    """`tf.random.poisson`, its arguments in version 1's order."""
    return random_stateful.poisson(shape, lam, dtype, seed, name)


def reduce_join(inputs, axis=None, keep_dims=None, separator="", name=None, reduction_indices=None, keepdims=None):
    """`tf.strings.reduce_join`, with version 1's names as well."""
    axis = _one("axis", axis, "reduction_indices", reduction_indices)
    return string_text.reduce_join(
        inputs, axis, bool(_one("keepdims", keepdims, "keep_dims", keep_dims)), separator, name
    )


def reverse_sequence(input, seq_lengths, seq_axis=None, batch_axis=None, name=None, seq_dim=None, batch_dim=None):
    """`tf.reverse_sequence`, with version 1's names as well."""
    seq_axis = _one("seq_axis", seq_axis, "seq_dim", seq_dim)
    return rearranging.reverse_sequence(
        input, seq_lengths, seq_axis, _one("batch_axis", batch_axis, "batch_dim", batch_dim) or 0, name
    )


def setdiff1d(x, y, index_dtype=dtypes.int32, name=None):
    """Returns the values of `x` that are not in `y`, and where they are in `x`."""
    return get("ListDiff")(x, y, out_idx=index_dtype, name=name)


def sparse_add(a, b, threshold=None, thresh=None):
    """`tf.sparse.add`; `thresh` is the old name of `threshold`."""
    return sparse_math.add(a, b, _one("threshold", threshold, "thresh", thresh) or 0)


def sparse_reduce_sum(sp_input, axis=None, keepdims=None, reduction_axes=None, keep_dims=None):
    """`tf.sparse.reduce_sum`, with version 1's names as well."""
    axis = _one("axis", axis, "reduction_axes", reduction_axes)
    return sparse_math.reduce_sum(sp_input, axis, bool(_one("keepdims", keepdims, "keep_dims", keep_dims)))


def sparse_to_dense(sparse_indices, output_shape, sparse_values, default_value=0, validate_indices=True, name=None):
    """Returns a tensor with values at places, and `default_value` elsewhere."""
    return get("SparseToDense")(
        sparse_indices, output_shape, sparse_values, default_value, validate_indices=validate_indices, name=name
    )


def string_split(source, sep=None, skip_empty=True, delimiter=None, result_type="SparseTensor", name=None):
    """Splits strings at any character of `sep`, a space if None.

    Args:
        source: String tensor, of rank 1.
        sep: Characters; "" splits every character off.
        skip_empty: Whether empty pieces are left out.
        delimiter: Old name of `sep`.
        result_type: "SparseTensor" or "RaggedTensor".
        name: Optional name.
    """
    sep = _one("sep", sep, "delimiter", delimiter)
    indices, values, shape = get("StringSplit")(source, " " if sep is None else sep, skip_empty=skip_empty, name=name)
    parts = SparseTensor(indices, values, shape)
    if result_type == "SparseTensor":
        return parts
    if result_type == "RaggedTensor":
        from tapeflow.core.values.ragged import RaggedTensor  # lazy: few ask

        return RaggedTensor.from_value_rowids(values, indices[:, 0], nrows=shape[0])
    raise ValueError("result_type must be 'RaggedTensor' or 'SparseTensor'.")


def _old_string(function):
    @functools.wraps(function)
    def with_old_names(string_tensor=None, *args, input=None, **keywords):
        return function(_one("input", input, "string_tensor", string_tensor), *args, **keywords)

    return with_old_names


string_to_number = _old_string(string_text.to_number)
string_to_hash_bucket = _old_string(string_text.to_hash_bucket)


def substr(input, pos, len, name=None, unit="BYTE"):
    """`tf.strings.substr`, its arguments in version 1's order."""
    return string_text.substr(input, pos, len, unit, name)


def verify_tensor_all_finite(t=None, msg=None, name=None, x=None, message=None):
    """`tf.debugging.assert_all_finite`; `t` and `msg` are old names of `x` and `message`."""
    return assert_all_finite(_one("x", x, "t", t), _one("message", message, "msg", msg), name)
