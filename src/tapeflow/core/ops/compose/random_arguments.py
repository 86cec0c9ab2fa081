"""What random functions share: the algorithm's name, shapes, and a short way for small eager draws."""

import enum

import numpy as np

from tapeflow.core.base import dtypes, random_seed
from tapeflow.core.base.mode import mode
from tapeflow.core.base.shapes import TensorShape
from tapeflow.core.ops.defs.random_stateless import AUTO_SELECT, PHILOX, THREEFRY
from tapeflow.core.values.convert import convert
from tapeflow.core.values.tensor import EagerTensor, Tensor


class Algorithm(enum.Enum):
    """The random-number algorithms.

    `PHILOX` is the counter-based generator that TensorFlow uses on CPUs and GPUs, `THREEFRY` the one of its
    compiler for accelerators. `AUTO_SELECT` is Philox here.

    >>> tf.random.stateless_uniform([2], seed=[1, 2], alg=tf.random.Algorithm.PHILOX).numpy()
    array([0.8440604 , 0.19204533], dtype=float32)
    """

    PHILOX = PHILOX
    THREEFRY = THREEFRY
    AUTO_SELECT = AUTO_SELECT


_NAMES = {"philox": PHILOX, "threefry": THREEFRY, "autoselect": AUTO_SELECT}


def algorithm_number(alg):
    """The number of an algorithm given by name, number or `Algorithm`."""
    if isinstance(alg, Tensor):
        return int(alg)
    if isinstance(alg, int):
        return alg
    if isinstance(alg, Algorithm):
        return alg.value
    if not isinstance(alg, str):
        raise TypeError(f"Can't convert argument `alg` (of value {alg} and type {type(alg)}) to int.")
    number = _NAMES.get(alg.strip().lower().replace("-", "").replace("_", ""))
    if number is None:
        raise unsupported(alg)
    return number


def unsupported(alg):
    """The error for an algorithm that does not exist."""
    words = ("1", "2", "3") if isinstance(alg, int) else ("philox", "threefry", "auto_select")
    return ValueError(
        f"Argument `alg` got unsupported value {alg}. Supported values are {words[0]} for the Philox "
        f"algorithm, {words[1]} for the ThreeFry algorithm, and {words[2]} for auto-selection."
    )


def shape_tensor(shape, empty=dtypes.int32):
    """The shape as a tensor: int32, or int64 where sizes need it; `empty` is the dtype of `[]`."""
    if isinstance(shape, TensorShape):
        if not shape.is_fully_defined():
            raise ValueError(f"Cannot convert a partially known TensorShape {shape} to a Tensor.")
        shape = shape.as_list()
    if isinstance(shape, (list, tuple)) and not len(shape):
        return convert([], dtype=empty)
    return convert(shape)


def sample_count(num_samples):
    """A number of samples as an int32 tensor; a tensor as it is."""
    return num_samples if isinstance(num_samples, Tensor) else convert(num_samples, dtype=dtypes.int32)


def sizes_now(shape):
    """The sizes of a shape made of plain non-negative integers, else None."""
    if type(shape) in (list, tuple):
        for size in shape:
            if type(size) is not int or size < 0:
                return None
        return tuple(shape)
    return None


def fill_now(fill, shape, seed, dtype, alg):
    """A stateless fill without the way through ops, None where only they know what to do.

    For small eager draws, whose numbers take less time than the ops around them. Nothing here has a gradient.
    """
    sizes = sizes_now(shape)
    if sizes is None or mode.slow or alg not in ("auto_select", "philox"):
        return None
    if type(seed) not in (list, tuple):
        seed = seed.host if type(seed) is EagerTensor else seed
        if not isinstance(seed, np.ndarray) or seed.dtype.kind != "i" or seed.dtype.itemsize < 4:
            return None
        seed = seed.tolist()
        if type(seed) is not list:
            return None
    if len(seed) != 2 or type(seed[0]) is not int or type(seed[1]) is not int:
        return None
    return EagerTensor(fill.draw(*random_seed.scramble(*seed), sizes, dtype), dtype)


def is_standard(mean, stddev):
    """Whether mean and deviation are the defaults 0.0 and 1.0, so that a standard normal is already it."""
    return type(mean) is float and type(stddev) is float and mean == 0.0 and stddev == 1.0
