"""A shell for notebooks: runs a cell in this process, shows its outputs and keeps them in notebook form.

IPython does the work, as it does in Jupyter's own kernel: magics, rich representations, top-level `await`.
What is ours is where the outputs go. There is no kernel process to talk to, and errors arrive as objects.
"""

import io
import linecache
import os
import re
import traceback
import warnings
from pathlib import Path
from types import TracebackType
from typing import TextIO

import nbformat.v4
from IPython.core.compilerop import CachingCompiler
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from nbformat import NotebookNode
from traitlets import Type
from traitlets.config import Config

from tapeflow.cli.failure import describe

INSTALLS = re.compile(
    r"(?P<mark>[!%]?)\s*(?:sudo\s+)?(?:\S+\s+-m\s+)?(?:uv\s+)?(?:pip[\d.]*|conda|mamba)\s+(?:un)?install\b"
)


class Recorder:
    """The outputs of the cell that runs now, shown on the terminal as they come."""

    def __init__(self, terminal: TextIO):
        self.terminal = terminal
        self.number = 0
        self.outputs: list[NotebookNode] = []
        self.failure: BaseException | None = None
        self._heading = ""
        self._mid_line = False
        self._named: dict[str, list[NotebookNode]] = {}
        self._clear_first = False

    def start(self, number: int) -> list[NotebookNode]:
        """Begins a cell; its outputs appear in the list that is returned."""
        self.number, self._heading = number, f"-- cell {number} --"
        self.outputs, self.failure, self._clear_first = [], None, False
        return self.outputs

    def show(self, text: str) -> None:
        """Writes to the terminal, under the heading of the cell."""
        if self._heading:
            text = f"{'\n' if self._mid_line else ''}{self._heading}\n{text}"
            self._heading = ""
        self._mid_line = not text.endswith("\n")
        try:
            self.terminal.write(text)
            self.terminal.flush()
        except BrokenPipeError:  # the reader, `head` say, has gone; run and save all the same
            os.dup2(os.open(os.devnull, os.O_WRONLY), self.terminal.fileno())

    def stream(self, name: str, text: str) -> None:
        """Keeps and shows what a cell writes to standard output or standard error."""
        self._clear_if_due()
        last = self.outputs[-1] if self.outputs else None
        if last is not None and last.output_type == "stream" and last.name == name:
            last.text += text
        else:
            self.outputs.append(nbformat.v4.new_output("stream", name=name, text=text))
        self.show(text)

    def data(self, kind: str, data: dict, metadata: dict | None, **fields: object) -> NotebookNode:
        """Keeps a rich output (`display_data` or `execute_result`) and shows its text."""
        self._clear_if_due()
        output = nbformat.v4.new_output(kind, data=data, metadata=metadata or {}, **fields)
        self.outputs.append(output)
        if text := data.get("text/plain"):
            self.show(f"{text}\n")
        return output

    def name(self, display_id: str, output: NotebookNode) -> None:
        """Remembers an output that later calls may update."""
        self._named.setdefault(display_id, []).append(output)

    def update(self, display_id: str, data: dict, metadata: dict | None) -> None:
        """Replaces what an earlier output shows."""
        for output in self._named.get(display_id, []):
            output.data, output.metadata = data, NotebookNode(metadata or {})

    def clear(self, wait: bool) -> None:
        """Forgets the cell's outputs, now or when the next one comes."""
        self._clear_first = wait
        if not wait:
            self.outputs.clear()

    def error(self, error: BaseException, tb: TracebackType | None) -> None:
        """Keeps and shows an error, the user's line first; the whole traceback is in the notebook only."""
        self._clear_if_due()
        self.failure = error
        if isinstance(error, SystemExit) and not error.code:
            return
        summary = describe(error, tb)
        full = "".join(traceback.format_exception(type(error), error, tb)).rstrip()
        self.outputs.append(
            nbformat.v4.new_output(
                "error",
                ename=type(error).__name__,
                evalue=str(error),
                traceback=[*summary.splitlines(), "", *full.splitlines()],
            )
        )
        self.show(f"{summary}\n")

    def _clear_if_due(self) -> None:
        if self._clear_first:
            self.clear(wait=False)


class TeeStream(io.TextIOBase):
    """Standard output or standard error of a cell."""

    def __init__(self, name: str, recorder: Recorder, original: TextIO):
        self._name, self._recorder, self._original = name, recorder, original

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return "utf-8"

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._original.fileno()

    def write(self, text: str) -> int:
        if text:
            self._recorder.stream(self._name, text)
        return len(text)


class RecordingPublisher(DisplayPublisher):
    """Where `display(...)` and figures go."""

    def publish(self, data, metadata=None, source=None, *, transient=None, update=False, **kwargs):
        recorder, display_id = self.shell.recorder, (transient or {}).get("display_id")
        if update:
            recorder.update(display_id, data, metadata)
            return
        output = recorder.data("display_data", data, metadata)
        if display_id:
            recorder.name(display_id, output)

    def clear_output(self, wait=False):
        self.shell.recorder.clear(wait)


class RecordingHook(DisplayHook):
    """Where the value of a cell's last expression goes."""

    def write_output_prompt(self):
        """Nothing: the terminal shows a heading per cell."""

    def write_format_data(self, format_dict, md_dict=None):
        # The shell's own count may be one ahead here: IPython versions differ.
        recorder = self.shell.recorder
        recorder.data("execute_result", format_dict, md_dict, execution_count=recorder.number)

    def finish_displayhook(self):
        self._is_active = False


class NotebookCompiler(CachingCompiler):
    """Compiles cells under names and with lines that make sense to someone who has the notebook open."""

    def __init__(self, notebook: str):
        super().__init__()
        self.notebook = notebook

    def get_code_name(self, raw_code, transformed_code, number):
        return f"{self.notebook} cell {number}"

    def cache(self, transformed_code, number=0, raw_code=None):
        name = super().cache(transformed_code, number, raw_code)
        size, time, lines, _ = linecache.cache[name]
        written = (raw_code or transformed_code).lstrip("\n").splitlines(keepends=True)
        for position, was in enumerate(written[: len(lines)]):
            if lines[position].lstrip().startswith("get_ipython()"):
                lines[position] = was
        linecache.cache[name] = size, time, lines, name
        return name


class NotebookShell(InteractiveShell):
    """An IPython shell whose outputs are recorded. Made by `start_shell`."""

    display_pub_class = Type(RecordingPublisher)
    displayhook_class = Type(RecordingHook)
    recorder: Recorder

    def init_io(self):
        """Nothing: the runner sets the streams, for as long as a cell runs."""

    def showtraceback(
        self, exc_tuple=None, filename=None, tb_offset=None, exception_only=False, running_compiled_code=False
    ):
        _, error, tb = self._get_exc_info(exc_tuple)
        self.recorder.error(error, tb)

    def showsyntaxerror(self, filename=None, running_compiled_code=False):
        _, error, tb = self._get_exc_info()
        self.recorder.error(error, tb)

    def enable_gui(self, gui=None):
        """Nothing: there is no event loop to join; `%matplotlib` with any backend draws into the notebook."""

    def ask_exit(self):
        """What `exit` and `quit` in a cell do: the notebook ends here, without an error."""
        raise SystemExit(0)

    def skip_install(self, command):
        """Stands in a cell for a line that would install packages."""
        print(f"(not run: {command} - tapeflow run leaves your packages as they are)")


def start_shell(notebook: str, terminal: TextIO, folder: Path) -> NotebookShell:
    """The process's shell, empty, for one notebook.

    Args:
        notebook: Name that tracebacks show.
        terminal: Where outputs are shown.
        folder: An empty folder for IPython's files: the user's profile is neither read nor written.
    """

    NotebookShell.recorder = Recorder(terminal)
    config = Config()
    config.HistoryManager.enabled = False
    config.HistoryManager.hist_file = ":memory:"
    config.InteractiveShell.colors = "nocolor"
    shell = NotebookShell.instance(config=config, ipython_dir=str(folder))
    shell.compile = NotebookCompiler(notebook)
    shell.input_transformers_cleanup.append(skip_installs)
    shell.register_magic_function(lambda line: None, magic_name="tensorflow_version")  # Colab's own
    warnings.filterwarnings("ignore", message="To exit: use 'exit'")  # advice for a prompt that is not there
    return shell


def skip_installs(lines: list[str]) -> list[str]:
    """Turns lines such as `!pip install -q tensorflow` into a note; the other lines keep their numbers."""
    bare_is_command = not (lines and lines[0].startswith("%%"))
    result, position = [], 0
    while position < len(lines):
        line = lines[position]
        command = line.strip()
        match = INSTALLS.match(command)
        if match is None or not (match["mark"] or bare_is_command):
            result.append(line)
            position += 1
            continue
        indent = line[: len(line) - len(line.lstrip())]
        result.append(f"{indent}get_ipython().skip_install({command.rstrip('\\')!r})\n")
        position += 1
        while lines[position - 1].rstrip().endswith("\\") and position < len(lines):
            result.append("\n")
            position += 1
    return result
