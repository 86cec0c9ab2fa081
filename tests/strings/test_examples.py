"""Batches of examples are read side by side: the same as one by one, whatever the messages hold."""

import random

import numpy as np
import pytest

import tapeflow as tf
from tapeflow.core.ops.defs import parse

SPEC = {
    "x": tf.io.FixedLenFeature([3], tf.float32),
    "y": tf.io.FixedLenFeature([], tf.int64, default_value=77),
    "s": tf.io.FixedLenFeature([], tf.string),
    "long_key_name": tf.io.FixedLenFeature([2, 2], tf.int64),
    "numbers": tf.io.FixedLenSequenceFeature([], tf.int64, True, -9),
    "texts": tf.io.FixedLenSequenceFeature([], tf.string, True),
}


def record(draw):
    """A serialized example that fits the description, its keys in any order."""
    example = tf.train.Example()
    features = example.features.feature
    keys = list(SPEC)
    draw.shuffle(keys)
    for key in keys:
        if key == "x":
            features[key].float_list.value.extend(draw.random() for _ in range(3))
        elif key == "y" and draw.random() < 0.8:
            features[key].int64_list.value.append(draw.choice([0, 1, -1, 2**62, -(2**63), 300]))
        elif key == "s":
            features[key].bytes_list.value.append(draw.randbytes(draw.choice([0, 1, 5, 130, 20_000])))
        elif key == "long_key_name":
            features[key].int64_list.value.extend(draw.randrange(-5, 1000) for _ in range(4))
        elif key == "numbers":
            features[key].int64_list.value.extend(draw.randrange(-5, 10**9) for _ in range(draw.randrange(5)))
        elif key == "texts":
            features[key].bytes_list.value.extend(b"q" * draw.randrange(5) for _ in range(draw.randrange(4)))
    return example.SerializeToString()


def parsed(texts):
    return {key: value.numpy() for key, value in tf.io.parse_example(texts, SPEC).items()}


def test_side_by_side_is_one_by_one(monkeypatch):
    draw = random.Random(0)
    texts = [record(draw) for _ in range(100)]
    together = parsed(texts)
    monkeypatch.setattr(parse, "MANY", 10**9)
    for key, value in parsed(texts).items():
        np.testing.assert_array_equal(together[key], value)


@pytest.mark.slow
def test_damaged_messages_are_errors_or_values():
    draw = random.Random(1)
    whole = [record(draw) for _ in range(40)]
    for _ in range(10_000 // 4):
        texts = draw.sample(whole, 17)
        damaged = bytearray(texts[3])
        for _ in range(draw.randrange(1, 4)):
            damaged[draw.randrange(len(damaged))] = draw.randrange(256)
        texts[3] = bytes(damaged[: draw.randrange(len(damaged) + 1)])
        try:
            parsed(texts)
        except tf.errors.InvalidArgumentError as error:
            assert str(error)
