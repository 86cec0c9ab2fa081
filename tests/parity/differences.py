"""Where TapeFlow differs: where it means to (names of cases, or starts of them, and why), and where it is wrong.

A case named here must differ: one that has come to agree is taken off the list.
"""

MEANT: dict[str, str] = {
    "numpy_behavior/all/add/bool/uint8": "a truth value counts as 0 or 1; TensorFlow cannot convert it",
    "numpy_behavior/all/add/bool/bfloat16": "a truth value counts as 0 or 1; TensorFlow cannot convert it",
    "numpy_behavior/all/add/bool/complex64": "a truth value counts as 0 or 1; TensorFlow cannot convert it",
    "numpy_behavior/safe/add/bool/uint8": "a truth value counts as 0 or 1; TensorFlow cannot convert it",
    "numpy_behavior/safe/add/bool/bfloat16": "a truth value counts as 0 or 1; TensorFlow cannot convert it",
    "numpy_behavior/safe/add/bool/complex64": "a truth value counts as 0 or 1; TensorFlow cannot convert it",
    "numpy_behavior/all/less": "comparisons mix dtypes as sums do; TensorFlow left them out",
    "numpy_behavior/safe/less": "as in the mode all",
    "data_pipelines/shuffled/repeat_none": "repeat(0) is empty, as everywhere; TensorFlow's fused shuffle refuses it",
    "numpy_api/rad2deg/": "a tensor, as from all its kin; TensorFlow multiplies what it is given",
    "numpy_api/more/rot90/4": "a tensor, as for all other turns",
    "numpy_api/sort/float64": "NaN is last, as in NumPy; TensorFlow's order depends on where the NaN was",
    "numpy_api/argsort/float64": "as sort",
    "numpy_api/heaviside/bool_bool": "truth values count as 0 and 1; TensorFlow cannot make its constants",
    "numpy_api/logaddexp/bool_bool": "refused as TensorFlow's subtraction refuses it; TensorFlow asks NumPy here",
    "numpy_api/logaddexp2/bool_bool": "as logaddexp",
    "numpy_api/logaddexp/lists": "lists count as arrays, as everywhere; TensorFlow subtracts the lists",
    "numpy_api/logaddexp2/lists": "as logaddexp",
    "errors/OpError/args": "the error's text is there; TensorFlow leaves args empty",
    "nn_conv/conv3d/wrong/depth": "groups work in 3-D too; TensorFlow has them in its compiler only",
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
    "io_examples/json/features": "numbers packed, as in every other message; TensorFlow writes them one by one here",
    "io_decode/make_tensor_proto/bfloat16_[]": "a bfloat16 scalar becomes a message; TensorFlow fails",
    "array_index/gather/batch_dims_above_axis": "refused; TensorFlow ignores batch_dims when axis is 0",
    "math_elementwise/divide/complex": "a complex number by 0 is infinite, as in C; TensorFlow's is NaN",
    "math_elementwise/truediv/complex": "as divide",
    "math_elementwise/math.xdivy/complex": "as divide",
    "math_elementwise/math.erf/float64": "erf(inf) is 1; TensorFlow has NaN in float64 only",
    "math_special/erf/float64": "as math.erf",
    "math_elementwise/sign/bfloat16": "-0.0 stays -0.0 as in the other dtypes",
    "math_special/polygamma/grid_float32": "large orders are computed where TensorFlow's factorial overflows",
    "math_special/special.bessel_y1/float16": "-inf at 0, as in float64; TensorFlow has NaN",
    "math_special/special.bessel_y1/float32": "as in float16",
    "math_special/special.expint/float": "infinite at infinity; TensorFlow has NaN",
    "tensor_operators/operator//bool_and_python_np_": "a bool is not divided; TensorFlow leaves it to NumPy",
    "tensor/buffer/memoryview": "no buffer of its own: `memoryview(x.numpy())`",
    "top/print/complex": "complex numbers are printed; TensorFlow prints ?",
    "variable/attribute/initialized_value": "the value; TensorFlow raises NotImplementedError",
    "variable/make/unknown_keyword": "a TypeError; TensorFlow ignores misspelled arguments",
    "variable/protocol/not_equal_None": "True, as for tensors; TensorFlow fails to convert None",
    "math_gradients/Digamma/float16": "half precision has this gradient; TensorFlow lacks polygamma for it",
    "math_gradients/Lgamma/float16": "as Digamma",
    "math_gradients/BesselI0/float": "the slope of I1 at 0 is 1/2; TensorFlow has 1",
    "math_gradients/BesselI1/float": "as BesselI0",
    "math_gradients/BesselI1e/float": "the second derivative at 0 is 0; TensorFlow has NaN",
    "math_gradients/Spence/float": "the second derivative at 1 is 1/2; TensorFlow has NaN",
    "math_gradients/Log/complex": "dy / 0 of complex numbers is infinite, as in C; TensorFlow's is NaN",
    "math_gradients/Sqrt/complex": "as Log",
    "math_gradients/SqrtGrad/complex": "as Log",
    "math_gradients/Div/complex": "as Log",
    "math_gradients/RealDiv/complex": "as Log",
    "math_gradients/Pow/complex": "0 to the power of 1 has the slope 1 for complex numbers, too; TensorFlow has NaN",
    "math_gradients/MulNoNan/complex": "the gradient is conjugated as that of Mul; TensorFlow forgets it",
    "math_gradients/Xdivy/complex": "as MulNoNan",
    "math_gradients/Xlog1py/complex": "as MulNoNan",
    "math_gradients/Xlogy/complex": "as MulNoNan",
    "math_gradients/SigmoidGrad/bfloat16": "as the other floats",
    "math_gradients/SigmoidGrad/float": "infinite where the slope is; TensorFlow subtracts two infinities",
    "image_files/decode_png/palette2/4/uint8": "opaque pixels have full alpha; TensorFlow's has only the file's bits",
    "image_files/decode_png/palette2/4/uint16": "opaque pixels have full alpha; TensorFlow's has only the file's bits",
    "image_files/decode_png/bits/4/uint8": "opaque pixels have full alpha; TensorFlow's has only the file's bits",
    "image_files/decode_png/bits/4/uint16": "opaque pixels have full alpha; TensorFlow's has only the file's bits",
    "image_files/decode_png/nibbles/4/uint8": "opaque pixels have full alpha; TensorFlow's has only the file's bits",
    "image_files/decode_png/nibbles/4/uint16": "opaque pixels have full alpha; TensorFlow's has only the file's bits",
    "image_files/decode_and_crop_jpeg/5_6_10_12": "the colours at the window's edge know their neighbours",
}


# Wrong answers that are known and still to be mended, by family.
OPEN: dict[str, list[str]] = {
    "strings_regex": [
        "regex_full_match/xe9_C_C",
    ],
}


def meant(name: str) -> str | None:
    """Why the case may differ, or None."""
    family, _, case = name.partition("/")
    if case in OPEN.get(family, ()):
        return "known to be wrong"
    return next((why for start, why in MEANT.items() if name.startswith(start)), None)
