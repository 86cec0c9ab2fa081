"""Arrays given to Keras: their batches are those that Keras's own pipeline makes."""

import numpy as np
import pytest

import tapeflow as tf

X = np.arange(70, dtype="float32").reshape(10, 7)
Y = np.arange(10)


def adapter_of(x, y=None, sample_weight=None, **options):
    """Keras's adapter of some arrays."""
    keras = tf.keras
    assert keras.backend.backend() == "tensorflow"
    from keras.src.trainers.data_adapters.array_data_adapter import ArrayDataAdapter

    return ArrayDataAdapter(x, y, sample_weight, **options)


def both(adapter):
    """The pipeline that TapeFlow makes for an adapter, and Keras's own."""
    replaced = type(adapter).get_tf_dataset
    (own,) = [
        c.cell_contents for c in replaced.__closure__ if getattr(c.cell_contents, "__name__", "") == "get_tf_dataset"
    ]
    return replaced(adapter), own(adapter)


@pytest.mark.parametrize("batch_size", [1, 3, 5, 10, 32])
@pytest.mark.parametrize(
    "arrays",
    [
        (X,), (X, Y), (X, Y, np.ones(10, "float32")), ({"b": X, "a": Y}, [Y, X]), ([X, X], Y), (tf.constant(X), Y),
        (X.astype("float64"), np.array(list("abcdefghij"), object)), (X[:1], Y[:1]),
    ],
    ids=["x", "xy", "weights", "dict", "list", "tensor", "dtypes", "one"],
)  # fmt: skip
def test_batches_are_those_of_keras(arrays, batch_size):
    ours, own = both(adapter_of(*arrays, batch_size=batch_size))
    assert ours.element_spec == own.element_spec
    assert int(ours.cardinality()) == len(list(own))
    tf.nest.map_structure(np.testing.assert_array_equal, list(ours), list(own))


def test_pipeline_in_order_traces_nothing():
    ours, own = both(adapter_of(X, Y, batch_size=4))
    assert "Map" not in ours.explain() and "Map" in own.explain()


def test_shuffled_arrays_are_gathered_as_keras_does():
    ours, _ = both(adapter_of(X, Y, batch_size=4, shuffle=True))
    assert "Map" in ours.explain()
    rows = np.concatenate([y for _, y in ours.as_numpy_iterator()])
    assert sorted(rows) == list(Y) and ours.options().experimental_distribute.auto_shard_policy.name == "DATA"


def test_shards_of_unshuffled_arrays_are_rows():
    ours, _ = both(adapter_of(X, batch_size=4))
    assert ours.options().experimental_distribute.auto_shard_policy == tf.data.experimental.AutoShardPolicy.DATA


def test_values_in_optionals_are_not_waited_for():
    held = []

    @tf.function
    def step(x):
        return tf.experimental.Optional.from_value(tf.linalg.matmul(x, x))

    x = tf.ones([300, 300])
    for _ in range(4):
        held.append(step(x))
    value = held[-1].get_value()
    assert value._array is None, "the value is still where the program made it"
    np.testing.assert_array_equal(value.numpy(), np.full([300, 300], 300, "float32"))
