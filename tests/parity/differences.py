"""Where TapeFlow differs: where it means to (names of cases, or starts of them, and why), and where it is wrong.

A case named here must differ: one that has come to agree is taken off the list.
"""

MEANT: dict[str, str] = {
    "errors/OpError/args": "the error's text is there; TensorFlow leaves args empty",
    "math_count/unique/twice_float16": "0.0 and -0.0 are one value; TensorFlow parts them in half precision only",
    "math_count/unique/twice_bfloat16": "0.0 and -0.0 are one value; TensorFlow parts them in half precision only",
    "math_count/unique_with_counts/twice_float16": "as unique",
    "math_count/unique_with_counts/twice_bfloat16": "as unique",
    "math_order/sort/nan_first": "NaN is last; TensorFlow's order depends on where the NaN was",
    "math_order/argsort/nan_first": "as sort",
    "math_order/top_k/nan_first_2": "as sort",
    "math_order/top_k/nan_first_3": "as sort",
    "math_order/top_k/nan_last_1": "the largest number, where TensorFlow gives another one",
    "math_reduce_edges/reduce_mean/float16_large": "summed in 32 bits: TensorFlow overflows",
    "math_reduce_edges/reduce_std/float16_large": "summed in 32 bits: TensorFlow overflows",
    "math_reduce_edges/reduce_variance/float16_large": "summed in 32 bits: TensorFlow overflows",
    "math_reduce_edges/cumulative_logsumexp/nan": "NaN stays NaN; TensorFlow takes it for the sum so far",
    "strings/to_hash_bucket_fast/a_3_5": "a number of buckets is a whole number; TensorFlow cuts 3.5 to 3",
    "strings_regex/replace/14": "no empty match inside a character; TensorFlow cuts UTF-8 apart at \\B",
    "strings_regex/replace_whole/14": "as above",
    "strings_regex/replace_first/14": "as above",
    "strings_unicode/decode_named/gbk": "Python's GBK takes one byte for what is malformed, ICU two",
    "io_decode/parse/too_many_int32": "more values than the shape has: refused",
    "io_decode/parse/unknown_rank_float32": "an unknown shape: refused; TensorFlow makes a scalar of it",
    "io_decode/make_tensor_proto/bfloat16_[]": "a bfloat16 scalar becomes a message; TensorFlow fails",
}


# Wrong answers that are known and still to be mended, by family.
OPEN: dict[str, list[str]] = {
    "array_index": [
        "gather/batch_dims_above_axis",
        "scatter_nd/dtype_string",
        "scatter_nd/text",
    ],
    "array_shape": [
        "broadcast_to/shape_scalar",
        "fill/dims_is_a_scalar",
        "fill/float_dims",
        "linspace/dtypes",
        "linspace/float_num",
        "linspace/negative",
        "ones_like/text",
        "pad/scalar",
        "pad/value_dtype",
    ],
    "constant": [
        "constant/above_of_int64",
        "constant/below_of_int64",
        "constant/of_empty_range",
        "constant/of_large_float",
        "constant/of_with_length",
        "convert_to_tensor/large_tensor_shape",
        "convert_to_tensor/of_large_float",
        "convert_to_tensor/of_with_length",
    ],
    "control": [
        "vectorized_map/broadcast",
    ],
    "linalg": [
        "diag/dtype_string",
        "diag_part/dtype_string",
        "expm/dtype_bfloat16",
        "trace/dtype_string",
    ],
    "math_elementwise": [
        "divide/complex128",
        "divide/complex64",
        "math.angle/bool",
        "math.angle/int16",
        "math.angle/int32",
        "math.angle/int64",
        "math.angle/int8",
        "math.angle/string",
        "math.angle/uint16",
        "math.angle/uint32",
        "math.angle/uint64",
        "math.angle/uint8",
        "math.atan2/python_float_for_an_integer_tensor",
        "math.divide_no_nan/bool",
        "math.divide_no_nan/string",
        "math.erf/float64",
        "math.real/bool",
        "math.real/string",
        "math.rsqrt/complex128",
        "math.rsqrt/complex64",
        "math.xdivy/complex128",
        "math.xdivy/complex64",
        "math.xlogy/python_float_for_an_integer_tensor",
        "ones_like/string",
        "sign/bfloat16",
        "truediv/complex128",
        "truediv/complex64",
    ],
    "math_special": [
        "betainc/not_positive",
        "erf/float64",
        "igamma/grid_float32",
        "igamma/grid_float64",
        "igammac/grid_float32",
        "igammac/grid_float64",
        "polygamma/grid_float32",
        "polygamma/grid_float64",
        "special.bessel_y1/float16",
        "special.bessel_y1/float32",
        "special.expint/float32",
        "special.expint/float64",
        "zeta/grid_float32",
        "zeta/grid_float64",
    ],
    "nn": [
        "gelu/float64",
        "leaky_relu/second",
        "relu/second",
        "relu6/second",
    ],
    "strings_regex": [
        "regex_full_match/xe9_C_C",
    ],
    "strings_of_tensors": [
        "aggregation/repr",
        "aggregation/str",
        "repr/wide_floats",
    ],
    "tape_gradients": [
        "diag_part/second_of_x",
        "einsum_sum/second_of_x",
        "trace/second_of_x",
    ],
    "tensor": [
        "attribute/overloads",
        "buffer/memoryview",
    ],
    "tensor_operators": [
        "operator*/bool_and_python_float",
        "operator*/bool_and_python_int",
        "operator//bool_and_python_np_float64",
        "operator//bool_and_python_np_int64",
        "operator@/with_text",
    ],
    "top": [
        "print/complex",
        "print/text_vector",
    ],
    "variable": [
        "assign/returns_the_variable",
        "assign_add/bool",
        "attribute/initialized_value",
        "make/unknown_keyword",
        "protocol/not_equal_None",
    ],
}


def meant(name: str) -> str | None:
    """Why the case may differ, or None."""
    family, _, case = name.partition("/")
    if case in OPEN.get(family, ()):
        return "known to be wrong"
    return next((why for start, why in MEANT.items() if name.startswith(start)), None)
