"""The command line: reads the arguments and hands over to one module per command."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from tapeflow._version import TF_VERSION, VERSION
from tapeflow.cli import export, run_model, show
from tapeflow.cli.serve import add_parser, run_serve
from tapeflow.core.engines import cache

INTERRUPTED = 130  # what a shell reports for a program that Ctrl-C ended


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command `tapeflow`; returns its exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    cache.use_by_default()
    try:
        return _dispatch(arguments)
    except KeyboardInterrupt:
        print("\ninterrupted", file=sys.stderr)
        return INTERRUPTED


def _dispatch(arguments: list[str]) -> int:
    parser = _parser()
    if not arguments:
        parser.print_help()
        return 0
    if arguments[0] == "run":
        return _run(parser, arguments)
    options = parser.parse_args(arguments)
    if options.command == "demo":
        from tapeflow.cli.demo import run_demo  # lazy: each command loads only what it needs

        return run_demo(options.out, options.examples)
    if options.command == "show":
        return show.run_show(options)
    if options.command == "run-model":
        return run_model.run_model(options)
    if options.command == "export":
        return export.run_export(options)
    if options.command == "serve":
        return run_serve(options)
    from tapeflow.cli.doctor import run_doctor  # lazy: as above

    return run_doctor()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tapeflow", description="TensorFlow 2 programs, run by TapeFlow.", allow_abbrev=False
    )
    version = f"tapeflow {VERSION} (API of TensorFlow {TF_VERSION})"
    parser.add_argument("--version", action="version", version=version)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    run = commands.add_parser(
        "run",
        help="run a script or a notebook; `import tensorflow` there gives TapeFlow",
        description="Runs a script or a notebook; `import tensorflow` there gives TapeFlow.",
        epilog="Options before FILE are the command's; everything after a script's name is the script's.",
        allow_abbrev=False,
    )
    run.add_argument("--to", metavar="OUT", type=Path, help="notebooks: save with outputs, .ipynb or .html")
    run.add_argument("--keep-going", action="store_true", help="notebooks: go on after a cell that fails")
    run.add_argument("file", metavar="FILE", type=Path, help="FILE.py or FILE.ipynb")
    run.add_argument("args", metavar="ARG", nargs="*", help="sys.argv of the program")
    demo = commands.add_parser("demo", help="run the examples; pictures go to out/")
    demo.add_argument("--out", type=Path, default=Path("out"), help="folder for the pictures (default: out)")
    demo.add_argument("--examples", type=Path, help="folder of the examples (default: the repository's)")
    show.add_parser(commands)
    run_model.add_parser(commands)
    export.add_parser(commands)
    add_parser(commands)
    commands.add_parser("doctor", help="say what is installed here, which devices there are and what works")
    return parser


def _run(parser: argparse.ArgumentParser, arguments: list[str]) -> int:
    own, rest = _split_at_script(arguments)
    options, unknown = parser.parse_known_args(own)
    arguments_of_program = [*options.args, *unknown, *rest]
    if not options.file.is_file():
        parser.error(f"run: no such file: {options.file}")
    if options.file.suffix == ".ipynb":
        from tapeflow.cli.notebook import run_notebook  # lazy: each command loads only what it needs

        return run_notebook(options.file, arguments_of_program, options.to, keep_going=options.keep_going)
    if options.to or options.keep_going:
        parser.error("run: --to and --keep-going are for notebooks")
    from tapeflow.cli.script import run_script  # lazy: as above

    return run_script(options.file, arguments_of_program)


def _split_at_script(arguments: list[str]) -> tuple[list[str], list[str]]:
    """What is the command's, up to and with the name of a script, and what is the script's own."""
    position = 1
    while position < len(arguments):
        word = arguments[position]
        if word == "--to":
            position += 1
        elif not word.startswith("-"):
            if word.endswith(".ipynb"):
                break
            return arguments[: position + 1], arguments[position + 1 :]
        position += 1
    return arguments, []
