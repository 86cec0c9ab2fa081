"""`tf.random` beyond the numbers that the parity cases hold: paths that must agree, streams, gradients."""

import numpy as np
import pytest
from scipy import special

import tapeflow as tf
from tapeflow.core.base import random_seed
from tapeflow.core.base.settings import settings
from tapeflow.core.engines import xla
from tapeflow.core.ops import registry
from tapeflow.core.ops.defs import random_generator, random_stateful
from tapeflow.core.ops.gamma_derivative import digamma, gamma_derivative

SEED = [7, -3]


@pytest.fixture(autouse=True)
def fresh_seed():
    yield
    tf.random.set_seed(None)


# -- the short way for small draws and the way through ops ---------------------------------------


@pytest.mark.parametrize("name", ["stateless_uniform", "stateless_normal", "stateless_truncated_normal"])
@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
def test_a_shape_as_a_list_and_as_a_tensor_draw_the_same(name, dtype):
    draw = getattr(tf.random, name)
    by_list = draw([3, 5], SEED, dtype=dtype)
    by_tensor = draw(tf.constant([3, 5]), SEED, dtype=dtype)
    assert by_list.dtype is by_tensor.dtype
    np.testing.assert_array_equal(by_list.numpy(), by_tensor.numpy())


@pytest.mark.parametrize(
    "seed", [(7, -3), np.array([7, -3]), np.array([7, -3], np.int32), [np.int64(7), np.int64(-3)]]
)
def test_a_seed_means_the_same_in_every_form(seed):
    np.testing.assert_array_equal(
        tf.random.stateless_normal([4], seed).numpy(), tf.random.stateless_normal([4], SEED).numpy()
    )


@pytest.mark.parametrize("seed", [(7, -3), np.array([7, -3])])
def test_a_seed_as_a_tensor_means_the_same(seed):
    np.testing.assert_array_equal(
        tf.random.stateless_normal([4], tf.constant(seed)).numpy(),
        tf.random.stateless_normal([4], SEED).numpy(),
    )


def test_a_generator_draws_the_same_for_a_shape_as_a_tensor():
    one, other = (tf.random.Generator.from_seed(1) for _ in range(2))
    np.testing.assert_array_equal(one.normal([2, 3]).numpy(), other.normal(tf.constant([2, 3])).numpy())
    np.testing.assert_array_equal(one.state.numpy(), other.state.numpy())


def test_defaults_written_as_tensors_change_nothing():
    np.testing.assert_array_equal(
        tf.random.stateless_normal([9], SEED).numpy(),
        tf.random.stateless_normal([9], SEED, tf.constant(0.0), tf.constant(1.0)).numpy(),
    )


# -- the host and the compiler -------------------------------------------------------------------

STREAMED = [
    (random_stateful.random_uniform, ([3, 5],), {"dtype": "float32"}),
    (random_stateful.random_standard_normal, ([3, 5],), {"dtype": "float32"}),
    (random_stateful.random_standard_normal, ([3, 5],), {"dtype": "bfloat16"}),
    (random_stateful.truncated_normal, ([40, 5],), {"dtype": "float32"}),
    (random_stateful.random_uniform_int, ([9], -5, 12), {}),
    (random_stateful.random_shuffle, (np.arange(2500),), {}),
    (random_stateful.random_shuffle, (np.arange(20).reshape(10, 2),), {}),
    (random_stateful.multinomial, (np.float32([[0, 1, 2], [3, -np.inf, 1]]), 9), {}),
]


@pytest.mark.parametrize(("record", "args", "options"), STREAMED, ids=lambda x: getattr(x, "op_name", ""))
def test_a_stateful_op_compiles_to_the_same_numbers(record, args, options):
    seeds = {"seed": 91, "seed2": 7}
    tf.random.set_seed(1)
    drawn = [record(*args, **options, **seeds).numpy() for _ in range(2)]
    values, attrs = record._bind(args, options | seeds)
    inputs = [one.host for one in record._convert(values, attrs)]
    blocks = record.streamed.blocks(*inputs, **attrs)
    for call in range(2):
        counter = np.array([call * blocks, 7], np.uint64)
        with xla.jax.enable_x64(True):
            compiled = np.asarray(record.streamed.lower(np.array([91], np.uint64), counter, *inputs, **attrs))
        assert compiled.dtype == drawn[call].dtype
        np.testing.assert_array_equal(compiled, drawn[call])


@pytest.mark.parametrize("state", [[1, 2, 3], [-1, 5, -7], [-256, -1, 0]])
@pytest.mark.parametrize("delta", [0, 1, 1000, 2**63 + 9])
def test_a_generators_state_moves_on_alike_in_the_compiler(state, delta):
    state = np.array(state)
    with xla.jax.enable_x64(True):
        after, value = random_generator.rng_read_and_skip.advanced(state, 1, np.array(delta, np.uint64))
    np.testing.assert_array_equal(after, random_generator.skipped(state, delta))
    np.testing.assert_array_equal(value, state)


# -- seeds and streams ---------------------------------------------------------------------------


def test_stateless_functions_leave_the_program_s_stream_alone():
    tf.random.set_seed(3)
    expected = tf.random.normal([2]).numpy()
    tf.random.set_seed(3)
    tf.random.stateless_normal([5], SEED)
    tf.random.Generator.from_seed(1).normal([5])
    np.testing.assert_array_equal(tf.random.normal([2]).numpy(), expected)


def test_without_seeds_numbers_differ():
    assert (tf.random.uniform([8]).numpy() != tf.random.uniform([8]).numpy()).any()
    one, other = (tf.random.Generator.from_non_deterministic_state() for _ in range(2))
    assert (one.state.numpy() != other.state.numpy()).any()


def test_many_automatic_seeds_do_not_forget_a_stream_of_the_user():
    tf.random.set_seed(3)
    expected = [tf.random.uniform([2], seed=1).numpy() for _ in range(2)]
    tf.random.set_seed(3)
    first = tf.random.uniform([2], seed=1).numpy()
    for _ in range(5000):
        random_seed.take("op", *random_seed.get_seed(None), 1)
    np.testing.assert_array_equal([first, tf.random.uniform([2], seed=1).numpy()], expected)


def test_determinism_needs_seeds():
    settings.change(deterministic=True)
    try:
        with pytest.raises(RuntimeError, match="seed"):
            tf.random.normal([2])
        with pytest.raises(RuntimeError, match="determinism"):
            tf.random.Generator.from_non_deterministic_state()
    finally:
        settings.change(deterministic=False)


# -- generators ----------------------------------------------------------------------------------


def test_split_generators_differ_from_each_other_and_from_their_parent():
    parent = tf.random.Generator.from_seed(1)
    drawn = [g.normal([4]).numpy() for g in (*parent.split(3), parent)]
    assert len({tuple(numbers) for numbers in drawn}) == 4


def test_a_generator_needs_state_and_algorithm():
    with pytest.raises(AssertionError, match="from_seed"):
        tf.random.Generator()
    with pytest.raises(AssertionError, match="copy_from"):
        tf.random.Generator(copy_from=tf.random.Generator.from_seed(1), alg="philox")


def test_a_copy_shares_nothing():
    g = tf.random.Generator.from_seed(1)
    twin = tf.random.Generator(copy_from=g)
    g.skip(10)
    np.testing.assert_array_equal(twin.state.numpy(), [1, 0, 0])


def test_a_states_counter_carries():
    g = tf.random.Generator.from_state([-1, 5, 3], "philox")
    g.skip(1)
    np.testing.assert_array_equal(g.state.numpy(), [255, 6, 3])


def test_replicas_draw_numbers_of_their_own_from_their_generator():
    hooks = random_seed.hooks
    hooks.in_strategy = True
    drawn = []
    try:
        for replica in range(2):  # each has its copy of the state
            g = tf.random.Generator.from_seed(1)
            hooks.replica = replica
            drawn.append([g.normal([]).numpy(), g.normal(tf.constant([], tf.int32)).numpy()])
    finally:
        hooks.in_strategy, hooks.replica = False, None
    # As TensorFlow's MirroredStrategy draws them on two processors.
    np.testing.assert_array_equal(drawn, np.float32([[-0.87930447, -1.5822568], [0.020661574, 0.77539235]]))


# -- ThreeFry: uniform numbers and integers, as TensorFlow's compiler draws them -------------------


def test_threefry_draws_what_the_compiler_of_tensorflow_draws():
    draw = tf.random.stateless_uniform
    np.testing.assert_array_equal(
        draw([4], SEED, alg="threefry").numpy(), np.float32([0.31629384, 0.37061703, 0.7426939, 0.29505813])
    )
    np.testing.assert_array_equal(
        draw([9], SEED, -5, 12, "int32", alg="threefry").numpy(), [3, 6, 1, 2, 7, 9, -3, 6, 6]
    )
    np.testing.assert_array_equal(
        draw([9], SEED, -5, 12, "int64", alg="threefry").numpy(), [-3, 8, 4, 8, 4, 2, -2, 2, 0]
    )
    halves = draw([3], SEED, dtype="float16", alg="threefry").numpy()
    np.testing.assert_array_equal(halves, np.float16([0.892578125, 0.7744140625, 0.0732421875]))
    np.testing.assert_array_equal(
        draw([2], SEED, dtype="bfloat16", alg="threefry").numpy().astype(float), [0.314453125, 0.369140625]
    )
    np.testing.assert_array_equal(
        draw([2], SEED, dtype="float64", alg="threefry").numpy(), [0.37061709755014016, 0.29505822638578105]
    )


@pytest.mark.parametrize("name", ["stateless_normal", "stateless_truncated_normal"])
def test_threefry_does_not_draw_other_numbers(name):
    with pytest.raises(tf.errors.UnimplementedError, match="philox"):
        getattr(tf.random, name)([3], SEED, alg="threefry")


def test_a_threefry_generator_says_that_it_cannot_draw():
    with pytest.raises(tf.errors.UnimplementedError, match="ThreeFry"):
        tf.random.Generator.from_seed(1, alg="threefry").uniform([2])


@pytest.mark.parametrize("seed", [[1, 2], np.array([1, 2]), tf.constant([1, 2])])
def test_a_seed_of_two_numbers_is_refused_in_the_words_that_libraries_look_for(seed):
    with pytest.raises(TypeError, match="Expected int for argument 'seed2' not"):
        tf.random.normal([2], seed=seed)


# -- gradients -----------------------------------------------------------------------------------


def test_digamma_is_scipys():
    x = np.array([1e-3, 0.1, 0.5, 1, 2, 10, 100.0, 1e6])
    np.testing.assert_allclose(digamma(x), special.digamma(x), rtol=1e-13)


@pytest.mark.parametrize("quantile", [0.01, 0.1, 0.5, 0.9, 0.9999])
def test_the_derivative_of_a_gamma_sample_is_that_of_its_quantile(quantile):
    alpha = np.array([0.1, 0.5, 1, 2, 5, 10, 100, 1e3, 1e4])
    step = 1e-5 * alpha
    above, below = (special.gammaincinv(alpha + sign * step, quantile) for sign in (1, -1))
    sample = special.gammaincinv(alpha, quantile)
    np.testing.assert_allclose(gamma_derivative(alpha, sample), (above - below) / (2 * step), rtol=1e-6)


@pytest.mark.parametrize("alpha", [0.5, 3.0, 100.0, np.inf])
def test_the_derivative_of_a_gamma_sample_stops_when_it_is_settled(alpha, monkeypatch):
    looks = []
    monkeypatch.setattr(np, "count_nonzero", lambda x: looks.append(x.size) or int(x.sum()))
    gamma_derivative(alpha, np.linspace(0.1, 300.0, 1000))
    assert len(looks) < 200


def test_the_compiled_derivative_of_a_gamma_sample_agrees():
    record = registry.get("RandomGammaGrad")
    alpha, sample = np.float64([0.01, 0.5, 1, 10, 0, 1]), np.float64([0.001, 0.3, 1, 9, 1, -1])
    with xla.jax.enable_x64(True):
        compiled = np.asarray(record.lower(alpha, sample))
    np.testing.assert_allclose(compiled, gamma_derivative(alpha, sample), rtol=1e-9)


def test_a_gamma_gradient_of_a_batch_sums_over_the_samples():
    alpha = tf.constant([1.5, 3.0], tf.float64)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(alpha)
        drawn = tf.random.stateless_gamma([4, 2], SEED, alpha, dtype=tf.float64)
    whole = gamma_derivative(alpha.numpy(), drawn.numpy())
    np.testing.assert_allclose(tape.gradient(drawn, alpha).numpy(), whole.sum(axis=0))


# -- initializers --------------------------------------------------------------------------------


def test_an_initializer_of_its_config_makes_the_same():
    first = tf.random_normal_initializer(1.0, 2.0, seed=3)
    second = tf.random_normal_initializer.from_config(first.get_config())
    np.testing.assert_array_equal(first([5]).numpy(), second([5]).numpy())
