import json
import signal
import subprocess
import sys

import pytest

nbformat = pytest.importorskip("nbformat", reason="comes with the extra `notebook`")
pytest.importorskip("IPython", reason="comes with the extra `notebook`")

from tapeflow.cli.notebook import _settle_lines, read_notebook, save_notebook  # noqa: E402
from tapeflow.cli.notebook_shell import skip_installs  # noqa: E402

v4 = nbformat.v4
STYLE = "import matplotlib.pyplot as plt\nplt.style.use('seaborn-whitegrid')\n%matplotlib inline\n"
CELLS = {
    "install": "!pip install -q tensorflow \\\n    keras\nimport sys\nprint(sys.argv[1:], __name__)",
    "tensorflow": "%tensorflow_version 2.x\nimport tensorflow as tf\ntf.__version__",
    "plot": STYLE + "plt.plot([1, 2]);",
    "streams": "print('out', end='')\nprint('err', file=sys.stderr)",
    "empty": "   ",
    "display": "from IPython.display import display, HTML\ndisplay(HTML('<b>bold</b>'))",
    "update": "handle = display('one', display_id=True)\nhandle.update('two')",
    "clear": "import IPython\nprint('gone')\nIPython.display.clear_output(wait=True)\nprint('stays')",
    "progress": "for i in range(3):\n    print(f'\\rstep {i}', end='')",
    "shell": "word = 'shell'\n!echo {word}",
    "await": "import asyncio\nawait asyncio.sleep(0)\n'awaited'",
    "time": "%%time\nvalue = 5\nvalue",
    "source": "def f(x):\n    return 1 / x\nimport inspect\nprint(inspect.getsource(f))",
    "function fails": "number = 0\nf(number)",
    "syntax": "1 +",
    "magic": "%no_such_magic",
    "input": "input('?')",
}


def notebook_of(*cells):
    return v4.new_notebook(
        cells=[cell if isinstance(cell, dict) else v4.new_code_cell(cell) for cell in cells]
    )


def tapeflow_run(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "tapeflow", "run", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """One run of a notebook with a cell for everything."""
    folder = tmp_path_factory.mktemp("run")
    expected = v4.new_code_cell("raise KeyError('expected')", metadata={"tags": ["raises-exception"]})
    skipped = v4.new_code_cell("raise KeyError('skipped')", metadata={"tags": ["skip-execution"]})
    notebook = notebook_of(v4.new_markdown_cell("# Title"), *CELLS.values(), expected, skipped)
    nbformat.write(notebook, folder / "all.ipynb")
    saved = folder / "new" / "saved.ipynb"
    done = tapeflow_run(folder / "all.ipynb", "--to", saved, "--keep-going", "first", "--second")
    cells = nbformat.read(saved, as_version=4).cells[1:]
    done.cells = dict(zip([*CELLS, "expected", "skipped"], cells, strict=True))
    return done


def texts(cell):
    """What a cell put out, in short."""
    return [
        output.get("text") or output.get("evalue") or next(iter(output.data.values()))
        for output in cell.outputs
    ]


def test_packages_are_not_installed_and_arguments_arrive(run):
    note, printed, _ = texts(run.cells["install"])[0].split("\n")
    assert note.startswith("(not run: !pip install -q tensorflow")
    assert printed == "['first', '--second'] __main__"


def test_tensorflow_is_tapeflow_and_values_are_shown(run):
    (output,) = run.cells["tensorflow"].outputs
    assert output.output_type == "execute_result"
    assert output.data["text/plain"] == "'2.21.0'"
    assert output.execution_count == run.cells["tensorflow"].execution_count == 2
    assert "-- cell 2 --\n'2.21.0'\n" in run.stdout


def test_figures_are_saved_and_old_style_names_work(run):
    (output,) = run.cells["plot"].outputs
    assert output.output_type == "display_data"
    assert output.data["image/png"].startswith("iVBOR")


def test_streams_are_kept_apart(run):
    assert [(output.name, output.text) for output in run.cells["streams"].outputs] == [
        ("stdout", "out"),
        ("stderr", "err\n"),
    ]


def test_empty_cells_are_not_counted(run):
    assert run.cells["empty"].execution_count is None
    assert run.cells["display"].execution_count == run.cells["streams"].execution_count + 1


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("display", ["<b>bold</b>"]),
        ("update", ["'two'"]),
        ("clear", ["stays\n"]),
        ("progress", ["step 2"]),
        ("shell", ["shell\n"]),
        ("await", ["'awaited'"]),
        ("source", ["def f(x):\n    return 1 / x\n\n"]),
        ("expected", ["'expected'"]),
        ("skipped", []),
    ],
)
def test_outputs_are_those_of_jupyter(run, name, expected):
    assert texts(run.cells[name]) == expected


def test_timing_is_printed_and_the_value_shown(run):
    printed, value = texts(run.cells["time"])
    assert "Wall time" in printed
    assert value == "5"


def test_failing_cell_shows_the_users_line_first(run):
    number = run.cells["source"].execution_count
    told = (
        f"all.ipynb cell {number}, line 2, in f:\n    return 1 / x\nZeroDivisionError: division by zero\n"
        f"called from all.ipynb cell {number + 1}, line 2: f(number)\n"
    )
    assert f"-- cell {number + 1} --\n{told}" in run.stdout
    (output,) = run.cells["function fails"].outputs
    assert (output.ename, output.evalue) == ("ZeroDivisionError", "division by zero")
    assert "\n".join(output.traceback).startswith(told)


def test_every_failing_cell_is_named_and_the_exit_code_says_so(run):
    names = ["function fails", "syntax", "magic", "input"]
    numbers = ", ".join(str(run.cells[name].execution_count) for name in names)
    assert (run.returncode, run.stderr) == (1, f"failed: cells {numbers}\n")


@pytest.fixture(scope="module")
def stopped(tmp_path_factory):
    """One run that fails in its second cell."""
    folder = tmp_path_factory.mktemp("stopped")
    nbformat.write(notebook_of("print('before')", "1 / 0", "print('after')"), folder / "bad.ipynb")
    done = tapeflow_run(folder / "bad.ipynb", "--to", folder / "bad.html")
    done.page = (folder / "bad.html").read_text()
    return done


def test_first_failure_ends_the_run(stopped):
    assert stopped.returncode == 1
    assert stopped.stdout == (
        "-- cell 1 --\nbefore\n"
        "-- cell 2 --\nbad.ipynb cell 2, line 1:\n    1 / 0\nZeroDivisionError: division by zero\n"
    )
    assert stopped.stderr == "failed: cell 2\n"


def test_page_is_saved_all_the_same(stopped):
    assert "division by zero" in stopped.page


def test_interrupt_ends_with_130_and_saves(tmp_path):
    nbformat.write(notebook_of("print('ready')\nimport time\ntime.sleep(60)"), tmp_path / "long.ipynb")
    process = subprocess.Popen(
        [sys.executable, "-m", "tapeflow", "run", tmp_path / "long.ipynb", "--to", tmp_path / "saved.ipynb"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert [process.stdout.readline() for _ in range(2)] == ["-- cell 1 --\n", "ready\n"]
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (130, "\ninterrupted\n")
    (cell,) = nbformat.read(tmp_path / "saved.ipynb", as_version=4).cells
    assert [output.output_type for output in cell.outputs] == ["stream", "error"]


@pytest.mark.parametrize("name", ["out.pdf", "out"])
def test_unknown_format_is_refused_before_anything_runs(tmp_path, name):
    nbformat.write(notebook_of("print('ran')"), tmp_path / "a.ipynb")
    done = tapeflow_run(tmp_path / "a.ipynb", "--to", tmp_path / name)
    assert (done.returncode, done.stdout) == (2, "")
    assert "saved as .ipynb or .html" in done.stderr


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"nbformat": 4, "nbformat_minor": 5, "cells": 3}', "\udcff"]
)
def test_other_files_are_not_notebooks(tmp_path, text):
    file = tmp_path / "a.ipynb"
    file.write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(ValueError):
        read_notebook(file)


def test_notebooks_of_old_formats_are_read(tmp_path):
    old = {
        "nbformat": 3,
        "nbformat_minor": 0,
        "metadata": {"name": ""},
        "worksheets": [
            {
                "cells": [
                    {
                        "cell_type": "code",
                        "input": "1 + 1",
                        "outputs": [],
                        "language": "python",
                        "collapsed": False,
                    }
                ]
            }
        ],
    }
    (tmp_path / "old.ipynb").write_text(json.dumps(old))
    (cell,) = read_notebook(tmp_path / "old.ipynb").cells
    assert cell.source == "1 + 1"


def test_saving_replaces_the_file_and_leaves_no_other(tmp_path):
    to = tmp_path / "a.ipynb"
    to.write_text("old")
    save_notebook(notebook_of("1"), to)
    assert [file.name for file in tmp_path.iterdir()] == ["a.ipynb"]
    assert read_notebook(to).cells[0].source == "1"


@pytest.mark.parametrize(
    "line",
    [
        "!pip install x",
        "! pip3 install -q x==1",
        "%pip install x",
        "%conda install x",
        "!{sys.executable} -m pip install x",
        "!python -m pip uninstall -y x",
        "!sudo pip install x",
        "!uv pip install x",
        "pip install x",
    ],
)
def test_installs_are_skipped(line):
    assert skip_installs([f"    {line}\n", "y = 1\n"]) == [
        f"    get_ipython().skip_install({line!r})\n",
        "y = 1\n",
    ]


@pytest.mark.parametrize("line", ["!pip list\n", "!ls\n", "pip = 3\n", "install(x)\n", "# !pip install x\n"])
def test_other_lines_are_left_alone(line):
    assert skip_installs([line]) == [line]


def test_bare_install_in_another_language_is_left_alone():
    cell = ["%%bash\n", "pip install x\n"]
    assert skip_installs(cell) == cell


def test_continued_install_keeps_the_line_numbers():
    lines = skip_installs(["!pip install a \\\n", "  b\n", "x = 1\n"])
    assert lines == ["get_ipython().skip_install('!pip install a ')\n", "\n", "x = 1\n"]


@pytest.mark.parametrize(
    ("text", "settled"),
    [
        ("a\rb", "b"),
        ("a\r\nb\n", "a\nb\n"),
        ("x\n1\r2\r3\ny", "x\n3\ny"),
        ("done\r", "done\r"),
        ("plain\n", "plain\n"),
    ],
)
def test_progress_bars_keep_their_last_state(text, settled):
    outputs = [v4.new_output("stream", text=text)]
    _settle_lines(outputs)
    assert outputs[0].text == settled
