"""Records what Keras's losses are on real TensorFlow: run it with a Python that has tensorflow and keras.

    python tools/record_keras.py

Writes `tests/keras/golden_losses.json`: model -> the losses of its twenty steps.
"""

import json
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "keras"))

import keras  # noqa: E402
from models import MODELS, losses  # noqa: E402

found = {name: losses(keras, name) for name in MODELS}
lines = ",\n".join(f'  "{name}": {json.dumps([float(f"{x:.9g}") for x in values])}' for name, values in found.items())
(ROOT / "tests" / "keras" / "golden_losses.json").write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")
print(f"{len(found)} models recorded with keras {keras.__version__} on {keras.backend.backend()}")
