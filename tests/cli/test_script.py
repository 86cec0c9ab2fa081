import signal
import subprocess
import sys

import pytest


@pytest.fixture
def run(tmp_path):
    def run(source, *arguments):
        program = tmp_path / "program.py"
        program.write_text(source)
        return subprocess.run(
            [sys.executable, "-m", "tapeflow", "run", str(program), *arguments],
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def test_program_is_main_and_sees_tensorflow_its_arguments_and_its_neighbours(run, tmp_path):
    (tmp_path / "neighbour.py").write_text("import tensorflow as tf\nversion = tf.__version__\n")
    done = run(
        "import sys, pickle, neighbour, tensorflow.math\n"
        "class Mine: pass\n"
        "assert type(pickle.loads(pickle.dumps(Mine()))) is Mine\n"
        "print(__name__, __file__ == sys.argv[0], sys.argv[1:], neighbour.version)\n",
        "--to",
        "-x",
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "__main__ True ['--to', '-x'] 2.21.0\n"


def test_traceback_starts_in_the_program(run):
    done = run("def f():\n    1 / 0\nf()\n")
    assert done.returncode == 1
    first, second, *_ = done.stderr.splitlines()
    assert first == "Traceback (most recent call last):"
    assert second.strip().startswith('File "') and "program.py" in second
    assert "ZeroDivisionError" in done.stderr


def test_syntax_error_shows_the_line_only(run):
    done = run("x = (\n")
    assert done.returncode == 1
    assert done.stderr.splitlines()[0].strip().endswith('program.py", line 1')


@pytest.mark.parametrize(("call", "code"), [("sys.exit()", 0), ("sys.exit(7)", 7), ("sys.exit('why')", 1)])
def test_exit_code_is_the_programs(run, call, code):
    assert run(f"import sys\n{call}\n").returncode == code


def test_interrupt_ends_with_130(tmp_path):
    program = tmp_path / "program.py"
    program.write_text("import time\nprint('ready', flush=True)\ntime.sleep(60)\n")
    process = subprocess.Popen(
        [sys.executable, "-m", "tapeflow", "run", str(program)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (130, "\ninterrupted\n")
