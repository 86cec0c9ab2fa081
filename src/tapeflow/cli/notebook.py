"""`tapeflow run FILE.ipynb`: executes a notebook cell by cell and saves it with its outputs."""

import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tapeflow.install import install_as_tensorflow

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from tapeflow.cli.notebook_shell import NotebookShell

FORMATS = (".ipynb", ".html")


def run_notebook(path: Path, arguments: list[str], to: Path | None, *, keep_going: bool) -> int:
    """Runs every code cell of a notebook, in its folder; returns the exit code.

    Args:
        path: The notebook.
        arguments: What it finds in `sys.argv` after its own name.
        to: Where to save it with its outputs, as `.ipynb` or `.html`, even if a cell fails; None: nowhere.
        keep_going: Whether the cells after one that fails are run as well.
    """
    if to is not None and to.suffix not in FORMATS:
        return _complain(f"--to {to}: a notebook is saved as {' or '.join(FORMATS)}")
    try:
        # lazy: IPython and nbformat come with the `notebook` extra
        from tapeflow.cli.notebook_shell import start_shell
    except ModuleNotFoundError as error:
        return _complain(f"notebooks need {error.name}, not installed here: pip install 'tapeflow[notebook]'")
    try:
        notebook = read_notebook(path)
    except ValueError as error:
        return _complain(f"{path} is not a notebook: {error}")

    to = to and to.resolve()
    sys.argv = [str(path), *arguments]
    folder = path.resolve().parent
    sys.path[0] = str(folder)
    os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"  # as Jupyter's kernel does
    os.chdir(folder)
    install_as_tensorflow()
    with tempfile.TemporaryDirectory() as scratch:
        shell = start_shell(path.name, sys.stdout, Path(scratch))
        try:
            with _notebook_streams(shell):
                failed, code = _run_cells(shell, notebook, keep_going)
        finally:
            if to is not None:
                save_notebook(notebook, to)
    if failed:
        cells = f"cell {failed[0]}" if len(failed) == 1 else f"cells {', '.join(map(str, failed))}"
        print(f"failed: {cells}", file=sys.stderr)
    return code


def read_notebook(path: Path) -> "NotebookNode":
    """The notebook in a file, of any version, in today's form.

    Raises:
        ValueError: If the file holds something else.
    """
    # lazy: comes with the `notebook` extra
    import nbformat
    from nbformat.validator import normalize

    try:
        notebook = nbformat.convert(nbformat.reader.reads(path.read_text(encoding="utf-8")), to_version=4)
        _, notebook = normalize(notebook)
        nbformat.validate(notebook)
    # nbformat looks into what it reads before it checks it: JSON of another kind ends in the last three.
    except (ValueError, nbformat.ValidationError, AttributeError, KeyError, TypeError) as error:
        raise ValueError(str(error).partition("\n")[0]) from error
    return notebook


def save_notebook(notebook: "NotebookNode", to: Path) -> None:
    """Writes a notebook as `.ipynb` or `.html`: whole, or not at all."""
    # lazy: come with the `notebook` extra
    import nbformat

    if to.suffix == ".html":
        from nbconvert import HTMLExporter

        exporter = HTMLExporter()
        exporter.log.setLevel("ERROR")  # it warns of every figure without a caption
        text, _ = exporter.from_notebook_node(notebook)
    else:
        text = nbformat.writes(notebook) + "\n"
    to.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=to.parent, delete=False) as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.chmod(file.name, 0o666 & ~_umask())
    os.replace(file.name, to)


def _run_cells(shell: "NotebookShell", notebook: "NotebookNode", keep_going: bool) -> tuple[list[int], int]:
    """The numbers of the cells that failed, and the exit code."""
    failed: list[int] = []
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        cell.outputs, cell.execution_count = [], None
        tags = cell.metadata.get("tags", [])
        if not cell.source.strip() or "skip-execution" in tags:
            continue
        number = shell.execution_count
        outputs = shell.recorder.start(number)
        cell.outputs, cell.execution_count = outputs, number
        result = shell.run_cell(cell.source, store_history=True)
        _settle_lines(outputs)
        failure = shell.recorder.failure
        if isinstance(result.error_in_exec, KeyboardInterrupt):
            raise result.error_in_exec
        if isinstance(failure, SystemExit):
            return failed, _exit_code(failure)
        if failure is not None and "raises-exception" not in tags:
            failed.append(number)
            if not keep_going:
                break
    return failed, 1 if failed else 0


def _settle_lines(outputs: list["NotebookNode"]) -> None:
    """Keeps of a progress bar, which rewrites its line again and again, what stood there last."""
    for output in outputs:
        if output.output_type == "stream":
            output.text = re.sub(r"[^\n]*\r(?=[^\n])", "", output.text.replace("\r\n", "\n"))


def _exit_code(error: SystemExit) -> int:
    if error.code is None or isinstance(error.code, int):
        return error.code or 0
    return 1


@contextmanager
def _notebook_streams(shell: "NotebookShell") -> Iterator[None]:
    """Sends standard output and error to the recorder, and lets nothing be read from standard input."""
    from tapeflow.cli.notebook_shell import TeeStream  # lazy: comes with the `notebook` extra

    streams = sys.stdin, sys.stdout, sys.stderr
    with open(os.devnull) as nothing:
        sys.stdin = nothing
        sys.stdout = TeeStream("stdout", shell.recorder, streams[1])
        sys.stderr = TeeStream("stderr", shell.recorder, streams[2])
        try:
            yield
        finally:
            sys.stdin, sys.stdout, sys.stderr = streams


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _complain(message: str) -> int:
    print(f"tapeflow run: {message}", file=sys.stderr)
    return 2
