"""A process that is killed, not asked to end: what it was saving is whole, and training goes on where it stood."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import tapeflow as tf

pytestmark = pytest.mark.filterwarnings("default")  # Keras's own


def run(program, *arguments, survives=True):
    """Runs a program in a process of its own; gives what it prints."""
    environment = os.environ | {"PYTHONPATH": str(Path(tf.__file__).parents[1])}
    command = [sys.executable, "-c", program, *map(str, arguments)]
    found = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)
    assert found.returncode == (0 if survives else -signal.SIGKILL), found.stderr
    return found.stdout


# Saves in a child that is killed after some milliseconds, longer and longer; then looks at what is there.
SAVING = """
import os, signal, sys, time
import numpy as np
import tapeflow as tf

folder, keras = sys.argv[1], tf.keras
os.chdir(folder)
model = keras.Sequential([keras.Input((64,)), *[keras.layers.Dense(64) for _ in range(6)]])
again = keras.models.clone_model(model)

def save(count):
    for v in model.weights:
        v.assign(tf.fill(v.shape, float(count)))
    model.save("m.keras")
    model.save_weights("m.weights.h5")

save(0)
start = time.perf_counter()
save(0)
takes, kills, counts = time.perf_counter() - start, 24, set()
for moment in range(kills):
    child = os.fork()
    if child == 0:
        for count in range(1, 1000):
            save(count)
        os._exit(1)
    time.sleep(2.0 * takes * (moment + 1) / kills)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    again.load_weights("m.weights.h5")
    for one in [again, keras.models.load_model("m.keras")]:
        values = {float(x) for v in one.weights for x in np.unique(v)}
        assert len(values) == 1, values
        counts |= values
print(len(counts))
"""


@pytest.mark.slow
def test_files_of_models_are_whole_whenever_their_writer_is_killed(tmp_path):
    assert int(run(SAVING, tmp_path)) >= 2


TRAINING = """
import json, os, signal, sys
import numpy as np
import tapeflow as tf

folder, dies_in, dies_at = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
keras, rng = tf.keras, np.random.default_rng(0)
x, y = rng.standard_normal((80, 5)).astype(np.float32), rng.standard_normal((80, 1)).astype(np.float32)
keras.utils.set_random_seed(3)
model = keras.Sequential([keras.Input((5,)), keras.layers.Dense(8, "tanh"), keras.layers.Dense(1)])
model.compile(keras.optimizers.Adam(0.01), "mse")

class Dies(keras.callbacks.Callback):
    seen = []

    def on_epoch_begin(self, epoch, logs=None):
        self.seen.append(epoch)

    def on_train_batch_end(self, batch, logs=None):
        if (self.seen[-1], batch) == (dies_in, dies_at):
            os.kill(os.getpid(), signal.SIGKILL)

backup = keras.callbacks.BackupAndRestore(folder)
model.fit(x, y, batch_size=8, epochs=6, shuffle=False, verbose=0, callbacks=[backup, Dies()])
print(json.dumps([Dies.seen, int(model.optimizer.iterations), [v.numpy().tolist() for v in model.weights]]))
"""


@pytest.mark.slow
def test_a_killed_fit_goes_on_at_its_epoch_and_ends_as_if_nothing_had_been(tmp_path):
    epochs, steps, expected = json.loads(run(TRAINING, tmp_path / "a", -1, -1))
    assert (epochs, steps) == (list(range(6)), 60)
    run(TRAINING, tmp_path / "b", 1, 4, survives=False)
    run(TRAINING, tmp_path / "b", 1, 9, survives=False)
    run(TRAINING, tmp_path / "b", 4, 0, survives=False)
    epochs, steps, weights = json.loads(run(TRAINING, tmp_path / "b", -1, -1))
    assert (epochs, steps) == ([4, 5], 60)
    for got, wanted in zip(weights, expected, strict=True):
        np.testing.assert_allclose(got, wanted, rtol=1e-5, atol=1e-7)


def test_a_file_keeps_its_content_when_writing_the_next_fails(tmp_path):
    class Breaks(tf.keras.layers.Layer):
        def save_own_variables(self, store):
            raise RuntimeError("no disk")

    def build(*more):
        return tf.keras.Sequential([tf.keras.Input((3,)), tf.keras.layers.Dense(2), *more])

    for name, save in [("m.keras", "save"), ("m.weights.h5", "save_weights")]:
        path = tmp_path / name
        getattr(build(), save)(path)
        before = path.read_bytes()
        with pytest.raises(RuntimeError, match="no disk"):
            getattr(build(Breaks()), save)(path)
        assert path.read_bytes() == before


def test_a_saved_model_has_the_rights_of_a_new_file_or_of_the_one_it_replaces(tmp_path):
    model, path = tf.keras.Sequential([tf.keras.Input((3,)), tf.keras.layers.Dense(2)]), tmp_path / "m.keras"
    (tmp_path / "other").touch()
    model.save(path)
    assert path.stat().st_mode == (tmp_path / "other").stat().st_mode
    path.chmod(0o600)
    link = tmp_path / "link.keras"
    link.symlink_to(path)
    model.save(link)
    assert link.is_symlink()
    assert path.stat().st_mode & 0o777 == 0o600
    assert sorted(p.name for p in tmp_path.iterdir()) == ["link.keras", "m.keras", "other"]
