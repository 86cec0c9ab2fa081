"""Strings as Unicode text."""

from tests.parity.case import Family

case = Family(__name__)

case.table(r"""
    UnicodeDecode/input_h_xe9_a_input_en: tf.raw_ops.UnicodeDecode(input=[["hé"],["a"]],input_encoding="UTF-8")
    bytes_split/1: tf.strings.bytes_split(1)  # raises: dtype=int32
    bytes_split/ab_c: tf.strings.bytes_split(["ab","","c"])
    bytes_split/ab_c_d: tf.strings.bytes_split([["ab",""],["c","d"]])
    bytes_split/b_a_x00b: tf.strings.bytes_split(b"a\x00b")
    bytes_split/h_xe9: tf.strings.bytes_split("hé")
    unicode_decode/a_bogus: tf.strings.unicode_decode(["a"],"bogus")  # raises
    unicode_decode/b_a_x00_UTF_16_LE: tf.strings.unicode_decode([b"a\x00"],"UTF-16-LE")
    unicode_decode/b_a_xe9_x80_ISO_8859_1: tf.strings.unicode_decode([b"a\xe9\x80"],"ISO-8859-1")
    unicode_decode/b_a_xe9_x80_US_ASCII: tf.strings.unicode_decode([b"a\xe9\x80"],"US-ASCII")
    unicode_decode/b_a_xe9_x80_ascii: tf.strings.unicode_decode([b"a\xe9\x80"],"ascii")
    unicode_decode/b_a_xe9_x80_x81_window: tf.strings.unicode_decode([b"a\xe9\x80\x81"],"windows-1252")
    unicode_decode/b_a_xff_UTF_8_errors_x: tf.strings.unicode_decode([b"a\xff"],"UTF-8",errors="x")  # raises
    unicode_decode/b_a_xff_UTF_8_replacem_3: tf.strings.unicode_decode([b"a\xff"],"UTF-8",replacement_char=0xd800)
    unicode_decode/b_x00_x00_x00a_UTF_32: tf.strings.unicode_decode([b"\x00\x00\x00a"],"UTF-32-BE")
    unicode_decode/b_x00_x11_x00_x00_x00: tf.strings.unicode_decode([b"\x00\x11\x00\x00\x00\x00"],"UTF-32-BE")
    unicode_decode/b_x00a_x00_UTF_16_BE: tf.strings.unicode_decode([b"\x00a\x00"],"UTF-16-BE")
    unicode_decode/b_x00a_xd8_x3d_xde_x00: tf.strings.unicode_decode([b"\x00a\xd8\x3d\xde\x00"],"UTF-16-BE")
    unicode_decode/b_x82_xa0_x83_latin1: tf.strings.unicode_decode([b"\x82\xa0\x83"],"latin1")
    unicode_decode/b_x82_xa0_x83_shift_ji: tf.strings.unicode_decode([b"\x82\xa0\x83"],"shift_jis")
    unicode_decode/b_xd6_xd0_gbk: tf.strings.unicode_decode([b"\xd6\xd0"],"gbk")
    unicode_decode/b_xd8_x00_x00a_UTF_16: tf.strings.unicode_decode([b"\xd8\x00\x00a"],"UTF-16-BE")
    unicode_decode/b_xef_xbb_xbfa_UTF_8: tf.strings.unicode_decode([b"\xef\xbb\xbfa"],"UTF-8")
    unicode_decode/h_xe9_UTF_8: tf.strings.unicode_decode(["hé",""],"UTF-8")
    unicode_decode/h_xe9_UTF_8_2: tf.strings.unicode_decode([["hé"],[""]],"UTF-8")
    unicode_decode/h_xe9_u20ac_U0001f600: tf.strings.unicode_decode("hé€😀","UTF-8")
    unicode_decode_with_offsets/h_xe9_u20ac_U0001f600: tf.strings.unicode_decode_with_offsets("hé€😀","UTF-8")
    unicode_encode/104_0xd800_0x110000_1: tf.strings.unicode_encode([104, 0xd800, 0x110000, -1], "UTF-8")
    unicode_encode/104_0xd800_UTF_8_repla: tf.strings.unicode_encode([104, 0xd800], "UTF-8", replacement_char=63)
    unicode_encode/104_105_UTF_8: tf.strings.unicode_encode([[[104], [105]]], "UTF-8")
    unicode_encode/104_233_0x20ac_0x1f600: tf.strings.unicode_encode([104, 233, 0x20ac, 0x1f600], "UTF-8")
    unicode_encode/104_233_0x20ac_0x1f600_2: tf.strings.unicode_encode([[104, 233], [0x20ac, 0x1f600]], "UTF-16-BE")
    unicode_encode/104_233_0x20ac_0x1f600_3: tf.strings.unicode_encode([[104, 233], [0x20ac, 0x1f600]], "UTF-32-BE")
    unicode_encode/104_UTF_8: tf.strings.unicode_encode(104, "UTF-8")  # raises
    unicode_encode/104_UTF_8_errors_x: tf.strings.unicode_encode([104],"UTF-8",errors="x")  # raises
    unicode_encode/104_latin1: tf.strings.unicode_encode([104], "latin1")  # raises
    unicode_encode/UTF_8: tf.strings.unicode_encode([], "UTF-8")  # raises
    unicode_encode/tf_constant_tf_int32_U: tf.strings.unicode_encode(tf.constant([], tf.int32), "UTF-8")
    unicode_encode/tf_zeros_0_2_tf_int32: tf.strings.unicode_encode(tf.zeros([0, 2], tf.int32), "UTF-8")
    unicode_encode/tf_zeros_2_0_tf_int32: tf.strings.unicode_encode(tf.zeros([2, 0], tf.int32), "UTF-8")
    unicode_script/1_5: tf.strings.unicode_script([1.5])  # raises
    unicode_script/65: tf.strings.unicode_script(65)
    unicode_script/65_0x4e00_0x3042_5_0x1: tf.strings.unicode_script([65, 0x4e00, 0x3042, -5, 0x110000])
    unicode_split/b_a_xe9_latin1: tf.strings.unicode_split([b"a\xe9"],"latin1")  # raises
    unicode_split/b_x00a_xd8_x3d_xde_x00: tf.strings.unicode_split([b"\x00a\xd8\x3d\xde\x00"],"UTF-16-BE")
    unicode_split/h_xe9_u20ac_U0001f600: tf.strings.unicode_split("hé€😀","UTF-8")
    unicode_split/h_xe9_u20ac_U0001f600_2: tf.strings.unicode_split(["hé€😀",b"a\xff"],"UTF-8")
    unicode_split_with_offsets/h_xe9_u20ac_U0001f600: tf.strings.unicode_split_with_offsets(["hé€😀",b"a\xff"],"UTF-8")
    unicode_transcode/h_UTF_8_UTF_32_BE: tf.strings.unicode_transcode("h","UTF-8","UTF-32-BE")
    unicode_transcode/h_xe9_UTF_8_latin1: tf.strings.unicode_transcode(["hé"],"UTF-8","latin1")  # raises
    unicode_transcode/h_xe9_bogus_UTF_8: tf.strings.unicode_transcode(["hé"],"bogus","UTF-8")  # raises
    unicode_transcode/h_xe9_u20ac_U0001f600: tf.strings.unicode_transcode(["hé€😀",b"a\xffb"],"UTF-8","UTF-16-BE")
    unicode_transcode/h_xe9_u20ac_U0001f600_2: tf.strings.unicode_transcode(["hé€😀",b"a\xffb"],"UTF-8","UTF-8")
""")

MALFORMED = {
    "good": "hé€😀".encode(), "alone": b"\x80", "bad": b"a\xff\xfeb", "cut_2": b"\xc3", "cut_3": b"\xe2\x82",
    "cut_4": b"\xf0\x9f\x98", "cut_inside": b"\xe2\x82a", "surrogate": b"\xed\xa0\x80", "large": b"\xf4\x90\x80\x80",
    "long_2": b"\xc0\x80", "long_3": b"\xe0\x80\x80", "bytes_5": b"\xf8\x88\x80\x80\x80", "controls": b"a\x00\x1f\x7f\n",
    "bom": b"\xef\xbb\xbfa", "empty": b"",
}  # fmt: skip

for name, text in MALFORMED.items():
    for errors in ("replace", "ignore", "strict"):
        for controls in (False, True):
            options = {"errors": errors, "replacement_char": 63, "replace_control_characters": controls}
            case.either(
                f"decode/{name}_{errors}_{controls}",
                lambda tf, t, o: tf.raw_ops.UnicodeDecodeWithOffsets(input=[t, "x"], input_encoding="UTF-8", **o),
                text, options,
            )  # fmt: skip
            for encoding in ("UTF-8", "UTF-16-BE", "UTF-32-BE"):
                case.either(
                    f"transcode/{name}_{errors}_{controls}_{encoding}",
                    lambda tf, t, e, o: tf.strings.unicode_transcode([t], "UTF-8", e, **o),
                    text, encoding, options,
                )  # fmt: skip

WIDE = {
    "good": b"\x00a\xd8\x3d\xde\x00", "cut": b"\x00a\x00", "half_pair": b"\xd8\x00\x00a", "low_first": b"\xde\x00\x00a",
    "high_last": b"\x00a\xd8\x3d", "bom": b"\xfe\xff\x00a", "bom_little": b"\xff\xfea\x00", "empty": b"",
    "large": b"\x00\x11\x00\x00\x00\x00", "wide": b"\x00\x00\x00a\x00\x01\xf6\x00",
}  # fmt: skip
for name, text in WIDE.items():
    for encoding in ("UTF-16-BE", "UTF-16-LE", "UTF-16", "UTF-32-BE", "UTF-32", "utf-16be"):
        case.either(
            f"decode_wide/{name}_{encoding}",
            lambda tf, t, e: tf.raw_ops.UnicodeDecode(input=[t], input_encoding=e, replacement_char=63),
            text, encoding,
        )  # fmt: skip

for encoding in (
    "latin1", "ISO-8859-1", "ISO-8859-15", "windows-1252", "cp1251", "koi8-r", "US-ASCII", "ascii", "shift_jis", "EUC-JP",
    "gbk", "big5", "UTF-7x", "rot13", "hex", "", "utf8",
):  # fmt: skip
    case.either(
        f"decode_named/{encoding}",
        lambda tf, e: tf.raw_ops.UnicodeDecode(input=[b"a\xe9\xb0\xa1z"], input_encoding=e, replacement_char=63),
        encoding,
    )

for name, codes in {
    "good": [104, 233, 0x20AC, 0x1F600], "surrogate": [104, 0xD800], "low": [0xDFFF], "large": [0x110000], "negative": [-1],
    "zero": [0], "last": [0x10FFFF], "noncharacter": [0xFFFE, 0xFFFF], "none": [],
}.items():  # fmt: skip
    for encoding in ("UTF-8", "UTF-16-BE", "UTF-32-BE"):
        for errors in ("replace", "ignore", "strict"):
            case.either(
                f"encode/{name}_{encoding}_{errors}",
                lambda tf, c, e, r: tf.strings.unicode_encode(tf.constant(c, tf.int32), e, errors=r),
                codes, encoding, errors,
            )  # fmt: skip

for name, splits in {"good": [0, 1, 2], "far": [0, 1, 3], "late": [1, 2], "falling": [0, 2, 1], "none": []}.items():
    case.either(
        f"encode_splits/{name}",
        lambda tf, s: tf.raw_ops.UnicodeEncode(
            input_values=[104, 105], input_splits=tf.constant(s, tf.int64), output_encoding="UTF-8"
        ),
        splits,
    )

for start in range(0, 0x3400, 0x200):
    case(f"script/{start:04x}", lambda tf, s: tf.strings.unicode_script(tf.range(s, s + 0x200, 7)), start)
case("script/high", lambda tf: tf.strings.unicode_script(tf.range(0x10000, 0x20000, 131)))

CASES = "aZ éÉ ßẞ İı ΑΣ Σ ŉ ﬁ ǆǅǄ Ⅷ ⓐ Ა ა ꭰ 𐐀𐐨 ſ K".split()
for text in CASES:
    case(
        f"case/{text}",
        lambda tf, t: (tf.strings.lower(t, "utf-8"), tf.strings.upper(t, "utf-8"), tf.strings.lower(t), tf.strings.upper(t)),
        text,
    )
