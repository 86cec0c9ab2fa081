"""`tapeflow show`: what a model, checkpoint or other file holds, or how two differ."""

import argparse
import os
import sys
from pathlib import Path


def add_parser(commands: argparse._SubParsersAction) -> None:
    """Adds the command to the command line's parser."""
    show = commands.add_parser(
        "show",
        help="say what a model, checkpoint or other file holds, or how two differ",
        description="Says what a SavedModel, checkpoint, GraphDef, .keras, .weights.h5, .safetensors, ONNX, TFRecord "
        "or exported StableHLO file holds, or how two of them differ.",
        allow_abbrev=False,
    )
    show.add_argument("path", metavar="PATH", type=Path, help="a folder, a checkpoint's prefix, or a file")
    show.add_argument("other", metavar="OTHER", type=Path, nargs="?", help="what to compare it with")
    show.add_argument("--svg", metavar="FILE", type=Path, help="draw the graph")
    show.add_argument("--html", metavar="FILE", type=Path, help="write it all, with the graphs, as a page")
    show.add_argument("--signature", help="which graph to draw (default: serving_default, or the first)")
    show.add_argument("--fast", action="store_true", help="read files only: do not load models to know what calls cost")
    show.add_argument("--all", action="store_true", help="print long lists to their end")


def run_show(options: argparse.Namespace) -> int:
    """Prints the description of one path, or the difference of two; returns the exit code."""
    import tapeflow as tf

    tf.constant(0)  # the package is put together on first use
    from tapeflow.core.base import local_files
    from tapeflow.core.base.errors import OpError
    from tapeflow.core.files.shown.description import lines_of
    from tapeflow.core.files.shown.difference import difference
    from tapeflow.core.files.shown.pages import page

    try:
        first = _described(options.path, options)
        if options.other is not None:
            if options.svg or options.html:
                raise ValueError("--svg and --html are for one path")
            lines = difference(first, _described(options.other, options), options.all) or ["no difference"]
        else:
            if options.html:
                local_files.write(options.html, page(first).encode())
            if options.svg:
                local_files.write(options.svg, _picture(first, options.signature).encode())
            lines = [] if options.html or options.svg else lines_of(first, options.all)
    except (OpError, OSError, ValueError) as error:
        print(f"show: {error}", file=sys.stderr)
        return 1
    try:
        print("\n".join(lines), end="\n" if lines else "", flush=True)
    except BrokenPipeError:  # `| head` has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _described(path, options):
    from tapeflow.core.files.shown.kinds import describe

    found = describe(path, not options.fast)
    if found.kind == "Keras model" and not options.fast:
        _add_call(found)
    return found


def _add_call(description):
    """Adds what a call of a Keras model takes and costs: Keras makes the model, in its safe mode."""
    import tapeflow as tf
    from tapeflow.core.base.errors import OpError
    from tapeflow.core.files.exportable import concrete_function
    from tapeflow.core.files.shown.description import Signature
    from tapeflow.core.files.shown.work import pictures_of, work_of

    try:
        model = tf.keras.models.load_model(description.path, compile=False)
        called = concrete_function(model)
    except (OpError, ValueError, TypeError, KeyError, ImportError) as error:
        description.facts.append(f"it does not load here, so its call is not described: {str(error).splitlines()[0]}")
        return
    inputs = [f"{s.node.name}: {s.dtype.name} {s.shape}" for s in called.graph.inputs]
    outputs = [f"{s.dtype.name} {s.shape}" for s in called.graph.outputs]
    description.signatures = {"call": Signature(inputs, outputs)}
    description.work = {"call": work_of(called)}
    layers = description.pictures
    description.pictures = lambda: layers() | pictures_of({"call": called})


def _picture(description, name):
    """The SVG text of one of a description's graphs."""
    if description.pictures is None:
        raise ValueError(f"{description.path} ({description.kind}) has no graph to draw")
    pictures = description.pictures()
    if not pictures:
        raise ValueError(f"{description.path} has no signature to draw")
    chosen = name or ("serving_default" if "serving_default" in pictures else next(iter(pictures)))
    if chosen not in pictures:
        raise ValueError(f"there is no graph '{chosen}': {', '.join(pictures)}")
    if isinstance(pictures[chosen], str):
        raise ValueError(pictures[chosen])
    return pictures[chosen].svg
