"""`tapeflow run-model`: one call of a model, with inputs from files or from the command line."""

import argparse
import json
import sys
from pathlib import Path

import numpy as np

_PICTURES = (".png", ".jpg", ".jpeg", ".bmp", ".gif")


def add_parser(commands: argparse._SubParsersAction) -> None:
    """Adds the command to the command line's parser."""
    model = commands.add_parser(
        "run-model",
        help="call a signature of a model",
        description="Calls a SavedModel's signature, a .keras model, or a program that tf.export.to_stablehlo wrote.",
        allow_abbrev=False,
    )
    model.add_argument("path", metavar="PATH", type=Path, help="the model's folder or file")
    model.add_argument(
        "--inputs", metavar="NAME=VALUE", nargs="*", default=[],
        help="a value is JSON, a file (.npy, .npz[:KEY], .json, a picture), or @FILE for a file's text; an .npz or "
        ".json file without NAME= has all inputs by name",
    )  # fmt: skip
    model.add_argument("--signature", help="which signature (default: serving_default, or the only one)")
    model.add_argument("--out", metavar="FILE", type=Path, help=".npz or .json for the outputs (default: print them)")


def run_model(options: argparse.Namespace) -> int:
    """Calls the model; returns the exit code."""
    import tapeflow as tf

    tf.constant(0)  # the package is put together on first use
    from tapeflow.core.base.errors import OpError

    try:
        specs, call = _callable(options.path, options.signature)
        given = {}
        for text in options.inputs:
            given |= _parsed(text, specs)
        _check_names(specs, given)
        found = call({name: _tensor(name, value, specs[name]) for name, value in given.items()})
        outputs = {name: y.numpy() for name, y in _named(found).items()}
        if options.out is not None:
            _write(options.out, outputs)
            return 0
    except (OpError, OSError, ValueError, TypeError) as error:
        print(f"run-model: {error}", file=sys.stderr)
        return 1
    for name, y in _named(found).items():
        print(f"{name}: {y.dtype.name} {list(y.shape)}")
        print(np.array2string(np.asarray(outputs[name]), threshold=100))
    return 0


# -- models ------------------------------------------------------------------------------------------


def _callable(path, signature):
    """The specs of a model's inputs by name, and the function from tensors by name to the result."""
    import tapeflow as tf
    from tapeflow.core.files.saved_files import contains_saved_model

    if contains_saved_model(path):
        return _of_signature(tf.saved_model.load(path), signature)
    if not path.exists():
        raise FileNotFoundError(f"there is no {path}")
    if path.is_dir():
        raise ValueError(f"{path} is a folder without a SavedModel: no saved_model.pb in it")
    if signature is not None:
        raise ValueError(f"{path} has no signatures: --signature is for SavedModels")
    if path.suffix == ".keras":
        from tapeflow.core.files.exportable import concrete_function

        traced = concrete_function(tf.keras.models.load_model(path, compile=False))
        names = traced.argument_names
        specs = {s.node.name: tf.TensorSpec(s.shape, s.dtype) for s in traced.graph.inputs}
        return specs, lambda given: traced.call_flat([given[name] for name in names])
    program = tf.export.from_stablehlo(path)
    names = [name for name, _ in program.argument_texts()]
    return dict(zip(names, program.input_specs, strict=True)), lambda given: program.call_flat(
        [given[name] for name in names]
    )


def _of_signature(model, signature):
    known = model.signatures
    if signature is None:
        signature = next(iter(known)) if len(known) == 1 else "serving_default"
    if signature not in known:
        raise ValueError(f"there is no signature '{signature}': {', '.join(sorted(known)) or 'none'}")
    function = known[signature]
    return function.structured_input_signature[1], lambda given: function(**given)


def _check_names(specs, given):
    missing, extra = sorted(set(specs) - set(given)), sorted(set(given) - set(specs))
    if missing or extra:
        wanted = ", ".join(f"{name}: {s.dtype.name} {s.shape}" for name, s in specs.items())
        raise ValueError(f"the signature takes ({wanted}); missing: {missing}, unknown: {extra}")


def _tensor(name, value, spec):
    """An input as a tensor of its spec."""
    import tapeflow as tf

    try:
        x = tf.constant(value, spec.dtype)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} takes {spec.dtype.name} {spec.shape}: {str(error).splitlines()[0]}") from error
    if not spec.shape.is_compatible_with(x.shape):
        more = spec.shape.rank is not None and x.shape.rank == spec.shape.rank - 1
        hint = "; put one more [ ] around it, for a batch of one" if more else ""
        raise ValueError(f"{name} takes {spec.dtype.name} {spec.shape}, and this has the shape {x.shape}{hint}")
    return x


# -- values ------------------------------------------------------------------------------------------


def _parsed(text, specs):
    """Name -> value of one argument of `--inputs`."""
    name, equals, value = text.partition("=")
    if not equals:
        return _all_inputs(text)
    if value.startswith("@"):
        return {name: Path(value[1:]).read_text(encoding="utf-8")}
    file, _, key = value.rpartition(":") if ".npz:" in value else (value, "", "")
    ending = Path(file).suffix.lower()
    if ending == ".npz":
        with np.load(file, allow_pickle=False) as arrays:
            chosen = key or (name if name in arrays or len(arrays) != 1 else next(iter(arrays)))
            if chosen not in arrays:
                raise ValueError(f"{file} has no array '{chosen}': {', '.join(arrays)}")
            return {name: arrays[chosen]}
    if ending == ".npy":
        return {name: np.load(file, allow_pickle=False)}
    if ending == ".json" and Path(file).is_file():
        return {name: _json_file(file)}
    if ending in _PICTURES:
        return {name: _picture(file, specs.get(name))}
    try:
        return {name: json.loads(value)}
    except (json.JSONDecodeError, RecursionError):
        return {name: value}


def _all_inputs(text):
    """The inputs in one file, by name."""
    if text.endswith(".npz"):
        with np.load(text, allow_pickle=False) as arrays:
            return dict(arrays)
    if text.endswith(".json"):
        value = _json_file(text)
        if isinstance(value, dict):
            return value
        raise ValueError(f"{text} without NAME= must be a dictionary of inputs, and is a {type(value).__name__}")
    raise ValueError(f"--inputs wants NAME=VALUE, or an .npz or .json file with all inputs; got {text!r}")


def _json_file(path):
    try:
        return json.loads(Path(path).read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path} is no JSON: {error}") from error


def _picture(path, spec):
    """A picture's pixels from 0 to 255, a batch of one where the input takes batches; its bytes for string inputs."""
    import tapeflow as tf

    content = Path(path).read_bytes()
    if spec is None or spec.dtype is tf.string:
        return content if spec is None or spec.shape.rank == 0 else [content]
    rank = spec.shape.rank
    channels = spec.shape[-1] if rank in (3, 4) and spec.shape[-1] in (1, 3, 4) else 0
    pixels = tf.io.decode_image(content, channels=channels, expand_animations=False).numpy()
    return pixels[None] if rank == 4 else pixels


# -- outputs -----------------------------------------------------------------------------------------


def _named(found):
    """Tensors by name, of any structure."""
    import tapeflow as tf

    if isinstance(found, dict) and all(isinstance(y, tf.Tensor) for y in found.values()):
        return found
    flat = [y for y in tf.nest.flatten(found) if y is not None]
    return {f"output_{i}": y for i, y in enumerate(flat)}


def _write(path, outputs):
    if path.suffix == ".json":
        path.write_text(json.dumps({name: _plain(np.asarray(y).tolist()) for name, y in outputs.items()}) + "\n")
    elif path.suffix == ".npz":
        # Texts as NumPy's own bytes: as objects they would be pickled, which nobody should load.
        arrays = {name: np.asarray(y) for name, y in outputs.items()}
        np.savez(path, **{name: y.astype(bytes) if y.dtype == object else y for name, y in arrays.items()})
    else:
        raise ValueError(f"--out {path}: .npz or .json")


def _plain(value):
    """Lists of numbers and texts: bytes are read as UTF-8."""
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    return str(value) if isinstance(value, complex) else value
