"""What is said when memory runs out."""

import pytest

import tapeflow as tf
from tapeflow.core.compile import out_of_memory
from tapeflow.core.compile.out_of_memory import Facts, Held, Running

GB = 1 << 30
HELD = [
    Held("variable dense/kernel", "float32", (1024, 1 << 20), 4 * GB),
    Held("variable adam/dense_kernel_momentum", "float32", (1024, 1 << 20), 4 * GB),
    Held("tensor", "float32", (), 4),
]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("RESOURCE_EXHAUSTED: Out of memory allocating 1125899906842624 bytes.", 1 << 50),
        ("RESOURCE_EXHAUSTED: Out of memory while trying to allocate 2.50GiB.", 5 << 29),
        ("RESOURCE_EXHAUSTED: Out of memory while trying to allocate 1024 bytes.", 1024),
        ("RESOURCE_EXHAUSTED: no more handles", 0),
    ],
)
def test_bytes_are_read_from_the_runtimes_message(text, expected):
    assert out_of_memory.requested_bytes(text) == expected


def test_largest_tensors_are_named_by_their_owners():
    message, _ = out_of_memory.words(Facts(2 * GB, GB, 80 * GB, HELD))
    assert message.splitlines() == [
        "out of memory: 2.0 GiB asked for, 1.0 GiB of 80.0 GiB free",
        "  largest tensors:",
        "      4.0 GiB  variable dense/kernel: float32 [1024, 1048576]",
        "      4.0 GiB  variable adam/dense_kernel_momentum: float32 [1024, 1048576]",
        "      4 bytes  tensor: float32 []",
    ]


@pytest.mark.parametrize(
    ("needs", "fixed", "batch", "free", "rows"),
    [
        (16 * GB, 0, 64, 8 * GB, 32),
        (16 * GB, 4 * GB, 64, 7 * GB, 16),
        (16 * GB, 0, 64, GB // 2, 2),
        (16 * GB, 0, 3, 15 * GB, 2),
        (16 * GB, 9 * GB, 64, 8 * GB, 0),
    ],
)
def test_batch_that_fits(needs, fixed, batch, free, rows):
    facts = Facts(needs, free, 80 * GB, [], Running("train", needs, fixed, batch))
    assert out_of_memory.fitting_batch(facts) == rows


def test_advice_says_the_batch():
    facts = Facts(16 * GB, 8 * GB, 80 * GB, [], Running("train", 16 * GB, 0, 64))
    message, hint = out_of_memory.words(facts)
    assert "by the compiled function 'train'" in message
    assert hint == "batches of about 32 rows instead of 64"


def test_advice_where_no_row_fits():
    facts = Facts(16 * GB, 8 * GB, 80 * GB, [], Running("train", 16 * GB, 9 * GB, 64))
    assert "not even one row fits" in out_of_memory.words(facts)[1]


def test_other_errors_stay_as_they_are():
    assert out_of_memory.explained(RuntimeError("INTERNAL: something")) is None


class Scores(tf.Module):
    def __init__(self):
        self.weights = tf.Variable(tf.ones([1, 1 << 10]), name="weights")

    @tf.function
    def pairs(self, x):
        return tf.matmul(tf.reverse(tf.matmul(x, x, transpose_b=True), [0]), x)


def test_function_that_needs_too_much_is_told_with_a_batch_that_fits():
    scores = Scores()
    rows = 1 << 21
    with pytest.raises(tf.errors.ResourceExhaustedError) as caught:
        scores.pairs(tf.ones([rows, 1])).numpy()
    message = str(caught.value)
    assert "16.0 TiB asked for by the compiled function 'pairs'" in message
    assert "largest tensors" in message
    assert f"rows instead of {rows}" in message


@pytest.mark.slow
def test_keras_variables_are_named_with_their_layer():
    layer = tf.keras.layers.Dense(4096, name="wide")
    layer.build((None, 4096))
    facts = out_of_memory.facts_of(0)
    (found,) = [one for one in facts.held if one.owner == "variable wide/kernel"]
    assert (found.dtype, found.shape, found.size) == ("float32", (4096, 4096), 1 << 26)

