"""Random wrong calls: each returns or ends in one of TensorFlow's error classes, with a message; nothing leaks out."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import tapeflow as tf

FUNCTIONS = (
    "abs add argmax argsort boolean_mask broadcast_to cast clip_by_norm clip_by_value concat cumsum "
    "divide einsum expand_dims eye fill gather gather_nd identity linspace matmul maximum meshgrid norm "
    "one_hot ones ones_like pad pow range rank reduce_logsumexp reduce_max reduce_mean reduce_prod "
    "reduce_sum repeat reshape reverse roll scatter_nd searchsorted sequence_mask shape size slice sort "
    "split squeeze stack strided_slice tensor_scatter_nd_add tensordot tile transpose unique unstack "
    "where zeros linalg.band_part linalg.cholesky linalg.det linalg.diag linalg.diag_part linalg.inv "
    "linalg.lstsq linalg.matvec linalg.qr linalg.set_diag linalg.solve linalg.svd linalg.trace "
    "linalg.triangular_solve math.bincount math.cumprod math.erf math.in_top_k math.invert_permutation "
    "math.lgamma math.log math.polyval math.segment_sum math.sigmoid math.special.dawsn math.sqrt "
    "math.tanh math.top_k math.unsorted_segment_sum math.xlogy bitwise.bitwise_and bitwise.left_shift "
    "random.normal random.shuffle random.stateless_normal random.stateless_uniform random.uniform "
    "constant convert_to_tensor Variable TensorShape TensorSpec nest.flatten dtypes.as_dtype "
).split()
# Large enough to be wrong, small enough not to be tried.
SIZES = st.sampled_from([0, 1, 2, 3, -1, -2, 7, 2**31, -(2**31), 2**40])
NUMBERS = st.one_of(SIZES, st.floats(-5, 5), st.sampled_from([float("nan"), float("inf"), 1 + 2j, True, None]))
TEXTS = st.sampled_from(["a", "", "ij,jk->ik", "ij->ji", "float32", b"\xff\xfe", b"abc", "é"])
DTYPES = st.sampled_from([tf.float32, tf.int32, tf.bool, tf.string, tf.complex64, tf.bfloat16, tf.uint8, tf.int64])


@st.composite
def tensors(draw):
    """A tensor of few elements, any dtype, any small shape."""
    shape = draw(st.lists(st.integers(0, 3), max_size=3))
    dtype = draw(DTYPES)
    if dtype is tf.string:
        return tf.constant(np.full(shape, b"\xffx", object), shape=shape, dtype=tf.string)
    return tf.cast(tf.constant(np.arange(np.prod(shape)).reshape(shape) - 1.0), dtype)


ARGUMENTS = st.one_of(
    tensors(), tensors(), NUMBERS, TEXTS, DTYPES, st.lists(NUMBERS, max_size=3), st.lists(tensors(), max_size=3),
    st.lists(st.lists(st.integers(-2, 3), max_size=3), max_size=3), st.dictionaries(TEXTS, NUMBERS, max_size=1),
    st.just(object()),
)  # fmt: skip


def function(name):
    """The function of a dotted name."""
    found = tf
    for part in name.split("."):
        found = getattr(found, part)
    return found


def is_huge(argument):
    """Whether a call could honestly ask for more memory than there is."""
    if isinstance(argument, (list, tuple)):
        return any(map(is_huge, argument))
    return isinstance(argument, int) and abs(argument) > 10**6


@pytest.mark.parametrize("name", FUNCTIONS)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(arguments=st.lists(ARGUMENTS, min_size=0, max_size=4))
def test_a_wrong_call_ends_in_a_helpful_error(name, arguments):
    try:
        function(name)(*arguments)
    except tf.errors.OpError as error:
        assert error.message
    except (TypeError, ValueError) as error:
        assert type(error) in (TypeError, ValueError), f"{type(error).__name__} is not an error of TensorFlow's"
        assert str(error)
    except MemoryError:
        assert any(map(is_huge, arguments))
