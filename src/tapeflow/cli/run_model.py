"""`tapeflow run-model`: one call of a SavedModel's signature, from files or values on the command line."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from tapeflow.core.base.errors import OpError


def run_model(path: Path, inputs: Sequence[str], signature: str, out: Path | None) -> int:
    """Calls a signature; returns the exit code.

    Args:
        path: The model's directory.
        inputs: `NAME=VALUE` each; a value is JSON, or a file: .npy, .npz (`NAME=FILE.npz:KEY`), `@FILE` for its text.
        signature: Which signature.
        out: Where to write the outputs, an .npz file; they are printed if None.
    """
    import tapeflow as tf

    tf.constant(0)  # the package is put together on first use
    from tapeflow.core.files.saved_model import load

    try:
        model = load(path)
        if signature not in model.signatures:
            raise ValueError(f"there is no signature '{signature}': {', '.join(model.signatures) or 'none'}")
        function = model.signatures[signature]
        specs = function.structured_input_signature[1]
        given = dict(_parsed(one) for one in inputs)
        missing, extra = sorted(set(specs) - set(given)), sorted(set(given) - set(specs))
        if missing or extra:
            wanted = ", ".join(f"{name}: {s.dtype.name} {s.shape}" for name, s in specs.items())
            raise ValueError(f"the signature takes ({wanted}); missing: {missing}, unknown: {extra}")
        outputs = function(**{name: tf.constant(value, specs[name].dtype) for name, value in given.items()})
    except (OpError, OSError, ValueError, TypeError) as error:
        print(f"run-model: {error}", file=sys.stderr)
        return 1
    arrays = {name: y.numpy() for name, y in outputs.items()}
    if out is not None:
        np.savez(out, **arrays)
        return 0
    for name, array in arrays.items():
        print(f"{name}: {outputs[name].dtype.name} {list(np.shape(array))}")
        print(np.array2string(np.asarray(array), threshold=100))
    return 0


def _parsed(text):
    """Name and value of one `NAME=VALUE`."""
    name, equals, value = text.partition("=")
    if not equals:
        raise ValueError(f"--inputs wants NAME=VALUE, got {text!r}")
    if value.startswith("@"):
        return name, Path(value[1:]).read_text(encoding="utf-8")
    file, _, key = value.partition(":")
    if file.endswith(".npz"):
        with np.load(file, allow_pickle=False) as arrays:
            return name, arrays[key or name]
    if value.endswith(".npy"):
        return name, np.load(value, allow_pickle=False)
    try:
        return name, json.loads(value)
    except json.JSONDecodeError:
        return name, value
