"""Which functions take ragged tensors, and what they do with them. Loaded when a program makes its first one."""

from tapeflow.core.ops import dispatch
from tapeflow.core.ops.compose import ragged_array, ragged_reduce
from tapeflow.core.ops.compose.ragged_elementwise import elementwise, elementwise_list
from tapeflow.core.ops.compose.ragged_math import (
    bincount,
    broadcast_dynamic_shape,
    broadcast_to,
    dropout,
    embedding_lookup,
    filled,
    logsumexp,
    matmul,
    reshape,
    resize,
    shape,
    softmax,
)
from tapeflow.core.ops.compose.ragged_shape import DynamicRaggedShape
from tapeflow.core.ops.compose.ragged_text import string_format
from tapeflow.core.values.ragged import RaggedTensor

_UNARY = {
    "ops.compose.array": "bitcast cast saturate_cast identity stop_gradient",
    "ops.compose.creation": "ones_like zeros_like",
    "ops.compose.clip": "clip_by_value",
    "ops.compose.math": (
        "abs angle conj erfcinv erfinv imag log_sigmoid ndtri real reciprocal_no_nan round sigmoid sign softplus square"
    ),
    "ops.compose.activation": "elu gelu leaky_relu relu6 relu selu silu",
    "ops.compose.image_color": "adjust_brightness adjust_gamma convert_image_dtype",
    "ops.compose.image_random": "random_brightness stateless_random_brightness",
    "ops.compose.string_text": "length substr to_hash_bucket to_number",
    "ops.compose.string_regex": "regex_full_match regex_replace",
}
_BINARY = {
    "ops.compose.assertions": (
        "assert_equal assert_greater_equal assert_greater assert_less_equal assert_less assert_near assert_none_equal"
    ),
    "ops.compose.math": (
        "complex add divide_no_nan divide equal floordiv logical_xor multiply_no_nan multiply not_equal pow scalar_mul "
        "subtract truediv xlogy"
    ),
    "ops.compose.nn_losses": "sigmoid_cross_entropy_with_logits",
}
_UNARY_OPS = (
    "CheckNumerics DecodeBase64 DecodeCompressed EncodeBase64 LogicalNot AsString StringLower StringStrip "
    "StringToHashBucketFast StringToHashBucketStrong StringToHashBucket UnicodeScript UnicodeTranscode StringUpper "
    "Relu Relu6 Elu Selu LeakyRelu Softplus Cast ZerosLike OnesLike Identity StringLength Substr StringToNumber"
)
_BINARY_OPS = "LogicalAnd LogicalOr Atan2 Equal NotEqual"
_OTHERS = {
    "ops.compose.array": "broadcast_dynamic_shape broadcast_to expand_dims rank reshape shape size squeeze",
    "ops.compose.creation": "fill one_hot ones zeros",
    "ops.compose.joining": "concat split stack tile",
    "ops.compose.rearranging": "reverse",
    "ops.compose.math": "add_n cumsum",
    "ops.compose.indexing": "dynamic_partition gather_nd gather where",
    "ops.compose.linear": "matmul",
    "ops.compose.counting": "bincount",
    "ops.compose.reduce": (
        "reduce_all reduce_any reduce_logsumexp reduce_max reduce_mean reduce_min reduce_prod reduce_std reduce_sum "
        "reduce_variance"
    ),
    "ops.compose.segment": "unsorted_segment_mean unsorted_segment_sqrt_n",
    "ops.compose.nn_dropout": "dropout stateless_dropout",
    "ops.compose.activation": "softmax",
    "ops.compose.nn_embedding": "embedding_lookup",
    "ops.compose.image_resize": "resize",
    "ops.compose.string_text": "string_format join reduce_join",
}


def _plain(replacement):
    """A handler that has the function's own parameters."""
    return lambda function, args, kwargs: replacement(*args, **kwargs)


HANDLERS = {
    "concat": _plain(ragged_array.concat),
    "stack": _plain(ragged_array.stack),
    "tile": _plain(ragged_array.tile),
    "expand_dims": _plain(ragged_array.expand_dims),
    "squeeze": _plain(ragged_array.squeeze),
    "reverse": _plain(ragged_array.reverse),
    "size": _plain(ragged_array.size),
    "rank": _plain(ragged_array.rank),
    "shape": _plain(shape),
    "one_hot": _plain(ragged_array.one_hot),
    "gather": _plain(ragged_array.gather_),
    "gather_nd": _plain(ragged_array.gather_nd),
    "where": _plain(ragged_array.where),
    "split": _plain(ragged_array.split),
    "cumsum": _plain(ragged_array.cumsum_),
    "dynamic_partition": _plain(ragged_array.dynamic_partition),
    "add_n": elementwise_list,
    "join": elementwise_list,
    "matmul": _plain(matmul),
    "softmax": _plain(softmax),
    "broadcast_to": _plain(broadcast_to),
    "reshape": _plain(reshape),
    "broadcast_dynamic_shape": _plain(broadcast_dynamic_shape),
    "reduce_logsumexp": _plain(logsumexp),
    "bincount": bincount,
    "dropout": dropout,
    "stateless_dropout": dropout,
    "embedding_lookup": embedding_lookup,
    "resize": resize,
    "string_format": string_format,
    **ragged_reduce.HANDLERS,
}

for _table, _kind in ((_UNARY, dispatch.UNARY), (_BINARY, dispatch.BINARY)):
    for _names in _table.values():
        _kind.update(_names.split())
dispatch.UNARY.update(_UNARY_OPS.split())
dispatch.BINARY.update(_BINARY_OPS.split())
dispatch.family(RaggedTensor, HANDLERS, elementwise)
dispatch.family(DynamicRaggedShape, HANDLERS | dict.fromkeys(("zeros", "ones", "fill"), filled), None)
for _table in (_UNARY, _BINARY, _OTHERS):
    dispatch.watch(_table)
