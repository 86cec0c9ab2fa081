"""Regular expressions in RE2's syntax."""

from tests.parity.case import Family

case = Family(__name__)

case.table(r"""
    RegexFullMatch/input_a_pattern_a: tf.raw_ops.RegexFullMatch(input="a",pattern="a")
    RegexFullMatch/input_a_pattern_a_2: tf.raw_ops.RegexFullMatch(input="a",pattern=["a"])  # raises
    RegexReplace/input_abc_pattern_b_re: tf.raw_ops.RegexReplace(input="abc",pattern=["b"],rewrite="x")  # raises
    RegexReplace/input_abc_pattern_b_re_2: tf.raw_ops.RegexReplace(input="abc",pattern="b",rewrite=["x"])  # raises
    StaticRegexFullMatch/input_a_pattern: tf.raw_ops.StaticRegexFullMatch(input="a",pattern="(")  # raises
    regex_full_match/1_a: tf.strings.regex_full_match(1, "a")  # raises
    regex_full_match/1_alpha: tf.strings.regex_full_match("1","[[:^alpha:]]")
    regex_full_match/1_alpha_2: tf.strings.regex_full_match("1","[^[:alpha:]]")
    regex_full_match/A_i_a: tf.strings.regex_full_match("A","(?i)a")
    regex_full_match/A_i_a_2: tf.strings.regex_full_match("A","(?i:a)")
    regex_full_match/A_i_a_3: tf.strings.regex_full_match("A","(?-i:a)")
    regex_full_match/K_i_k: tf.strings.regex_full_match("K","(?i)k")
    regex_full_match/a: tf.strings.regex_full_match("a","[")  # raises: Invalid pattern: [, error: missing ]: [
    regex_full_match/a_1: tf.strings.regex_full_match("a","\\1")  # raises
    regex_full_match/a_10: tf.strings.regex_full_match("a","\\-\\#\\!")
    regex_full_match/a_11: tf.strings.regex_full_match("]","[]a]")
    regex_full_match/a_12: tf.strings.regex_full_match("a","[]")  # raises: Invalid pattern: [], error: missing ]: []
    regex_full_match/a_13: tf.strings.regex_full_match("a","[^]")  # raises
    regex_full_match/a_14: tf.strings.regex_full_match("-","[a-]")
    regex_full_match/a_141: tf.strings.regex_full_match("a","\\141")
    regex_full_match/a_15: tf.strings.regex_full_match("-","[-a]")
    regex_full_match/a_16: tf.strings.regex_full_match([], "a")
    regex_full_match/a_1_2: tf.strings.regex_full_match("a", 1)  # raises
    regex_full_match/a_2: tf.strings.regex_full_match("a","(")  # raises: Invalid pattern: (, error: missing ): (
    regex_full_match/a_2_a_2: tf.strings.regex_full_match("a{,2}","a{,2}")
    regex_full_match/a_3: tf.strings.regex_full_match("a",")")  # raises: Invalid pattern: ), error: unexpected ): )
    regex_full_match/a_4: tf.strings.regex_full_match("a","(?")  # raises
    regex_full_match/a_5: tf.strings.regex_full_match("a","*")  # raises
    regex_full_match/a_6: tf.strings.regex_full_match("a","|*")  # raises
    regex_full_match/a_7: tf.strings.regex_full_match("a","^*")
    regex_full_match/a_8: tf.strings.regex_full_match("a","\\")  # raises: Invalid pattern: \, error: trailing \
    regex_full_match/a_8_2: tf.strings.regex_full_match("a","\\8")  # raises
    regex_full_match/a_9: tf.strings.regex_full_match("a","\\_")
    regex_full_match/a_Aa_z: tf.strings.regex_full_match("a","\\Aa\\z")
    regex_full_match/a_E_Qa_E_E: tf.strings.regex_full_match("a\\E","\\Qa\\\\E\\E")  # raises
    regex_full_match/a_P_1_a: tf.strings.regex_full_match("a","(?P<1>a)")
    regex_full_match/a_P_n: tf.strings.regex_full_match("a","(?P=n)")  # raises
    regex_full_match/a_P_n_a: tf.strings.regex_full_match("a","(?P<n>a)")
    regex_full_match/a_P_n_a_2: tf.strings.regex_full_match("a","(?P<n a)")  # raises
    regex_full_match/a_P_n_a_3: tf.strings.regex_full_match("a","(?P<n->a)")  # raises
    regex_full_match/a_P_n_a_P_n_b: tf.strings.regex_full_match("a","(?P<n>a)(?P<n>b)")
    regex_full_match/a_P_xe9_a: tf.strings.regex_full_match("a","(?P<é>a)")
    regex_full_match/a_Z: tf.strings.regex_full_match("a","\\Z")  # raises
    regex_full_match/a_a: tf.strings.regex_full_match("a","(?=a)")  # raises
    regex_full_match/a_a_1001: tf.strings.regex_full_match("a","a{1001}")  # raises
    regex_full_match/a_a_100_100: tf.strings.regex_full_match("a","(a{100}){100}")  # raises
    regex_full_match/a_a_2: tf.strings.regex_full_match("a","(?<=a)")  # raises
    regex_full_match/a_a_2_1: tf.strings.regex_full_match("a","a{2,1}")  # raises
    regex_full_match/a_a_2_3: tf.strings.regex_full_match("a","a{2}{3}")  # raises
    regex_full_match/a_a_3: tf.strings.regex_full_match("a","(?!a)")  # raises
    regex_full_match/a_a_4: tf.strings.regex_full_match("a","a**")  # raises
    regex_full_match/a_a_5: tf.strings.regex_full_match("a","a*+")  # raises
    regex_full_match/a_a_6: tf.strings.regex_full_match("a","a+?*")  # raises
    regex_full_match/a_a_7: tf.strings.regex_full_match("a{","a{")
    regex_full_match/a_a_8: tf.strings.regex_full_match("a","a)")  # raises
    regex_full_match/a_a_9: tf.strings.regex_full_match("a",["a"])  # raises: Pattern must be scalar, but received [1]
    regex_full_match/a_a_b: tf.strings.regex_full_match("a","a\\b")
    regex_full_match/a_a_b_2: tf.strings.regex_full_match("a","(a|b")  # raises
    regex_full_match/a_a_b_3: tf.strings.regex_full_match("a","[a&&b]")
    regex_full_match/a_a_d: tf.strings.regex_full_match("a","[a-\\d]")  # raises
    regex_full_match/a_alpha: tf.strings.regex_full_match("a","[[:alpha:]]")
    regex_full_match/a_alpha_2: tf.strings.regex_full_match("a","[[:alpha:]")  # raises
    regex_full_match/a_b_Qa_b: tf.strings.regex_full_match("a.b*","\\Qa.b*")
    regex_full_match/a_b_Qa_b_E: tf.strings.regex_full_match("a.b","\\Qa.b\\E")
    regex_full_match/a_b_a_b: tf.strings.regex_full_match("a b","a\\ b")
    regex_full_match/a_c: tf.strings.regex_full_match("a","(?#c)")  # raises
    regex_full_match/a_c_2: tf.strings.regex_full_match("a","\\c")  # raises
    regex_full_match/a_c_e: tf.strings.regex_full_match("-","[a-c-e]")
    regex_full_match/a_foo: tf.strings.regex_full_match("a","[[:foo:]]")  # raises
    regex_full_match/a_i: tf.strings.regex_full_match("a","(?i")  # raises
    regex_full_match/a_i_a: tf.strings.regex_full_match("a","(?i-)a")  # raises
    regex_full_match/a_i_s_m_a: tf.strings.regex_full_match("a","(?i)(?s)(?m)a")
    regex_full_match/a_n_a: tf.strings.regex_full_match("a","(?<n>a)")  # raises
    regex_full_match/a_n_a_2: tf.strings.regex_full_match("a\n","a$")
    regex_full_match/a_n_a_n: tf.strings.regex_full_match("a\n","a$\\n")
    regex_full_match/a_nb_a_b: tf.strings.regex_full_match("a\nb","a.b")
    regex_full_match/a_nb_m_a_n_b: tf.strings.regex_full_match("a\nb","(?m)a$\\n^b")
    regex_full_match/a_nb_s_a_b: tf.strings.regex_full_match("a\nb","(?s)a.b")
    regex_full_match/a_p: tf.strings.regex_full_match("a","\\p{")  # raises
    regex_full_match/a_pL: tf.strings.regex_full_match("a","\\pL")
    regex_full_match/a_pL_d: tf.strings.regex_full_match("a","[\\pL\\d]")
    regex_full_match/a_pX: tf.strings.regex_full_match("a","\\pX")  # raises
    regex_full_match/a_p_2: tf.strings.regex_full_match("a","\\p")  # raises
    regex_full_match/a_p_Foo: tf.strings.regex_full_match("a","\\p{Foo}")  # raises
    regex_full_match/a_q: tf.strings.regex_full_match("a","\\q")  # raises
    regex_full_match/a_q_2: tf.strings.regex_full_match("a","[\\q]")  # raises
    regex_full_match/a_x: tf.strings.regex_full_match("a","x*+")  # raises
    regex_full_match/a_x6: tf.strings.regex_full_match("a","\\x6")  # raises
    regex_full_match/a_x61: tf.strings.regex_full_match("a","\\x61")
    regex_full_match/a_x_110000: tf.strings.regex_full_match("a","\\x{110000}")  # raises
    regex_full_match/a_x_61: tf.strings.regex_full_match("a","\\x{61}")
    regex_full_match/a_x_zz: tf.strings.regex_full_match("a","\\x{zz}")  # raises
    regex_full_match/a_z_a: tf.strings.regex_full_match("a","(?z)a")  # raises
    regex_full_match/a_z_a_2: tf.strings.regex_full_match("a","[z-a]")  # raises
    regex_full_match/aa_U_a: tf.strings.regex_full_match("aa","(?U)a+")
    regex_full_match/aa_a_2: tf.strings.regex_full_match("aa","a{,2}")
    regex_full_match/aaa_Qa_E: tf.strings.regex_full_match("aaa","\\Qa\\E+")
    regex_full_match/ab_a_Bb: tf.strings.regex_full_match("ab","a\\Bb")
    regex_full_match/ab_a_a_ab: tf.strings.regex_full_match(["ab","a"],"a|ab")
    regex_full_match/b_a_c_e: tf.strings.regex_full_match("b","[a-c-e]")
    regex_full_match/b_xff: tf.strings.regex_full_match(b"\xff",".")
    regex_full_match/b_xff_C: tf.strings.regex_full_match(b"\xff","\\C")
    regex_full_match/b_xff_a: tf.strings.regex_full_match(b"\xff","[^a]")
    regex_full_match/d_z: tf.strings.regex_full_match("-","[\\d-z]")
    regex_full_match/empty: tf.strings.regex_full_match("]","[]]")
    regex_full_match/empty_2: tf.strings.regex_full_match("]","[\\]]")
    regex_full_match/empty_3: tf.strings.regex_full_match("","")
    regex_full_match/u017f_i_S: tf.strings.regex_full_match("ſ","(?i)S")
    regex_full_match/u03a3_u03a3_u03c3_i_u0: tf.strings.regex_full_match("ΣΣσ","(?i)ς+")
    regex_full_match/u03bb_P_Greek: tf.strings.regex_full_match("λ","\\P{Greek}")
    regex_full_match/u03bb_p_Greek: tf.strings.regex_full_match("λ","\\p{Greek}")
    regex_full_match/u03bb_p_Greek_2: tf.strings.regex_full_match("λ","\\p{^Greek}")
    regex_full_match/u0661_d: tf.strings.regex_full_match("١","\\d")
    regex_full_match/x08_b: tf.strings.regex_full_match("\x08","[\\b]")  # raises
    regex_full_match/x0b_s: tf.strings.regex_full_match("\x0b","\\s")
    regex_full_match/x0b_space: tf.strings.regex_full_match("\x0b","[[:space:]]")
    regex_full_match/xc9_i_xe9: tf.strings.regex_full_match("É","(?i)é")
    regex_full_match/xe9: tf.strings.regex_full_match("é",".")
    regex_full_match/xe9_2: tf.strings.regex_full_match("é","..")
    regex_full_match/xe9_C_C: tf.strings.regex_full_match("é","\\C\\C")
    regex_full_match/xe9_pL: tf.strings.regex_full_match("é","\\pL")
    regex_full_match/xe9_p_Latin: tf.strings.regex_full_match("é","\\p{Latin}")
    regex_full_match/xe9_w: tf.strings.regex_full_match("é","\\w")
    regex_replace/Hello_World_x_w_s: tf.strings.regex_replace(["Hello, World!","x"],"[^\\w\\s]","")
    regex_replace/aXbX_i_x_0: tf.strings.regex_replace("aXbX","(?i)x","$0")
    regex_replace/a_b_b: tf.strings.regex_replace("a b","\\b","|")
    regex_replace/a_b_c: tf.strings.regex_replace("a.b.c","[.]","")
    regex_replace/a_na_m: tf.strings.regex_replace("a\na","(?m)^","> ")
    regex_replace/aaa_a_1_replace_global: tf.strings.regex_replace("aaa","a","\\1",replace_global=False)
    regex_replace/aaa_a_b: tf.strings.regex_replace("aaa","^a","b")
    regex_replace/aaa_a_b_replace_global: tf.strings.regex_replace("aaa","a","b",replace_global=False)
    regex_replace/aaa_a_q_replace_global: tf.strings.regex_replace("aaa","a","\\q",replace_global=False)
    regex_replace/aaa_b: tf.strings.regex_replace("aaa","(","b")  # raises: Invalid pattern: (, error: missing ): (
    regex_replace/aaa_b_replace_global_F: tf.strings.regex_replace("aaa","","b",replace_global=False)
    regex_replace/aaa_x_b_replace_global: tf.strings.regex_replace("aaa","x","b",replace_global=False)
    regex_replace/abab_ab_x: tf.strings.regex_replace("abab","(ab)*?","x")
    regex_replace/abc: tf.strings.regex_replace("abc","","-")
    regex_replace/abc_a_ab_abc_x: tf.strings.regex_replace("abc","a|ab|abc","x")
    regex_replace/abc_b: tf.strings.regex_replace("abc","b","\\")
    regex_replace/abc_b_0: tf.strings.regex_replace("abc","b","[\\0]")
    regex_replace/abc_b_1: tf.strings.regex_replace("abc","b","\\1")
    regex_replace/abc_b_2: tf.strings.regex_replace("abc","b","\\\\")
    regex_replace/abc_b_c_1_2: tf.strings.regex_replace("abc","(b)|(c)","<\\1\\2>")
    regex_replace/abc_b_c_2_1: tf.strings.regex_replace("abc","(b)(c)","\\2\\1")
    regex_replace/abc_b_c_3: tf.strings.regex_replace("abc","(b)(c)","\\3")
    regex_replace/abc_b_q: tf.strings.regex_replace("abc","b","\\q")
    regex_replace/abc_b_x: tf.strings.regex_replace("abc",["b"],"x")  # raises
    regex_replace/abc_b_x_qy: tf.strings.regex_replace("abc","b","x\\qy")
    regex_replace/abc_x: tf.strings.regex_replace("abc","x*","-")
    regex_replace/abcd_x: tf.strings.regex_replace("abcd","(?:)","x")
    regex_replace/b_a_xffb: tf.strings.regex_replace(b"a\xffb","","-")
    regex_replace/b_a_xffb_a_x: tf.strings.regex_replace(b"a\xffb","[^a]","x")
    regex_replace/b_xe2_x82: tf.strings.regex_replace(b"\xe2\x82",".","-")
    regex_replace/baac_a: tf.strings.regex_replace("baac","a*","-")
    regex_replace/br_ok: tf.strings.regex_replace("<br /> ok","<[^>]*>"," ")
    regex_replace/foobar_foo_foobar_bar: tf.strings.regex_replace("foobar","(?:foo|foobar)(bar)?","[\\1]")
    regex_replace/h_xe9_xe9: tf.strings.regex_replace("héé","","-")
    regex_replace/xaaax_a_1: tf.strings.regex_replace("xaaax","(a*)+","[\\1]")
    regex_replace/xaaax_a_b_1: tf.strings.regex_replace("xaaax","(a|b*)*","[\\1]")
    regex_replace/xe9_u0301x_pM: tf.strings.regex_replace("é\u0301x","\\pM","")
""")

SUBJECTS = ["", "a", "aab", "abc abc", "foo123bar45", "x=1, y=22", "Tab\there\nnew", "<b>bold</b> <i>it</i>", "héllo wörld", "aaa"]
PATTERNS = [
    "a", "a*", "a+?", "(a)(b)?", "a|b|c", "[a-c]+", "[^a-c]+", r"\d+", r"\D+", r"\w+", r"\W+", r"\s", r"\S+", r"\b\w", r"\B",
    "^", "$", "^a", "b$", "(?m)^.", "(?m).$", "(?s).+", ".", ".*", ".+?", r"(\w)(\w)", r"(\w+)=(\d+)", "<[^>]*>", "<.*?>",
    "<.*>", "(?i)TAB|B", "(?P<word>[a-z]+)", "(?:ab|a)(c|b)", "(a|ab)(c|bcd)?", "(a*)(a*)", "(a*)*", "(a|b)*", "(?U)a+",
    r"\pL+", r"\p{Lu}", r"\PL", "[[:alpha:]]+", "[[:punct:]]", "é|ö", "[à-ÿ]", "x*", "(x)?", "(|a)+", "(a|)+", "a{2}", "a{2,}",
    "a{0,2}", r"\x61", r"\Qa\E", "(?i)[A-B]+", "((a)|(b))+", "(a+)(b+)?", "o{1,2}?", r"[\d\s]+", r"[^\d\s]+", "(foo|bar)\\d*",
]  # fmt: skip
for number, pattern in enumerate(PATTERNS):
    case(f"full_match/{number}", lambda tf, p: tf.strings.regex_full_match(SUBJECTS, p), pattern)
    case(f"replace/{number}", lambda tf, p: tf.strings.regex_replace(SUBJECTS, p, "-"), pattern)
    case(f"replace_whole/{number}", lambda tf, p: tf.strings.regex_replace(SUBJECTS, p, r"[\0]"), pattern)
    case(
        f"replace_first/{number}",
        lambda tf, p: tf.strings.regex_replace(SUBJECTS, p, r"<\0>", replace_global=False),
        pattern,
    )
    case(f"replace_group/{number}", lambda tf, p: tf.strings.regex_replace(SUBJECTS, p, r"{\1}"), pattern)

# Exponential or high powers for a matcher that backtracks.
for number, (pattern, text) in enumerate([
    ("(a*)*b", "a" * 60), ("(a+)+$", "a" * 60 + "!"), ("(a|aa)+$", "a" * 60 + "!"), ("(a|a)*b", "a" * 60),
    (".*.*.*.*.*=", "x" * 300), ("(x+x+)+y", "x" * 60), (r"(\w+\s*)+:", "word " * 20), ("(.*)(.*)(.*)(.*)[0-9]", "y" * 200),
    ("([a-z]+)*[0-9]", "q" * 60), ("(?:a?){30}a{30}", "a" * 30),
]):  # fmt: skip
    case(f"backtracking/match_{number}", lambda tf, p, t: tf.strings.regex_full_match(t, p), pattern, text)
    case(f"backtracking/replace_{number}", lambda tf, p, t: tf.strings.regex_replace(t, p, "-"), pattern, text)
