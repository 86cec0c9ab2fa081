"""Malformed patterns, texts, records and messages end in a TensorFlow error or a value, and soon."""

import random
import time

import pytest

import tapeflow as tf

COUNT = 10_000
LETTERS = list("ab01.*+?()[]{}|^$\\-,:<>=!PpQEdDwWsSbBAzC/ \n\té€😀i")
PIECES = [
    "(?P<n>", "(?i)", "(?:", "[^", "[[:alpha:]]", "\\pL", "\\p{Greek}", "{2,3}", "{1000}", "*?", "\\x{41}", "\\Q",
    "a|b", "(a*)*", "(a|aa)+", "\\1", "\\", "[a-", "x{2}{3}",
]  # fmt: skip


def garbage(draw, pieces, longest):
    return "".join(draw.choice(pieces) for _ in range(draw.randrange(longest)))


def only_errors_of_tensorflow(call):
    """Runs `call`; any other error goes through."""
    start = time.perf_counter()
    try:
        call()
    except tf.errors.OpError as error:
        assert str(error)
    assert time.perf_counter() - start < 30


def text(draw):
    letters = [0x61, 0x20, 0xC3, 0xA9, 0xE2, 0x82, 0xF0, 0x9F, 0xFF, 0x80, 0, 10]
    return bytes(draw.choice(letters) for _ in range(draw.randrange(12)))


@pytest.mark.slow
def test_patterns():
    draw = random.Random(1)
    for _ in range(COUNT):
        pattern = garbage(draw, LETTERS + PIECES, 14)
        subjects = [garbage(draw, list("ab01 é\n"), 20), "a" * 40 + "!"]
        only_errors_of_tensorflow(lambda p=pattern, s=subjects: tf.strings.regex_full_match(s, p))
        rewrite = garbage(draw, list("x\\012q"), 5)
        only_errors_of_tensorflow(lambda p=pattern, s=subjects, r=rewrite: tf.strings.regex_replace(s, p, r))


@pytest.mark.slow
def test_unicode():
    draw = random.Random(2)
    for _ in range(COUNT):
        strings = [text(draw) for _ in range(3)]
        encoding = draw.choice(["UTF-8", "UTF-16-BE", "UTF-32-BE", "UTF-16", "latin1", "gbk", "bogus"])
        errors = draw.choice(["replace", "ignore", "strict"])
        only_errors_of_tensorflow(
            lambda s=strings, e=encoding, r=errors: tf.raw_ops.UnicodeDecodeWithOffsets(
                input=s, input_encoding=e, errors=r
            )
        )
        only_errors_of_tensorflow(
            lambda s=strings, e=encoding, r=errors: tf.strings.unicode_transcode(s, e, "UTF-8", errors=r)
        )
        only_errors_of_tensorflow(lambda s=strings: tf.strings.substr(s, draw.randrange(-4, 5), 2, unit="UTF8_CHAR"))


@pytest.mark.slow
def test_records():
    draw = random.Random(3)
    for _ in range(COUNT):
        records = [garbage(draw, list('1a.,"\n\r -é'), 12) for _ in range(3)]
        only_errors_of_tensorflow(lambda r=records: tf.io.decode_csv(r, [0, 0.0, ""]))
        only_errors_of_tensorflow(lambda r=records: tf.io.decode_csv(r, ["", ""], use_quote_delim=draw.random() < 0.5))
        only_errors_of_tensorflow(lambda r=records: tf.strings.to_number(r))


@pytest.mark.slow
def test_base64():
    draw = random.Random(4)
    for _ in range(COUNT):
        coded = garbage(draw, list("YWJj-_=+/ \né"), 9)
        only_errors_of_tensorflow(lambda c=coded: tf.io.decode_base64(c))


@pytest.mark.slow
def test_messages():
    draw = random.Random(5)
    whole = bytes(tf.io.serialize_tensor([[1.5, 2.0]]).numpy())
    for _ in range(COUNT):
        message = bytearray(whole)
        for _ in range(draw.randrange(1, 4)):
            message[draw.randrange(len(message))] = draw.randrange(256)
        cut = bytes(message[: draw.randrange(len(message) + 1)])
        only_errors_of_tensorflow(lambda m=cut: tf.io.parse_tensor(m, tf.float32))
        only_errors_of_tensorflow(lambda m=cut: tf.io.decode_compressed(m, "ZLIB"))
        only_errors_of_tensorflow(lambda m=cut: tf.io.decode_json_example(m))
