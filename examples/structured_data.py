"""Predicts how diabetes goes on from a table, with preprocessing layers inside the model; saves it and loads it."""

import tempfile
from pathlib import Path

import numpy as np
from sklearn.datasets import load_diabetes

import tapeflow as tf

keras = tf.keras
keras.utils.set_random_seed(2)
table = load_diabetes(scaled=False)
columns = dict(zip(table.feature_names, table.data.T.astype(np.float32), strict=True))
sex = np.where(columns.pop("sex") == 1, "one", "two")
target = ((table.target - table.target.mean()) / table.target.std()).astype(np.float32)
order = np.random.default_rng(0).permutation(len(target))
train, test = order[:350], order[350:]

normalize = keras.layers.Normalization()
numbers = np.stack(list(columns.values()), axis=1)
normalize.adapt(numbers[train])
lookup = keras.layers.StringLookup(output_mode="one_hot", num_oov_indices=0)
lookup.adapt(sex[train])
buckets = keras.layers.Discretization(num_bins=5, output_mode="one_hot")
buckets.adapt(columns["age"][train][:, None])

inputs = {
    "numbers": keras.Input((numbers.shape[1],), name="numbers"),
    "sex": keras.Input((1,), dtype="string", name="sex"),
    "age": keras.Input((1,), name="age"),
}
parts = [normalize(inputs["numbers"]), lookup(inputs["sex"]), buckets(inputs["age"])]
x = keras.layers.Dense(32, activation="relu")(keras.layers.Concatenate()(parts))
outputs = keras.layers.Dense(1)(keras.layers.Dropout(0.3)(x))
model = keras.Model(inputs, outputs)
model.compile(optimizer=keras.optimizers.Adam(3e-3), loss="mse", metrics=["mae"])


def rows(which):
    """The model's inputs and targets for some patients, in batches."""
    patients = {"numbers": numbers[which], "sex": sex[which][:, None], "age": columns["age"][which][:, None]}
    return tf.data.Dataset.from_tensor_slices((patients, target[which])).batch(32)


model.fit(rows(train).cache().shuffle(20, seed=1), epochs=40, shuffle=False, verbose=0)
mse, mae = model.evaluate(rows(test), verbose=0)
print(f"explains {1 - mse / target[test].var():.0%} of the spread of patients that it has not seen")

with tempfile.TemporaryDirectory() as folder:
    path = Path(folder) / "diabetes.keras"
    model.save(path)
    again = keras.models.load_model(path)
    same = np.array_equal(model.predict(rows(test), verbose=0), again.predict(rows(test), verbose=0))
    print(f"saved in {path.stat().st_size / 1024:.0f} KB; predictions after loading are equal: {same}")
