"""Strings that hold bytes, base64, CSV, tensors."""

from tests.parity.case import Family

case = Family(__name__)

case.table(r"""
    decode_base64/77: tf.io.decode_base64("__77")
    decode_base64/77_2: tf.io.decode_base64("//77")  # raises: Invalid character found in base64.
    decode_base64/Y: tf.io.decode_base64("Y")  # raises: Base64 string length cannot be 1 modulo 4.
    decode_base64/YQ: tf.io.decode_base64("YQ=")  # raises: Invalid character found in base64.
    decode_base64/YQ_YQ: tf.io.decode_base64("YQ==YQ==")  # raises: Invalid character found in base64.
    decode_base64/YQ_YWI: tf.io.decode_base64(["YQ==","YWI="])
    decode_base64/YQ_YWI_YWJj: tf.io.decode_base64(["YQ","YWI","YWJj",""])
    decode_base64/YR: tf.io.decode_base64("YR")
    decode_base64/Y_Q: tf.io.decode_base64("Y Q")  # raises: Invalid character found in base64.
    decode_base64/empty: tf.io.decode_base64("====")  # raises: Invalid character found in base64.
    decode_base64/xe9: tf.io.decode_base64("é")  # raises: Invalid character found in base64.
    decode_compressed/ZLIB: tf.io.decode_compressed("","ZLIB")
    decode_compressed/abc: tf.io.decode_compressed("abc")
    decode_compressed/abc_GZIP: tf.io.decode_compressed("abc","GZIP")  # raises
    decode_compressed/abc_X: tf.io.decode_compressed("abc","X")  # raises: Only ZLIB, ZSTD
    decode_compressed/abc_ZLIB: tf.io.decode_compressed("abc","ZLIB")  # raises
    decode_csv/0: tf.io.decode_csv([""], [0])  # raises: Expect 1 fields but have 0 in record 0
    decode_csv/0_2: tf.io.decode_csv([], [0])
    decode_csv/0x10_0: tf.io.decode_csv(["0x10"], [0.])
    decode_csv/1_0_0: tf.io.decode_csv(["1"], [0, 0])  # raises: Expect 2 fields but have 1 in record 0
    decode_csv/1_2: tf.io.decode_csv(['1,2'],[])  # raises: Length for attr 'OUT_TYPE' of 0 must be at least minimum 1
    decode_csv/1_2_0: tf.io.decode_csv(["1,2"],[0])  # raises: Expect 1 fields but have 2 in record 0
    decode_csv/1_2_0_0: tf.io.decode_csv(['1,2'],[[[0]],0])  # raises: Each record default should be at most rank 1
    decode_csv/1_2_0_0_0: tf.io.decode_csv(['1,2,'],[0,0,0])
    decode_csv/1_2_0_0_2: tf.io.decode_csv(['1,"2"'],[0,0])
    decode_csv/1_2_0_0_3: tf.io.decode_csv(['1,2,'],[0,0])  # raises: Expect 2 fields but have 3 in record 0
    decode_csv/1_2_0_0_select_cols_1: tf.io.decode_csv(['1,2'],[0,0],select_cols=[1,3])  # raises
    decode_csv/1_2_0_0_select_cols_1_2: tf.io.decode_csv(['1,2'],[0,0],select_cols=[-1,1])  # raises
    decode_csv/1_2_0_1_0: tf.io.decode_csv(['1,2'],[[0,1],0])  # raises
    decode_csv/1_2_0_2: tf.io.decode_csv(['1,2'],0)  # raises: 'int' object is not iterable
    decode_csv/1_2_3_4_0_0: tf.io.decode_csv([["1,2"],["3,4"]],[0,0])
    decode_csv/1_2_3_4_0_0_select_col: tf.io.decode_csv(['1,2,3,4'],[0,0],select_cols=[1,3])
    decode_csv/1_2_3_4_0_0_select_col_2: tf.io.decode_csv(['1,2,3,4'],[0,0],select_cols=[3,1])  # raises
    decode_csv/1_2_3_4_0_0_select_col_3: tf.io.decode_csv(['1,2,3,4'],[0,0],select_cols=[1,1])  # raises
    decode_csv/1_2_3_4_0_0_select_col_4: tf.io.decode_csv(['1,2,3,4'],[0,0],select_cols=[1])  # raises
    decode_csv/1_2_5_abc_0_0: tf.io.decode_csv("1,2.5,abc",[0,0.,""])
    decode_csv/1_2_5_abc_2_3_d_0_0: tf.io.decode_csv(["1,2.5,abc","2,3,d"],[0,0.,""])
    decode_csv/1_2_5_x_0_0: tf.io.decode_csv([" 1 , 2.5 , x "],[0,0.,""])
    decode_csv/1_2_True_0: tf.io.decode_csv(['1,2'],[True,0])  # raises
    decode_csv/1_3_0_7_0_na_value_NA: tf.io.decode_csv(['1,,3'],[0,7,0],na_value="NA")
    decode_csv/1_3_5_x: tf.io.decode_csv(["1,,3"],[[],[5],["x"]])
    decode_csv/1_5_tf_constant_0_tf_i: tf.io.decode_csv(["1.5"], [tf.constant(0, tf.int64)])  # raises
    decode_csv/1_NA_3_0_7_0_na_value: tf.io.decode_csv(['1,NA,3'],[0,7,0],na_value="NA")
    decode_csv/1_d_0: tf.io.decode_csv(['"",1'],["d",0])
    decode_csv/2_tf_constant_tf_int32: tf.io.decode_csv([",2"],[tf.constant([],tf.int32),0])  # raises
    decode_csv/7_1_5_z: tf.io.decode_csv([",,"],[7,1.5,"z"])
    decode_csv/99999999999_0: tf.io.decode_csv(["99999999999"], [0])  # raises
    decode_csv/99999999999_tf_constan: tf.io.decode_csv(["99999999999"], [tf.constant(0, tf.int64)])
    decode_csv/a: tf.io.decode_csv(['"a",'],["",""])
    decode_csv/a_0: tf.io.decode_csv(["a"], [0])  # raises: Field 0 in record 0 is not a valid int32: a
    decode_csv/a_0_2: tf.io.decode_csv(["a"], [0.])  # raises: Field 0 in record 0 is not a valid float: a
    decode_csv/a_NA_x_y_na_value_NA: tf.io.decode_csv(['a,"NA"'],["x","y"],na_value="NA")
    decode_csv/a_b: tf.io.decode_csv(['"a,b'],["",""])  # raises
    decode_csv/a_b_2: tf.io.decode_csv(['a, "b"'],["",""])  # raises: Unquoted fields cannot have quotes/CRLFs inside
    decode_csv/a_b_3: tf.io.decode_csv(['"a" ,b'],["",""])  # raises
    decode_csv/a_b_c: tf.io.decode_csv(['a"b,c'],["",""])  # raises: Unquoted fields cannot have quotes/CRLFs inside
    decode_csv/a_b_c_2: tf.io.decode_csv(['"a"b,c'],["",""])  # raises
    decode_csv/a_b_c_d_e: tf.io.decode_csv(['"a,b","c""d",e'],["","",""])
    decode_csv/a_b_c_use_quote_delim: tf.io.decode_csv(['a"b,c'],["",""],use_quote_delim=False)
    decode_csv/a_b_c_use_quote_delim_2: tf.io.decode_csv(['"a,b",c'],["","",""],use_quote_delim=False)
    decode_csv/a_b_field_delim: tf.io.decode_csv(['a;;b'],["",""],field_delim=";;")  # raises
    decode_csv/a_b_field_delim_2: tf.io.decode_csv(['a"b'],["",""],field_delim='"')
    decode_csv/a_b_n: tf.io.decode_csv(['a,b\n'],["",""])  # raises: Unquoted fields cannot have quotes/CRLFs inside
    decode_csv/a_b_r_n: tf.io.decode_csv(['a,b\r\n'],["",""])  # raises
    decode_csv/a_nb_c: tf.io.decode_csv(['"a\nb",c'],["",""])
    decode_csv/a_nb_c_2: tf.io.decode_csv(['a\nb,c'],["",""])  # raises
    decode_csv/a_tb_field_delim_t: tf.io.decode_csv(['a\tb'],["",""],field_delim="\t")
    decode_csv/ab_field_delim: tf.io.decode_csv(['ab'],["",""],field_delim='')  # raises
    decode_csv/b_xef_xbb_xbfa_b: tf.io.decode_csv([b'\xef\xbb\xbfa,b'],["",""])
    decode_csv/d: tf.io.decode_csv([""],["d"])  # raises: Expect 1 fields but have 0 in record 0
    decode_csv/d_2: tf.io.decode_csv(['""'],["d"])
    decode_csv/nan_inf_1e3_0_0_0: tf.io.decode_csv(["nan,inf,1e3"],[0.,0.,0.])
    decode_csv/tf_constant_tf_string: tf.io.decode_csv(tf.constant([], tf.string), [0, ""])
    decode_json_example/empty: tf.io.decode_json_example(['{}'])
    decode_json_example/junk: tf.io.decode_json_example('junk')  # raises
    decode_raw/a_tf_string: tf.io.decode_raw(["a"], tf.string)  # raises
    decode_raw/a_tf_uint32: tf.io.decode_raw(["a"], tf.uint32)  # raises
    decode_raw/ab_cd_tf_uint8: tf.io.decode_raw([["ab"],["cd"]],tf.uint8)
    decode_raw/ab_tf_bfloat16: tf.io.decode_raw(["ab"], tf.bfloat16)
    decode_raw/b_x00_x00_x80_4_tf_com: tf.io.decode_raw([b"\x00\x00\x80?"*4], tf.complex64)
    decode_raw/b_x00_x00_x80_4_tf_com_2: tf.io.decode_raw([b"\x00\x00\x80?"*4], tf.complex64, little_endian=False)
    decode_raw/b_x00_x01_tf_bool: tf.io.decode_raw([b"\x00\x01"], tf.bool)
    decode_raw/b_x01_tf_int16_fixed_l: tf.io.decode_raw([b"\x01"], tf.int16, fixed_length=3)  # raises
    decode_raw/b_x01_tf_int16_fixed_l_2: tf.io.decode_raw([b"\x01"], tf.int16, fixed_length=0)  # raises
    decode_raw/b_x01_tf_int16_fixed_l_3: tf.io.decode_raw([b"\x01"], tf.int16, fixed_length=-2)  # raises
    decode_raw/b_x01_x00_x02_b_x03_tf: tf.io.decode_raw([b"\x01\x00\x02",b"\x03"],tf.int16,fixed_length=4)
    decode_raw/b_x01_x00_x02_tf_int16: tf.io.decode_raw([b"\x01\x00\x02"], tf.int16)  # raises
    decode_raw/b_x01_x00_x02_x00_b_x0: tf.io.decode_raw([b"\x01\x00\x02\x00",b"\x03\x00\x04\x00"],tf.int16)
    decode_raw/b_x01_x00_x02_x00_b_x0_2: tf.io.decode_raw([b"\x01\x00\x02\x00",b"\x03\x00"],tf.int16)  # raises
    decode_raw/b_x01_x00_x02_x00_tf_i: tf.io.decode_raw(b"\x01\x00\x02\x00", tf.int16)
    decode_raw/b_x01_x00_x02_x00_tf_i_2: tf.io.decode_raw([b"\x01\x00\x02\x00"], tf.int16, little_endian=False)
    decode_raw/b_x01_x00_x02_x00_tf_u: tf.io.decode_raw([b"\x01\x00\x02\x00"], tf.uint8)
    decode_raw/b_x01_x00_x02_x00_x07: tf.io.decode_raw([b"\x01\x00\x02\x00\x07\x07",b"\x03"],tf.int16,fixed_length=4)
    decode_raw/b_x01_x02_tf_int16_fix: tf.io.decode_raw([b"\x01\x02"], tf.int16, fixed_length=4, little_endian=False)
    decode_raw/tf_constant_tf_string: tf.io.decode_raw(tf.constant([], tf.string), tf.int16)
    decode_raw/tf_constant_tf_string_2: tf.io.decode_raw(tf.constant([], tf.string), tf.int16, fixed_length=4)
    decode_raw/tf_int16: tf.io.decode_raw([], tf.int16)
    decode_raw/tf_int16_2: tf.io.decode_raw([""], tf.int16)
    decode_raw/tf_int16_3: tf.io.decode_raw("", tf.int16)
    edit_distance/1_2: tf.edit_distance([1], [2])  # raises: Hypothesis must be a SparseTensor.
    encode_base64/a_ab_abc: tf.io.encode_base64(["a","ab","abc",""])
    encode_base64/a_ab_abc_pad_True: tf.io.encode_base64(["a","ab","abc",""],pad=True)
    encode_base64/b_xff_xfe_xfb: tf.io.encode_base64(b"\xff\xfe\xfb")
    encode_base64/hello: tf.io.encode_base64("hello?>>")
    make_ndarray/tf_make_tensor_proto_1: tf.make_ndarray(tf.make_tensor_proto([[1, 2], [3, 4]]))
    make_ndarray/tf_make_tensor_proto_1_2: tf.make_ndarray(tf.make_tensor_proto([1.5], dtype=tf.float16))
    make_ndarray/tf_make_tensor_proto_1_3: tf.make_ndarray(tf.make_tensor_proto([1.5], dtype=tf.bfloat16))
    make_ndarray/tf_make_tensor_proto_1_4: tf.make_ndarray(tf.make_tensor_proto([1+2j]))
    make_ndarray/tf_make_tensor_proto_1_5: tf.make_ndarray(tf.make_tensor_proto([1, 2], dtype=tf.uint64))
    make_ndarray/tf_make_tensor_proto_7: tf.make_ndarray(tf.make_tensor_proto(7, shape=[2, 2]))
    make_ndarray/tf_make_tensor_proto_T: tf.make_ndarray(tf.make_tensor_proto([True, False]))
    make_ndarray/tf_make_tensor_proto_a: tf.make_ndarray(tf.make_tensor_proto(["a","bc"]))
    make_ndarray/tf_make_tensor_proto_d: tf.make_ndarray(tf.make_tensor_proto([], dtype=tf.float32, shape=[0, 2]))
    matching_files/nonexist: tf.io.matching_files("/nonexist/*")
    parse_tensor/IO_serialize_tensor_1: tf.io.parse_tensor(tf.io.serialize_tensor([[1.5]]), tf.float32)
    parse_tensor/IO_serialize_tensor_1_2: tf.io.parse_tensor(tf.io.serialize_tensor([[1.5]]), tf.int32)  # raises
    parse_tensor/IO_serialize_tensor_1_3: tf.io.parse_tensor([tf.io.serialize_tensor([[1.5]])], tf.float32)  # raises
    parse_tensor/IO_serialize_tensor_a: tf.io.parse_tensor(tf.io.serialize_tensor(["a",b"\xff"]),tf.string)
    parse_tensor/b_x08_x01_x12_x04_x12: tf.io.parse_tensor(b"\x08\x01\x12\x04\x12\x02\x08\x03", tf.float32)
    parse_tensor/junk_tf_float32: tf.io.parse_tensor("junk", tf.float32)  # raises
    parse_tensor/tf_float32: tf.io.parse_tensor("", tf.float32)  # raises
    serialize_tensor/1_2: tf.io.serialize_tensor([1, 2])
    serialize_tensor/1_5: tf.io.serialize_tensor([[1.5]])
    serialize_tensor/True: tf.io.serialize_tensor([True])
    serialize_tensor/a_b_xff: tf.io.serialize_tensor(["a",b"\xff"])
    serialize_tensor/abc: tf.io.serialize_tensor("abc")
    serialize_tensor/tf_constant_1_2j: tf.io.serialize_tensor(tf.constant([1+2j]))
    serialize_tensor/tf_constant_1_5_tf_bfl: tf.io.serialize_tensor(tf.constant([1.5], tf.bfloat16))
    serialize_tensor/tf_constant_1_5_tf_flo: tf.io.serialize_tensor(tf.constant([1.5], tf.float16))
    serialize_tensor/tf_constant_300_tf_int: tf.io.serialize_tensor(tf.constant(300, tf.int64))
    serialize_tensor/tf_constant_5_tf_uint8: tf.io.serialize_tensor(tf.constant([5], tf.uint8))
    serialize_tensor/tf_zeros_0_2: tf.io.serialize_tensor(tf.zeros([0, 2]))
""")

COMPRESSED = {"ZLIB": b"x\x9c\xcbH\xcd\xc9\xc9\x07\x00\x06,\x02\x15", "NONE": b"hello"}
for kind, text in COMPRESSED.items():
    for told in ("", "ZLIB", "GZIP", "X"):
        case.either(f"decompress/{kind}_as_{told}", lambda tf, t, k: tf.io.decode_compressed([t], k), text, told)

TENSORS = {
    "good": b"\x08\x01\x12\x04\x12\x02\x08\x01\x22\x04\x00\x00\xc0?", "no_values": b"\x08\x01\x12\x04\x12\x02\x08\x03",
    "cut": b"\x08\x01\x12\x04\x12\x02\x08\x03\x22\x04abc", "short": b"\x08\x01\x12\x04\x12\x02\x08\x03\x22\x02ab",
    "negative": b"\x08\x01\x12\x0d\x12\x0b\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", "one_value": b"\x08\x01\x2a\x04\x00\x00\xc0?",
    "repeated": b"\x08\x01\x12\x04\x12\x02\x08\x03\x2a\x04\x00\x00\xc0?", "too_many": b"\x08\x03\x12\x04\x12\x02\x08\x01\x3a\x02\x01\x02",
    "no_dtype": b"\x12\x04\x12\x02\x08\x01", "strange_dtype": b"\x08\x63", "unknown_rank": b"\x08\x01\x12\x02\x18\x01",
    "junk": b"junk", "empty": b"", "text": b"\x08\x07\x12\x04\x12\x02\x08\x02B\x01aB\x01\xff", "text_short": b"\x08\x07\x12\x04\x12\x02\x08\x02B\x01a",
}  # fmt: skip
for name, text in TENSORS.items():
    for dtype in ("float32", "int32", "string"):
        case.either(f"parse/{name}_{dtype}", lambda tf, t, d: tf.io.parse_tensor(t, d), text, dtype)

for dtype in (
    "bool", "float16", "bfloat16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",
    "complex64", "complex128",
):  # fmt: skip
    for shape in ([], [1], [2], [0, 2], [2, 2]):
        case(
            f"serialize/{dtype}_{shape}",
            lambda tf, d, s: tf.io.serialize_tensor(tf.cast(tf.fill(s, 1), d)),
            dtype, shape,
        )  # fmt: skip
        case.either(
            f"make_tensor_proto/{dtype}_{shape}",
            lambda tf, d, s: tf.make_tensor_proto(tf.cast(tf.fill(s, 1), d)).SerializeToString(),
            dtype, shape,
        )  # fmt: skip
        case(
            f"make_ndarray/{dtype}_{shape}",
            lambda tf, d, s: tf.make_ndarray(tf.make_tensor_proto(d == "bool" or 1, dtype=d, shape=s)),
            dtype, shape,
        )  # fmt: skip

for name, function in {
    "list": lambda tf: tf.make_tensor_proto([1, 2]), "floats": lambda tf: tf.make_tensor_proto([1.5, 2]),
    "texts": lambda tf: tf.make_tensor_proto(["a", "é"]), "filled": lambda tf: tf.make_tensor_proto(7, shape=[2, 2]),
    "part": lambda tf: tf.make_tensor_proto([7, 8], shape=[2, 2]), "bools": lambda tf: tf.make_tensor_proto([True, False]),
    "as_float": lambda tf: tf.make_tensor_proto([1, 2], dtype=tf.float32), "large": lambda tf: tf.make_tensor_proto(2**40),
    "none": lambda tf: tf.make_tensor_proto([]), "nothing": lambda tf: tf.make_tensor_proto([[], []]),
    "text_filled": lambda tf: tf.make_tensor_proto(b"x", shape=[2]), "complex": lambda tf: tf.make_tensor_proto([1 + 2j, 3]),
    "text": lambda tf: str(tf.make_tensor_proto([[1.5]])), "text_of_string": lambda tf: str(tf.make_tensor_proto("x")),
}.items():  # fmt: skip
    case(f"make_tensor_proto/{name}", lambda tf, f: f(tf) if isinstance(f(tf), str) else f(tf).SerializeToString(), function)

case.raises("make_tensor_proto/too_many", lambda tf: tf.make_tensor_proto([7, 8, 9], shape=[2]), says=["Too many elements"])
case.raises(
    "make_tensor_proto/other_shape", lambda tf: tf.make_tensor_proto([7, 8], shape=[3], verify_shape=True),
    says=["Expected Tensor's shape: (3,)", "but got (2,)"],
)  # fmt: skip
case.raises(
    "make_tensor_proto/other_dtype", lambda tf: tf.make_tensor_proto([1.5], dtype=tf.int32), says=["Expected int32", "1.5"]
)
case.raises("make_tensor_proto/nothing_at_all", lambda tf: tf.make_tensor_proto(None), says=["None values not supported"])
case.raises("make_tensor_proto/ragged", lambda tf: tf.make_tensor_proto([[1, 2], [3]]), says=["setting an array element"])
case.raises("make_tensor_proto/object", lambda tf: tf.make_tensor_proto(object()), says=["Failed to convert elements"])


def distance(tf, hypothesis, truth, **options):
    """The edit distance of two (indices, values, shape)."""
    parts = [tf.SparseTensor(tf.reshape(tf.constant(i, tf.int64), [-1, len(s)]), tf.constant(v, tf.string), s)
             for i, v, s in (hypothesis, truth)]  # fmt: skip
    return tf.edit_distance(*parts, **options)


AB, A, NONE = ([[0, 0], [0, 1]], ["a", "b"], [1, 2]), ([[0, 0]], ["a"], [1, 1]), ([], [], [1, 1])
for name, (hypothesis, truth) in {
    "one_more": (AB, A), "one_less": (A, AB), "same": (AB, AB), "no_truth": (A, NONE), "no_hypothesis": (NONE, A), "neither": (NONE, NONE),
    "cube": (([[0, 0, 0], [1, 0, 0]], ["a", "b"], [2, 1, 1]),
             ([[0, 1, 0], [1, 0, 0], [1, 0, 1], [1, 1, 0]], ["a", "b", "c", "a"], [2, 2, 2])),
}.items():  # fmt: skip
    for normalize in (True, False):
        case(
            f"edit_distance/{name}_{normalize}",
            lambda tf, h, t, n: distance(tf, h, t, normalize=n), hypothesis, truth, normalize,
        )  # fmt: skip
case.raises("edit_distance/lists", lambda tf: tf.edit_distance([1], [2]), says=["Hypothesis must be a SparseTensor"])
case.raises(
    "edit_distance/ranks", lambda tf: distance(tf, A, ([[0, 0, 0]], ["a"], [1, 1, 1])),
    says=["matching ranks", "[3] and [2]"],
)  # fmt: skip
for name, (indices, values, shape) in {
    "good": ([[0, 0]], [1], [1, 1]), "rank_1": ([[0]], [1], [1]), "values": ([[0, 0]], [1, 2], [1, 1]),
}.items():  # fmt: skip
    case.either(
        f"edit_distance/raw_{name}",
        lambda tf, i, v, s: tf.raw_ops.EditDistance(
            hypothesis_indices=i, hypothesis_values=v, hypothesis_shape=s, truth_indices=[[0] * len(s)], truth_values=[2],
            truth_shape=[1] * len(s),
        ),
        indices, values, shape,
    )  # fmt: skip
