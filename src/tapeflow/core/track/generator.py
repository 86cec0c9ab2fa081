"""`tf.random.Generator`: random numbers from a state that the user holds."""

import math

from tapeflow.core.base import dtypes, random_seed
from tapeflow.core.base.mode import mode
from tapeflow.core.base.settings import settings
from tapeflow.core.ops import registry
from tapeflow.core.ops.compose.random_arguments import (
    algorithm_number,
    is_standard,
    shape_tensor,
    sizes_now,
)
from tapeflow.core.ops.defs import random_generator as ops
from tapeflow.core.ops.defs import random_stateless as fills
from tapeflow.core.ops.defs.array import cast, pack, unpack, zeros_like
from tapeflow.core.ops.defs.random_stateful import non_deterministic_ints
from tapeflow.core.ops.defs.random_stateless import sizes_of
from tapeflow.core.track.auto_trackable import AutoTrackable
from tapeflow.core.track.generator_state import (
    COUNTER_SIZES,
    create_rng_state,
    joined_state,
    state_size,
    state_tensor,
)
from tapeflow.core.values.convert import convert
from tapeflow.core.values.tensor import EagerTensor
from tapeflow.core.values.variable import Variable


class Generator(AutoTrackable):
    """Draws random numbers and keeps the state that decides them.

    The state is a variable, so generators are saved in checkpoints and work in functions. Equal states draw
    equal numbers, TensorFlow's own.

    Args:
        copy_from: A generator to copy.
        state: Vector of integers, or a variable to use as the state.
        alg: The algorithm, see `tf.random.Algorithm`.

    >>> g = tf.random.Generator.from_seed(1)
    >>> g.normal([2]).numpy()
    array([ 0.43842274, -0.53439844], dtype=float32)
    """

    def __init__(self, copy_from=None, state=None, alg=None):
        if copy_from is not None:
            if alg is not None or state is not None:
                raise AssertionError("Generator(copy_from=...) takes neither state nor alg")
            state, alg = copy_from.state.read_value(), copy_from.algorithm
        elif alg is None or state is None:
            raise AssertionError("Generator needs state and alg; Generator.from_seed(seed) makes them")
        self._alg = algorithm_number(alg)
        if not isinstance(state, Variable):
            state = state_tensor(state)
        state.shape.assert_is_compatible_with([state_size(self._alg)])
        if not isinstance(state, Variable):
            state = Variable(state, dtype=dtypes.int64, trainable=False, name="StateVar")
        self._state_var = state
        self._of_replicas = random_seed.hooks.in_strategy

    # -- making generators -----------------------------------------------------------------------

    @classmethod
    def from_state(cls, state, alg):
        """Creates a generator from a state, see `create_rng_state`.

        >>> tf.random.Generator.from_state([1, 2, 3], alg="philox").state.numpy()
        array([1, 2, 3])
        """
        return cls(alg=alg, state=state)

    @classmethod
    def from_seed(cls, seed, alg=None):
        """Creates a generator from a seed: an integer of any size.

        >>> tf.random.Generator.from_seed(1234).state.numpy()
        array([1234,    0,    0])
        """
        alg = fills.PHILOX if alg is None else algorithm_number(alg)
        return cls(state=create_rng_state(seed, alg), alg=alg)

    @classmethod
    def from_non_deterministic_state(cls, alg=None):
        """Creates a generator whose numbers differ from run to run.

        Raises:
            RuntimeError: Determinism is enabled.
        """
        if settings.deterministic:
            raise RuntimeError('"from_non_deterministic_state" cannot be called when determinism is enabled.')
        alg = fills.PHILOX if alg is None else algorithm_number(alg)
        return cls(state=non_deterministic_ints([state_size(alg)]), alg=alg)

    @classmethod
    def from_key_counter(cls, key, counter, alg):
        """Creates a generator from a key, a scalar, and a counter, a vector.

        >>> tf.random.Generator.from_key_counter(key=3, counter=[1, 2], alg="philox").state.numpy()
        array([1, 2, 3])
        """
        alg = algorithm_number(alg)
        return cls(state=joined_state(key, counter, alg), alg=alg)

    # -- the state -------------------------------------------------------------------------------

    @property
    def state(self):
        """The variable that holds the state."""
        return self._state_var

    @property
    def algorithm(self):
        """The number of the algorithm."""
        return self._alg

    @property
    def key(self):
        """The key, a scalar: the part of the state that drawing does not change."""
        return self._state_var.read_value()[-1]

    def reset(self, state):
        """Replaces the state."""
        state = state_tensor(state)
        state.shape.assert_is_compatible_with([state_size(self._alg)])
        self._state_var.assign(state)

    def reset_from_seed(self, seed):
        """Replaces the state by the one that `from_seed` makes."""
        self._state_var.assign(create_rng_state(seed, self._alg))

    def reset_from_key_counter(self, key, counter):
        """Replaces the state by the one that `from_key_counter` makes."""
        self._state_var.assign(joined_state(key, counter, self._alg))

    def skip(self, delta):
        """Moves the state on as if `delta` numbers had been drawn; returns the state before.

        >>> g = tf.random.Generator.from_seed(1)
        >>> g.skip(3).numpy(), g.state.numpy()
        (array([1, 0, 0]), array([769,   0,   0]))
        """
        delta = cast(delta, dtypes.uint64)
        return ops.rng_read_and_skip(self._state_var.handle, self._alg, delta)

    def _key_counter(self, shape):
        """The key and counter to draw a shape from; the state moves on."""
        if isinstance(shape, EagerTensor):
            state = self.skip(math.prod(sizes_of(shape.host)))
        else:
            state = self.skip(registry.get("Prod")(shape, [0]))
        size = COUNTER_SIZES[self._alg]
        unsigned = cast(state, dtypes.uint64)
        key, counter, replica = unsigned[size : size + 1], unsigned[:size], self._replica()
        if replica is not None:
            place = convert([replica, 0], dtype=dtypes.uint64)
            key = fills.uniform_full_int_v2([1], key, place, self._alg, dtype=dtypes.uint64)
        return key, counter

    def _replica(self):
        """The replica that draws its own numbers, or None."""
        return random_seed.hooks.replica if self._of_replicas else None

    def _fill(self, fill, record, shape, dtype):
        sizes = sizes_now(shape)
        if sizes is not None and not mode.slow:
            # Small eager draws take less time than the ops around them.
            state = ops.take(self._state_var.handle.host[()], self._alg, math.prod(sizes))
            key, counter = ops.stream_of(state)
            replica = self._replica()
            key = key if replica is None else random_seed.replica_key(key, replica)
            return EagerTensor(fill.draw(key, counter, sizes, dtype), dtype)
        shape = shape_tensor(shape, empty=dtypes.int64)
        return record(shape, *self._key_counter(shape), self._alg, dtype=dtype)

    # -- numbers ---------------------------------------------------------------------------------

    def normal(self, shape, mean=0.0, stddev=1.0, dtype=dtypes.float32, name=None):
        """Draws normal numbers.

        Args:
            shape: The shape of the result.
            mean, stddev: Of the distribution; they broadcast with `shape`.
            dtype: A float dtype.
            name: Optional name.

        Returns:
            A tensor of `shape` and `dtype`.
        """
        return self._normal(fills.NORMAL, fills.random_normal_v2, shape, mean, stddev, dtype)

    def truncated_normal(self, shape, mean=0.0, stddev=1.0, dtype=dtypes.float32, name=None):
        """Draws normal numbers within two standard deviations of the mean.

        Args:
            shape: The shape of the result.
            mean, stddev: Of the normal before it is cut off; they broadcast with `shape`.
            dtype: A float dtype.
            name: Optional name.

        Returns:
            A tensor of `shape` and `dtype`.
        """
        return self._normal(fills.TRUNCATED, fills.truncated_normal_v2, shape, mean, stddev, dtype)

    def _normal(self, fill, record, shape, mean, stddev, dtype):
        dtype = dtypes.as_dtype(dtype)
        standard = is_standard(mean, stddev) and dtype.is_floating and not mode.slow
        if not standard:
            mean, stddev = convert(mean, dtype=dtype), convert(stddev, dtype=dtype)
        drawn = self._fill(fill, record, shape, dtype)
        return drawn if standard else drawn * stddev + mean

    def uniform(self, shape, minval=0, maxval=None, dtype=dtypes.float32, name=None):
        """Draws uniform numbers in [minval, maxval).

        Args:
            shape: The shape of the result.
            minval: Lower bound; with `maxval` None too, integers come from their whole range.
            maxval: Upper bound, 1 for floats by default.
            dtype: A float or integer dtype.
            name: Optional name.

        Returns:
            A tensor of `shape` and `dtype`.

        Raises:
            ValueError: Only one bound of integers is given.
        """
        dtype = dtypes.as_dtype(dtype)
        if dtype.is_integer:
            return self._integers(shape, minval, maxval, dtype)
        minval, maxval = convert(minval, dtype=dtype), convert(1 if maxval is None else maxval, dtype=dtype)
        return self._fill(fills.UNIFORM, fills.random_uniform_v2, shape, dtype) * (maxval - minval) + minval

    def _integers(self, shape, minval, maxval, dtype):
        if (minval is None) != (maxval is None):
            raise ValueError(
                f"For integer dtype {dtype!r}, minval and maxval must be both `None` or both non-`None`; got "
                f"minval={minval} and maxval={maxval}"
            )
        if minval is None:
            return self.uniform_full_int(shape, dtype)
        shape = shape_tensor(shape, empty=dtypes.int64)
        minval, maxval = convert(minval, dtype=dtype), convert(maxval, dtype=dtype)
        return fills.uniform_int_v2(shape, *self._key_counter(shape), self._alg, minval, maxval)

    def uniform_full_int(self, shape, dtype=dtypes.uint64, name=None):
        """Draws integers from their whole range.

        Args:
            shape: The shape of the result.
            dtype: int32, int64, uint32 or uint64.
            name: Optional name.

        Returns:
            A tensor of `shape` and `dtype`.
        """
        return self._fill(fills.FULL_INT, fills.uniform_full_int_v2, shape, dtypes.as_dtype(dtype))

    def binomial(self, shape, counts, probs, dtype=dtypes.int32, name=None):
        """Draws binomial numbers.

        Args:
            shape: The shape of the result; it ends with the broadcast shape of `counts` and `probs`.
            counts: How many trials.
            probs: The probability of success of each.
            dtype: float16, float32, float64, int32 or int64.
            name: Optional name.

        Returns:
            A tensor of `shape` and `dtype`.
        """
        counts, probs = convert(counts), convert(probs)
        shape = shape_tensor(shape, empty=dtypes.int64)
        return ops.stateful_random_binomial(
            self._state_var.handle, self._alg, shape, counts, probs, dtype=dtypes.as_dtype(dtype)
        )

    def make_seeds(self, count=1):
        """Draws `count` seeds for stateless functions, int64 [2, count]: one a column.

        >>> g = tf.random.Generator.from_seed(1)
        >>> tf.random.stateless_normal([3], seed=g.make_seeds(2)[:, 0]).shape
        TensorShape([3])
        """
        keys = self.uniform_full_int([count], dtypes.int64)
        return pack([keys, zeros_like(keys)])

    def split(self, count=1):
        """Makes `count` generators that are independent of each other and of this one.

        >>> g = tf.random.Generator.from_seed(1)
        >>> [len(part.state.numpy()) for part in g.split(2)]
        [3, 3]
        """
        keys = self.uniform_full_int([count], dtypes.int64)
        zeros = [convert(0, dtype=dtypes.int64)] * (state_size(self._alg) - 1)
        return [Generator(state=pack([*zeros, key]), alg=self._alg) for key in unpack(keys, num=count)]


# -- the program's generator ---------------------------------------------------------------------

_global_generator = None


def get_global_generator():
    """Returns the program's generator; at first one whose numbers differ from run to run."""
    global _global_generator
    if _global_generator is None:
        if settings.deterministic:
            raise RuntimeError(
                '"get_global_generator" cannot be called if determinism is enabled, unless '
                '"set_global_generator" has already been called. Please call "set_global_generator" first.'
            )
        _global_generator = Generator.from_non_deterministic_state()
    return _global_generator


def set_global_generator(generator):
    """Makes `generator` the program's generator.

    Functions that were traced before keep the generator that they found then.
    """
    global _global_generator
    _global_generator = generator
