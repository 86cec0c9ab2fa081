"""`tapeflow export`: a SavedModel or a Keras file as a file for another runtime."""

import argparse
import sys
from pathlib import Path
from typing import Any

from tapeflow.core.base.errors import OpError

_KERAS_ENDINGS = (".keras", ".h5")


def add_parser(commands: Any) -> None:
    """Adds the command's arguments to those of `tapeflow`."""
    export = commands.add_parser("export", help="write a SavedModel or a .keras file for another runtime")
    export.add_argument("path", metavar="PATH", type=Path, help="a SavedModel's folder, a .keras or .h5 file")
    known = sorted(FORMATS)
    export.add_argument("--to", metavar="FORMAT", choices=known, required=True, help=", ".join(known))
    export.add_argument("-o", "--out", metavar="FILE", type=Path, required=True, help="where to write")
    export.add_argument("--signature", help="which signature of a SavedModel (default: serving_default)")
    export.add_argument("--opset", type=int, help="ONNX: the version of the operator set (default: 18)")
    export.add_argument("--platforms", nargs="+", metavar="NAME", help="StableHLO: cpu, cuda, rocm, tpu")


def run_export(options: argparse.Namespace) -> int:
    """Writes the file; returns the exit code."""
    import tapeflow as tf

    tf.constant(0)  # the package is put together on first use
    try:
        model = _loaded(options.path) if options.path.suffix in _KERAS_ENDINGS else options.path
        FORMATS[options.to](model, options)
    except (OpError, OSError, ValueError, TypeError) as error:
        print(f"export: {error}", file=sys.stderr)
        return 1
    print(f"{options.out}: {options.out.stat().st_size / 1e6:.1f} MB")
    return 0


def _loaded(path):
    """The model of a Keras file."""
    import tapeflow as tf

    if not path.exists():
        raise FileNotFoundError(f"{path}: there is no such file")
    return tf.keras.models.load_model(path, compile=False)


def _to_onnx(model, options):
    from tapeflow.export import to_onnx  # lazy: each format loads only what it needs

    to_onnx(model, options.out, signature=options.signature, opset=options.opset)


def _to_stablehlo(model, options):
    from tapeflow.export import to_stablehlo  # lazy: as above

    to_stablehlo(model, options.out, signature=options.signature, platforms=options.platforms)


# Name -> function (model or path of a SavedModel, options) that writes `options.out`.
FORMATS = {"onnx": _to_onnx, "stablehlo": _to_stablehlo}
