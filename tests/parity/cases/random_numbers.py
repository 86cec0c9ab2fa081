"""Random numbers: the same ones as TensorFlow's CPU ops, from seeds, global seeds and generators."""

import numpy as np

from tests.parity.case import Family, attribute
from tests.parity.values import FLOATS

case = Family(__name__)

SEED = [7, -3]
# Shapes at the edges of a block of four words, and one beyond the plain-Python path.
SHAPES = ([], [0], [1], [3], [2, 3], [5, 0, 2], [41], [3, 4, 5])


def draw(tf, name, shape, *args, **options):
    """`tf.random.stateless_<name>` with the seed of most cases."""
    return attribute(tf.random, f"stateless_{name}")(shape, SEED, *args, **options)


def bounded(tf, shape, *bounds):
    return draw(tf, "parameterized_truncated_normal", shape, *bounds)


def raw_bounded(tf, shape, means, seed):
    """Parameterized truncated normals from the stateful op."""
    op = tf.raw_ops.ParameterizedTruncatedNormal
    return op(shape=shape, means=means, stdevs=1.0, minvals=-1.0, maxvals=3.0, seed=seed, seed2=1)


def sample(tf, name, *args, **options):
    """`tf.random.<name>_candidate_sampler` for one row of true classes 1 and 2."""
    return list(attribute(tf.random, f"{name}_candidate_sampler")([[1, 2]], 2, *args, **options))


def fixed(tf, range_max, **options):
    return sample(tf, "fixed_unigram", 4, False, range_max, unigrams=WEIGHTS, seed=64, **options)


def raw_uniform(tf, key, counter):
    key, counter = tf.constant(key, tf.uint64), tf.constant(counter, tf.uint64)
    return tf.raw_ops.StatelessRandomUniformV2(shape=[2], key=key, counter=counter, alg=1)


def gamma_grad(tf, alpha, sample):
    alpha, sample = tf.constant(alpha, tf.float64), tf.constant(sample, tf.float64)
    return tf.raw_ops.RandomGammaGrad(alpha=alpha, sample=sample)


def accidental_hits(tf, true_classes, sampled):
    op = tf.raw_ops.ComputeAccidentalHits
    return list(op(true_classes=true_classes, sampled_candidates=sampled, num_true=2))


WEIGHTS = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]


def seeded(tf, function, *args, seed=5, calls=2, **options):
    """What a few calls of `tf.random.<function>` give after `set_seed`."""
    tf.random.set_seed(seed)
    return [attribute(tf.random, function)(*args, **options) for _ in range(calls)]


def generator(tf, seed=1):
    return tf.random.Generator.from_seed(seed)


def states(tf, generators):
    return [g.state.numpy() for g in generators]


# -- stateless -----------------------------------------------------------------------------------

for name in ("stateless_uniform", "stateless_normal", "stateless_truncated_normal"):
    for dtype in FLOATS:
        for shape in SHAPES:
            case(
                f"{name}/{dtype}_{shape}",
                lambda tf, n=name, s=shape, d=dtype: getattr(tf.random, n)(s, SEED, dtype=d),
            )
for dtype in ("int32", "int64", "uint32", "uint64"):
    case(
        f"stateless_uniform/full_{dtype}",
        lambda tf, d=dtype: tf.random.stateless_uniform([2, 3], SEED, None, None, d),
    )
for dtype in ("int32", "int64"):
    for low, high in ((-5, 12), (0, 16), (0, 1), (-(2**31), 2**31 - 1)):
        case(
            f"stateless_uniform/{dtype}_{low}_{high}",
            lambda tf, d=dtype, l=low, h=high: tf.random.stateless_uniform([7], SEED, l, h, d),
        )

case.table("""
    stateless_uniform/bounds: tf.random.stateless_uniform([3], SEED, -1.0, 3.0)
    stateless_uniform/bounds_broadcast: tf.random.stateless_uniform([2], SEED, [1.0, 2.0], [3.0, 4.0])
    stateless_uniform/integer_bounds_of_floats: tf.random.stateless_uniform([3], SEED, 2, 5)
    stateless_uniform/maxval_of_one: tf.random.stateless_uniform([3], SEED, 0, 1)
    stateless_uniform/seed_int64: tf.random.stateless_uniform([3], tf.constant([2**40, -(2**50)]))
    stateless_uniform/seed_tuple: tf.random.stateless_uniform([3], (1, 2))
    stateless_uniform/seed_numpy: tf.random.stateless_uniform([3], np.array([1, 2], np.int64))
    stateless_uniform/seed_of_three: tf.random.stateless_uniform([3], [1, 2, 3])  # raises: seed, 2, 3
    stateless_uniform/seed_scalar: tf.random.stateless_uniform([3], 1)  # raises: seed
    stateless_uniform/seed_float: tf.random.stateless_uniform([3], [1.0, 2.0])  # raises: float
    stateless_uniform/seed_matrix: tf.random.stateless_uniform([3], [[1, 2]])  # raises: seed
    stateless_uniform/seed_none: tf.random.stateless_uniform([3], None)  # raises: None
    stateless_uniform/shape_tensor: tf.random.stateless_uniform(tf.constant([2, 2], tf.int64), SEED)
    stateless_uniform/shape_of_tensors: tf.random.stateless_uniform([tf.constant(2), 1], SEED)
    stateless_uniform/shape_TensorShape: tf.random.stateless_uniform(tf.TensorShape([2]), SEED)
    stateless_uniform/shape_unknown: tf.random.stateless_uniform(tf.TensorShape([None]), SEED)  # raises: None
    stateless_uniform/shape_scalar: tf.random.stateless_uniform(3, SEED)  # raises: shape, vector
    stateless_uniform/shape_negative: tf.random.stateless_uniform([-2], SEED)  # raises: -2
    stateless_uniform/shape_float: tf.random.stateless_uniform([2.0], SEED)  # raises: float
    stateless_uniform/one_bound_of_integers: draw(tf, "uniform", [2], dtype=tf.int32)  # raises: minval
    stateless_uniform/no_bounds_of_floats: tf.random.stateless_uniform([2], SEED, None, None)  # raises: None
    stateless_uniform/unsigned_bounds: draw(tf, "uniform", [2], 0, 5, tf.uint32)  # raises: uint32
    stateless_uniform/bounds_turned: tf.random.stateless_uniform([2], SEED, 5, 3, tf.int32)  # raises: 5, 3
    stateless_uniform/bounds_turned_of_nothing: tf.random.stateless_uniform([0], SEED, 5, 3, tf.int32)
    stateless_uniform/wrong_dtype: tf.random.stateless_uniform([2], SEED, dtype=tf.int8)  # raises: int8
    stateless_uniform/philox: tf.random.stateless_uniform([2], SEED, alg="philox")
    stateless_uniform/philox_enum: tf.random.stateless_uniform([2], SEED, alg=tf.random.Algorithm.PHILOX)
    stateless_uniform/philox_number: tf.random.stateless_uniform([2], SEED, alg=1)
    stateless_uniform/alg_none: tf.random.stateless_uniform([2], SEED, alg=None)
    stateless_uniform/alg_unknown: tf.random.stateless_uniform([2], SEED, alg="dice")  # raises: dice, philox
    stateless_uniform/alg_wrong_number: tf.random.stateless_uniform([2], SEED, alg=7)  # raises: 7
    stateless_uniform/alg_float: tf.random.stateless_uniform([2], SEED, alg=1.5)  # raises: 1.5
    stateless_normal/mean_and_stddev: tf.random.stateless_normal([3], SEED, 1.0, 2.0)
    stateless_normal/broadcast: tf.random.stateless_normal([2], SEED, [1.0, 2.0], [[1.0], [2.0]])
    stateless_normal/integer_mean: tf.random.stateless_normal([2], SEED, 1)
    stateless_normal/integer_dtype: draw(tf, "normal", [2], dtype=tf.int32)  # raises: 0.0, int32
    stateless_normal/wrong_mean: draw(tf, "normal", [2], tf.constant(1.0, tf.float64))  # raises: float64
    stateless_truncated_normal/mean_and_stddev: tf.random.stateless_truncated_normal([9], SEED, 1.0, 2.0)
    stateless_gamma/parameters: tf.random.stateless_gamma([20, 3], SEED, [0.5, 1.0, 20.0])
    stateless_gamma/beta: tf.random.stateless_gamma([4, 2, 3], SEED, [0.5, 1.0, 20.0], [[2.0], [3.0]])
    stateless_gamma/float64: tf.random.stateless_gamma([20, 2], SEED, [0.5, 5.0], dtype=tf.float64)
    stateless_gamma/float16: tf.random.stateless_gamma([20, 2], SEED, [0.5, 5.0], dtype=tf.float16)
    stateless_gamma/integer_alpha: tf.random.stateless_gamma([3], SEED, 2)
    stateless_gamma/tiny: tf.random.stateless_gamma([30], SEED, 1e-3)
    stateless_gamma/wrong_shape: tf.random.stateless_gamma([2], SEED, [1.0, 2.0, 3.0])  # raises: shape, end
    stateless_gamma/wrong_dtype: tf.random.stateless_gamma([2], SEED, 1.0, dtype=tf.int32)  # raises: int32
    stateless_poisson/rates: tf.random.stateless_poisson([20, 4], SEED, [0.5, 5.0, 15.0, 1000.0])
    stateless_poisson/float32: tf.random.stateless_poisson([5], SEED, 5.0, dtype=tf.float32)
    stateless_poisson/integer_rate: tf.random.stateless_poisson([5], SEED, 5)
    stateless_poisson/empty: tf.random.stateless_poisson([0], SEED, 5.0)
    stateless_poisson/wrong_shape: draw(tf, "poisson", [2], [1.0, 2.0, 3.0])  # raises: shape, end
    stateless_binomial/parameters: draw(tf, "binomial", [9, 3], [10.0, 100.0, 1e4], [0.5, 0.9, 0.01])
    stateless_binomial/broadcast: draw(tf, "binomial", [5, 3, 2], [[10.0], [20.0], [300.0]], [0.2, 0.6])
    stateless_binomial/integer_counts: tf.random.stateless_binomial([5], SEED, 10, 0.5)
    stateless_binomial/float16: tf.random.stateless_binomial([5], SEED, 10.0, 0.5, tf.float16)
    stateless_binomial/edges: draw(tf, "binomial", [2, 4], [0.0, 5.0, 5.0, -1.0], [0.5, 0.0, 1.0, 0.5])
    stateless_binomial/nan: tf.random.stateless_binomial([2], SEED, 10.0, float("nan"), tf.float32)
    stateless_binomial/wrong_shape: draw(tf, "binomial", [2], [1.0, 2.0, 3.0], 0.5)  # raises: shape, end
    stateless_binomial/incompatible: draw(tf, "binomial", [2], [1.0, 2.0, 3.0], [0.5, 0.5])  # raises: counts
    stateless_binomial/wrong_dtype: draw(tf, "binomial", [2], 10.0, 0.5, tf.int8)  # raises: int8
    categorical_of_seed/rows: tf.random.stateless_categorical([[1.0, 2.0, 0.0], [0.0, -5.0, 3.0]], 9, SEED)
    categorical_of_seed/int32: tf.random.stateless_categorical([[1.0, 2.0]], 3, SEED, tf.int32)
    categorical_of_seed/vector: tf.random.stateless_categorical([1.0, 2.0], 3, SEED)  # raises: matrix, 2
    categorical_of_seed/negative: tf.random.stateless_categorical([[1.0, 2.0]], -1, SEED)  # raises: -1
    categorical_of_seed/no_classes: tf.random.stateless_categorical(tf.zeros([2, 0]), 3, SEED)  # raises
    categorical_of_seed/no_rows: tf.random.stateless_categorical(tf.zeros([0, 2]), 3, SEED)
    categorical_of_seed/no_samples: tf.random.stateless_categorical(tf.zeros([1, 2]), 0, SEED)
    categorical_of_seed/wrong_dtype: tf.random.stateless_categorical([[1.0]], 3, SEED, "float32")  # raises
    truncated_between/defaults: bounded(tf, [5])
    truncated_between/broadcast: bounded(tf, [4, 2, 3], [0.0, 1.0, 2.0], [[1.0], [2.0]], -1.0, [1.0, 4, 9])
    truncated_between/tail: bounded(tf, [9], 0.0, 1.0, 3.0, float("inf"))
    truncated_between/empty: bounded(tf, [0])
    truncated_between/scalar: bounded(tf, [])
    truncated_between/wrong_bounds: bounded(tf, [2], 0.0, 1.0, 3.0, 2.0)  # raises: parameters
    truncated_between/integers: bounded(tf, [2], 0, 1, -2, 2)  # raises: int32
    split/two: tf.random.split([1, 2])
    split/three: tf.random.split([1, 2], 3)
    split/int64: tf.random.split(tf.constant([1, 2], tf.int64), 2)
    split/none: tf.random.split([1, 2], 0)
    split/older_name: tf.random.experimental.stateless_split([1, 2], 2, alg="philox")
    fold_in/int32: tf.random.fold_in([1, 2], 3)
    fold_in/int64: tf.random.fold_in([1, 2], tf.constant(3, tf.int64))
    fold_in/older_name: tf.random.experimental.stateless_fold_in([1, 2], 3)
    fold_in/vector: tf.random.fold_in([1, 2], [3])  # raises
    stateless_shuffle/vector: tf.random.experimental.stateless_shuffle(tf.range(9), SEED)
    stateless_shuffle/matrix: tf.random.experimental.stateless_shuffle(np.arange(20).reshape(10, 2), SEED)
    stateless_shuffle/scalar: tf.random.experimental.stateless_shuffle(3, SEED)
    stateless_shuffle/text: tf.random.experimental.stateless_shuffle(["a", "b", "c"], SEED)
    index_shuffle/scalar: tf.random.experimental.index_shuffle(3, [1, 2], 9)
    index_shuffle/vector: tf.random.experimental.index_shuffle([3, 4], [1, 2], 9)
    index_shuffle/beyond: tf.random.experimental.index_shuffle(10, [1, 2], 9)  # raises: max_index, 9, 10
    random_index_shuffle/seeds: tf.random_index_shuffle([3, 4], [[1, 2, 3], [4, 5, 6]], [9, 10])
    random_index_shuffle/large: tf.random_index_shuffle(np.int64(3), [1, 2, 3], np.int64(2**40), 8)
    random_index_shuffle/negative: tf.random_index_shuffle(-1, [1, 2, 3], 9)  # raises: index, -1
    random_index_shuffle/wrong_seed: tf.random_index_shuffle(3, [1, 2], 9)  # raises: Seed, 3
""")

# -- stateful ------------------------------------------------------------------------------------

case.table("""
    normal/seeded: seeded(tf, "normal", [3])
    normal/float64: seeded(tf, "normal", [3], dtype=tf.float64)
    normal/bfloat16: seeded(tf, "normal", [3], dtype=tf.bfloat16)
    normal/mean_and_stddev: seeded(tf, "normal", [3], 1.0, 2.0)
    normal/op_seed: seeded(tf, "normal", [3], seed=3, calls=3)
    normal/scalar: seeded(tf, "normal", [])
    normal/empty: seeded(tf, "normal", [0, 3])
    normal/large: seeded(tf, "normal", [3, 17])
    normal/shape_scalar: tf.random.normal(3)  # raises: shape, vector
    normal/shape_negative: tf.random.normal([-1])  # raises: -1
    normal/shape_float: tf.random.normal([2.5])  # raises: float
    normal/shape_none: tf.random.normal(None)  # raises: None
    normal/shape_matrix: tf.random.normal([[2]])  # raises: shape, [1,1]
    normal/integer_dtype: tf.random.normal([2], dtype=tf.int32)  # raises: 0.0
    normal/wrong_mean: tf.random.normal([2], mean="a")  # raises
    normal/wrong_broadcast: tf.random.normal([2], mean=[1.0, 2.0, 3.0])  # raises: Incompatible
    truncated_normal/seeded: seeded(tf, "truncated_normal", [9])
    truncated_normal/float64: seeded(tf, "truncated_normal", [9], dtype=tf.float64)
    truncated_normal/mean_and_stddev: seeded(tf, "truncated_normal", [9], 1.0, 2.0)
    uniform/seeded: seeded(tf, "uniform", [3])
    uniform/float16: seeded(tf, "uniform", [3], dtype=tf.float16)
    uniform/bounds: seeded(tf, "uniform", [3], -1.0, 3.0)
    uniform/maxval: seeded(tf, "uniform", [3], 0, 1.5)
    uniform/minval: seeded(tf, "uniform", [3], 0.5)
    uniform/bounds_turned: seeded(tf, "uniform", [3], 5.0, 3.0)
    uniform/int32: seeded(tf, "uniform", [3], 0, 10, tf.int32)
    uniform/int64: seeded(tf, "uniform", [3], -(2**40), 2**50, tf.int64)
    uniform/int_bounds_turned: tf.random.uniform([2], 5, 3, dtype=tf.int32)  # raises: 5, 3
    uniform/int_bounds_turned_of_nothing: tf.random.uniform([0], 5, 3, dtype=tf.int32)
    uniform/int_without_maxval: tf.random.uniform([2], dtype=tf.int32)  # raises: maxval
    uniform/int_vector_bounds: tf.random.uniform([2], [1, 2], [3, 4], dtype=tf.int32)  # raises: minval, 0-D
    uniform/unsigned: tf.random.uniform([2], 0, 3, tf.uint32)  # raises: uint32
    shuffle/vector: seeded(tf, "shuffle", [1, 2, 3, 4, 5])
    shuffle/matrix: seeded(tf, "shuffle", [[1, 2], [3, 4], [5, 6]], seed=2)
    shuffle/scalar: seeded(tf, "shuffle", 3)
    shuffle/empty: seeded(tf, "shuffle", [])
    shuffle/text: seeded(tf, "shuffle", ["a", "b", "c"], seed=2)
    categorical/seeded: seeded(tf, "categorical", [[1.0, 2.0, 0.0], [0.0, -5.0, 3.0]], 9)
    categorical/op_seed: seeded(tf, "categorical", [[1.0, 2.0, 0.0], [0.0, -5.0, 3.0]], 9, seed=2, calls=3)
    categorical/int32: seeded(tf, "categorical", [[1.0, 2.0]], 3, dtype=tf.int32)
    categorical/vector: tf.random.categorical([1.0, 2.0], 3)  # raises: matrix
    categorical/vector_of_samples: tf.random.categorical([[1.0, 2.0]], [3])  # raises: num_samples, scalar
    categorical/float_samples: tf.random.categorical([[1.0, 2.0]], 2.5)  # raises: 2.5
    gamma/seeded: seeded(tf, "gamma", [5], [0.5, 2.0])
    gamma/op_seed: seeded(tf, "gamma", [5], [0.5, 2.0], seed=2, calls=3)
    gamma/beta: seeded(tf, "gamma", [2], [1.0, 2.0], [[1.0], [2.0]])
    gamma/float64: seeded(tf, "gamma", [5], [0.5, 2.0], dtype=tf.float64)
    gamma/scalar: seeded(tf, "gamma", [], 1.0)
    gamma/empty: seeded(tf, "gamma", [2], [])
    gamma/negative: seeded(tf, "gamma", [2], -1.0)
    gamma/shape_scalar: tf.random.gamma(2, 1.0)  # raises: shape, vector
    gamma/wrong_alpha: tf.random.gamma([2], tf.constant(1.0, tf.float64))  # raises: float64
    poisson/seeded: seeded(tf, "poisson", [9], [0.5, 5.0, 15.0])
    poisson/op_seed: seeded(tf, "poisson", [9], [0.5, 5.0, 15.0], seed=2, calls=3)
    poisson/int32: seeded(tf, "poisson", [3], 5.0, tf.int32)
    poisson/integer_rate: seeded(tf, "poisson", [3], 5)
    poisson/empty: seeded(tf, "poisson", [0], [1.0])
    poisson/wrong_dtype: tf.random.poisson([2], 1.0, tf.uint8)  # raises: uint8
    set_seed/zero: seeded(tf, "uniform", [3], seed=0)
    set_seed/negative: seeded(tf, "uniform", [3], seed=-1)
    set_seed/large: seeded(tf, "uniform", [3], seed=2**40 + 1)
""")


@case("set_seed/sequence_of_ops")
def sequence(tf):
    tf.random.set_seed(1234)
    r = tf.random
    return [r.normal([2]), r.uniform([3], 0, 100, tf.int32), r.shuffle([1, 2, 3, 4]), r.truncated_normal([3]),
            r.categorical([[0.5, 0.5]], 4), r.gamma([2], 2.0), r.poisson([2], 3.0)]  # fmt: skip


@case("set_seed/op_seeds_are_streams_of_their_own")
def streams(tf):
    tf.random.set_seed(5)
    r = tf.random
    first = [r.uniform([2], seed=1), r.uniform([3], seed=1), r.normal([2], seed=1), r.uniform([2], seed=1)]
    other = [r.uniform([2], seed=1, dtype=tf.float64), r.uniform(tf.constant([2], tf.int64), seed=1)]
    tf.random.set_seed(5)
    return first + other + [r.uniform([2], seed=1)]


@case("set_seed/op_seed_without_global_seed")
def without(tf):
    tf.random.set_seed(None)
    return [tf.random.uniform([3], seed=8), tf.random.uniform([3], seed=8)]


@case("set_seed/tensor")
def seed_of_a_tensor(tf):
    tf.random.set_seed(np.int64(7))
    return tf.random.uniform([2])


@case("gradient/stateless_gamma", loose=10)
def gamma_gradient(tf):
    alpha, beta = tf.constant([0.5, 1.0, 3.0, 50.0]), tf.constant([1.0, 2.0, 3.0, 4.0])
    with tf.GradientTape() as tape:
        tape.watch([alpha, beta])
        drawn = tf.random.stateless_gamma([6, 4], SEED, alpha, beta)
    return tape.gradient(drawn, [alpha, beta])


@case("gradient/gamma", loose=10)
def stateful_gamma_gradient(tf):
    tf.random.set_seed(5)
    alpha = tf.constant([[0.5, 1.0], [3.0, 50.0]], tf.float64)
    with tf.GradientTape() as tape:
        tape.watch(alpha)
        drawn = tf.random.gamma([7], alpha, dtype=tf.float64)
    return tape.gradient(drawn, alpha)


@case("gradient/normal_through_parameters")
def normal_gradient(tf):
    mean, stddev = tf.constant(1.0), tf.constant(2.0)
    with tf.GradientTape() as tape:
        tape.watch([mean, stddev])
        drawn = tf.random.stateless_normal([5], SEED, mean, stddev)
    return tape.gradient(drawn, [mean, stddev])


@case("gradient/parameterized_truncated_normal", loose=50)
def bounded_gradient(tf):
    parameters = [tf.constant(v) for v in (0.5, 2.0, -1.0, 3.0)]
    with tf.GradientTape() as tape:
        tape.watch(parameters)
        drawn = tf.random.stateless_parameterized_truncated_normal([9], SEED, *parameters)
    return tape.gradient(drawn, parameters)


@case("gradient/none_through_the_numbers")
def no_gradient(tf):
    x = tf.constant([[1.0, 2.0]])
    with tf.GradientTape() as tape:
        tape.watch(x)
        drawn = tf.cast(tf.random.stateless_categorical(x, 3, SEED), tf.float32)
    return tape.gradient(drawn, x)


# -- generators ----------------------------------------------------------------------------------

case.table("""
    generator/normal: generator(tf).normal([2, 3])
    generator/normal_mean: generator(tf).normal([3], 1.0, 2.0)
    generator/normal_float64: generator(tf).normal([3], dtype=tf.float64)
    generator/uniform: generator(tf).uniform([5])
    generator/uniform_bounds: generator(tf).uniform([5], -1.0, 3.0)
    generator/uniform_int: generator(tf).uniform([5], 0, 10, tf.int32)
    generator/uniform_full_range: generator(tf).uniform([5], None, None, tf.int64)
    generator/uniform_one_bound: generator(tf).uniform([5], dtype=tf.int32)  # raises: minval, maxval
    generator/uniform_full_int: generator(tf).uniform_full_int([3])
    generator/truncated_normal: generator(tf).truncated_normal([9])
    generator/binomial: generator(tf).binomial([9], 10.0, 0.5)
    generator/binomial_broadcast: generator(tf).binomial([4, 2], [10.0, 100.0], 0.9)
    generator/scalar: generator(tf).normal([])
    generator/empty: generator(tf).normal([0])
    generator/shape_tensor: generator(tf).normal(tf.constant([2, 2]))
    generator/shape_scalar: generator(tf).normal(3)  # raises: shape
    generator/make_seeds: generator(tf).make_seeds(3)
    generator/split: states(tf, generator(tf).split(3))
    generator/split_one: states(tf, generator(tf).split())
    generator/skip: (lambda g: [g.skip(3), g.state.numpy(), g.normal([2])])(generator(tf))
    generator/key: generator(tf, [1, 2, 3]).key
    generator/algorithm: generator(tf).algorithm
    generator/seed_large: generator(tf, 2**130 + 2**65 + 5).state.numpy()
    generator/seed_negative: generator(tf, -1).state.numpy()
    generator/seed_vector: generator(tf, [1, 2]).state.numpy()
    generator/from_state: tf.random.Generator.from_state([1, 2, 3], "philox").normal([2])
    generator/from_state_unsigned: tf.random.Generator.from_state([2**64 - 1, 2**63, 3], 1).state.numpy()
    generator/from_state_short: tf.random.Generator.from_state([1, 2], "philox")  # raises: 2, 3, incompatible
    generator/from_key_counter: tf.random.Generator.from_key_counter(3, [1, 2], "philox").normal([2])
    generator/from_key_counter_wrong: tf.random.Generator.from_key_counter([3], [1, 2], "philox")  # raises
    generator/threefry_state: tf.random.Generator.from_seed(5, "threefry").state.numpy()
    generator/wrong_algorithm: tf.random.Generator.from_seed(5, "dice")  # raises: dice
    generator/non_deterministic: tf.random.Generator.from_non_deterministic_state().state.shape
    create_rng_state/integer: tf.random.create_rng_state(1234, "philox")
    create_rng_state/vector: tf.random.create_rng_state([1, 2, 3, 4], "philox")
    create_rng_state/threefry: tf.random.create_rng_state(1, "threefry")
    create_rng_state/unsigned: tf.random.create_rng_state([2**63, 5], "philox")
    create_rng_state/without_algorithm: tf.random.create_rng_state(1, None)  # raises: None
""")


@case("generator/goes_on")
def goes_on(tf):
    g = generator(tf)
    drawn = [
        g.normal([3]),
        g.uniform([2], 0, 9, tf.int32),
        g.binomial([3], 9.0, 0.5),
        g.truncated_normal([2]),
    ]
    return [*drawn, g.state.numpy(), g.make_seeds(), g.state.numpy()]


@case("generator/copy")
def copy(tf):
    g = generator(tf)
    twin = tf.random.Generator(copy_from=g)
    return [g.normal([2]), twin.normal([2]), g.normal([2])]


@case("generator/reset")
def reset(tf):
    g = generator(tf)
    drawn = []
    for again in (lambda: g.reset_from_seed(7), lambda: g.reset([1, 2, 3]),
                  lambda: g.reset_from_key_counter(5, [6, 7])):  # fmt: skip
        again()
        drawn += [g.state.numpy(), g.uniform([2])]
    return drawn


@case("generator/variable_as_state")
def variable_state(tf):
    state = tf.Variable([1, 2, 3], dtype=tf.int64)
    g = tf.random.Generator.from_state(state, "philox")
    g.normal([2])
    return state.numpy()


@case("generator/global")
def global_generator(tf):
    tf.random.set_global_generator(generator(tf))
    return [
        tf.random.get_global_generator().normal([2]),
        tf.random.experimental.get_global_generator().normal([2]),
    ]


# -- ops -----------------------------------------------------------------------------------------

case.table("""
    raw/key_counter: list(tf.raw_ops.StatelessRandomGetKeyCounter(seed=SEED))
    raw/key_counter_alg: list(tf.raw_ops.StatelessRandomGetKeyCounterAlg(seed=SEED))
    raw/alg: tf.raw_ops.StatelessRandomGetAlg()
    raw/uniform_v1: tf.raw_ops.StatelessRandomUniform(shape=[5], seed=SEED)
    raw/normal_v1: tf.raw_ops.StatelessRandomNormal(shape=[5], seed=SEED)
    raw/truncated_normal_v1: tf.raw_ops.StatelessTruncatedNormal(shape=[5], seed=SEED)
    raw/full_int_v1: tf.raw_ops.StatelessRandomUniformFullInt(shape=[5], seed=SEED)
    raw/int_v1: tf.raw_ops.StatelessRandomUniformInt(shape=[5], seed=SEED, minval=0, maxval=9)
    raw/gamma_v2: tf.raw_ops.StatelessRandomGammaV2(shape=[5], seed=SEED, alpha=0.5)
    raw/stateful: [tf.raw_ops.RandomUniform(shape=[3], dtype=tf.float32, seed=51, seed2=i) for i in (1, 2, 1)]
    raw/parameterized_truncated_normal: [raw_bounded(tf, [3, 50], 0.0, 52) for _ in range(2)]
    raw/parameterized_truncated_normal_vectors: raw_bounded(tf, [3, 5], [0.0, 1.0, 2.0], 53)
    raw/key_shape: raw_uniform(tf, [1, 2], [1, 2])  # raises: key, [2]
    raw/gamma_grad: gamma_grad(tf, [0.01, 0.5, 1.0, 2.0, 10.0, 100.0], [0.001, 0.3, 1.0, 2.0, 9.0, 110.0])
    raw/gamma_grad_edges: gamma_grad(tf, [0.0, -1.0, float("nan"), 1.0], [0.3, 1.0, 2.0, -1.0])
    raw/accidental_hits: accidental_hits(tf, [[1, 2], [3, 1]], [3, 5, 1])
    candidates/uniform: sample(tf, "uniform", 4, True, 9, seed=61)[0]
    candidates/log_uniform: sample(tf, "log_uniform", 4, False, 9, seed=62)
    candidates/fixed: sample(tf, "fixed_unigram", 4, False, 7, unigrams=WEIGHTS, seed=63)[0]
    candidates/fixed_reserved: fixed(tf, 8, num_reserved_ids=1, distortion=0.75)
    candidates/learned: [sample(tf, "learned_unigram", 4, False, 9, seed=65) for _ in range(3)]
    candidates/all: sample(tf, "all", 4, True)
    candidates/out_of_range: tf.random.uniform_candidate_sampler([[1, 20]], 2, 4, True, 9)  # raises: 20, 9
    candidates/wrong_columns: tf.random.uniform_candidate_sampler([[1]], 2, 4, True, 9)  # raises: num_true
    candidates/range_too_small: tf.random.uniform_candidate_sampler([[1]], 1, 10, True, 9)  # raises: range
    candidates/no_weights: tf.random.fixed_unigram_candidate_sampler([[1]], 1, 2, True, 9)  # raises: unigrams
    candidates/wrong_weights: fixed(tf, 9)  # raises: 9, 7
""")

# -- initializers --------------------------------------------------------------------------------

case.table("""
    initializer/zeros: tf.zeros_initializer()([2, 3])
    initializer/zeros_bool: tf.zeros_initializer()([2], tf.bool)
    initializer/zeros_text: tf.zeros_initializer()([2], tf.string)  # raises: string
    initializer/zeros_argument: tf.zeros_initializer()([2], colour=3)  # raises: colour
    initializer/zeros_partition: tf.zeros_initializer()([4], partition_shape=[2], partition_offset=[0])
    initializer/ones: tf.ones_initializer()([2, 3], tf.int32)
    initializer/constant: tf.constant_initializer(3)([2])
    initializer/constant_values: tf.constant_initializer([1, 2, 3, 4])([2, 2], tf.float32)
    initializer/constant_wrong_count: tf.constant_initializer([1, 2, 3])([2, 2])  # raises: 3
    initializer/constant_wrong_value: tf.constant_initializer(None)  # raises: NoneType
    initializer/constant_partition: tf.constant_initializer(3)([4], partition_shape=[2])  # raises: partition
    initializer/constant_config: tf.constant_initializer(3).get_config()
    initializer/uniform_seeded: [tf.random_uniform_initializer(seed=3)([3]) for _ in range(2)]
    initializer/uniform_int: tf.random_uniform_initializer(0, 9, seed=3)([3], tf.int32)
    initializer/uniform_bool: tf.random_uniform_initializer()([3], tf.bool)  # raises: bool
    initializer/uniform_config: tf.random_uniform_initializer().get_config()
    initializer/normal_seeded: [tf.random_normal_initializer(seed=3)([3]) for _ in range(2)]
    initializer/normal_int: tf.random_normal_initializer()([3], tf.int32)  # raises: int32
    initializer/normal_config: tf.random_normal_initializer(seed=3).get_config()
    initializer/normal_from_config: tf.random_normal_initializer.from_config({"mean": 1.0, "seed": 3})([2])
""")


@case("initializer/global_seed")
def initializer_global(tf):
    tf.random.set_seed(5)
    return [tf.random_normal_initializer()([3]), tf.random_uniform_initializer()([3])]
