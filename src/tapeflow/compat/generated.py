"""`tensorflow.python.ops.gen_*_ops`: every op as a function, by its name in small letters."""

from functools import cache

from tapeflow.core.ops import registry

FAMILIES = (
    "array audio bitwise candidate_sampling checkpoint clustering collective control_flow count ctc data_flow dataset "
    "experimental_dataset functional image io linalg list logging lookup manip map math nn optional parsing "
    "ragged_array ragged_conversion ragged_math random resource_variable rnn script sdca set sparse sparse_csr_matrix "
    "spectral state stateful_random stateless_random stateless_random_v2 string summary training"
).split()


def small(op_name):
    """An op's name as TensorFlow's generated functions spell it: `MatMul` is `mat_mul`, `Conv2D` is `conv2d`."""
    return "".join(_small(op_name, i) for i in range(len(op_name)))


def _small(name, i):
    before, c, after = name[i - 1 : i], name[i], name[i + 1 : i + 2]
    return f"_{c.lower()}" if i and c.isupper() and (before.islower() or after.islower()) else c.lower()


@cache
def _records():
    return {small(name): record for name, record in registry.load_all().items()}


def __getattr__(name):
    record = None if name.startswith("__") else _records().get(name)
    if record is None:
        raise AttributeError(f"TapeFlow has no op whose function would be called {name!r}", name=name, obj=None)
    globals()[name] = record
    return record
