"""tf.strings: pieces, joins, numbers, hashes."""

from tests.parity.case import Family
from tests.parity.values import INF, NAN

case = Family(__name__)

case.table(r"""
    StringSplit/input_a_b_c_d_e_delimi: tf.raw_ops.StringSplit(input=["a b","c,d  e"],delimiter=" ,")
    StringSplit/input_abc_delimiter: tf.raw_ops.StringSplit(input=["abc"],delimiter="")
    StringSplit/input_abc_delimiter_sk: tf.raw_ops.StringSplit(input=["abc",""],delimiter="",skip_empty=False)
    StringSplitV2/input_a_b_c_d_e_sep: tf.raw_ops.StringSplitV2(input=["a b","c d e"],sep="")
    StringSplitV2/input_a_b_sep: tf.raw_ops.StringSplitV2(input="a b",sep="")  # raises
    StringSplitV2/input_a_b_sep_2: tf.raw_ops.StringSplitV2(input=[["a b"]],sep="")  # raises
    StringSplitV2/input_a_b_sep_3: tf.raw_ops.StringSplitV2(input=["a b"],sep=["",""])  # raises
    as_string/1_2_fill_0_width_3: tf.strings.as_string([1, 2], fill='0', width=3)
    as_string/1_2_precision_3: tf.strings.as_string([1, 2], precision=3)  # raises
    as_string/1_2_scientific_True: tf.strings.as_string([1, 2], scientific=True)  # raises
    as_string/1_2_scientific_True_sh: tf.strings.as_string([1., 2], scientific=True, shortest=True)  # raises
    as_string/1_2_shortest_True: tf.strings.as_string([1, 2], shortest=True)  # raises
    as_string/1_2j_0_5_1j: tf.strings.as_string([1+2j, 0.5-1j])
    as_string/1_2j_0_5_1j_precision: tf.strings.as_string([1+2j, 0.5-1j], precision=2, width=8)
    as_string/1_2j_0_5_1j_shortest_T: tf.strings.as_string([1+2j, 0.5-1j], shortest=True)
    as_string/1_5_2_25_fill_0: tf.strings.as_string([1.5, 2.25], fill='0')
    as_string/1_5_2_25_width_8_fill: tf.strings.as_string([1.5, 2.25], width=8, fill='+')
    as_string/1_5_2_25_width_8_fill_2: tf.strings.as_string([1.5, 2.25], width=8, fill='x')  # raises
    as_string/1_5_2_25_width_8_fill_3: tf.strings.as_string([1.5, 2.25], width=8, fill='00')  # raises
    as_string/1_5_float_inf_width_8: tf.strings.as_string([1.5, INF], width=8, fill='0')
    as_string/1_5_float_inf_width_8_2: tf.strings.as_string([1.5, INF], width=8, fill='-')
    as_string/1_5_float_nan_float_in: tf.strings.as_string([1.5, NAN, INF, -INF, -NAN, 1e30, -0.0])
    as_string/True_False: tf.strings.as_string([True, False])
    as_string/True_False_width_3: tf.strings.as_string([True, False], width=3)
    as_string/True_fill_0: tf.strings.as_string([True], fill='0')
    as_string/True_precision_2: tf.strings.as_string([True], precision=2)  # raises
    as_string/True_scientific_True: tf.strings.as_string([True], scientific=True)  # raises
    as_string/a_b: tf.strings.as_string(["a","b"])
    as_string/a_b_fill_width_3: tf.strings.as_string(["a","b"],fill=" ",width=3)
    as_string/a_b_precision_3: tf.strings.as_string(["a","b"],precision=3)
    as_string/a_b_width_3: tf.strings.as_string(["a","b"],width=3)
    as_string/tf_constant_128_tf_int: tf.strings.as_string(tf.constant([-128], tf.int8), width=6)
    as_string/tf_constant_1_fill: tf.strings.as_string(tf.constant([1]), fill=' ')
    as_string/tf_constant_1_fill_wid: tf.strings.as_string(tf.constant([1]), fill='#', width=5)
    as_string/tf_constant_1_fill_wid_2: tf.strings.as_string(tf.constant([1]), fill='+', width=5)
    as_string/tf_constant_1e_7_1234: tf.strings.as_string(tf.constant([1e-7, 1234, 0.1], tf.float16))
    as_string/tf_constant_1e_7_1234_2: tf.strings.as_string(tf.constant([1e-7, 1234, 0.1], tf.bfloat16), precision=2)
    as_string/tf_constant_1e_7_1234_3: tf.strings.as_string(tf.constant([1e-7, 1234, 0.1]), precision=0)
    as_string/tf_constant_2_63_tf_ui: tf.strings.as_string(tf.constant([2**63], tf.uint64))
    as_string/tf_constant_5_fill_0_w: tf.strings.as_string(tf.constant([-5]), fill='0', width=5)
    fingerprint/1: tf.fingerprint(1)  # raises: `data` should have at least one dimension: []
    fingerprint/1_0_2_0: tf.fingerprint([1.0, 2.0])
    fingerprint/1_2_3_4: tf.fingerprint([[1, 2], [3, 4]])
    fingerprint/1_method_md5: tf.fingerprint([1], method="md5")  # raises: Unsupported fingerprint method: md5
    fingerprint/True_False: tf.fingerprint([[True, False]])
    fingerprint/a_b: tf.fingerprint(["a","b"])
    fingerprint/a_b_c_d: tf.fingerprint([["a","b"],["c","d"]])
    fingerprint/tf_zeros_0_2: tf.fingerprint(tf.zeros([0, 2]))
    fingerprint/tf_zeros_0_2_tf_string: tf.fingerprint(tf.zeros([0, 2], tf.string))
    fingerprint/tf_zeros_2_0: tf.fingerprint(tf.zeros([2, 0]))
    fingerprint/tf_zeros_2_0_tf_string: tf.fingerprint(tf.zeros([2, 0], tf.string))
    fingerprint/tf_zeros_2_2_2: tf.fingerprint(tf.zeros([2, 2, 2]))
    format/1_2: tf.strings.format("{}", [1, 2])  # raises
    format/1_2_2: tf.strings.format("{} {}", [1, 2])
    format/True: tf.strings.format("{}", True)  # raises: object of type 'bool' has no len()
    format/a_b: tf.strings.format("a {} b", ())  # raises
    format/a_s_b_tf_constant_1_pl: tf.strings.format("a %s b",tf.constant(1),placeholder="%s")
    format/no: tf.strings.format("no", [])
    format/t_s_tf_range_10: tf.strings.format("t: {}, s",tf.range(10))
    format/t_s_tf_range_3_tf_cons: tf.strings.format("t: {}, s {}",(tf.range(3),tf.constant([[1.5,2],[3,4]])))
    format/text: tf.strings.format("{}","text")  # raises
    format/tf_constant_0_1_1e_10: tf.strings.format("{}", tf.constant([0.1, 1e-10, 123456789., NAN, INF, -0.0]))
    format/tf_constant_0_1_1e_10_2: tf.strings.format("{}", tf.constant([0.1, 1e-10, 123456789.], tf.float64))
    format/tf_constant_0_1_2j_3: tf.strings.format("{}", tf.constant([0.1+2j, 3]))
    format/tf_constant_0_1_3_tf_b: tf.strings.format("{}", tf.constant([0.1, 3], tf.bfloat16))
    format/tf_constant_0_1_3_tf_f: tf.strings.format("{}", tf.constant([0.1, 3], tf.float16))
    format/tf_constant_1_2_tf_int: tf.strings.format("{}", tf.constant([1, -2], tf.int8))
    format/tf_constant_1_2_tf_uin: tf.strings.format("{}", tf.constant([1, 2], tf.uint8))
    format/tf_constant_True_False: tf.strings.format("{}", tf.constant([[True, False]]))
    format/tf_constant_a_b_c_d: tf.strings.format("{}",tf.constant([["a","b"],["c","d"]]))
    format/tf_constant_a_b_c_n_b: tf.strings.format("{}",tf.constant(["a\"b","c\n",b"\xff"]))
    format/tf_constant_abc: tf.strings.format("{}",tf.constant("abc"))
    format/tf_constant_abc_2: tf.strings.format("{} {}",tf.constant("abc"))  # raises
    format/tf_range_10_summarize: tf.strings.format("{}", tf.range(10), summarize=1)
    format/tf_range_10_summarize_2: tf.strings.format("{}", tf.range(10), summarize=-1)
    format/tf_range_10_summarize_3: tf.strings.format("{}", tf.range(10), summarize=0)
    format/tf_reshape_tf_range_48: tf.strings.format("{}", tf.reshape(tf.range(48), [4, 3, 4]), summarize=1)
    format/tf_zeros_0: tf.strings.format("{}", tf.zeros([0]))
    format/tf_zeros_2_0: tf.strings.format("{}", tf.zeros([2, 0]))
    join/a: tf.strings.join(["a"])
    join/a_1: tf.strings.join([["a"], 1])  # raises: Cannot convert 1 to EagerTensor of dtype string
    join/a_b_c_separator: tf.strings.join(["a",["b","c"]],separator="-")
    join/a_d_b: tf.strings.join([["a","d"],["b"]])  # raises: Input shapes do not match: [2] vs. [1]
    join/a_d_b_c_separator_xe9: tf.strings.join([["a","d"],["b","c"]],separator="é")
    join/a_d_b_c_x: tf.strings.join([["a","d"],["b","c","x"]])  # raises: Input shapes do not match: [2] vs. [3]
    join/a_d_b_e: tf.strings.join([["a","d"],[["b","e"]]])  # raises: Input shapes do not match: [2] vs. [1
    join/abc: tf.strings.join("abc")  # raises: Expected list for 'inputs' argument to 'string_join' Op, not 'abc'.
    join/empty: tf.strings.join([])
    join/tf_constant_a_b: tf.strings.join(tf.constant(["a","b"]))
    length/1: tf.strings.length(1)  # raises: Cannot convert 1 to EagerTensor of dtype string
    length/a_unit_X: tf.strings.length(["a"],unit="X")  # raises
    length/a_xe9_b_xff_x80: tf.strings.length(["a","é","",b"\xff\x80"])
    length/a_xe9_b_xff_x80_unit_U: tf.strings.length(["a","é","",b"\xff\x80"],unit="UTF8_CHAR")
    lower/ABC_xc9: tf.strings.lower("ABCÉ")
    lower/ABC_xc9_encoding_utf_8: tf.strings.lower("ABCÉ",encoding="utf-8")
    lower/u0130_u0391_u03a3_xdf: tf.strings.lower("İ ΑΣ ß",encoding="utf-8")
    ngrams/1_2_1: tf.strings.ngrams([1, 2], 1)  # raises
    ngrams/2: tf.strings.ngrams([], 2)
    ngrams/a_1: tf.strings.ngrams("a", 1)  # raises: Data must have rank>0
    ngrams/a_b_3: tf.strings.ngrams(["a","b"],3)
    ngrams/a_b_3_preserve_short_s: tf.strings.ngrams(["a","b"],3,preserve_short_sequences=True)
    ngrams/a_b_c_2_3_pad_values_P: tf.strings.ngrams(["a","b","c"],[2,3],pad_values="P")
    ngrams/a_b_c_3_pad_values_L_R: tf.strings.ngrams(["a","b","c"],3,pad_values=("L","R"))
    ngrams/a_b_c_3_pad_values_P_p: tf.strings.ngrams(["a","b","c"],3,pad_values="P",padding_width=1)
    ngrams/a_b_c_d_1_2_separator: tf.strings.ngrams(["a","b","c","d"],[1,2],separator="|")
    ngrams/a_b_c_d_2: tf.strings.ngrams(["a","b","c","d"],2)
    ngrams/a_b_c_d_3: tf.strings.ngrams([["a","b","c","d"]],3)
    ngrams/tf_constant_a: tf.strings.ngrams(tf.constant(["a"]), [])
    ngrams/tf_constant_a_0: tf.strings.ngrams(tf.constant(["a"]), 0)  # raises
    ngrams/tf_constant_a_2_pad_va: tf.strings.ngrams(tf.constant(["a"]),2,pad_values="P",padding_width=0)  # raises
    ngrams/tf_constant_a_2_pad_va_2: tf.strings.ngrams(tf.constant(["a"]), 2, pad_values=1)  # raises
    ngrams/tf_constant_a_2_paddin: tf.strings.ngrams(tf.constant(["a"]), 2, padding_width=1)  # raises
    ngrams/tf_constant_tf_string: tf.strings.ngrams(tf.constant([], tf.string), 2)
    ngrams/tf_constant_tf_string_2: tf.strings.ngrams(tf.constant([], tf.string), 2, pad_values="P")
    ngrams/tf_constant_tf_string_3: tf.strings.ngrams(tf.constant([], tf.string), 2, preserve_short_sequences=True)
    ngrams/tf_ragged_constant_a_b: tf.strings.ngrams(tf.ragged.constant([["a","b","c"],["d"],[]]),2)
    ngrams/tf_ragged_constant_a_b_2: tf.strings.ngrams(tf.ragged.constant([["a","b","c"],["d"],[]]),[1,2])
    reduce_join/a: tf.strings.reduce_join("a")
    reduce_join/a_0: tf.strings.reduce_join("a", 0)  # raises
    reduce_join/a_b_c_d: tf.strings.reduce_join([["a","b"],["c","d"]])
    reduce_join/a_b_c_d_0: tf.strings.reduce_join([["a","b"],["c","d"]],0)
    reduce_join/a_b_c_d_0_0: tf.strings.reduce_join([["a","b"],["c","d"]],[0,0])  # raises
    reduce_join/a_b_c_d_0_1: tf.strings.reduce_join([["a","b"],["c","d"]],[0,1])
    reduce_join/a_b_c_d_0_2: tf.strings.reduce_join([["a","b"],["c","d"]],[0,-2])  # raises
    reduce_join/a_b_c_d_1_0: tf.strings.reduce_join([["a","b"],["c","d"]],[1,0])
    reduce_join/a_b_c_d_1_keepdims_Tru: tf.strings.reduce_join([["a","b"],["c","d"]],-1,keepdims=True,separator="/")
    reduce_join/a_b_c_d_2: tf.strings.reduce_join([["a","b"],["c","d"]],[])
    reduce_join/a_b_c_d_2_2: tf.strings.reduce_join([["a","b"],["c","d"]],2)  # raises
    reduce_join/empty: tf.strings.reduce_join([])  # raises
    reduce_join/tf_constant_tf_string: tf.strings.reduce_join(tf.constant([], tf.string))
    reduce_join/tf_zeros_0_2_tf_string: tf.strings.reduce_join(tf.zeros([0, 2], tf.string), 1)
    reduce_join/tf_zeros_2_0_tf_string: tf.strings.reduce_join(tf.zeros([2, 0], tf.string), 1)
    split/a_b_c: tf.strings.split("a b  c")
    split/a_b_c_d: tf.strings.split([["a b","c"],["d",""]])
    split/a_b_c_d_x_maxsplit_0: tf.strings.split([" a  b c  d  ","x",""],maxsplit=0)
    split/a_b_c_d_x_maxsplit_1: tf.strings.split([" a  b c  d  ","x"],maxsplit=1)
    split/a_b_c_d_x_maxsplit_2: tf.strings.split([" a  b c  d  ","x"],maxsplit=2)
    split/a_b_c_sep: tf.strings.split(["a,b,,c","",","],sep=",")
    split/a_b_c_sep_2: tf.strings.split(["a<>b<><>c"],sep="<>")
    split/a_b_c_sep_maxsplit_0: tf.strings.split(["a,b,c",""],sep=",",maxsplit=0)
    split/a_b_c_sep_maxsplit_1: tf.strings.split(["a,b,,c","",","],sep=",",maxsplit=1)
    split/a_b_c_sep_maxsplit_2: tf.strings.split(["a,b,c",""],sep=",",maxsplit=-2)
    split/a_b_c_x_a: tf.strings.split(["a b  c",""," x ","a"])
    split/a_b_sep: tf.strings.split(["a b"],sep=[" "])  # raises: sep must be a scalar, got shape: [1]
    split/a_b_sep_1: tf.strings.split(["a b"], sep=1)  # raises: Cannot convert 1 to EagerTensor of dtype string
    split/a_x0bb_x0cc_x1cd_x85e: tf.strings.split(["a\x0bb\x0cc\x1cd\x85e"])
    split/b_a_x00b_sep_b_x00: tf.strings.split([b"a\x00b"],sep=b"\x00")
    split/empty: tf.strings.split([])
    split/sep: tf.strings.split([],sep=",")
    split/tf_constant_tf_string: tf.strings.split(tf.constant([], tf.string))
    strip/a_b_t_n_x0b_x0c_r_b_xa: tf.strings.strip([" a b \t\n\x0b\x0c\r",b"\xa0x\x1f "])
    substr/1_2: tf.strings.substr([], 1, 2)
    substr/b_h_xff_x80llo_1_2_uni: tf.strings.substr(b"h\xff\x80llo",1,2,unit="UTF8_CHAR")
    substr/h_xe9llo_1_1: tf.strings.substr("héllo", 1, 1)
    substr/h_xe9llo_1_1_unit_UTF8: tf.strings.substr("héllo",1,1,unit="UTF8_CHAR")
    substr/h_xe9llo_4_2_unit_UTF8: tf.strings.substr("héllo",-4,2,unit="UTF8_CHAR")
    substr/h_xe9llo_5_2_unit_UTF8: tf.strings.substr("héllo",5,2,unit="UTF8_CHAR")
    substr/h_xe9llo_6_2_unit_UTF8: tf.strings.substr("héllo",6,2,unit="UTF8_CHAR")  # raises
    substr/hello_1_1: tf.strings.substr("hello", 1, -1)
    substr/hello_1_100: tf.strings.substr("hello", 1, 100)
    substr/hello_1_2_1_2: tf.strings.substr("hello", [1, 2], [1, 2])
    substr/hello_1_3: tf.strings.substr("hello", 1, 3)
    substr/hello_3_2: tf.strings.substr("hello", -3, 2)
    substr/hello_5_1: tf.strings.substr("hello", 5, 1)
    substr/hello_5_2: tf.strings.substr("hello", -5, 2)
    substr/hello_6_1: tf.strings.substr("hello", 6, 1)  # raises: pos 6 out of range for string b'hello' at index 0
    substr/hello_6_1_2: tf.strings.substr("hello", -6, 1)  # raises
    substr/hello_w_3_1: tf.strings.substr(["hello","w"],3,1)  # raises: pos 3 out of range for string b'w' at index 1
    substr/hello_world_1_0_2: tf.strings.substr(["hello","world"],1.0,2)  # raises
    substr/hello_world_1_1_2: tf.strings.substr(["hello","world"],1,[1,2])  # raises
    substr/hello_world_1_2: tf.strings.substr(["hello","world"],[1],[2])
    substr/hello_world_1_2_1_2: tf.strings.substr(["hello","world"],[1,2],[1,2])
    substr/hello_world_1_2_1_2_2: tf.strings.substr([["hello"],["world"]],[1,2],[1,2])
    substr/hello_world_1_2_3_1_2: tf.strings.substr(["hello","world"],[1,2,3],[1,2,3])  # raises
    substr/hello_world_1_tf_const: tf.strings.substr(["hello","world"],1,tf.constant(2,tf.int64))
    substr/tf_zeros_0_tf_string_1: tf.strings.substr(tf.zeros([0], tf.string), [1], [2])
    to_hash_bucket/a_10: tf.strings.to_hash_bucket(["a",""],10)
    to_hash_bucket_fast/a_0: tf.strings.to_hash_bucket_fast(["a"], 0)  # raises
    to_hash_bucket_fast/a_3_5: tf.strings.to_hash_bucket_fast(["a"], 3.5)
    to_hash_bucket_strong/a_10_1: tf.strings.to_hash_bucket_strong(["a"], 10, [1])  # raises: Key must have 2 elements
    to_hash_bucket_strong/a_10_1_2: tf.strings.to_hash_bucket_strong(["a"], 10, 1)  # raises: not 1.
    to_hash_bucket_strong/a_10_1_2_3: tf.strings.to_hash_bucket_strong(["a"], 10, [1, 2, 3])  # raises
    to_number/0x10: tf.strings.to_number("0x10")
    to_number/0x1f_tf_int32: tf.strings.to_number("0x1f", tf.int32)  # raises
    to_number/1: tf.strings.to_number("- 1")  # raises: StringToNumberOp could not correctly convert string: - 1
    to_number/16777217_tf_float32: tf.strings.to_number("16777217", tf.float32)
    to_number/18446744073709551615_t: tf.strings.to_number("18446744073709551615", tf.uint64)
    to_number/1_0: tf.strings.to_number("1_0")  # raises: StringToNumberOp could not correctly convert string: 1_0
    to_number/1_00000017881393432617: tf.strings.to_number("1.00000017881393432617187499")
    to_number/1_0_tf_int32: tf.strings.to_number("1.0", tf.int32)  # raises
    to_number/1_0f: tf.strings.to_number("1.0f")  # raises: StringToNumberOp could not correctly convert string: 1.0f
    to_number/1_2: tf.strings.to_number("1 2")  # raises: StringToNumberOp could not correctly convert string: 1 2
    to_number/1_2_3_4_0012_tf_int32: tf.strings.to_number(["1","-2"," 3 ","+4","0012"],tf.int32)
    to_number/1_3: tf.strings.to_number(1)  # raises: Cannot convert 1 to EagerTensor of dtype string
    to_number/1_tf_bool: tf.strings.to_number("1", tf.bool)  # raises
    to_number/1_tf_int8: tf.strings.to_number("1", tf.int8)  # raises
    to_number/1_tf_uint32: tf.strings.to_number("-1", tf.uint32)  # raises
    to_number/1_tf_uint64: tf.strings.to_number("1", tf.uint64)
    to_number/1e: tf.strings.to_number("1e")  # raises: StringToNumberOp could not correctly convert string: 1e
    to_number/1e400_tf_float64: tf.strings.to_number(["1e400"], tf.float64)
    to_number/2147483648_tf_int32: tf.strings.to_number("2147483648", tf.int32)  # raises
    to_number/2147483648_tf_int32_2: tf.strings.to_number("-2147483648", tf.int32)
    to_number/4294967295_tf_uint32: tf.strings.to_number("4294967295", tf.uint32)
    to_number/7_038531e_26: tf.strings.to_number("7.038531e-26")
    to_number/9223372036854775807_tf: tf.strings.to_number("9223372036854775807", tf.int64)
    to_number/9223372036854775808_tf: tf.strings.to_number("9223372036854775808", tf.int64)  # raises
    to_number/b_1_x00: tf.strings.to_number(b"1\x00")  # raises
    to_number/b_t1_n: tf.strings.to_number(b"\t1\n")
    to_number/b_x0b1_x0c: tf.strings.to_number(b"\x0b1\x0c")
    to_number/empty: tf.strings.to_number("")  # raises: StringToNumberOp could not correctly convert string:
    to_number/empty_2: tf.strings.to_number(" ")  # raises: StringToNumberOp could not correctly convert string:
    to_number/infin: tf.strings.to_number("infin")  # raises
    to_number/nan: tf.strings.to_number("-nan")
    to_number/nan_123: tf.strings.to_number("nan(123)")
    to_number/tf_int64: tf.strings.to_number("", tf.int64)  # raises
    unsorted_segment_join/a_0_0: tf.strings.unsorted_segment_join(["a"], [0], 0)  # raises
    unsorted_segment_join/a_0_1: tf.strings.unsorted_segment_join(["a"], [0], -1)  # raises
    unsorted_segment_join/a_0_1_2: tf.strings.unsorted_segment_join("a", 0, 1)  # raises
    unsorted_segment_join/a_0_1_3: tf.strings.unsorted_segment_join(["a"], [0], [1])  # raises
    unsorted_segment_join/a_b_c_1_0_1_3: tf.strings.unsorted_segment_join(["a","b","c"],[1,0,1],3)
    unsorted_segment_join/a_b_c_1_1_1_2: tf.strings.unsorted_segment_join(["a","b","c"],[1,-1,1],2)  # raises
    unsorted_segment_join/a_b_c_1_5_1_2: tf.strings.unsorted_segment_join(["a","b","c"],[1,5,1],2)  # raises
    unsorted_segment_join/a_b_c_d_1_0_1_1_2: tf.strings.unsorted_segment_join([["a","b"],["c","d"]],[[1,0],[1,1]],2)
    unsorted_segment_join/a_b_c_d_1_0_1_2: tf.strings.unsorted_segment_join([["a","b"],["c","d"]],[1,0,1],2)  # raises
    unsorted_segment_join/a_b_c_d_1_0_2: tf.strings.unsorted_segment_join([["a","b"],["c","d"]],[1,0],2)
    upper/a_encoding_UTF_8: tf.strings.upper("a",encoding="UTF-8")  # raises
    upper/a_encoding_latin: tf.strings.upper("a",encoding="latin")  # raises
    upper/b_a_xffb_encoding_utf: tf.strings.upper(b"a\xffb",encoding="utf-8")
    upper/xdf_u0149_ufb01_i_enco: tf.strings.upper("ß ŉ ﬁ i",encoding="utf-8")
""")

# Raw bytes of every length up to where the hashes' loops have gone around a few times.
LENGTHS = [*range(0, 70), 95, 96, 97, 127, 128, 129, 191, 192, 193, 255, 256, 257, 299, 300]


def bytes_of(n):
    return bytes((i * i * 7 + i * 3 + n) % 256 for i in range(n))


for n in LENGTHS:
    case(
        f"hashes/length_{n}",
        lambda tf, n: (
            tf.strings.to_hash_bucket_fast(bytes_of(n), 2**62),
            tf.strings.to_hash_bucket_strong(bytes_of(n), 2**62, [n, -1]),
            tf.strings.to_hash_bucket(bytes_of(n), 2**62),
            tf.fingerprint([bytes_of(n)]),
        ),
        n,
    )

for dtype in ("bool", "float16", "bfloat16", "float32", "float64", "int8", "int64", "uint8", "uint64", "complex64"):
    for name, options in (
        ("plain", {}), ("precision", {"precision": 2}), ("scientific", {"scientific": True}), ("width", {"width": 9}),
        ("shortest", {"shortest": True}), ("zeros", {"width": 9, "fill": "0"}), ("left", {"width": 9, "fill": "-"}),
        ("plus", {"fill": "+"}), ("space", {"fill": " "}), ("hash", {"fill": "#", "precision": 0}),
    ):  # fmt: skip
        case.either(
            f"as_string/{dtype}_{name}",
            lambda tf, d, o: tf.strings.as_string(tf.cast([0.0, 1.0, 2.5, 100.0], d), **o),
            dtype,
            options,
        )

NUMBERS = (
    "0 -0 +0 00 1. .1 . +.5 1e3 1E3 1e+3 1e-3 1e 1e+ e1 --1 +-1 1- 0x 0xff 0xFF 0X1F 0x1p3 0x.8 1_000 1,000 inf INF Inf "
    "infinity INFINITY infinit nan NaN nan() +inf +nan 1e38 1e39 3.4028235e38 3.4028236e38 1.17549435e-38 1e-45 7e-46 "
    "4.9e-324 2e-324 1.7976931348623157e308 1.8e308 16777217 16777219 33554433 0.1 0.30000001192092896 9007199254740993 "
    "2147483647 2147483648 -2147483648 -2147483649 4294967295 4294967296 9223372036854775807 9223372036854775808 "
    "18446744073709551615 18446744073709551616 1f 1d 1L True one"
).split()
for dtype in ("float32", "float64", "int32", "int64", "uint32", "uint64"):
    for text in NUMBERS:
        case.either(f"to_number/{dtype}_{text}", lambda tf, t, d: tf.strings.to_number(t, d), text, dtype)

for width in (1, 2, 3, [2, 3], [3, 1]):
    for pad in (None, "P", ("<", ">")):
        for short in (False, True):
            case(
                f"ngrams/sweep_{width}_{pad}_{short}",
                lambda tf, w, p, s: tf.raw_ops.StringNGrams(
                    data=["a", "b", "c", "d", "e"], data_splits=[0, 2, 2, 5], separator="+",
                    ngram_widths=w if isinstance(w, list) else [w], left_pad=p[0] if p else "", right_pad=p[-1] if p else "",
                    pad_width=-1 if p else 0, preserve_short_sequences=s,
                ),
                width, pad, short,
            )  # fmt: skip


def ngrams_of(tf, data, splits, widths=(2,)):
    return tf.raw_ops.StringNGrams(
        data=tf.constant(data, tf.string), data_splits=tf.constant(splits, tf.int64), separator=" ",
        ngram_widths=list(widths), left_pad="<", right_pad=">", pad_width=0, preserve_short_sequences=False,
    )  # fmt: skip


case("ngrams/splits_none", lambda tf: ngrams_of(tf, ["a", "b", "c"], []))
case("ngrams/splits_of_nothing", lambda tf: ngrams_of(tf, [], [0, 0]))
case.raises("ngrams/splits_too_large", lambda tf: ngrams_of(tf, ["a"], [0, 2]), says=["Invalid split value 2"])
case.raises("ngrams/splits_falling", lambda tf: ngrams_of(tf, ["a", "b"], [0, 2, 1]), says=["Invalid split value 1"])
case.raises("ngrams/splits_late", lambda tf: ngrams_of(tf, ["a", "b"], [1, 2]), says=["First split value must be 0"])
case.raises("ngrams/splits_of_nothing_wrong", lambda tf: ngrams_of(tf, [], [0, 2]), says=["Invalid split value 2"])
case.raises("ngrams/splits_short", lambda tf: ngrams_of(tf, ["a", "b"], [0, 1]))
case.raises("ngrams/width_zero", lambda tf: ngrams_of(tf, ["a"], [0, 1], [0]), says=["positive values"])

for axis in (0, 1, 2, -1, [0, 1], [1, 0], [2, 0], [0, 2, 1], [2, 1, 0], []):
    for keepdims in (False, True):
        case(
            f"reduce_join/cube_{axis}_{keepdims}",
            lambda tf, a, k: tf.strings.reduce_join([[["a", "b"], ["c", "d"]], [["e", "f"], ["g", "h"]]], a, k, "-"),
            axis, keepdims,
        )  # fmt: skip

for unit in ("BYTE", "UTF8_CHAR"):
    for pos in (-7, -6, -3, -1, 0, 1, 3, 5, 6, 7):
        for count in (-1, 0, 2, 9):
            case.either(
                f"substr/{unit}_{pos}_{count}",
                lambda tf, p, n, u: tf.strings.substr(["héllo", "wörld"], p, n, unit=u),
                pos, count, unit,
            )  # fmt: skip

for text in ("", "a", " ", " a ", "a b", "  a  b  c  ", "a,b", ",a,,b,", "\ta\nb\r", "ab,cd ef"):
    for sep in ("", ",", " ", "b,"):
        for maxsplit in (-1, 0, 1, 2):
            case(
                f"split/{text!r}_{sep!r}_{maxsplit}",
                lambda tf, t, s, m: tf.raw_ops.StringSplitV2(input=[t, "x"], sep=s, maxsplit=m),
                text, sep, maxsplit,
            )  # fmt: skip
